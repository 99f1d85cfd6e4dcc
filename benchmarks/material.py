"""What all benchmarks work on: a simulated community, once as events and once recorded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.loopback import Clients
from benchmarks.scale import Scale
from bot.intake import Intake, IntakeOptions
from sandbox.community import Story, tell
from sandbox.community_history import History
from sandbox.community_place import GUILD_ID
from sandbox.demo import DemoFolder, ProgressBar, record_history
from storage.event import Event
from storage.event_key import KeyMaker
from storage.withdrawals import Withdrawals

SEED = 3
SECRET = b"k" * 32
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Material:
    scale: Scale
    clients: Clients
    events: Sequence[Event]
    warehouse: Path  # with the log and the tables
    config: Path
    folder: Path
    now_ms: int = NOW_MS

    @contextmanager
    def fresh_folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


async def prepare(folder: Path, scale: Scale, clients: Clients, bar: ProgressBar) -> Material:
    """Tells the community's last days, and records them as the demo does."""
    story = tell(SEED, NOW, scale.days)
    demo = DemoFolder(folder / "recorded")
    demo.prepare(SEED)
    await record_history(demo, History(story, NOW_MS), bar)
    return Material(scale, clients, events_of(story, folder), demo.paths.warehouse, demo.config, folder)


def events_of(story: Story, folder: Path) -> list[Event]:
    """One event a dispatch; lists of members, which only begin a session, are left out."""
    intake = Intake(
        KeyMaker(SECRET), Withdrawals.open(folder / "withdrawals", SECRET), IntakeOptions(GUILD_ID)
    )
    return [
        event
        for sent in History(story, NOW_MS).dispatches()
        if sent.type != "GUILD_MEMBERS_CHUNK"
        for event in intake.events_of(
            sent.type, sent.data, sent.at_ms, sent.session, sent.session_started_at_ms, sent.sequence
        )
    ]
