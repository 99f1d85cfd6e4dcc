"""How much was recorded, how surely, and how far it is from what Discord lists."""

from __future__ import annotations

from reports.catalogue.definition import (
    ALL_SOURCES,
    QUALIFYING,
    UNTESTED,
    WILSON,
    Count,
    Definition,
    Grain,
    Unit,
)
from reports.report import Worth

QUALITY = (
    Definition(
        name="recording_coverage",
        version=2,
        in_seconds=(Count.NUMERATOR, Count.DENOMINATOR),
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
        version=2,
        label="Estimated sessions",
        unit=Unit.SHARE,
        meaning="The share of the voice sessions of which a moment is known only within bounds.",
        formula="sessions with an estimated start, end or change of channel / sessions",
        numerator="voice sessions with an estimated start, end or change of channel",
        denominator="voice sessions with qualifying time in the period",
        uncertainty=UNTESTED,
        sources=("voice",),
    ),
)

_STATES = (
    ("recorded", "Recorded as it came", "was recorded as it happened"),
    ("late", "Recorded late", "came late, and is complete"),
    ("gap", "Not recorded", "was not recorded"),
)


def _seconds(state: str, label: str, what: str) -> Definition:
    return Definition(
        name=f"{state}_seconds",
        in_seconds=(Count.NUMERATOR, Count.DENOMINATOR),
        label=label,
        unit=Unit.SECONDS,
        meaning=f"For how long a source {what}. With the other two it is the whole time.",
        formula=f"seconds of the period so far, since the source is recorded, in the state {state}",
        numerator="this time; when a source was switched off is in none of them",
        denominator="the time of all three",
        uncertainty=UNTESTED,
        sources=(ALL_SOURCES,),
        can_be_watched=False,
    )


_LAGS = (("50", "Heard of after, median", "half of them"), ("95", "Heard of after, 95 %", "95 % of them"))


def _lag(per_cent: str, label: str, part: str) -> Definition:
    return Definition(
        name=f"recording_lag_p{per_cent}",
        label=label,
        unit=Unit.MILLISECONDS,
        meaning=(
            f"How long after they happened {part} were heard of at most: of joins, messages and commands, "
            "which carry their moment. How long the rest of the way to the tables takes, a running bot knows."
        ),
        formula=f"the ⌈{per_cent} n / 100⌉-th smallest of recorded - occurred, at least 0",
        numerator="none: one of the lags, in their order",
        denominator="such events recorded in the period",
        uncertainty=UNTESTED,
        sources=(ALL_SOURCES,),
        rise_is=Worth.WORSE,
        can_be_watched=False,
    )


# What only the report on the quality of the data shows, and where a limit names it health and the digests.
QUALITY_ALONE = (
    Definition(
        name="drift",
        label="Drift",
        unit=Unit.SHARE,
        grain=Grain.MOMENT,
        meaning=(
            "How far the members that the record believes in and Discord's list of them were apart, when "
            "the newest whole list of the period came; withdrawn people aside. A list comes with each new "
            "session. One that is not whole is not believed, nor one that would remove more "
            "than a fifth (of fewer than fifty: more than ten), until a second one says the same."
        ),
        formula="(believed and not listed + listed and not believed) / listed",
        numerator="members in one of the two and not in the other",
        denominator="members in Discord's list",
        uncertainty=UNTESTED,
        sources=("members",),
        rise_is=Worth.WORSE,
    ),
    *(_seconds(*state) for state in _STATES),
    Definition(
        name="id_coverage",
        version=2,
        label="Linked account",
        unit=Unit.SHARE,
        meaning=(
            "The share of the active members of whom an account elsewhere is known: in all, and on each "
            "platform."
        ),
        formula="active & linked before the period's end / active",
        numerator="active members with an account on any platform, or on the one that it is cut to",
        denominator="people of P active on any day of the period",
        uncertainty=WILSON,
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="events_with_times",
        version=2,
        label="Events seen whole",
        unit=Unit.SHARE,
        meaning="The share of the past events whose start and end were seen. Cancelled ones are no events.",
        formula="actual start and end seen / occurrences that are over",
        numerator="occurrences with both, neither of them estimated",
        denominator="occurrences that began in the period, or were to, and are over",
        uncertainty=WILSON,
        sources=("events",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="events_with_attendance",
        version=2,
        label="Events with attendees",
        unit=Unit.SHARE,
        meaning="The share of the past events of which attendance is recorded.",
        formula="any attendance / occurrences that are over",
        numerator="occurrences that anybody attended",
        denominator="occurrences that began in the period, or were to, and are over",
        uncertainty=WILSON,
        sources=("events", "voice"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="events_recorded",
        label="Events in the log",
        unit=Unit.COUNT,
        meaning="How much was written into the log. What was told twice is in it once.",
        formula="rows of the log recorded in the period",
        numerator="rows of the event log",
        denominator="none",
        uncertainty=UNTESTED,
        sources=(ALL_SOURCES,),
        can_be_watched=False,
    ),
    Definition(
        name="dead_letters",
        label="Not understood",
        unit=Unit.COUNT,
        meaning="How much was set aside because it could not be understood, and was not tried again since.",
        formula="dead letters recorded in the period",
        numerator="dead letters",
        denominator="none",
        uncertainty=UNTESTED,
        sources=(ALL_SOURCES,),
        rise_is=Worth.WORSE,
    ),
    *(_lag(*lag) for lag in _LAGS),
)
