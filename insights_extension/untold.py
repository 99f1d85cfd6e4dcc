"""The time whose commands may not be recorded, in a small file for the next start to tell."""

from __future__ import annotations

import json
import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

LATEST_MS: Final = 2**53  # more is no moment
LONGEST_FILE: Final = 200
UNUSABLE: Final = re.compile("[^a-z0-9-]")

log = logging.getLogger(__name__)


class Span(NamedTuple):
    from_ms: int
    to_ms: int


class Untold:
    """Lies where Guild Insights runs, or where that cannot be written (a wrong folder, a full disk) where
    the bot runs. Found in both."""

    def __init__(self, folder: Path, home: Path, journal: str) -> None:
        name = f"insights-missed-{UNUSABLE.sub('-', journal)[:32]}.json"
        self._config = folder / "config.toml"  # as long as it is missing, the folder may be wrong
        self._files = [folder / name, home / name]
        self._may_lie_there = False

    def left(self) -> Span | None:
        """What an earlier run could not hand over."""
        spans = [span for file in self._files if (span := _read(file)) is not None]
        if not spans:
            return None
        self._may_lie_there = True
        return Span(min(span.from_ms for span in spans), max(span.to_ms for span in spans))

    def note(self, span: Span) -> bool:
        """False: it could be written nowhere."""
        self._may_lie_there = True
        places = self._files if self._config.exists() else self._files[1:]
        return any(_is_written(file, json.dumps(span._asdict())) for file in places)

    def clear(self) -> None:
        """Nothing is left to tell."""
        if not self._may_lie_there:
            return
        for file in self._files:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                log.warning("%s cannot be removed (%s): it is told once more.", file, error.strerror)
        self._may_lie_there = False


def _read(file: Path) -> Span | None:
    try:
        with file.open(encoding="ascii") as opened:
            told = json.loads(opened.read(LONGEST_FILE))
        span = Span(int(told["from_ms"]), int(told["to_ms"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        log.warning("%s cannot be read (%s): the gap in it is not told.", file, type(error).__name__)
        return None
    return span if 0 <= span.from_ms < span.to_ms <= LATEST_MS else None


def _is_written(file: Path, text: str) -> bool:
    """In whole: a bot that is killed in between leaves what was there."""
    unfinished = file.with_suffix(".unfinished")
    try:
        unfinished.write_text(text + "\n", encoding="ascii")
        unfinished.replace(file)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        return False
    return True
