"""Half-open spans of local days in the guild's zone. Definitions: docs/kpis.md, "Shared rules"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole local days, [first_day, last_day + 1), and the same span in UTC milliseconds.

    Days are local days since 1970-01-01. A DST week has 167 or 169 hours, so the milliseconds are kept
    beside the days instead of being computed from them.
    """

    key: str  # 2026-W46, 2026-11, trailing-7d
    first_day: int
    last_day: int  # inclusive
    start_ms: int
    end_ms: int  # exclusive
    zone: str

    @property
    def days(self) -> range:
        return range(self.first_day, self.last_day + 1)

    def is_open(self, now_ms: int) -> bool:
        return now_ms < self.end_ms
