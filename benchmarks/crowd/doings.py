"""What the large community did on each day of its year: voice, commands, events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.crowd.people import (
    DAYS,
    FIRST_DAY,
    HOUR_MS,
    LAST_DAY,
    Crowd,
    Numbers,
    bridged,
    day_start,
    days_of,
)

BY_WEEKDAY = (0.92, 0.9, 0.95, 0.98, 1.12, 1.2, 1.05)  # Monday first
SUMMER = 0.2  # as much less in the middle of it
VOICE, COMMAND = 0.93, 0.2  # of whoever does something on a day
SECOND_SESSION = 0.3
OVER_MIDNIGHT = 0.06
MEDIAN_MINUTES = 55
CHANNELS = 40
ESTIMATED = 0.01
SERIES = 5  # each holds one event a week
ATTENDEES = 120
INTERESTED, NO_SHOWS = 0.6, 60  # of the attendees; people who said so and stayed away
EVENT_MS = 2 * HOUR_MS
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Held:
    """One event."""

    event_id: int
    series: int
    start_ms: int
    attended: Numbers
    interested: NDArray[np.bool_]  # of those who attended
    presence_ms: Numbers
    stayed_away: Numbers  # though they were interested


@dataclass(frozen=True, slots=True)
class Day:
    """What was done on a local day. Member numbers ascend in each array but in those of sessions."""

    number: int
    voice: Numbers  # whoever was in voice at all
    voice_sessions: Numbers  # with qualifying time that day
    voice_ms: Numbers
    sessions: NDArray[np.int64]  # that began: rows of member number, start, end, channel, estimated
    commands: Numbers  # whoever ran some
    command_count: Numbers
    events: tuple[Held, ...]

    @property
    def at_events(self) -> tuple[Numbers, Numbers]:
        """Whoever attended any event, and how many."""
        attended = [self.voice[:0], *(held.attended for held in self.events)]
        return np.unique(np.concatenate(attended), return_counts=True)


def year(crowd: Crowd, seed: int) -> Iterator[Day]:
    """Day by day, the same at every call."""
    random = np.random.default_rng(seed)
    spells = bridged(crowd.spells)
    people = np.where(crowd.is_bot, 0.0, crowd.rates)
    over_midnight = np.empty((0, 2), dtype=np.int64)  # member number, milliseconds of the new day
    for place in range(DAYS):
        day = FIRST_DAY + place
        start, end = day_start(day), day_start(day + 1)
        here = np.zeros(crowd.size, dtype=bool)
        whole_day = (spells[:, 1] <= start) & (spells[:, 2] >= end)
        here[spells[whole_day, 0] - 1] = True
        here &= (crowd.withdrawn_ms == 0) | (crowd.withdrawn_ms > start)
        summer = 1 - SUMMER * max(0.0, np.sin(np.pi * (place - 200) / 90)) * (200 <= place < 290)
        likely = people * BY_WEEKDAY[(day + 3) % 7] * summer
        doing = np.flatnonzero(here & (random.random(crowd.size) < likely)) + 1
        sessions = _sessions(doing[random.random(len(doing)) < VOICE], day, random)
        commands = doing[random.random(len(doing)) < COMMAND]
        parts, over_midnight = _split(sessions, over_midnight, end, is_last=day == LAST_DAY)
        voice, sessions_each, ms_each = _totals(parts, crowd.size)
        yield Day(
            number=day,
            voice=voice,
            voice_sessions=sessions_each,
            voice_ms=ms_each,
            sessions=sessions,
            commands=commands,
            command_count=random.integers(1, 6, len(commands)),
            events=tuple(_events(voice, doing, day, random)),
        )


def _sessions(people: Numbers, day: int, random: np.random.Generator) -> NDArray[np.int64]:
    """One session each, some two, all of the others within the day; few reach into the next."""
    start, end = day_start(day), day_start(day + 1)
    twice = people[random.random(len(people)) < SECOND_SESSION]
    first = start + random.integers(12 * HOUR_MS, 20 * HOUR_MS, len(people))
    lengths = random.lognormal(np.log(MEDIAN_MINUTES), 1.0, len(people)) * MINUTE_MS
    until = np.minimum(first + np.maximum(lengths.astype(np.int64), 20_000), end)
    late = random.random(len(people)) < OVER_MIDNIGHT
    first = np.where(late, end - random.integers(MINUTE_MS, 2 * HOUR_MS, len(people)), first)
    until = np.where(late, end + random.integers(MINUTE_MS, HOUR_MS, len(people)), until)
    early = start + random.integers(2 * HOUR_MS, 11 * HOUR_MS, len(twice))
    begins = np.concatenate((first, early))
    ends = np.concatenate((until, early + random.integers(MINUTE_MS, HOUR_MS, len(twice))))
    numbers = np.concatenate((people, twice))
    channels = random.integers(1, CHANNELS + 1, len(numbers))
    estimated = random.random(len(numbers)) < ESTIMATED
    return np.column_stack((numbers, begins, ends, channels, estimated))


def _split(
    sessions: NDArray[np.int64], before: NDArray[np.int64], end: int, *, is_last: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What of the sessions lies in the day, and in the next one: rows of member number, milliseconds."""
    own = np.column_stack((sessions[:, 0], np.minimum(sessions[:, 2], end) - sessions[:, 1]))
    over = sessions[sessions[:, 2] > end]
    after = np.column_stack((over[:, 0], over[:, 2] - end))
    if is_last:
        sessions[:, 2] = np.minimum(sessions[:, 2], end)
        after = after[:0]
    return np.concatenate((own, before)), after


def _totals(parts: NDArray[np.int64], size: int) -> tuple[Numbers, Numbers, Numbers]:
    sessions = np.bincount(parts[:, 0], minlength=size + 1)
    lengths = np.bincount(parts[:, 0], weights=parts[:, 1], minlength=size + 1).astype(np.int64)
    numbers = np.flatnonzero(sessions)
    return numbers, sessions[numbers], lengths[numbers]


def _events(voice: Numbers, doing: Numbers, day: int, random: np.random.Generator) -> Iterator[Held]:
    """Each series on its own weekday, in the evening, of people who were in voice."""
    for series in range(SERIES):
        if (day + series) % 7 or len(voice) < 2 * ATTENDEES:
            continue
        regulars = voice[voice % SERIES == series]  # the same people are drawn to the same series
        number = min(len(regulars), int(random.integers(ATTENDEES * 2 // 3, ATTENDEES * 4 // 3)))
        attended = np.sort(random.choice(regulars, number, replace=False))
        others = np.setdiff1d(doing, attended)
        yield Held(
            event_id=series + 1,
            series=series,
            start_ms=day_start(day) + 19 * HOUR_MS,
            attended=attended,
            interested=random.random(number) < INTERESTED,
            presence_ms=random.integers(15 * MINUTE_MS, EVENT_MS, number),
            stayed_away=np.sort(random.choice(others, min(NO_SHOWS, len(others)), replace=False)),
        )


def present_on(spells: NDArray[np.int64], day: int) -> tuple[Numbers, Numbers]:
    """Who was in the guild at any moment of a day, and who when it ended. `spells` are bridged."""
    first, last = days_of(spells[:, 1]), days_of(np.minimum(spells[:, 2], day_start(LAST_DAY + 1)) - 1)
    there = (first <= day) & (last >= day)
    at_end = there & (spells[:, 2] >= day_start(day + 1))
    return np.unique(spells[there, 0]), np.unique(spells[at_end, 0])
