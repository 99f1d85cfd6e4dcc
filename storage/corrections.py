"""What staff told of one holding of an event, and what of it stands."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Struct, UnsetType

from storage.occurrence import OccurrenceKey


class Subject(StrEnum):
    """What a correction is about; its value in the table, by subject."""

    TYPE = "type"  # a name of config.toml; null: none
    HOSTS = "hosts"  # JSON: member numbers
    CHANNELS = "channels"  # JSON: ids
    HELD = "held"  # yes, no
    ATTENDANCE = "attendance"  # yes, no; of one person
    CHECK_IN = "check_in"  # null; of one person
    DECLARED = "declared"  # the title


YES, NO = "yes", "no"


class CorrectionKey(NamedTuple):
    """One of the things that one command said."""

    correction_id: int  # the interaction's
    part: int


class StaffCorrection(Struct):
    """The columns of the table `corrections`."""

    correction_id: int
    part: int
    at_ms: int
    made_by: int | None  # null: they do not want to be recorded any more
    event_id: int
    original_start_ms: int
    subject: Subject
    member_no: int | None
    value: str | None
    taken_back_ms: int | None = None
    taken_back_by: int | None = None

    @property
    def key(self) -> CorrectionKey:
        return CorrectionKey(self.correction_id, self.part)

    @property
    def occurrence(self) -> OccurrenceKey:
        return OccurrenceKey(self.event_id, self.original_start_ms)


class Told(Struct, frozen=True):
    """What stands of an occurrence's corrections: of each subject the newest that was not taken back."""

    event_type: str | UnsetType | None = UNSET
    hosts: tuple[int, ...] | None = None
    channels: tuple[int, ...] | None = None
    held: bool | None = None
    held_told_ms: int = 0
    attended: dict[int, bool] = {}  # by member number
    checked_in_ms: int | None = None  # when somebody was checked in last
    is_undeclared: bool = False


NOTHING_TOLD = Told()
_numbers = msgspec.json.Decoder(tuple[int, ...]).decode


def numbers_text(numbers: Iterable[int]) -> str:
    return msgspec.json.encode(list(numbers)).decode()


def numbers_in(value: str | None) -> tuple[int, ...]:
    """The people or channels that a correction names."""
    return _numbers(value or "[]")


def told_of(corrections: Iterable[StaffCorrection]) -> Told:
    """Whatever the order in which they became known."""
    told = NOTHING_TOLD
    for correction in sorted(corrections, key=lambda one: one.key):
        if correction.taken_back_ms is None:
            told = _with(told, correction)
        elif correction.subject is Subject.DECLARED:
            told = msgspec.structs.replace(told, is_undeclared=True)
    return told


def _with(told: Told, correction: StaffCorrection) -> Told:
    changed: dict[str, Any] = {}
    match correction.subject:
        case Subject.TYPE:
            changed = {"event_type": correction.value}
        case Subject.HOSTS:
            changed = {"hosts": numbers_in(correction.value)}
        case Subject.CHANNELS:
            changed = {"channels": numbers_in(correction.value)}
        case Subject.HELD:
            changed = {"held": correction.value == YES, "held_told_ms": correction.at_ms}
        case Subject.ATTENDANCE:
            changed = {"attended": _attended(told, correction, correction.value == YES)}
        case Subject.CHECK_IN:
            changed = {"attended": _attended(told, correction, True), "checked_in_ms": correction.at_ms}
        case Subject.DECLARED:
            pass  # it stands as it was declared
    return msgspec.structs.replace(told, **changed)


def _attended(told: Told, correction: StaffCorrection, is_there: bool) -> dict[int, bool]:
    """Without whoever does not want to be recorded."""
    who = correction.member_no
    return told.attended if who is None else {**told.attended, who: is_there}
