"""Why nothing became durable: a note for the next process, in case this one ends before it does again.

Its place on the disk is taken beforehand. It is written over in place, which needs no new room: it is a full
disk above all that it has to tell of.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from storage.files import private_file

SIZE: Final = 64  # as long as a cause in the coverage table

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DiskNote:
    path: Path

    def read(self) -> str | None:
        """The cause that was written last; None where all was well, or nothing readable is there."""
        try:
            text = self.path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text[:SIZE] or None

    def write(self, cause: str | None) -> None:
        """None: all is well again."""
        content = (cause or "").encode("ascii", "replace")[:SIZE].ljust(SIZE)
        try:
            private_file(self.path)
            file = os.open(self.path, os.O_WRONLY)
            try:
                os.pwrite(file, content, 0)
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            log.warning("%s could not be written (%s).", self.path, error.strerror or type(error).__name__)
