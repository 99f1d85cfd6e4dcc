"""Who runs the profile commands, and who comes back to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.command_pair import CommandPair
from reports.command_records import CommandRun
from reports.command_use import CommandTotals, runs_by_day
from reports.periods import Period, date_of, week_of, weekday_name
from reports.populations import People
from reports.report import Kpi, Measure

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class ProfileKpis:
    of: CommandPair
    names: tuple[str, ...]  # of the profile commands; none where none of them is recorded

    def adoption(self) -> tuple[Kpi, ...]:
        """Empty where no profile command is recorded. Tested on who was active in both periods."""
        if not self.names:
            return ()
        name, of, pair = "profile_adoption", self.of, self.of.pair
        active = of.of_both(pair.basis.populations.active)
        ran = of.of_both(self._adopters)

        def rate(period: Period) -> Measure:
            return pair.basis.rate(name, len(ran[period]), len(active[period]), period)

        in_both = active[pair.this] & active[pair.last]
        kpi = pair.tested(name, rate, of.of_both(lambda period: ran[period] & in_both))
        hidden = of.of_both(lambda period: of.hides(ran[period]) or of.hides(active[period] - ran[period]))
        return (of.shown(kpi, hidden),)

    def kpis(self, runs: Sequence[CommandRun], week_start: str) -> tuple[Kpi, ...]:
        """`runs`: of profile commands in this period, by people of P."""
        if not self.names:
            return ()
        return (*self.adoption(), self._invocations(runs, week_start), *self._how_often())

    def _run(self, period: Period) -> CommandTotals:
        return self.of.totals[period].named(self.names)

    def _adopters(self, period: Period) -> People:
        return self._run(period).users & self.of.pair.basis.populations.active(period)

    def _invocations(self, runs: Sequence[CommandRun], week_start: str) -> Kpi:
        name, this, basis = "profile_invocations", self.of.pair.this, self.of.pair.basis

        def times(period: Period) -> Measure:
            return basis.figure(name, self._run(period).times, self._run(period).times, None, period)

        kpi = self.of.count(name, self._run, times)
        by_day = runs_by_day(runs, this.zone)
        parts = {
            label: [run for day in days for run in by_day.get(day, ())]
            for label, days in spans_of(this, week_start).items()
        }
        is_hidden = any(self.of.hides(People([run.member_no for run in part])) for part in parts.values())
        if kpi.current.value is None or is_hidden:
            return kpi
        return replace(kpi, parts=tuple((label, len(part)) for label, part in parts.items()))

    def _how_often(self) -> tuple[Kpi, ...]:
        """Both are withheld together: one could be computed from the other."""
        adopters = self.of.of_both(self._adopters)
        once = self.of.of_both(lambda period: self._run(period).users_of_times(1, 1) & adopters[period])
        again = self.of.of_both(lambda period: self._run(period).users_of_times(2) & adopters[period])
        hidden = self.of.of_both(lambda period: any(map(self.of.hides, (once[period], again[period]))))
        return tuple(
            self.of.shown(self._share_of(adopters, name, part), hidden)
            for name, part in (("profile_one_time_users", once), ("profile_repeat_users", again))
        )

    def _share_of(self, adopters: Mapping[Period, People], name: str, part: Mapping[Period, People]) -> Kpi:
        basis = self.of.pair.basis
        return self.of.pair.beside(
            name, lambda period: basis.people(name, len(part[period]), len(adopters[period]), period)
        )


def spans_of(period: Period, week_start: str) -> dict[str, Iterable[int]]:
    """The days of a period by their names; of one that is longer than a week, its weeks."""
    if len(period.days) <= WEEK_DAYS:
        return {weekday_name(date_of(day))[:3]: (day,) for day in period.days}
    weeks: dict[str, list[int]] = {}
    for day in period.days:
        _, _, number = week_of(day, period.zone, week_start).key.partition("-W")
        weeks.setdefault(f"in week {int(number)}", []).append(day)
    return {label: tuple(days) for label, days in weeks.items()}
