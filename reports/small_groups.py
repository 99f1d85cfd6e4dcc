"""What of a partition may be shown where small groups may not. Definition: docs/kpis.md, "Small groups"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

WITHHELD = "A part of it is too few people to be shown in a channel."

Name = TypeVar("Name", str, tuple[str, str])


def is_small(people: int, min_group: int) -> bool:
    """Nobody is no group: that there is nobody may be said."""
    return 0 < people < min_group


def withheld(cells: Mapping[Name, int], min_group: int, already: Collection[Name] = ()) -> frozenset[Name]:
    """The cells that may not be shown: the small ones, and others until no hidden one can be computed.

    Whoever knows the whole knows the sum of what is hidden: it must be of two cells, and not small itself.
    `already`: cells that are hidden for another reason; of nobody they hide nothing.
    """
    hidden = {name for name, size in cells.items() if 0 < size < min_group or (size and name in already)}
    others = sorted((size, name) for name, size in cells.items() if size and name not in hidden)
    while hidden and others and (len(hidden) < 2 or sum(cells[name] for name in hidden) < min_group):
        hidden.add(others.pop(0)[1])
    return frozenset(hidden)
