"""How much has gone from the journal into the tables since the start, and how fast."""

from __future__ import annotations

from collections import deque
from typing import Final

from storage.loader import LoadResult

REMEMBERED: Final = 10_000  # events: some hours of a busy evening


class Flow:
    def __init__(self) -> None:
        self.loaded = 0
        self.duplicates = 0
        self._lags_ms: deque[int] = deque(maxlen=REMEMBERED)

    def took(self, batch: LoadResult, now_ms: int) -> None:
        """A batch is in the tables."""
        self.loaded += batch.loaded
        self.duplicates += batch.duplicates
        self._lags_ms.extend(max(0, now_ms - heard_ms) for heard_ms in batch.heard_ms)

    def lag_ms(self) -> tuple[int, int] | None:
        """From an event to its tables: the median, and within what 95 % are."""
        lags = sorted(self._lags_ms)
        if not lags:
            return None
        return lags[(len(lags) - 1) // 2], lags[(len(lags) - 1) * 95 // 100]
