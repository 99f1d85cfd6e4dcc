"""What gets through the door, what does not, and what is said about the rest."""

from __future__ import annotations

import copy
import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.allow_list import ALLOWED, DROPPED
from bot.intake import Intake, IntakeOptions
from bot.privacy_page import PAGE, TITLES, page
from storage.event_key import KeyMaker

GUILD, EXCLUDED, GONE = 2000, 3999, 666
KEYS = KeyMaker(b"k" * 32)


class Withdrawn:
    def is_withdrawn(self, guild_id: int, user_id: int) -> bool:
        return user_id == GONE


OPTIONS = IntakeOptions(GUILD, frozenset([EXCLUDED]), frozenset(["profile show.name"]))


@pytest.fixture
def intake() -> Intake:
    return Intake(KEYS, Withdrawn(), OPTIONS)


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
        "token": "private",
        "member": member,
        "data": data,
    } | more


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


@pytest.mark.parametrize("kind", [1, 3, 4, 5])
def test_buttons_forms_and_completions_are_not_kept(intake, kind):
    assert through(intake, "INTERACTION_CREATE", command(type=kind)) == []


def test_a_command_in_direct_messages_or_an_excluded_channel_is_not_kept(intake):
    direct = command()
    del direct["guild_id"]
    assert through(intake, "INTERACTION_CREATE", direct) == []
    assert through(intake, "INTERACTION_CREATE", command(channel_id=str(EXCLUDED))) == []


# ------------------------------------------------------------------ what is not


@pytest.mark.parametrize("dispatch_type", sorted(DROPPED))
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
        "GUILD_DELETE": {"id": str(GUILD), **private},
        "INTERACTION_CREATE": command({"name": "free", "type": 3, "value": "private"}, **private),
    }
    assert samples.keys() == ALLOWED.keys(), "every kind of the list has a sample here"
    for dispatch_type, sample in samples.items():
        events = through(intake, dispatch_type, sample)
        assert events
        assert "private" not in repr(events)
        for event in events:
            allowed = {field.kept_as for field in ALLOWED[dispatch_type].fields}
            if each := ALLOWED[dispatch_type].each:
                allowed |= {field.kept_as for field in each.fields} | {"snapshot", "occupants"}
            allowed |= {part.kept_as for part in ALLOWED[dispatch_type].parts}
            assert body(event).keys() <= allowed
            assert str(event.person) not in event.body.decode()


def test_who_withdrew_is_left_out_and_in_voice_is_only_a_stay(intake):
    assert through(intake, "GUILD_MEMBER_ADD", joined(GONE)) == []
    assert through(intake, "INTERACTION_CREATE", command(user_id=GONE)) == []
    (enter,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE), 1)
    (leave,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE, channel=None), 2)
    (later,) = through(intake, "VOICE_STATE_UPDATE", voice(GONE, session_id="stay-2"), 3)
    assert enter.person is None
    assert body(enter)["occupant"] == body(leave)["occupant"] != body(later)["occupant"]
    assert str(GONE) not in repr(enter)
    chosen = command({"name": "who", "type": 6, "value": str(GONE)})
    assert through(intake, "INTERACTION_CREATE", chosen)[0].others is None


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
FIELDS += ["type", "data", "options", "name", "value", "member", "bot", "resolved", "users", "session_id"]
SHAPES = st.recursive(
    JSON | st.just(str(GUILD)) | st.just(2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=20,
)


@given(
    dispatch_type=st.sampled_from([*ALLOWED, "OTHER"]) | st.text(string.printable, max_size=80),
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
    for dispatch_type, allowed in ALLOWED.items():
        section = published.split(f"`{dispatch_type}`.")[1].split("###")[0]
        for field in (*allowed.fields, *(allowed.each.fields if allowed.each else ())):
            assert f"`{field.kept_as}`" in section
            assert all(path in section for path in field.paths)
