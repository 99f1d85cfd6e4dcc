"""What the body of a log row may hold, by type of event. Bounds are the tables' bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Moment = Annotated[int, Meta(ge=0, le=2**53)]
Duration = Annotated[int, Meta(ge=0, le=2**31 - 1)]
CoveredSource = Literal["voice", "members", "events", "commands"]
CoverageState = Literal["recorded", "late", "gap"]
Outcome = Literal["success", "denied", "error"]


class NoBody(Struct):
    pass


class MemberBody(Struct):
    roles: frozenset[Id]
    joined_at_ms: Moment | None = None
    bot: bool | None = None
    snapshot: str | None = None


class LeaveBody(Struct):
    bot: bool | None = None


class VoiceBody(Struct):
    channel_id: Id | None
    deaf: bool = False
    bot: bool | None = None
    occupant: str | None = None
    snapshot: str | None = None


class VoiceEndBody(Struct):
    snapshot: str
    occupants: Annotated[int, Meta(ge=0)]


class MembersEndBody(Struct):
    snapshot: str
    complete: bool


class GuildBody(Struct):
    afk_channel_id: Id | UnsetType | None = UNSET


class CommandBody(Struct):
    interaction_id: Id
    application_id: Id
    command: str
    options: dict[str, object] = {}


class CompletionBody(Struct):
    interaction_id: Id
    outcome: Outcome
    latency_ms: Duration
    error_type: str | None = None


class AccessBody(Struct):
    interaction_id: Id
    resource: str
    granted: bool


class CoverageBody(Struct):
    state: CoverageState
    sources: tuple[CoveredSource, ...]
    cause: str | None = None
