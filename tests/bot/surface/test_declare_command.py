"""`/insights declare`, through the real client."""

from __future__ import annotations

import asyncio

import pytest

from bot.commands.declare import Declaration, declare_messages
from bot.commands.tables import Unanswerable
from storage.database import WarehouseUnavailable

from .recorded_events import (
    HOUR_MS,
    KEY,
    MINUTE_MS,
    REPORT,
    SUNDAY_2000_MS,
    occurrence,
    put_occurrences,
)

VOICE, STAGE, GENERAL = 303, 304, 300
STAFF, MEMBER, ORGANIZER = 500, 501, 502
EPHEMERAL = 1 << 6
TYPED = {"title": "Sunday Inhouse", "channel": VOICE, "start": "2025-11-16 20:00", "minutes": 120}


@pytest.fixture
async def connected(connect, bench, sqlite_recorded, monkeypatch):
    asked = []

    async def event(conn, guild_id, settings, rules, key, now_ms):
        asked.append(key)
        return REPORT

    monkeypatch.setattr("bot.commands.event.event", event)
    await connect(bench.services(sqlite_recorded))
    return asked


async def declare(sandbox, user_id=STAFF, **typed):
    invocation = await sandbox.run_command(user_id, "insights declare", TYPED | typed).settled()
    (message,) = invocation.messages_seen_by(user_id)
    return invocation, message


async def test_a_declared_event_is_recorded_and_answered_with_its_report(
    sandbox, connected, bench, eventually
):
    invocation, message = await declare(
        sandbox, title=" **Sunday\u202e Inhouse** ", second_channel=STAGE, third_channel=VOICE, host=MEMBER
    )

    assert bench.observed.declared == [
        {
            "interaction_id": invocation.interaction_id,
            "declared_by": STAFF,
            "hosts": [MEMBER],
            "title": "**Sunday Inhouse**",
            "channel_ids": [VOICE, STAGE],
            "from_ms": SUNDAY_2000_MS,
            "to_ms": SUNDAY_2000_MS + 120 * MINUTE_MS,
        }
    ]
    assert connected == [(invocation.interaction_id, SUNDAY_2000_MS)]
    assert message["flags"] & EPHEMERAL
    assert message["content"] == REPORT.finding
    assert bench.observed.checks == [("insights declare", True)]
    await eventually(lambda: bench.observed.completions == [("success", None)])


async def test_whoever_declares_is_the_host_where_nobody_else_is_named(sandbox, connected, bench):
    await declare(sandbox)

    assert bench.observed.declared[0]["hosts"] == [STAFF]


@pytest.mark.parametrize("user_id", [MEMBER, ORGANIZER])
async def test_only_staff_may_declare(sandbox, connected, bench, user_id):
    _, message = await declare(sandbox, user_id)

    assert "is for staff" in message["content"]
    assert bench.observed.declared == []
    assert bench.observed.checks == [("insights declare", False)]


async def test_while_the_tables_do_not_follow_nothing_is_declared_twice(
    sandbox, connected, bench, eventually
):
    bench.tables.is_prompt = False
    for _ in range(2):
        _, message = await declare(sandbox)

        assert message["content"].startswith("The tables have not caught up")
        assert message["content"].endswith("try again in a minute.")
    assert bench.observed.declared == []
    await eventually(lambda: bench.observed.completions == [("error", "TimeoutError")] * 2)


async def test_tables_that_stop_following_meanwhile_do_not_take_back_that_it_is_recorded(
    sandbox, connected, bench, monkeypatch
):
    looks = []

    async def caught_up(timeout_s):
        looks.append(len(bench.observed.declared))
        return len(looks) == 1

    monkeypatch.setattr(bench.tables, "caught_up", caught_up)
    _, message = await declare(sandbox)

    assert message["content"].startswith("Recorded. The numbers follow")
    assert looks == [0, 1]  # before it was checked, and after it was recorded
    assert connected == []


async def test_of_two_at_once_the_second_is_looked_at_when_the_first_stands_in_the_tables(
    sandbox, connected, bench, sqlite_recorded, monkeypatch
):
    in_tables = set()

    async def caught_up(timeout_s):
        recorded = [
            (each["interaction_id"], each["from_ms"], each["title"]) for each in bench.observed.declared
        ]
        await asyncio.sleep(0)  # others go on meanwhile
        new = [occurrence(*each) for each in recorded if each not in in_tables]
        in_tables.update(recorded)
        if new:
            await put_occurrences(sqlite_recorded, *new)
        return True

    monkeypatch.setattr(bench.tables, "caught_up", caught_up)
    both = [sandbox.run_command(STAFF, "insights declare", TYPED) for _ in range(2)]
    seen = [(await each.settled()).messages_seen_by(STAFF)[0]["content"] for each in both]

    assert len(bench.observed.declared) == 1
    assert sorted(content.startswith("“Sunday Inhouse” (Sun 16 Nov, 20:00) was") for content in seen) == [
        False,
        True,
    ]


async def test_tables_that_do_not_know_it_yet_do_not_take_back_that_it_is_recorded(
    sandbox, connected, bench, monkeypatch
):
    async def event(*args):
        raise LookupError("That event is not known.")

    monkeypatch.setattr("bot.commands.event.event", event)
    _, message = await declare(sandbox)

    assert message["content"].startswith("Recorded. The numbers follow")


@pytest.mark.parametrize(
    ("start", "from_ms"),
    [
        ("yesterday 20:00", SUNDAY_2000_MS),
        ("Today 6:30", SUNDAY_2000_MS + 10 * HOUR_MS + 30 * MINUTE_MS),
        ("2025-11-16T20:00", SUNDAY_2000_MS),
    ],
)
async def test_a_start_may_be_typed_in_several_ways(sandbox, connected, bench, start, from_ms):
    await declare(sandbox, start=start)

    assert [event["from_ms"] for event in bench.observed.declared] == [from_ms]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"start": "last sunday"}, "“last sunday” is no start: write 2025-11-16 20:00, yesterday 20:00 or"),
        ({"start": "2025-11-31 20:00"}, "“2025-11-31 20:00” is no start"),
        ({"start": "2025-11-16 24:00"}, "“2025-11-16 24:00” is no start"),
        ({"start": "@everyone " * 500}, r"“\@everyone \@everyone \@ev…” is no start"),
        ({"start": "today 08:00"}, "That is not over yet: an event is declared afterwards."),
        ({"start": "2025-12-24 20:00"}, "That is not over yet"),
        ({"start": "2025-09-17 20:00"}, "That is more than 60 days ago"),
        ({"title": "\u200b\u202e"}, "An event needs a title that can be read."),
    ],
)
async def test_what_cannot_be_is_refused_with_one_sentence_and_is_no_failure(
    sandbox, connected, bench, eventually, typed, says
):
    _, message = await declare(sandbox, **typed)

    assert message["content"].startswith(says)
    assert message["content"].endswith(".")
    assert len(message["content"]) <= 120
    assert bench.observed.declared == []
    await eventually(lambda: bench.observed.completions == [("success", None)])


async def test_a_text_channel_is_no_place_for_an_event(sandbox, connected, bench, sqlite_recorded):
    with pytest.raises(LookupError):  # Discord's menu does not offer it …
        await declare(sandbox, channel=GENERAL)
    typed = Declaration(1, STAFF, STAFF, "Sunday Inhouse", (), "yesterday 20:00", 120)
    with pytest.raises(Unanswerable, match="Presence is recorded in voice and stage channels only"):
        await declare_messages(
            bench.services(sqlite_recorded), asyncio.Lock(), typed
        )  # … and menus are no check

    assert bench.observed.declared == []


async def declare_elsewhere(sandbox, **typed):
    options = {name: value for name, value in (TYPED | typed).items() if name != "channel"}
    invocation = await sandbox.run_command(STAFF, "insights declare", options).settled()
    (message,) = invocation.messages_seen_by(STAFF)
    return message


async def test_what_was_held_elsewhere_is_declared_without_a_channel(sandbox, connected, bench):
    message = await declare_elsewhere(sandbox, title="Picnic")

    assert message["content"] == REPORT.finding
    assert [event["channel_ids"] for event in bench.observed.declared] == [[]]


async def test_what_was_held_elsewhere_under_that_title_at_that_time_is_named(
    sandbox, connected, bench, sqlite_recorded
):
    await put_occurrences(sqlite_recorded, occurrence(*KEY, "Picnic"))
    message = await declare_elsewhere(sandbox, title="picnic", start="2025-11-16 21:00")

    assert message["content"] == (
        "“Picnic” (Sun 16 Nov, 20:00) is recorded at that time: see it with /insights event."
    )
    assert bench.observed.declared == []
    await declare_elsewhere(sandbox, title="Barbecue", start="2025-11-16 21:00")
    assert len(bench.observed.declared) == 1


async def test_a_channel_that_is_not_recorded_is_refused(sandbox, connected, bench):
    recording = bench.holder.current.recording.model_copy(update={"excluded_channels": (VOICE,)})
    bench.holder.current = bench.holder.current.model_copy(update={"recording": recording})
    _, message = await declare(sandbox)

    assert message["content"].startswith("Nothing is recorded in that channel")
    assert bench.observed.declared == []


async def test_an_event_in_the_same_channel_at_that_time_is_named(sandbox, connected, bench, sqlite_recorded):
    await put_occurrences(sqlite_recorded, occurrence(*KEY, "Beginner [Night]"))
    _, message = await declare(sandbox, start="2025-11-16 21:59", minutes=5)

    assert message["content"] == (
        r"“Beginner \[Night\]” (Sun 16 Nov, 20:00) was in that channel then: see it with /insights event."
    )
    assert bench.observed.declared == []


async def test_while_the_tables_are_away_nothing_is_declared_twice(
    sandbox, connected, bench, sqlite_recorded, monkeypatch
):
    def reading():
        raise WarehouseUnavailable("The warehouse /secret/path is locked.", "is locked")

    monkeypatch.setattr(sqlite_recorded, "reading", reading)
    _, message = await declare(sandbox)

    assert message["content"].startswith("The warehouse is locked.")
    assert bench.observed.declared == []
