"""Whether what a cut names is there. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports import wording
from reports.cuts import DISCORD_ONLY, Cut, NoSuchPart
from reports.periods import MONTH_KEY, WEEK_KEY, parse_period
from reports.segments import SEGMENTS
from reports.settings import ReportSettings
from reports.titles import folded
from storage.rules import NO_TIER, Rules


def checked(cut: Cut, rules: Rules, platforms: Iterable[str]) -> Cut:
    """The cut with its names as they are written here; capitals and accents make no difference.

    Raises NoSuchPart.
    """
    known = {
        "segment": SEGMENTS,
        "tier": (*(tier.name for tier in rules.tiers), NO_TIER),
        "platform": (*sorted(platforms), DISCORD_ONLY),
        "event_type": tuple(kind.name for kind in rules.events.types),
    }
    named = {
        dimension: _found(dimension, name, known[dimension])
        for dimension, name in cut.parts.items()
        if dimension in known
    }
    return replace(cut, **named)


def _found(dimension: str, name: str, known: tuple[str, ...]) -> str:
    for alike in (str.casefold, folded):
        found = [one for one in known if alike(one) == alike(name)]
        if found:
            return found[0]
    kind = dimension.replace("_", " ")
    if not known:
        raise NoSuchPart(dimension, f"There is no {kind} “{name}”: config.toml names none.")
    raise NoSuchPart(
        dimension, f"There is no {kind} “{name}”: there {_are(len(known))} {wording.listing(list(known))}."
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def cohort_days(text: str, settings: ReportSettings) -> range:
    """The local days of a join cohort, 2026-05 or 2026-W20. Raises NoSuchPart."""
    try:
        if MONTH_KEY.fullmatch(text) or WEEK_KEY.fullmatch(text):
            return parse_period(text, settings.zone, settings.week_start, now_ms=0).days
    except ValueError:
        pass  # a week 60 is none either
    raise NoSuchPart(
        "joined", f"“{text}” is no join cohort: name a month such as 2026-05, or a week such as 2026-W20."
    )
