"""The simulated community on a running sandbox: its people act, at the story's moments."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections import deque
from collections.abc import Callable, Iterator
from functools import cached_property
from random import Random
from typing import Any

from bot.clock import milliseconds
from sandbox.community_acts import EventActs
from sandbox.community_cast import ORGANIZER, SUNDAY_HOST, Kind
from sandbox.community_commands import typed
from sandbox.community_history import History
from sandbox.community_messages import phrase
from sandbox.community_moves import (
    AsksOtherBot,
    DeclaresEvent,
    Joins,
    Leaves,
    Move,
    Prunes,
    RunsCommand,
    Speaks,
    StartsEvent,
    TakesRoles,
    Writes,
)
from sandbox.community_place import AFK, APPLICATION_ID, LEADERSHIP, PROFILE_BOT_ID
from sandbox.community_seed import as_it_stands
from sandbox.demo_clock import DemoClock
from sandbox.discord import Sandbox
from sandbox.event_state import EventStatus, WrongStatus
from sandbox.invocation import Invocation
from sandbox.limits import Limits

# Nothing that the demo shows hangs on heartbeats, and without them two runs send the same.
CALM = Limits(heartbeat_interval_ms=600_000)

log = logging.getLogger(__name__)


class Stage:
    """Where the story goes on after its history: `sandbox` holds the server as the history left it."""

    def __init__(self, history: History, sandbox: Sandbox, clock: DemoClock) -> None:
        story, since_ms = history.story, history.until_ms
        self.story = story
        self.sandbox = sandbox
        self.clock = clock
        self._acts = EventActs(sandbox.world.guild.events, history.acts.ids)
        self._names = {person.user_id: person.name for person in story.people}
        self._moves = deque(move for move in story.moves if move.at_ms > since_ms)

    @classmethod
    async def after(cls, history: History, clock: DemoClock, limits: Limits = CALM) -> Stage:
        story = history.story
        seed = as_it_stands(story, history.guild)
        entropy = Random(f"{story.seed}/sandbox")  # noqa: S311 - session ids of a made-up server
        sandbox = await Sandbox.start(seed, clock=clock, limits=limits, entropy=entropy)
        sandbox.world.guild.events.take_over(copy.deepcopy(history.guild.events.upcoming()))
        for user_id, stay in history.guild.voice.items():
            sandbox.voice(user_id, stay.channel_id, **stay.flags)
        return cls(history, sandbox, clock)

    @property
    def viewer_id(self) -> int:
        """The one whose eyes the page looks with: on staff, and the server's owner."""
        return self.story.people[ORGANIZER].user_id

    @property
    def organizer_id(self) -> int:
        """A host who is not on staff."""
        return self.story.people[SUNDAY_HOST].user_id

    @property
    def member_id(self) -> int:
        """Somebody without any say, and with a name that every machine has the letters for."""
        people, here = self.story.people, self.sandbox.world.guild.members
        return next(
            person.user_id
            for person in people
            if person.kind is Kind.CASUAL
            and person.user_id in here
            and person.name.isascii()
            and person.name.isalpha()
        )

    @cached_property
    def played_ids(self) -> tuple[int, ...]:
        """Who can be played at the page, from the first time that somebody asks."""
        return self.viewer_id, self.organizer_id, self.member_id

    @property
    def in_voice(self) -> int:
        return len(self.sandbox.world.guild.voice)

    @property
    def next_ms(self) -> int | None:
        """When the next move comes; None after the last."""
        return self._moves[0].at_ms if self._moves else None

    @property
    def is_quiet(self) -> bool:
        """Nobody is in voice, except asleep in the AFK channel, and no event is running."""
        guild = self.sandbox.world.guild
        talking = any(stay.channel_id != AFK for stay in guild.voice.values())
        return not talking and all(
            event.status is not EventStatus.ACTIVE for event in guild.events.upcoming()
        )

    @property
    def next_gathering_ms(self) -> int | None:
        """When somebody comes into voice or an event is due, by the story or by who sits at the page."""
        now, events = self.clock.now(), self.sandbox.world.guild.events.upcoming()
        planned = [milliseconds(event.planned_start) for event in events if event.planned_start > now]
        gathering = next((move.at_ms for move in self._moves if self._gathers(move)), None)
        return min([*planned, *([gathering] if gathering else [])], default=None)

    def _gathers(self, move: Move) -> bool:
        if isinstance(move, Speaks):
            return move.channel_id not in (None, AFK) and move.user_id not in self.played_ids
        return isinstance(move, StartsEvent)

    def due(self, until_ms: int) -> Iterator[Move]:
        """The moves up to a moment, each once."""
        while self._moves and self._moves[0].at_ms <= until_ms:
            yield self._moves.popleft()

    def play(self, move: Move) -> Invocation | None:
        """Let somebody act. A command's invocation is handed back, for its answer to be waited for."""
        sandbox = self.sandbox
        match move:
            case Speaks(channel_id=None):
                if move.user_id in sandbox.world.guild.voice:
                    sandbox.voice(move.user_id, None)
            case Speaks():
                sandbox.voice(move.user_id, move.channel_id, self_mute=move.mute, self_deaf=move.deaf)
            case Joins():
                sandbox.member_joins(move.user_id, name=self._names[move.user_id])
            case Leaves():
                sandbox.member_leaves(move.user_id, move.how)
            case Prunes():
                sandbox.prune(move.user_ids)
            case Writes():
                sandbox.say(move.user_id, move.channel_id, phrase(move))
            case AsksOtherBot():
                sandbox.bot_answers(PROFILE_BOT_ID, move.user_id, move.command, move.channel_id)
            case TakesRoles():
                sandbox.set_roles(move.user_id, move.roles)
            case RunsCommand() | DeclaresEvent():
                return sandbox.run_command(move.user_id, *typed(move), channel_id=LEADERSHIP)
            case _:
                sandbox.world.tell(self._acts.act(move))
        return None

    def hand_over(self) -> None:
        """Those who can be played at the page begin outside voice, and go only where they are put there."""
        for user_id in self.played_ids:
            if user_id in self.sandbox.world.guild.voice:
                self.sandbox.voice(user_id, None)

    def play_along(self, move: Move) -> None:
        """Let somebody act, unless whoever sits at the page has been quicker, or moves them there."""
        if isinstance(move, Speaks) and move.user_id in self.played_ids:
            return
        try:
            self.play(move)
        except (WrongStatus, LookupError) as overtaken:
            log.info("%s did not happen: %s", type(move).__name__, overtaken)

    def sent(self) -> int:
        """The sequence of the last dispatch to the bot."""
        return max((session.sequence for session, _ in self.sandbox.world.gateway.connected()), default=0)

    def posted(self) -> list[dict[str, Any]]:
        """What everybody in the leadership channel can read, oldest first."""
        return self.sandbox.messages(LEADERSHIP)

    def said(self) -> list[dict[str, Any]]:
        """Every message of the bot, ephemeral ones too, oldest first."""
        eyes = [None, *self.sandbox.world.guild.users]
        found = {
            message["id"]: copy.deepcopy(message)
            for channel_id in self.sandbox.world.guild.channels
            for seen_by in eyes
            for message in self.sandbox.messages(channel_id, seen_by)
            if message["author"]["id"] == str(APPLICATION_ID)
        }
        return sorted(found.values(), key=lambda message: int(message["id"]))

    async def stop(self) -> None:
        await self.sandbox.stop()


async def wait_until(holds: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Look again and again, letting everybody else work in between. TimeoutError says what did not come."""
    try:
        async with asyncio.timeout(timeout_s):
            while not holds():  # noqa: ASYNC110 - what is looked at tells nobody when it changes
                await asyncio.sleep(0)
    except TimeoutError:
        raise TimeoutError(f"{what} did not come within {timeout_s:g} s") from None
