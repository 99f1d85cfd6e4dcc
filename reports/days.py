"""What happened on each day: the raw counts that every longer period is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked
from reports.churn import joins, leaves
from reports.community import DAILY, active_people
from reports.gather import Reach, gather
from reports.health import make_report
from reports.material import Material
from reports.periods import Period, day_of, local_day
from reports.records import DayRow, load_days
from reports.report import Kpi, Measure, Report, Section
from reports.sections import community_section, judged_together
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD, is_small
from storage.activities import COMMAND, TEXT, VOICE
from storage.rules import Rules

HOUR_MS = 60 * 60 * 1000

Cell = tuple[float, int]  # how much, and of how many people


async def days(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """Of every day of the period that has begun. Exact where `settings.min_group` is 0; else the counts of
    days on which fewer people were behind them are withheld. Raises NothingRecorded.
    """
    material = await gather(
        conn,
        guild_id,
        settings,
        rules,
        period=asked.period,
        now_ms=asked.now_ms,
        smallest_part=settings.min_group,
        reach=Reach.SHORT,
    )
    rows = await load_days(conn, guild_id, asked.period)
    made = Days.of(material, rows)
    spoken_of = Section("", community_section(material).kpis)  # by the finding alone
    judged = judged_together(material, (spoken_of,))
    shown = Section("Days", tuple(made.kpis()), is_table=True)
    report = make_report("days", material, (shown, *judged), smallest=settings.min_group)
    return replace(report, sections=(shown,), bridge=None)


@dataclass(frozen=True, slots=True)
class Days:
    material: Material
    cells: Mapping[str, Mapping[int, Cell]]  # KPI → local day; without a cell nothing happened

    @classmethod
    def of(cls, material: Material, rows: Iterable[DayRow]) -> Days:
        own = [row for row in rows if row.member_no not in material.basis.populations.outside]
        needed_ms = material.rules.needed_voice_ms
        hours = [row for row in own if row.activity == VOICE and row.times and row.duration_ms >= needed_ms]
        return cls(
            material,
            {
                **joined_and_left(material),
                "daily_messages": _sums(own, TEXT),
                "daily_commands": _sums(own, COMMAND),
                "daily_voice_hours": {
                    day: (sum(row.duration_ms for row in of_day) / HOUR_MS, len(of_day))
                    for day, of_day in _by_day(hours).items()
                },
            },
        )

    def kpis(self) -> Iterator[Kpi]:
        """Day by day, in the order of the catalogue."""
        today = local_day(self.material.basis.now_ms, self.material.settings.zone)
        for number in self.material.pair.this.days:
            if number <= today:
                day = day_of(number, self.material.settings.zone)
                yield self._active(day)
                for name in self.cells:
                    yield self._counted(name, day)

    def _active(self, day: Period) -> Kpi:
        measure = active_people(self.material.basis, DAILY, day)
        if self.material.smallest:  # from day to day their number tells who joined and who left
            measure = Measure(measure.value, measure.numerator, coverage=measure.coverage)
        return self._shown(DAILY, day, measure, measure.numerator or 0)

    def _counted(self, name: str, day: Period) -> Kpi:
        amount, people = self.cells[name].get(day.first_day, (0, 0))
        number = int(amount) if amount == int(amount) else None
        return self._shown(name, day, self.material.basis.figure(name, amount, number, None, day), people)

    def _shown(self, name: str, day: Period, measure: Measure, people: int) -> Kpi:
        caveats = self.material.basis.caveats(name, day)
        if is_small(people, self.material.smallest):
            measure, caveats = Measure(None, coverage=measure.coverage), (*caveats, WITHHELD)
        return Kpi(name, measure, caveats=caveats, cut=day.key)


def joined_and_left(material: Material) -> Mapping[str, Mapping[int, Cell]]:
    people, this = material.basis.populations, material.pair.this
    membership, zone = material.events.membership, material.settings.zone
    joined = Counter(local_day(spell.joined_ms, zone) for spell in joins(membership, people, this))
    left = Counter(local_day(spell.left_ms or 0, zone) for spell in leaves(membership, people, this))
    return {
        "daily_joins": {day: (number, number) for day, number in joined.items()},
        "daily_leaves": {day: (number, number) for day, number in left.items()},
    }


def _sums(rows: Iterable[DayRow], activity: str) -> dict[int, Cell]:
    of_days = _by_day(row for row in rows if row.activity == activity and row.times)
    return {day: (sum(row.times for row in of_day), len(of_day)) for day, of_day in of_days.items()}


def _by_day(rows: Iterable[DayRow]) -> dict[int, list[DayRow]]:
    days: dict[int, list[DayRow]] = {}
    for row in rows:
        days.setdefault(row.local_day, []).append(row)
    return days
