"""What a report may be told to do differently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSettings:
    zone: str = "UTC"  # IANA name, the same that the tables were folded under
    week_start: str = "monday"
    min_group: int = 5  # channel posts and exports: a breakdown with a smaller cell is not shown
    qualifying: tuple[str, ...] = ("voice", "command")  # activities that make a member active
