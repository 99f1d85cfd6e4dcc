"""Moves the journal into the warehouse's event log, and replaces people by their numbers on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dead_letters, event_log
from storage.database import Warehouse
from storage.dead_letters import DeadLetter
from storage.event import Event
from storage.event_log import NewRow
from storage.identities import member_numbers
from storage.journal import Journal
from storage.journal_chunks import without
from storage.withdrawals import Withdrawals

SOURCE_LENGTH, TYPE_LENGTH = 16, 64  # of the log's columns
HOLDS_NUL = "it holds a NUL character"


OnLoaded = Callable[[Sequence[Event]], None]


class LoadResult(NamedTuple):
    """How many events a batch held, and what became of them."""

    read: int = 0
    loaded: int = 0
    duplicates: int = 0
    dead: int = 0
    dropped: int = 0  # of people who withdrew


class Continuity(Protocol):
    """Sees to it that the log knows what is missing between it and the journal."""

    async def mended(self, conn: AsyncConnection, places: Sequence[Event | None]) -> list[Event]:
        """What goes into the log in this transaction. None: events that stood there could not be read."""
        ...

    def loaded(self) -> None:
        """What was mended last is committed."""
        ...


class _Refused(Exception):
    """Why an event cannot be a row of the log."""


async def load_batch(
    warehouse: Warehouse,
    journal: Journal,
    withdrawals: Withdrawals,
    limit: int = 1000,
    on_loaded: OnLoaded = lambda _events: None,
    *,
    continuity: Continuity | None = None,
) -> LoadResult:
    """Loads the journal's oldest events in one transaction, then lets the journal forget them.

    Without `continuity` nobody asks what may be missing.
    `on_loaded` is shown what is in the log now, repeats among them.
    A crash in between loads them again, which the log takes for the duplicates that they are.
    Raises WarehouseUnavailable; the journal then still has everything.
    """
    batch = await asyncio.to_thread(journal.read_places, limit)
    result = LoadResult()
    if batch:
        places = [event for _, event in batch]
        async with warehouse.writing() as conn:
            events = await continuity.mended(conn, places) if continuity else [e for e in places if e]
            result = await load_events(warehouse, conn, events, withdrawals)
        if continuity:
            continuity.loaded()
        journal.discard_through(batch[-1][0])
        on_loaded(events)
    else:
        withdrawals.refresh()
    await _leave_no_trace(journal, withdrawals, result.dropped)
    return result


async def load_events(
    warehouse: Warehouse, conn: AsyncConnection, events: Sequence[Event], withdrawals: Withdrawals
) -> LoadResult:
    """Puts events into the log, in the caller's transaction."""
    by_guild = {
        guild_id: list(group)
        for guild_id, group in groupby(sorted(events, key=_guild_id), key=_guild_id)  # stable: order is kept
    }
    for guild_id in by_guild:  # ascending, so that two loaders never wait for each other in a circle
        await warehouse.lock_guild(conn, guild_id)
    # Under the lock: an erasure either sees the identities made here, or left its mark before.
    withdrawals.refresh()
    loaded = dead = dropped = 0
    for guild_id, of_guild in by_guild.items():
        kept = list(_without_withdrawn(guild_id, of_guild, withdrawals))
        numbers = await member_numbers(conn, guild_id, _people(kept))
        rows, letters = _sort(kept, numbers)
        loaded += await event_log.append(conn, guild_id, rows)
        await dead_letters.set_aside(conn, guild_id, letters)
        dead += len(letters)
        dropped += len(of_guild) - len(kept)
    duplicates = len(events) - loaded - dead - dropped
    return LoadResult(len(events), loaded, duplicates, dead, dropped)


async def _leave_no_trace(journal: Journal, withdrawals: Withdrawals, dropped: int) -> None:
    # Another process that erased somebody cannot reach this one's journal: its old pages are cleared here.
    if dropped:
        journal.scrubbed_at_revision = None  # until it succeeds: somebody may be reading the file just now
    if journal.scrubbed_at_revision != withdrawals.revision:
        revision = withdrawals.revision
        if await journal.scrub(withdrawals.is_withdrawn):
            journal.scrubbed_at_revision = revision


def _guild_id(event: Event) -> int:
    return event.guild_id


def _without_withdrawn(guild_id: int, events: Iterable[Event], withdrawals: Withdrawals) -> Iterator[Event]:
    for event in events:
        if event.person is not None and withdrawals.is_withdrawn(guild_id, event.person):
            continue
        if not event.others:
            yield event
            continue
        people = {person for ids in event.others.values() for person in ids}
        yield without(event, frozenset(p for p in people if withdrawals.is_withdrawn(guild_id, p)))


def _people(events: Iterable[Event]) -> Iterator[int]:
    for event in events:
        if event.person is not None:
            yield event.person
        if event.others:
            for ids in event.others.values():
                yield from ids


def _sort(events: Iterable[Event], numbers: Mapping[int, int]) -> tuple[list[NewRow], list[DeadLetter]]:
    rows: list[NewRow] = []
    letters: list[DeadLetter] = []
    for event in events:
        try:
            rows.append(_row(event, numbers, _storable_body(event)))
        except _Refused as refused:
            letters.append(DeadLetter(_mended(event, numbers), str(refused).replace("\0", "�")))
    return rows, letters


def _row(event: Event, numbers: Mapping[int, int], body: str) -> NewRow:
    others = event.others and {
        role: [numbers[person] for person in ids] for role, ids in event.others.items()
    }
    return NewRow(
        event.key,
        event.source,
        event.type,
        None if event.person is None else numbers[event.person],
        msgspec.json.encode(others).decode() if others else None,
        event.occurred_from_ms,
        event.occurred_to_ms,
        event.recorded_at_ms,
        body,
    )


def _storable_body(event: Event) -> str:
    """The body as the log's column takes it. Raises _Refused: one such event must not hold up all others."""
    problem = event.problem or _unnameable(event.source, event.type)
    if problem:
        raise _Refused(problem)
    try:
        body = event.body.decode()
    except UnicodeDecodeError as error:
        raise _Refused("its body is not UTF-8") from error
    if "\0" in body:
        raise _Refused(HOLDS_NUL)
    return body


@lru_cache  # there are few of them
def _unnameable(source: str, event_type: str) -> str | None:
    """Why the log's columns would refuse an event's names."""
    if len(source) > SOURCE_LENGTH:
        return f"its source is longer than {SOURCE_LENGTH} characters"
    if len(event_type) > TYPE_LENGTH:
        return f"its type is longer than {TYPE_LENGTH} characters"
    if "\0" in event_type or "\0" in source:
        return HOLDS_NUL
    return None


def _mended(event: Event, numbers: Mapping[int, int]) -> NewRow:
    body = event.body.decode("utf-8", "replace").replace("\0", "�")
    row = _row(event, numbers, body)
    return row._replace(
        source=event.source.replace("\0", "�")[:SOURCE_LENGTH],
        type=event.type.replace("\0", "�")[:TYPE_LENGTH],
    )
