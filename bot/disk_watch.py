"""Whether what is recorded becomes durable: the cause that stands beside what is missing if it does not."""

from __future__ import annotations

from typing import Final, Protocol

from storage.trouble import FULL

DISK_FULL: Final = "the disk is full"
NOT_WRITABLE: Final = "the journal could not be written"


class Written(Protocol):
    """What is needed of storage.journal.Journal."""

    @property
    def problem(self) -> str | None: ...


class Note(Protocol):
    """What is needed of disk_note.DiskNote."""

    def read(self) -> str | None: ...
    def write(self, cause: str | None) -> None: ...


class DiskWatch:
    """`cause`: why nothing becomes durable now; before the first look, why it did not in the last process."""

    def __init__(self, journal: Written, note: Note | None) -> None:
        self._journal = journal
        self._note = note
        self.cause = note.read() if note else None
        if note and self.cause is None:
            note.write(None)  # while there is room

    def look(self) -> str | None:
        problem = self._journal.problem
        cause = None if problem is None else DISK_FULL if FULL in problem else NOT_WRITABLE
        if cause != self.cause:
            self.cause = cause
            if self._note is not None:
                self._note.write(cause)
        return cause
