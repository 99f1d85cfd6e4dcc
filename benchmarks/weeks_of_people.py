"""A year of weeks of a large community: active people, growth, attrition and segments of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.crowd import queries
from benchmarks.crowd.made import SETTINGS, Made, Row, large_community, must_agree
from benchmarks.crowd.people import FIRST_DAY, RULES, WEEKS
from benchmarks.crowd.warehouse import GUILD_ID
from benchmarks.material import Material
from reports.catalogue import active_sources
from reports.day_coverage import DayCoverage
from reports.growth import Growth, growth
from reports.membership import Membership
from reports.periods import previous, week_of
from reports.populations import People, Populations
from reports.quality import Recording
from reports.records import load, load_spells
from reports.segment_amounts import much_done
from reports.segments import RECENT_DAYS, Classifier, Segments

PERIODS = tuple(week_of(FIRST_DAY + 7 * week, RULES.zone) for week in range(WEEKS))
NAMES = ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")
AGAINST = "DuckDB, warm, from its own daily rows"


@dataclass(frozen=True, slots=True)
class Week:
    active: People
    exposed: People
    growth: Growth  # from the week before
    segments: Segments  # when its last day ended


async def history(made: Made) -> tuple[Week, ...]:
    async with made.warehouse.reading() as conn:
        records = await load(conn, GUILD_ID)
        membership = Membership.of(await load_spells(conn, GUILD_ID), RULES.bridge_days)
        last_days = [week.last_day for week in PERIODS]
        much = await much_done(conn, GUILD_ID, last_days, SETTINGS.segments.core)
    people = Populations.of(records, SETTINGS.qualifying, RULES.bridge_days, SETTINGS.zone)
    days = range(FIRST_DAY - RECENT_DAYS, last_days[-1] + 1)
    recording = Recording.of(records, SETTINGS.zone)
    coverage = DayCoverage.of(recording, active_sources(SETTINGS.qualifying), days)
    classifier = Classifier(people, membership, coverage, SETTINGS.segments)
    return tuple(
        Week(
            people.active(week),
            people.exposed(week),
            growth(people, previous(week), week),
            classifier.at_end_of(week.last_day, enough, promoted=None),
        )
        for week, enough in zip(PERIODS, much, strict=True)
    )


def growth_rows(weeks: tuple[Week, ...]) -> list[Row]:
    each = [(week, one.active, one.exposed, one.growth) for week, one in enumerate(weeks)]
    return [
        (
            *(week, len(active), len(exposed), len(grown.returning), len(grown.resurrected)),
            *(len(grown.new), len(grown.first_seen), len(grown.dormant), len(grown.left)),
        )
        for week, active, exposed, grown in each
    ]


def segment_rows(weeks: tuple[Week, ...]) -> list[Row]:
    return [
        (week, *(len(one.segments.of(name)) for name in NAMES), len(one.segments.departed))
        for week, one in enumerate(weeks)
    ]


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    async with large_community(material, material.scale.members) as made:
        found = await history(made)
        must_agree("growth", growth_rows(found), made.asked(queries.GROWTH))
        must_agree("segments", segment_rows(found), made.asked(queries.SEGMENTS))

        async def ours() -> float:
            began = perf_counter()
            weeks = await history(made)
            growth_rows(weeks), segment_rows(weeks)
            return (perf_counter() - began) * 1000

        async def limit() -> float:
            began = perf_counter()
            made.asked(queries.GROWTH)
            made.asked(queries.SEGMENTS)
            return (perf_counter() - began) * 1000

        yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "52 weeks of active people, growth and segments, 100,000 members",
    "ms",
    begin,
    against=AGAINST,
    bound=Bound("≤", 0.1),
    most_rounds=5,
)
