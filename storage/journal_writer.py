"""The one thread that writes the journal: collects, encodes, commits in groups, and never gives up."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from storage.event import Event
from storage.journal_chunks import pack
from storage.journal_file import GatewayMark, GatewaySession, JournalFile, JournalUnavailable, describe
from storage.journal_room import Room

GROUP_SECONDS = 0.02  # collected for one commit; the commit itself takes the rest of the 50 ms
GROUP_ENTRIES = 20_000  # so that a flood is durable bit by bit
ENTRIES_IN_ONE_GO = 16  # encoded before others have the interpreter
MOST_PAUSES = 8  # of a group: where the interpreter is busy, each takes its 5 ms
RETRY_SECONDS = (0.05, 0.2, 1.0, 5.0)
HELD_ENTRIES = 50_000  # in memory, while the disk takes nothing: some ten minutes of a busy evening

log = logging.getLogger(__name__)

Encode = Callable[[Any], Sequence[Event]]
OnUnencodable = Callable[[Any, Exception], Event]
BeforeGroup = Callable[[], None]


class Operation(NamedTuple):
    """Something to do in the file, in its turn, and whom to tell when it is durable."""

    run: Callable[[JournalFile], object]
    done: Callable[[object], None] | None = None
    failed: Callable[[Exception], None] | None = None
    scrub: bool = False  # remove what deleted rows left behind, once it is durable


class OperationFailed(Exception):
    """Not for a reason of the file's: it would fail again, and hold up all others."""

    def __init__(self, operation: Operation, tell: Callable[[Exception], None], error: Exception) -> None:
        super().__init__()
        self.operation = operation
        self._tell = tell
        self._error = error

    def tell(self) -> None:
        log.error("Something could not be done in the journal: %s", type(self._error).__name__)
        self._tell(self._error)


class JournalWriter:
    """Takes entries from any thread and makes them durable in their order."""

    def __init__(
        self, file: JournalFile, encode: Encode, on_unencodable: OnUnencodable, before_group: BeforeGroup
    ) -> None:
        self._file = file
        self._before_group = before_group
        self._encode = encode
        self._on_unencodable = on_unencodable
        self._asleep = False
        self._closing = False
        self._in_hand = 0  # entries that are being written
        self._is_overfull = False
        self.room = Room(file.path)
        self._wake = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self.queue: deque[tuple[object, GatewayMark | None] | Operation] = deque()
        self.quiet = threading.Lock()  # held by a reader of the file; it must not read during a scrub
        self.sessions: dict[int, GatewaySession] = file.sessions()  # as durable
        self.problem: str | None = None  # why nothing becomes durable just now: one sentence
        self.lost = 0  # items of which neither callable could make an event
        self.clean = True  # whether the last scrub left nothing behind

    def start(self) -> None:
        self._thread.start()

    @property
    def is_overfull(self) -> bool:
        """More waits than may, until half of it is written. What comes now should come again later."""
        waiting = self._in_hand + len(self.queue)
        self._is_overfull = waiting >= HELD_ENTRIES // 2 if self._is_overfull else waiting >= HELD_ENTRIES
        return self._is_overfull

    def put(self, entry: tuple[object, GatewayMark | None] | Operation) -> None:
        self.queue.append(entry)
        if self._asleep:
            self._rouse()

    def put_urgently(self, operation: Operation) -> None:
        """Like `put`, without waiting for company."""
        self.put(operation)
        self._hurry.set()

    def close(self) -> int:
        """Writes what is left and ends the thread. Returns how many entries the disk went on refusing."""
        self._closing = True
        self._hurry.set()
        self._wake.set()
        self._thread.join()
        self._asleep = True  # so that whoever still appends is told
        return len(self.queue)

    def _rouse(self) -> None:
        if self._closing:
            raise JournalUnavailable(f"The journal {self._file.path} is closed: nothing can be appended.")
        self._wake.set()

    def _run(self) -> None:
        self.room.look()
        while self.write_group():
            pass

    def write_group(self) -> bool:
        """Waits for entries and makes them durable. False: these were the last, or the disk refuses them."""
        self._wait_for_entries()
        self._prepare_group()
        entries = [self.queue.popleft() for _ in range(min(len(self.queue), GROUP_ENTRIES))]
        self._in_hand = len(entries)
        if entries and not self._write(self._steps(entries)):
            self.queue.extendleft(reversed(entries))
            return False
        self._in_hand = 0
        return not self._closing or bool(self.queue)

    def _prepare_group(self) -> None:
        try:
            self._before_group()
        except Exception as error:
            log.error("A group is written unprepared: %s", type(error).__name__)  # noqa: TRY400  as below

    def _wait_for_entries(self) -> None:
        self._asleep = True  # before the look into the queue: whoever appends after it, rouses
        if not self.queue and not self._closing:
            self._wake.wait()
        self._asleep = False
        self._wake.clear()
        if len(self.queue) < GROUP_ENTRIES:  # a full group needs no more company
            self._hurry.wait(GROUP_SECONDS)
        if len(self.queue) <= GROUP_ENTRIES:  # else what is urgent may be left for the next group
            self._hurry.clear()

    def _steps(self, entries: Sequence[tuple[object, GatewayMark | None] | Operation]) -> list[Operation]:
        """Items between two operations are stored by one step, so that everything keeps its order."""
        steps: list[Operation] = []
        rows: list[bytes] = []
        marks: dict[tuple[int, str], GatewayMark] = {}
        in_one_go = max(ENTRIES_IN_ONE_GO, len(entries) // MOST_PAUSES)
        for number, entry in enumerate(entries, start=1):
            if number % in_one_go == 0:
                time.sleep(0)  # whoever waits for the interpreter, above all the event loop, has its turn
            if isinstance(entry, Operation):
                steps += [_store(rows, marks), entry]
                rows, marks = [], {}
                continue
            item, mark = entry
            if item is not None:
                rows.extend(self._rows(item))
            if mark is not None:
                marks[mark.shard_id, mark.session_id] = mark
        return [*steps, _store(rows, marks)]

    def _rows(self, item: object) -> list[bytes]:
        try:
            return [pack(event) for event in self._encode(item)]
        except Exception as error:
            return self._dead_letter(item, error)

    def _dead_letter(self, item: object, error: Exception) -> list[bytes]:
        try:
            return [pack(self._on_unencodable(item, error))]
        except Exception as second:
            self.lost += 1  # the thread goes on: everything after this item is worth more
            kinds = type(item).__name__, type(second).__name__
            log.error("An item of type %s was lost: %s", *kinds)  # noqa: TRY400  a traceback may hold its content
            return []

    def _write(self, steps: Sequence[Operation]) -> bool:
        """Tries until the steps are durable. False: the disk refuses, and the journal is being closed."""
        waits = iter(RETRY_SECONDS)
        while True:
            try:
                self._commit(steps)
            except OperationFailed as failure:
                steps = [step for step in steps if step is not failure.operation]
                failure.tell()
                continue
            except Exception as error:  # of whatever kind: without this thread nothing is recorded
                if isinstance(error, sqlite3.Error) and self.room.make(error):
                    continue
                if self.problem is None:
                    said = "The journal cannot be written; everything is kept in memory"
                    log.exception(said, exc_info=isinstance(error, sqlite3.Error))  # else it may hold content
                self.problem = describe(self._file.path, error)
            else:
                self.problem = None
                self.room.look()
                return True
            if self._closing:
                return False
            self._hurry.wait(next(waits, RETRY_SECONDS[-1]))
            self._hurry.clear()

    def _commit(self, steps: Sequence[Operation]) -> None:
        with self._file.transaction():
            results = [self._done(step) for step in steps]
        self.sessions = self._file.sessions()
        for step, result in zip(steps, results, strict=True):
            if step.scrub:
                self._scrub()
            if step.done:
                step.done(result)

    def _done(self, step: Operation) -> object:
        try:
            return step.run(self._file)
        except sqlite3.Error:
            raise
        except Exception as error:
            if step.failed is None:
                raise
            raise OperationFailed(step, step.failed, error) from error

    def _scrub(self) -> None:
        with self.quiet:  # a reader would keep the old state alive
            try:
                self.clean = self._file.scrub()
            except sqlite3.Error:
                self.clean = False
                log.exception("Deleted entries still stand in the journal's log of changes")


def _store(packed: Sequence[bytes], marks: dict[tuple[int, str], GatewayMark]) -> Operation:
    return Operation(partial(JournalFile.store, packed=packed, marks=marks.values()))
