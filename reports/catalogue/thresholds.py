"""What config.toml can change in the KPIs' definitions, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports import wording
from reports.catalogue.definition import Definition
from reports.settings import ReportSettings
from storage.rules import Rules


def thresholds(rules: Rules, settings: ReportSettings) -> Mapping[str, str]:
    """By the names that definitions use for them."""
    events, segments = rules.events, settings.segments
    core = segments.core
    amounts = [
        wording.count(core.min_events, "event", "events"),
        *(f"{wording.whole(number)} {activity}" for activity, number in core.min_counts),
        f"{core.min_voice_hours:g} {'hour' if core.min_voice_hours == 1 else 'hours'} in voice",
    ]
    return {
        "attend_minutes": _minutes(events.attend_minutes),
        "break_minutes": _minutes(events.break_minutes),
        "held_people": wording.people(events.held_people),
        "late_cancel_minutes": _minutes(events.late_cancel_minutes),
        "missed": str(settings.missed_in_a_row),
        "bridge_days": _days(rules.bridge_days),
        "fresh_days": _days(segments.fresh_days),
        "new_days": _days(segments.new_days),
        "alumni_days": _days(segments.alumni_days),
        "core_blocks": str(core.min_blocks),
        "core_amounts": f"{', '.join(amounts[:-1])} or {amounts[-1]}",
        "funnel_days": _days(settings.funnel_days),
        "funnel_last_day": str(settings.funnel_days - 1),
        "both_funnel_days": _days(2 * settings.funnel_days),
        "both_funnel_last_day": str(2 * settings.funnel_days - 1),
    }


def filled(definition: Definition, words: Mapping[str, str]) -> Definition:
    """A definition as it stands under the rules whose thresholds these words are."""
    return replace(
        definition,
        meaning=definition.meaning.format_map(words),
        formula=definition.formula.format_map(words),
        numerator=definition.numerator.format_map(words),
        denominator=definition.denominator.format_map(words),
    )


def _minutes(number: int) -> str:
    return wording.count(number, "minute", "minutes")


def _days(number: int) -> str:
    return wording.count(number, "day", "days")
