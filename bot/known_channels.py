"""Which channels are excluded: those named in config.toml, and the threads in them.

What is written in a thread names only the thread. Discord tells to which channel it belongs when the bot
connects, when the thread is made or changed, and with every command that is run in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

THREADS: Final = frozenset({10, 11, 12})  # "Channel Types" in Discord's reference


class KnownChannels:
    def __init__(self) -> None:
        self._guild = ""
        self._excluded: frozenset[str] = frozenset()
        self._parents: dict[object, str | None] = {}  # of a thread its channel; None: it is no thread
        self.are_told = False  # whether somebody told of all channels since the program began

    def exclude(self, guild: str, channels: frozenset[str]) -> None:
        self._guild, self._excluded = guild, channels

    def is_excluded(self, channel: object) -> bool:
        return channel in self._excluded or self._parents.get(channel) in self._excluded

    def is_untold(self, channel: object) -> bool:
        """Whether it may be a thread in an excluded channel, as nobody has told what it is."""
        return bool(self._excluded) and channel not in self._excluded and channel not in self._parents

    def told(self, channels: Iterable[object], threads: Iterable[object]) -> None:
        """Every channel and every active thread that there is."""
        for channel in (*channels, *threads):
            self._saw(channel)
        self.are_told = True

    def learn(self, dispatch_type: str, data: object) -> None:
        """What a dispatch tells of channels, whatever else it is about."""
        learn = LEARNT.get(dispatch_type)
        if learn is not None and isinstance(data, dict):
            learn(self, data)

    def _saw(self, channel: object) -> None:
        if not isinstance(channel, dict) or not isinstance(channel.get("id"), str):
            return
        parent = channel.get("parent_id")
        kind = channel.get("type")
        is_thread = isinstance(kind, int) and kind in THREADS
        if not isinstance(kind, int) or (is_thread and not isinstance(parent, str)):
            return  # what it is stays unknown
        self._parents[channel["id"]] = parent if is_thread else None

    def _saw_guild(self, guild: Mapping[str, Any]) -> None:
        if guild.get("id") == self._guild and isinstance(guild.get("channels"), list):
            self._parents.clear()
            self.told(guild["channels"], _list(guild.get("threads")))

    def _saw_threads(self, listed: Mapping[str, Any]) -> None:
        for thread in _list(listed.get("threads")):
            self._saw(thread)

    def _saw_place(self, interaction: Mapping[str, Any]) -> None:
        self._saw(interaction.get("channel"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


LEARNT: Final[dict[str, Callable[[KnownChannels, Mapping[str, Any]], None]]] = {
    "GUILD_CREATE": KnownChannels._saw_guild,
    "THREAD_LIST_SYNC": KnownChannels._saw_threads,
    "INTERACTION_CREATE": KnownChannels._saw_place,
    **dict.fromkeys(
        ("CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"), KnownChannels._saw
    ),
}
TELL_OF_CHANNELS: Final = frozenset(LEARNT)
