"""Discord's lists of members, of voice and of events, held against what the log believed when they came.

Each list that ended leaves one row. Withdrawn people are in none of its numbers.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from storage.fold.changes import Changes, Reconciliation

TAKEN = "taken"
REFUSED = "refused"  # it is whole, and not believed
PARTIAL = "partial"  # something of it is missing


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
) -> None:
    """Notes how a list that has ended compared, and what was made of it."""
    listed, absent, unexpected = compared
    believed = listed - unexpected + absent
    row = Reconciliation(listed, believed, absent, unexpected, verdict, reason)
    changes.reconciliations[at_ms, source] = row
