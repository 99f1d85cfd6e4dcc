"""What staff correct: type, hosts, channels, whether it was held, who was there; and what they take back."""

from __future__ import annotations

from typing import assert_never

import msgspec

from storage.corrections import NO, YES, Subject, numbers_text
from storage.event import LogRow
from storage.fact_bodies import (
    MOST_CHANNELS,
    AttendanceCorrectedBody,
    ChannelsCorrectedBody,
    CheckedInBody,
    CorrectedBody,
    HeldCorrectedBody,
    HostsCorrectedBody,
    TakenBackBody,
    TypeCorrectedBody,
)
from storage.facts.reading import Fact, Reader, Unparseable, others, reader, text

TYPE_LENGTH = 100  # of the tables' column


class CorrectionMade(Fact, frozen=True):
    correction_id: int
    part: int
    made_by: int | None
    event_id: int
    original_start_ms: int
    subject: Subject
    member_no: int | None
    value: str | None  # as the table `corrections` has it


class CorrectionTakenBack(Fact, frozen=True):
    correction_id: int
    part: int
    taken_back_by: int | None


CorrectionFact = CorrectionMade | CorrectionTakenBack


def _made(row: LogRow, body: CorrectedBody) -> CorrectionMade:
    subject, value = _said(row, body)
    member_no = _first(row, "member") if subject is Subject.ATTENDANCE else None
    return _correction(row, body, "made_by", subject, member_no, value)


def _said(row: LogRow, body: CorrectedBody) -> tuple[Subject, str | None]:
    match body:
        case TypeCorrectedBody():
            return Subject.TYPE, None if body.value is None else text(body.value, TYPE_LENGTH)
        case HostsCorrectedBody():
            return Subject.HOSTS, numbers_text(sorted(set(others(row, "hosts"))))
        case ChannelsCorrectedBody():
            if not 0 < len(body.value) <= MOST_CHANNELS:
                raise Unparseable(f"{row.type} names no channel, or more than {MOST_CHANNELS}")
            return Subject.CHANNELS, numbers_text(sorted(set(body.value)))
        case HeldCorrectedBody():
            return Subject.HELD, _yes_no(body.value)
        case AttendanceCorrectedBody():
            return Subject.ATTENDANCE, _yes_no(body.value)
        case _:
            assert_never(body)


def _checked_in(row: LogRow, body: CheckedInBody) -> CorrectionMade:
    return _correction(row, body, "checked_in_by", Subject.CHECK_IN, _first(row, "member"), None)


def _taken_back(row: LogRow, body: TakenBackBody) -> CorrectionTakenBack:
    span = row.occurred_from_ms, row.occurred_to_ms
    return CorrectionTakenBack(*span, body.correction_id, body.part, _first(row, "taken_back_by"))


def _correction(  # noqa: PLR0917 - who said it, of whom, what
    row: LogRow,
    body: CorrectedBody | CheckedInBody,
    by: str,
    subject: Subject,
    member_no: int | None,
    value: str | None,
) -> CorrectionMade:
    return CorrectionMade(
        from_ms=row.occurred_from_ms,
        to_ms=row.occurred_to_ms,
        correction_id=body.correction_id,
        part=body.part,
        made_by=_first(row, by),
        event_id=body.event_id,
        original_start_ms=body.original_start_ms,
        subject=subject,
        member_no=member_no,
        value=value,
    )


def _first(row: LogRow, role: str) -> int | None:
    return next(iter(others(row, role)), None)


def _yes_no(value: bool) -> str:
    return YES if value else NO


_decode = msgspec.json.Decoder(CorrectedBody, strict=False).decode  # its subject says which body it is

READERS: dict[str, Reader] = {
    "CORRECTION_MADE": lambda row: _made(row, _decode(row.body)),
    "CORRECTION_TAKEN_BACK": reader(TakenBackBody, _taken_back),
    "CHECKED_IN": reader(CheckedInBody, _checked_in),
}
