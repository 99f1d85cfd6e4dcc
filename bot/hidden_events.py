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
CONCERNED: Final = frozenset(EVENT_AT) | {"GUILD_CREATE"}  # the types of dispatch that are looked into
ID_AT: Final = EVENT_AT["GUILD_SCHEDULED_EVENT_CREATE"]
CHANNEL_AT: Final = _place("GUILD_SCHEDULED_EVENT_CREATE", "channel_id")
LIST_AT: Final = [each.path for each in ALLOWED["GUILD_CREATE"].each].index(SCHEDULED_EVENTS)


class HiddenEvents:
    """Remembers in which channel each event was seen last: an answer names only its event."""

    def __init__(self) -> None:
        self._excluded: frozenset[str] = frozenset()
        self._channels: dict[str, str] = {}
        self._hidden: set[str] = set()
        self.newly: list[int] = []  # of which something may have been recorded: whoever tells so, empties it

    def exclude(self, channels: frozenset[str]) -> None:
        """From now on these are the excluded channels: for every event it is decided anew."""
        self._excluded = channels
        for event_id, channel in self._channels.items():
            self._decide(event_id, channel)

    def without(self, kept: Kept, *, is_older: bool = False) -> Kept | None:
        """The dispatch without hidden events; None where it is about one.

        `is_older`: what was seen of an event since then is newer.
        """
        if kept.type in PLACED:
            return kept if self._is_shown(kept, kept.values, is_older=is_older) else None
        if kept.type in EVENT_AT:
            return None if _event_of(kept) in self._hidden else kept
        if kept.type == "GUILD_CREATE" and (rows := kept.lists[LIST_AT]) is not None:
            return self._listed(kept, rows)
        return kept

    def is_untold(self, kept: Kept) -> bool:
        """Whether it is about an event that may be in an excluded channel, as nobody has told of it yet."""
        is_of_event = kept.type in EVENT_AT and kept.type not in PLACED
        return is_of_event and bool(self._excluded) and _event_of(kept) not in self._channels

    def hides(self, event_id: int) -> bool:
        return str(event_id) in self._hidden

    def _listed(self, guild: Kept, rows: Rows) -> Kept:
        """All events that there are: others are over."""
        shown = tuple([row for row in rows if self._is_shown(guild, row.values)])
        there = {str(row.values[ID_AT]) for row in rows}
        self._channels = {event: channel for event, channel in self._channels.items() if event in there}
        self._hidden &= there
        return with_events(guild, shown) if len(shown) < len(rows) else guild

    def _is_shown(self, kept: Kept, values: tuple[object, ...], *, is_older: bool = False) -> bool:
        event_id, channel = str(values[ID_AT]), str(values[CHANNEL_AT])
        if is_older:
            channel = self._channels.get(event_id, channel)
        is_new = kept.type == "GUILD_SCHEDULED_EVENT_CREATE" and event_id not in self._channels
        self._channels[event_id] = channel
        self._decide(event_id, channel, is_new=is_new)
        return event_id not in self._hidden

    def _decide(self, event_id: str, channel: str, *, is_new: bool = False) -> None:
        if channel not in self._excluded:
            self._hidden.discard(event_id)
        elif event_id not in self._hidden:
            self._hidden.add(event_id)
            if not is_new and event_id.isascii() and event_id.isdecimal():
                self.newly.append(int(event_id))


def _event_of(kept: Kept) -> str:
    return str(kept.values[EVENT_AT[kept.type]])


def with_events(guild: Kept, rows: Rows | None) -> Kept:
    """A GUILD_CREATE with another list of scheduled events; None: with none that means anything."""
    lists = [*guild.lists]
    lists[LIST_AT] = rows
    return msgspec.structs.replace(guild, lists=tuple(lists))
