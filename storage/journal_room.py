"""The journal's room on its disk: seen in time that it gets scarce, and a reserve for when there is none."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final

from storage import disk
from storage.disk import Reserve, free_bytes, size_text
from storage.trouble import FULL, UNREADABLE, predicate

LOOK_EVERY_S: Final = 10.0

log = logging.getLogger(__name__)


class Room:
    """Used by the journal's thread; `warning` may be read from any."""

    def __init__(self, journal: Path, ticks_s: Callable[[], float] = monotonic) -> None:
        self._folder = journal.parent
        self._reserve_name = f"{journal.name}.reserve"
        self._reserve = Reserve(journal.with_name(self._reserve_name), disk.RESERVE_BYTES)
        self._ticks_s = ticks_s
        self._next_look_s = 0.0
        self.warning: str | None = None  # one sentence, while there is reason for it

    def look(self) -> None:
        """Costs next to nothing: it looks every few seconds only. Fills the reserve up when there is room."""
        if self._ticks_s() < self._next_look_s:
            return
        self._next_look_s = self._ticks_s() + LOOK_EVERY_S
        is_held = self._reserve.hold()
        try:
            free = free_bytes(self._folder)
        except OSError:
            return  # the next commit says more
        self._warn(None if is_held and free >= disk.LOW_BYTES else self._concern(free))

    def _concern(self, free: int) -> str:
        if free >= disk.LOW_BYTES and self._reserve.obstacle:
            return (
                f"The journal's reserve {self._reserve_name} cannot be made ({self._reserve.obstacle}): move "
                "away what lies there. Recording goes on without it."
            )
        return (
            f"The journal's disk has {size_text(free)} left: free some, or recording stops when it is full."
        )

    def make(self, error: sqlite3.Error) -> bool:
        """Gives the reserve away if the disk is full. True: try again."""
        if predicate(error) not in (FULL, UNREADABLE) or not self._reserve.release():
            return False
        self._next_look_s = self._ticks_s() + LOOK_EVERY_S  # or it would be taken again at once
        self._warn("The journal's disk is full, and its reserve in use: free some, or recording stops.")
        return True

    def _warn(self, sentence: str | None) -> None:
        if sentence and self.warning is None:
            log.warning(sentence)
        self.warning = sentence
