"""Of those that joined in each week: who is active in each of the 27 weeks after, on their own clocks, and
for how many such a week is past or still to come.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import perf_counter

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.crowd import queries
from benchmarks.crowd.made import SETTINGS, Made, Row, large_community, must_agree
from benchmarks.crowd.people import FIRST_DAY, LAST_DAY, RULES, WEEKS
from benchmarks.crowd.warehouse import GUILD_ID
from benchmarks.material import Material
from benchmarks.weeks_of_people import AGAINST
from reports.catalogue import active_sources
from reports.cohorts import Cohorts
from reports.day_coverage import DayCoverage
from reports.figures import RetentionCell
from reports.populations import Populations
from reports.quality import Recording
from reports.records import load
from reports.retention import OWN_WEEKS, ActiveWeeks, Retention, Window

JOINED = [Window(FIRST_DAY + 7 * week, FIRST_DAY + 7 * week + 6) for week in range(WEEKS)]


async def matrix(made: Made) -> list[list[RetentionCell]]:
    async with made.warehouse.reading() as conn:
        records = await load(conn, GUILD_ID, with_presence=False)
    people = Populations.of(records, SETTINGS.qualifying, RULES.bridge_days, SETTINGS.zone)
    days = range(FIRST_DAY, LAST_DAY + 1)
    recording = Recording.of(records, SETTINGS.zone)
    coverage = DayCoverage.of(recording, active_sources(SETTINGS.qualifying), days)
    retention = Retention(Cohorts.of(people), ActiveWeeks(people, coverage, days))
    return retention.matrix(JOINED, OWN_WEEKS)


def rows(cells: list[list[RetentionCell]]) -> list[Row]:
    return [
        (cohort, week, cell.retained, cell.eligible, cell.pending)
        for cohort, row in enumerate(cells)
        for week, cell in enumerate(row)
        if cell.eligible or cell.pending
    ]


@asynccontextmanager
async def _contest(material: Material, query: str) -> AsyncIterator[Contest]:
    async with large_community(material, material.scale.members) as made:
        must_agree("cohorts", rows(await matrix(made)), made.asked(query))

        async def ours() -> float:
            began = perf_counter()
            rows(await matrix(made))
            return (perf_counter() - began) * 1000

        async def limit() -> float:
            began = perf_counter()
            made.asked(query)
            return (perf_counter() - began) * 1000

        yield Contest(ours, limit)


def begin(material: Material) -> AbstractAsyncContextManager[Contest]:
    """From the same facts: who joined and was gone at once is found by both."""
    return _contest(material, queries.COHORTS.format(raids=queries.RAIDS_FOUND))


def begin_with_raids_told(material: Material) -> AbstractAsyncContextManager[Contest]:
    return _contest(material, queries.COHORTS.format(raids=queries.RAIDS_TOLD))


BENCHMARK = Benchmark(
    "cohort matrix on members' own clocks, 100,000 members",
    "ms",
    begin,
    against=AGAINST,
    bound=Bound("≤", 0.5),
    most_rounds=15,
)
WITH_RAIDS_TOLD = Benchmark(
    "the same matrix where only DuckDB is told beforehand who were raids",
    "ms",
    begin_with_raids_told,
    against=AGAINST,
    most_rounds=15,
)
