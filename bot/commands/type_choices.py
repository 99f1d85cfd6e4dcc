"""Which type of event somebody means: those of config.toml, and none."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.event_choices import CHOICES, Choice
from bot.commands.tables import Unanswerable
from bot.presentation.escape import clamp, clean
from bot.services import Services
from reports.titles import folded

RESOURCE = "insights type choices"
NO_TYPE = "no type"
TYPED = 40
NO_TYPES = "config.toml names no [[event_type]] yet: add one first."


async def type_choices(services: Services, typed: str) -> Sequence[Choice]:
    words = folded(clean(typed))
    names = [*_names(services), NO_TYPE]
    return [Choice(clean(name), name) for name in names if words in folded(name)][:CHOICES]


def chosen_type(services: Services, typed: str) -> str | None:
    """Its name; None for no type. Raises Unanswerable."""
    names = _names(services)
    wanted = clean(typed)
    for alike in (str.casefold, folded):
        for name in names:
            if alike(clean(name)) == alike(wanted):
                return name
    if wanted.casefold() == NO_TYPE:
        return None
    if not names:
        raise Unanswerable(NO_TYPES)
    shown = clamp(clean(typed), TYPED)
    raise Unanswerable(f"“{shown}” is no type of config.toml: pick one from the list that appears.")


def _names(services: Services) -> list[str]:
    return [kind.name for kind in services.settings.current.event_type]
