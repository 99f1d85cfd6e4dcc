"""The whole bot on a local Discord: what it survives, what it says, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.app import Bot, Surroundings
from bot.cli.command_line import invoke
from bot.config import ConfigProblem, SettingsHolder
from bot.gateway.pace import Pace
from bot.gateway.refusals import GatewayRefused
from bot.paths import DataPaths
from sandbox.discord import Sandbox
from sandbox.intents import Intent
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.database import Warehouse
from storage.event_log import NewRow, append
from storage.journal import JournalInUse
from storage.tables import coverage, event_log, fold_progress, identities, kpi_values

from .waiting import DEADLINE_S, until

GUILD, STAFF_ROLE, LEADERSHIP, VOICE, HIDDEN = 2000, 201, 3000, 3001, 3002
STAFF, PERSON, OTHER = 407_000_000_000_000_001, 407_000_000_000_000_002, 407_000_000_000_000_003
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
DAY_MS = 86_400_000
STARTS_WITHIN_S = 60.0  # a process of its own, on a machine that has more to do
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
CONFIG = f"""
[community]
guild_id = {GUILD}
[access]
staff_roles = [{STAFF_ROLE}]
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
async def discord():
    """Starts a local Discord with three people and two voice channels."""
    running = []

    async def start(**options) -> Sandbox:
        seed = GuildSeed(
            guild_id=GUILD,
            owner_id=STAFF,
            created_at=FOUNDED,
            roles=[RoleSeed(STAFF_ROLE, "staff")],
            channels=[
                ChannelSeed(LEADERSHIP, "leadership"),
                ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
                ChannelSeed(HIDDEN, "staff", ChannelKind.VOICE),
            ],
            members=[
                MemberSeed(STAFF, FOUNDED, roles=[STAFF_ROLE]),
                MemberSeed(PERSON, FOUNDED),
                MemberSeed(OTHER, FOUNDED),
            ],
        )
        running.append(await Sandbox.start(seed, clock=Clock(), **options))
        return running[-1]

    yield start
    for sandbox in running:
        await sandbox.stop()


@pytest.fixture
def around(tmp_path):
    def place(sandbox: Sandbox, url: str | None = None) -> Surroundings:
        paths = DataPaths(tmp_path / "data")
        return Surroundings(paths, url or str(paths.warehouse), sandbox.api_url, pace=QUICK)

    return place


@asynccontextmanager
async def running(config: Path, around: Surroundings, token: str):
    bot = Bot.assemble(SettingsHolder(config), around)
    task = asyncio.create_task(bot.run(token))
    try:
        yield bot
    finally:
        bot.stop_soon()
        await task


async def rows(warehouse: Warehouse, table, *where) -> int:
    async with warehouse.reading() as conn:
        return (await conn.execute(select(func.count()).select_from(table).where(*where))).scalar_one()


async def recorded(bot: Bot) -> None:
    """Until the member list is in the tables."""
    ended = event_log.c.type == "SNAPSHOT_MEMBERS_END"
    await until(lambda: _count(bot, ended), "the member list was not recorded")


async def _count(bot: Bot, *where) -> int:
    if bot.warehouse.problem:
        return 0
    return await rows(bot.warehouse, event_log, *where)


async def test_what_happens_is_recorded_and_a_second_start_goes_on_without_a_gap(
    discord, config, around, warehouse_url
):
    sandbox = await discord()
    voice = event_log.c.type == "VOICE_STATE_UPDATE"
    async with running(config, around(sandbox, warehouse_url), sandbox.token) as bot:
        await recorded(bot)
        sandbox.voice(PERSON, VOICE)
        await until(lambda: _count(bot, voice), "the stay was not recorded")
    sandbox.voice(OTHER, VOICE)  # while nobody runs: Discord keeps it for the session
    async with running(config, around(sandbox, warehouse_url), sandbox.token) as bot:
        await until(lambda: _two(bot, voice), "what was missed was not sent again")
        await bot.recorder.cover_until_now()
        assert await bot.pipeline.caught_up(DEADLINE_S)
        assert await rows(bot.warehouse, coverage, coverage.c.state == "gap") == 0
        assert await rows(bot.warehouse, coverage, coverage.c.state == "late") > 0


async def _two(bot: Bot, *where) -> bool:
    return await _count(bot, *where) == 2


async def test_a_refused_token_ends_the_run_with_a_sentence(discord, config, around):
    sandbox = await discord()
    bot = Bot.assemble(SettingsHolder(config), around(sandbox))
    with pytest.raises(GatewayRefused, match="DISCORD_TOKEN"):
        await bot.run("wrong.token")
    again = Bot.assemble(SettingsHolder(config), around(sandbox))  # nothing is held any more
    again.stop_soon()
    await again.run(sandbox.token)


async def test_without_the_members_intent_the_bot_runs_and_names_what_that_costs(discord, config, around):
    sandbox = await discord(privileged=Intent(0))
    async with running(config, around(sandbox), sandbox.token) as bot:
        await until(lambda: bot.client.notice, "the bot did not come back without members")
        assert "retention" in bot.client.notice
        await sandbox.commands_synced()
        sandbox.voice(PERSON, VOICE)
        await until(lambda: _count(bot, event_log.c.type == "VOICE_STATE_UPDATE"), "nothing was recorded")


async def test_while_the_database_is_away_commands_are_answered_and_nothing_is_lost(
    discord, config, around, tmp_path
):
    sandbox = await discord()
    in_the_way = tmp_path / "database"
    in_the_way.touch()
    async with running(config, around(sandbox, str(in_the_way / "warehouse.db")), sandbox.token) as bot:
        await sandbox.connected()
        await sandbox.commands_synced()
        sandbox.voice(PERSON, VOICE)
        invocation = await sandbox.run_command(STAFF, "insights health").settled()
        (answer,) = invocation.messages_seen_by(STAFF)
        assert "Nothing recorded is lost" in answer["content"]
        await until(lambda: bot.pipeline.problem, "the trouble was not noticed")
        assert bot.journal.backlog() > 0
        in_the_way.unlink()
        await recorded(bot)
        assert await rows(bot.warehouse, event_log, event_log.c.type == "VOICE_STATE_UPDATE") == 1
        await until(lambda: bot.pipeline.problem is None, "the trouble is over, and still named")


async def test_changed_settings_are_followed_without_a_restart(discord, config, around):
    sandbox = await discord()
    async with running(config, around(sandbox), sandbox.token) as bot:
        await recorded(bot)
        config.write_text(CONFIG + f"[recording]\nexcluded_channels = [{HIDDEN}]\n", encoding="utf-8")
        await until(lambda: bot.intake.options.excluded_channels, "the file was not taken up")
        sandbox.voice(PERSON, HIDDEN)
        sandbox.voice(OTHER, VOICE)
        moved = event_log.c.type == "VOICE_STATE_UPDATE"
        await until(lambda: _count(bot, moved, event_log.c.body.contains(str(VOICE))), "nothing was recorded")
        assert await rows(bot.warehouse, event_log, moved, event_log.c.body.contains(str(HIDDEN))) == 0


async def test_other_rules_make_the_tables_anew(discord, config, around):
    sandbox = await discord()
    async with running(config, around(sandbox), sandbox.token) as bot:
        await recorded(bot)
        config.write_text(CONFIG + "[voice]\nmin_voice_minutes = 30\n", encoding="utf-8")
        await until(lambda: bot.holder.current.voice.min_voice_minutes == 30, "the file was not taken up")
        rules = bot.holder.current.rules().fingerprint()
        await until(lambda: _stands_under(bot, rules), "the tables were not made anew")


async def _stands_under(bot: Bot, rules: str) -> bool:
    async with bot.warehouse.reading() as conn:
        return (await conn.execute(select(fold_progress.c.rules))).scalar() == rules


async def test_another_server_is_not_taken_up_while_the_bot_runs(discord, config, around):
    sandbox = await discord()
    bot = Bot.assemble(SettingsHolder(config), around(sandbox))
    config.write_text(CONFIG.replace(str(GUILD), "2001"), encoding="utf-8")
    assert not bot.holder.refresh()
    assert bot.holder.current.community.guild_id == GUILD
    bot.stop_soon()
    await bot.run(sandbox.token)


async def test_a_second_bot_on_the_same_data_is_refused(discord, config, around):
    sandbox = await discord()
    async with running(config, around(sandbox), sandbox.token):
        with pytest.raises(JournalInUse):
            Bot.assemble(SettingsHolder(config), around(sandbox))


def test_a_bot_without_a_server_is_refused(config, tmp_path):
    config.write_text("", encoding="utf-8")
    with pytest.raises(ConfigProblem, match=r"community\.guild_id"):
        Bot.assemble(SettingsHolder(config), Surroundings(DataPaths(tmp_path), str(tmp_path / "w.db")))


async def test_an_erasure_beside_the_running_bot_is_noticed(discord, config, around, monkeypatch):
    sandbox = await discord()
    place = around(sandbox)
    monkeypatch.setenv("INSIGHTS_DATA", str(place.paths.folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    async with running(config, place, sandbox.token) as bot:
        await recorded(bot)
        arguments = ["erase", str(PERSON), "--yes", "--config", str(config)]
        assert await asyncio.to_thread(invoke, arguments) == 0
        sandbox.voice(PERSON, VOICE)
        sandbox.voice(OTHER, VOICE)
        await until(
            lambda: _count(bot, event_log.c.type == "VOICE_STATE_UPDATE", event_log.c.member_no.is_not(None)),
            "nothing was recorded",
        )
        assert await rows(bot.warehouse, identities, identities.c.user_id == PERSON) == 0
    needle = str(PERSON).encode()
    held = [path.name for path in place.paths.folder.iterdir() if needle in path.read_bytes()]
    assert held == []


async def test_the_program_ends_in_order_and_logs_json_without_secrets(discord, config, tmp_path):
    sandbox = await discord(token="mmmmmmmmmmmmmmmmmmmmmmmmmm.nnnnnn.oooooooooooooooooooooooooooo")
    environment = os.environ | {
        "DISCORD_TOKEN": sandbox.token,
        "DISCORD_API_URL": sandbox.api_url,
        "INSIGHTS_DATA": str(tmp_path / "data"),
        "DATABASE_URL": "",
    }
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, cwd=Path(__file__).parents[2], stderr=asyncio.subprocess.PIPE
    )
    await sandbox.connected(STARTS_WITHIN_S)
    await sandbox.commands_synced(DEADLINE_S)
    sandbox.voice(PERSON, VOICE)
    config.write_text("[community]\nguild_id = 0\n", encoding="utf-8")
    first = await asyncio.wait_for(_line_with(process.stderr, "settings_refused"), DEADLINE_S)
    process.send_signal(signal.SIGTERM)
    _, rest = await asyncio.wait_for(process.communicate(), DEADLINE_S)
    assert process.returncode == 0
    lines = [*first, *rest.decode().splitlines()]
    assert all(isinstance(json.loads(line), dict) for line in lines)
    everything = "\n".join(lines)
    for secret in (sandbox.token, str(STAFF), str(PERSON), str(OTHER)):
        assert secret not in everything


async def _line_with(stream, needle: str) -> list[str]:
    lines = []
    while True:
        lines.append((await stream.readline()).decode().strip())
        if needle in lines[-1]:
            return lines


async def test_closed_weeks_are_published_while_the_bot_runs(config, discord, around, monkeypatch):
    monkeypatch.setattr("bot.kpi_keeper.LOOK_S", 0.1)
    monkeypatch.setattr("bot.kpi_keeper.SHORTEST_S", 0.01)
    sandbox = await discord()
    place = around(sandbox)
    warehouse = await Warehouse.open(place.warehouse_url)
    await warehouse.migrate()
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    async with warehouse.writing() as conn:
        await append(conn, GUILD, [recorded_in(now_ms - 40 * DAY_MS, now_ms)])

    async def published():
        async with warehouse.reading() as conn:
            query = select(func.count(kpi_values.c.period.distinct()))
            return (await conn.execute(query)).scalar_one() >= 5

    async with running(config, place, sandbox.token):
        await until(published, "no closed week was published")
    await warehouse.close()


def recorded_in(from_ms: int, to_ms: int) -> NewRow:
    """A note that all of this time was recorded."""
    body = {"state": "recorded", "cause": None, "sources": ["voice", "members", "events", "commands"]}
    return NewRow(
        *(b"c" * 16, "recorder", "COVERAGE", None, None, from_ms, to_ms, to_ms),
        json.dumps(body),
    )
