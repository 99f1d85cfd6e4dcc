"""What Discord was told we have: on this machine's disk within 50 ms, whatever the warehouse does.

One file and one writing thread per process. `append` costs its caller a list append; encoding and committing
happen in the thread (journal_writer.py).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

from storage import journal_aside
from storage.event import Event
from storage.journal_chunks import UnreadableChunk, events_after
from storage.journal_file import (
    GatewayMark,
    GatewaySession,
    JournalFile,
    JournalInUse,
    JournalUnavailable,
    describe,
)
from storage.journal_writer import BeforeGroup, Encode, JournalWriter, OnUnencodable, Operation

WAITING = "SELECT last_row_id, packed FROM event_chunks WHERE last_row_id > ? ORDER BY last_row_id"


class Journal:
    """Durable in the order of the calls. What does not return something may be called from any thread."""

    Writer = JournalWriter

    def __init__(
        self, file: JournalFile, encode: Encode, on_unencodable: OnUnencodable, before_group: BeforeGroup
    ) -> None:
        self._file = file
        self._identifies = file.identifies()
        self.last_note = file.last_note()  # key of the last one of coverage that was loaded; None: none was
        self._discarded_to = 0
        self._reader = _open_reader(file.path)
        self._writer = self.Writer(file, encode, on_unencodable, before_group)
        self._writer.start()
        self._closed = False
        self.scrubbed_at_revision: int | None = None  # of the withdrawals (see loader.py)

    @classmethod
    def open(
        cls,
        path: Path,
        encode: Encode,
        on_unencodable: OnUnencodable,
        before_group: BeforeGroup = lambda: None,
    ) -> Self:
        """Starts the writer. It calls `encode` with each item appended, and `on_unencodable` if that fails.

        `before_group` is called before the items of one commit are encoded, in the same thread.
        Raises JournalInUse when another process has it, JournalUnavailable when it cannot be opened.
        """
        return cls(JournalFile.open(path), encode, on_unencodable, before_group)

    # ------------------------------------------------------------ what the gateway calls

    def append(self, item: object, mark: GatewayMark | None = None) -> None:
        """Hands over an item, or with None only the mark. Never blocks."""
        self._writer.put((item, mark))

    def durable(self, shard_id: int) -> GatewaySession | None:
        """The session of a shard up to what is on disk; None where there is none to resume."""
        session = self._writer.sessions.get(shard_id)
        return session if session and session.session_id else None

    def last_session(self, shard_id: int) -> GatewaySession | None:
        """Like `durable`, but a forgotten session still tells when it was last alive."""
        return self._writer.sessions.get(shard_id)

    def open_session(self, session: GatewaySession) -> None:
        self._put(partial(JournalFile.open_session, session=session))

    def forget_session(self, shard_id: int) -> None:
        self._put(partial(JournalFile.forget_session, shard_id=shard_id))

    def covered(self, shard_id: int, to_ms: int) -> None:
        """Recorded without a gap up to this moment."""
        self._put(partial(JournalFile.covered, shard_id=shard_id, to_ms=to_ms))

    def note_identify(self, at_ms: int) -> None:
        self._identifies.append(at_ms)
        self._put(partial(JournalFile.note_identify, at_ms=at_ms))

    def identifies_since(self, at_ms: int) -> int:
        """How many new sessions were asked for from this moment on; two days are remembered."""
        return sum(noted >= at_ms for noted in self._identifies)

    async def flushed(self) -> None:
        """Returns when everything handed over before is durable."""
        await self._result(lambda _file: None)

    @property
    def problem(self) -> str | None:
        """Why nothing becomes durable just now, in one sentence; everything waits in memory then."""
        return self._writer.problem

    @property
    def warning(self) -> str | None:
        """That the journal's disk is about to be full, or changes what lies on it, in one sentence."""
        return self._writer.room.warning or journal_aside.sentence(self._file.path, self._file.unreadable)

    @property
    def is_overfull(self) -> bool:
        """More waits in memory than may: whoever can have it sent again should, and append nothing now."""
        return self._writer.is_overfull

    @property
    def lost(self) -> int:
        """How many items could be made neither events nor dead letters."""
        return self._writer.lost

    # ------------------------------------------------------------ what loader and erasure call

    def read(self, limit: int) -> list[tuple[int, Event]]:
        """The oldest events that were not discarded, each with its row id. Blocks."""
        return [(row_id, event) for row_id, event in self.read_places(limit) if event is not None]

    def read_places(self, limit: int) -> list[tuple[int, Event | None]]:
        """The same, with None before an event where those between could not be read."""
        try:
            with self._writer.quiet, closing(self._waiting()) as waiting:
                return _until_event(waiting, limit)
        except sqlite3.Error as error:
            raise JournalUnavailable(describe(self._file.path, error)) from error

    def _waiting(self) -> Generator[tuple[int, Event | None], None, None]:
        after = self._discarded_to
        with closing(self._reader.execute(WAITING, (after,))) as rows:
            for last_row_id, packed in rows:
                if not packed:
                    yield last_row_id, None
                    continue
                try:
                    yield from events_after(after, last_row_id, packed)
                except UnreadableChunk:  # before anything behind it is discarded
                    self.scrubbed_at_revision = None
                    self._put(partial(JournalFile.set_aside, last_row_id=last_row_id))
                    yield last_row_id, None

    def note_loaded(self, key: bytes) -> None:
        """A note of coverage is in the log now. Whether it still is tells a log from an earlier one."""
        self.last_note = key
        self._put(partial(JournalFile.note_loaded, key=key))

    def discard_through(self, row_id: int) -> None:
        """These events are safe elsewhere. They are not read again, and are deleted with the next commit."""
        self._discarded_to = max(self._discarded_to, row_id)
        self._put(partial(JournalFile.discard_through, row_id=row_id))

    def backlog(self) -> int:
        """About how many events wait for the loader."""
        return self._file.stored + len(self._writer.queue)

    async def forget_people(self, guild_id: int, user_ids: Iterable[int]) -> int:
        """Removes people of a guild without a trace in the file. Returns how many events were touched."""
        people = frozenset(user_ids)
        touched = await self._result(lambda file: file.forget_people(guild_id, people), scrub=True)
        assert isinstance(touched, int)
        return touched

    async def scrub(self, is_withdrawn: journal_aside.IsWithdrawn) -> bool:
        """Removes what deleted rows left behind in the file; False if a reader kept some of it."""
        await self._result(partial(JournalFile.forget_withdrawn, is_withdrawn=is_withdrawn), scrub=True)
        return self._writer.clean

    @property
    def clean(self) -> bool:
        """Whether the last removal left nothing behind."""
        return self._writer.clean

    def close(self) -> None:
        """Makes everything durable and lets go of the file.

        Raises JournalUnavailable, with the number of entries lost, if the disk goes on refusing.
        """
        if self._closed:
            return
        self._closed = True
        lost = self._writer.close()
        self._reader.close()
        self._file.close()
        if lost:
            raise JournalUnavailable(f"{self.problem} The last {lost} entries were not written.")

    def _put(self, run: Callable[[JournalFile], object]) -> None:
        self._writer.put(Operation(run, failed=lambda _error: None))  # nobody waits for it

    async def _result(self, run: Callable[[JournalFile], object], scrub: bool = False) -> object:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()

        def settle(result: object) -> None:
            if not future.done():
                future.set_result(result)

        def fail(error: Exception) -> None:
            if not future.done():
                future.set_exception(error)

        def tell(how: Callable[[Any], None], what: object) -> None:
            with suppress(RuntimeError):  # the loop was closed, and nobody waits any more
                loop.call_soon_threadsafe(how, what)

        self._writer.put_urgently(Operation(run, partial(tell, settle), partial(tell, fail), scrub))
        return await future


def _until_event(waiting: Iterable[tuple[int, Event | None]], limit: int) -> list[tuple[int, Event | None]]:
    """So many events. What is missing behind the last one stays until there is something behind it."""
    taken: list[tuple[int, Event | None]] = []
    events, missing = 0, None
    for place in waiting:
        if place[1] is None:
            missing = place
            continue
        if missing is not None:
            taken.append(missing)
            missing = None
        taken.append(place)
        events += 1
        if events >= limit:
            break
    return taken


def _open_reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)


__all__ = ["GatewayMark", "GatewaySession", "Journal", "JournalInUse", "JournalUnavailable"]
