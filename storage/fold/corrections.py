"""What staff correct, and take back. What stands of it is laid over an occurrence when it is concluded."""

from __future__ import annotations

from collections.abc import Iterable

from storage.corrections import (
    NOTHING_TOLD,
    CorrectionKey,
    StaffCorrection,
    Subject,
    Told,
    told_of,
)
from storage.facts import CorrectionFact, CorrectionMade, EventDeclared
from storage.fold.changes import Changes
from storage.fold.reconciliations import Refused
from storage.occurrence import OccurrenceKey


class Corrections:
    def __init__(self, changes: Changes, saved: Iterable[StaffCorrection]) -> None:
        self._changes = changes
        self._by_key: dict[CorrectionKey, StaffCorrection] = {}
        self._of: dict[OccurrenceKey, list[StaffCorrection]] = {}
        for correction in saved:
            self._keep(correction)

    def told(self, occurrence: OccurrenceKey) -> Told:
        """What stands of an occurrence."""
        corrections = self._of.get(occurrence)
        return told_of(corrections) if corrections else NOTHING_TOLD

    def noted(self, fact: CorrectionFact) -> OccurrenceKey | None:
        """The occurrence of which something else stands now. Raises Refused."""
        key = CorrectionKey(fact.correction_id, fact.part)
        correction = self._by_key.get(key)
        if isinstance(fact, CorrectionMade):
            return None if correction else self._made(fact)
        if correction is None:
            raise Refused(f"it takes back a correction that is not known: {key.correction_id}/{key.part}")
        if correction.taken_back_ms is not None:
            return None
        correction.taken_back_ms, correction.taken_back_by = fact.to_ms, fact.taken_back_by
        return self._write(correction)

    def declared(self, fact: EventDeclared) -> None:
        """An event that was told of can be taken back like a correction."""
        self._write(
            StaffCorrection(
                correction_id=fact.event_id,
                part=0,
                at_ms=fact.to_ms,
                made_by=fact.declared_by,
                event_id=fact.event_id,
                original_start_ms=fact.start_ms,
                subject=Subject.DECLARED,
                member_no=None,
                value=fact.title,
            )
        )

    def _made(self, fact: CorrectionMade) -> OccurrenceKey:
        return self._write(
            StaffCorrection(
                correction_id=fact.correction_id,
                part=fact.part,
                at_ms=fact.to_ms,
                made_by=fact.made_by,
                event_id=fact.event_id,
                original_start_ms=fact.original_start_ms,
                subject=fact.subject,
                member_no=fact.member_no,
                value=fact.value,
            )
        )

    def _keep(self, correction: StaffCorrection) -> None:
        if correction.key not in self._by_key:
            self._by_key[correction.key] = correction
            self._of.setdefault(correction.occurrence, []).append(correction)

    def _write(self, correction: StaffCorrection) -> OccurrenceKey:
        self._keep(correction)
        self._changes.staff_corrections[correction.key] = correction
        self._changes.corrected.add(correction.occurrence)
        return correction.occurrence
