"""What else must be told before numbers show what a file brought in."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.imports.spool import Spool
from reports import wording
from reports.catalogue import ALL_SOURCES, resolve
from reports.periods import day_start_ms, local_day, local_moment
from reports.records import CoverageRow, load_coverage
from reports.spans import Span, holes, merged
from storage.recorded_events import RecordedEvents
from storage.strangers import Strangers, strangers

OCCURRENCES_AT_ONCE: Final = 500
MOST_LINES: Final = 5
SHORTEST_DAY_MS: Final = 23 * 3_600_000


async def needs(
    conn: AsyncConnection, guild_id: int, told: Span | None, qualifying: tuple[str, ...], zone: str
) -> list[str]:
    """In lines for people. `told`: from the first to the last that the file says, without its coverage."""
    coverage = await load_coverage(conn, guild_id)
    without_membership = await strangers(conn, guild_id)
    lines = list(_of_strangers(without_membership))
    if told is not None:
        lines += _of_sources(coverage, told, resolve((ALL_SOURCES,), qualifying), zone)
    return lines


def _of_sources(
    coverage: tuple[CoverageRow, ...], told: Span, sources: tuple[str, ...], zone: str
) -> Iterator[str]:
    days = day_start_ms(local_day(told[0], zone), zone), day_start_ms(local_day(told[1], zone) + 1, zone)
    unknown = [source for source in sources if _lacks_a_day(coverage, source, days)]
    if unknown:
        yield (
            f"Of {_days_text(told, zone)} nobody knows whether all of {wording.listing(unknown)} was told: "
            "numbers of days without it stay empty. `coverage` lines say what a file knows completely."
        )


def _lacks_a_day(coverage: tuple[CoverageRow, ...], source: str, days: Span) -> bool:
    seen = merged((row.from_ms, row.to_ms) for row in coverage if row.source == source and row.state != "gap")
    return any(end - start >= SHORTEST_DAY_MS for start, end in holes(seen, days))


def _days_text(told: Span, zone: str) -> str:
    first, last = (f"{local_moment(at_ms, zone):%Y-%m-%d}" for at_ms in told)
    return first if first == last else f"{first} to {last}"


def _of_strangers(told: Strangers) -> Iterator[str]:
    if told.stays:
        stays = wording.count(told.stays, "imported stay is", "imported stays are")
        yield (
            f"{stays} of people of whom no membership at that time is known ({wording.people(told.people)}): "
            "they count nowhere until `join` lines tell of it."
        )


async def of_unknown_events(conn: AsyncConnection, guild_id: int, spool: Spool) -> list[str]:
    """In lines for people: attendance at what nobody told of, by this file or by what the tables show."""
    recorded, number, first = RecordedEvents(guild_id), 0, list[int]()
    for some in spool.attended(OCCURRENCES_AT_ONCE):
        keys = {key for each in some for key in (each.occurrence, each.recorded_as) if key}
        known = (await recorded.names(conn, keys)).keys()
        for each in some:
            if known.isdisjoint((each.occurrence, each.recorded_as)):
                number += each.lines
                first = nsmallest(MOST_LINES, first + spool.lines_of(each.occurrence, MOST_LINES))
    return [_unknown_events_text(number, first)] if number else []


def _unknown_events_text(number: int, first: list[int]) -> str:
    told = wording.count(number, "attendance is of an event", "attendances are of events")
    numbers = [f"{line:,}" for line in first] + (["more"] if number > len(first) else [])
    lines = f"line{'s' if number > 1 else ''} {wording.listing(numbers)}"
    return (
        f"{told} that the record does not have ({lines}): shown nowhere until an `event` line tells of it, "
        "with the same title and start. An event that was recorded goes by its Discord id."
    )
