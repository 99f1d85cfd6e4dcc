"""Lines of a file on their way into the log: what is there already is not entered again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import accounts
from storage.accounts import LinkedAccount
from storage.database import Warehouse
from storage.event import Event
from storage.event_log import known_keys
from storage.loader import load_events
from storage.occurrence import OccurrenceKey
from storage.recorded_events import RecordedEvents
from storage.withdrawals import Withdrawals

OF_AN_EVENT = "IMPORTED_EVENT"


class Entry(NamedTuple):
    """What one line says: an event, or an account."""

    event: Event | None = None
    account: LinkedAccount | None = None
    twin: bytes | None = None  # the key under which the same would have been recorded
    occurrence: OccurrenceKey | None = None  # which one it tells of
    recorded_as: OccurrenceKey | None = None  # how that would be known, had it been recorded


class Entered(NamedTuple):
    new: int = 0
    known: int = 0  # entered before, or recorded
    withdrawn: int = 0  # of people who do not want to be recorded

    def and_also(self, other: Entered) -> Entered:
        return Entered(*(sum(both) for both in zip(self, other, strict=True)))


async def enter(
    warehouse: Warehouse,
    guild_id: int,
    entries: Sequence[Entry],
    withdrawals: Withdrawals,
    recorded: RecordedEvents,
    *,
    now_ms: int,
) -> Entered:
    """Enters what is new, in one transaction. Raises WarehouseUnavailable; then nothing of it is entered."""
    async with warehouse.writing() as conn:
        await warehouse.lock_guild(conn, guild_id)
        withdrawals.refresh()
        events = await _unrecorded(conn, guild_id, entries, recorded)
        told = [entry.event for entry in entries if entry.event]
        loaded = await load_events(warehouse, conn, events, withdrawals)
        linked = [entry.account for entry in entries if entry.account]
        wanted = [each for each in linked if not withdrawals.is_withdrawn(guild_id, each.user_id)]
        new_links = await accounts.link(conn, guild_id, wanted, now_ms)
    return Entered(
        new=loaded.loaded + new_links,
        known=len(told) - len(events) + loaded.duplicates + len(wanted) - new_links,
        withdrawn=loaded.dropped + len(linked) - len(wanted),
    )


class Foreseeing:
    """Says what would be entered, and enters nothing. Remembers the file's keys outside of memory."""

    def __init__(self, warehouse: Warehouse, guild_id: int, withdrawals: Withdrawals) -> None:
        self._warehouse = warehouse
        self._guild_id = guild_id
        self._withdrawals = withdrawals
        self._recorded = RecordedEvents(guild_id)
        self._seen = sqlite3.connect("")  # a file of its own, gone when it is closed
        self._seen.execute("CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID")

    def close(self) -> None:
        self._seen.close()

    async def foresee(self, entries: Sequence[Entry]) -> Entered:
        withdrawn = [entry for entry in entries if self._is_withdrawn(entry)]
        wanted = [entry for entry in entries if not self._is_withdrawn(entry)]
        async with self._warehouse.reading() as conn:
            events = await _unrecorded(conn, self._guild_id, wanted, self._recorded)
            logged = await known_keys(conn, self._guild_id, [event.key for event in events])
            linked = [entry.account for entry in wanted if entry.account]
            known_links = await accounts.known(conn, self._guild_id, linked)
        new = [event.key for event in events if event.key not in logged]
        new += [_link_key(each) for each in linked if each not in known_links]
        entered = sum(self._see(key) for key in new)
        return Entered(entered, len(wanted) - entered, len(withdrawn))

    def _see(self, key: bytes) -> int:
        return self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount

    def _is_withdrawn(self, entry: Entry) -> bool:
        person = entry.event.person if entry.event else None
        if entry.account:
            person = entry.account.user_id
        return person is not None and self._withdrawals.is_withdrawn(self._guild_id, person)


def _link_key(account: LinkedAccount) -> bytes:
    return msgspec.msgpack.encode(account[:3])


async def _unrecorded(
    conn: AsyncConnection, guild_id: int, entries: Iterable[Entry], recorded: RecordedEvents
) -> list[Event]:
    """The events that the bot has not recorded. Attendance at one that it has is meant for that one."""
    entries = [entry for entry in entries if entry.event]
    twins = await known_keys(conn, guild_id, [entry.twin for entry in entries if entry.twin])
    names = await recorded.names(conn, {entry.recorded_as for entry in entries if entry.recorded_as})
    events = []
    for entry in entries:
        event = entry.event
        assert event is not None
        key = None if entry.recorded_as is None else names.get(entry.recorded_as)
        if entry.twin in twins or (key and event.type == OF_AN_EVENT):
            continue
        events.append(_at(event, key) if key else event)
    return events


def _at(event: Event, key: OccurrenceKey) -> Event:
    """The same, at this occurrence."""
    body = msgspec.json.decode(event.body) | key._asdict()
    return msgspec.structs.replace(event, body=msgspec.json.encode(body, order="deterministic"))
