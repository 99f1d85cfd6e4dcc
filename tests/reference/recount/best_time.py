"""At which hours of the week those who come to a series are usually in voice: of twelve recorded weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from .club import Club
from .events import series_of
from .gatherings import Holding
from .seen import HOUR, MINUTE, days_between

WEEKS, SLOTS = 12, 168
PRESENT = 10 * MINUTE
FEWEST, LAST = 10, 8
Slot = tuple[int, int]  # weekday, hour


class Habits:
    """Who was in voice in which hour of the week, and in how many of the weeks."""

    def __init__(self, club: Club, last_day: date) -> None:
        self._club, self._last_day = club, last_day
        self.days = days_between(last_day - timedelta(days=7 * WEEKS - 1), last_day)
        spent: dict[tuple[int, int], int] = defaultdict(int)  # person, the hour's first moment
        begins, ends = club.known.midnight(self.days[0]), club.end_of(last_day)
        for stay in club.stays_that_count:
            start, end = max(stay.from_ms, begins), min(stay.to_ms, ends)
            while start < end:
                hour = start - start % HOUR
                spent[stay.user_id, hour] += min(end, hour + HOUR) - start
                start = hour + HOUR
        weeks: dict[tuple[int, Slot], set[int]] = defaultdict(set)
        for (user_id, hour), length in spent.items():
            if length >= PRESENT:
                weeks[user_id, self._slot(hour)].add(self._week(hour))
        self._usual = {where for where, own in weeks.items() if 2 * len(own) >= WEEKS}

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, self._club.known.zone)

    def _slot(self, at_ms: int) -> Slot:
        local = self._local(at_ms)
        return local.weekday(), local.hour

    def _week(self, at_ms: int) -> int:
        return (self._last_day - self._local(at_ms).date()).days // 7

    def there(self, people: set[int], slot: Slot, hours: int) -> int:
        first = slot[0] * 24 + slot[1]
        slots = [divmod((first + number) % SLOTS, 24) for number in range(hours)]
        return sum(all((user, one) in self._usual for one in slots) for user in people)

    def of(self, holding: Holding) -> dict[str, Any]:
        """Of one series; the best time, and its own where that is a single one and another."""
        club, until = self._club, self._club.end_of(self._last_day)
        held = [one for one in series_of(club, holding) if one.window and one.window[0] < until]
        here = club.here_at_end_of(self._last_day)
        attended = [one.attended() & here for one in held]
        people = set().union(*attended[-LAST:])
        regulars = {user for user in people if sum(user in one for one in attended[-4:]) >= 3}
        people = regulars if len(regulars) >= FEWEST else people
        if len(people) < FEWEST:
            return {}
        windows = [one.window for one in held if one.window]
        lately = [window for window in windows if club.known.day(window[0]) in self.days]
        if not lately:
            return {}
        hours = min(8, max(1, round(median(end - start for start, end in lately) / HOUR)))
        slots = [divmod(number, 24) for number in range(SLOTS)]
        best = max(self.there(people, slot, hours) for slot in slots)
        found = {f"series_best_time of {holding.subject}": (best, best, len(people))}
        often = Counter(self._slot(start) for start, _ in lately).most_common(2)
        if len(often) == 1 or often[0][1] > often[1][1]:
            own = self.there(people, often[0][0], hours)
            found[f"series_own_time of {holding.subject}"] = (own, own, len(people))
        return found
