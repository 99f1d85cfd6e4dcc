"""Who of P ran which commands in a period. Definitions: docs/kpis.md, `profile_adoption` and `command_…`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.command_records import CommandRun, CommandUse
from reports.periods import Period, local_day
from reports.populations import People, Populations
from storage.rules import named_in


@dataclass(frozen=True, slots=True)
class CommandTotals:
    """What became of some commands in one period. Only people of P are in it."""

    uses: tuple[CommandUse, ...]

    @classmethod
    def of(cls, uses: Iterable[CommandUse], populations: Populations, period: Period) -> CommandTotals:
        people = _people(populations, period, (use.member_no for use in uses))
        return cls(tuple(use for use in uses if use.member_no in people))

    def named(self, names: Sequence[str]) -> CommandTotals:
        """Of the commands that are named, by their first word or in full."""
        return CommandTotals(tuple(use for use in self.uses if named_in(names, use.command)))

    def one(self, command: str) -> CommandTotals:
        return CommandTotals(tuple(use for use in self.uses if use.command == command))

    @property
    def commands(self) -> frozenset[str]:
        return frozenset(use.command for use in self.uses)

    @property
    def times(self) -> int:
        return sum(use.times for use in self.uses)

    @property
    def users(self) -> People:
        """Whatever came of it."""
        return _users(self.uses)

    @property
    def successful(self) -> CommandTotals:
        return CommandTotals(tuple(use for use in self.uses if use.is_successful))

    @property
    def failed(self) -> CommandTotals:
        """Whose outcome was told, and is no success."""
        return CommandTotals(tuple(use for use in self.uses if use.has_failed))

    @property
    def untold(self) -> CommandTotals:
        return CommandTotals(tuple(use for use in self.uses if use.outcome is None))

    @property
    def told(self) -> CommandTotals:
        return CommandTotals(tuple(use for use in self.uses if use.outcome is not None))

    def users_of_times(self, fewest: int, most: int | None = None) -> People:
        """Who ran any of them so often."""
        times: Counter[int] = Counter()
        for use in self.uses:
            times[use.member_no] += use.times
        return People([who for who, often in times.items() if fewest <= often <= (most or often)])

    def by_error(self) -> dict[str, CommandTotals]:
        """The failures by what went wrong, the commonest first."""
        kinds = sorted({_error(use) for use in self.failed.uses})
        each = {
            kind: CommandTotals(tuple(u for u in self.failed.uses if _error(u) == kind)) for kind in kinds
        }
        return dict(sorted(each.items(), key=lambda item: -item[1].times))


def _error(use: CommandUse) -> str:
    """“CommandOnCooldown”; of one without a type its outcome: “denied”, “error”."""
    return use.error_type or use.outcome or ""


def runs_of_people(
    runs: Iterable[CommandRun], populations: Populations, period: Period
) -> tuple[CommandRun, ...]:
    runs = tuple(runs)
    people = _people(populations, period, (run.member_no for run in runs))
    return tuple(run for run in runs if run.member_no in people)


def runs_by_day(runs: Iterable[CommandRun], zone: str) -> dict[int, tuple[CommandRun, ...]]:
    """By local day; a day without any is not among them."""
    days: dict[int, list[CommandRun]] = {}
    for run in runs:
        days.setdefault(local_day(run.invoked_ms, zone), []).append(run)
    return {day: tuple(of_day) for day, of_day in days.items()}


def _people(populations: Populations, period: Period, users: Iterable[int]) -> People:
    """The exposed; where joins were not seen, also whoever ran one and is to be counted at all."""
    if populations.sees_members(period):
        return populations.exposed(period)
    return (populations.exposed(period) | People(users)) - populations.outside


def _users(uses: Iterable[CommandUse]) -> People:
    return People([use.member_no for use in uses])
