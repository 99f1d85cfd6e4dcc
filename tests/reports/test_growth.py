"""The bridge as sets: whoever is generated, everybody is in exactly one of them, and it adds up."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from reports.growth import Growth, bridge, endings_of, growth
from reports.periods import previous, week_of
from reports.populations import Populations

THIS = week_of(20_402, "Europe/Berlin")
LAST = previous(THIS)
DAYS = range(LAST.first_day - 5, THIS.last_day + 1)

# A number's bits are people: much cheaper to draw than sets. Two must agree, so that a quarter are in.
bits = st.integers(0, 2**25 - 1)
people = st.builds(lambda one, other: members_of(one & other), bits, bits)
by_day = st.dictionaries(st.sampled_from(DAYS), people, max_size=len(DAYS))


def members_of(number: int) -> BitMap:
    return BitMap(person for person in range(1, 26) if number >> person - 1 & 1)


@st.composite
def populations(draw: st.DrawFn) -> Populations:
    withdrawn = draw(people)
    return Populations(
        qualifying=("voice", "command"),
        activities={"voice": draw(by_day), "command": draw(by_day), "text": draw(by_day)},
        present=draw(by_day),
        ended=draw(by_day),
        joins={},
        newcomers=draw(people),
        raids=draw(by_day),
        raiders=BitMap(),
        withdrawn=withdrawn,
        outside=withdrawn | draw(people),
        latest_day=draw(st.sampled_from(DAYS)),
        zone="UTC",
    )


@given(populations())
@settings(max_examples=300)
def test_everybody_active_is_in_exactly_one_set_and_the_bridge_adds_up(of: Populations) -> None:
    grown = growth(of, LAST, THIS)
    sets = [set(getattr(grown, field.name)) for field in fields(Growth)]
    then, now = set(of.active(LAST)), set(of.active(THIS))
    assert set().union(*sets) == then | now
    assert sum(map(len, sets)) == len(then | now)
    told = bridge(grown)
    assert (told.previous, told.current) == (len(then), len(now))
    assert told.dormant is not None
    assert told.left is not None
    assert told.new is not None
    assert told.first_seen is not None
    assert told.resurrected is not None
    gained = told.new + told.first_seen + told.resurrected
    assert told.previous - told.dormant - told.left + gained == told.current
    assert (told.lost, told.gained) == (told.dormant + told.left, gained)
    assert told.returning == len(then & now)


def test_how_people_went_adds_up_too() -> None:
    ways = dict(endings_of(BitMap([1, 2, 3, 9]), {1: "left", 2: "banned", 3: "left", 4: "kicked"}))
    assert ways == {"left": 2, "kicked": 0, "banned": 1, "pruned": 0, "unknown": 1}
