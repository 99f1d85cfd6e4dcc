"""Which process does the recording."""

from __future__ import annotations

import sys
from pathlib import Path


def collector_command(folder: Path, journal: str, python: str | None) -> list[str]:
    """-P: the bot's own folder may hold a `bot.py`, which must not stand in for a package of that name."""
    beside = folder / ".venv" / "bin" / "python"
    interpreter = python or (str(beside.absolute()) if beside.exists() else sys.executable)
    return [interpreter, "-P", "-m", "bot.collector", journal]
