from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from storage.event import Event
from storage.journal import GatewayMark, GatewaySession, Journal, JournalInUse, JournalUnavailable

from .left_behind import leave_behind

GUILD, PERSON = 81_384_788_765_712_384, 190_320_984_123_768_832


def event(number: int, **fields: Any) -> Event:
    made: dict[str, Any] = {
        "key": number.to_bytes(16, "big"),
        "guild_id": GUILD,
        "source": "gateway",
        "type": "GUILD_MEMBER_ADD",
        "occurred_from_ms": number,
        "occurred_to_ms": number,
        "recorded_at_ms": number,
    }
    return Event(**(made | fields))


def session(**fields: Any) -> GatewaySession:
    made: dict[str, Any] = {
        "shard_id": 0,
        "session_id": "abc",
        "resume_url": "wss://resume.example",
        "sequence": 1,
        "started_at_ms": 1000,
        "live_at_ms": 1000,
        "covered_to_ms": 1000,
        "identity": "token and intents",
    }
    return GatewaySession(**(made | fields))


def encode(item: Any) -> Sequence[Event]:
    if isinstance(item, Exception):
        raise item
    return item if isinstance(item, list) else [item]


def on_unencodable(item: Any, error: Exception) -> Event:
    return event(999, problem=f"not understood: {error}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[[], Journal]]:
    """Opens the journal, as often as a test restarts; whatever is still open is closed at the end."""
    journals: list[Journal] = []

    def open_journal() -> Journal:
        journals.append(Journal.open(path, encode, on_unencodable))
        return journals[-1]

    yield open_journal
    for journal in journals:
        journal.close()


@pytest.fixture
def journal(opened: Callable[[], Journal]) -> Journal:
    return opened()


async def test_events_come_back_in_their_order(journal: Journal) -> None:
    sent = [event(n, person=PERSON, others={"hosts": [n]}, body=b'{"a":1}') for n in range(50)]
    for one in sent:
        journal.append(one)
    await journal.flushed()
    assert [read for _, read in journal.read(100)] == sent
    assert [read for _, read in journal.read(3)] == sent[:3]
    assert journal.backlog() == 50


async def test_an_item_may_become_several_events_or_none(journal: Journal) -> None:
    for item in ([event(1), event(2)], [], [event(3)]):
        journal.append(item)
    await journal.flushed()
    assert [read.occurred_from_ms for _, read in journal.read(100)] == [1, 2, 3]


async def test_an_append_alone_is_durable_within_50_ms(journal: Journal) -> None:
    took = []
    for number in range(1, 6):
        await journal.flushed()
        journal.append(event(number))
        began = time.monotonic()
        await until(lambda number=number: len(journal.read(10)) == number)
        took.append(time.monotonic() - began)
    assert min(took) < 0.5, "allows for a busy machine; about 25 ms on a quiet one"


async def test_who_waits_behind_full_groups_does_not_wait_for_company_too(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.journal_writer.GROUP_ENTRIES", 2)
    monkeypatch.setattr("storage.journal_writer.GROUP_SECONDS", 60)
    for number in range(4):
        journal.append(event(number))
    async with asyncio.timeout(20):
        await journal.flushed()
    assert len(journal.read(10)) == 4


async def test_what_is_discarded_is_not_read_again(journal: Journal, opened: Callable[[], Journal]) -> None:
    for number in range(5):
        journal.append(event(number))
    await journal.flushed()
    journal.discard_through(journal.read(3)[-1][0])
    assert [read.occurred_from_ms for _, read in journal.read(100)] == [3, 4], "not even before the deletion"
    await journal.flushed()
    assert journal.backlog() == 2
    journal.close()
    again = opened()
    assert [read.occurred_from_ms for _, read in again.read(100)] == [3, 4]
    assert again.backlog() == 2


async def test_a_discarded_row_id_is_not_used_again(journal: Journal, opened: Callable[[], Journal]) -> None:
    journal.append(event(1))
    await journal.flushed()
    ((first, _),) = journal.read(1)
    journal.discard_through(first)
    journal.close()
    again = opened()
    again.append(event(2))
    await again.flushed()
    ((second, _),) = again.read(1)
    assert second > first


async def test_closing_makes_everything_durable(journal: Journal, opened: Callable[[], Journal]) -> None:
    for number in range(1000):
        journal.append(event(number))
    journal.close()
    assert len(opened().read(2000)) == 1000


def test_nothing_is_appended_to_a_closed_journal(journal: Journal) -> None:
    journal.close()
    with pytest.raises(JournalUnavailable, match="is closed"):
        journal.append(event(1))


async def test_what_cannot_be_encoded_becomes_a_dead_letter(journal: Journal) -> None:
    for item in (event(1), ValueError("odd shape"), event(2)):
        journal.append(item)
    await journal.flushed()
    assert [read.problem for _, read in journal.read(10)] == [None, "not understood: odd shape", None]


@pytest.mark.parametrize(
    "fields",
    [
        {"person": 2**63},
        {"person": -1},
        {"guild_id": 2**64},
        {"others": {"hosts": [2**63]}},
        {"type": "\ud800"},
    ],
    ids=["id too large", "negative id", "guild too large", "host too large", "lone surrogate"],
)
async def test_what_no_database_could_hold_becomes_a_dead_letter(
    journal: Journal, fields: dict[str, Any]
) -> None:
    journal.append(event(1, **fields))
    journal.append(event(2))
    await journal.flushed()
    first, second = (read for _, read in journal.read(10))
    assert first.problem
    assert first.problem.startswith("not understood")
    assert second.problem is None


async def test_one_hopeless_item_does_not_stop_the_others(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(item: Any, error: Exception) -> Event:
        raise KeyError(item)

    journal = Journal.open(path, encode, refuse)
    journal.append(ValueError("private words"))
    journal.append(event(2))
    await journal.flushed()
    assert [read.occurred_from_ms for _, read in journal.read(10)] == [2]
    assert journal.lost == 1
    assert "An item of type ValueError was lost" in caplog.text
    assert "private words" not in caplog.text
    journal.close()


async def test_a_mark_is_durable_with_its_events(journal: Journal, opened: Callable[[], Journal]) -> None:
    journal.open_session(session())
    journal.append(event(1), GatewayMark(0, "abc", 7, 2000))
    journal.append(None, GatewayMark(0, "abc", 8, 3000))
    await journal.flushed()
    expected = session(sequence=8, live_at_ms=3000)
    assert journal.durable(0) == expected
    journal.close()
    assert opened().durable(0) == expected


async def test_a_position_never_goes_back(journal: Journal) -> None:
    journal.open_session(session())
    for sequence, live_at_ms in ((9, 5000), (4, 2000)):
        journal.append(None, GatewayMark(0, "abc", sequence, live_at_ms))
        await journal.flushed()
    assert journal.durable(0) == session(sequence=9, live_at_ms=5000)


async def test_a_late_mark_of_an_older_session_changes_nothing(journal: Journal) -> None:
    journal.open_session(session())
    journal.append(None, GatewayMark(0, "abc", 900, 2000))
    journal.open_session(session(session_id="def", sequence=1))
    journal.append(None, GatewayMark(0, "abc", 901, 2000))
    journal.append(None, GatewayMark(0, "def", 2, 3000))
    await journal.flushed()
    assert journal.durable(0) == session(session_id="def", sequence=2, live_at_ms=3000)


async def test_shards_stand_apart(journal: Journal) -> None:
    journal.open_session(session(shard_id=0))
    journal.open_session(session(shard_id=1, session_id="def"))
    journal.append(None, GatewayMark(1, "def", 5, 2000))
    await journal.flushed()
    assert journal.durable(0) == session(shard_id=0)
    assert journal.durable(1) == session(shard_id=1, session_id="def", sequence=5, live_at_ms=2000)
    assert journal.durable(2) is None


async def test_a_forgotten_session_still_tells_when_it_was_alive(
    journal: Journal, opened: Callable[[], Journal]
) -> None:
    journal.open_session(session())
    journal.covered(0, 5000)
    journal.covered(0, 4000)
    journal.forget_session(0)
    await journal.flushed()
    assert journal.durable(0) is None
    journal.close()
    again = opened()
    assert again.durable(0) is None
    assert again.last_session(0) == session(session_id=None, covered_to_ms=5000)


async def test_new_sessions_asked_for_are_counted_across_restarts(
    journal: Journal, opened: Callable[[], Journal]
) -> None:
    day_ms = 24 * 3600 * 1000
    for at_ms in (0, day_ms, 3 * day_ms, 3 * day_ms + 1):
        journal.note_identify(at_ms)
    assert journal.identifies_since(day_ms) == 3
    journal.close()
    again = opened()
    assert again.identifies_since(0) == 2, "older than two days are let go"
    assert again.identifies_since(3 * day_ms + 1) == 1


async def test_a_second_process_is_refused(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalInUse, match="is in use by another process: end that one"):
        Journal.open(path, encode, on_unencodable)


def test_the_file_is_for_its_owner_alone(journal: Journal, path: Path) -> None:
    assert path.parent.stat().st_mode & 0o777 == 0o700
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file.name


def test_a_damaged_file_is_one_clear_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(
        JournalUnavailable, match=r"journal.db is damaged or is no database: stop what writes"
    ):
        Journal.open(path, encode, on_unencodable)


def test_a_newer_format_is_refused(path: Path) -> None:
    path.parent.mkdir()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version = 99")
    conn.close()
    with pytest.raises(JournalUnavailable, match="written by a newer version"):
        Journal.open(path, encode, on_unencodable)


async def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnavailable, match="cannot be opened"):
        Journal.open(tmp_path / "file" / "journal.db", encode, on_unencodable)


async def test_a_locked_file_keeps_everything_in_memory_until_it_is_free(
    journal: Journal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal._file._conn.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    journal.open_session(session())
    journal.append(event(1), GatewayMark(0, "abc", 7, 2000))
    await until(lambda: journal.problem is not None)
    assert journal.problem == (
        f"The journal {path} is locked by another process: end that process, or wait until it is done."
    )
    assert journal.durable(0) is None, "a position that is not on disk must not be told to Discord"
    other.execute("ROLLBACK")
    await journal.flushed()
    assert journal.problem is None
    assert [read.occurred_from_ms for _, read in journal.read(10)] == [1]
    assert journal.durable(0) == session(sequence=7, live_at_ms=2000)
    other.close()


def test_closing_while_the_disk_refuses_says_what_was_lost(path: Path) -> None:
    journal = Journal.open(path, encode, on_unencodable)
    journal._file._conn.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(3):
        journal.append(event(number))
    with pytest.raises(JournalUnavailable, match=r"is locked .* The last 3 entries were not written\."):
        journal.close()
    other.close()


async def test_threads_may_append_at_the_same_time(journal: Journal) -> None:
    def work(first: int) -> None:
        for number in range(first, first + 500):
            journal.append(event(number))

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 500, 1000, 1500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await journal.flushed()
    numbers = [read.occurred_from_ms for _, read in journal.read(5000)]
    assert sorted(numbers) == list(range(2000))
    for first in (0, 500, 1000, 1500):
        own = [number for number in numbers if first <= number < first + 500]
        assert own == sorted(own), "one thread's order is kept"


async def test_appending_does_not_wait_for_the_disk(journal: Journal) -> None:
    one, took = event(1), []
    for _ in range(3):
        began = time.perf_counter()
        for _ in range(10_000):
            journal.append(one)
        took.append(time.perf_counter() - began)
    assert min(took) < 1.0, "a commit an event would take 5 s and more"
    await journal.flushed()
    assert journal.backlog() == 30_000


async def test_forgotten_people_leave_no_trace(journal: Journal, path: Path) -> None:
    other_guild = GUILD + 1
    journal.append(event(1, person=PERSON))
    journal.append(event(2, person=5))
    journal.append(event(3, person=None, others={"hosts": [5, PERSON], "guests": [PERSON]}))
    journal.append(event(4, guild_id=other_guild, person=PERSON + 1))
    await journal.flushed()
    assert traces(path, PERSON)
    assert await journal.forget_people(GUILD, [PERSON]) == 2
    assert [(one.occurred_from_ms, one.person, one.others) for _, one in journal.read(10)] == [
        (2, 5, None),
        (3, None, {"hosts": [5], "guests": []}),
        (4, PERSON + 1, None),
    ]
    assert journal.backlog() == 3
    assert traces(path, PERSON) == []


async def test_a_person_is_forgotten_in_one_guild_only(journal: Journal) -> None:
    journal.append(event(1, guild_id=GUILD + 1, person=PERSON))
    assert await journal.forget_people(GUILD, [PERSON]) == 0
    assert len(journal.read(10)) == 1


async def test_what_was_loaded_leaves_no_trace_after_a_scrub(journal: Journal, path: Path) -> None:
    journal.append(event(1, person=PERSON))
    await journal.flushed()
    journal.discard_through(journal.read(1)[-1][0])
    await journal.flushed()
    assert traces(path, PERSON), "or this test proves nothing"
    assert await journal.scrub(lambda _guild_id, _person: False)
    assert traces(path, PERSON) == []


async def test_a_scrub_clears_what_a_row_left_behind_where_it_moved_away(
    opened: Callable[[], Journal], path: Path
) -> None:
    journal = opened()
    journal.append(event(1, person=5))
    await journal.flushed()
    journal.close()
    assert leave_behind(path, "event_chunks", PERSON)
    assert traces(path, PERSON), "or this test proves nothing"
    journal = opened()
    assert await journal.scrub(lambda _guild_id, _person: False)
    assert traces(path, PERSON) == []
    assert [read.person for _, read in journal.read(10)] == [5]


def traces(path: Path, person: int) -> list[str]:
    """The journal's files that hold an id, as text or as a number in either byte order."""
    forms = (str(person).encode(), person.to_bytes(8, "big"), person.to_bytes(8, "little"))
    return [file.name for file in path.parent.iterdir() if any(form in file.read_bytes() for form in forms)]


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        await asyncio.sleep(0.005)


# Appends without end, and prints the number of each event once it was told that the event is durable.
VICTIM = """
import asyncio, sys
from pathlib import Path
from storage.event import Event
from storage.journal import GatewayMark, GatewaySession, Journal

def event(number):
    return Event(key=number.to_bytes(16, "big"), guild_id=1, source="gateway", type="X",
                 occurred_from_ms=number, occurred_to_ms=number, recorded_at_ms=number)

async def main():
    journal = Journal.open(Path(sys.argv[1]), lambda item: [event(item)], lambda item, error: event(item))
    start = int(sys.argv[2])
    journal.open_session(GatewaySession(0, "abc", "", start, 0, 0, 0, ""))
    number = start
    while True:
        for _ in range(7):
            number += 1
            journal.append(number, GatewayMark(0, "abc", number, number))
        if number % 3 == 0:
            await journal.flushed()
            print(number, flush=True)
        else:
            await asyncio.sleep(0)

asyncio.run(main())
"""


def killed_in_the_middle(path: Path, start: int, reports: int) -> int:
    """Runs the victim until it has reported some times, then kill -9. Returns the last number reported."""
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(path), str(start)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert victim.stdout
    told = start
    for _ in range(reports):
        told = int(victim.stdout.readline())
    os.kill(victim.pid, signal.SIGKILL)
    rest = victim.stdout.read()
    victim.wait()
    victim.stdout.close()
    return int(rest.split()[-1]) if rest.endswith("\n") else told


def test_kill_9_loses_nothing_that_was_told_durable(path: Path) -> None:
    start = 0
    for reports in (1, 5, 12):
        told = killed_in_the_middle(path, start, reports)
        journal = Journal.open(path, lambda item: [], lambda item, error: event(0))
        numbers = [read.occurred_from_ms for _, read in journal.read(10_000_000)]
        position = journal.durable(0)
        journal.close()
        assert position
        assert numbers == list(range(1, len(numbers) + 1)), "a hole, a repeat or a wrong order"
        assert len(numbers) >= told > start
        assert position.sequence == len(numbers), "the position and the events are durable together"
        start = len(numbers)
