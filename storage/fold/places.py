"""How many people fit into the channels of an event (docs/kpis.md, "series_overflow")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storage.occurrence import Limits


class Places:
    """Of every channel that people talk in, as it was told of last."""

    def __init__(self, saved: Mapping[int, int]) -> None:
        self._places = dict(saved)

    def saved(self) -> dict[int, int]:
        return dict(sorted(self._places.items()))

    def told(self, channel_id: int, places: int) -> bool:
        """Whether that is new."""
        is_new = self._places.get(channel_id) != places
        self._places[channel_id] = places
        return is_new

    def of(self, channels: Iterable[int]) -> Limits:
        """Of those among these channels that have a limit."""
        return tuple(
            (channel, places) for channel in sorted(channels) if (places := self._places.get(channel))
        )


def capacity(channels: tuple[int, ...], limits: Limits) -> int | None:
    """How many fit into all of these channels at once; None where one of them has no limit."""
    places = dict(limits)
    if not channels or any(channel not in places for channel in channels):
        return None
    return sum(places[channel] for channel in channels)
