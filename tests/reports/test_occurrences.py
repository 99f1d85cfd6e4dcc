"""Autocomplete and finding of occurrences: what fits, in which order, and at what cost."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

import pytest

from reports.event_report import OccurrenceChoice, OccurrenceKey
from reports.occurrences import (
    find_occurrence,
    key_text,
    latest_occurrence,
    occurrence_choices,
    parse_key,
)

NOW = "2025-11-20 14:00"


@pytest.fixture
def calendar(guild: Any) -> Any:
    """One running, three coming, six past."""
    guild.event(1, "2025-11-20 13:00", None, "running", title="Lunch Draft")
    guild.event(2, "2025-11-20 20:00", None, "coming", title="Thursday Inhouse")
    guild.event(3, "2025-11-23 20:00", None, "coming", title="Sunday Inhouse")
    guild.event(4, "2025-12-24 18:00", None, "coming", title="Café 語り場")
    guild.event(5, "2025-11-16 20:00", "2025-11-16 22:00", title="Sunday Inhouse")
    guild.event(6, "2025-11-09 20:00", "2025-11-09 22:00", "held_unstarted", title="Sunday Inhouse")
    guild.event(7, "2025-11-02 20:00", "2025-11-02 22:00", "not_held", title="Sunday Inhouse")
    guild.event(8, "2025-10-16 23:30", "2025-10-17 01:00", title="100%_sure / draft\\")
    guild.event(9, "2025-10-01 20:00", "2025-10-01 22:00", "cancelled", title="5v5 Scrims")
    guild.event(10, "2025-11-18 20:00", None, "coming", title="Forgotten")  # the tables are behind
    return guild


@pytest.fixture
def asked(calendar: Any, warehouse: Any) -> Any:
    async def choices(typed: str, limit: int = 25) -> list[int]:
        async with warehouse.reading() as conn:
            found = await occurrence_choices(
                conn, calendar.guild_id, typed, calendar.zone, calendar.ms(NOW), limit
            )
        return [choice.key.event_id for choice in found]

    return choices


async def test_the_running_and_the_coming_ones_stand_before_the_past(
    calendar: Any, warehouse: Any, asked: Any
) -> None:
    await calendar.write(warehouse)
    assert await asked("") == [1, 2, 3, 4, 10, 5, 6, 7, 8, 9]
    assert await asked("", limit=3) == [1, 2, 3]
    assert await asked("", limit=6) == [1, 2, 3, 4, 10, 5]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("inhouse", [2, 3, 5, 6, 7]),
        ("SUNDAY inh", [3, 5, 6, 7]),
        ("sun", [3, 5, 6, 7]),  # by title and by weekday
        ("inhouse nov 16", [5]),
        ("2025-11-0", [6, 7]),
        ("16 oct", [8]),
        ("oct 16 draft", [8]),
        ("23:30", [8]),
        ("dec", [4]),
        ("café", [4]),
        ("CAFÉ", [4]),
        ("cafe", [4]),
        ("Cafe\u0301", [4]),  # as some keyboards write it
        ("sündáy", [3, 5, 6, 7]),
        ("ＬＵＮＣＨ", [1]),
        ("語り", [4]),
        ("100%_s", [8]),
        ("100_", []),  # no wildcard
        ("% /", [8]),
        ("draft\\", [8]),
        ("5v5", [9]),
        ("'; drop table", []),
        ("\x00\ud800", []),
        ("x" * 5000, []),
        ("running", [1]),  # as the menu marks it
        ("coming inhouse", [2, 3]),
        ("Wed 1 Oct, 20:00 · cancelled · 5v5 Scrims", [9]),
        ("Sun 2 Nov, 20:00 · not held · Sunday Inhouse", [7]),
        ("Sun 16 Nov, 20:00 · Sunday Inh…", [5]),
    ],
)
async def test_every_typed_word_fits_the_title_or_the_local_date(
    calendar: Any, warehouse: Any, asked: Any, typed: str, expected: list[int]
) -> None:
    await calendar.write(warehouse)
    assert await asked(typed) == expected


async def test_the_date_is_that_of_the_guilds_zone(calendar: Any, warehouse: Any) -> None:
    await calendar.write(warehouse)
    async with warehouse.reading() as conn:
        now_ms = calendar.ms(NOW)
        in_tokyo = await occurrence_choices(conn, calendar.guild_id, "17 oct", "Asia/Tokyo", now_ms)
        in_berlin = await occurrence_choices(conn, calendar.guild_id, "17 oct", "Europe/Berlin", now_ms)
    assert [choice.key.event_id for choice in in_tokyo] == [8]
    assert in_berlin == []


async def test_a_choice_says_what_it_is(calendar: Any, warehouse: Any) -> None:
    calendar.occurrences[4]["window_start_ms"] = calendar.ms("2025-11-16 20:07")
    await calendar.write(warehouse)
    async with warehouse.reading() as conn:
        (choice,) = await occurrence_choices(
            conn, calendar.guild_id, "16 nov", calendar.zone, calendar.ms(NOW)
        )
    key = OccurrenceKey(5, calendar.ms("2025-11-16 20:00"))
    assert choice == OccurrenceChoice(key, "Sunday Inhouse", calendar.ms("2025-11-16 20:07"), "held")


async def test_other_guilds_occurrences_are_never_offered(
    calendar: Any, new_guild: Any, warehouse: Any, asked: Any
) -> None:
    other = new_guild()
    other.event(99, "2025-11-20 13:30", None, "running", title="Inhouse")
    await other.write(warehouse)
    await calendar.write(warehouse)
    assert 99 not in await asked("")
    assert 99 not in await asked("inhouse")
    async with warehouse.reading() as conn:
        assert await find_occurrence(conn, calendar.guild_id, key_text(other_key(other)), "UTC", 0) is None


def other_key(guild: Any) -> OccurrenceKey:
    return OccurrenceKey(99, guild.ms("2025-11-20 13:30"))


async def test_the_latest_is_the_one_that_began_last_else_what_comes(
    guild: Any, calendar: Any, new_guild: Any, warehouse: Any
) -> None:
    await calendar.write(warehouse)
    ahead, empty = new_guild(), new_guild()
    ahead.event(4, "2025-11-23 20:00", None, "coming")
    ahead.event(3, "2025-11-22 20:00", None, "coming")
    ahead.event(2, "2025-11-01 20:00", None, "cancelled")
    await ahead.write(warehouse)
    async with warehouse.reading() as conn:
        now_ms = calendar.ms(NOW)
        latest = await latest_occurrence(conn, calendar.guild_id, now_ms)
        earlier = await latest_occurrence(conn, calendar.guild_id, calendar.ms("2025-11-20 12:59"))
        coming = await latest_occurrence(conn, ahead.guild_id, now_ms)
        none = await latest_occurrence(conn, empty.guild_id, now_ms)
    assert (latest and latest.event_id, earlier and earlier.event_id) == (1, 5)
    assert coming == OccurrenceKey(3, ahead.ms("2025-11-22 20:00"))
    assert none is None


async def test_an_occurrence_is_found_by_its_key_or_by_words(calendar: Any, warehouse: Any) -> None:
    await calendar.write(warehouse)
    key = OccurrenceKey(5, calendar.ms("2025-11-16 20:00"))
    async with warehouse.reading() as conn:

        async def found(text: str) -> OccurrenceKey | None:
            return await find_occurrence(conn, calendar.guild_id, text, calendar.zone, calendar.ms(NOW))

        assert await found(key_text(key)) == key
        assert await found(f" {key_text(key)} ") == key
        assert await found(key_text(OccurrenceKey(5, 1))) is None
        assert await found("inhouse 16 nov") == key
        assert await found("nothing like it") is None
        assert await found("9" * 40 + "@1") is None


async def test_words_mean_what_runs_then_what_was_held_then_what_comes(calendar: Any, warehouse: Any) -> None:
    calendar.event(11, "2025-11-20 12:00", None, "running", title="Midday Inhouse")
    calendar.event(12, "2025-10-20 12:00", None, "cancelled", title="Quiz")
    calendar.event(13, "2025-12-20 12:00", None, "coming", title="Quiz")
    calendar.event(14, "2025-12-13 12:00", None, "coming", title="Quiz")
    calendar.event(15, "2025-10-13 12:00", None, "coming", title="Quiz")  # the tables are behind
    await calendar.write(warehouse)
    async with warehouse.reading() as conn:

        async def found(text: str) -> int | None:
            now_ms = calendar.ms(NOW)
            key = await find_occurrence(conn, calendar.guild_id, text, calendar.zone, now_ms)
            return key.event_id if key else None

        assert await found("inhouse") == 11
        assert await found("sunday inhouse") == 5  # not the one that comes, nor the one not held
        assert await found("quiz") == 14
        assert await found("quiz cancelled") == 12
        assert await found("Sun 23 Nov, 20:00 · coming · Sunday Inhouse") == 3
        assert await found("oct quiz") == 12


async def test_the_running_one_comes_first_however_many_are_planned(guild: Any, warehouse: Any) -> None:
    for number in range(100):
        guild.event(100 + number, guild.ms("2025-11-20 08:00") + number, None, "coming", title="Planned")
    guild.event(8, "2025-11-20 16:00", None, "running", title="Live now")  # started early
    await guild.write(warehouse)
    async with warehouse.reading() as conn:
        found = await occurrence_choices(conn, guild.guild_id, "", guild.zone, guild.ms(NOW))
    assert [choice.key.event_id for choice in found] == [8, *range(100, 124)]


def test_a_key_survives_being_written_and_read() -> None:
    key = OccurrenceKey(2**63 - 1, 2**53)
    assert parse_key(key_text(key)) == key
    assert len(key_text(key)) <= 100  # what Discord takes as a choice's value
    assert parse_key(f"{2**63}@1") is None


@contextmanager
def untraced() -> Iterator[None]:
    """Without what measures coverage: it makes each line of Python many times as slow, and SQLite not."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


def quickest(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(5):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("typed", ["", "inhouse 7", "november", "sunday 3", "zzz", "2019-01-01"])
async def test_five_thousand_cost_little_more_than_reading_them(
    guild: Any, sqlite_warehouse: Any, typed: str
) -> None:
    start, week = guild.ms("2025-11-16 20:00"), 7 * 24 * 3_600_000
    for number in range(5000):
        guild.event(
            number, start - number * week // 8, start - number * week // 8 + 1, title=f"Inhouse {number}"
        )
    await guild.write(sqlite_warehouse)
    times = []
    async with sqlite_warehouse.reading() as conn:
        for _ in range(5):
            with untraced():
                before = process_time()
                await occurrence_choices(conn, guild.guild_id, typed, guild.zone, guild.ms(NOW))
                times.append(process_time() - before)
    plain = sqlite3.connect(sqlite_warehouse.name)
    query = "SELECT * FROM event_occurrences WHERE guild_id = ? ORDER BY scheduled_start_ms DESC"
    baseline = quickest(lambda: plain.execute(query, (guild.guild_id,)).fetchall())
    plain.close()
    assert min(times) < 4 * baseline
