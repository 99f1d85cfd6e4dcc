"""Files that nobody else may read, and a lock between processes."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


def private_directory(path: Path) -> None:
    """Creates a directory (and its parents) for the owner alone. One that exists is left as it is."""
    if not path.exists():
        private_directory(path.parent)
        path.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)


def private_file(path: Path) -> None:
    """Creates an empty file for the owner alone, or takes everybody else's rights from one that exists.

    Raises OSError, also for what is no ordinary file: a device belongs to the whole machine.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE_FILE))
    if path.stat().st_mode & 0o077:
        path.chmod(PRIVATE_FILE)


def sync_directory(path: Path) -> None:
    """A new file's name survives a power cut only when its directory is synced too."""
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


class FileLocked(Exception):
    """Another process (or another part of this one) holds the lock."""


class FileLock:
    """A lock held through a file. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)

    def acquire(self) -> None:
        """Takes the lock or raises FileLocked at once."""
        try:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileLocked from error

    def release(self) -> None:
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _descriptor(self) -> int:
        if self._file is None:
            raise ValueError("the lock is closed")
        return self._file
