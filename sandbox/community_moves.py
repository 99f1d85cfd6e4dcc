"""What people do, as plain values: rendered as dispatches for the history, played on the sandbox live."""

from __future__ import annotations

import msgspec

from sandbox.removing import Leaving


class Joins(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int


class Leaves(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int
    how: Leaving = Leaving.LEFT


class Prunes(msgspec.Struct, frozen=True, gc=False):
    """Staff remove those who were never about, all at once."""

    at_ms: int
    user_ids: tuple[int, ...]


class Writes(msgspec.Struct, frozen=True, gc=False):
    """A message. What it says is nobody's business here."""

    at_ms: int
    user_id: int
    channel_id: int


class AsksOtherBot(msgspec.Struct, frozen=True, gc=False):
    """Runs a command of another bot, which answers for all to see."""

    at_ms: int
    user_id: int
    command: str
    channel_id: int


class TakesRoles(msgspec.Struct, frozen=True, gc=False):
    """Holds exactly these roles from now on."""

    at_ms: int
    user_id: int
    roles: tuple[int, ...]


class Speaks(msgspec.Struct, frozen=True, gc=False):
    """Is in this state in voice from now on; no channel: has left voice."""

    at_ms: int
    user_id: int
    channel_id: int | None
    stay: int  # numbers the stay: it becomes Discord's voice session
    mute: bool = False
    deaf: bool = False


class RunsCommand(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int
    command: str


class CreatesEvent(msgspec.Struct, frozen=True, gc=False):
    """`plan` is the story's own name for the event: Discord gives it an id when it is made."""

    at_ms: int
    user_id: int
    plan: str
    title: str
    start_ms: int
    end_ms: int | None
    channel_id: int | None
    location: str | None
    every_weeks: int | None  # None: it does not recur


class EditsEvent(msgspec.Struct, frozen=True, gc=False):
    """It begins at another moment: a recurring one from now on."""

    at_ms: int
    plan: str
    start_ms: int


class StartsEvent(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    plan: str


class EndsEvent(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    plan: str


class CancelsEvent(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    plan: str


class DiscordActs(msgspec.Struct, frozen=True, gc=False):
    """Discord does with the events what the clock says: starts, ends, passes over what nobody started."""

    at_ms: int


class MakesException(msgspec.Struct, frozen=True, gc=False):
    """One occurrence of a recurring event is moved, or called off."""

    at_ms: int
    plan: str
    original_ms: int
    start_ms: int | None  # None: called off


class AnswersEvent(msgspec.Struct, frozen=True, gc=False):
    """To one occurrence, or to the whole event."""

    at_ms: int
    user_id: int
    plan: str
    original_ms: int | None
    interested: bool = True


class WithdrawsAnswer(msgspec.Struct, frozen=True, gc=False):
    at_ms: int
    user_id: int
    plan: str
    original_ms: int | None


class DeclaresEvent(msgspec.Struct, frozen=True, gc=False):
    """Staff tell of an evening that nobody had scheduled."""

    at_ms: int
    user_id: int
    title: str
    channel_id: int
    host_id: int
    start_ms: int
    end_ms: int


EventMove = (
    CreatesEvent
    | EditsEvent
    | StartsEvent
    | EndsEvent
    | CancelsEvent
    | DiscordActs
    | MakesException
    | AnswersEvent
    | WithdrawsAnswer
)
Move = (
    Joins
    | Leaves
    | Prunes
    | TakesRoles
    | Speaks
    | Writes
    | RunsCommand
    | AsksOtherBot
    | DeclaresEvent
    | EventMove
)
