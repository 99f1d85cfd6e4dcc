"""Whether those who come to a series keep coming. Definitions: docs/kpis.md, "Events" and the KPIs of series.

Everything here is said of the occurrences held, oldest first, of which at least 80 % were recorded. Whom a
gap may have hidden is in neither number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.held import Again, Held
from reports.occurrence_records import Occurrence
from reports.turnout import People
from storage.day_sets import union

REGULAR_AT, REGULAR_OF = 3, 4  # at so many of the last so many
BACK_WITHIN = 2  # held, in which a first-timer comes again
LAST_HELD = 8


@dataclass(frozen=True, slots=True)
class Stopped:
    """Of some people, who then came to none of the next held."""

    after: Occurrence  # the last one that decided who they are
    known: People  # of whom it is known whether they came again
    stopped: People


def regulars_at(held: Sequence[Held], place: int) -> People:
    """Who surely attended at least 3 of the 4 held up to the one at `place`; nobody before 4 were."""
    last = held[max(0, place - REGULAR_OF + 1) : place + 1]
    if len(last) < REGULAR_OF:
        return People()
    return Again.at_least(REGULAR_AT, union(one.attended for one in last), last).there


def regulars_stopped(held: Sequence[Held], missed: int, back: int = 0) -> Stopped | None:
    """Of the regulars as of the one held before the newest `missed`, who attended none of those.

    `back`: as things stood so many held ago. None where fewer than 4 + `missed` were held by then.
    """
    newest = len(held) - 1 - back
    place = newest - missed
    if place < REGULAR_OF - 1:
        return None
    regulars = regulars_at(held, place)
    again = Again.at_any(regulars, held[place + 1 : newest + 1])
    return Stopped(held[place].occurrence, again.known, again.known - again.there)


def stopped_over_time(held: Sequence[Held], missed: int, points: int) -> list[Stopped]:
    """The same as it stood at each of the newest held, oldest first."""
    made = [regulars_stopped(held, missed, back) for back in range(points - 1, -1, -1)]
    return [one for one in made if one]


def first_timers_back(held: Sequence[Held]) -> Again:
    """Of the first-timers of the last 8 that two more followed, who attended one of those two.

    Who attended the first one ever recorded may have come for years: of them nobody knows.
    """
    known, there = People(), People()
    for place in filter(None, _decided(held, BACK_WITHIN)):
        before = Again.at_any(held[place].attended, held[:place])
        new = before.known - before.there
        again = Again.at_any(new, held[place + 1 : place + 1 + BACK_WITHIN])
        known |= again.known
        there |= again.there
    return Again(known, there)


def never_again(held: Sequence[Held], number: int) -> Again:
    """Of those whose attendance number `number` was at one of the last 8 that so many more followed: who came
    to any of these (`there`), of those of whom it is known.
    """
    known, there = People(), People()
    times: dict[int, int] = {}
    decided = _decided(held, number)
    for place, one in enumerate(held):
        reached = People()
        for member_no in one.attended:
            times[member_no] = times.get(member_no, 0) + 1
            if times[member_no] == number:
                reached.add(member_no)
        if place in decided:
            again = Again.at_any(reached, held[place + 1 : place + 1 + number])
            known |= again.known
            there |= again.there
    return Again(known, there)


def _decided(held: Sequence[Held], following: int) -> range:
    """The places of the last 8 that so many more were held after."""
    end = max(0, len(held) - following)
    return range(max(0, end - LAST_HELD), end)
