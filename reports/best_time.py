"""When those who come to a series are usually here. Definition: docs/kpis.md, "series_best_time".

An hour of the week is a slot: 0 is Monday from midnight to one, in the guild's zone, and 167 the last one of
Sunday. People are counted, not minutes: one is there in an hour or not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from reports.occurrence_records import Occurrence, Stay
from reports.periods import WEEKDAYS, day_start_ms, local_day, local_moment
from reports.quality import COMPARABLE
from reports.spans import Span, length, within
from reports.turnout import People

HOUR_MS = 3_600_000
SLOTS = 168
WEEKS = 12
USUALLY = 0.5  # of the weeks in which the hour was recorded
LONGEST_HOURS = 8  # a series that lasts longer is looked at as one that lasts so long


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of one week."""

    week: int
    slot: int
    span: Span


@dataclass(frozen=True, slots=True)
class UsuallyHere:
    """Who is usually here in each hour of the week. Hours that were recorded in few weeks are missing."""

    by_slot: Mapping[int, People]

    def at(self, slot: int, hours: int) -> People | None:
        """Who is in every hour of a span that may reach into the next week; None where one is not known."""
        slots = [(slot + hour) % SLOTS for hour in range(hours)]
        if any(one not in self.by_slot for one in slots):
            return None
        return People.intersection(*(self.by_slot[one] for one in slots))


@dataclass(frozen=True, slots=True)
class Time:
    slot: int
    hours: int
    here: int  # people usually here

    @property
    def slots(self) -> frozenset[int]:
        return frozenset((self.slot + hour) % SLOTS for hour in range(self.hours))

    @property
    def text(self) -> str:
        """“Sun 20–22”."""
        weekday, hour = divmod(self.slot, 24)
        return f"{WEEKDAYS[weekday][:3].capitalize()} {hour:02}–{(hour + self.hours) % 24:02}"


@dataclass(frozen=True, slots=True)
class BestTime:
    best: Time
    own: Time | None  # None where it was not held in these weeks, or its hours were hardly recorded


def hours_of(last_day: int, zone: str) -> list[Hour]:
    """Of the 12 weeks to a local day. Where the clocks change an hour is missing, or there twice."""
    first_day = last_day - 7 * WEEKS + 1
    found = []
    for day in range(first_day, last_day + 1):
        start_ms, end_ms = day_start_ms(day, zone), day_start_ms(day + 1, zone)
        edges = [*range(start_ms, end_ms, HOUR_MS), end_ms]
        for span in pairwise(edges):
            moment = local_moment(span[0], zone)
            found.append(Hour((day - first_day) // 7, moment.weekday() * 24 + moment.hour, span))
    return found


def usually_here(
    stays: Iterable[Stay], hours: Sequence[Hour], unseen: Sequence[Span], least_ms: int
) -> UsuallyHere:
    """`stays`: qualifying presence. In an hour one is there from `least_ms` on, in all of its channels.

    `unseen`: when voice was not recorded. An hour of which less than 80 % was recorded is in neither number.
    """
    is_seen: dict[tuple[int, int], bool] = {}
    for hour in hours:
        missed = length(within(unseen, hour.span)) / (hour.span[1] - hour.span[0])
        key = hour.week, hour.slot
        is_seen[key] = is_seen.get(key, True) and 1 - missed >= COMPARABLE
    weeks = Counter(slot for (_, slot), seen in is_seen.items() if seen)
    times: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for (week, slot), people in _there(stays, hours, least_ms).items():
        if is_seen[week, slot]:
            times[slot].update(people)
    return UsuallyHere(
        {
            slot: People([number for number, count in times[slot].items() if count >= USUALLY * seen])
            for slot, seen in weeks.items()
            if seen >= WEEKS / 2
        }
    )


def _there(
    stays: Iterable[Stay], hours: Sequence[Hour], least_ms: int
) -> Mapping[tuple[int, int], frozenset[int]]:
    """Who was there, by week and slot."""
    starts = [hour.span[0] for hour in hours]
    spent: Counter[tuple[int, int]] = Counter()  # of an hour, by its place, and a member
    for stay in stays:
        place = max(0, bisect_right(starts, stay.start_ms) - 1)
        while place < len(hours) and hours[place].span[0] < stay.end_ms:
            start, end = hours[place].span
            spent[place, stay.member_no] += max(0, min(end, stay.end_ms) - max(start, stay.start_ms))
            place += 1
    there: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for (place, member_no), length_ms in spent.items():
        if length_ms >= least_ms:
            there[hours[place].week, hours[place].slot].add(member_no)
    return {key: frozenset(people) for key, people in there.items()}


def best_time(people: People, here: UsuallyHere, held: Sequence[Occurrence], zone: str) -> BestTime | None:
    """Of these people; `held`: the series' occurrences of these weeks, oldest first.

    Of equal times its own is the best, else the first of the week. None where nobody is usually here at any
    time of its length, or none is known.
    """
    hours = usual_hours(held)
    own_slot = usual_slot(held, zone)
    times = {
        slot: Time(slot, hours, len(people & there))
        for slot in range(SLOTS)
        if (there := here.at(slot, hours)) is not None
    }
    best = max(times.values(), key=lambda time: (time.here, time.slot == own_slot, -time.slot), default=None)
    if best is None or not best.here:
        return None
    return BestTime(best, None if own_slot is None else times.get(own_slot))


def usual_hours(held: Sequence[Occurrence]) -> int:
    """How many whole hours the middle one lasted, at least one."""
    lengths = [one.window[1] - one.window[0] for one in held if one.window]
    if not lengths:
        return 1
    return min(LONGEST_HOURS, max(1, round(median(lengths) / HOUR_MS)))


def usual_slots(held: Sequence[Occurrence], zone: str) -> frozenset[int]:
    """The hours of the week that a series usually takes; none where it was not held."""
    slot = usual_slot(held, zone)
    return frozenset() if slot is None else Time(slot, usual_hours(held), 0).slots


def usual_slot(held: Sequence[Occurrence], zone: str) -> int | None:
    """The hour of the week for which most were planned, to the nearest (of two, the earlier); of several the
    newest.
    """
    slots = []
    for one in held:
        moment = local_moment(one.scheduled[0] + HOUR_MS // 2 - 1, zone)
        slots.append(moment.weekday() * 24 + moment.hour)
    often = Counter(slots)
    return max(reversed(slots), key=lambda slot: often[slot]) if slots else None


def weeks_until(end_ms: int, now_ms: int, zone: str) -> int:
    """The last local day of the 12 weeks: of a period that is not over yesterday."""
    return local_day(min(end_ms - 1, day_start_ms(local_day(now_ms, zone), zone) - 1), zone)
