"""A report as plain data: the same one goes to a message, a chart, JSON and the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from reports.cuts import EVERYBODY, Cut
from reports.figures import AnyFigure
from reports.periods import Period


class Verdict(StrEnum):
    """How sure a change is (docs/kpis.md, "Intervals")."""

    CLEAR = "clear"
    WITHIN_NOISE = "within noise"
    TOO_FEW = "too few"  # below 10 people only counts are shown
    NOT_COMPARED = "not compared"  # a gap, an open period or no previous period


class Worth(StrEnum):
    """Whether a change's direction is good news."""

    BETTER = "better"
    WORSE = "worse"
    NEUTRAL = "neutral"


class NothingRecorded(Exception):
    """There is nothing to report on. The message is one sentence to be shown as it is."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A KPI's value in one period. `value` is None where it is not defined or not known."""

    value: float | None
    numerator: int | None = None
    denominator: int | None = None
    interval: tuple[float, float] | None = None  # 95 %, in the value's unit
    coverage: float = 1.0  # recorded (late included) share of the period for the sources it needs, 0 to 1


@dataclass(frozen=True, slots=True)
class Change:
    """From the previous period to this one, tested on the people gained and lost (exact McNemar).

    The p-value is that of the single test; the verdict holds after Holm's correction over the report.
    Where the verdict is NOT_COMPARED the difference is None, and the previous value is not to be shown beside
    the current one.
    """

    difference: float | None
    gained: int | None
    lost: int | None
    p_value: float | None
    verdict: Verdict
    worth: Worth


class Side(StrEnum):
    """On which side of its limit a value, or its change, is watched for."""

    ABOVE = "above"
    BELOW = "below"
    FALLS_BY = "falls_by"
    RISES_BY = "rises_by"

    @property
    def is_of_change(self) -> bool:
        return self in (Side.FALLS_BY, Side.RISES_BY)


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold of config.toml: in the KPI's own unit, or how far it may change (settings.AlertRule)."""

    side: Side
    value: float


@dataclass(frozen=True, slots=True)
class Alert:
    """A limit that was crossed."""

    kpi: str
    limit: float
    side: Side
    value: float
    sentence: str  # “No-shows 31 %: over the limit of 25 %.”


@dataclass(frozen=True, slots=True)
class Kpi:
    """One number with everything needed to trust it. `name` is its catalogue name (reports/catalogue.py).

    A previous value without a `change` stands beside the current one untested.
    """

    name: str
    current: Measure
    previous: Measure | None = None
    change: Change | None = None
    caveats: tuple[str, ...] = ()
    cut: str = ""  # what the KPI is cut to: a source of recording
    subject: str = ""  # of a series: which one, for `cut` is only how it is called
    limit: Limit | None = None  # set where a section checks it against one
    parts: tuple[tuple[str, int], ...] = ()  # what the numerator is made of: ("went quiet", 24)
    is_of_holding: bool = False  # the previous value is that of the one held before: “last time”, not “was”
    cut_by: str = ""  # what kind of cut that is: segment, tier; empty: as reports/publishing.py says


@dataclass(frozen=True, slots=True)
class Driver:
    """A set of people of whom clearly more moved than of the others. All numbers are of people."""

    key: str  # series:…, joined:…, tier:…, activity:…, segment:…
    said: str  # “had been at Thursday Inhouse in the 8 weeks before”
    part: int  # of those who moved
    moved: int
    base_part: int  # of all who could have
    base: int
    p_value: float  # Fisher's exact test of the movers against the others, after Holm over what was tried


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    kpis: tuple[Kpi, ...]
    is_table: bool = False  # read as a row for each cut, with a column for each KPI


@dataclass(frozen=True, slots=True)
class Bridge:
    """Growth accounting, exactly: previous − lost + gained = current, previous = returning + lost.

    lost = dormant + left; gained = new + first_seen + resurrected. In a report for a channel the parts of a
    sum are None where one of them is smaller than the smallest group that may be shown; the sums stand.
    """

    previous: int
    lost: int
    dormant: int | None
    left: int | None
    returning: int  # active in both periods
    gained: int
    resurrected: int | None
    new: int | None
    first_seen: int | None
    current: int
    quick_ratio: float | None


@dataclass(frozen=True, slots=True)
class Movement:
    """What clearly stands out among those who moved the number of active members, in words and numbers."""

    sentence: str  # “Active members −12: 38 came in, 50 dropped out (41 quiet, 9 left); ” and the telling
    telling: (
        str  # “20 of the 50 who dropped out had been at Thursday Inhouse … (45 of all 147 active before).”
    )
    dropped_out: tuple[Driver, ...]
    came_in: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    source: str
    from_ms: int
    to_ms: int
    cause: str | None


class State(StrEnum):
    OPEN = "open"  # not over
    CLOSED = "closed"
    CORRECTED = "corrected"  # over, and some number is another than when it was first published


@dataclass(frozen=True, slots=True)
class Correction:
    """A number of a closed period that is another than it was first."""

    kpi: str
    cut: str
    label: str  # as people read it
    was: float | None  # first; None: it was not known
    since_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says. All text in it is ready to be read; all times are in the guild's zone."""

    name: str  # health, weekly
    guild_id: int
    period: Period
    previous_period: Period
    zone: str
    as_of_ms: int  # the tables' latest moment
    finding: str  # one sentence, at most 120 characters
    sections: tuple[Section, ...]
    bridge: Bridge | None  # None where the two periods are not compared
    gaps: tuple[Gap, ...]  # all that touch the period, however short
    caveats: tuple[str, ...]  # gaps of more than an hour and whatever else bears on the numbers
    excluded: dict[str, int]  # people in no denominator, by reason: bots, withdrawn, raids
    rules: str  # Rules.fingerprint()
    figures: tuple[AnyFigure, ...] = field(default=())
    alerts: tuple[Alert, ...] = ()  # the gravest first
    is_open: bool = False  # the period is not over: labelled so, compared with nothing
    cut: Cut = EVERYBODY
    movement: Movement | None = None  # None: nothing stands out, or nothing is compared
    people: int | None = None  # exposed in the period, of the cut; None: nobody's membership is known
    corrections: tuple[Correction, ...] = ()  # of the numbers of a closed week or month
    now_ms: int | None = None  # as of when it was asked; None: not told

    @property
    def state(self) -> State:
        if self.is_open:
            return State.OPEN
        return State.CORRECTED if self.corrections else State.CLOSED
