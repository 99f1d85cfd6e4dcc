"""What people had answered when an occurrence began (docs/kpis.md, "Show rate, no-show")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from storage.facts import WHOLE_EVENT
from storage.occurrence import Occurrence


class Rsvp(StrEnum):
    INTERESTED = "interested"  # in this occurrence
    STANDING = "standing"  # in the series, no answer to this occurrence
    DECLINED = "declined"
    LATE_CANCEL = "late_cancel"  # withdrawn shortly before


class Answer(NamedTuple):
    """Somebody's answer to an occurrence (by its original start) or to the whole event, while it stood."""

    member_no: int
    occurrence: int
    from_ms: int
    to_ms: int | None
    interested: bool

    def stands_at(self, at_ms: int) -> bool:
        return self.from_ms <= at_ms and (self.to_ms is None or at_ms < self.to_ms)

    def is_withdrawn_within(self, from_ms: int, to_ms: int) -> bool:
        return self.to_ms is not None and from_ms <= self.to_ms <= to_ms


def answers_at(
    occurrence: Occurrence, answers: Iterable[Answer], begins_ms: int, late_cancel_ms: int
) -> dict[int, Rsvp]:
    """Each person's answer at T0. One to the occurrence beats the standing one."""
    own: dict[int, Rsvp] = {}
    standing: dict[int, Rsvp] = {}
    late: dict[int, Rsvp] = {}
    for answer in answers:
        is_own = answer.occurrence == occurrence.original_start_ms
        if not is_own and answer.occurrence != WHOLE_EVENT:
            continue
        if answer.stands_at(begins_ms):
            said = _said(answer, is_standing=not is_own and occurrence.is_recurring)
            (own if is_own else standing)[answer.member_no] = said
        elif answer.interested and answer.is_withdrawn_within(begins_ms - late_cancel_ms, begins_ms):
            late[answer.member_no] = Rsvp.LATE_CANCEL
    return late | standing | own


def _said(answer: Answer, *, is_standing: bool) -> Rsvp:
    if not answer.interested:
        return Rsvp.DECLINED
    return Rsvp.STANDING if is_standing else Rsvp.INTERESTED
