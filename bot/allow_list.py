"""Every field that may be kept of what Discord sends, and nothing else. docs/privacy.md is generated from it.

Paths are dotted; `[]` stands for each element of a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.well_formed import (
    Check,
    answer,
    any_flag,
    bot_flag,
    count,
    entity_type,
    event_status,
    flag,
    if_told,
    loose_count,
    loose_flag,
    moment_ms,
    name,
    objects,
    optional,
    planned_ms,
    removal,
    rule_start_ms,
    snowflake,
    snowflake_moment_ms,
    snowflakes,
)

WHOSE: Final = "whose doing it is"


@dataclass(frozen=True, slots=True)
class Field:
    """One kept field: where it stands in the dispatch, under which name it is kept, and what for."""

    kept_as: str
    paths: tuple[str, ...]
    check: Check
    reason: str
    inner: tuple[Field, ...] = ()  # of each object, where the field is a list of them


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is kept apart from the fields, as one of the event's others."""

    role: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passing:
    """A field that is read and not kept."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A nested field of which parts are kept by rules of their own (command_options.py)."""

    path: str
    kept_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class Each:
    """A list whose elements each become a row of their own. `ends_with` follows where the list is whole."""

    path: str
    kept_type: str
    fields: tuple[Field, ...]
    person: str | None = None
    person_reason: str = WHOSE
    other: Person | None = None
    ends_with: str | None = None
    only_with: str | None = None  # an element without this field is no row


@dataclass(frozen=True, slots=True)
class Allowed:
    fields: tuple[Field, ...] = ()
    person: str | None = None
    person_reason: str = WHOSE
    other: Person | None = None
    guild: str = "guild_id"
    is_guild_told: bool = True  # where Discord documents none, it is ours
    passing: tuple[Passing, ...] = ()
    each: tuple[Each, ...] = ()
    parts: tuple[Part, ...] = ()


BOT = Field("bot", ("user.bot",), bot_flag, "bots are counted in no figure")
ROLES = Field("roles", ("roles",), snowflakes, "tiers such as staff and captains")
AFK = Field("afk_channel_id", ("afk_channel_id",), optional(snowflake), "time there is not activity")

VOICE = (
    Field("channel_id", ("channel_id",), optional(snowflake), "where; null: nowhere, or an excluded channel"),
    Field("deaf", ("self_deaf", "deaf"), any_flag, "who is deafened does not take part"),
    Field("bot", ("member.user.bot",), bot_flag, "bots are no company"),
)
MEMBER = (
    Field("joined_at_ms", ("joined_at",), optional(moment_ms), "since when they are a member"),
    ROLES,
    BOT,
)
PLACES: Final = "user_limit"  # only channels that people talk in have one; 0 where everybody fits in
CHANNEL = (
    Field("channel_id", ("id",), snowflake, "which voice channel"),
    Field("places", (PLACES,), count, "how many fit in: whether more came to an event than that"),
)
SCHEDULED_EVENTS: Final = "guild_scheduled_events"
VOICE_SESSION = Passing(
    "session_id",
    "links the coming and the leaving of someone who opted out, as a keyed hash and nothing else",
)


EXCEPTION = (
    Field(
        "original_start_ms",
        ("event_exception_id",),
        snowflake_moment_ms,
        "which occurrence: the id tells when it would have started",
    ),
    Field("scheduled_start_ms", ("scheduled_start_time",), optional(planned_ms), "where it was moved to"),
    Field("scheduled_end_ms", ("scheduled_end_time",), optional(planned_ms), "where it was moved to"),
    Field("is_cancelled", ("is_canceled",), loose_flag, "one that does not take place is no event"),
)
SCHEDULED_EVENT = (
    Field("event_id", ("id",), snowflake, "which event"),
    Field("title", ("name",), name, "what reports call it, and which type of event it is"),
    Field("status", ("status",), event_status, "whether it is planned, takes place, or is over"),
    Field("entity_type", ("entity_type",), entity_type, "in voice, on a stage, or elsewhere"),
    Field("scheduled_start_ms", ("scheduled_start_time",), planned_ms, "when it is planned for"),
    Field("scheduled_end_ms", ("scheduled_end_time",), optional(planned_ms), "until when it is planned"),
    Field("channel_id", ("channel_id",), optional(snowflake), "where presence is attendance"),
    Field(
        "recurrence_start_ms",
        ("recurrence_rule.start",),
        rule_start_ms,
        "whether it recurs, and since when under this rule",
    ),
    Field(
        "exceptions",
        ("guild_scheduled_event_exceptions",),
        objects,
        "occurrences that were moved or cancelled",
        EXCEPTION,
    ),
)
CREATOR = Person("creator", "creator_id", "who hosts it, where nobody else is known to")
EVENT = Field("event_id", ("event_id",), snowflake, "which event")
RSVP = (
    Field("event_id", ("guild_scheduled_event_id",), snowflake, "which event"),
    Field(
        "original_start_ms",
        ("guild_scheduled_event_exception_id",),
        optional(snowflake_moment_ms),
        "which occurrence the answer is to; null: the whole event",
    ),
    Field("response", ("response",), answer, "interested or not"),
)

ENTRY = (
    Field("entry_id", ("id",), snowflake, "an entry is counted once; holds the time"),
    Field("action", ("action_type",), removal, "kicked, banned, or pruned for inactivity"),
    Field(
        "members_removed",
        ("options.members_removed",),
        if_told(loose_count),
        "of a prune: how many it removed, as it names nobody",
    ),
)

REMOVED = Allowed(ENTRY, person="target_id", person_reason="who was removed")
SCHEDULED = Allowed(SCHEDULED_EVENT, other=CREATOR)
EXCEPTION_CHANGE = Allowed((EVENT, *EXCEPTION), is_guild_told=False)
ANSWER = Allowed(RSVP, person="user_id")
PLACE = Allowed(CHANNEL)  # voice and stage channels only

ALLOWED: Final[dict[str, Allowed]] = {
    "GUILD_MEMBER_ADD": Allowed(
        person="user.id",
        fields=(Field("joined_at_ms", ("joined_at",), moment_ms, "when they joined"), ROLES, BOT),
    ),
    "GUILD_MEMBER_REMOVE": Allowed(person="user.id", fields=(BOT,)),
    "GUILD_MEMBER_UPDATE": Allowed(person="user.id", fields=MEMBER),
    "GUILD_MEMBERS_CHUNK": Allowed(
        passing=(
            Passing("nonce", "tells to which request the list answers"),
            Passing("chunk_index", "tells whether the list is complete"),
            Passing("chunk_count", "tells whether the list is complete"),
        ),
        each=(Each("members", "SNAPSHOT_MEMBER", MEMBER, person="user.id"),),
    ),
    "VOICE_STATE_UPDATE": Allowed(person="user_id", fields=VOICE, passing=(VOICE_SESSION,)),
    "GUILD_CREATE": Allowed(
        guild="id",
        fields=(AFK, Field("member_count", ("member_count",), optional(count), "to check the member list")),
        passing=(
            Passing("members[].user.bot", "tells which of the people in voice are bots"),
            Passing("voice_states[].session_id", VOICE_SESSION.reason),
            Passing("channels[].id, threads[].parent_id", "tell which threads are in an excluded channel"),
        ),
        each=(
            Each(
                "voice_states",
                "SNAPSHOT_VOICE_STATE",
                VOICE,
                person="user_id",
                ends_with="SNAPSHOT_VOICE_END",
            ),
            Each(
                SCHEDULED_EVENTS,
                "SNAPSHOT_SCHEDULED_EVENT",
                SCHEDULED_EVENT,
                other=CREATOR,
                ends_with="SNAPSHOT_SCHEDULED_EVENTS_END",
            ),
            Each("channels", "SNAPSHOT_CHANNEL", CHANNEL, only_with=PLACES),
        ),
    ),
    "CHANNEL_CREATE": PLACE,
    "CHANNEL_UPDATE": PLACE,
    "GUILD_SCHEDULED_EVENT_CREATE": SCHEDULED,
    "GUILD_SCHEDULED_EVENT_UPDATE": SCHEDULED,
    "GUILD_SCHEDULED_EVENT_DELETE": SCHEDULED,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE": EXCEPTION_CHANGE,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE": EXCEPTION_CHANGE,
    "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE": EXCEPTION_CHANGE,
    "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE": Allowed((EVENT,), is_guild_told=False),
    "GUILD_SCHEDULED_EVENT_USER_ADD": ANSWER,
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": ANSWER,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": REMOVED,
    "GUILD_UPDATE": Allowed(guild="id", fields=(AFK,)),
    "GUILD_DELETE": Allowed(
        guild="id", fields=(Field("unavailable", ("unavailable",), flag, "an outage is a gap in the record"),)
    ),
    "INTERACTION_CREATE": Allowed(  # slash and menu commands only; buttons, forms and completions are dropped
        person="member.user.id",
        fields=(
            Field("interaction_id", ("id",), snowflake, "a command is counted once; holds the time"),
            Field("application_id", ("application_id",), snowflake, "whose command it is"),
            Field("command", ("data.name",), name, "which command, with its subcommand"),
        ),
        passing=(
            Passing("type", "only commands are kept"),
            Passing("channel_id", "commands in excluded channels, and in threads there, are dropped"),
            Passing("channel.parent_id", "tells to which channel a thread belongs"),
            Passing("data.resolved.users", "tells a chosen person from a chosen role"),
        ),
        parts=(
            Part(
                "data.options",
                "options",
                "how the command was used: names of options; values that are ids, numbers or true and false; "
                "a chosen person by their number; texts only of options listed in `config.toml`",
            ),
        ),
    ),
    "MESSAGE_CREATE": Allowed(  # people's messages and replies only; one that answers a command: see below
        person="author.id",
        fields=(
            Field("channel_id", ("channel_id",), snowflake, "where; nothing in excluded channels is kept"),
        ),
        passing=(
            Passing("id", "holds the time, and makes the keyed hash"),
            Passing("type", "only ordinary messages and replies are counted"),
            Passing("author.bot", "bots write nothing that counts"),
            Passing("webhook_id", "neither do webhooks"),
        ),
    ),
}

# What becomes of some dispatches under another name: a message that answers a command tells of the command.
ANSWERED: Final = "COMMAND_ANSWERED"
TOLD_BY_MESSAGES: Final[dict[str, Allowed]] = {
    ANSWERED: Allowed(
        person="interaction.user.id",
        fields=(
            Field(
                "interaction_id", ("interaction.id",), snowflake, "a command is counted once; holds the time"
            ),
            Field("application_id", ("application_id",), snowflake, "whose command it is"),
            Field("command", ("interaction.name",), name, "which command, with its subcommand"),
        ),
        passing=(
            Passing("interaction.type", "only commands are kept"),
            Passing("channel_id", "commands in excluded channels, and in threads there, are dropped"),
        ),
    ),
}
KEPT: Final = ALLOWED | TOLD_BY_MESSAGES

# Asked of Discord over REST, after a gap and now and then: what is kept of each element.
LISTED: Final[dict[str, Allowed]] = {
    "GET /guilds/{guild}/scheduled-events/{event}/users": Allowed(RSVP, person="user_id"),
    "GET /guilds/{guild}/audit-logs": REMOVED,
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Documented dispatches that no figure needs: dropped whole, whichever intents are on.
DROPPED: Final = _names(
    """
    READY RESUMED APPLICATION_COMMAND_PERMISSIONS_UPDATE
    AUTO_MODERATION_RULE_CREATE AUTO_MODERATION_RULE_UPDATE AUTO_MODERATION_RULE_DELETE
    AUTO_MODERATION_ACTION_EXECUTION
    CHANNEL_DELETE CHANNEL_PINS_UPDATE CHANNEL_INFO
    VOICE_CHANNEL_STATUS_UPDATE VOICE_CHANNEL_START_TIME_UPDATE VOICE_CHANNEL_EFFECT_SEND VOICE_SERVER_UPDATE
    THREAD_CREATE THREAD_UPDATE THREAD_DELETE THREAD_LIST_SYNC THREAD_MEMBER_UPDATE THREAD_MEMBERS_UPDATE
    ENTITLEMENT_CREATE ENTITLEMENT_UPDATE ENTITLEMENT_DELETE
    GUILD_BAN_ADD GUILD_BAN_REMOVE
    GUILD_EMOJIS_UPDATE GUILD_STICKERS_UPDATE GUILD_INTEGRATIONS_UPDATE
    GUILD_JOIN_REQUEST_CREATE GUILD_JOIN_REQUEST_UPDATE GUILD_JOIN_REQUEST_DELETE
    GUILD_ROLE_CREATE GUILD_ROLE_UPDATE GUILD_ROLE_DELETE
    GUILD_SOUNDBOARD_SOUND_CREATE GUILD_SOUNDBOARD_SOUND_UPDATE GUILD_SOUNDBOARD_SOUND_DELETE
    GUILD_SOUNDBOARD_SOUNDS_UPDATE SOUNDBOARD_SOUNDS
    INTEGRATION_CREATE INTEGRATION_UPDATE INTEGRATION_DELETE INVITE_CREATE INVITE_DELETE
    MESSAGE_UPDATE MESSAGE_DELETE MESSAGE_DELETE_BULK
    MESSAGE_REACTION_ADD MESSAGE_REACTION_REMOVE MESSAGE_REACTION_REMOVE_ALL MESSAGE_REACTION_REMOVE_EMOJI
    MESSAGE_POLL_VOTE_ADD MESSAGE_POLL_VOTE_REMOVE
    PRESENCE_UPDATE STAGE_INSTANCE_CREATE STAGE_INSTANCE_UPDATE STAGE_INSTANCE_DELETE
    SUBSCRIPTION_CREATE SUBSCRIPTION_UPDATE SUBSCRIPTION_DELETE TYPING_START USER_UPDATE WEBHOOKS_UPDATE
    RATE_LIMITED
    """
)
