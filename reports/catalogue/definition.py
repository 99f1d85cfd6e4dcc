"""What is said of a KPI: its name, meaning, formula and needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.report import Worth


class Unit(StrEnum):
    PEOPLE = "people"
    PEOPLE_EACH = "people each time"  # an average: its denominator is no people
    COUNT = "count"
    SHARE = "share"  # 0 to 1, shown in per cent
    MINUTES = "minutes"
    HOURS = "hours"
    MILLISECONDS = "milliseconds"
    SECONDS = "seconds"
    DAYS = "days"
    PER_PERSON = "per person"
    RATIO = "ratio"
    NUMBER = "number"


class Count(StrEnum):
    """Which of the two numbers that a value is made of."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


NOTHING = "nothing"  # how `compared_with` begins of what no value before stands beside
NONE = "none"  # how the text of a numerator or denominator begins that a KPI does not have


class Grain(StrEnum):
    """What one value is of."""

    DAY = "a day"
    WEEK = "a week, or 7 days to any day"
    MONTH = "a month"
    PERIOD = "a week, a month, or 7 days to any day"
    MOMENT = "the end of a week, a month, or 7 days to any day"
    FOUR_WEEKS = "the four weeks to the end of a period"
    TWELVE_WEEKS = "the twelve weeks to the end of a period"
    COHORT = "those who joined in some weeks, each on their own clock"
    EVENT = "one event"
    SERIES = "the last held of a series, or of a type"
    MEMBER = "one member"


QUALIFYING = "qualifying"  # stands for the sources of the activities that make a member active
ALL_SOURCES = "all"  # stands for every source that any KPI of the report needs

TESTED = "Wilson 95 % interval; the change by exact McNemar on who was gained and lost, Holm-corrected"
WILSON = "Wilson 95 % interval; the previous value stands beside it untested"
UNTESTED = "none; the previous value stands beside it untested"


class OfEvents(StrEnum):
    """What of the period's events a value is made of: a gap there lowers its coverage."""

    NOTHING = "nothing"
    OUTCOMES = "outcomes"  # whether they were held
    PRESENCE = "presence"  # who was there


@dataclass(frozen=True, slots=True)
class Definition:
    """A KPI. Its value needs `sources`; the people it is compared with, its N, need `base_sources`.

    “{attend_minutes}” in its texts stands for what config.toml says (reports/catalogue/thresholds.py).
    A numerator or denominator that begins with “none” it has not, and it says why.
    """

    name: str
    label: str
    unit: Unit
    meaning: str
    formula: str
    numerator: str
    denominator: str
    uncertainty: str
    sources: tuple[str, ...]
    base_sources: tuple[str, ...] = ()
    rise_is: Worth = Worth.NEUTRAL
    of_events: OfEvents = OfEvents.NOTHING
    looks_back: int = 0  # how many periods before its own the value is made from
    version: int = 1
    grain: Grain = Grain.PERIOD
    compared_with: str = ""  # what the previous value is of, where not the period before; “nothing: why”
    can_be_watched: bool = True  # one number of the whole period: it can have a limit
    is_tested: bool = False  # the change of what can be watched: else it never is clear
    over: str = ""  # what the value is of, where that is not the period
    label_of_one: str = ""  # where the only part that it has is one
    cut_label: str = "{label}, {cut}"  # how a cut of it is called
    in_seconds: tuple[Count, ...] = ()  # those of its two numbers that are times, in whole seconds

    @property
    def is_compared(self) -> bool:
        """Whether the value before stands beside it: elsewhere the catalogue says why not."""
        return not self.compared_with.startswith(NOTHING)

    @property
    def has_numerator(self) -> bool:
        return not self.numerator.startswith(NONE)

    @property
    def has_denominator(self) -> bool:
        return not self.denominator.startswith(NONE)
