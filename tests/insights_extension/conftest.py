"""A sandbox, a folder in which Guild Insights runs, and another bot that is to be recorded there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from interactions.api.http.route import Route

from bot.clock import SystemClock
from sandbox.discord import Sandbox
from sandbox.seed import ChannelSeed, GuildSeed, MemberSeed

from .recorded import GUILD, Log

OWNER, GENERAL, HIDDEN = 5000, 3000, 3001
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
CONFIG = f"[community]\nguild_id = {GUILD}\n[recording]\nexcluded_channels = [{HIDDEN}]\n"


@pytest.fixture
def discord_address() -> Iterator[None]:
    """The other bot points the whole library elsewhere: nobody else may inherit that."""
    base = Route.BASE
    yield
    Route.BASE = base  # type: ignore[misc]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    seed = GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=FOUNDED,
        channels=[ChannelSeed(GENERAL, "general"), ChannelSeed(HIDDEN, "hidden")],
        members=[MemberSeed(OWNER + k, FOUNDED) for k in range(4)],
    )
    started = await Sandbox.start(seed, clock=SystemClock())
    yield started
    await started.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Guild Insights runs: its settings, and the data beside them."""
    for name in ("DATABASE_URL", "INSIGHTS_DATA"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config.toml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def log(folder: Path) -> Log:
    return Log(folder)
