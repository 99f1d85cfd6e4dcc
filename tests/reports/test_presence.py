"""Who was there at which moment of an event."""

from __future__ import annotations

from itertools import pairwise

from pyroaring import BitMap

from reports.occurrence_records import Stay
from reports.presence import Presence, without_breaks

BREAK = 5
EVERYBODY = BitMap(range(10))


def presence(*stays: tuple[int, int, int], window: tuple[int, int] = (100, 200)) -> Presence:
    return Presence.of([Stay(*stay) for stay in stays], window, BREAK, BitMap([9]))


def test_changing_the_channel_is_no_break() -> None:
    assert presence((1, 90, 120), (1, 120, 150)).steps((80, 210)) == ((80, 0), (90, 1), (150, 0))


def test_being_in_two_channels_at_once_is_one_person() -> None:
    assert presence((1, 100, 150), (1, 120, 140)).steps((80, 210)) == ((80, 0), (100, 1), (150, 0))


def test_a_short_break_within_the_window_is_none() -> None:
    # away for 5, and for 6
    assert presence((1, 110, 120), (1, 125, 130), (1, 136, 140)).spans[1] == ((110, 130), (136, 140))


def test_a_break_before_it_began_is_one() -> None:
    assert presence((1, 90, 96), (1, 98, 99), (1, 103, 120)).spans[1] == ((90, 96), (98, 99), (103, 120))


def test_who_is_left_out_is_never_there() -> None:
    assert presence((9, 100, 200)).steps((80, 210)) == ((80, 0),)


def test_whoever_leaves_at_a_moment_is_gone_and_whoever_comes_is_there() -> None:
    there = presence((1, 100, 150), (2, 150, 200))
    assert there.there_at(150) == BitMap([2])
    assert there.moment(0.5) == 150


def test_dropping_off_is_being_there_early_and_not_in_the_last_quarter() -> None:
    there = presence(
        (1, 100, 150),  # gone at half time
        (2, 149, 175),  # gone when the last quarter begins
        (3, 100, 176),  # still there
        (4, 100, 120),
        (4, 190, 200),  # back for the end
        (5, 150, 160),  # not there in the first half
        (6, 90, 200),
    )
    gone, first_half = there.dropped_off(EVERYBODY)
    assert (set(gone), set(first_half)) == ({1, 2}, {1, 2, 3, 4, 6})
    gone, first_half = there.dropped_off(BitMap([1, 3]))  # of the attendees
    assert (set(gone), set(first_half)) == ({1}, {1, 3})


def test_the_peak_is_its_first_moment_within_the_window() -> None:
    there = presence((1, 80, 99), (2, 80, 99), (3, 80, 150), (4, 120, 130), (5, 140, 145))
    assert there.peak() == (120, 2)  # three were there before it began


def test_the_area_under_the_curve_is_everybodys_presence() -> None:
    there = presence((1, 100, 150), (2, 130, 190), (3, 20, 110))
    steps = [*there.steps((100, 200)), (200, 0)]
    area = sum(people * (end - start) for (start, people), (end, _) in pairwise(steps))
    assert area == 50 + 60 + 10


def test_nobody_was_there() -> None:
    assert presence().peak() == (100, 0)
    assert presence().dropped_off(EVERYBODY) == (BitMap(), BitMap())
    assert without_breaks([], BREAK) == []
