"""What becomes of each command, with the values of the period before beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reports.command_pair import CommandPair
from reports.command_records import CommandRun
from reports.command_use import CommandTotals
from reports.periods import Period
from reports.populations import People
from reports.report import Kpi, Measure
from reports.statistics import percentile

MOST_TESTED = 6  # commands: each tested change makes every other one of the report less likely to be clear
LATENCIES = {"command_latency_p50": 50, "command_latency_p95": 95}

Runs = Mapping[Period, Sequence[CommandRun]]


@dataclass(frozen=True, slots=True)
class CommandKpis:
    of: CommandPair

    def commands(self) -> list[str]:
        """Those that were run in either period, the one with the most users first."""
        now, then = self.of.now, self.of.then
        users = {
            name: len(now.one(name).users | then.one(name).users) for name in now.commands | then.commands
        }
        return sorted(users, key=lambda name: (-users[name], name))

    def penetrations(self) -> tuple[Kpi, ...]:
        """Those whose change is tested."""
        return tuple(self.penetration(command, is_tested=True) for command in self.commands()[:MOST_TESTED])

    def penetration(self, command: str, *, is_tested: bool) -> Kpi:
        """Tested on who was exposed in both periods."""
        name, of, pair = "command_penetration", self.of, self.of.pair
        exposed = of.of_both(pair.basis.populations.exposed)
        ran = of.of_both(lambda period: of.totals[period].one(command))
        reached = of.of_both(lambda period: ran[period].successful.users)

        def rate(period: Period) -> Measure:
            return pair.basis.rate(name, len(reached[period]), len(exposed[period]), period)

        in_both = exposed[pair.this] & exposed[pair.last]
        tested_on = of.of_both(lambda period: reached[period] & in_both)
        kpi = pair.tested(name, rate, tested_on) if is_tested else pair.beside(name, rate)
        hidden = of.of_both(
            lambda period: of.hides(reached[period]) or of.hides(ran[period].users - reached[period])
        )
        return replace(of.shown(kpi, hidden), cut=command)

    def of_command(self, command: str, runs: Runs) -> tuple[Kpi, ...]:
        """`runs`: of all tracked commands, by people of P, in both periods."""
        ran = self.of.of_both(lambda period: self.of.totals[period].one(command))
        own = self.of.of_both(lambda period: [run for run in runs[period] if run.command == command])
        kpis = (
            self._users(ran),
            self._times(ran),
            self._failures(ran),
            self._untold(ran),
            *(self._latency(name, per_cent, own) for name, per_cent in LATENCIES.items()),
        )
        is_tested = command in self.commands()[:MOST_TESTED]
        penetration = self.penetration(command, is_tested=is_tested)
        return (penetration, *(replace(kpi, cut=command) for kpi in kpis))

    def _users(self, ran: Mapping[Period, CommandTotals]) -> Kpi:
        name, of, pair = "command_users", self.of, self.of.pair

        def people(period: Period) -> Measure:
            exposed = pair.basis.populations.exposed(period)
            return pair.basis.people(name, len(ran[period].users), len(exposed), period)

        return of.count(name, lambda period: ran[period], people)

    def _times(self, ran: Mapping[Period, CommandTotals]) -> Kpi:
        name, basis = "command_invocations", self.of.pair.basis

        def times(period: Period) -> Measure:
            return basis.figure(name, ran[period].times, ran[period].times, None, period)

        return self.of.count(name, lambda period: ran[period], times)

    def _failures(self, ran: Mapping[Period, CommandTotals]) -> Kpi:
        name, basis = "command_failures", self.of.pair.basis

        def failures(period: Period) -> Measure:
            """Not known where nobody told how any of them ended."""
            times, told = ran[period].failed.times, ran[period].told.times
            return basis.figure(name, None if ran[period].times and not told else times, times, told, period)

        kpi = self.of.count(name, lambda period: ran[period].failed, failures)
        kinds = ran[self.of.pair.this].by_error()
        if kpi.current.value is None or any(self.of.hides(kind.users) for kind in kinds.values()):
            return kpi
        return replace(kpi, parts=tuple((error, kind.times) for error, kind in kinds.items()))

    def _untold(self, ran: Mapping[Period, CommandTotals]) -> Kpi:
        name, basis = "command_unknown_outcomes", self.of.pair.basis

        def untold(period: Period) -> Measure:
            times = ran[period].untold.times
            return basis.figure(name, times, times, ran[period].times, period)

        kpi = self.of.count(name, lambda period: ran[period].untold, untold)
        now = ran[self.of.pair.this].untold
        taken = now.successful
        is_hidden = self.of.hides(taken.users) or self.of.hides(now.users - taken.users)
        if kpi.current.value is None or is_hidden:
            return kpi
        parts = (("taken for successful", taken.times), ("not counted", now.times - taken.times))
        return replace(kpi, parts=parts)

    def _latency(self, name: str, per_cent: int, runs: Runs) -> Kpi:
        def latency(period: Period) -> Measure:
            known = sorted(run.latency_ms for run in runs[period] if run.latency_ms is not None)
            value = percentile(known, per_cent) if known else None
            return self.of.pair.basis.figure(name, value, None, len(known), period)

        timed = self.of.of_both(
            lambda period: People([run.member_no for run in runs[period] if run.latency_ms is not None])
        )
        hidden = self.of.of_both(lambda period: self.of.hides(timed[period]))
        return self.of.shown(self.of.pair.beside(name, latency), hidden)
