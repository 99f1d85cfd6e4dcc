"""Which type of event somebody means: those of config.toml, and none."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.event_choices import CHOICES, Choice
from bot.commands.tables import Unanswerable
from bot.presentation.escape import clamp, clean
from bot.services import Services

RESOURCE = "insights type choices"
NO_TYPE = "no type"
TYPED = 40
NO_TYPES = "config.toml names no [[event_type]] yet: add one first."


async def type_choices(services: Services, typed: str) -> Sequence[Choice]:
    words = clean(typed).casefold()
    names = [*_names(services), NO_TYPE]
    return [Choice(clean(name), name) for name in names if words in name.casefold()][:CHOICES]


def chosen_type(services: Services, typed: str) -> str | None:
    """Its name; None for no type. Raises Unanswerable."""
    names = _names(services)
    wanted = clean(typed).casefold()
    for name in names:
        if clean(name).casefold() == wanted:
            return name
    if wanted == NO_TYPE:
        return None
    if not names:
        raise Unanswerable(NO_TYPES)
    shown = clamp(clean(typed), TYPED)
    raise Unanswerable(f"“{shown}” is no type of config.toml: pick one from the list that appears.")


def _names(services: Services) -> list[str]:
    return [kind.name for kind in services.settings.current.event_type]
