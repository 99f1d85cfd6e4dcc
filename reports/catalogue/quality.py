"""How much was recorded, how surely, and how far it is from what Discord lists."""

from __future__ import annotations

from reports.catalogue.definition import ALL_SOURCES, UNTESTED, Definition, Unit
from reports.report import Worth

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

# What only the report on the quality of the data shows.
QUALITY_ALONE = (
    Definition(
        name="drift",
        label="Drift",
        unit=Unit.SHARE,
        meaning=(
            "How far the members that the record believes in and Discord's list of them were apart, when "
            "the newest whole list of the period came; withdrawn people aside. A list comes with each new "
            "session. One that is not whole, or would remove more than a fifth, is refused."
        ),
        formula="(believed and not listed + listed and not believed) / listed",
        numerator="members in one of the two and not in the other",
        denominator="members in Discord's list",
        uncertainty=UNTESTED,
        sources=("members",),
        rise_is=Worth.WORSE,
        can_be_watched=False,
    ),
)
