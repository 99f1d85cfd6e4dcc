"""What the rows of the event log say, as frozen past-tense facts about people, voice, commands and coverage.

A fact's moment lies within [from_ms, to_ms]; the two are equal when it is known. Who comes is counted from
the later one, who goes until the earlier one (docs/kpis.md, "Coverage").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from msgspec import Struct, UnsetType

from storage.event import LogRow
from storage.fact_bodies import (
    AccessBody,
    CommandBody,
    CompletionBody,
    CoverageBody,
    CoverageState,
    CoveredSource,
    GuildBody,
    LeaveBody,
    MemberBody,
    MembersEndBody,
    NoBody,
    Outcome,
    VoiceBody,
    VoiceEndBody,
)

DAY_MS = 86_400_000

Body = TypeVar("Body", bound=Struct)
Occupant = int | str  # a member number, or the token that stands for someone who withdrew


class Unparseable(ValueError):
    """A row that says nothing the fold understands. Its text is the dead letter's reason."""


class Fact(Struct, frozen=True):
    from_ms: int
    to_ms: int

    @property
    def is_estimated(self) -> bool:
        return self.from_ms != self.to_ms


class MemberJoined(Fact, frozen=True):
    member_no: int
    joined_at_ms: int
    roles: frozenset[int]
    bot: bool | None


class MemberChanged(Fact, frozen=True):
    """A member's state as it is now: after a change, or (with a `snapshot`) in a list of all members."""

    member_no: int
    joined_at_ms: int | None
    roles: frozenset[int]
    bot: bool | None
    snapshot: str | None = None


class MemberLeft(Fact, frozen=True):
    member_no: int
    bot: bool | None


class MembersListed(Fact, frozen=True):
    """A list of all members has ended. `complete`: whoever was not in it is no member."""

    snapshot: str
    complete: bool


class MemberWithdrew(Fact, frozen=True):
    member_no: int


class VoiceStateSeen(Fact, frozen=True):
    """Where someone is now, which may be where they were before."""

    occupant: Occupant
    channel_id: int | None
    deaf: bool
    bot: bool | None
    snapshot: str | None = None


class VoiceListed(Fact, frozen=True):
    """A list of everyone in voice has ended. Whoever was not in it is in no channel."""

    snapshot: str
    occupants: int


class GuildSeen(Fact, frozen=True):
    afk_channel_id: int | UnsetType | None


class GuildLost(Fact, frozen=True):
    """Discord had an outage, or the bot was removed: nothing more is heard until the guild is seen again."""


class CommandInvoked(Fact, frozen=True):
    member_no: int | None
    interaction_id: int
    application_id: int
    command: str
    options: str  # JSON


class CommandCompleted(Fact, frozen=True):
    member_no: int | None
    interaction_id: int
    outcome: Outcome
    error_type: str | None
    latency_ms: int


class AccessChecked(Fact, frozen=True):
    member_no: int | None
    interaction_id: int
    resource: str
    granted: bool


class CoverageNoted(Fact, frozen=True):
    """[from_ms, to_ms) of these sources was recorded, recorded late, or missed."""

    state: CoverageState
    cause: str | None
    sources: tuple[CoveredSource, ...]


AnyFact = (
    MemberJoined
    | MemberChanged
    | MemberLeft
    | MembersListed
    | MemberWithdrew
    | VoiceStateSeen
    | VoiceListed
    | GuildSeen
    | GuildLost
    | CommandInvoked
    | CommandCompleted
    | AccessChecked
    | CoverageNoted
)


def _person(row: LogRow) -> int:
    if row.member_no is None:
        raise Unparseable(f"{row.type} without a person")
    return row.member_no


def _text(value: str, longest: int) -> str:
    # PostgreSQL refuses NUL and longer texts, and one refused row would hold up every row behind it.
    return value.replace("\0", "")[:longest]


def _joined(row: LogRow, body: MemberBody) -> AnyFact:
    joined_at_ms = row.occurred_to_ms if body.joined_at_ms is None else body.joined_at_ms
    return MemberJoined(
        row.occurred_from_ms, row.occurred_to_ms, _person(row), joined_at_ms, body.roles, body.bot
    )


def _changed(row: LogRow, body: MemberBody) -> AnyFact:
    span = row.occurred_from_ms, row.occurred_to_ms
    return MemberChanged(*span, _person(row), body.joined_at_ms, body.roles, body.bot, body.snapshot)


def _left(row: LogRow, body: LeaveBody) -> AnyFact:
    return MemberLeft(row.occurred_from_ms, row.occurred_to_ms, _person(row), body.bot)


def _members_listed(row: LogRow, body: MembersEndBody) -> AnyFact:
    return MembersListed(row.occurred_from_ms, row.occurred_to_ms, body.snapshot, body.complete)


def _withdrew(row: LogRow, _body: NoBody) -> AnyFact:
    return MemberWithdrew(row.occurred_from_ms, row.occurred_to_ms, _person(row))


def _voice(row: LogRow, body: VoiceBody) -> AnyFact:
    occupant = body.occupant if row.member_no is None else row.member_no
    if occupant is None:
        raise Unparseable(f"{row.type} without a person or an occupant")
    span = row.occurred_from_ms, row.occurred_to_ms
    return VoiceStateSeen(*span, occupant, body.channel_id, body.deaf, body.bot, body.snapshot)


def _voice_listed(row: LogRow, body: VoiceEndBody) -> AnyFact:
    return VoiceListed(row.occurred_from_ms, row.occurred_to_ms, body.snapshot, body.occupants)


def _guild(row: LogRow, body: GuildBody) -> AnyFact:
    return GuildSeen(row.occurred_from_ms, row.occurred_to_ms, body.afk_channel_id)


def _guild_lost(row: LogRow, _body: NoBody) -> AnyFact:
    return GuildLost(row.occurred_from_ms, row.occurred_to_ms)


def _invoked(row: LogRow, body: CommandBody) -> AnyFact:
    options = msgspec.json.encode(body.options, order="deterministic").decode()
    span = row.occurred_from_ms, row.occurred_to_ms
    command = _text(body.command, 128)
    return CommandInvoked(*span, row.member_no, body.interaction_id, body.application_id, command, options)


def _completed(row: LogRow, body: CompletionBody) -> AnyFact:
    span = row.occurred_from_ms, row.occurred_to_ms
    error_type = None if body.error_type is None else _text(body.error_type, 64)
    return CommandCompleted(
        *span, row.member_no, body.interaction_id, body.outcome, error_type, body.latency_ms
    )


def _checked(row: LogRow, body: AccessBody) -> AnyFact:
    span = row.occurred_from_ms, row.occurred_to_ms
    return AccessChecked(*span, row.member_no, body.interaction_id, _text(body.resource, 128), body.granted)


def _covered(row: LogRow, body: CoverageBody) -> AnyFact:
    cause = None if body.cause is None else _text(body.cause, 64)
    return CoverageNoted(row.occurred_from_ms, row.occurred_to_ms, body.state, cause, body.sources)


def _reader(body_type: type[Body], build: Callable[[LogRow, Body], AnyFact]) -> Callable[[LogRow], AnyFact]:
    # Not strict: Discord writes ids as strings.
    decode = msgspec.json.Decoder(body_type, strict=False).decode
    return lambda row: build(row, decode(row.body))


_READERS: dict[str, Callable[[LogRow], AnyFact]] = {
    "GUILD_MEMBER_ADD": _reader(MemberBody, _joined),
    "GUILD_MEMBER_REMOVE": _reader(LeaveBody, _left),
    "GUILD_MEMBER_UPDATE": _reader(MemberBody, _changed),
    "SNAPSHOT_MEMBER": _reader(MemberBody, _changed),
    "SNAPSHOT_MEMBERS_END": _reader(MembersEndBody, _members_listed),
    "MEMBER_WITHDRAWN": _reader(NoBody, _withdrew),
    "VOICE_STATE_UPDATE": _reader(VoiceBody, _voice),
    "SNAPSHOT_VOICE_STATE": _reader(VoiceBody, _voice),
    "SNAPSHOT_VOICE_END": _reader(VoiceEndBody, _voice_listed),
    "GUILD_CREATE": _reader(GuildBody, _guild),
    "GUILD_UPDATE": _reader(GuildBody, _guild),
    "GUILD_DELETE": _reader(NoBody, _guild_lost),
    "INTERACTION_CREATE": _reader(CommandBody, _invoked),
    "COMMAND_COMPLETED": _reader(CompletionBody, _completed),
    "ACCESS_CHECKED": _reader(AccessBody, _checked),
    "COVERAGE": _reader(CoverageBody, _covered),
}


def parse(row: LogRow) -> AnyFact:
    """The fact that a row of the log states. Raises Unparseable with a reason that a person can act on."""
    reader = _READERS.get(row.type)
    if reader is None:
        raise Unparseable(f"unknown event type {row.type}")
    if not 0 <= row.occurred_from_ms <= row.occurred_to_ms:
        raise Unparseable(f"{row.type} ends before it starts")
    if row.occurred_to_ms > row.recorded_at_ms + DAY_MS:
        # One wrong clock would otherwise carry the tables years ahead, and they never go back.
        raise Unparseable(f"{row.type} says it happened more than a day after it was recorded")
    try:
        return reader(row)
    except msgspec.MsgspecError as error:
        raise Unparseable(f"{row.type}: {error}") from error
