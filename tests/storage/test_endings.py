"""Why memberships ended, by hand: each case beside one in which the rule next to it would say otherwise."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.attendance.intervals import Span
from storage.endings import Entry, Leave, endings

KICK, PRUNE, BAN = 20, 21, 22
EVERYTHING = [Span(0, 10**9)]
NOTHING: list[Span] = []


def leave(person: int, from_s: int, to_s: int | None = None, joined_s: int = 0) -> Leave:
    return Leave(person, joined_s * 1000, from_s * 1000, (from_s if to_s is None else to_s) * 1000)


def entry(
    entry_id: int, action: int, at_s: float, person: int | None = None, removed: int | None = None
) -> Entry:
    return Entry(entry_id, action, person, int(at_s * 1000), removed)


def reasons(
    leaves: list[Leave],
    entries: list[Entry],
    recorded: list[Span] = NOTHING,
    withdrawn_s: tuple[float, ...] = (),
) -> dict[tuple[int, int], str]:
    """Person and second of leaving → reason."""
    found = endings(leaves, entries, recorded, [int(at * 1000) for at in withdrawn_s])
    return {(one.member_no, one.from_ms // 1000): how for one, how in found.items()}


@pytest.mark.parametrize(("action", "how"), [(KICK, "kicked"), (BAN, "banned")])
def test_an_entry_with_this_person_tells(action: int, how: str) -> None:
    leaves = [leave(1, 5000), leave(2, 5000)]
    assert reasons(leaves, [entry(1, action, 5001, person=1)], EVERYTHING) == {
        (1, 5000): how,
        (2, 5000): "left",  # somebody else's entry
    }


@pytest.mark.parametrize(
    ("at_s", "how"),
    [
        (4940, "kicked"),  # a minute before the earliest moment
        (4939.999, "left"),
        (5000, "kicked"),
        (5300, "kicked"),  # somewhere between
        (5660, "kicked"),  # a minute after the latest
        (5660.001, "left"),
    ],
)
def test_an_entry_is_at_most_a_minute_outside_of_when_it_can_have_been(at_s: float, how: str) -> None:
    assert reasons([leave(1, 5000, 5600)], [entry(1, KICK, at_s, person=1)], EVERYTHING) == {(1, 5000): how}


def test_the_nearest_entry_tells() -> None:
    entries = [entry(1, KICK, 5040, person=1), entry(2, BAN, 5010, person=1)]
    assert reasons([leave(1, 5000)], entries) == {(1, 5000): "banned"}


def test_of_two_that_are_equally_near_the_first_removed_them() -> None:
    entries = [entry(2, BAN, 5100, person=1), entry(1, KICK, 5050, person=1)]
    assert reasons([leave(1, 5000, 5600)], entries) == {(1, 5000): "kicked"}


def test_an_entry_explains_one_leave() -> None:
    leaves = [leave(1, 5000), leave(1, 5040, joined_s=5020)]
    assert reasons(leaves, [entry(1, KICK, 5041, person=1)], EVERYTHING) == {
        (1, 5000): "left",  # no more than 41 seconds away, and taken
        (1, 5040): "kicked",
    }


def test_two_entries_explain_two_leaves() -> None:
    leaves = [leave(1, 5000), leave(1, 5040, joined_s=5020)]
    entries = [entry(1, KICK, 5002, person=1), entry(2, BAN, 5041, person=1)]
    assert reasons(leaves, entries) == {(1, 5000): "kicked", (1, 5040): "banned"}


def test_old_leaves_of_the_same_person_have_their_own_entries() -> None:
    leaves = [leave(1, 5000), leave(1, 900_000, joined_s=6000)]
    assert reasons(leaves, [entry(1, KICK, 5002, person=1)], EVERYTHING) == {
        (1, 5000): "kicked",
        (1, 900_000): "left",
    }


class TestPrunes:
    def test_as_many_as_it_removed_were_pruned(self) -> None:
        leaves = [leave(person, 5000 + person) for person in (1, 2, 3)]
        found = reasons(leaves, [entry(1, PRUNE, 5000, removed=3)], EVERYTHING)
        assert set(found.values()) == {"pruned"}

    def test_of_more_than_it_removed_nobody_guesses_who(self) -> None:
        leaves = [leave(person, 5000 + person) for person in (1, 2, 3)]
        found = reasons(leaves, [entry(1, PRUNE, 5000, removed=2)], EVERYTHING)
        assert set(found.values()) == {"unknown"}  # though the record says “left” of whom no entry tells

    def test_where_fewer_are_known_than_it_removed_others_were_and_nobody_guesses_how_many(self) -> None:
        """Two of whom nothing is known, and one of these; or three, and these two left by themselves."""
        leaves = [leave(1, 5001), leave(2, 5040)]
        found = reasons(leaves, [entry(1, PRUNE, 5000, removed=3)], EVERYTHING)
        assert set(found.values()) == {"unknown"}

    def test_somebody_who_withdrew_may_be_one_of_those_whom_it_removed(self) -> None:
        """Of whom no leave is recorded: then one of the three left by themselves."""
        leaves = [leave(1, 5000), leave(2, 5000), leave(9, 5040)]
        found = reasons(leaves, [entry(1, PRUNE, 5000, removed=3)], EVERYTHING, withdrawn_s=(200,))
        assert set(found.values()) == {"unknown"}

    def test_with_all_who_withdrew_and_all_who_are_known_it_is_explained(self) -> None:
        leaves = [leave(1, 5000), leave(2, 5001)]
        found = reasons(leaves, [entry(1, PRUNE, 5000, removed=4)], EVERYTHING, withdrawn_s=(200, 300))
        assert set(found.values()) == {"pruned"}

    @pytest.mark.parametrize(("at_s", "how"), [(5060, "unknown"), (5060.001, "pruned")])
    def test_who_withdrew_later_is_among_those_who_are_known(self, at_s: float, how: str) -> None:
        found = reasons([leave(1, 5000)], [entry(1, PRUNE, 5000, removed=1)], withdrawn_s=(at_s,))
        assert found == {(1, 5000): how}

    def test_where_all_it_removed_may_have_withdrawn_nobody_is_known_to_be_pruned(self) -> None:
        found = reasons([leave(1, 5000)], [entry(1, PRUNE, 5000, removed=1)], withdrawn_s=(200, 300))
        assert found == {(1, 5000): "unknown"}

    def test_what_one_prune_lacks_puts_in_doubt_whom_it_could_have_taken_from_another(self) -> None:
        """Two were near both; the third only near the first, which is explained without them."""
        leaves = [leave(1, 4950), leave(2, 5050), leave(3, 5050)]
        prunes = [entry(1, PRUNE, 5000, removed=1), entry(2, PRUNE, 5100, removed=3)]
        assert set(reasons(leaves, prunes).values()) == {"unknown"}

    def test_what_one_prune_lacks_is_nothing_to_another_with_people_of_its_own(self) -> None:
        leaves = [leave(1, 5000), leave(2, 5200)]
        prunes = [entry(1, PRUNE, 5000, removed=1), entry(2, PRUNE, 5200, removed=2)]
        assert reasons(leaves, prunes) == {(1, 5000): "pruned", (2, 5200): "unknown"}

    def test_whom_an_entry_names_does_not_count(self) -> None:
        leaves = [leave(person, 5000 + person) for person in (1, 2, 3)]
        entries = [entry(1, PRUNE, 5000, removed=2), entry(2, KICK, 5003, person=3)]
        assert reasons(leaves, entries) == {(1, 5001): "pruned", (2, 5002): "pruned", (3, 5003): "kicked"}

    @pytest.mark.parametrize(("at_s", "how"), [(4940, "pruned"), (4939.999, "left"), (5160.001, "left")])
    def test_one_that_is_further_away_explains_nothing(self, at_s: float, how: str) -> None:
        assert reasons([leave(1, 5000, 5100)], [entry(1, PRUNE, at_s, removed=1)], EVERYTHING) == {
            (1, 5000): how
        }

    def test_those_that_are_too_far_away_are_not_among_those_it_removed(self) -> None:
        leaves = [leave(1, 5000), leave(2, 5061)]
        assert reasons(leaves, [entry(1, PRUNE, 5000, removed=1)], EVERYTHING) == {
            (1, 5000): "pruned",
            (2, 5061): "left",
        }

    def test_whom_another_prune_can_explain_as_well_is_left_to_that_one(self) -> None:
        """The second prune is near the third person alone: the first has to explain no more than two."""
        leaves = [leave(1, 5000), leave(2, 5000), leave(3, 5050)]
        prunes = [entry(1, PRUNE, 5000, removed=2), entry(2, PRUNE, 5100, removed=1)]
        assert set(reasons(leaves, prunes).values()) == {"pruned"}

    def test_one_that_is_too_small_leaves_the_other_prune_s_people_alone(self) -> None:
        leaves = [leave(1, 5000), leave(2, 5000), leave(3, 5050)]
        prunes = [entry(1, PRUNE, 5000, removed=1), entry(2, PRUNE, 5100, removed=1)]
        assert reasons(leaves, prunes) == {(1, 5000): "unknown", (2, 5000): "unknown", (3, 5050): "pruned"}

    def test_where_both_together_are_too_small_everybody_is_in_doubt(self) -> None:
        leaves = [leave(person, 5050) for person in (1, 2, 3)]
        prunes = [entry(1, PRUNE, 5000, removed=1), entry(2, PRUNE, 5100, removed=1)]
        assert set(reasons(leaves, prunes).values()) == {"unknown"}

    def test_one_that_removed_nobody_puts_in_doubt_who_left_at_that_time(self) -> None:
        assert reasons([leave(1, 5000)], [entry(1, PRUNE, 5000, removed=0)], EVERYTHING) == {
            (1, 5000): "unknown"
        }


class TestRecord:
    @pytest.mark.parametrize(
        ("recorded", "how"),
        [
            ([Span(4_940_000, 5_160_000)], "left"),
            ([Span(4_940_001, 5_160_000)], "unknown"),
            ([Span(4_940_000, 5_159_999)], "unknown"),
            ([Span(0, 5_050_000), Span(5_050_001, 9_000_000)], "unknown"),
            ([Span(0, 1), Span(4_000_000, 6_000_000), Span(7_000_000, 8_000_000)], "left"),
            ([Span(6_000_000, 8_000_000)], "unknown"),
            (NOTHING, "unknown"),
        ],
    )
    def test_whoever_no_entry_tells_of_left_where_the_log_was_read_from_a_minute_before_to_one_after(
        self, recorded: list[Span], how: str
    ) -> None:
        assert reasons([leave(1, 5000, 5100)], [], recorded) == {(1, 5000): how}

    def test_what_an_entry_says_needs_no_whole_log(self) -> None:
        assert reasons([leave(1, 5000)], [entry(1, BAN, 5000, person=1)], NOTHING) == {(1, 5000): "banned"}


# ------------------------------------------------------------------ any prunes

moments = st.integers(0, 400)
some_leaves = st.lists(st.tuples(moments, st.sampled_from([0, 0, 90])), max_size=5)
some_prunes = st.lists(st.tuples(moments, st.integers(0, 3)), max_size=3)
some_withdrawn = st.lists(moments, max_size=1)

Way = tuple[int | None, ...]  # for each leave the prune that removed this person, if any


def ways(leaves: list[Leave], prunes: list[Entry], most: list[int]) -> list[Way]:
    """All ways of saying who was removed by what, none by more than the most that it can have removed."""
    choices = [
        [None, *(number for number, prune in enumerate(prunes) if leave.may_be(prune))] for leave in leaves
    ]
    return [
        way
        for way in product(*choices)
        if all(way.count(number) <= most[number] for number in range(len(most)))
    ]


def surely_pruned(leaves: list[Leave], prunes: list[Entry], withdrawn_ms: list[int]) -> set[int]:
    """Places of the leaves that are in every way that can have been, by trying all.

    What a prune removed are known people and some who withdrew. Where that cannot be, whatever is assumed, it
    has removed others, as many as one likes.
    """
    most = [prune.members_removed or 0 for prune in prunes]
    hidden = [sum(at <= prune.at_ms + 60_000 for at in withdrawn_ms) for prune in prunes]
    least = [max(0, number - others) for number, others in zip(most, hidden, strict=True)]
    tried = ways(leaves, prunes, least)
    fewest_left = min(way.count(None) for way in tried)
    best = [way for way in tried if way.count(None) == fewest_left]
    for number in range(len(prunes)):
        if any(way.count(number) < least[number] for way in best):
            least[number] = 0
    possible = [
        way
        for way in ways(leaves, prunes, most)
        if all(way.count(number) >= fewest for number, fewest in enumerate(least))
    ]
    return {place for place in range(len(leaves)) if all(way[place] is not None for way in possible)}


@given(some_leaves=some_leaves, some_prunes=some_prunes, withdrawn=some_withdrawn)
def test_pruned_is_who_is_removed_in_every_way_that_can_have_been(
    some_leaves: list[tuple[int, int]], some_prunes: list[tuple[int, int]], withdrawn: list[int]
) -> None:
    leaves = [leave(person, at, at + late) for person, (at, late) in enumerate(some_leaves)]
    prunes = [entry(number, PRUNE, at, removed=removed) for number, (at, removed) in enumerate(some_prunes)]
    withdrawn_ms = [at * 1000 for at in withdrawn]
    found = endings(leaves, prunes, NOTHING, withdrawn_ms)
    sure = surely_pruned(leaves, prunes, withdrawn_ms)
    for place, one in enumerate(leaves):
        assert found[one] == ("pruned" if place in sure else "unknown")


def test_the_order_of_what_is_told_makes_no_difference() -> None:
    leaves = [leave(1, 5000), leave(1, 5030, joined_s=5010), leave(2, 5000), leave(3, 5000)]
    entries = [
        entry(1, KICK, 5015, person=1),
        entry(2, BAN, 5015, person=1),
        entry(3, PRUNE, 5000, removed=1),
        entry(4, PRUNE, 5001, removed=1),
    ]
    told = {
        tuple(sorted(reasons(list(some), list(others)).items()))
        for some in permutations(leaves)
        for others in permutations(entries)
    }
    assert len(told) == 1
