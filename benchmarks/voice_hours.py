"""The hours that people spent in voice, week by week for a year."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.crowd import queries
from benchmarks.crowd.made import SETTINGS, Made, Row, large_community, must_agree
from benchmarks.crowd.people import DAYS, FIRST_DAY, RULES
from benchmarks.crowd.warehouse import GUILD_ID
from benchmarks.material import Material
from benchmarks.weeks_of_people import AGAINST, PERIODS
from reports.populations import Populations
from reports.records import load
from reports.voice import total_voice_ms
from storage import day_totals
from storage.activities import VOICE


async def milliseconds(made: Made) -> list[Row]:
    async with made.warehouse.reading() as conn:
        records = await load(conn, GUILD_ID)
        totals = await day_totals.load_durations(conn, GUILD_ID, VOICE, range(FIRST_DAY, FIRST_DAY + DAYS))
    people = Populations.of(records, SETTINGS.qualifying, RULES.bridge_days, SETTINGS.zone)
    return [
        (week, total_voice_ms(totals, people.in_voice(period), period.days))
        for week, period in enumerate(PERIODS)
    ]


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    async with large_community(material, material.scale.members) as made:
        must_agree("voice", await milliseconds(made), made.asked(queries.VOICE_HOURS))

        async def ours() -> float:
            began = perf_counter()
            await milliseconds(made)
            return (perf_counter() - began) * 1000

        async def limit() -> float:
            began = perf_counter()
            made.asked(queries.VOICE_HOURS)
            return (perf_counter() - began) * 1000

        yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "voice hours by week over 52 weeks, 100,000 members",
    "ms",
    begin,
    against=AGAINST,
    bound=Bound("≤", 3),
    most_rounds=15,
)
