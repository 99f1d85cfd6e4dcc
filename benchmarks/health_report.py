"""The complete report of `/insights health` on a large community, from the database on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from time import perf_counter

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.crowd import health_queries as queries
from benchmarks.crowd.made import SETTINGS, Made, Row, large_community, must_agree
from benchmarks.crowd.people import HOUR_MS, LAST_DAY, RULES, day_start
from benchmarks.crowd.warehouse import GUILD_ID
from benchmarks.material import Material
from reports.health import health
from reports.report import Kpi, Report

NOW_MS = day_start(LAST_DAY + 1) + HOUR_MS
WEEKS = {"this": LAST_DAY - 6, "last": LAST_DAY - 13, "before": LAST_DAY - 20}
STATEMENTS = (
    *(queries.SETS, queries.WEEKS, queries.PEOPLE, queries.CHANGES, queries.GROWTH, queries.VOICE),
    *(queries.SEGMENTS, queries.DEPARTED, queries.RETENTION, queries.STILL_HERE, queries.FUNNEL),
    *(queries.EVENTS, queries.SERIES),
)
SEGMENTS = ("core", "regular", "new", "fresh", "dormant", "alumni")
EVENT_NAMES = ("events_held", "event_people", "no_show_rate")
Answers = Mapping[str, list[Row]]


async def reported(made: Made) -> Report:
    async with made.warehouse.reading() as conn:
        return await health(conn, GUILD_ID, SETTINGS, RULES, NOW_MS)


def asked(made: Made) -> Answers:
    return {statement: made.asked(statement, **WEEKS) for statement in STATEMENTS}


def by_duck(answers: Answers) -> dict[str, list[object]]:
    """What DuckDB found, by the KPI's name: of this week, of some also of the week before."""
    last, this = answers[queries.PEOPLE]
    grown, voice = answers[queries.GROWTH][1], answers[queries.VOICE][1]
    segments_before, segments = answers[queries.SEGMENTS]
    departed_before, departed = answers[queries.DEPARTED][0]
    return {
        "weekly_active_members": [this[1], this[3], last[1]],
        "voice_activity_rate": [this[2], this[3], last[2]],
        "came_in": list(grown[1:4]),
        "dropped_out": list(grown[4:]),
        "voice_session_mean": [voice[1], _rounded(voice[5])],
        "voice_session_median": [voice[1], _rounded(voice[6])],
        "estimated_sessions": [voice[3], voice[2]],
        **{
            f"segment_{name}": [size, before]
            for name, size, before in zip(SEGMENTS, segments[1:], segments_before[1:], strict=True)
        },
        "departed_alumni": [departed, departed_before],
        **{f"retention_week_{week}": [back, due] for _, week, due, back in answers[queries.RETENTION][3:]},
        "newcomers_still_here": list(reversed(answers[queries.STILL_HERE][0])),
        **{
            name: [row[place]]
            for row in answers[queries.EVENTS][1:]
            for place, name in enumerate(EVENT_NAMES, 1)
        },
    }


def by_us(report: Report) -> dict[str, list[object]]:
    """The same of the report."""
    kpis = {kpi.name: kpi for section in report.sections for kpi in section.kpis if not kpi.cut}
    return {name: _numbers(kpi) for name, kpi in kpis.items()}


def _numbers(kpi: Kpi) -> list[object]:
    current, before = kpi.current, kpi.previous.numerator if kpi.previous else None
    if kpi.name in ("came_in", "dropped_out"):
        return [number for _, number in kpi.parts]
    if kpi.name.startswith("segment_") or kpi.name == "departed_alumni":
        return [current.numerator, before]
    if kpi.name.startswith("voice_session_"):
        return [current.denominator, _rounded(current.value)]
    if kpi.name in ("weekly_active_members", "voice_activity_rate"):
        return [current.numerator, current.denominator, before]
    if kpi.name in EVENT_NAMES:
        return [current.numerator]
    return [current.numerator, current.denominator]


def _rounded(value: object) -> float:
    """Two ways to add up differ in the last digits."""
    assert isinstance(value, float)
    return float(f"{value:.9g}")


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    async with large_community(material, material.scale.members) as made:
        ours_found, limit_found = by_us(await reported(made)), by_duck(asked(made))
        for name, found in limit_found.items():
            must_agree(name, ours_found.get(name), found)

        async def ours() -> float:
            began = perf_counter()
            await reported(made)
            return (perf_counter() - began) * 1000

        async def limit() -> float:
            began = perf_counter()
            asked(made)
            return (perf_counter() - began) * 1000

        yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "the report of /insights health, 100,000 members",
    "ms",
    begin,
    against="DuckDB, warm, which counts the same KPIs from its own daily rows",
    bound=Bound("≤", 0.5),
    most_rounds=15,
)


@asynccontextmanager
async def begin_growing(material: Material) -> AsyncIterator[Contest]:
    async with (
        large_community(material, material.scale.members) as large,
        large_community(material, material.scale.fewer_members) as small,
    ):

        async def milliseconds(made: Made) -> float:
            began = perf_counter()
            await reported(made)
            return (perf_counter() - began) * 1000

        yield Contest(lambda: milliseconds(large), lambda: milliseconds(small))


GROWING = Benchmark(
    "the report of /insights health, from 10,000 to 100,000 members",
    "ms",
    begin_growing,
    against="the same report on 10,000 members",
    bound=Bound("≤", 12),
)
