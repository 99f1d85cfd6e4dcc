"""How much has gone from the journal into the tables since the start, and how fast."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

from storage.event import Event, Source
from storage.loader import LoadResult

REMEMBERED: Final = 10_000  # events: some hours of a busy evening


class Flow:
    def __init__(self) -> None:
        self.loaded = 0
        self.duplicates = 0
        self._heard_ms: list[int] = []  # of what is in the log, and not in the tables yet
        self._lags_ms: deque[int] = deque(maxlen=REMEMBERED)

    def loading(self, events: Sequence[Event]) -> None:
        """They are in the log. Only of what came as it happened is it known how long it took."""
        self._heard_ms += [event.occurred_to_ms for event in events if _was_heard(event)]

    def took(self, batch: LoadResult, now_ms: int) -> None:
        """A batch is in the tables."""
        self.loaded += batch.loaded
        self.duplicates += batch.duplicates
        self._lags_ms.extend(max(0, now_ms - heard_ms) for heard_ms in self._heard_ms)
        self._heard_ms.clear()

    def lag_ms(self) -> tuple[int, int] | None:
        """From an event to its tables: the median, and within what 95 % are."""
        lags = sorted(self._lags_ms)
        if not lags:
            return None
        return lags[(len(lags) - 1) // 2], lags[(len(lags) - 1) * 95 // 100]


def _was_heard(event: Event) -> bool:
    """It is neither late nor of a list, nor an observation or a file."""
    is_exact = event.occurred_from_ms == event.occurred_to_ms
    return is_exact and event.source == Source.GATEWAY and not event.type.startswith("SNAPSHOT")
