"""What a chart shows, as plain data. Built here, drawn in charts/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PointState(StrEnum):
    """How far a point can be trusted (visual.md, "Uncertainty")."""

    RECORDED = "recorded"  # at least 95 % recorded
    PARTLY = "partly"  # 80–95 %: hollow dot
    GAP = "gap"  # below 80 %: grey column, the line is broken
    OPEN = "open"  # not over yet: hatched column, hollow dot, not joined
    BEFORE = "before"  # before recording began: nothing is drawn


@dataclass(frozen=True, slots=True)
class TrendPoint:
    start: date
    end: date  # inclusive
    value: float | None
    low: float | None
    high: float | None
    recorded: float  # share, 0 to 1
    state: PointState


@dataclass(frozen=True, slots=True)
class TrendFigure:
    """One value over time. Texts are final: the drawing only places them."""

    headline: str  # at most 44 characters
    subtitle: str  # at most 68
    footer: str  # at most 76
    alt_text: str  # at most 1,024
    points: tuple[TrendPoint, ...]  # oldest first, at most one open point, last
    latest_label: str  # "10–16 Nov"
    open_label: str | None  # "Mon–Thu"


@dataclass(frozen=True, slots=True)
class BridgeFigure:
    """From the previous period's active members to this one's."""

    headline: str
    subtitle: str
    footer: str
    alt_text: str
    previous: int
    changes: tuple[tuple[str, int], ...]  # label ("went quiet"), signed people; losses first
    current: int
    previous_label: str
    current_label: str
