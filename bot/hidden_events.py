"""Scheduled events in excluded channels: nothing of them is kept, nor of the answers to them."""

from __future__ import annotations

from typing import Final

import msgspec

from bot.allow_list import ALLOWED, SCHEDULED_EVENTS
from bot.excerpt import Kept, Rows

PLACED: Final = frozenset(f"GUILD_SCHEDULED_EVENT_{what}" for what in ("CREATE", "UPDATE", "DELETE"))


def _place(dispatch_type: str, kept_as: str) -> int:
    return [field.kept_as for field in ALLOWED[dispatch_type].fields].index(kept_as)


EVENT_AT: Final = {
    name: _place(name, "event_id") for name in ALLOWED if name.startswith("GUILD_SCHEDULED_EVENT")
}
ID_AT: Final = EVENT_AT["GUILD_SCHEDULED_EVENT_CREATE"]
CHANNEL_AT: Final = _place("GUILD_SCHEDULED_EVENT_CREATE", "channel_id")
LIST_AT: Final = [each.path for each in ALLOWED["GUILD_CREATE"].each].index(SCHEDULED_EVENTS)


class HiddenEvents:
    """Remembers which events were last seen in an excluded channel: an answer names only its event."""

    def __init__(self) -> None:
        self._ids: set[object] = set()

    def without(self, kept: Kept, excluded: frozenset[str]) -> Kept | None:
        """The dispatch without hidden events; None where it is about one."""
        if kept.type in PLACED:
            return kept if self._is_shown(kept.values, excluded) else None
        if kept.type in EVENT_AT:
            return None if kept.values[EVENT_AT[kept.type]] in self._ids else kept
        if kept.type == "GUILD_CREATE" and (rows := kept.lists[LIST_AT]):
            shown = tuple([row for row in rows if self._is_shown(row.values, excluded)])
            return with_events(kept, shown) if len(shown) < len(rows) else kept
        return kept

    def hides(self, event_id: int) -> bool:
        return str(event_id) in self._ids

    def _is_shown(self, values: tuple[object, ...], excluded: frozenset[str]) -> bool:
        if values[CHANNEL_AT] in excluded:
            self._ids.add(values[ID_AT])
            return False
        self._ids.discard(values[ID_AT])
        return True


def with_events(guild: Kept, rows: Rows | None) -> Kept:
    """A GUILD_CREATE with another list of scheduled events; None: with none that means anything."""
    lists = [*guild.lists]
    lists[LIST_AT] = rows
    return msgspec.structs.replace(guild, lists=tuple(lists))
