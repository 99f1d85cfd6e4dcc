"""Discord's lists of members, voice, events and answers, held against what the log believed when they came.

Each list that ended leaves one row. Withdrawn people are in none of its numbers.
Decision: docs/decisions/0042.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct
from pyroaring import BitMap64

from storage.fold.changes import Changes, ListKey, Reconciliation

TAKEN = "taken"
REFUSED = "refused"  # it is whole, and not believed
PARTIAL = "partial"  # something of it is missing

LARGEST_REMOVAL = 0.2  # of what is believed in ("Drift"): a list that would remove more is refused
FEWEST = 10  # of fewer a share says nothing: two of them may be gone


class Refused(Exception):
    """A fact that is understood and not believed. Its text is the dead letter's reason."""


class Doubted(Struct):
    """The newest list that was refused: what one more lacks as well is gone."""

    snapshot: str
    absent: bytes  # a bitmap of member numbers, or of events' ids

    @classmethod
    def of(cls, snapshot: str, absent: Iterable[int]) -> Doubted:
        # in this order the same numbers have the same bytes
        return cls(snapshot, bytes(BitMap64(sorted(absent)).serialize()))

    def lacked(self) -> BitMap64:
        return BitMap64.deserialize(self.absent)


def is_plausible(absent: Iterable[int], believed: int, doubted: Doubted | None) -> bool:
    """Whether a whole list may remove these of so many, after the one that was refused before it."""
    lacked_before = BitMap64() if doubted is None else doubted.lacked()
    unheard_of = sum(one not in lacked_before for one in absent)
    return unheard_of <= LARGEST_REMOVAL * max(believed, FEWEST)


class Arriving(Struct):
    """What of a list has come so far."""

    snapshot: str | None = None
    unexpected: int = 0  # counted as they come: afterwards the log believes in them

    def begins(self, snapshot: str) -> bool:
        """Whether this is the first of another list than before, of which nothing more will come."""
        if self.snapshot == snapshot:
            return False
        self.snapshot, self.unexpected = snapshot, 0
        return True

    def met(self, is_believed: bool) -> None:
        self.unexpected += not is_believed

    def ended(self) -> None:
        self.snapshot, self.unexpected = None, 0


class Compared(NamedTuple):
    """A list beside what was believed when it came."""

    listed: int
    absent: int  # believed in, and not in it
    unexpected: int  # in it, and not believed in


def reconciled(
    changes: Changes,
    source: str,
    at_ms: int,
    compared: Compared,
    *,
    verdict: str = TAKEN,
    reason: str | None = None,
    of: tuple[int, int] = (0, 0),
) -> None:
    """Notes how a list that has ended compared, and what was made of it.

    `of`: the event and the occurrence that a list of answers is about.
    """
    listed, absent, unexpected = compared
    believed = listed - unexpected + absent
    row = Reconciliation(listed, believed, absent, unexpected, verdict, reason)
    changes.reconciliations[ListKey(at_ms, source, *of)] = row
