"""When the audit log is asked for, and what an answer covers."""

from __future__ import annotations

import pytest

from bot.audit_log import (
    DAY_MS,
    FETCHED,
    HOUR_MS,
    NOT_GIVEN,
    NOT_GRANTED,
    TOO_OLD,
    AuditLog,
    Covered,
    EntriesRequest,
)
from bot.audit_place import AuditPlace

NOW = 1_763_366_400_000
MINUTE_MS, ANA, BEN = 60_000, 5001, 5002
OVERLAP_MS = 5 * MINUTE_MS


def answered(log: AuditLog, now_ms: int) -> list[Covered]:
    """Asks, and takes a complete answer."""
    request = log.next(now_ms)
    assert request is not None, "nothing was due"
    return log.complete(request)


@pytest.fixture
def log() -> AuditLog:
    """One that was read until NOW."""
    log = AuditLog()
    log.want(NOW - 10)
    answered(log, NOW)
    return log


def test_nothing_is_asked_before_a_session_is_there():
    assert AuditLog(NOW - HOUR_MS).next(NOW) is None


def test_the_first_reading_begins_where_the_recording_does():
    log = AuditLog()
    log.want(NOW)
    request = log.next(NOW)
    assert request == EntriesRequest(NOW - 1 - OVERLAP_MS, NOW)
    assert log.next(NOW + 60) is None, "one is under way"
    assert log.complete(request) == [Covered("recorded", NOW - 1, NOW)]


def test_after_a_restart_the_reading_goes_on_where_it_ended():
    log = AuditLog(NOW - 3 * HOUR_MS, since_ms=NOW - 30)
    log.want(NOW)
    request = log.next(NOW)
    assert request == EntriesRequest(NOW - 3 * HOUR_MS - OVERLAP_MS, NOW)
    recent = NOW - 2 * HOUR_MS
    assert log.complete(request) == [
        Covered("late", NOW - 3 * HOUR_MS, recent, FETCHED),
        Covered("recorded", recent, NOW),
    ]
    assert log.complete_to_ms == NOW


def test_where_the_log_is_not_kept_any_more_there_is_a_gap():
    log = AuditLog(NOW - 60 * DAY_MS)
    log.want(NOW)
    request = log.next(NOW)
    assert request.from_ms == NOW - 45 * DAY_MS - OVERLAP_MS
    gap, late, recorded = log.complete(request)
    assert gap == Covered("gap", NOW - 60 * DAY_MS, NOW - 45 * DAY_MS, TOO_OLD)
    assert (late.from_ms, late.to_ms, recorded.to_ms) == (NOW - 45 * DAY_MS, recorded.from_ms, NOW)


def test_it_is_read_once_an_hour(log):
    assert log.next(NOW + HOUR_MS - 1) is None
    assert answered(log, NOW + HOUR_MS) == [Covered("recorded", NOW, NOW + HOUR_MS)]
    assert log.next(NOW + HOUR_MS + MINUTE_MS) is None


def test_while_the_bot_is_there_nothing_comes_late(log):
    assert answered(log, NOW + 20 * HOUR_MS) == [Covered("recorded", NOW, NOW + 20 * HOUR_MS)]


def test_a_leave_without_an_entry_is_looked_up_once_an_entry_must_be_there(log):
    log.left(ANA, NOW + MINUTE_MS)
    left_ms = NOW + MINUTE_MS
    assert log.next(left_ms + MINUTE_MS) is None
    (covered,) = answered(log, left_ms + MINUTE_MS + 1000)
    assert covered.to_ms > left_ms + MINUTE_MS
    assert log.next(left_ms + 10 * MINUTE_MS) is None, "it is settled"


@pytest.mark.parametrize("entry_first", [True, False])
def test_a_leave_with_an_entry_needs_no_looking_up(log, entry_first):
    steps = [log.named, log.left] if entry_first else [log.left, log.named]
    for step in steps:
        step(ANA, NOW + MINUTE_MS)
    assert log.next(NOW + 10 * MINUTE_MS) is None
    log.left(BEN, NOW + 10 * MINUTE_MS)
    assert log.next(NOW + 12 * MINUTE_MS) is not None


def test_an_old_entry_explains_no_later_leave(log):
    log.named(ANA, NOW + MINUTE_MS)
    log.left(ANA, NOW + 3 * MINUTE_MS)
    assert log.next(NOW + 5 * MINUTE_MS) is not None


def test_many_leaves_are_looked_up_together(log):
    for second in range(600):
        log.left(ANA + second, NOW + MINUTE_MS + second * 1000)
    asked = []
    for second in range(1500):
        if (request := log.next(NOW + MINUTE_MS + second * 1000)) is not None:
            asked.append(second)
            log.complete(request)
    assert asked == list(range(61, 700, 61)), "at most one in a minute, until the last leave is settled"


def test_without_the_permission_there_is_a_gap_and_an_hour_of_quiet(log):
    log.left(ANA, NOW + MINUTE_MS)
    request = log.next(NOW + 3 * MINUTE_MS)
    assert log.refused(request) == [Covered("gap", NOW, NOW + 3 * MINUTE_MS, NOT_GRANTED)]
    log.want(NOW + 4 * MINUTE_MS)
    log.left(BEN, NOW + 4 * MINUTE_MS)
    assert log.next(NOW + 62 * MINUTE_MS) is None
    again = log.next(NOW + 63 * MINUTE_MS)
    assert log.refused(again) == [Covered("gap", NOW + 3 * MINUTE_MS, NOW + 63 * MINUTE_MS, NOT_GRANTED)]


def test_what_was_missed_without_the_permission_is_read_once_it_is_granted(log):
    for hours in range(1, 6):
        log.refused(log.next(NOW + hours * HOUR_MS))
    rows = answered(log, NOW + 6 * HOUR_MS)
    assert [(row.state, row.from_ms) for row in rows] == [
        ("late", NOW),
        ("recorded", NOW + 4 * HOUR_MS),
    ]


def test_trouble_at_discord_is_a_gap_that_is_closed_soon(log):
    request = log.next(NOW + HOUR_MS)
    assert log.failed(request) == [Covered("gap", NOW, NOW + HOUR_MS, NOT_GIVEN)]
    assert log.next(NOW + HOUR_MS + 4 * MINUTE_MS) is None
    (row,) = answered(log, NOW + HOUR_MS + 5 * MINUTE_MS)
    assert row == Covered("recorded", NOW, NOW + HOUR_MS + 5 * MINUTE_MS)


def test_a_place_from_a_clock_that_was_wrong_is_not_believed():
    log = AuditLog(NOW + 400 * DAY_MS, since_ms=NOW - MINUTE_MS)
    log.want(NOW)
    assert answered(log, NOW) == [Covered("recorded", NOW - MINUTE_MS, NOW)]


# ------------------------------------------------------------------ the place between two processes


def test_the_place_outlives_the_process_and_is_for_nobody_else(tmp_path):
    place = AuditPlace(tmp_path / "audit_log")
    assert place.read() is None
    place.write(NOW)
    place.write(NOW + 1)
    assert AuditPlace(tmp_path / "audit_log").read() == NOW + 1
    assert (tmp_path / "audit_log").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["audit_log"]


@pytest.mark.parametrize("written", [b"", b"soon", b"-5", b"\xff\xfe", b"9" * 16])
def test_a_place_that_cannot_be_read_is_none(tmp_path, written):
    (tmp_path / "audit_log").write_bytes(written)
    assert AuditPlace(tmp_path / "audit_log").read() is None


def test_a_place_that_cannot_be_written_is_told_of_and_stays(tmp_path, caplog):
    place = AuditPlace(tmp_path / "nowhere" / "audit_log")
    place.write(NOW)
    assert "could not be written" in caplog.text
    assert place.read() is None
