"""How many people fit into voice channels."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import ChannelBody
from storage.facts.reading import Fact, Reader, reader


class ChannelSeen(Fact, frozen=True):
    """A channel that people talk in, as it is now."""

    channel_id: int
    places: int  # 0: everybody fits in


def _seen(row: LogRow, body: ChannelBody) -> ChannelSeen:
    return ChannelSeen(row.occurred_from_ms, row.occurred_to_ms, body.channel_id, body.places)


READERS: dict[str, Reader] = dict.fromkeys(
    ("CHANNEL_CREATE", "CHANNEL_UPDATE", "SNAPSHOT_CHANNEL"), reader(ChannelBody, _seen)
)
