"""The journal: events handed over one by one until all are durable, by group commit with synchronous=FULL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import NoReturn

from benchmarks import plain_sqlite
from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.material import Material
from storage.event import Event
from storage.journal import Journal
from storage.journal_chunks import pack

# What a journal without groups of events would be: a row an event, with what finds its people.
TABLE = """
CREATE TABLE events (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild_id INTEGER NOT NULL,
    person INTEGER,
    with_others INTEGER NOT NULL,
    event BLOB NOT NULL
)
"""
INSERT = "INSERT INTO events (guild_id, person, with_others, event) VALUES (?, ?, ?, ?)"


def refuse(item: object, error: Exception) -> NoReturn:
    raise AssertionError(f"{item} cannot be encoded") from error


def one_event(item: object) -> list[Event]:
    assert isinstance(item, Event)
    return [item]


def open_journal(folder: Path) -> Journal:
    return Journal.open(folder / "journal.db", encode=one_event, on_unencodable=refuse)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    rows = [(event.guild_id, event.person, bool(event.others), pack(event)) for event in material.events]

    async def ours() -> float:
        with material.fresh_folder() as folder:
            journal = open_journal(folder)
            began = perf_counter()
            for event in material.events:
                journal.append(event)
            await journal.flushed()
            took = perf_counter() - began
            journal.close()
        return len(material.events) / took

    async def limit() -> float:
        with material.fresh_folder() as folder:
            return plain_sqlite.insert(folder / "plain.db", TABLE, INSERT, rows)

    yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "journal",
    "events/s",
    begin,
    against=plain_sqlite.AGAINST,
    bound=Bound("≥", 0.5),
)
