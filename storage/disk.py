"""Room on a disk."""

from __future__ import annotations

from typing import Final

LOW_BYTES: Final = 200 * 1024 * 1024  # days of a busy community's events: time to do something about it
UNITS: Final = ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB"))


def size_text(size: int) -> str:
    """“76 GB”, “1.4 GB”, “180 MB”."""
    for unit, name in UNITS:
        if size >= unit:
            amount = size / unit
            return f"{amount:.0f} {name}" if amount >= 10 else f"{amount:.1f} {name}"
    return f"{size} bytes"
