"""What only the running bot knows of its recording: a report on the record is told, and cannot ask."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vitals:
    """Counts are those since the process began."""

    since_ms: int
    loaded: int = 0  # events, into the warehouse's log
    duplicates: int = 0  # turned away
    waiting: int = 0  # events in the journal
    lag_ms: tuple[int, int] | None = None  # from an event to its tables: median and 95th percentile
    listed: tuple[int, int | None] | None = None  # members of a list that is being sent, and how many in all
    warnings: tuple[str, ...] = ()  # sentences
