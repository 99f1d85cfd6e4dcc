"""Who is in which voice channel."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import VoiceBody, VoiceEndBody
from storage.facts.reading import Fact, Reader, Unparseable, reader

Occupant = int | str  # a member number, or the token that stands for someone who withdrew


class VoiceStateSeen(Fact, frozen=True):
    """Where someone is now, which may be where they were before."""

    occupant: Occupant
    channel_id: int | None
    deaf: bool
    bot: bool | None
    snapshot: str | None = None


class VoiceListed(Fact, frozen=True):
    """A list of everyone in voice has ended. Whoever was not in it is in no channel."""

    snapshot: str
    occupants: int


VoiceFact = VoiceStateSeen | VoiceListed


def _seen(row: LogRow, body: VoiceBody) -> VoiceStateSeen:
    occupant = body.occupant if row.member_no is None else row.member_no
    if occupant is None:
        raise Unparseable(f"{row.type} without a person or an occupant")
    return VoiceStateSeen(
        row.occurred_from_ms,
        row.occurred_to_ms,
        occupant,
        body.channel_id,
        body.deaf,
        body.bot,
        body.snapshot,
    )


def _listed(row: LogRow, body: VoiceEndBody) -> VoiceListed:
    return VoiceListed(row.occurred_from_ms, row.occurred_to_ms, body.snapshot, body.occupants)


READERS: dict[str, Reader] = {
    "VOICE_STATE_UPDATE": reader(VoiceBody, _seen),
    "SNAPSHOT_VOICE_STATE": reader(VoiceBody, _seen),
    "SNAPSHOT_VOICE_END": reader(VoiceEndBody, _listed),
}
