"""Generated histories, counted a second time by brute force: loops over people and days, nothing shared.

This file imports nothing of the product. A history is people with their stays in the guild, to the hour, and
what they did on which day; the tables are filled from it as a fold would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property
from math import comb, sqrt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ZONE = ZoneInfo("Europe/Berlin")
FIRST = date(2025, 9, 29)  # a Monday; clocks go back on 26 October
DAYS = 53  # the last one, Thursday 20 November, is open
NOW = "2025-11-20 12:00"
HOUR = 3_600_000
QUALIFYING = ("voice", "command")
THIS, LAST, BEFORE = range(DAYS - 8, DAYS - 1), range(DAYS - 15, DAYS - 8), range(DAYS - 22, DAYS - 15)


@cache
def midnight(day: int) -> int:
    start = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), ZONE)
    return int(start.timestamp()) * 1000


SINCE, NOW_MS = midnight(0), int(datetime.fromisoformat(NOW).replace(tzinfo=ZONE).timestamp()) * 1000


@dataclass
class Person:
    number: int
    is_bot: bool
    has_withdrawn: bool
    stays: list[tuple[int, int | None]] = field(default_factory=list)  # joined, left
    did: dict[int, set[str]] = field(default_factory=dict)  # day → activities

    @cached_property
    def bridged(self) -> list[tuple[int, int | None]]:
        result: list[tuple[int, int | None]] = []
        for joined, left in self.stays:
            if result and result[-1][1] is not None and joined - result[-1][1] < 7 * 24 * HOUR:
                result[-1] = (result[-1][0], left)
            else:
                result.append((joined, left))
        return result

    def is_raid(self, joined: int, left: int | None) -> bool:
        if left is None or left - joined > 24 * HOUR:
            return False
        days = [day for day in range(-20, DAYS) if joined < midnight(day + 1) and left > midnight(day)]
        return not any(self.did.get(day) for day in days)

    @cached_property
    def without_raids(self) -> list[tuple[int, int | None]]:
        return [stay for stay in self.bridged if not self.is_raid(*stay)]

    def was_here(self, day: int, *, raids: bool) -> bool:
        return any(
            joined < midnight(day + 1) and (left is None or left > midnight(day))
            for joined, left in (self.bridged if raids else self.without_raids)
        )

    def was_here_at(self, moment: int, *, raids: bool) -> bool:
        return any(
            joined < moment and (left is None or left >= moment)
            for joined, left in (self.bridged if raids else self.without_raids)
        )


def history(seed: int, size: int) -> list[Person]:
    random = Random(seed)
    return [person(random, number + 1) for number in range(size)]


def person(random: Random, number: int) -> Person:
    made = Person(number, is_bot=random.random() < 0.05, has_withdrawn=random.random() < 0.08)
    hour = random.choice([-2000, -100, *range(0, 1200, 97)])
    last_hour = (NOW_MS - SINCE) // HOUR
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        stay = random.choice([1, 20, 24, 40, 200, 500, 5000])
        if hour >= last_hour:
            break
        left = hour + stay if hour + stay < last_hour else None
        made.stays.append((SINCE + hour * HOUR, None if left is None else SINCE + left * HOUR))
        if left is None:
            break
        hour = left + random.choice([2, 100, 7 * 24, 300])
    keenness = random.choice([0, 0.02, 0.1, 0.4])
    for day in range(DAYS):
        if random.random() < keenness and (made.was_here(day, raids=True) or random.random() < 0.1):
            made.did[day] = set(random.sample(["voice", "command", "text"], random.choice([1, 1, 2])))
    return made


def fill(guild: Any, people: list[Person]) -> None:
    guild.recorded(SINCE, NOW_MS)
    for one in people:
        guild.member(
            one.number,
            is_bot=one.is_bot,
            first_join_ms=one.stays[0][0] if one.stays else None,
            withdrawn_at_ms=NOW_MS - HOUR if one.has_withdrawn else None,
        )
        for joined, left in one.stays:
            guild.spell(one.number, joined, left, "left" if left else None)
    humans = [one for one in people if not one.is_bot]
    for day in range(DAYS):
        end = min(midnight(day + 1), NOW_MS)
        number = (FIRST - date(1970, 1, 1)).days + day
        guild.sets[(number, "present")] = {p.number for p in humans if p.was_here(day, raids=True)}
        guild.sets[(number, "present_at_end")] = {p.number for p in humans if p.was_here_at(end, raids=True)}
        for activity in ("voice", "command", "text"):
            guild.sets[(number, activity)] = {p.number for p in humans if activity in p.did.get(day, ())}


class Reference:
    """Every number again, from the people themselves."""

    def __init__(self, people: list[Person]) -> None:
        self.humans = [person for person in people if not person.is_bot]
        self.people = [person for person in self.humans if not person.has_withdrawn]
        self.exposed = cache(self._exposed)

    def _exposed(self, days: range) -> set[int]:
        if not any(person.was_here(day, raids=True) for person in self.humans for day in days):
            return {person.number for person in self.people for day in days if person.did.get(day)}
        return {p.number for p in self.people if any(p.was_here(day, raids=False) for day in days)}

    def doing(self, days: range, activities: tuple[str, ...]) -> set[int]:
        done = set()
        for person in self.people:
            for day in days:
                if any(activity in person.did.get(day, ()) for activity in activities):
                    done.add(person.number)
        return done & self.exposed(days)

    def active(self, days: range) -> set[int]:
        return self.doing(days, QUALIFYING)

    def growth(self, last: range, this: range) -> dict[str, int]:
        counts = dict.fromkeys(("returning", "dormant", "left", "new", "first_seen", "resurrected"), 0)
        now, then = self.active(this), self.active(last)
        for person in self.people:
            counts_as = self.kind(person, person.number in now, person.number in then, this)
            if counts_as:
                counts[counts_as] += 1
        return counts

    def kind(self, person: Person, is_active: bool, was_active: bool, this: range) -> str | None:
        if is_active and was_active:
            return "returning"
        if was_active:
            return "dormant" if person.was_here_at(midnight(this[-1] + 1), raids=False) else "left"
        if not is_active:
            return None
        if any(person.did.get(day, set()) & set(QUALIFYING) for day in range(this[0])):
            return "resurrected"
        return "first_seen" if person.stays[0][0] < SINCE else "new"

    def raids(self, days: range) -> int:
        return sum(
            any(p.was_here(d, raids=True) and not p.was_here(d, raids=False) for d in days)
            for p in self.people
        )

    def tested(self, now: set[int], then: set[int]) -> tuple[int, int, float]:
        gained, lost = len(now - then), len(then - now)
        tosses = gained + lost
        tail = sum(comb(tosses, heads) for heads in range(min(gained, lost) + 1))
        return gained, lost, float(min(Fraction(1), 2 * Fraction(tail, 2**tosses)))


def wilson(part: int, whole: int) -> tuple[float, float]:
    z = 1.959963984540054
    p = part / whole
    root = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return (p + z * z / (2 * whole) - root) / (1 + z * z / whole), (p + z * z / (2 * whole) + root) / (
        1 + z * z / whole
    )


def check_active(of: Reference, kpi: Any) -> None:
    now, then, exposed = of.active(THIS), of.active(LAST), of.exposed(THIS)
    assert (kpi.current.value, kpi.previous.value) == (len(now), len(then))
    if kpi.current.denominator is not None:
        assert kpi.current.denominator == len(exposed)
    if kpi.change.p_value is not None:
        assert (kpi.change.gained, kpi.change.lost, kpi.change.p_value) == pytest.approx(of.tested(now, then))


def check_voice(of: Reference, kpi: Any) -> None:
    now, then, exposed = of.doing(THIS, ("voice",)), of.doing(LAST, ("voice",)), of.exposed(THIS)
    assert (kpi.current.numerator, kpi.current.denominator) == (len(now), len(exposed))
    if len(exposed) < 10:
        assert kpi.current.value is None
    else:
        assert kpi.current.value == pytest.approx(len(now) / len(exposed))
        assert kpi.current.interval == pytest.approx(wilson(len(now), len(exposed)), abs=1e-9)
    if kpi.change.p_value is not None:
        both = exposed & of.exposed(LAST)
        expected = of.tested(now & both, then & both)
        assert (kpi.change.gained, kpi.change.lost, kpi.change.p_value) == pytest.approx(expected)


def check_verdicts(kpis: list[Any]) -> None:
    """Holm's procedure step by step: from the smallest p-value on, until one is too large."""
    tested = sorted((kpi for kpi in kpis if kpi.change.p_value is not None), key=lambda k: k.change.p_value)
    is_rejecting = True
    for rank, kpi in enumerate(tested):
        is_rejecting = is_rejecting and kpi.change.p_value * (len(tested) - rank) < 0.05
        moved_alike = kpi.change.difference * (kpi.change.gained - kpi.change.lost) > 0
        assert (kpi.change.verdict == "clear") == (is_rejecting and moved_alike)


def check_bridge(of: Reference, bridge: Any, last: range, this: range) -> None:
    expected = of.growth(last, this)
    assert {name: getattr(bridge, name) for name in expected} == expected
    assert bridge.previous - bridge.dormant - bridge.left + bridge.new + bridge.first_seen + (
        bridge.resurrected
    ) == (bridge.current)
    assert (bridge.previous, bridge.current) == (len(of.active(last)), len(of.active(this)))
    gained, lost = bridge.new + bridge.first_seen + bridge.resurrected, bridge.dormant + bridge.left
    assert bridge.quick_ratio == (pytest.approx(gained / lost) if lost else None)


def check_attrition(of: Reference, kpi: Any, report: Any) -> None:
    growth, active = of.growth(LAST, THIS), len(of.active(LAST))
    for name, kind in (("soft_attrition", "dormant"), ("hard_attrition", "left")):
        found = kpi(report, name).current
        assert (found.numerator, found.denominator) == (growth[kind], active)
        assert found.value == (pytest.approx(growth[kind] / active) if active >= 10 else None)
    previous = of.growth(BEFORE, LAST)
    lost_before = kpi(report, "dropped_out").previous.value
    assert lost_before == previous["dormant"] + previous["left"]


@given(seed=st.integers(0, 2**32), size=st.one_of(st.integers(0, 12), st.integers(30, 60)))
@settings(max_examples=50)
async def test_every_number_agrees_with_brute_force_and_the_bridge_adds_up(
    warehouse: Any, new_guild: Any, kpi: Any, seed: int, size: int
) -> None:
    people, guild = history(seed, size), new_guild()
    fill(guild, people)
    await guild.write(warehouse)
    report, of = await guild.health(warehouse, NOW), Reference(people)
    active, voice = kpi(report, "weekly_active_members"), kpi(report, "voice_activity_rate")
    check_active(of, active)
    check_voice(of, voice)
    check_verdicts([active, voice])
    check_bridge(of, report.bridge, LAST, THIS)
    check_attrition(of, kpi, report)
    assert report.excluded["raids"] == of.raids(THIS)
    assert kpi(report, "daily_active_members").current.value == len(of.active(range(DAYS - 1, DAYS)))
    assert len(report.finding) <= 120
