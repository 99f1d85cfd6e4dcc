"""Room on a disk, and a reserve of it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from storage.files import private_file

LOW_BYTES: Final = 200 * 1024 * 1024  # days of a busy community's events: time to do something about it
RESERVE_BYTES: Final = 8 * 1024 * 1024  # all that waits in memory, and the gateway's position
WITHOUT_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)
UNITS: Final = ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB"))


def free_bytes(folder: Path) -> int:
    """What this user may still write there. Raises OSError."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def size_text(size: int) -> str:
    """“76 GB”, “1.4 GB”, “180 MB”."""
    for unit, name in UNITS:
        if size >= unit:
            amount = size / unit
            return f"{amount:.0f} {name}" if amount >= 10 else f"{amount:.1f} {name}"
    return f"{size} bytes"


class Reserve:
    """A file that only takes up room, to be given away when there is none."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self.obstacle: str | None = None  # why it could not be made, other than for want of room

    @property
    def is_held(self) -> bool:
        try:
            return self._path.is_file() and self._path.stat().st_size >= self._size
        except OSError:
            return False

    def hold(self) -> bool:
        """Takes the room, if twice as much of it is there. Returns whether the reserve is held."""
        self.obstacle = None
        if self.is_held:
            return True
        try:
            if free_bytes(self._path.parent) >= 2 * self._size:
                self._take()
        except OSError as error:
            self.obstacle = None if error.errno in WITHOUT_ROOM else error.strerror
        if not self.is_held:
            self.release()
        return self.is_held

    def _take(self) -> None:
        private_file(self._path)
        with self._path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, self._size)

    def release(self) -> bool:
        """Whether there was anything to give away."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
