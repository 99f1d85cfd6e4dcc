"""What the menu of `/insights event` offers while somebody types, through the real client."""

from __future__ import annotations

import asyncio

import pytest

from storage.database import WarehouseUnavailable

from .recorded_events import DAY_MS, HOUR_MS, SUNDAY_2000_MS, occurrence, put_occurrences

STAFF, MEMBER, ORGANIZER = 500, 501, 502
RESOURCE = "insights event choices"
EVENT = 7_000_000_000_000_000_001


@pytest.fixture
async def connected(connect, bench, sqlite_recorded):
    await connect(bench.services(sqlite_recorded))
    return sqlite_recorded


async def offered(sandbox, typed="", user_id=ORGANIZER):
    invocation = await sandbox.autocomplete(user_id, "insights event", "event", typed).settled()
    assert invocation.acknowledged_after_s < 3
    return [(choice["name"], choice["value"]) for choice in invocation.choices]


async def test_running_and_coming_come_first_and_each_choice_says_which_it_is(sandbox, connected, bench):
    now_ms = bench.clock.ms
    await put_occurrences(
        connected,
        occurrence(EVENT, SUNDAY_2000_MS, "Sunday Inhouse"),
        occurrence(EVENT, SUNDAY_2000_MS - 7 * DAY_MS, "Sunday Inhouse", "not_held"),
        occurrence(EVENT, SUNDAY_2000_MS + 7 * DAY_MS, "Sunday Inhouse", "coming"),
        occurrence(8, now_ms - HOUR_MS, "Morning Scrims", "running"),
        occurrence(9, SUNDAY_2000_MS - 366 * DAY_MS, "First Inhouse", "cancelled"),
    )

    assert await offered(sandbox) == [
        ("Mon 17 Nov, 08:00 · running · Morning Scrims", f"8@{now_ms - HOUR_MS}"),
        ("Sun 23 Nov, 20:00 · coming · Sunday Inhouse", f"{EVENT}@{SUNDAY_2000_MS + 7 * DAY_MS}"),
        ("Sun 16 Nov, 20:00 · Sunday Inhouse", f"{EVENT}@{SUNDAY_2000_MS}"),
        ("Sun 9 Nov, 20:00 · not held · Sunday Inhouse", f"{EVENT}@{SUNDAY_2000_MS - 7 * DAY_MS}"),
        (
            "Fri 15 Nov 2024, 20:00 · cancelled · First Inhouse",
            f"9@{SUNDAY_2000_MS - 366 * DAY_MS}",
        ),
    ]
    assert bench.observed.checks == [(RESOURCE, True)]


@pytest.mark.parametrize("typed", ["INHOUSE", "sun inh", "Sun 16 Nov, 20:00 · Sunday Inhouse", "16 nov"])
async def test_words_of_title_and_date_narrow_it_down(sandbox, connected, typed):
    await put_occurrences(
        connected,
        occurrence(EVENT, SUNDAY_2000_MS, "Sunday Inhouse"),
        occurrence(8, SUNDAY_2000_MS - DAY_MS, "Beginner Night"),
    )

    assert [name for name, _ in await offered(sandbox, typed)] == ["Sun 16 Nov, 20:00 · Sunday Inhouse"]


@pytest.mark.parametrize("typed", ["nothing like it", "%", "_", "'; --", "*" * 5000, "\u202e"])
async def test_what_fits_nothing_offers_nothing(sandbox, connected, typed):
    await put_occurrences(connected, occurrence(EVENT, SUNDAY_2000_MS, "Sunday Inhouse"))
    expected = 1 if typed == "\u202e" else 0  # which is nothing at all

    assert len(await offered(sandbox, typed)) == expected


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("**Raid** @everyone <@&201>", "**Raid** @everyone <@&201>"),
        ("\u202egnip\u202c 🎮", "gnip 🎮"),
        ("تحدي ליגה", "تحدي ליגה"),
        ("\u200b", "Event without a title"),
        ("x" * 128, "x" * 79 + "…"),
    ],
)
async def test_a_title_is_cleaned_and_cut_to_what_discord_takes(sandbox, connected, title, shown):
    await put_occurrences(connected, occurrence(EVENT, SUNDAY_2000_MS, title))
    ((name, _),) = await offered(sandbox)

    assert name == f"Sun 16 Nov, 20:00 · {shown}"
    assert len(name) <= 100


async def test_an_ordinary_member_is_offered_nothing_and_it_is_written_down(sandbox, connected, bench):
    await put_occurrences(connected, occurrence(EVENT, SUNDAY_2000_MS, "Sunday Inhouse"))

    assert await offered(sandbox, user_id=MEMBER) == []
    assert bench.observed.checks == [(RESOURCE, False)]
    assert len(await offered(sandbox, user_id=STAFF)) == 1


async def test_of_a_menu_asked_at_every_key_one_granted_check_is_written_down(sandbox, connected, bench):
    for typed in ("", "i", "in", "inh"):
        await offered(sandbox, typed)
    await offered(sandbox, user_id=STAFF)

    assert bench.observed.checks == [(RESOURCE, True)] * 2  # one for each person
    bench.ticks.seconds = 899.0
    await offered(sandbox)
    assert len(bench.observed.checks) == 2
    bench.ticks.seconds = 900.0
    await offered(sandbox)
    assert len(bench.observed.checks) == 3


async def test_whoever_has_used_the_command_is_written_down_anew(sandbox, connected, bench):
    await offered(sandbox)
    await sandbox.run_command(ORGANIZER, "insights event", {}).settled()
    await offered(sandbox)

    assert bench.observed.checks == [(RESOURCE, True), ("insights event", True), (RESOURCE, True)]


async def test_every_refused_look_is_written_down_and_ends_what_was_granted(sandbox, connected, bench):
    await offered(sandbox)
    access = bench.holder.current.access
    nobody = access.model_copy(update={"organizer_roles": (), "staff_roles": ()})
    bench.holder.current = bench.holder.current.model_copy(update={"access": nobody})
    for _ in range(2):
        await offered(sandbox)
    bench.holder.current = bench.holder.current.model_copy(update={"access": access})
    await offered(sandbox)

    assert [granted for _, granted in bench.observed.checks] == [True, False, False, True]


@pytest.mark.parametrize("event_id", [8, 9, 10, 11, 12])
async def test_an_offered_name_typed_out_is_found(sandbox, connected, bench, event_id):
    now_ms = bench.clock.ms
    for number, (title, became, start_ms) in enumerate(
        [
            ("Morning Scrims", "running", now_ms - HOUR_MS),
            ("First Inhouse", "cancelled", SUNDAY_2000_MS - 5 * DAY_MS),
            ("Quiz", "coming", now_ms + DAY_MS),
            ("Sunday Inhouse", "not_held", SUNDAY_2000_MS - 7 * DAY_MS),
            ("Sunday Inhouse", "held", SUNDAY_2000_MS),
        ],
        8,
    ):
        await put_occurrences(connected, occurrence(number, start_ms, title, became))
    name, value = next(each for each in await offered(sandbox) if each[1].startswith(f"{event_id}@"))

    assert await offered(sandbox, name) == [(name, value)]
    answer = await sandbox.run_command(ORGANIZER, "insights event", {"event": name}).settled()
    (message,) = answer.messages_seen_by(ORGANIZER)
    title = name.rsplit(" · ", 1)[1]
    assert message["embeds"][0]["title"].startswith(f"{title} · {name.split(',')[0]}")


async def test_thousands_of_occurrences_are_offered_in_time_and_found(sandbox, connected, bench):
    titles = ("Sunday Inhouse", "Beginner Night", "Captains' draft", "Quiz")
    rows = [
        occurrence(10_000 + n, SUNDAY_2000_MS - n * DAY_MS // 4, f"{titles[n % 4]} {n}") for n in range(5000)
    ]
    await put_occurrences(connected, *rows)
    for typed, last in (("", "Sunday Inhouse 0"), ("quiz 4999", "Quiz 4999"), ("nothing of that kind", None)):
        invocation = await sandbox.autocomplete(STAFF, "insights event", "event", typed).settled()
        assert invocation.acknowledged_after_s < 1.5
        names = [choice["name"] for choice in invocation.choices]
        assert len(names) == (25 if not typed else bool(last))
        assert not last or names[0].endswith(last)


@pytest.mark.parametrize("error", [WarehouseUnavailable("locked"), ZeroDivisionError("secret")])
async def test_while_the_tables_cannot_be_read_nothing_is_offered_and_nothing_breaks(
    sandbox, connected, monkeypatch, error
):
    def reading():
        raise error

    monkeypatch.setattr(connected, "reading", reading)

    assert await offered(sandbox) == []


async def test_a_look_that_takes_too_long_is_given_up_in_time(sandbox, connected, monkeypatch):
    async def slow(*args):
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.commands.event_choices.occurrence_choices", slow)
    monkeypatch.setattr("bot.commands.event_choices.CHOICE_SECONDS", 0.05)

    assert await offered(sandbox) == []
