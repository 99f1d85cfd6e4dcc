"""What stands out among the people who moved a number. Definition: docs/kpis.md, "Drivers"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.comparison import LEVEL
from reports.populations import People
from reports.report import Driver
from reports.small_groups import is_small
from reports.statistics import fisher_exact, holm


@dataclass(frozen=True, slots=True)
class Candidate:
    """A set of people that could stand out, and what is said of them."""

    key: str  # series:…, joined:…, tier:…, activity:…, segment:…
    said: str  # “had been at Thursday Inhouse in the 8 weeks before”
    people: People


def drivers(moved: People, base: People, candidates: Sequence[Candidate]) -> tuple[Driver, ...]:
    """The candidates that are clearly over-represented among those who moved, in the order given.

    `base`: all who could have moved, those who did among them. A candidate that is nobody of the base, or
    all of it, cannot stand out and is not tried.
    """
    tried = [one for one in candidates if 0 < len(one.people & base) < len(base)]
    if not tried or not moved or moved == base:
        return ()
    found = [_driver(one, moved & base, base) for one in tried]
    adjusted = holm([one.p_value for one in found])
    return tuple(
        Driver(one.key, one.said, one.part, one.moved, one.base_part, one.base, p_value)
        for one, p_value in zip(found, adjusted, strict=True)
        if p_value < LEVEL
    )


def _driver(candidate: Candidate, moved: People, base: People) -> Driver:
    part, base_part = len(candidate.people & moved), len(candidate.people & base)
    stayed = len(base) - len(moved)
    is_above = part * len(base) > base_part * len(moved)
    # who moved less than the others is no driver, however clearly: 1 only makes the test of the rest stricter
    p_value = fisher_exact(part, len(moved), base_part - part, stayed) if is_above else 1.0
    return Driver(candidate.key, candidate.said, part, len(moved), base_part, len(base), p_value)


def shown(found: Iterable[Driver], min_group: int) -> tuple[Driver, ...]:
    """Those of which no cell is too small to be shown: who moved or stayed, of them and of the others."""
    return tuple(one for one in found if not any(is_small(cell, min_group) for cell in _cells(one)))


def _cells(one: Driver) -> tuple[int, ...]:
    others = one.moved - one.part
    return (
        one.part,
        others,
        one.base_part - one.part,
        one.base - one.base_part - others,
        one.base_part,
        one.base - one.base_part,
    )
