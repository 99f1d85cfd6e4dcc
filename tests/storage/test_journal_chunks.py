"""A row of the journal holds many events: discarding, forgetting and taking over go by the single event."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from storage.event import Event
from storage.journal import Journal, JournalUnavailable
from storage.journal_chunks import CHUNK_EVENTS, chunks

GUILD = 81_384_788_765_712_384
PEOPLE = range(190_320_984_123_768_832, 190_320_984_123_768_832 + 7)


def event(number: int, **fields: object) -> Event:
    made: dict[str, Any] = {
        "guild_id": GUILD,
        "person": PEOPLE[number % 7],
        "body": b'{"number":%d}' % number,
    }
    return Event(
        key=number.to_bytes(16, "big"),
        source="gateway",
        type="X",
        occurred_from_ms=number,
        occurred_to_ms=number,
        recorded_at_ms=number,
        **(made | fields),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[[], Journal]]:
    journals: list[Journal] = []

    def open_journal() -> Journal:
        for journal in journals:
            journal.close()
        journals.append(Journal.open(path, lambda item: [item], lambda item, _error: item))
        return journals[-1]

    yield open_journal
    for journal in journals:
        journal.close()


async def filled(journal: Journal, numbers: range) -> Journal:
    for number in numbers:
        journal.append(event(number))
    await journal.flushed()
    return journal


def numbers(journal: Journal, limit: int = 10_000) -> list[int]:
    return [read.occurred_from_ms for _, read in journal.read(limit)]


def in_file(path: Path) -> list[int]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return [events for (events,) in conn.execute("SELECT events FROM event_chunks ORDER BY last_row_id")]


async def test_many_events_are_one_row(opened: Callable[[], Journal], path: Path) -> None:
    journal = await filled(opened(), range(3 * CHUNK_EVENTS))
    assert journal.backlog() == sum(in_file(path)) == 3 * CHUNK_EVENTS
    assert len(in_file(path)) < 10


@pytest.mark.parametrize("at_once", [1, CHUNK_EVENTS - 1, CHUNK_EVENTS, CHUNK_EVENTS + 1, 500])
async def test_events_are_discarded_one_by_one(
    opened: Callable[[], Journal], path: Path, at_once: int
) -> None:
    count = 40 if at_once == 1 else 4 * CHUNK_EVENTS + 3
    journal = await filled(opened(), range(count))
    seen: list[int] = []
    while batch := journal.read(at_once):
        assert len(batch) == min(at_once, count - len(seen)), "never fewer than there are"
        seen += [read.occurred_from_ms for _, read in batch]
        journal.discard_through(batch[-1][0])
        await journal.flushed()
        assert journal.backlog() == sum(in_file(path)) == count - len(seen)
        journal = opened()
        assert journal.backlog() == count - len(seen)
    assert seen == list(range(count))
    assert in_file(path) == []


async def test_a_discarded_event_leaves_its_row_at_once(opened: Callable[[], Journal], path: Path) -> None:
    journal = await filled(opened(), range(10))
    journal.discard_through(journal.read(4)[-1][0])
    await journal.scrub(lambda _guild_id, _person: False)
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert [b'{"number":%d}' % number in files for number in (0, 3, 4, 9)] == [False, False, True, True]


async def test_numbers_go_on_after_a_rest(opened: Callable[[], Journal]) -> None:
    journal = await filled(opened(), range(CHUNK_EVENTS + 10))
    last = journal.read(1000)[-1][0]
    journal.discard_through(last)
    await journal.flushed()
    journal = await filled(opened(), range(5))
    assert [number for number, _ in journal.read(10)] == list(range(last + 1, last + 6))


async def test_who_is_forgotten_leaves_the_others_their_numbers(
    opened: Callable[[], Journal], path: Path
) -> None:
    journal = await filled(opened(), range(2 * CHUNK_EVENTS))
    journal.append(event(1000, person=5, others={"hosts": [PEOPLE[0], PEOPLE[1]]}))
    journal.append(event(1001, guild_id=GUILD + 1, person=PEOPLE[0]))
    await journal.flushed()
    before = dict(journal.read(1000))
    gone = [number for number, read in before.items() if read.person == PEOPLE[0] and read.guild_id == GUILD]
    assert await journal.forget_people(GUILD, [PEOPLE[0], 77]) == len(gone) + 1
    after = dict(journal.read(1000))
    assert after.keys() == before.keys() - set(gone)
    changed = [number for number in after if after[number] != before[number]]
    assert [after[number].others for number in changed] == [{"hosts": [PEOPLE[1]]}]
    assert journal.backlog() == sum(in_file(path)) == len(after)
    first = min(after)
    journal.discard_through(first)
    await journal.flushed()
    assert journal.backlog() == len(after) - 1
    assert await journal.forget_people(GUILD, [5]) == 1, "a short number is found, too"
    left = [number for number in after if number not in (first, *changed)]
    assert dict(opened().read(1000)) == {number: after[number] for number in left}


async def test_a_row_whose_events_are_all_forgotten_is_gone(
    opened: Callable[[], Journal], path: Path
) -> None:
    journal = opened()
    for number in range(3):
        journal.append(event(number, person=PEOPLE[2]))
    await journal.flushed()
    journal.append(event(3, person=5))
    await journal.flushed()
    assert await journal.forget_people(GUILD, [PEOPLE[2]]) == 3
    assert in_file(path) == [1]
    assert numbers(journal, limit=1) == [3], "an empty place is not counted as read"


# ------------------------------------------------------------ bytes that are not what was written


def damage(path: Path, number: int, journal: Journal) -> None:
    """Two changed bytes in the row that holds an event."""
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute("SELECT last_row_id, packed FROM event_chunks").fetchall()
        key = number.to_bytes(16, "big")
        (row_id, packed) = next(row for row in rows if key in row[1])
        at = packed.index(key) + len(key)
        conn.execute(
            "UPDATE event_chunks SET packed = ? WHERE last_row_id = ?",
            (packed[:at] + b"\xc1\xc1" + packed[at + 2 :], row_id),
        )
        conn.commit()


def set_aside(path: Path) -> list[tuple[int, bytes]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        return conn.execute("SELECT events, packed FROM unreadable_chunks").fetchall()


@pytest.fixture
async def damaged(opened: Callable[[], Journal], path: Path) -> Journal:
    """Three rows, of which the second cannot be read."""
    journal = opened()
    for start in (0, 10, 20):
        await filled(journal, range(start, start + 5))
    damage(path, 12, journal)
    return journal


async def test_a_row_that_cannot_be_read_is_set_aside_and_the_loader_goes_on(
    damaged: Journal, opened: Callable[[], Journal], path: Path
) -> None:
    assert numbers(damaged) == [0, 1, 2, 3, 4, 20, 21, 22, 23, 24]
    damaged.discard_through(damaged.read(10)[-1][0])
    await damaged.flushed()
    assert damaged.problem is None
    ((events, packed),) = set_aside(path)
    assert events == 5
    assert (14).to_bytes(16, "big") in packed, "nothing that could still be rescued is gone"
    for journal in (damaged, opened()):
        assert journal.backlog() == 0
        assert journal.warning == (
            f"5 events in the journal {path} cannot be read and were left out: "
            "check the disk that it lies on."
        )


def places(journal: Journal, limit: int = 100) -> list[int | None]:
    return [read and read.occurred_from_ms for _, read in journal.read_places(limit)]


async def test_where_a_row_cannot_be_read_it_is_known_until_what_follows_is_loaded(
    damaged: Journal, opened: Callable[[], Journal], path: Path
) -> None:
    for begins in (lambda: damaged, opened):
        journal = begins()
        assert places(journal) == [0, 1, 2, 3, 4, None, 20, 21, 22, 23, 24]
        assert places(journal, limit=5) == [0, 1, 2, 3, 4], "it goes with what follows"
        await journal.flushed()
        assert journal.backlog() == 10
    journal.discard_through(journal.read(5)[-1][0])
    await journal.flushed()
    assert places(journal, limit=2) == [None, 20, 21]
    journal.discard_through(journal.read(1)[-1][0])
    await journal.flushed()
    assert places(journal) == [21, 22, 23, 24]
    assert in_file(path) == [4]


async def test_several_rows_that_cannot_be_read_are_one_place_and_the_last_waits(
    damaged: Journal, path: Path
) -> None:
    damage(path, 2, damaged)
    assert places(damaged) == [None, 20, 21, 22, 23, 24]
    damage(path, 22, damaged)
    await damaged.flushed()
    assert places(damaged) == [], "nothing follows yet"
    await damaged.flushed()
    assert damaged.backlog() == 0
    await filled(damaged, range(30, 32))
    assert places(damaged, limit=1) == [None, 30]


async def test_whoever_stops_before_a_row_that_cannot_be_read_discards_no_more_than_was_read(
    damaged: Journal, path: Path
) -> None:
    damaged.discard_through(damaged.read(5)[-1][0])
    await damaged.flushed()
    assert [events for events, _ in set_aside(path)] == [5]
    assert numbers(damaged) == [20, 21, 22, 23, 24]


async def test_nobody_who_is_forgotten_stays_in_what_cannot_be_read(damaged: Journal, path: Path) -> None:
    async with asyncio.timeout(30):
        assert await damaged.forget_people(GUILD, [PEOPLE[10 % 7]]) == 2
    assert await damaged.forget_people(GUILD, [PEOPLE[11 % 7]]) == 1, "and of what was set aside before"
    ((_, packed),) = set_aside(path)
    assert [number for number in (10, 11, 13) if PEOPLE[number % 7].to_bytes(8, "big") in packed] == [13]


async def test_whom_another_process_erased_goes_from_what_cannot_be_read_with_the_next_scrub(
    damaged: Journal, path: Path
) -> None:
    numbers(damaged)
    assert await damaged.scrub(lambda guild_id, person: (guild_id, person) == (GUILD, PEOPLE[3]))
    ((_, packed),) = set_aside(path)
    assert [number for number in (10, 11, 13) if PEOPLE[number % 7].to_bytes(8, "big") in packed] == [11, 13]
    traces = [file for file in path.parent.iterdir() if PEOPLE[3].to_bytes(8, "big") in file.read_bytes()]
    assert [file.name for file in traces] == ["journal.db"], "of what can be read the loader drops them"


async def test_an_event_that_no_database_could_hold_is_not_handed_to_the_loader(
    opened: Callable[[], Journal], path: Path
) -> None:
    journal = await filled(opened(), range(3))
    with closing(sqlite3.connect(path)) as conn:
        ((packed,),) = conn.execute("SELECT packed FROM event_chunks")
        changed = packed.replace(PEOPLE[1].to_bytes(8, "big"), b"\xff" * 8)
        conn.execute("UPDATE event_chunks SET packed = ?", (changed,))
        conn.commit()
    await filled(journal, range(7, 8))
    assert numbers(journal) == [7]


async def test_what_fails_for_another_reason_than_the_disk_is_told_to_whoever_waits(
    opened: Callable[[], Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = opened()

    def failing(*_arguments: object) -> int:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("storage.journal_file.JournalFile.forget_people", failing)
    journal.append(event(1))
    with pytest.raises(RuntimeError, match="unforeseen"):
        async with asyncio.timeout(30):
            await journal.forget_people(GUILD, [PEOPLE[0]])
    await filled(journal, range(2, 4))
    assert numbers(journal) == [1, 2, 3], "and the thread goes on"


async def test_what_prepares_a_group_may_fail(path: Path) -> None:
    def failing() -> None:
        raise RuntimeError("unforeseen")

    journal = Journal.open(path, lambda item: [item], lambda item, _error: item, failing)
    async with asyncio.timeout(30):
        await filled(journal, range(3))
    assert numbers(journal) == [0, 1, 2]
    journal.close()


OLD_FORMAT = """
CREATE TABLE events (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT, guild_id INTEGER NOT NULL, person INTEGER,
    with_others INTEGER NOT NULL, event BLOB NOT NULL
);
CREATE TABLE gateway_sessions (
    shard_id INTEGER PRIMARY KEY, session_id TEXT, resume_url TEXT NOT NULL, sequence INTEGER NOT NULL,
    started_at_ms INTEGER NOT NULL, live_at_ms INTEGER NOT NULL, covered_to_ms INTEGER NOT NULL,
    identity TEXT NOT NULL
);
CREATE TABLE identifies (at_ms INTEGER NOT NULL);
INSERT INTO gateway_sessions VALUES (0, 'abc', 'wss://resume.example', 7, 1, 2, 3, 'token');
INSERT INTO identifies VALUES (5);
PRAGMA user_version = 1;
"""


def older_file(path: Path, events: list[Event]) -> None:
    """As version 1 left it: an event in a row, as a map without what has its default; some were loaded."""
    path.parent.mkdir(mode=0o700)
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(OLD_FORMAT)
        for row_id, one in enumerate(events, start=901):
            defaults = {"person": None, "others": None, "body": b"{}", "problem": None}
            fields = {name: getattr(one, name) for name in one.__struct_fields__}
            packed = msgspec.msgpack.encode(
                {name: value for name, value in fields.items() if (name, value) not in defaults.items()}
            )
            row = (row_id, one.guild_id, one.person, bool(one.others), packed)
            conn.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", row)
        conn.commit()


async def test_the_backlog_of_an_older_version_is_taken_over(
    opened: Callable[[], Journal], path: Path
) -> None:
    backlog = [event(number) for number in range(CHUNK_EVENTS + 50)]
    backlog += [event(1000, person=None, body=b"{}"), event(1001, others={"hosts": [1, 2]}, problem="odd")]
    older_file(path, backlog)
    journal = opened()
    assert [read for _, read in journal.read(10_000)] == backlog
    assert journal.backlog() == len(backlog)
    session = journal.durable(0)
    assert session is not None
    assert (session.session_id, session.sequence, session.covered_to_ms) == ("abc", 7, 3)
    assert journal.identifies_since(5) == 1
    journal = await filled(opened(), range(2000, 2003))
    assert numbers(journal)[-4:] == [1001, 2000, 2001, 2002], "and it goes on from there"
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"occurred_from_ms" not in files, "nothing is left of the rows that were taken over"


async def test_of_an_older_backlog_what_cannot_be_read_is_set_aside(
    opened: Callable[[], Journal], path: Path
) -> None:
    older_file(path, [event(number) for number in range(5)])
    fields = msgspec.structs.asdict(event(9))
    garbage = [
        b"",
        b"\xc1garbage",
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode({**fields, "unknown": 1}),
        msgspec.msgpack.encode({**fields, "guild_id": "text"}),
        msgspec.msgpack.encode({**fields, "occurred_to_ms": 2**63}),
        msgspec.msgpack.encode({**fields, "type": 7}),
        msgspec.msgpack.encode({"key": b"k"}),
    ]
    with closing(sqlite3.connect(path)) as conn:
        for packed in garbage:
            conn.execute(
                "INSERT INTO events (guild_id, with_others, event) VALUES (?, 0, ?)", (GUILD, packed)
            )
        conn.commit()
    journal = await filled(opened(), range(20, 22))
    assert numbers(journal) == [0, 1, 2, 3, 4, 20, 21]
    assert set_aside(path) == [(1, packed) for packed in garbage]
    assert (journal.warning or "").startswith("8 events in the journal")


async def test_a_taking_over_that_is_cut_short_begins_again(
    opened: Callable[[], Journal], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog = [event(number) for number in range(3 * CHUNK_EVENTS)]
    older_file(path, backlog)
    calls = iter(range(100))

    def failing(*arguments: object, **named: object) -> object:
        if next(calls) == 2:
            raise sqlite3.OperationalError
        return chunks(*arguments, **named)

    monkeypatch.setattr("storage.journal_format.chunks", failing)
    with pytest.raises(JournalUnavailable, match="cannot be used"):
        opened()
    monkeypatch.undo()
    assert [read for _, read in opened().read(10_000)] == backlog
