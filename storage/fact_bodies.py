"""What the body of a log row may hold, by type of event. Bounds are the tables' bounds."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Moment = Annotated[int, Meta(ge=0, le=2**53)]
Planned = Annotated[int, Meta(ge=1_420_070_400_000, lt=4_133_980_800_000)]  # from 2015 to 2100
Part = Annotated[int, Meta(ge=0, le=255)]
LONGEST_DURATION_MS = 2**31 - 1
MOST_CHANNELS = 64  # of an event that is told of
MOST_COUNTED = 10_000
MOST_PLACES = 100_000  # in a channel; Discord's stages take at most 10,000
Duration = Annotated[int, Meta(ge=0, le=LONGEST_DURATION_MS)]
CoveredSource = Literal["voice", "members", "events", "commands", "text", "removals"]
CoverageState = Literal["recorded", "late", "gap"]
SWITCHED_OFF = "switched off in config.toml"  # the cause of a gap that somebody wanted
NOT_DELIVERED = "another bot could not hand over its commands"
NOT_READ = "what another bot handed over could not be read"
# Causes of gaps that another recorder tells of: what the bot itself recorded meanwhile does not fill them.
ANOTHER_RECORDERS = frozenset({NOT_DELIVERED, NOT_READ})
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


KICK, PRUNE, BAN = 20, 21, 22  # as Discord numbers them
RemovalAction = Literal[20, 21, 22]


class AuditEntryBody(Struct):
    """An entry of the audit log about a removal. Who was removed is the row's person."""

    entry_id: Id
    action: RemovalAction
    members_removed: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None  # by a prune


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


class ChannelBody(Struct):
    channel_id: Id
    places: Annotated[int, Meta(ge=0, le=MOST_PLACES)]  # 0: everybody fits in


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


class AnsweredBody(Struct):
    """A command of any application, seen by the message that answered it."""

    interaction_id: Id
    application_id: Id
    command: str


class MessageBody(Struct):
    channel_id: Id | None = None


class ActivityBody(Struct):
    activity: str
    at_ms: Moment
    count: Annotated[int, Meta(ge=1, le=MOST_COUNTED)] = 1
    duration_ms: Duration = 0


class CoverageBody(Struct):
    state: CoverageState
    sources: tuple[CoveredSource, ...]
    cause: str | None = None


EventStatus = Literal[1, 2, 3, 4]  # scheduled, active, completed, cancelled, as Discord numbers them
EntityType = Literal[1, 2, 3]  # stage channel, voice channel, elsewhere


class ExceptionBody(Struct):
    """One occurrence of a recurring event that departs from its rule."""

    original_start_ms: Planned
    scheduled_start_ms: Planned | None = None
    scheduled_end_ms: Planned | None = None
    is_cancelled: bool = False


class ScheduledEventBody(Struct):
    """An event as it stands: its next occurrence where it recurs. Who made it is in the row's `others`."""

    event_id: Id
    title: str
    status: EventStatus
    entity_type: EntityType
    scheduled_start_ms: Planned
    scheduled_end_ms: Planned | None = None
    channel_id: Id | None = None
    recurrence_start_ms: Planned | None = None  # where its rule begins; None: it does not recur
    exceptions: tuple[ExceptionBody, ...] | UnsetType = UNSET  # all that there are; unset: not told
    snapshot: str | None = None


class ScheduledEventsEndBody(Struct):
    """All events that the bot can see. One that is not among them may be hidden or over."""

    snapshot: str
    events: tuple[Id, ...]


class EventHiddenBody(Struct):
    """An event of which nothing is recorded any more: it is in an excluded channel."""

    event_id: Id


class EventExceptionBody(ExceptionBody, kw_only=True):
    event_id: Id


class EventExceptionsGoneBody(Struct):
    event_id: Id


class RsvpBody(Struct):
    """Somebody's answer: to one occurrence (by its original start), or to the whole event."""

    event_id: Id
    original_start_ms: Moment | None = None
    response: Literal[0, 1] = 1  # not interested, interested
    snapshot: str | None = None


class RsvpsEndBody(Struct):
    """A list of everybody who is interested has ended. `complete`: nobody else is."""

    event_id: Id
    snapshot: str
    complete: bool
    original_start_ms: Moment | None = None


class DeclaredEventBody(Struct):
    """An event that nobody scheduled, told of afterwards. Hosts and teller are in the row's `others`."""

    event_id: Id
    title: str
    channel_ids: tuple[Id, ...]
    from_ms: Planned
    to_ms: Planned


class CorrectionBody(Struct, tag_field="subject"):
    """One thing that staff told of an occurrence: `part` of what one interaction said. People are in the
    row's `others`.
    """

    correction_id: Id
    event_id: Id
    original_start_ms: Moment
    part: Part = 0


class TypeCorrectedBody(CorrectionBody, tag="type"):
    value: str | None = None  # None: of no type


class HostsCorrectedBody(CorrectionBody, tag="hosts"):
    pass


class ChannelsCorrectedBody(CorrectionBody, tag="channels", kw_only=True):
    value: tuple[Id, ...]


class HeldCorrectedBody(CorrectionBody, tag="held", kw_only=True):
    value: bool


class AttendanceCorrectedBody(CorrectionBody, tag="attendance", kw_only=True):
    value: bool


CorrectedBody = (
    TypeCorrectedBody
    | HostsCorrectedBody
    | ChannelsCorrectedBody
    | HeldCorrectedBody
    | AttendanceCorrectedBody
)


class CheckedInBody(Struct):
    """Somebody was seen at an event that is held elsewhere. Who is in the row's `others`."""

    correction_id: Id
    event_id: Id
    original_start_ms: Moment
    part: Part = 0


class TakenBackBody(Struct):
    correction_id: Id
    part: Part = 0


Change = Literal["join", "left", "kicked", "banned", "pruned", "unknown"]


class ImportedMembershipBody(Struct):
    """Somebody came, or went in this way."""

    change: Change
    bot: bool | None = None


class ImportedStayBody(Struct):
    """Somebody was in a voice channel over the row's whole span. False: not so, or nothing is known of it."""

    channel_id: Id
    deafened: bool = False
    afk: bool = False
    bot: bool | None = None


class ImportedCommandBody(Struct):
    interaction_id: Id
    application_id: Id
    command: str
    outcome: Outcome | None = None


class ImportedEventBody(DeclaredEventBody):
    """An event of the past. Hosts, who was interested and who declined are in the row's `others`."""

    is_listed: bool = False  # everybody who was interested is told


class ImportedAttendanceBody(Struct):
    event_id: Id
    original_start_ms: Planned
    attended: bool
    presence_ms: Duration | None = None


class ImportedCoverageBody(Struct):
    """These sources are known completely over the row's whole span."""

    sources: tuple[CoveredSource, ...]
