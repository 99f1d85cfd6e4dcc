"""A SQLite file that was damaged or taken away, and the one that is put in its place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self


class Seen(NamedTuple):
    """What tells one file from another, and from itself after a change."""

    inode: int = 0
    size: int = 0
    changed_ns: int = 0

    @classmethod
    def of(cls, path: Path) -> Self:
        """Of a file that is not there, all zero."""
        try:
            status = path.stat()
        except OSError:
            return cls()
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


class Before(NamedTuple):
    """The file that can be used no more, and its log of changes, which only belongs to it."""

    file: Seen
    log: Seen
    was_moved: bool = False  # and may come back as it was


class Watched:
    """Notes beside the file that it was found damaged, so that a new start does not write to it either."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = path.with_name(path.name + "-wal")
        self._index = path.with_name(path.name + "-shm")
        self._note = path.with_name(path.name + ".damaged")
        self._before = self._noted()
        self._opened = Seen()

    @property
    def is_suspicious(self) -> bool:
        """What lies there now has to be looked through before it is used."""
        return self._before is not None

    @property
    def is_damaged(self) -> bool:
        """The file that was found damaged still lies there."""
        before = self._before
        return before is not None and not before.was_moved and Seen.of(self.path) == before.file

    @property
    def is_there(self) -> bool:
        return Seen.of(self.path).size > 0

    def opened(self) -> None:
        self._opened = Seen.of(self.path)

    def found_damaged(self) -> None:
        self._before = Before(Seen.of(self.path), Seen.of(self._log))
        with suppress(OSError):  # only a new start would not know
            numbers = (*self._before.file, *self._before.log)
            self._note.write_text(" ".join(map(str, numbers)), encoding="ascii")

    def found_missing(self) -> None:
        self._before = Before(self._opened, Seen.of(self._log), was_moved=True)

    def found_good(self) -> None:
        self._before = None
        self._note.unlink(missing_ok=True)

    def put_leftovers_aside(self) -> None:
        """The log of the file before would be played into the one that was put in its place."""
        before = self._before
        if before is None or (before.was_moved and Seen.of(self.path).inode == before.file.inode):
            return
        if before.log.inode and Seen.of(self._log) == before.log:
            self._log.rename(self._log.with_name(self._log.name + ".damaged"))
            self._index.unlink(missing_ok=True)

    def _noted(self) -> Before | None:
        with suppress(OSError, ValueError):
            numbers = [int(number) for number in self._note.read_text(encoding="ascii").split()]
            if len(numbers) == 6:
                return Before(Seen(*numbers[:3]), Seen(*numbers[3:]))
        return None
