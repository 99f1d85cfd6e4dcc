"""The journal's disk fills up: seen early, kept whole, and what there was no room for is sent again."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage.disk import Reserve
from storage.event import Event, Source
from storage.journal import GatewayMark, GatewaySession, Journal

PROGRAM = Path(__file__).with_name("journal_process.py")
ROOT = Path(__file__).parents[3]
RESERVE = 256 * 1024
DEADLINE_S = 60.0


def event(number: int) -> Event:
    return Event(
        key=number.to_bytes(16),
        guild_id=1,
        source=Source.GATEWAY,
        type="MESSAGE_CREATE",
        occurred_from_ms=number,
        occurred_to_ms=number,
        recorded_at_ms=number,
        person=None,
        body=b'{"x": "' + b"y" * 400 + b'"}',
    )


def unexpected(item: object, error: Exception) -> Event:
    raise AssertionError(f"{item} cannot be encoded") from error


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reserve, a limit and a memory that fit a disk of two megabytes."""
    monkeypatch.setattr("storage.disk.RESERVE_BYTES", RESERVE)
    monkeypatch.setattr("storage.disk.LOW_BYTES", 900 * 1024)
    monkeypatch.setattr("storage.journal_room.LOOK_EVERY_S", 0.0)
    monkeypatch.setattr("storage.journal_writer.RETRY_SECONDS", (0.01,))


@pytest.fixture
def journal(small_disk: Path, small: None):
    opened = Journal.open(small_disk / "journal.db", lambda number: [event(number)], unexpected)
    opened.open_session(GatewaySession(0, "session", "", 0, 0, 0, 0, ""))
    yield opened
    opened.close()


def hand_over(journal: Journal, first: int, last: int) -> None:
    for number in range(first, last + 1):
        journal.append(number, GatewayMark(0, "session", number, number))


def durable(journal: Journal) -> int:
    session = journal.durable(0)
    return session.sequence if session else 0


def test_scarce_room_is_told_before_it_is_gone(journal, small_disk):
    hand_over(journal, 1, 10)
    until(lambda: durable(journal) == 10, "nothing was written")
    assert journal.warning is None
    (small_disk / "something").write_bytes(bytes(1_000_000))
    hand_over(journal, 11, 12)
    until(lambda: journal.warning, "it was not told")
    assert "The journal's disk has " in journal.warning
    (small_disk / "something").unlink()
    hand_over(journal, 13, 14)
    until(lambda: journal.warning is None, "it is still told")
    assert journal.problem is None


def test_where_no_reserve_can_be_made_it_is_said_and_recorded_without(small_disk, small):
    (small_disk / "journal.db.reserve").mkdir()
    journal = Journal.open(small_disk / "journal.db", lambda number: [event(number)], unexpected)
    try:
        journal.open_session(GatewaySession(0, "session", "", 0, 0, 0, 0, ""))
        hand_over(journal, 1, 10)
        until(lambda: durable(journal) == 10, "nothing was written")
        until(lambda: journal.warning, "it was not told")
        assert "journal.db.reserve cannot be made (not an ordinary file)" in journal.warning
    finally:
        journal.close()


def test_on_a_full_disk_the_reserve_takes_what_is_in_memory_and_is_filled_up_later(journal, small_disk, fill):
    reserve = Reserve(small_disk / "journal.db.reserve", RESERVE)
    until(lambda: reserve.is_held, "there is no reserve")
    filler = fill(small_disk)
    hand_over(journal, 1, 200)
    until(lambda: durable(journal) == 200, "the reserve did not help")
    assert not reserve.is_held
    assert journal.warning
    hand_over(journal, 201, 1000)
    until(lambda: journal.problem, "the disk is not full")
    assert "has no space left" in journal.problem
    filler.unlink()
    until(lambda: durable(journal) == 1000, "what was in memory is lost")
    hand_over(journal, 1001, 1001)
    until(lambda: durable(journal) == 1001, "it does not go on")
    until(lambda: reserve.is_held, "there is no reserve again")
    assert len(journal.read(10_000)) == 1001


def test_memory_is_bounded_and_takes_more_when_half_of_it_is_written(journal, small_disk, fill, monkeypatch):
    monkeypatch.setattr("storage.journal_writer.HELD_ENTRIES", 100)
    filler = fill(small_disk)
    hand_over(journal, 1, 1000)
    until(lambda: journal.problem, "the disk is not full")
    assert journal.is_overfull
    filler.unlink()
    until(lambda: durable(journal) == 1000, "what was in memory is lost")
    until(lambda: not journal.is_overfull, "it takes no more")  # counted once the disk has it


async def test_killed_on_a_full_disk_it_has_all_that_it_said_was_durable(small_disk, fill):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        str(small_disk),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    said = 0
    async with asyncio.timeout(DEADLINE_S):
        await process.stdout.readline()  # the journal is made
        filler = await asyncio.to_thread(fill, small_disk)
        while True:
            number, state = (await process.stdout.readline()).decode().split()
            said = int(number)
            if state == "full":
                break
    process.send_signal(signal.SIGKILL)
    await process.wait()
    with closing(sqlite3.connect(small_disk / "journal.db")) as conn:  # also where nothing can be written
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    filler.unlink()
    again = Journal.open(small_disk / "journal.db", lambda number: [event(number)], unexpected)
    try:
        assert durable(again) >= said
        assert [each.occurred_to_ms for _, each in again.read(100_000)] == list(range(1, durable(again) + 1))
    finally:
        again.close()


@pytest.mark.parametrize("is_session_kept", [True, False])
async def test_what_memory_cannot_hold_is_sent_again_or_is_a_gap_with_its_cause(
    club, small_disk, fill, monkeypatch, small, is_session_kept
):
    monkeypatch.setattr("storage.journal_writer.HELD_ENTRIES", 400)
    here = await club(data=small_disk)
    filler = fill(small_disk)
    refused = 0
    while refused < 400:  # more than the reserve holds, and then as much again as memory
        here.somebody_moves()
        await asyncio.sleep(0.001)  # a flood would fill memory before the disk is full
        refused += here.bot.recorder.has_refused
        assert here.moves < 10_000, "everything was taken"
    assert here.bot.recorder.received < here.sent
    if not is_session_kept:
        here.sandbox.faults.forget_sessions()
    filler.unlink()
    await here.resumes()
    if is_session_kept:
        await here.all_is_there()
    # memory may be full a moment before the disk refuses the first time
    causes = ("the disk is full", "the journal could not be written")
    await here.is_told("late" if is_session_kept else "gap", causes)
