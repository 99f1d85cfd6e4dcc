"""What gets through the door, what does not, and what is said about the rest."""

from __future__ import annotations

import copy
import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allow_list import ALLOWED, DROPPED, LISTED, TOLD_BY_MESSAGES
from bot.intake import Intake, IntakeOptions, Received
from bot.privacy_page import LISTED_TITLES, MESSAGE_TITLES, PAGE, TITLES, page
from storage.event_key import KeyMaker
from storage.fact_bodies import (
    EventExceptionBody,
    ExceptionBody,
    RsvpBody,
    ScheduledEventBody,
    ScheduledEventsEndBody,
)

GUILD, EXCLUDED, GONE = 2000, 3999, 666
FIRST_MS, SECOND_MS = 1_763_406_000_000, 1_764_010_800_000  # 17 and 24 November 2025, 19:00 UTC
EPOCH_MS = 1_420_070_400_000
EXCEPTION = (SECOND_MS - 1_420_070_400_000) << 22
CREATED = "GUILD_SCHEDULED_EVENT_CREATE"
KEYS = KeyMaker(b"k" * 32)


class Withdrawn:
    def is_withdrawn(self, guild_id: int, user_id: int) -> bool:
        return user_id == GONE


TRACKED = frozenset(["show_profile", "stats week"])
OPTIONS = IntakeOptions(
    GUILD, frozenset([EXCLUDED]), frozenset(["profile show.name"]), tracked_commands=TRACKED
)


@pytest.fixture
def intake() -> Intake:
    """One that knows which channels there are, and that the event 7000 is in none that is excluded."""
    intake = Intake(KEYS, Withdrawn(), OPTIONS)
    intake.extract(CREATED, scheduled())
    intake.channels_told([{"id": "3000", "type": 0}, {"id": str(EXCLUDED), "type": 0}], [])
    return intake


def user(user_id: object, **more: object) -> dict:
    return {"id": str(user_id), "username": "private name", "avatar": "private", **more}


def voice(user_id: object = 5000, channel: object = "3001", **more: object) -> dict:
    state = {"user_id": str(user_id), "channel_id": channel, "session_id": "stay-1", "guild_id": str(GUILD)}
    member = {"user": user(user_id), "nick": "private nick", "roles": ["1"]}
    return {**state, "deaf": False, "self_deaf": False, "self_mute": True, "member": member, **more}


def joined(user_id: object = 5000, **more: object) -> dict:
    at = "2025-11-17T08:00:00.250000+00:00"
    return {"guild_id": str(GUILD), "user": user(user_id), "roles": ["11", "12"], "joined_at": at, **more}


def command(*options: dict, user_id: int = 5000, **more: object) -> dict:
    inner = {"type": 1, "name": "show", "options": list(options)}
    data = {"id": "9", "name": "profile", "type": 1, "options": [inner], **more.pop("data", {})}
    member = {"user": user(user_id), "permissions": "8"}
    ids = {"id": str(1_200_000_000_000_000_000), "application_id": "1000", "channel_id": "3000"}
    return {
        **ids,
        "type": 2,
        "guild_id": str(GUILD),
        "channel": {"id": "3000", "type": 0, "name": "private"},
        "token": "private",
        "member": member,
        "data": data,
    } | more


def scheduled(channel: object = "3001", **more: object) -> dict:
    ids = {"id": "7000", "guild_id": str(GUILD), "creator_id": "5000", "channel_id": channel}
    times = {"scheduled_start_time": "2025-11-17T19:00:00+00:00", "scheduled_end_time": None}
    private = {"description": "private", "image": "private", "entity_metadata": {"location": "private"}}
    private |= {"creator": user(5000), "user_count": 3}
    return {
        **ids,
        **times,
        **private,
        "name": "Weekly inhouse",
        "status": 1,
        "entity_type": 2,
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
    } | more


def exception(**more: object) -> dict:
    moved = {"scheduled_start_time": "2025-11-24T20:00:00+00:00", "scheduled_end_time": None}
    return {"event_id": "7000", "event_exception_id": str(EXCEPTION), **moved, "is_canceled": False, **more}


def rsvp(user_id: object = 5000, **more: object) -> dict:
    ids = {"guild_scheduled_event_id": "7000", "user_id": str(user_id), "guild_id": str(GUILD)}
    return {**ids, "user": user(user_id), **more}


def entry(action: int = 20, **more: object) -> dict:
    ids = {"id": str(1_300_000_000_000_000_000), "guild_id": str(GUILD), "target_id": "5000"}
    changes = [{"key": "nick", "new_value": "private"}]
    return {**ids, "user_id": "5999", "action_type": action, "reason": "private", "changes": changes} | more


def message(user_id: object = 5000, channel: object = "3000", **more: object) -> dict:
    ids = {"id": str(1_400_000_000_000_000_000), "guild_id": str(GUILD), "channel_id": channel}
    private = {"content": "private words", "mentions": [user(5001)], "attachments": [{"url": "private"}]}
    return {**ids, "type": 0, "author": user(user_id), "member": {"nick": "private"}, **private} | more


def answer(name: object = "show_profile", user_id: object = 5000, **more: object) -> dict:
    """Another bot's message that answers a command."""
    asked = {"id": "1200000000000000001", "type": 2, "name": name, "user": user(user_id)}
    bot = {"author": user(8000, bot=True), "application_id": "8001", "webhook_id": "8001", "type": 20}
    return message(8000) | bot | {"interaction": asked, "flags": 128} | more


def through(intake: Intake, dispatch_type: str, data: object, sequence: int = 7) -> list:
    return intake.events_of(dispatch_type, data, 1_763_000_000_000, "session", 1_762_000_000_000, sequence)


def body(event) -> dict:
    return msgspec.json.decode(event.body)


# ------------------------------------------------------------------ what is kept


def test_a_join_keeps_when_which_roles_and_whether_a_bot(intake):
    (event,) = through(intake, "GUILD_MEMBER_ADD", joined())
    assert event.person == 5000
    assert body(event) == {"joined_at_ms": 1_763_366_400_250, "roles": ["11", "12"], "bot": False}
    assert event.occurred_from_ms == event.occurred_to_ms == 1_763_366_400_250


def test_a_join_is_the_same_event_in_every_session(intake):
    first, again = (
        through(intake, "GUILD_MEMBER_ADD", joined(), 7),
        through(intake, "GUILD_MEMBER_ADD", joined(), 900),
    )
    assert first[0].key == again[0].key
    (leave,), (other) = (
        through(intake, "GUILD_MEMBER_REMOVE", joined(), 7),
        through(intake, "GUILD_MEMBER_REMOVE", joined(), 8),
    )
    assert leave.key != other[0].key


@pytest.mark.parametrize(
    ("flags", "deaf"), [({}, False), ({"self_deaf": True}, True), ({"deaf": True}, True)]
)
def test_deafened_by_oneself_or_by_the_server_is_deafened(intake, flags, deaf):
    (event,) = through(intake, "VOICE_STATE_UPDATE", voice(**flags))
    assert body(event) == {"channel_id": "3001", "deaf": deaf, "bot": False}


def test_whether_someone_is_a_bot_stays_open_where_discord_does_not_say(intake):
    state = voice()
    del state["member"]
    (event,) = through(intake, "VOICE_STATE_UPDATE", state)
    assert body(event)["bot"] is None


def test_an_excluded_channel_looks_like_nowhere(intake):
    (event,) = through(intake, "VOICE_STATE_UPDATE", voice(channel=str(EXCLUDED)))
    assert body(event)["channel_id"] is None
    assert str(EXCLUDED) not in repr(event)


def test_a_guild_gives_a_row_for_everyone_in_voice_and_an_end(intake):
    bot = user(5001, bot=True)
    states = [voice(), voice(5001), voice(5002, channel=str(EXCLUDED)), voice(GONE)]
    for state in states:
        del state["guild_id"], state["member"]
    guild = {"id": str(GUILD), "name": "private", "afk_channel_id": "3009", "member_count": 4}
    guild |= {"members": [{"user": bot}, {"user": user(5000)}], "voice_states": states}
    events = through(intake, "GUILD_CREATE", guild)
    assert [event.type for event in events] == [
        "GUILD_CREATE",
        *["SNAPSHOT_VOICE_STATE"] * 3,
        "SNAPSHOT_VOICE_END",
    ]
    assert body(events[0]) == {"afk_channel_id": "3009", "member_count": 4}
    assert [(e.person, body(e)["bot"]) for e in events[1:4]] == [(5000, False), (5001, True), (None, False)]
    assert body(events[-1]) == {"snapshot": body(events[1])["snapshot"], "occupants": 3}
    assert len({event.key for event in events}) == len(events)


def room(channel="3001", places=8, **fields):
    """A voice channel."""
    return {"id": channel, "type": 2, "guild_id": str(GUILD), "user_limit": places, **fields}


@pytest.mark.parametrize("dispatch_type", ["CHANNEL_CREATE", "CHANNEL_UPDATE"])
def test_of_a_voice_channel_only_its_places_are_kept(intake, dispatch_type):
    (event,) = through(intake, dispatch_type, room(name="private", bitrate=64000))
    assert (event.person, body(event)) == (None, {"channel_id": "3001", "places": 8})
    assert through(intake, dispatch_type, {"id": "3002", "type": 0, "guild_id": str(GUILD)}) == []
    assert through(intake, dispatch_type, room(str(EXCLUDED))) == []
    assert through(intake, dispatch_type, room(guild_id="2001")) == []


def test_a_guild_gives_a_row_for_every_voice_channel(intake):
    text = {"id": "3002", "type": 0}
    rooms = [room(), text, room(str(EXCLUDED)), room("3003", 0), None, room("3004", "many")]
    guild = {"id": str(GUILD), "afk_channel_id": None, "channels": rooms}
    _, *events, wrong = through(intake, "GUILD_CREATE", guild)
    assert [(event.type, body(event)["channel_id"], body(event)["places"]) for event in events] == [
        ("SNAPSHOT_CHANNEL", "3001", 8),
        ("SNAPSHOT_CHANNEL", "3003", 0),
    ]
    assert wrong.problem == "user_limit: expected a whole number, got a text"


def test_a_voice_list_with_a_malformed_entry_makes_nobody_leave(intake):
    guild = {"id": str(GUILD), "afk_channel_id": None, "voice_states": [voice(), None]}
    events = through(intake, "GUILD_CREATE", guild)
    assert "SNAPSHOT_VOICE_END" not in [event.type for event in events]
    assert "user_id" in events[-1].problem


def test_a_commands_options_keep_ids_numbers_and_flags(intake):
    resolved = {"users": {"5003": {}}}
    options = [
        {"name": "who", "type": 6, "value": "5002"},
        {"name": "either", "type": 9, "value": "5003"},
        {"name": "role", "type": 9, "value": "77"},
        {"name": "where", "type": 7, "value": "3001"},
        {"name": "weeks", "type": 4, "value": 4},
        {"name": "pasted", "type": 4, "value": 123456789012345678},
        {"name": "all", "type": 5, "value": True},
        {"name": "free", "type": 3, "value": "private words"},
        {"name": "name", "type": 3, "value": "Ana\x00 <@123456789012345678>"},
    ]
    (event,) = through(intake, "INTERACTION_CREATE", command(*options, data={"resolved": resolved}))
    assert body(event) == {
        "interaction_id": "1200000000000000000",
        "application_id": "1000",
        "command": "profile show",
        "options": {
            "role": "77",
            "where": "3001",
            "weeks": 4,
            "pasted": "(left out)",
            "all": True,
            "free": "(left out)",
            "name": "Ana <@(left out)>",
        },
    }
    assert event.others == {"who": [5002], "either": [5003]}
    assert event.problem is None
    assert event.occurred_to_ms == (1_200_000_000_000_000_000 >> 22) + 1_420_070_400_000


@pytest.mark.parametrize("padding", [0, 85])  # cut off in the middle of it, most of an id would stay
def test_who_stands_in_a_title_is_not_recorded_by_it(intake, padding):
    sent = scheduled(name="x" * padding + "1:1 with <@80351110224678912>")
    (kept,) = through(intake, CREATED, sent)
    assert body(kept)["title"] == ("x" * padding + "1:1 with <@(left out)>")[:100]


@pytest.mark.parametrize("what", ["CREATE", "UPDATE", "DELETE"])
def test_a_scheduled_event_keeps_what_it_is_and_apart_from_it_who_made_it(intake, what):
    rule = {"start": "2025-01-06T19:00:00+00:00", "frequency": 2, "interval": 1}
    sent = scheduled(
        name="Inhouse\x00 \ud800" + "x" * 200,
        recurrence_rule=rule,
        scheduled_end_time="2025-11-17T21:00:00+00:00",
        guild_scheduled_event_exceptions=[
            exception(),
            exception(scheduled_start_time=None, is_canceled=True),
        ],
    )
    (kept,) = through(intake, f"GUILD_SCHEDULED_EVENT_{what}", sent)
    assert (kept.person, kept.others) == (None, {"creator": [5000]})
    assert body(kept)["title"] == "Inhouse " + "x" * 92
    moved_ms = 1_764_014_400_000
    assert msgspec.json.decode(kept.body, type=ScheduledEventBody, strict=False) == ScheduledEventBody(
        event_id=7000,
        title="Inhouse " + "x" * 92,
        status=1,
        entity_type=2,
        scheduled_start_ms=FIRST_MS,
        scheduled_end_ms=FIRST_MS + 2 * 3_600_000,
        channel_id=3001,
        recurrence_start_ms=1_736_190_000_000,
        exceptions=(
            ExceptionBody(SECOND_MS, moved_ms),
            ExceptionBody(SECOND_MS, is_cancelled=True),
        ),
    )


def test_an_event_without_a_rule_does_not_recur(intake):
    (kept,) = through(intake, CREATED, scheduled())
    assert body(kept)["recurrence_start_ms"] is None
    elsewhere = scheduled(channel=None, entity_type=3)
    del elsewhere["recurrence_rule"], elsewhere["guild_scheduled_event_exceptions"]
    (kept,) = through(intake, CREATED, elsewhere)
    assert (body(kept)["recurrence_start_ms"], body(kept)["exceptions"]) == (None, [])


@pytest.mark.parametrize("more", [{}, {"guild_id": str(GUILD)}])
def test_an_exception_names_its_occurrence_by_when_it_would_have_started(intake, more):
    (kept,) = through(intake, "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", exception(**more))
    assert kept.problem is None
    assert (kept.guild_id, kept.person, kept.others) == (GUILD, None, None)
    assert msgspec.json.decode(kept.body, type=EventExceptionBody, strict=False) == EventExceptionBody(
        SECOND_MS, 1_764_014_400_000, event_id=7000
    )
    (gone,) = through(intake, "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE", {"event_id": "7000", **more})
    assert body(gone) == {"event_id": "7000"}


def test_exceptions_of_another_guild_are_not_recorded(intake):
    other = exception(guild_id="2001")
    assert through(intake, "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", other) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, (None, 1)),
        ({"guild_scheduled_event_exception_id": None, "response": None}, (None, 1)),
        ({"guild_scheduled_event_exception_id": str(EXCEPTION), "response": 0}, (SECOND_MS, 0)),
    ],
)
def test_an_answer_is_to_the_event_or_to_one_occurrence(intake, more, told):
    (kept,) = through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(**more))
    assert kept.person == 5000
    answer = msgspec.json.decode(kept.body, type=RsvpBody, strict=False)
    assert (answer.event_id, answer.original_start_ms, answer.response) == (7000, *told)


def test_the_same_answer_again_is_another_event_unless_it_is_delivered_again(intake):
    keys = [through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(), number)[0].key for number in (7, 8, 7)]
    assert keys[0] == keys[2] != keys[1]


def test_a_guild_gives_a_row_for_every_event_and_an_end(intake):
    planned, made_by_nobody = scheduled(), scheduled(id="7001", creator_id=None, channel=None)
    guild = {"id": str(GUILD), "voice_states": [voice()], "guild_scheduled_events": [planned, made_by_nobody]}
    events = through(intake, "GUILD_CREATE", guild)
    assert [kept.type for kept in events] == [
        "GUILD_CREATE",
        "SNAPSHOT_VOICE_STATE",
        "SNAPSHOT_VOICE_END",
        "SNAPSHOT_SCHEDULED_EVENT",
        "SNAPSHOT_SCHEDULED_EVENT",
        "SNAPSHOT_SCHEDULED_EVENTS_END",
    ]
    assert [kept.others for kept in events[3:5]] == [{"creator": [5000]}, None]
    end = msgspec.json.decode(events[-1].body, type=ScheduledEventsEndBody, strict=False)
    assert end.events == (7000, 7001)
    assert {body(kept)["snapshot"] for kept in events[3:]} == {end.snapshot}
    assert len({kept.key for kept in events}) == len(events)


def test_a_list_of_events_with_a_malformed_one_makes_none_of_them_vanish(intake):
    guild = {
        "id": str(GUILD),
        "voice_states": [],
        "guild_scheduled_events": [scheduled(), scheduled(status=9)],
    }
    types = [kept.type for kept in through(intake, "GUILD_CREATE", guild)]
    assert types.count("SNAPSHOT_SCHEDULED_EVENT") == 2
    assert "SNAPSHOT_SCHEDULED_EVENTS_END" not in types
    assert "SNAPSHOT_VOICE_END" in types


def test_a_guild_without_lists_says_nothing_of_who_is_in_voice_or_what_is_planned(intake):
    (kept,) = through(intake, "GUILD_CREATE", {"id": str(GUILD), "unavailable": True})
    assert kept.type == "GUILD_CREATE"


def test_of_an_event_in_an_excluded_channel_nothing_is_kept_and_no_answer_to_it(intake):
    hidden, shown = scheduled(str(EXCLUDED)), scheduled(id="7001")
    for what in ("CREATE", "UPDATE", "DELETE"):
        assert through(intake, f"GUILD_SCHEDULED_EVENT_{what}", hidden) == []
    assert through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp()) == []
    assert through(intake, "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", exception()) == []
    guild = {"id": str(GUILD), "guild_scheduled_events": [hidden, shown]}
    *_, end = through(intake, "GUILD_CREATE", guild)
    assert body(end)["events"] == ["7001"]
    assert len(through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(guild_scheduled_event_id="7001"))) == 1


def test_an_event_that_leaves_an_excluded_channel_is_kept_from_then_on(intake):
    through(intake, CREATED, scheduled(str(EXCLUDED)))
    assert len(through(intake, "GUILD_SCHEDULED_EVENT_UPDATE", scheduled())) == 1
    assert len(through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp())) == 1


def test_with_other_options_it_is_decided_anew_what_is_kept_of_every_event(intake):
    intake.options = msgspec.structs.replace(OPTIONS, excluded_channels=frozenset([3001]))
    assert through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp()) == []
    assert through(intake, "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", exception()) == []
    intake.options = OPTIONS
    assert len(through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp())) == 1


def test_of_an_event_that_nobody_told_of_nothing_is_kept_where_channels_are_excluded():
    about = {"guild_scheduled_event_id": "7009"}
    intake = Intake(KEYS, Withdrawn(), OPTIONS)
    assert through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(**about)) == []
    intake.options = IntakeOptions(GUILD)
    assert len(through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(**about))) == 1


def test_an_excluded_channel_is_known_however_its_id_is_written(intake):
    assert through(intake, CREATED, scheduled(EXCLUDED)) == []


@pytest.mark.parametrize("kind", [1, 3, 4, 5])
def test_buttons_forms_and_completions_are_not_kept(intake, kind):
    assert through(intake, "INTERACTION_CREATE", command(type=kind)) == []


def test_a_command_in_direct_messages_or_an_excluded_channel_is_not_kept(intake):
    direct = command()
    del direct["guild_id"]
    assert through(intake, "INTERACTION_CREATE", direct) == []
    assert through(intake, "INTERACTION_CREATE", command(channel_id=str(EXCLUDED))) == []


@pytest.mark.parametrize("action", [20, 22])
def test_of_a_kick_or_a_ban_who_was_removed_is_kept_and_when(intake, action):
    (kept,) = through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(action))
    assert (kept.person, kept.others, kept.problem) == (5000, None, None)
    assert body(kept) == {"entry_id": "1300000000000000000", "action": action, "members_removed": None}
    assert kept.occurred_from_ms == kept.occurred_to_ms == (1_300_000_000_000_000_000 >> 22) + EPOCH_MS
    assert "5999" not in repr(kept), "whoever did it is not kept"


@pytest.mark.parametrize("removed", ["3", 3])
def test_a_prune_names_nobody_and_says_how_many(intake, removed):
    pruned = entry(21, options={"delete_member_days": "7", "members_removed": removed})
    del pruned["target_id"]
    (kept,) = through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", pruned)
    assert (kept.person, kept.problem, body(kept)["members_removed"]) == (None, None, 3)


@pytest.mark.parametrize("action", [1, 23, 26, 27, None, "20", True])
def test_of_the_audit_log_nothing_else_is_kept(intake, action):
    assert through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(action)) == []


def test_an_entry_is_the_same_event_live_and_fetched(intake):
    (live,) = through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(), 7)
    (fetched,) = through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(), 900)
    (other,) = through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(id="1300000000000000001"))
    assert live.key == fetched.key != other.key


@pytest.mark.parametrize("kind", [0, 19])
def test_of_a_message_it_is_kept_who_wrote_where_and_when(intake, kind):
    (kept,) = through(intake, "MESSAGE_CREATE", message(type=kind))
    assert (kept.type, kept.person, kept.others) == ("MESSAGE_CREATE", 5000, None)
    assert body(kept) == {"channel_id": "3000"}
    assert kept.occurred_from_ms == kept.occurred_to_ms == (1_400_000_000_000_000_000 >> 22) + EPOCH_MS
    assert "1400000000000000000" not in repr(kept)
    (again,) = through(intake, "MESSAGE_CREATE", message(type=kind), 900)
    (other,) = through(intake, "MESSAGE_CREATE", message(id="1400000000000000001"))
    assert kept.key == again.key != other.key


@pytest.mark.parametrize(
    "more",
    [
        {"author": user(5000, bot=True)},
        {"author": user(5000, system=True)},
        {"webhook_id": "8001"},
        *[{"type": kind} for kind in (6, 7, 18, 20, 21, 23, 250, None, "0", False)],
    ],
)
def test_only_ordinary_messages_and_replies_of_people_count(intake, more):
    assert through(intake, "MESSAGE_CREATE", message(**more)) == []


def test_text_that_is_switched_off_is_not_recorded_and_commands_still_are(intake):
    intake.options = msgspec.structs.replace(OPTIONS, records_text=False)
    assert through(intake, "MESSAGE_CREATE", message()) == []
    assert len(through(intake, "MESSAGE_CREATE", answer())) == 1


def test_a_direct_message_is_not_recorded(intake):
    direct = message()
    del direct["guild_id"]
    assert through(intake, "MESSAGE_CREATE", direct) == []


@pytest.mark.parametrize("name", ["show_profile", "show_profile full", "stats week"])
def test_a_tracked_command_of_another_bot_is_known_by_its_answer(intake, name):
    (kept,) = through(intake, "MESSAGE_CREATE", answer(name))
    assert (kept.type, kept.person, kept.problem) == ("COMMAND_ANSWERED", 5000, None)
    assert body(kept) == {
        "interaction_id": "1200000000000000001",
        "application_id": "8001",
        "command": name,
    }
    assert kept.occurred_to_ms == (1_200_000_000_000_000_001 >> 22) + EPOCH_MS
    assert "private" not in repr(kept)


@pytest.mark.parametrize(
    "name", ["show", "stats", "stats weekly", "Show_profile", "", None, ["show_profile"]]
)
def test_other_commands_of_other_bots_leave_no_trace(intake, name):
    assert through(intake, "MESSAGE_CREATE", answer(name)) == []


@pytest.mark.parametrize("kind", [1, 3, 5, None, True, "2"])
def test_an_answer_to_a_button_is_no_command(intake, kind):
    asked = answer()["interaction"] | {"type": kind}
    assert through(intake, "MESSAGE_CREATE", answer(interaction=asked)) == []


def test_all_answers_to_a_command_are_one_event_beside_it(intake):
    (asked,) = through(intake, "INTERACTION_CREATE", command(id="1200000000000000001"))
    (answered,) = through(intake, "MESSAGE_CREATE", answer())
    (followed_up,) = through(intake, "MESSAGE_CREATE", answer(id="1400000000000000009"), 900)
    assert answered.key == followed_up.key != asked.key
    assert asked.occurred_from_ms == answered.occurred_from_ms == followed_up.occurred_from_ms


# ------------------------------------------------------------------ threads of excluded channels


def thread(thread_id: str = "4000", parent: str = str(EXCLUDED), **more: object) -> dict:
    return {
        "id": thread_id,
        "type": 11,
        "parent_id": parent,
        "guild_id": str(GUILD),
        "name": "private",
    } | more


def guild_with(*threads: dict) -> dict:
    channels = [{"id": "3000", "type": 0, "parent_id": "2999"}, {"id": str(EXCLUDED), "type": 15}]
    return {"id": str(GUILD), "channels": channels, "threads": list(threads)}


@pytest.mark.parametrize(
    ("dispatch_type", "tell"),
    [
        ("GUILD_CREATE", guild_with),
        ("THREAD_CREATE", lambda one: one),
        ("THREAD_UPDATE", lambda one: one),
        ("THREAD_LIST_SYNC", lambda one: {"guild_id": str(GUILD), "threads": [one]}),
    ],
)
def test_a_thread_is_as_excluded_as_its_channel(intake, dispatch_type, tell):
    here, there = {"channel": "4000"}, {"channel": "4001"}
    assert through(intake, "MESSAGE_CREATE", message(**here)) == [], "nobody told what it is"
    through(intake, dispatch_type, tell(thread()))
    assert through(intake, "MESSAGE_CREATE", message(**here)) == []
    assert through(intake, "MESSAGE_CREATE", answer(channel_id="4000")) == []
    bare = command(channel_id="4000")
    del bare["channel"]
    assert through(intake, "INTERACTION_CREATE", bare) == []
    assert body(through(intake, "VOICE_STATE_UPDATE", voice(channel="4000"))[0])["channel_id"] is None
    through(intake, dispatch_type, tell(thread("4001", "3000")))
    (kept,) = through(intake, "MESSAGE_CREATE", message(**there))
    assert body(kept) == {"channel_id": "4001"}


def test_a_command_tells_itself_of_which_channel_its_thread_is(intake):
    in_thread = command(channel_id="4000", channel=thread())
    assert through(intake, "INTERACTION_CREATE", in_thread) == []
    elsewhere = command(channel_id="4001", channel=thread("4001", "3000"))
    assert len(through(intake, "INTERACTION_CREATE", elsewhere)) == 1


def test_a_new_list_of_channels_forgets_the_old_one_and_another_guilds_is_none(intake):
    through(intake, "THREAD_CREATE", thread("4001", "3000"))
    through(intake, "GUILD_CREATE", {**guild_with(), "id": "2001"})
    assert len(through(intake, "MESSAGE_CREATE", message(channel="4001"))) == 1
    through(intake, "GUILD_CREATE", guild_with())
    assert through(intake, "MESSAGE_CREATE", message(channel="4001")) == []


def test_where_nothing_is_excluded_every_channel_will_do(intake):
    intake.options = IntakeOptions(GUILD, tracked_commands=TRACKED)
    assert len(through(intake, "MESSAGE_CREATE", message(channel="4999"))) == 1
    assert len(through(intake, "MESSAGE_CREATE", answer(channel_id="4999"))) == 1


@pytest.mark.parametrize(
    "channels", [[None, 5, {}, {"id": 4000}, {"id": "4000"}, thread(parent=5)], None, "x"]
)
def test_a_thread_that_is_told_of_wrongly_stays_unknown(intake, channels):
    through(intake, "GUILD_CREATE", guild_with() | {"threads": channels})
    assert through(intake, "MESSAGE_CREATE", message(channel="4000")) == []


def test_a_channel_that_is_excluded_while_a_message_is_on_its_way_is_silent_of_it(intake):
    kept = intake.extract("MESSAGE_CREATE", message())
    intake.options = msgspec.structs.replace(OPTIONS, excluded_channels=frozenset([3000]))
    assert intake.events(Received(kept, "session", 1, 7, 1, 1, 1)) == []


# ------------------------------------------------------------------ what is not


@pytest.mark.parametrize("dispatch_type", sorted(DROPPED | TOLD_BY_MESSAGES.keys()))
def test_known_dispatches_without_use_are_dropped_whole(intake, dispatch_type):
    assert through(intake, dispatch_type, {"guild_id": str(GUILD), "content": "private"}) == []


def test_other_guilds_are_not_recorded(intake):
    assert through(intake, "VOICE_STATE_UPDATE", voice(guild_id="2001")) == []
    assert through(intake, "GUILD_UPDATE", {"id": "2001", "afk_channel_id": None}) == []


def test_nothing_private_passes_through_any_kind_of_dispatch(intake):
    private = dict.fromkeys(("content", "username", "nick", "avatar", "email", "global_name"), "private")
    samples = {
        "GUILD_MEMBER_ADD": joined(**private),
        "GUILD_MEMBER_REMOVE": joined(**private),
        "GUILD_MEMBER_UPDATE": joined(**private),
        "VOICE_STATE_UPDATE": voice(**private),
        "GUILD_MEMBERS_CHUNK": {"guild_id": str(GUILD), "members": [joined(**private)], **private},
        "GUILD_CREATE": {"id": str(GUILD), "voice_states": [voice()], "members": [joined()], **private},
        "GUILD_UPDATE": {"id": str(GUILD), **private},
        **{f"CHANNEL_{what}": room(topic="private", **private) for what in ("CREATE", "UPDATE")},
        "GUILD_DELETE": {"id": str(GUILD), **private},
        "INTERACTION_CREATE": command({"name": "free", "type": 3, "value": "private"}, **private),
        **{f"GUILD_SCHEDULED_EVENT_{what}": scheduled(**private) for what in ("CREATE", "UPDATE", "DELETE")},
        **{
            f"GUILD_SCHEDULED_EVENT_EXCEPTION_{what}": exception(**private)
            for what in ("CREATE", "UPDATE", "DELETE")
        },
        "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE": {"event_id": "7000", **private},
        **{f"GUILD_SCHEDULED_EVENT_USER_{what}": rsvp(**private) for what in ("ADD", "REMOVE")},
        "GUILD_AUDIT_LOG_ENTRY_CREATE": entry(**private),
        "MESSAGE_CREATE": message(**private),
    }
    samples["GUILD_CREATE"]["guild_scheduled_events"] = [scheduled(**private)]
    samples["GUILD_CREATE"]["channels"] = [room(**private)]
    assert samples.keys() == ALLOWED.keys(), "every kind of the list has a sample here"
    for dispatch_type, sample in samples.items():
        events = through(intake, dispatch_type, sample)
        assert events
        assert "private" not in repr(events)
        for event in events:
            allowed = {field.kept_as for field in ALLOWED[dispatch_type].fields}
            for each in ALLOWED[dispatch_type].each:
                allowed |= {field.kept_as for field in each.fields} | {"snapshot", "occupants", "events"}
            allowed |= {part.kept_as for part in ALLOWED[dispatch_type].parts}
            assert body(event).keys() <= allowed
            assert "5000" not in event.body.decode()


def test_who_withdrew_is_left_out_and_in_voice_is_only_a_stay(intake):
    assert through(intake, "GUILD_MEMBER_ADD", joined(GONE)) == []
    assert through(intake, "INTERACTION_CREATE", command(user_id=GONE)) == []
    (enter,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE), 1)
    (leave,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE, channel=None), 2)
    (later,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE, session_id="stay-2"), 3)
    assert enter.person is None
    assert body(enter)["occupant"] == body(leave)["occupant"] != body(later)["occupant"]
    assert str(GONE) not in repr(enter)
    assert through(intake, "GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(GONE)) == []
    (made,) = through(intake, CREATED, scheduled(creator_id=str(GONE)))
    assert (made.others, made.problem) == (None, None)
    assert through(intake, "GUILD_AUDIT_LOG_ENTRY_CREATE", entry(target_id=str(GONE))) == []
    assert through(intake, "MESSAGE_CREATE", message(GONE)) == []
    assert through(intake, "MESSAGE_CREATE", answer(user_id=GONE)) == []
    chosen = command({"name": "who", "type": 6, "value": str(GONE)})
    assert through(intake, "INTERACTION_CREATE", chosen)[0].others is None


def test_who_withdrew_and_leaves_the_server_in_the_middle_of_a_stay_is_no_company_any_more(intake):
    assert through(intake, "GUILD_MEMBER_REMOVE", joined(GONE), 1) == []  # not in voice
    (enter,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE), 2)
    (left,) = through(intake, "GUILD_MEMBER_REMOVE", joined(GONE), 3)
    assert (left.type, left.person) == ("VOICE_STATE_UPDATE", None)
    assert body(left) == {"channel_id": None, "deaf": False, "occupant": body(enter)["occupant"]}
    assert through(intake, "GUILD_MEMBER_REMOVE", joined(GONE), 4) == []
    through(intake, "VOICE_STATE_UPDATE", voice(GONE), 5)
    through(intake, "VOICE_STATE_UPDATE", voice(GONE, channel=None), 6)
    assert through(intake, "GUILD_MEMBER_REMOVE", joined(GONE), 7) == []


# ------------------------------------------------------------------ what is wrong


def test_an_unknown_dispatch_leaves_its_name_its_guild_and_its_time(intake):
    (event,) = through(intake, "BRAND_NEW\x00\ud800", {"guild_id": str(GUILD), "content": "private"})
    assert (event.type, event.guild_id, event.body) == ("BRAND_NEW", GUILD, b"{}")
    assert event.problem == "unknown dispatch type"
    assert event.person is None


@pytest.mark.parametrize(
    ("dispatch_type", "data", "problem"),
    [
        ("VOICE_STATE_UPDATE", voice(2**63), "user_id: expected an id, got a number out of range"),
        ("VOICE_STATE_UPDATE", voice(channel=["private"]), "channel_id: expected an id, got a list"),
        ("VOICE_STATE_UPDATE", voice(channel={"private": 1}), "channel_id: expected an id, got an object"),
        (
            "VOICE_STATE_UPDATE",
            voice(self_deaf="no"),
            "self_deaf or deaf: expected true or false, got a text",
        ),
        ("VOICE_STATE_UPDATE", None, "guild_id: expected an id, got nothing"),
        ("GUILD_MEMBER_ADD", joined(joined_at=None), "joined_at: expected a timestamp, got null"),
        ("GUILD_MEMBER_ADD", joined(joined_at="soon"), "joined_at: expected a timestamp, got another text"),
        ("GUILD_MEMBER_ADD", joined(joined_at="2025-01-01T00:00:00"), "offset"),
        ("GUILD_MEMBER_ADD", joined(joined_at="1969-01-01T00:00:00+00:00"), "out of range"),
        ("GUILD_MEMBER_ADD", joined(roles=["11", "x"]), "roles: expected an id, got a text"),
        ("GUILD_MEMBER_ADD", joined(user=None), "user.id: expected an id, got nothing"),
        ("GUILD_MEMBER_UPDATE", joined(roles=["1"] * 1001), "at most 1000"),
        ("GUILD_CREATE", {"id": str(GUILD), "member_count": -1}, "member_count: expected a whole number"),
        ("INTERACTION_CREATE", command({"name": "n", "type": 4, "value": 2**64}), "out of range"),
        (CREATED, scheduled(status=5), "status: expected a number of Discord's list, got another"),
        (CREATED, scheduled(status=True), "status: expected a whole number, got a boolean"),
        (CREATED, scheduled(entity_type=None), "entity_type: expected a whole number, got null"),
        (CREATED, scheduled(name="\x00"), "name: expected a name, got an empty text"),
        (CREATED, scheduled(id="x"), "id: expected an id, got a text"),
        (CREATED, scheduled(creator_id=["private"]), "creator_id: expected an id, got a list"),
        (
            CREATED,
            scheduled(scheduled_start_time=None),
            "scheduled_start_time: expected a timestamp, got null",
        ),
        (
            CREATED,
            scheduled(scheduled_start_time="1970-01-01T00:00:00+00:00"),
            "scheduled_start_time: expected a timestamp from 2015 to 2100, got another",
        ),
        (CREATED, scheduled(scheduled_end_time="2101-01-01T00:00:00+00:00"), "scheduled_end_time: expected"),
        (
            CREATED,
            scheduled(recurrence_rule={"start": "9999-12-31T23:59:59+00:00"}),
            "recurrence_rule.start: expected a timestamp, got one out of range",
        ),
        ("GUILD_MEMBER_ADD", joined(joined_at="9999-12-31T23:59:59+00:00"), "out of range"),
        (CREATED, scheduled(recurrence_rule={}), "recurrence_rule.start: expected a timestamp, got nothing"),
        (
            CREATED,
            scheduled(guild_scheduled_event_exceptions="private"),
            "guild_scheduled_event_exceptions: expected a list of objects, got a text",
        ),
        (
            CREATED,
            scheduled(guild_scheduled_event_exceptions=[exception(), None]),
            "guild_scheduled_event_exceptions: expected an id, got nothing",
        ),
        (CREATED, scheduled(guild_scheduled_event_exceptions=[exception()] * 1001), "at most 1000 objects"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(response=2), "response: expected a number of Discord's list"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", rsvp(None), "user_id: expected an id, got a text"),
        (
            "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE",
            exception(event_exception_id=None),
            "event_exception_id: expected an id, got null",
        ),
        ("GUILD_AUDIT_LOG_ENTRY_CREATE", entry(target_id=None), "target_id: expected an id, got null"),
        ("GUILD_AUDIT_LOG_ENTRY_CREATE", entry(id=None), "id: expected an id, got null"),
        (
            "GUILD_AUDIT_LOG_ENTRY_CREATE",
            entry(21, options={"members_removed": "private"}),
            "options.members_removed: expected a whole number, got a text",
        ),
        ("GUILD_AUDIT_LOG_ENTRY_CREATE", entry(21, options={"members_removed": -1}), "out of range"),
        ("MESSAGE_CREATE", message("x"), "author.id: expected an id, got a text"),
        ("MESSAGE_CREATE", message(author=None), "author.id: expected an id, got nothing"),
        ("MESSAGE_CREATE", message(id=2**63), "id: expected an id, got a number out of range"),
        ("MESSAGE_CREATE", answer(application_id=None), "application_id: expected an id, got null"),
        ("MESSAGE_CREATE", answer(user_id=None), "interaction.user.id: expected an id"),
        ("INTERACTION_CREATE", command({"name": None, "type": 4, "value": 1}), "expected a name, got null"),
    ],
)
def test_a_malformed_dispatch_says_which_field_is_wrong_and_how(intake, dispatch_type, data, problem):
    (event, *_) = through(intake, dispatch_type, data)
    assert problem in event.problem
    assert "private" not in repr(event)


def test_of_a_malformed_dispatch_the_rest_is_kept(intake):
    (event,) = through(intake, "GUILD_MEMBER_ADD", joined(joined_at="soon"))
    assert (event.person, body(event)) == (5000, {"roles": ["11", "12"], "bot": False})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["id", "guild_id", "user", "user_id", "channel_id", "roles", "joined_at", "members", "voice_states"]
FIELDS += ["guild_scheduled_events", "guild_scheduled_event_exceptions", "recurrence_rule", "start", "status"]
FIELDS += ["guild_scheduled_event_id", "event_id", "event_exception_id", "creator_id", "scheduled_start_time"]
FIELDS += ["author", "interaction", "action_type", "target_id", "members_removed", "channels", "threads"]
FIELDS += ["parent_id", "channel", "webhook_id", "application_id"]
FIELDS += ["type", "data", "options", "name", "value", "member", "bot", "resolved", "users", "session_id"]
SHAPES = st.recursive(
    JSON | st.sampled_from([str(GUILD), 0, 2, 20, 21, "show_profile"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=20,
)


@given(
    dispatch_type=st.sampled_from([*ALLOWED, *DROPPED, "COMMAND_ANSWERED", "OTHER"])
    | st.text(string.printable, max_size=80),
    data=SHAPES,
)
def test_whatever_discord_sends_becomes_events_that_every_database_takes(dispatch_type, data):
    intake = Intake(KEYS, Withdrawn(), OPTIONS)
    before = copy.deepcopy(data)
    for event in through(intake, dispatch_type, data):
        text = event.body.decode("utf-8")
        assert "\x00" not in text
        assert "\\u0000" not in text
        assert isinstance(msgspec.json.decode(event.body), dict)
        assert len(event.type) <= 64
        assert 0 <= event.guild_id < 2**63
        assert event.person is None or 0 < event.person < 2**63
        assert all(0 < person < 2**63 for ids in (event.others or {}).values() for person in ids)
        assert len(event.key) == 16
    assert repr(before) == repr(data), "the dispatch still belongs to the library"


def test_an_excerpt_is_a_copy(intake):
    data = joined()
    kept = intake.extract("GUILD_MEMBER_ADD", data)
    data["roles"].append("13")
    data["user"]["id"] = "1"
    assert kept.values[1] == ("11", "12")
    assert kept.person == "5000"


def test_an_item_that_cannot_be_encoded_becomes_a_dead_letter(intake):
    (event,) = through(intake, "GUILD_MEMBER_ADD", joined())
    letter = intake.unencodable(event, ValueError("private"))
    assert letter.problem == "could not be encoded: ValueError"
    assert (letter.person, letter.body) == (None, b"{}")


# ------------------------------------------------------------------ the published list


def test_the_published_list_is_the_list_in_the_code():
    assert Path(PAGE).read_text(encoding="utf-8") == page(), "run python -m bot.privacy_page"


def test_the_published_list_names_every_kind_and_every_field():
    published = page()
    assert TITLES.keys() == ALLOWED.keys()
    assert MESSAGE_TITLES.keys() == TOLD_BY_MESSAGES.keys()
    assert LISTED_TITLES.keys() == LISTED.keys()
    for source, allowed in (ALLOWED | TOLD_BY_MESSAGES | LISTED).items():
        section = published.split(f"`{source}`.")[1].split("###")[0]
        fields = [*allowed.fields, *(field for each in allowed.each for field in each.fields)]
        fields += [inner for field in fields for inner in field.inner]
        for field in fields:
            assert f"{field.kept_as}`" in section
            assert all(path in section for path in field.paths)
