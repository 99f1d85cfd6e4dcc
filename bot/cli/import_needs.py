"""What else must be told before numbers show what a file brought in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.catalogue import ALL_SOURCES, resolve
from reports.periods import day_start_ms, local_day, local_moment
from reports.records import CoverageRow, load_coverage
from reports.spans import Span, holes, merged
from storage.strangers import Strangers, strangers

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
