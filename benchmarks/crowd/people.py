"""Who belongs to the large community, from when to when, and how much each of them likes to do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.rules import Rules

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]

WEEKS = 52
DAYS = 7 * WEEKS
RULES = Rules(zone="Europe/Berlin")
LAST_DAY = RULES.local_day(1_795_000_000_000)  # a Wednesday
LAST_DAY -= (LAST_DAY + 3) % 7 + 1  # the Sunday before: the year ends with a whole week
FIRST_DAY = LAST_DAY - DAYS + 1
STARTS_MS = np.array([RULES.day_start_ms(day) for day in range(FIRST_DAY - 400, LAST_DAY + 2)])
STILL_HERE = np.iinfo(np.int64).max
DAY_MS = 24 * 60 * 60 * 1000
HOUR_MS = DAY_MS // 24
BRIDGE_MS = RULES.bridge_days * DAY_MS

EVER = 1.3  # people for every member at the end of the year
HERE_BEFORE = 0.7  # of all; the others joined within the year
EARLY_LEAVERS = 0.25  # of the newcomers: gone within three weeks
COME_BACK = 0.06  # of those who left, after 2 to 40 days
BOTS = 20
WITHDRAWN = 0.002
RAIDERS = 0.004  # of all: one evening they come and are gone
MEAN_RATE = 0.2  # of the days on which somebody does something, before joining and leaving


@dataclass(frozen=True, slots=True)
class Crowd:
    """Each array has one entry a person; the person at place n is member number n + 1."""

    first_join_ms: Numbers
    spells: NDArray[np.int64]  # rows of member number, joined, left or STILL_HERE; by member and time
    is_bot: NDArray[np.bool_]
    withdrawn_ms: Numbers  # 0: did not withdraw
    is_raider: NDArray[np.bool_]
    rates: Shares  # how likely somebody does something on a day on which they are here

    @property
    def size(self) -> int:
        return len(self.rates)


def day_start(day: int) -> int:
    return int(STARTS_MS[day - FIRST_DAY + 400])


def days_of(moments: Numbers) -> Numbers:
    """The local day that holds each moment; of those long before the year, an early one."""
    return np.searchsorted(STARTS_MS, moments, side="right") - 1 + FIRST_DAY - 400


def gathered(members: int, seed: int) -> Crowd:
    """About so many members at the end of the year, and those who left; the same at every call."""
    random, size = np.random.default_rng(seed), round(members * EVER)
    start, end = day_start(FIRST_DAY), day_start(LAST_DAY + 1)
    newcomer = random.random(size) >= HERE_BEFORE
    raider = random.random(size) < RAIDERS
    joined = np.where(
        newcomer,
        random.integers(start, end - HOUR_MS, size),
        start - random.integers(DAY_MS, 350 * DAY_MS, size),
    )
    raid_ms = day_start(FIRST_DAY + 250) + 20 * HOUR_MS
    joined = np.where(raider, raid_ms + random.integers(0, HOUR_MS, size), joined)
    by_join = np.argsort(joined, kind="stable")  # numbers are given in the order in which people come
    joined, newcomer, raider = joined[by_join], newcomer[by_join], raider[by_join]
    stays = random.exponential(1500 * DAY_MS, size).astype(np.int64) + HOUR_MS
    brief = newcomer & (random.random(size) < EARLY_LEAVERS)
    stays = np.where(brief, random.integers(HOUR_MS, 21 * DAY_MS, size), stays)
    stays = np.where(raider, random.integers(HOUR_MS, 5 * HOUR_MS, size), stays)
    left = np.where(newcomer | raider, joined, start) + stays
    left = np.where(left < end, left, STILL_HERE)
    rates = random.lognormal(0, 1.6, size)
    rates = np.minimum(0.97, rates * MEAN_RATE / rates.mean())
    rates[raider] = 0
    is_bot = np.zeros(size, dtype=bool)
    is_bot[random.choice(size, BOTS, replace=False)] = True
    withdrawn = np.where(random.random(size) < WITHDRAWN, random.integers(start + 100 * DAY_MS, end, size), 0)
    return Crowd(
        first_join_ms=joined,
        spells=_spells(joined, left, raider, end, random),
        is_bot=is_bot,
        withdrawn_ms=withdrawn,
        is_raider=raider,
        rates=rates,
    )


def _spells(
    joined: Numbers, left: Numbers, raider: NDArray[np.bool_], end: int, random: np.random.Generator
) -> NDArray[np.int64]:
    size = len(joined)
    back = left + random.integers(2 * DAY_MS, 40 * DAY_MS, size)
    again = (left != STILL_HERE) & ~raider & (random.random(size) < COME_BACK) & (back < end - HOUR_MS)
    numbers = np.arange(1, size + 1)
    first = np.column_stack((numbers, joined, left))
    second = np.column_stack((numbers[again], back[again], np.full(again.sum(), STILL_HERE)))
    both = np.concatenate((first, second))
    return both[np.lexsort((both[:, 1], both[:, 0]))]


def bridged(spells: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same with those less than the rules' days apart made one. Nobody has more than two."""
    same = np.flatnonzero((spells[1:, 0] == spells[:-1, 0]) & (spells[1:, 1] - spells[:-1, 2] < BRIDGE_MS))
    result = spells.copy()
    result[same, 2] = spells[same + 1, 2]
    return np.delete(result, same + 1, axis=0)
