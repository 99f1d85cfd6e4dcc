"""The rows of a warehouse's file, read with plain sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..truth import Truth
from .spans import FOREVER, Span, Spans, union, without

BOOKKEEPING = frozenset(
    {
        "accounts",
        "alembic_version",
        "changed_days",
        "cohort_values",
        "dead_letters",
        "digest_runs",
        "event_log",
        "fold_progress",
        "identities",
        "kpi_values",
        "member_numbers",
    }
)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def dump(path: Path) -> dict[str, list[object]]:
    """Every row of every derived table, in an order of its own."""
    with _opened(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted((tuple(row) for row in connection.execute(f'SELECT * FROM "{name}"')), key=repr)
            for name in sorted(set(names) - BOOKKEEPING)
        }


class Rows:
    def __init__(self, path: Path, truth: Truth) -> None:
        self._unheard = _swallowed(truth)
        self._twice = truth.twice
        with _opened(path) as connection:

            def all_of(table: str) -> list[Any]:
                return connection.execute(f"SELECT * FROM {table}").fetchall()

            self.person = {row["member_no"]: row["user_id"] for row in all_of("identities")}
            self.log = all_of("event_log")
            self.dead_letters = all_of("dead_letters")
            self.coverage = all_of("coverage")
            self.spells = all_of("membership_spells")
            self.sessions = all_of("activity_sessions")
            self.days = all_of("daily_activity")
            self.commands = all_of("command_invocations")
            self.occurrences = all_of("event_occurrences")
            self.rsvps = all_of("rsvps")

    def covered(self, source: str, *states: str) -> Spans:
        """When this source stood in one of these states."""
        return union(
            (row["from_ms"], row["to_ms"])
            for row in self.coverage
            if row["source"] == source and row["state"] in states
        )

    def gap_starts(self, source: str) -> set[int]:
        """Also of a gap that another one reaches: between them a whole list may have come."""
        return {r["from_ms"] for r in self.coverage if r["source"] == source and r["state"] == "gap"}

    def heard(self, source: str, *states: str) -> Spans:
        """The same, without what cannot have been heard although a clock takes it for recorded."""
        return without(self.covered(source, *states), self._unheard)

    def heard_once(self, source: str, *states: str) -> Spans:
        """The same of moments that the clock showed once: else it may be the other that was heard."""
        return without(self.heard(source, *states), self._twice)

    def missed(self, source: str) -> Spans:
        return union([*self.covered(source, "gap"), *self._unheard])


def _swallowed(truth: Truth) -> Spans:
    """Moments of what Discord did not tell, where a clock that was set back may hide that time passed."""
    if not truth.twice:
        return []
    unheard = [*truth.unheard, *(sent.at for sent in truth.sent if not sent.is_heard)]
    return union((moment.lo - 1, moment.hi + 1) for moment in unheard)


def touches(spans: Spans, lo: int, hi: int) -> bool:
    """Whether some moment of [lo, hi] lies in these spans, or on their borders."""
    return any(start <= hi and lo <= end for start, end in spans)


def until(ms: int | None) -> int:
    return FOREVER if ms is None else ms


def first(spans: Spans) -> Span | None:
    return spans[0] if spans else None
