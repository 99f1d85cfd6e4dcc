"""What a dead letter lacks: of a malformed field nothing was kept, so that it cannot be read again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.allow_list import ALLOWED, Allowed, Each

PATHS: Final = re.compile(r"[a-z_.]+( or [a-z_.]+)*")


def is_lost(reason: str) -> bool:
    """Whether a reason names a field that this version reads, too, or says that nothing could be kept."""
    return any(_is_needed(part.partition(": ")[0]) for part in reason.split("; "))


def _is_needed(place: str) -> bool:
    return PATHS.fullmatch(place) is None or not READ.isdisjoint(place.split(" or "))


def _paths(allowed: Allowed | Each) -> Iterator[str]:
    for kept_field in allowed.fields:
        yield from kept_field.paths
    if allowed.person:
        yield allowed.person
    if allowed.other:
        yield allowed.other.path
    if isinstance(allowed, Allowed):
        yield allowed.guild
        yield from (passing.path for passing in allowed.passing)
        yield from (part.path for part in allowed.parts)
        for each in allowed.each:
            yield each.path
            yield from _paths(each)


READ: Final = frozenset(path for allowed in ALLOWED.values() for path in _paths(allowed))
