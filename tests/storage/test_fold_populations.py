"""Who was there on each local day: by hand, and against the definition on random histories."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.fold.changes import Changes, Spell
from storage.rules import Rules

MONDAY = 20514  # 2 March 2026
HOUR = 3_600_000
DAY = 24 * HOUR


def present(changes: Changes) -> dict[int, set[int]]:
    return {day: set(sets.present) for day, sets in sorted(changes.days.items())}


def at_end(changes: Changes) -> dict[int, set[int]]:
    return {day: set(sets.present_at_end) for day, sets in sorted(changes.days.items())}


def test_someone_is_there_from_the_day_of_joining_to_the_day_of_leaving(history: Any) -> None:
    history.covered("2026-03-02 00:00", "2026-03-02 01:00")
    history.joins(1, "2026-03-03 10:00")
    history.leaves(1, "2026-03-05 10:00")
    history.covered("2026-03-02 01:00", "2026-03-06 01:00")
    changes = history.folded()
    assert present(changes) == {20514: set(), 20515: {1}, 20516: {1}, 20517: {1}, 20518: set()}
    assert at_end(changes) == {20514: set(), 20515: {1}, 20516: {1}, 20517: set(), 20518: set()}


def test_days_are_those_of_the_zone(history: Any) -> None:
    history.joins(1, "2026-03-02 23:30")
    berlin = history.folded(Rules(zone="Europe/Berlin"))
    new_york = history.folded(Rules(zone="America/New_York"))
    assert (present(berlin), present(new_york)) == ({MONDAY + 1: {1}}, {MONDAY: {1}})


def test_days_before_recording_began_have_no_population(history: Any) -> None:
    history.lists_members("2026-03-02 10:00", {1: "2024-01-01 00:00"})
    assert present(history.folded()) == {MONDAY: {1}}


def test_a_short_absence_never_was_one(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-03 10:00")
    history.joins(1, "2026-03-10 09:59")  # a minute less than seven days
    changes = history.folded()
    assert present(changes) == {day: {1} for day in range(MONDAY, MONDAY + 9)}
    assert at_end(changes) == present(changes)


def test_a_long_absence_was_one(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-03 10:00")
    history.joins(1, "2026-03-10 10:00")
    changes = history.folded()
    assert [day - MONDAY for day, people in present(changes).items() if people] == [0, 1, 8]
    assert [day - MONDAY for day, people in at_end(changes).items() if people] == [0, 8]


def test_rules_say_how_long_an_absence_is_bridged(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-03 10:00")
    history.joins(1, "2026-03-06 10:00")
    assert [bool(people) for people in present(history.folded(Rules(bridge_days=3))).values()] == [
        *(True, True, False, False, True)
    ]


def test_a_leave_learned_days_later_empties_the_days_since(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.covered("2026-03-03 10:00", "2026-03-06 10:00", "gap")
    history.lists_members("2026-03-06 10:00", {2: "2026-03-05 10:00"})
    changes = history.folded()
    assert present(changes) == {20514: {1}, 20515: {1}, 20516: set(), 20517: {2}, 20518: {2}}
    assert at_end(changes) == {20514: {1}, 20515: set(), 20516: set(), 20517: {2}, 20518: {2}}


def test_bots_are_in_no_population(history: Any) -> None:
    history.joins(9, "2026-03-02 10:00", bot=True)
    history.changes(8, "2026-03-02 10:00", joined="2026-03-01 10:00")
    history.covered("2026-03-02 10:00", "2026-03-04 10:00")
    history.changes(8, "2026-03-04 10:00", bot=True)
    assert present(history.folded()) == {20514: set(), 20515: set(), 20516: set()}


def test_withdrawing_leaves_the_days_before_as_they_were(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.withdraws(1, "2026-03-03 10:00")
    history.covered("2026-03-03 10:00", "2026-03-04 10:00")
    assert present(history.folded()) == {20514: {1}, 20515: {1}, 20516: set()}


# ---------------------------------------------------------------- the definition


def bridged(spells: list[Spell], bridge_ms: int) -> list[tuple[int, int | None]]:
    """Spells of one person, those less than `bridge_ms` apart as one."""
    if not spells:
        return []
    spans = sorted((spell.joined_ms, spell.left_ms) for spell in spells)
    starts = [spans[0][0]]
    ends = []
    for (_, left), (joined, _) in pairwise(spans):
        if left is None or joined - left >= bridge_ms:
            starts.append(joined)
            ends.append(left)
    return list(zip(starts, [*ends, spans[-1][1]], strict=True))


def by_definition(changes: Changes, rules: Rules, day: int) -> tuple[set[int], set[int]]:
    start, end = rules.day_start_ms(day), rules.day_start_ms(day + 1)
    there, there_at_end = set(), set()
    for person in (member.member_no for member in changes.members.values() if not member.is_bot):
        mine = [spell for spell in changes.spells.values() if spell.member_no == person]
        for joined, left in bridged(mine, rules.bridge_days * DAY):
            if joined < end and (left is None or left > start or joined >= start):
                there.add(person)
            if joined < end and (left is None or left >= end):
                there_at_end.add(person)
    return there, there_at_end


person = st.integers(1, 3)
steps = st.one_of(
    st.tuples(st.just("join"), person),
    st.tuples(st.just("leave"), person, st.integers(0, 60)),
    st.tuples(st.just("change"), person, st.none() | st.integers(0, 300), st.integers(0, 60)),
    st.tuples(st.just("gap"), st.integers(1, 200)),
    st.tuples(st.just("list"), st.dictionaries(person, st.integers(0, 300))),
    st.tuples(st.just("covered")),
)
plans = st.lists(st.tuples(st.integers(0, 80), steps), min_size=1, max_size=25)


def tell(history: Any, plan: list[tuple[int, tuple[Any, ...]]], start: int) -> None:
    """Writes a plan down, in hours: some of it late, some of it contradicting what was seen."""
    now = start
    for number, (delay, (kind, *details)) in enumerate(plan):
        now += delay * HOUR
        if kind == "join":
            history.joins(details[0], now)
        elif kind == "leave":
            history.leaves(details[0], now, until=now + details[1] * HOUR)
            now += details[1] * HOUR
        elif kind == "change":
            joined = None if details[1] is None else now - details[1] * HOUR
            history.changes(details[0], now, joined=joined, until=now + details[2] * HOUR)
            now += details[2] * HOUR
        elif kind == "gap":
            history.covered(now, now + details[0] * HOUR, "gap")
            now += details[0] * HOUR
        elif kind == "list":
            joined_at = {who: now - hours * HOUR for who, hours in details[0].items()}
            history.lists_members(now, joined_at, snapshot=str(number))
        else:
            history.covered(now, now)


@settings(max_examples=150)
@given(plan=plans, zone=st.sampled_from(["Europe/Berlin", "Pacific/Auckland", "America/Havana"]))
def test_the_days_sets_are_what_the_spells_say(new_history: Any, at: Any, plan: Any, zone: str) -> None:
    history, rules = new_history(), Rules(zone=zone)
    tell(history, plan, at("2026-03-20 10:00"))
    changes = history.folded(rules)
    first = rules.local_day(history.rows[0].occurred_to_ms)
    last = rules.local_day(max(row.occurred_to_ms for row in history.rows))
    assert sorted(changes.days) == list(range(first, last + 1))
    for day, sets in changes.days.items():
        assert (set(sets.present), set(sets.present_at_end)) == by_definition(changes, rules, day)


@settings(max_examples=60)
@given(plan=plans)
def test_spells_of_one_person_never_overlap(new_history: Any, at: Any, plan: Any) -> None:
    history = new_history()
    tell(history, plan, at("2026-03-20 10:00"))
    changes = history.folded()
    for member in changes.members.values():
        mine = sorted(
            (spell.joined_ms, spell.left_ms)
            for spell in changes.spells.values()
            if spell.member_no == member.member_no
        )
        for (_, left), (joined, _) in pairwise(mine):
            assert left is not None
            assert left <= joined
        assert member.is_current == bool(mine and mine[-1][1] is None)
