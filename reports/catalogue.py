"""Every KPI once: its name, meaning, formula and needs. docs/kpis.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reports.report import Worth


class Unit(StrEnum):
    PEOPLE = "people"
    SHARE = "share"  # 0 to 1, shown in per cent
    MINUTES = "minutes"
    HOURS = "hours"
    PER_PERSON = "per person"
    RATIO = "ratio"


QUALIFYING = "qualifying"  # stands for the sources of the activities that make a member active
ALL_SOURCES = "all"  # stands for every source that any KPI of the report needs

# Where the recording of an activity comes from. Activities of other platforms bring their own recording.
ACTIVITY_SOURCES: dict[str, tuple[str, ...]] = {
    "voice": ("voice",),
    "event": ("voice", "events"),
    "command": ("commands",),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """A KPI. Its value needs `sources`; the people it is compared with, its N, need `base_sources`."""

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
    looks_back: int = 0  # how many periods before its own the value is made from
    version: int = 1


_TEST = "Wilson 95 % interval; the change by exact McNemar on who was gained and lost, Holm-corrected"
_WILSON = "Wilson 95 % interval; the previous value stands beside it untested"
_UNTESTED = "none; the previous value stands beside it untested"

DEFINITIONS = (
    Definition(
        name="weekly_active_members",
        label="Active members",
        unit=Unit.PEOPLE,
        meaning="How many different people took part in the seven days.",
        formula="active = union of the days' active sets & exposed; rate = active / exposed",
        numerator="people of P active on any day of the period",
        denominator="exposed: people of P present on any day of the period",
        uncertainty=_TEST,
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="daily_active_members",
        label="Active today",
        unit=Unit.PEOPLE,
        meaning="How many different people took part today so far. Today is open and compared with nothing.",
        formula="active = today's active set & exposed",
        numerator="people of P active today",
        denominator="exposed: people of P present today",
        uncertainty="none: the day is not over",
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="voice_activity_rate",
        label="In voice",
        unit=Unit.SHARE,
        meaning="The share of the community that spent qualifying time in voice.",
        formula="voice = union of the days' voice sets & exposed; rate = voice / exposed",
        numerator="people of P with qualifying voice on any day of the period",
        denominator="exposed: people of P present on any day of the period",
        uncertainty=_TEST,
        sources=("voice", "members"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="voice_session_mean",
        label="Voice session, mean",
        unit=Unit.MINUTES,
        meaning="How long a stay in voice was: each member's mean, averaged over the members.",
        formula="mean over members of (qualifying time / sessions)",
        numerator="qualifying time on days that pass the threshold, within the period",
        denominator="people with qualifying voice; of each, sessions that reach such a day",
        uncertainty=_UNTESTED,
        sources=("voice",),
        base_sources=("members",),
    ),
    Definition(
        name="voice_session_median",
        label="Voice session, median",
        unit=Unit.MINUTES,
        meaning="The same, of the member in the middle: half of the members have longer sessions on average.",
        formula="median over members of (qualifying time / sessions)",
        numerator="qualifying time on days that pass the threshold, within the period",
        denominator="people with qualifying voice; of each, sessions that reach such a day",
        uncertainty=_UNTESTED,
        sources=("voice",),
        base_sources=("members",),
    ),
    Definition(
        name="voice_sessions_per_active_member",
        label="Voice sessions each",
        unit=Unit.PER_PERSON,
        meaning="How often an active member was in voice.",
        formula="voice sessions / active",
        numerator="sessions that reach a day that passes the threshold, within the period",
        denominator="active members",
        uncertainty=_UNTESTED,
        sources=("voice", QUALIFYING),
        base_sources=("members",),
    ),
    Definition(
        name="voice_hours_per_active_member",
        label="Voice time each",
        unit=Unit.HOURS,
        meaning="How long an active member was in voice.",
        formula="qualifying voice hours / active",
        numerator="qualifying time on days that pass the threshold, within the period",
        denominator="active members",
        uncertainty=_UNTESTED,
        sources=("voice", QUALIFYING),
        base_sources=("members",),
    ),
    Definition(
        name="came_in",
        label="Came in",
        unit=Unit.PEOPLE,
        meaning="Who is active and was not in the period before: for the first time, first seen, or back.",
        formula=(
            "gained = active[this] - active[last]; new and first seen = gained - ever active before, "
            "first seen where the member was here before recording; resurrected = gained & ever active before"
        ),
        numerator="new + first seen + resurrected",
        denominator="none",
        uncertainty=_UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
        looks_back=1,
    ),
    Definition(
        name="dropped_out",
        label="Dropped out",
        unit=Unit.PEOPLE,
        meaning="Who was active in the period before and is not now: went quiet (still here) or left.",
        formula="dormant = active[last] & present_at_end - active[this]; left = lost - present_at_end",
        numerator="dormant + left",
        denominator="active in the period before",
        uncertainty=_UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="soft_attrition",
        label="Went quiet",
        unit=Unit.SHARE,
        meaning="Of those active in the period before, the share that is still here at the end but inactive.",
        formula="dormant / active[last]",
        numerator="active in the period before, not in this one, in P(end)",
        denominator="active in the period before",
        uncertainty=_WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="hard_attrition",
        label="Left",
        unit=Unit.SHARE,
        meaning=(
            "Of those active in the period before, the share that was inactive in this one and is gone at "
            "its end, whether they left or were kicked, banned or pruned: Discord's removals of members "
            "look alike, so that the reason is unknown."
        ),
        formula="left / active[last]",
        numerator="active in the period before, not in this one, not in P(end)",
        denominator="active in the period before",
        uncertainty=_WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="quick_ratio",
        label="Gains / losses",
        unit=Unit.RATIO,
        meaning="Above 1 more people came in than dropped out. Not defined where nobody dropped out.",
        formula="(new + first seen + resurrected) / lost",
        numerator="came in",
        denominator="dropped out",
        uncertainty=_UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
        looks_back=1,
    ),
    Definition(
        name="recording_coverage",
        label="Recorded",
        unit=Unit.SHARE,
        meaning="How much of the period was recorded, live or late; for all sources at once, and for each.",
        formula="1 - length of the union of the sources' gaps / length of the period so far",
        numerator="time in which every source was recorded or came late",
        denominator="the period, up to now",
        uncertainty="none",
        sources=(ALL_SOURCES,),
    ),
    Definition(
        name="estimated_sessions",
        label="Estimated sessions",
        unit=Unit.SHARE,
        meaning="The share of the voice sessions of which a moment is known only within bounds.",
        formula="sessions with an estimated start, end or change of channel / sessions",
        numerator="voice sessions with an estimated start, end or change of channel",
        denominator="voice sessions with qualifying time in the period",
        uncertainty=_UNTESTED,
        sources=("voice",),
    ),
)

CATALOGUE = {definition.name: definition for definition in DEFINITIONS}


def label_of(name: str, cut: str = "") -> str:
    label = CATALOGUE[name].label
    return f"{label}, {cut}" if cut else label


def active_sources(qualifying: tuple[str, ...]) -> tuple[str, ...]:
    """The recording that "active" depends on, sorted and without repeats."""
    return tuple(sorted({source for activity in qualifying for source in ACTIVITY_SOURCES.get(activity, ())}))


def resolve(sources: tuple[str, ...], qualifying: tuple[str, ...]) -> tuple[str, ...]:
    """A definition's sources with the two stand-ins replaced."""
    active = active_sources(qualifying)
    stands_for = {QUALIFYING: active, ALL_SOURCES: (*active, "voice", "members")}
    return tuple(sorted({name for source in sources for name in stands_for.get(source, (source,))}))
