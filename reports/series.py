"""How a series of events fares from one holding to the next. Definitions: docs/kpis.md, "Popularity"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from reports.event_report import OccurrenceKey
from reports.held import Again, Held, held_of
from reports.loyalty import LAST_HELD
from reports.membership import Membership
from reports.occurrence_records import AttendanceRow, Occurrence
from reports.small_groups import is_small
from reports.statistics import sign_flip
from reports.titles import both_ends, short_title, told_apart
from reports.turnout import People
from storage.day_sets import union

RANKED_FROM = 3
HALF = 4  # the last four are compared with the four before
PAST = ("held", "held_unstarted", "not_held", "unknown")
NO_TYPE = "Without a type"


@dataclass(frozen=True, slots=True)
class Popularity:
    """Of the last 8 held; None where fewer than 3 were."""

    mean: float
    median: float
    peak: int
    held: int
    reach: int  # different people


@dataclass(frozen=True, slots=True)
class Series:
    """A series with what is known of its occurrences, oldest first."""

    name: str
    title: str  # the newest
    label: str  # the title, shortened so that no other series is called the same
    occurrences: tuple[Occurrence, ...]  # those that are past, held or not
    held: tuple[Held, ...]

    def has_small(self, smallest: int) -> bool:
        """Whether any of the last 8 held had so few people that neither it is shown, nor what is made of it:
        whoever knows the others could work out that one.
        """
        return any(is_small(len(one.attended), smallest) for one in self.held[-LAST_HELD:])

    @property
    def popularity(self) -> Popularity | None:
        last = self.held[-LAST_HELD:]
        if len(last) < RANKED_FROM:
            return None
        sizes = [len(one.attended) for one in last]
        reach = union(one.attended for one in last)
        return Popularity(fmean(sizes), median(sizes), max(sizes), len(last), len(reach))

    @property
    def due(self) -> tuple[Occurrence, ...]:
        """Since the first of the last 8 held: the past ones that were held, or may have been."""
        last = self.held[-LAST_HELD:]
        from_ms = last[0].occurrence.starts_ms if last else 0
        return tuple(
            one
            for one in self.occurrences
            if one.tells_who_came and one.starts_ms >= from_ms and one.outcome != "not_held"
        )

    @property
    def recorded(self) -> float:
        """The share, 0 to 1, of them that was recorded, each counting as much."""
        return _recorded(self.due)

    @property
    def recorded_before(self) -> float:
        """The same of what was due from the first of the 4 held before the last 4 on, up to those."""
        newest = self.held[-HALF:]
        return _recorded(
            [one for one in self.due if newest and one.starts_ms < newest[0].occurrence.starts_ms]
        )

    @property
    def held_before(self) -> tuple[Held, ...]:
        """The 4 held before the last 4."""
        return self.held[-2 * HALF : -HALF]

    def halves(self) -> tuple[float, float, float] | None:
        """The means of the last 4 and of the 4 before, and the change's p-value; None before 8 were held.

        The change is tested by a permutation test on each person's attendances in either half.
        """
        if len(self.held) < 2 * HALF:
            return None
        now, then = self.held[-HALF:], self.held_before
        differences: Counter[int] = Counter()
        for half, sign in ((now, 1), (then, -1)):
            for one in half:
                for member_no in one.attended:
                    differences[member_no] += sign
        means = [fmean(len(one.attended) for one in half) for half in (now, then)]
        return means[0], means[1], sign_flip(list(differences.values()))

    def returned(self, within: int) -> list[tuple[int, int]]:
        """Of each person: attendances that were followed by one at any of the next `within`, and all of them.

        Of the last 8 held whose next ones were held too: the attendances at the others are pending. Those
        of whom a gap hides whether they came again are in neither number.
        """
        came: Counter[int] = Counter()
        again: Counter[int] = Counter()
        last = self.held[-LAST_HELD - within :]
        for place in range(len(last) - within):
            following = Again.at_any(last[place].attended, last[place + 1 : place + 1 + within])
            came.update(following.known)
            again.update(following.there)
        return [(again[member_no], came[member_no]) for member_no in sorted(came)]


def _recorded(due: Sequence[Occurrence]) -> float:
    return fmean(0.0 if one.outcome == "unknown" else one.recorded for one in due) if due else 0.0


def all_series(
    occurrences: Sequence[Occurrence],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    outside: People,
    membership: Membership,
) -> list[Series]:
    """Every series of past occurrences in channels, the one held last first."""
    by_name = _past((one for one in occurrences if one.tells_who_came), lambda one: one.series)
    titles = {name: own[-1].title for name, own in by_name.items()}
    return _made(by_name, titles, attendance, outside, membership)


def type_name(occurrence: Occurrence) -> str:
    """What a type is called among series: by the name of config.toml, or by none."""
    return f"type:{occurrence.event_type or ''}"


def all_types(
    occurrences: Sequence[Occurrence],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    outside: People,
    membership: Membership,
) -> list[Series]:
    """The same of every type of event: its occurrences one after the other, whichever series they are of.

    Also those elsewhere, of which nobody knows who came: they were held.
    """
    by_name = _past(occurrences, type_name)
    titles = {name: own[-1].event_type or NO_TYPE for name, own in by_name.items()}
    return _made(by_name, titles, attendance, outside, membership)


def _past(
    occurrences: Iterable[Occurrence], name_of: Callable[[Occurrence], str]
) -> dict[str, list[Occurrence]]:
    by_name: dict[str, list[Occurrence]] = {}
    for occurrence in occurrences:
        if occurrence.outcome in PAST:
            by_name.setdefault(name_of(occurrence), []).append(occurrence)
    return by_name


def _made(
    by_name: Mapping[str, Sequence[Occurrence]],
    titles: Mapping[str, str],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    outside: People,
    membership: Membership,
) -> list[Series]:
    labels = told_apart({name: (short_title(title), both_ends(title)) for name, title in titles.items()})
    series = [
        Series(
            name,
            titles[name],
            labels[name],
            tuple(own),
            tuple(held_of(own, attendance, outside, membership)),
        )
        for name, own in by_name.items()
    ]
    return sorted(series, key=lambda one: (-one.occurrences[-1].starts_ms, one.name))
