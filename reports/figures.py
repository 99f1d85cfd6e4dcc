"""What a chart shows, as plain data. Built here, drawn in charts/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias


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


@dataclass(frozen=True, slots=True)
class SegmentPanel:
    """A segment's size over time. All panels of a figure share one scale from 0."""

    name: str  # "Core"
    detail: str  # "3 of 4 weeks, events"; at most 22 characters
    value: int | None  # None: not known
    values: tuple[int | None, ...]  # a week each, oldest first; None: less than 80 % recorded
    change: int | None  # in 4 weeks; None: not known
    is_concern: bool = False  # drawn in the colour of what is lost
    peak: tuple[int, str] | None = None  # place in `values`, what to write there: "126 in Aug"


@dataclass(frozen=True, slots=True)
class AlumniPanel:
    """Those who are gone, as numbers: how many left, how many are here and silent."""

    value: int
    left: int
    silent: int
    change: int | None
    detail: str = "left, or long silent"  # at most 22 characters


@dataclass(frozen=True, slots=True)
class SegmentsFigure:
    """Small multiples on one scale from 0: at most five panels and the alumni."""

    headline: str
    subtitle: str
    footer: str
    alt_text: str
    panels: tuple[SegmentPanel, ...]
    alumni: AlumniPanel


class RetentionCell(NamedTuple):
    """Members of a cohort who were active in one week of their own clock, of those for whom it is past."""

    retained: int
    eligible: int  # 0: pending for everybody
    pending: int  # of the cohort, for whom the week is not past
    recorded: float = 1.0  # below 0.8 the cell is a gap


@dataclass(frozen=True, slots=True)
class RetentionRow:
    label: str  # "28 Apr–25 May"
    joined: int
    cells: tuple[RetentionCell, ...]  # weeks 1 to 12


@dataclass(frozen=True, slots=True)
class RetentionFigure:
    headline: str
    subtitle: str
    footer: str
    alt_text: str
    rows: tuple[RetentionRow, ...]  # oldest cohort first; the last 8 are drawn
    pooled: RetentionRow  # "All together"
    framed: tuple[int, ...] = (4, 8, 12)


@dataclass(frozen=True, slots=True)
class PresenceMark:
    at_ms: int
    people: int
    text: str  # "peak 27", "25 at 50 %"


@dataclass(frozen=True, slots=True)
class EventFigure:
    """Who came, and when they went."""

    headline: str
    subtitle: str
    footer: str
    alt_text: str
    interested_label: str  # "34 interested"; "" where nobody answered
    attended: int  # of those interested; while it runs: who was there so far
    partial: int
    no_show: int
    unknown: int
    walk_ins: int
    steps: tuple[tuple[int, int], ...]  # from this moment on so many people; oldest first
    window: tuple[int, int]  # T0, T1 in ms
    axis: tuple[int, int]  # what is shown, in ms: from before T0 to after T1
    ticks: tuple[tuple[int, str], ...]  # moments and their local clock: (…, "20:30")
    marks: tuple[PresenceMark, ...]
    gaps: tuple[tuple[int, int], ...] = ()  # not recorded
    is_running: bool = False
    standing: int = 0  # came, interested in the series only
    not_yet: int = 0  # interested, and not there so far, while it runs
    known_until_ms: int | None = None  # what comes after is hatched; None: up to the axis' end


class HoldingState(StrEnum):
    HELD = "held"
    NOT_HELD = "not held"  # ×, never 0
    GAP = "gap"  # less than 80 % recorded: grey
    NONE = "none"  # no such date: the series is younger


@dataclass(frozen=True, slots=True)
class Holding:
    people: int | None
    state: HoldingState


@dataclass(frozen=True, slots=True)
class SeriesRow:
    name: str  # written by a member: the drawing cleans and clamps it
    holdings: tuple[Holding, ...]  # the last 8 dates, oldest first
    average: float | None  # None: fewer than 3 held
    note: str  # "was 17 · clear", "2 held: no rank"
    is_worse: bool = False  # clearly


@dataclass(frozen=True, slots=True)
class EventsFigure:
    """Which series rise or fade: a row each, one scale."""

    headline: str
    subtitle: str
    footer: str
    alt_text: str
    rows: tuple[SeriesRow, ...]  # at most 6


@dataclass(frozen=True, slots=True)
class FunnelStep:
    label: str  # "First command"
    detail: str  # "median 1 day later"; "" for the first
    people: int
    share: str  # "60 % of joined"
    previous: str  # "was 58 % · noise"


@dataclass(frozen=True, slots=True)
class FunnelFigure:
    headline: str
    subtitle: str
    footer: str
    alt_text: str
    steps: tuple[FunnelStep, ...]  # two to four


@dataclass(frozen=True, slots=True)
class HostBar:
    """A host's share of the attendee-hours. Names are not stored: they are looked up before drawing."""

    member_no: int | None  # None: several others together
    name: str
    share: float  # 0 to 1
    events: int
    leads: bool  # one of those that the finding names


@dataclass(frozen=True, slots=True)
class HostsFigure:
    headline: str
    subtitle: str
    footer: str
    alt_text: str
    bars: tuple[HostBar, ...]  # largest first, at most 6


class CoverageState(StrEnum):
    RECORDED = "recorded"
    LATE = "late"
    GAP = "gap"
    BEFORE = "before"  # before recording began, or not yet come


@dataclass(frozen=True, slots=True)
class CoverageSpan:
    """A part of a week, as shares of it from 0 to 1."""

    start: float
    end: float
    state: CoverageState
    label: str = ""  # "15 h 50 min lost"; only the spans worth naming have one


@dataclass(frozen=True, slots=True)
class CoverageWeek:
    label: str  # "20 Oct"
    spans: tuple[CoverageSpan, ...]


@dataclass(frozen=True, slots=True)
class CoverageFigure:
    headline: str
    subtitle: str
    footer: str
    alt_text: str
    days: tuple[str, ...]  # "Mon" … in the order of the guild's week
    weeks: tuple[CoverageWeek, ...]  # oldest first, at most 6


@dataclass(frozen=True, slots=True)
class MiniLine:
    """The last weeks of a number with its band; None: left out."""

    values: tuple[float | None, ...]
    band: tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, slots=True)
class MiniBridge:
    previous: int
    changes: tuple[int, ...]
    current: int


@dataclass(frozen=True, slots=True)
class MiniBars:
    """A number's last periods, the newest last; None: nothing was held (×), or left out (a grey column)."""

    values: tuple[float | None, ...]
    left_out: frozenset[int] = frozenset()  # places in `values`: less than 80 % recorded


@dataclass(frozen=True, slots=True)
class MiniIntervals:
    """Values with their 95 % intervals, the newest last, and that of all together: the number beside them."""

    values: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    together: float | None = None  # a line across them


@dataclass(frozen=True, slots=True)
class DigestPanel:
    label: str  # "Active members"
    span: str  # "8 weeks"
    value: str  # "187", "+9", "31 %"
    note: str  # "△ was 178 · within noise"
    drawing: MiniLine | MiniBridge | MiniBars | MiniIntervals | None
    is_worse: bool = False  # clearly, or over a limit: in the colour of what is lost


@dataclass(frozen=True, slots=True)
class DigestFigure:
    """Was it a good week? At most four panels."""

    headline: str
    subtitle: str
    footer: str
    alt_text: str
    panels: tuple[DigestPanel, ...]


AnyFigure: TypeAlias = (
    TrendFigure
    | BridgeFigure
    | SegmentsFigure
    | RetentionFigure
    | EventFigure
    | EventsFigure
    | FunnelFigure
    | HostsFigure
    | CoverageFigure
    | DigestFigure
)
