"""A list of members that was refused: a second one is asked for an hour later, and decides. The whole bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.app import Bot, Surroundings
from bot.config import SettingsHolder
from bot.gateway.pace import Pace
from bot.paths import DataPaths
from bot.second_list import SecondList
from sandbox.discord import Sandbox
from sandbox.limits import Limits
from sandbox.seed import GuildSeed, MemberSeed
from storage.database import WarehouseUnavailable
from storage.tables import membership_spells, reconciliations

from .waiting import DEADLINE_S, until

GUILD, OWNER = 2000, 407_000_000_000_000_001
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
MEMBERS, GONE, BOT = 60, 30, 1
REQUEST_MEMBERS = 8
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)


class ShiftedClock:
    def __init__(self) -> None:
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


class Willing:
    """A list can be asked for at any moment."""

    def want_members_again(self) -> bool:
        return True


class Club:
    """A server of sixty, half of whom leave while nobody watches."""

    def __init__(self, sandbox: Sandbox, clock: ShiftedClock, surroundings: Surroundings, config) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self._surroundings = surroundings
        self._config = config

    @asynccontextmanager
    async def watched(self):
        bot = Bot.assemble(SettingsHolder(self._config), self._surroundings)
        task = asyncio.create_task(bot.run(self.sandbox.token))
        try:
            await until(lambda: bot.recorder.is_live, "the bot is there")
            yield bot
        finally:
            bot.stop_soon()
            await task

    def half_leave_unseen(self) -> None:
        self.sandbox.faults.forget_sessions()
        self.sandbox.prune([OWNER + number for number in range(1, GONE + 1)])

    @property
    def asked(self) -> int:
        return sum(operation.code == REQUEST_MEMBERS for operation in self.sandbox.world.operations)

    async def lists(self, bot: Bot, count: int) -> list[str]:
        """What became of the lists of members, once there are so many."""

        async def told() -> list[str] | None:
            of_members = select(reconciliations.c.verdict).where(reconciliations.c.source == "members")
            try:
                async with bot.warehouse.reading() as conn:
                    found = list((await conn.scalars(of_members.order_by(reconciliations.c.at_ms))).all())
            except WarehouseUnavailable:  # it is still being opened
                return None
            return found if len(found) >= count else None

        return await until(told, f"{count} lists of members")

    async def present(self, bot: Bot) -> int:
        async with bot.warehouse.reading() as conn:
            here = select(membership_spells.c.member_no).where(membership_spells.c.left_ms.is_(None))
            return len((await conn.execute(here)).all())


@pytest.fixture
async def club(tmp_path, warehouse_url):
    config = tmp_path / "config.toml"
    config.write_text(f"[community]\nguild_id = {GUILD}\n", encoding="utf-8")
    clock = ShiftedClock()
    members = [MemberSeed(OWNER + number, FOUNDED) for number in range(MEMBERS)]
    seed = GuildSeed(GUILD, OWNER, FOUNDED, members=members)
    sandbox = await Sandbox.start(seed, clock=clock, limits=Limits(whole_member_lists_every_s=0))
    ticks_s = lambda: clock.now().timestamp()  # noqa: E731
    around = Surroundings(DataPaths(tmp_path / "data"), warehouse_url, sandbox.api_url, clock, QUICK, ticks_s)
    yield Club(sandbox, clock, around, config)
    await sandbox.stop()


async def test_a_second_list_that_says_the_same_is_believed_an_hour_later(club, monkeypatch):
    monkeypatch.setattr("bot.second_list.LOOK_S", 3600)  # only this test looks
    async with club.watched() as bot:
        assert await club.lists(bot, 1) == ["taken"]
    club.half_leave_unseen()
    club.clock.shift += timedelta(minutes=30)
    async with club.watched() as bot:
        assert await club.lists(bot, 2) == ["taken", "refused"]
        assert await club.present(bot) == MEMBERS + BOT
        assert await bot.pipeline.caught_up(DEADLINE_S)
        assert not await bot._second_list.step(), "another moment is waited for"
        club.clock.shift += timedelta(hours=1)
        another = SecondList(GUILD, bot.warehouse, bot.pipeline, Willing(), bot.services.now_ms)
        assert [await another.step() for _ in range(2)] == [True, False], "once for each refused list"
        assert await bot._second_list.step()
        club.sandbox.faults.ask_heartbeat()
        assert await club.lists(bot, 3) == ["taken", "refused", "taken"]
        assert await club.present(bot) == MEMBERS - GONE + BOT
        club.clock.shift += timedelta(hours=2)
        assert await bot.pipeline.caught_up(DEADLINE_S)
        assert not await bot._second_list.step(), "there is no doubt any more"


async def test_a_second_list_that_says_otherwise_ends_the_doubt_too(club, monkeypatch):
    monkeypatch.setattr("bot.second_list.LOOK_S", 0.02)
    async with club.watched() as bot:
        await club.lists(bot, 1)
    club.half_leave_unseen()
    club.clock.shift += timedelta(minutes=30)
    async with club.watched() as bot:
        await club.lists(bot, 2)
    for number in range(1, GONE + 1):
        club.sandbox.member_joins(OWNER + number)
    club.clock.shift += timedelta(hours=1)
    async with club.watched() as bot:  # in a process that did not see the refused list
        await until(lambda: club.sandbox.faults.ask_heartbeat() or club.asked == 3, "a third request")
        assert await club.lists(bot, 3) == ["taken", "refused", "taken"]
        assert await club.present(bot) == MEMBERS + BOT
