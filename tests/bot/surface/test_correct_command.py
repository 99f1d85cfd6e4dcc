"""`/insights correct` and `/insights corrections`, through the real client into real tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from storage.tables import (
    access_log,
    attendance,
    corrections,
    event_occurrences,
    identities,
    occurrence_hosts,
)

from .recording import HOUR_MS, Club

VOICE, STAGE, GENERAL = 303, 304, 300
STAFF, MEMBER, ORGANIZER, BOT = 500, 501, 502, 1000
EPHEMERAL = 1 << 6
MINUTE_MS = 60_000
START_MS = int(datetime(2025, 11, 16, 20, 0, tzinfo=UTC).timestamp() * 1000)
END_MS = START_MS + 2 * HOUR_MS
INHOUSE, RAID = 900, 901
KEY = f"{INHOUSE}@{START_MS}"
NAME = "Sunday Inhouse · Sun 16 Nov, 20:00"


def with_types(settings):
    kinds = [{"name": "Inhouse", "titles": ["*inhouse*"]}, {"name": "Raid [big]", "titles": ["raid*"]}]
    return type(settings).model_validate(settings.model_dump() | {"event_type": kinds})


@pytest.fixture
async def club(sqlite_warehouse, bench, connect, tmp_path):
    """An inhouse last night at which staff and a member were, from its start to its end."""
    async for told in evening(sqlite_warehouse, bench, connect, tmp_path):
        yield told


async def evening(warehouse, bench, connect, tmp_path):
    bench.holder.current = with_types(bench.holder.current)
    club = Club(warehouse, bench, tmp_path)
    began = START_MS - 30 * 24 * HOUR_MS
    club.joins((STAFF, MEMBER, ORGANIZER), began)
    club.event(INHOUSE, START_MS, "Sunday Inhouse")
    club.event(INHOUSE, START_MS, "Sunday Inhouse", status=2, at_ms=START_MS)
    for person in (STAFF, MEMBER):
        club.voice(person, VOICE, START_MS)
    for person in (STAFF, MEMBER):
        club.voice(person, None, END_MS)
    club.event(INHOUSE, START_MS, "Sunday Inhouse", status=3, at_ms=END_MS)
    club.event(RAID, START_MS + 26 * HOUR_MS, "Raid", at_ms=END_MS)
    club.covered(began, END_MS + HOUR_MS)
    async with club.asked(connect):
        yield club


async def correct(sandbox, user_id=STAFF, event=KEY, **typed):
    invocation = await sandbox.run_command(user_id, "insights correct", {"event": event, **typed}).settled()
    (message,) = invocation.messages_seen_by(user_id)
    return invocation, message


async def trail(sandbox, user_id=STAFF, **typed):
    invocation = await sandbox.run_command(user_id, "insights corrections", typed).settled()
    (message,) = invocation.messages_seen_by(user_id)
    return message


async def press(sandbox, message, custom_id, values=(), user_id=STAFF):
    invocation = await sandbox.press(user_id, int(message["id"]), custom_id, list(values)).settled()
    (answer,) = invocation.messages_seen_by(user_id)
    return answer


def called(sandbox, user_id):
    return sandbox.world.guild.users[user_id].name


def components(message):
    return [component for row in message.get("components", ()) for component in row["components"]]


async def numbers(club):
    return {user_id: number for number, user_id in await club.rows(identities, "member_no", "user_id")}


async def test_all_that_may_be_told_is_told_at_once_and_answered_with_what_it_was(sandbox, club):
    invocation, message = await correct(
        sandbox,
        ORGANIZER,
        type="raid [BIG]",
        host=ORGANIZER,
        second_host=MEMBER,
        channel=STAGE,
        second_channel=VOICE,
        held=True,
        person=ORGANIZER,
        attended=True,
    )

    assert message["flags"] & EPHEMERAL
    assert message["content"] == "Corrected. It counts as held, 3 people came."
    (embed,) = message["embeds"]
    assert embed["title"] == NAME
    assert embed["description"] == "\n".join(
        [
            r"**Type** Raid \[big\]",
            "-# before: Inhouse",
            "**Hosted by** <@502> and <@501>",
            "-# before: <@500>",
            "**Presence counts in** <#304> and <#303>",
            "-# before: <#303>",
            "**Held** yes",
            "-# before: held",
            "**Attended** <@502>: yes",
            "-# before: neither interested nor there",
        ]
    )
    assert message["mentions"] == []
    (row,) = [
        row
        for row in await club.rows(event_occurrences, "event_id", "event_type", "channels")
        if row[0] == INHOUSE
    ]
    assert (row[1], json.loads(row[2])) == ("Raid [big]", [VOICE, STAGE])
    people = await numbers(club)
    assert set(await club.rows(occurrence_hosts, "member_no", "reason")) == {
        (people[ORGANIZER], "told"),
        (people[MEMBER], "told"),
    }
    told = await club.rows(attendance, "member_no", "status", "is_told")
    assert (people[ORGANIZER], "attended", True) in told
    made = await club.rows(corrections, "correction_id", "part", "made_by", "subject")
    assert made == [
        (invocation.interaction_id, part, people[ORGANIZER], subject)
        for part, subject in enumerate(["type", "hosts", "channels", "held", "attendance"])
    ]


async def test_it_is_taken_back_with_the_button_under_it(sandbox, club):
    _, message = await correct(sandbox, type="Raid [big]", held=False)
    assert message["content"] == "Corrected. It counts as not held."
    (button,) = components(message)
    assert button["label"] == "Take back"
    answer = await press(sandbox, message, button["custom_id"])

    assert answer["flags"] & EPHEMERAL
    assert answer["content"] == "Taken back. It counts as held, 2 people came."
    assert answer["embeds"][0]["title"] == NAME
    assert answer["embeds"][0]["description"] == "~~Type: Raid \\[big\\]~~\n~~Held: no~~"
    people = await numbers(club)
    assert await club.rows(corrections, "taken_back_by") == [(people[STAFF],)] * 2
    again = await press(sandbox, message, button["custom_id"])
    assert again["content"] == "That was taken back already."


async def test_the_trail_says_who_told_what_and_takes_one_back(sandbox, club, bench):
    await correct(sandbox, ORGANIZER, host=MEMBER, person=ORGANIZER, attended=True)
    bench.clock.advance(minutes=5)
    await correct(sandbox, held=False)
    message = await trail(sandbox, event="sunday inhouse")

    assert message["flags"] & EPHEMERAL
    assert message["content"] == "3 corrections, newest first."
    (embed,) = message["embeds"]
    assert embed["title"] == f"Corrections · {NAME}"
    assert embed["description"] == "\n\n".join(
        [
            "**1** · Held: no\n-# by <@500> · Mon 17 Nov, 09:05",
            "**2** · Attended: yes, <@502>\n-# by <@502> · Mon 17 Nov, 09:00",
            "**3** · Hosted by <@501>\n-# by <@502> · Mon 17 Nov, 09:00",
        ]
    )
    (menu,) = components(message)
    assert [option["label"] for option in menu["options"]] == [
        "1 · Held: no",
        f"2 · Attended: yes, {called(sandbox, ORGANIZER)}",
        f"3 · Hosted by {called(sandbox, MEMBER)}",
    ]
    assert {option["description"] for option in menu["options"]} == {NAME}
    answer = await press(sandbox, message, menu["custom_id"], [menu["options"][0]["value"]])
    assert answer["embeds"][0]["description"] == "~~Held: no~~"
    assert answer["content"] == "Taken back. It counts as held, 3 people came."

    message = await trail(sandbox)
    assert message["content"] == "3 corrections, newest first, 1 of them taken back."
    assert message["embeds"][0]["description"].startswith(
        f"**1** · ~~Held: no~~\n{NAME}\n-# by <@500> · Mon 17 Nov, 09:05\n"
        "-# taken back by <@500> · Mon 17 Nov, 09:05\n\n"
    )
    assert len(components(message)[0]["options"]) == 2


async def test_organizers_take_back_what_they_told_themselves(sandbox, club):
    await correct(sandbox, STAFF, held=False)
    _, own = await correct(sandbox, ORGANIZER, type="no type")
    message = await trail(sandbox, ORGANIZER)
    (menu,) = components(message)
    assert [option["label"] for option in menu["options"]] == ["1 · Type: no type"]
    of_staff = f"{(await club.rows(corrections, 'correction_id'))[0][0]}/0"
    answer = await press(sandbox, message, menu["custom_id"], [of_staff], ORGANIZER)
    assert answer["content"] == "Somebody else told that: only staff can take it back."
    answer = await press(sandbox, own, components(own)[0]["custom_id"], user_id=ORGANIZER)
    assert answer["content"].startswith("Taken back. ")
    assert [bool(at_ms) for (at_ms,) in await club.rows(corrections, "taken_back_ms")] == [False, True]


async def test_a_declared_event_is_taken_back_like_a_correction(sandbox, club):
    typed = {"title": "Chess [night]", "channel": STAGE, "start": "2025-11-16 20:00", "minutes": 60}
    await sandbox.run_command(STAFF, "insights declare", typed).settled()
    message = await trail(sandbox)
    assert message["embeds"][0]["description"].startswith(
        "**1** · Declared\nChess \\[night\\] · Sun 16 Nov, 20:00\n-# by <@500>"
    )
    (menu,) = components(message)
    answer = await press(sandbox, message, menu["custom_id"], [menu["options"][0]["value"]])
    assert answer["content"] == "Taken back. The event that had been declared is gone."
    assert answer["embeds"][0]["title"] == r"Chess \[night\] · Sun 16 Nov, 20:00"
    assert "Chess [night]" not in {title for (title,) in await club.rows(event_occurrences, "title")}
    assert "Chess" in (await trail(sandbox))["embeds"][0]["description"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Nothing to correct: choose a type, a host, a channel, held, or a person with attended."),
        ({"person": MEMBER}, "Say both who and whether they were there: person and attended."),
        ({"attended": True}, "Say both who and whether they were there: person and attended."),
        ({"type": "@everyone quiz"}, r"“\@everyone quiz” is no type of config.toml: pick one from the list"),
        ({"event": "no such thing", "held": True}, "No event is called that: pick one from the list"),
        ({"event": "1@1", "held": True}, "That event is not known (any more)"),
        (
            {"event": f"{RAID}@{START_MS + 26 * HOUR_MS}", "held": True},
            "It is not over yet: whether it was held",
        ),
        ({"event": "raid", "person": MEMBER, "attended": True}, "It has not begun yet: who attended"),
        ({"held": False, "person": MEMBER, "attended": True}, "Nobody attends what was not held"),
        ({"host": BOT}, "Bots host nothing and attend nothing."),
        ({"person": BOT, "attended": True}, "Bots host nothing and attend nothing."),
    ],
)
async def test_what_cannot_be_is_refused_with_one_sentence(sandbox, club, typed, says):
    _, message = await correct(sandbox, **typed)

    assert message["content"].startswith(says)
    assert message["content"].endswith(".")
    assert message["flags"] & EPHEMERAL
    assert await club.rows(corrections, "part") == []


async def test_who_attended_what_was_not_held_needs_that_it_was(sandbox, club):
    await correct(sandbox, held=False)
    _, message = await correct(sandbox, person=MEMBER, attended=True)
    assert message["content"].startswith("It does not count as held, so nobody attended: choose held: True")
    _, message = await correct(sandbox, held=True, person=ORGANIZER, attended=True)
    assert message["content"].endswith("It counts as held, 3 people came.")


async def test_of_who_does_not_want_to_be_recorded_nothing_is_told(sandbox, club):
    club.withdraws(MEMBER)
    for typed in ({"host": MEMBER}, {"person": MEMBER, "attended": False}):
        _, message = await correct(sandbox, **typed)
        assert message["content"] == "Nothing is recorded of that person, so nothing can be told of them."
    assert await club.rows(corrections, "part") == []


async def test_who_withdraws_later_is_not_named_in_the_trail_nor_said_to_have_left(sandbox, club):
    await correct(sandbox, ORGANIZER, host=MEMBER)
    async with club.warehouse.writing() as conn:
        await conn.execute(identities.delete().where(identities.c.user_id.in_((MEMBER, ORGANIZER))))
    message = await trail(sandbox)
    assert message["embeds"][0]["description"].startswith(
        "**1** · Hosted by somebody who is not recorded any more\n"
    )
    assert "-# by somebody who is not recorded any more · " in message["embeds"][0]["description"]


async def test_who_has_left_the_server_cannot_be_told_of(sandbox, club):
    sandbox.member_leaves(MEMBER)
    _, message = await correct(sandbox, host=MEMBER)
    assert message["content"] == "Only people of this server can be chosen."


async def test_a_channel_that_is_not_recorded_is_refused(sandbox, club, bench):
    recording = bench.holder.current.recording.model_copy(update={"excluded_channels": (STAGE,)})
    bench.holder.current = bench.holder.current.model_copy(update={"recording": recording})
    _, message = await correct(sandbox, channel=STAGE)
    assert message["content"].startswith("Nothing is recorded in that channel")


async def test_tables_that_do_not_follow_do_not_take_back_that_it_is_recorded(sandbox, club, monkeypatch):
    async def caught_up(timeout_s):
        return False

    monkeypatch.setattr(club.pipeline, "caught_up", caught_up)
    _, message = await correct(sandbox, held=False)
    assert message["content"] == "Corrected. The numbers follow as soon as the tables have caught up."


@pytest.mark.parametrize("command", ["insights correct", "insights corrections", "insights check-in"])
async def test_members_may_not(sandbox, club, command):
    typed = {"event": KEY, "held": False} if command == "insights correct" else {}
    invocation = await sandbox.run_command(MEMBER, command, typed).settled()
    (message,) = invocation.messages_seen_by(MEMBER)
    assert "is for organizers and staff" in message["content"]
    assert message["flags"] & EPHEMERAL
    assert await club.rows(corrections, "part") == []
    assert await club.pipeline.caught_up(60)
    assert (command, False) in await club.rows(access_log, "resource", "granted")


async def test_a_member_who_sees_the_button_may_not_press_it(sandbox, club):
    _, message = await correct(sandbox, held=False)
    custom_id = components(message)[0]["custom_id"]
    shown = sandbox.world.messages.find(int(message["id"]))
    shown.only_for = MEMBER
    answer = await press(sandbox, message, custom_id, user_id=MEMBER)
    assert "is for organizers and staff" in answer["content"]
    assert await club.rows(corrections, "taken_back_ms") == [(None,)]
    assert await club.pipeline.caught_up(60)
    assert ("take back a correction", False) in await club.rows(access_log, "resource", "granted")


async def test_types_are_suggested_from_config_toml(sandbox, club):
    async def offered(typed, user_id=ORGANIZER):
        asked = sandbox.autocomplete(user_id, "insights correct", "type", typed, {"event": KEY})
        await asked.settled()
        return [choice["name"] for choice in asked.choices]

    assert await offered("") == ["Inhouse", "Raid [big]", "no type"]
    assert await offered("RAID") == ["Raid [big]"]
    assert await offered("", MEMBER) == []


async def test_nothing_was_corrected_so_far(sandbox, club):
    message = await trail(sandbox)
    assert message["content"] == "Nothing was corrected so far."
    assert not message["embeds"]


async def test_only_the_newest_ten_are_shown(sandbox, club):
    for number in range(6):
        await correct(sandbox, type=("Inhouse", "no type")[number % 2], held=True)
    message = await trail(sandbox)
    assert message["content"] == "10 corrections, newest first."
    assert len(components(message)[0]["options"]) == 10


async def test_both_databases_answer_alike(warehouse, bench, connect, tmp_path, sandbox):
    async for club in evening(warehouse, bench, connect, tmp_path):
        _, message = await correct(sandbox, held=False, type="no type")
        assert message["content"] == "Corrected. It counts as not held."
        answer = await press(sandbox, message, components(message)[0]["custom_id"])
        assert answer["content"].endswith("It counts as held, 2 people came.")
        assert len(await club.rows(corrections, "part")) == 2
        shown = (await trail(sandbox, event=KEY))["embeds"][0]["description"]
        assert shown.startswith("**1** · ~~Held: no~~\n-# by <@500> · ")
