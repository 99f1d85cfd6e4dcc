"""Where the last complete reading of the audit log ended: a moment in a file of its own.

The warehouse knows it too, but may be away when the bot starts. Without the file the reading begins anew
where the recording goes on, which loses the time in between and invents nothing.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from pathlib import Path

from storage.files import private_file, sync_directory

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AuditPlace:
    path: Path

    def read(self) -> int | None:
        """Milliseconds since 1970 UTC; None where nothing readable is written."""
        try:
            text = self.path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return int(text) if 0 < len(text) <= 15 and text.isdecimal() else None

    def write(self, to_ms: int) -> None:
        """Durable, or as it was before. A disk that refuses costs a longer reading at the next start."""
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            private_file(beside)
            with beside.open("w", encoding="ascii") as file:
                file.write(f"{to_ms}\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
            sync_directory(self.path.parent)
        except OSError as error:
            log.warning("%s could not be written (%s).", self.path, error.strerror or type(error).__name__)
