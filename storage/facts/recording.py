"""The guild as it is seen and lost, and what was recorded of it."""

from __future__ import annotations

from msgspec import UnsetType

from storage.event import LogRow
from storage.fact_bodies import (
    ANOTHER_RECORDERS,
    CoverageBody,
    CoverageState,
    CoveredSource,
    GuildBody,
    NoBody,
)
from storage.facts.reading import Fact, Reader, reader, text


class GuildSeen(Fact, frozen=True):
    afk_channel_id: int | UnsetType | None


class GuildLost(Fact, frozen=True):
    """Discord had an outage, or the bot was removed: nothing more is heard until the guild is seen again."""


class CoverageNoted(Fact, frozen=True):
    """[from_ms, to_ms) of these sources was recorded, recorded late, or missed."""

    state: CoverageState
    cause: str | None
    sources: tuple[CoveredSource, ...]

    @property
    def is_another_recorders(self) -> bool:
        """A process beside the bot missed something, whatever the bot itself heard."""
        return self.state == "gap" and self.cause in ANOTHER_RECORDERS


RecordingFact = GuildSeen | GuildLost | CoverageNoted


def _guild(row: LogRow, body: GuildBody) -> GuildSeen:
    return GuildSeen(row.occurred_from_ms, row.occurred_to_ms, body.afk_channel_id)


def _guild_lost(row: LogRow, _body: NoBody) -> GuildLost:
    return GuildLost(row.occurred_from_ms, row.occurred_to_ms)


def _covered(row: LogRow, body: CoverageBody) -> CoverageNoted:
    cause = None if body.cause is None else text(body.cause, 64)
    return CoverageNoted(row.occurred_from_ms, row.occurred_to_ms, body.state, cause, body.sources)


READERS: dict[str, Reader] = {
    "GUILD_CREATE": reader(GuildBody, _guild),
    "GUILD_UPDATE": reader(GuildBody, _guild),
    "GUILD_DELETE": reader(NoBody, _guild_lost),
    "COVERAGE": reader(CoverageBody, _covered),
}
