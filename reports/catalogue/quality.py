"""How much was recorded, and how surely."""

from __future__ import annotations

from reports.catalogue.definition import ALL_SOURCES, UNTESTED, Definition, Unit

QUALITY = (
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
        uncertainty=UNTESTED,
        sources=("voice",),
    ),
)
