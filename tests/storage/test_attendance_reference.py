"""Attendance worked out a second time, minute by minute, by someone who knows nothing of intervals.

A plan is played by a small world, which writes down what Discord would tell, and beside it, for every minute,
who really is where. The reference looks at the minutes only. Slow, and short enough to be checked by eye.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.database import Warehouse
from storage.fold import Folder
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import attendance, attendance_days, event_occurrences

MINUTE = 60_000
TEAMS = EventTypeRule("Teams", titles=("inhouse*",), channels=(50, 51))
RULES = Rules(zone="Europe/Berlin", events=EventRules(types=(TEAMS,)))
COUNTING = {50, 51}
PEOPLE = (1, 2, 3, 4)
PLANNED = 180  # minutes after the beginning
AFTER = 900

new_guild_ids = count(1000)


class World:
    """The minutes of a night, and what is told of them."""

    def __init__(self, history: Any, start: int, length: int) -> None:
        self.history = history
        self.start = self.covered_to = start
        self.minute = 0
        self.planned_end = PLANNED + length
        self.where: dict[int, int | None] = dict.fromkeys(PEOPLE)
        self.seen: list[dict[int, int]] = []  # for each minute: who was seen in which channel
        self.missed: set[int] = set()
        self.began: int | None = None
        self.ended: int | None = None
        self.cancelled: int | None = None
        self.interested: dict[int, list[tuple[int, bool]]] = {}
        planned = start + PLANNED * MINUTE
        history.schedules(901, start, planned, planned + length * MINUTE)

    @property
    def now(self) -> int:
        return self.start + self.minute * MINUTE

    def pass_minutes(self, minutes: int) -> None:
        there = {who: channel for who, channel in self.where.items() if channel is not None}
        self.seen += [there] * minutes
        self.minute += minutes

    def play(self, plan: Any) -> None:
        for number, (delay, (kind, *details)) in enumerate(plan):
            self.pass_minutes(delay)
            if kind == "moves":
                self._moves(*details)
            elif kind == "looks in":
                who, channel, minutes = details
                self._moves(who, channel)
                self.pass_minutes(minutes)
                self._moves(who, None)
            elif kind == "starts" and self.began is None and self.cancelled is None:
                self.began = self.minute
                self.history.starts(901, self.now)
            elif kind == "ends" and self.began is not None and self.ended is None:
                self.ended = self.minute
                self.history.ends(901, self.now)
            elif kind == "called off" and self.began is None and self.cancelled is None:
                self.cancelled = self.minute
                self.history.calls_off(901, self.now)
            elif kind == "answers":
                self._answers(*details)
            elif kind == "gap":
                self._gap(str(number), *details)
        if self.began is not None and self.ended is None:
            self.pass_minutes(7)
            self.ended = self.minute
            self.history.ends(901, self.now)
        self.pass_minutes(AFTER)
        for who in PEOPLE:
            self._moves(who, None)
        self._recorded()

    def _recorded(self) -> None:
        self.history.covered(self.covered_to, self.now)
        self.covered_to = self.now

    def _moves(self, who: int, channel: int | None) -> None:
        if channel != self.where[who]:
            self.where[who] = channel
            self.history.voice(who, channel, self.now)

    def _answers(self, who: int, interested: bool) -> None:
        told = self.interested.setdefault(who, [(-1, False)])
        if told[-1][1] != interested:
            told.append((self.minute, interested))
            say = self.history.answers if interested else self.history.takes_back
            say(who, 901, self.now)

    def _gap(self, name: str, minutes: int, moved: dict[int, int | None]) -> None:
        """Nothing is seen for a while; afterwards a list shows who is where."""
        self._recorded()
        self.covered_to += minutes * MINUTE
        self.history.covered(self.now, self.covered_to, "gap")
        self.missed |= set(range(self.minute, self.minute + minutes))
        self.seen += [{}] * minutes
        self.minute += minutes
        self.where.update(moved)
        there = {who: channel for who, channel in self.where.items() if channel is not None}
        self.history.lists_voice(self.now, there, snapshot=name)


# ----------------------------------------------------------------- the reference


def present(world: World, minute: int) -> set[int]:
    return {who for who, channel in world.seen[minute].items() if channel in COUNTING}


def held(world: World) -> tuple[str, int, int]:
    """How it went, and from which minute to which."""
    planned = range(PLANNED, world.planned_end)
    if world.began is None:
        if world.cancelled is not None and world.cancelled < PLANNED:
            return "cancelled", 0, 0
        full = [m for m in planned if len(present(world, m)) >= 3]
        if len(full) * 2 >= len(planned):
            return "held_unstarted", PLANNED, last_minute(world, planned)
        perhaps = [m for m in planned if m in world.missed or m in full]
        if len(perhaps) * 2 >= len(planned):
            return "unknown", PLANNED, world.planned_end
        return "not_held", 0, 0
    assert world.ended is not None
    open_for = range(world.began, world.ended)
    if any(len(present(world, m)) >= 2 for m in open_for):
        return "held", world.began, last_minute(world, open_for)
    if any(m in world.missed for m in open_for):
        return "unknown", world.began, world.ended
    return "not_held", 0, 0


def last_minute(world: World, minutes: range) -> int:
    """After the last minute with two people, and after a gap that began within five minutes of it."""
    end = 1 + max(m for m in minutes if len(present(world, m)) >= 2)
    m = end
    while m < minutes.stop and m <= end + 5:
        if m in world.missed:
            while m < minutes.stop and m in world.missed:
                m += 1
            end = m
        else:
            m += 1
    return end


def filled(there: set[int]) -> set[int]:
    """With the breaks of at most five minutes."""
    whole = set(there)
    for m in sorted(there):
        for length in range(1, 6):
            if m + length + 1 in there:
                whole |= set(range(m, m + length + 1))
    return whole


def answer(world: World, who: int, begin: int) -> str | None:
    told = world.interested.get(who, [(-1, False)])
    if [interested for since, interested in told if since <= begin][-1]:
        return "interested"
    if any(begin - 60 <= since <= begin for since, interested in told if not interested and since >= 0):
        return "late_cancel"
    return None


def reference(world: World) -> dict[int, tuple[str | None, str, int, bool]]:
    """Of everybody who answered or came: their answer, how they attended, minutes, and whether on time."""
    outcome, begin, end = held(world)
    people: dict[int, tuple[str | None, str, int, bool]] = {}
    if begin == end == 0:
        return people
    for who in PEOPLE:
        there = {m for m in range(begin, end) if who in present(world, m)}
        minutes = len(filled(there))
        needed = min(10, (end - begin) / 2)
        possible = len(filled(there | {m for m in range(begin, end) if m in world.missed}))
        said = answer(world, who, begin)
        if outcome == "unknown":
            status = "unknown"
        elif there and minutes >= needed:
            status = "attended"
        elif possible >= needed and world.missed & set(range(begin, end)):
            status = "unknown"
        else:
            status = "partial" if there else "absent"
        if there or said:
            people[who] = (said, status, minutes, begin in there)
    return people


def days(world: World, people: dict[int, Any]) -> Counter[tuple[int, int]]:
    """Minutes by local day and attendee."""
    _, begin, end = held(world)
    counted: Counter[tuple[int, int]] = Counter()
    for who, (_, status, _, _) in people.items():
        there = {m for m in range(begin, end) if who in present(world, m)}
        for m in filled(there) if status == "attended" else ():
            counted[_local_day(world.start + m * MINUTE), who] += 1
    return counted


def _local_day(at_ms: int) -> int:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo("Europe/Berlin")).date().toordinal() - 719163


# --------------------------------------------------------------- random nights

person = st.sampled_from(PEOPLE)
channel = st.sampled_from([50, 50, 51, 52, None])
steps = st.one_of(
    *[st.tuples(st.just("moves"), person, channel)] * 6,
    *[st.tuples(st.just("looks in"), person, st.sampled_from([50, 51]), st.sampled_from([1, 4, 9, 10]))] * 3,
    *[st.tuples(st.just("starts"))] * 4,
    st.tuples(st.just("ends")),
    st.tuples(st.just("called off")),
    *[st.tuples(st.just("answers"), person, st.booleans())] * 2,
    st.tuples(st.just("gap"), st.sampled_from([1, 4, 30]), st.dictionaries(person, channel, max_size=2)),
)
plans = st.lists(st.tuples(st.sampled_from([0, 1, 2, 4, 5, 6, 9, 10, 30]), steps), min_size=8, max_size=45)


@settings(max_examples=80)
@given(plan=plans, lead=st.sampled_from([100, 170, 178]), length=st.sampled_from([12, 60, 121]))
async def test_attendance_is_what_the_reference_counts(
    sqlite_warehouse: Warehouse, new_history: Any, at: Any, plan: Any, lead: int, length: int
) -> None:
    history, guild_id = new_history(), next(new_guild_ids)
    world = World(history, at("2026-10-24 18:00"), length)  # before the clocks go back in Berlin
    everybody_in = [(0, ("moves", who, 50)) for who in PEOPLE[:3]]
    world.play([(lead, ("answers", 4, True)), *everybody_in, *plan])
    await history.logged(sqlite_warehouse, guild_id)
    folder = Folder(sqlite_warehouse, RULES)
    while not (await folder.advance(guild_id, 9)).caught_up:
        pass
    o, a, d = event_occurrences.c, attendance.c, attendance_days.c
    async with sqlite_warehouse.reading() as conn:
        (occurrence,) = await conn.execute(select(event_occurrences).where(o.guild_id == guild_id))
        people = (await conn.execute(select(attendance).where(a.guild_id == guild_id))).all()
        shared = (await conn.execute(select(attendance_days).where(d.guild_id == guild_id))).all()
    outcome, begin, end = held(world)
    window = occurrence.window_start_ms, occurrence.window_end_ms
    expected = (
        (None, None) if begin == end == 0 else (world.start + begin * MINUTE, world.start + end * MINUTE)
    )
    assert (occurrence.outcome, window) == (outcome, expected)
    found = {row.member_no: (row.rsvp, row.status, row.presence_ms / MINUTE, row.is_early) for row in people}
    wanted = reference(world)
    assert found == wanted
    counted = {(row.local_day, row.member_no): row.presence_ms / MINUTE for row in shared}
    assert counted == (days(world, wanted) if outcome in {"held", "held_unstarted"} else {})


@pytest.mark.parametrize(("minutes", "whole"), [({1, 7}, 7), ({1, 8}, 2), ({1}, 1), (set(), 0)])
def test_the_reference_fills_breaks_of_five_minutes(minutes: set[int], whole: int) -> None:
    assert len(filled(minutes)) == whole
