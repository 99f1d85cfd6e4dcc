from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.intake import Intake, IntakeOptions
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.withdrawals import Withdrawals

from .rig import GUILD, RULES, Rig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    warehouse = await Warehouse.open(f"sqlite+aiosqlite:///{tmp_path / 'warehouse.db'}")
    await warehouse.migrate()
    withdrawals = Withdrawals.open(tmp_path / "withdrawals", b"s" * 32)
    options = IntakeOptions(GUILD, tracked_commands=frozenset(RULES.tracked_commands))
    yield Rig(warehouse, withdrawals, Intake(KeyMaker(b"k" * 32), withdrawals, options))
    await warehouse.close()
