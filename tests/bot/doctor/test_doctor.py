"""`insights doctor`, beside a local Discord and on the files of a bot that has recorded there."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from interactions.models.discord.enums import Permissions

from bot.app import Bot, Surroundings
from bot.cli.command_line import invoke
from bot.clock import SystemClock
from bot.config import SettingsHolder, load_environment
from bot.doctor.discord import EVERYTHING, Standing, channel_permissions, server_permissions
from bot.doctor.finding import State
from bot.doctor.machine import sqlite_version
from bot.doctor.warehouse import warehouse_findings
from bot.gateway.pace import Pace
from bot.paths import DataPaths
from sandbox.discord import Sandbox
from sandbox.intents import Intent
from sandbox.permissions import Permission
from sandbox.seed import ChannelSeed, GuildSeed, MemberSeed, RoleSeed
from storage.journal import Journal
from storage.secrets import load_or_create
from storage.tables import coverage

GUILD, STAFF_ROLE, DIGEST, OWNER, BOT = 2000, 201, 3000, 407_000_000_000_000_001, 1000
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
QUICK = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
SEES_AUDIT_LOG = Permission.VIEW_CHANNEL | Permission.VIEW_AUDIT_LOG | Permission.SEND_MESSAGES
NARROW = 46
ROOT = Path(__file__).parents[3]
CONFIG = f"""
[community]
guild_id = {GUILD}
zone = "Europe/Berlin"
[access]
staff_roles = [{STAFF_ROLE}]
[digest.weekly]
channel_id = {DIGEST}
"""


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Practice:
    """Everything that the doctor looks at, for a test to spoil."""

    sandbox: Sandbox
    config: Path
    paths: DataPaths
    examine: Callable[..., Awaitable[tuple[int, dict[str, dict[str, str]]]]]


@pytest.fixture
def everybodys() -> Permission:
    return SEES_AUDIT_LOG | Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.READ_MESSAGE_HISTORY


@pytest.fixture
def granted() -> Intent:
    return Intent.GUILD_MEMBERS


@pytest.fixture
async def practice(tmp_path, monkeypatch, capsys, everybodys, granted) -> AsyncIterator[Practice]:
    """A bot that has recorded for a moment and was stopped."""
    seed = GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=FOUNDED,
        bot_user_id=BOT,
        everyone=everybodys,
        roles=[RoleSeed(STAFF_ROLE, "staff")],
        channels=[ChannelSeed(DIGEST, "leadership")],
        members=[MemberSeed(OWNER, FOUNDED, roles=[STAFF_ROLE])],
    )
    sandbox = await Sandbox.start(seed, clock=Clock(), privileged=granted)
    config, paths = tmp_path / "config.toml", DataPaths(tmp_path / "data")
    config.write_text(CONFIG, encoding="utf-8")
    await record(Bot.assemble(SettingsHolder(config), surroundings(paths, sandbox)), sandbox)
    monkeypatch.setenv("DISCORD_TOKEN", sandbox.token)
    monkeypatch.setenv("DISCORD_API_URL", sandbox.api_url)
    monkeypatch.setenv("INSIGHTS_DATA", str(paths.folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)

    async def examine(*arguments: str):
        status = await asyncio.to_thread(invoke, ["doctor", "--config", str(config), "--json", *arguments])
        printed = capsys.readouterr().out
        assert sandbox.token not in printed
        findings = json.loads(printed)["findings"]
        return status, {finding["about"]: finding for finding in findings}

    yield Practice(sandbox, config, paths, examine)
    await sandbox.stop()


def surroundings(paths: DataPaths, sandbox: Sandbox) -> Surroundings:
    return Surroundings(paths, str(paths.warehouse), sandbox.api_url, pace=QUICK)


async def record(bot: Bot, sandbox: Sandbox) -> None:
    running = asyncio.create_task(bot.run(sandbox.token))
    await sandbox.connected()
    await sandbox.commands_synced()
    async with asyncio.timeout(30):
        while not await is_covered(bot):
            await bot.recorder.cover_until_now()
            await bot.pipeline.caught_up(5)
    bot.stop_soon()
    await running


async def is_covered(bot: Bot) -> bool:
    if bot.warehouse.problem:
        return False
    async with bot.warehouse.reading() as conn:
        return (await conn.execute(coverage.select())).first() is not None


async def test_of_a_sound_bot_it_finds_nothing_to_do(practice, capsys):
    status, found = await practice.examine()
    assert {about: one for about, one in found.items() if one["state"] != "well"} == {}
    assert status == 0
    assert {"Token", "Intents", "Permissions", "Digest", "Clock", "Time zone", "SQLite"} <= found.keys()
    assert {
        "Warehouse",
        "Its shape",
        "Writing",
        "Integrity",
        "Secret",
        "File modes",
        "Journal",
    } <= found.keys()
    assert "Europe/Berlin" in found["Time zone"]["said"]


@pytest.mark.parametrize("width", [80, NARROW])
async def test_on_a_terminal_each_line_has_a_mark_and_none_is_too_long(practice, monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", str(width))
    (practice.paths.folder / "secret").chmod(0o644)
    status = await asyncio.to_thread(invoke, ["doctor", "--config", str(practice.config)])
    lines = capsys.readouterr().out.splitlines()
    assert status == 1
    assert max(map(len, lines)) <= width
    assert any(line.startswith(" ✓ Token") for line in lines)
    assert any(line.startswith(" ✗ File modes") for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "→ Run: chmod -R go-rwx" in text
    assert "✗ 1 thing needs attention, of" in text


async def test_a_refused_token_is_named_and_nothing_else_is_asked(practice, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "wrong.token")
    status, found = await practice.examine()
    assert (status, found["Token"]["state"]) == (1, "ill")
    assert "Reset Token" in found["Token"]["do"]
    assert "Permissions" not in found


async def test_without_network_it_says_that_discord_was_not_reached(practice):
    await practice.sandbox.stop()
    status, found = await practice.examine()
    assert status == 1
    assert found["Discord"]["said"].startswith("It was not reached (")
    assert found["Warehouse"]["state"] == "well"


@pytest.mark.parametrize("granted", [Intent(0)])
async def test_a_missing_intent_is_told_with_what_it_costs(practice):
    _, found = await practice.examine()
    assert found["Intents"]["state"] == "ill"
    assert "joins, leaves and roles are not recorded" in found["Intents"]["said"]


@pytest.mark.parametrize("everybodys", [Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES])
async def test_missing_permissions_are_told_by_the_names_that_discord_shows(practice):
    _, found = await practice.examine()
    assert "View Audit Log" in found["Permissions"]["said"]
    assert found["Digest"]["said"].endswith("Embed Links, Attach Files, Read Message History.")


async def test_a_channel_that_is_not_there_is_told(practice):
    practice.config.write_text(CONFIG.replace(str(DIGEST), "3999"), encoding="utf-8")
    _, found = await practice.examine()
    assert found["Digest"]["said"] == "The server has no such channel."


async def test_a_clock_that_is_wrong_is_told(practice, monkeypatch):
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime.now(UTC) + timedelta(minutes=3))
    _, found = await practice.examine()
    assert found["Clock"]["state"] == "ill"
    assert "ahead of Discord's" in found["Clock"]["said"]


async def test_a_secret_that_does_not_fit_is_told(practice):
    practice.paths.withdrawals.unlink()
    practice.paths.secret.write_bytes(b"x" * 32)
    _, found = await practice.examine()
    assert found["Secret"]["said"] == "It is not the one that the warehouse was filled under."


async def test_a_damaged_warehouse_is_told(practice):
    with practice.paths.warehouse.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xa5" * (practice.paths.warehouse.stat().st_size - 3 * 4096))
    status, found = await practice.examine()
    assert status == 1
    assert found["Warehouse"]["do"] == "Move the file away and restore a backup."


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(lambda whole: b"\0" * len(whole), id="zeros"),
        pytest.param(lambda whole: b"this is no database" * 1000, id="garbage"),
        pytest.param(lambda whole: whole[:-5000], id="truncated"),
    ],
)
@pytest.mark.parametrize("name", ["journal.db", "journal-club.db"])
async def test_a_damaged_journal_is_told(practice, damaged, name):
    (practice.paths.folder / name).write_bytes(damaged(practice.paths.journal.read_bytes()))
    (practice.paths.folder / name).chmod(0o600)
    status, found = await practice.examine()
    assert status == 1
    assert found["Journal"]["said"].endswith(f"{name} is damaged or is no database")
    assert found["Journal"]["do"].startswith("Stop what writes it, move the file away and start that again.")
    assert "backup" not in found["Journal"]["do"]


async def test_what_cannot_be_read_in_a_journal_is_told(practice):
    with closing(sqlite3.connect(practice.paths.journal)) as conn:
        conn.execute("INSERT INTO unreadable_chunks (events, packed) VALUES (7, x'c1')")
        conn.commit()
    status, found = await practice.examine()
    assert status == 1
    assert found["Journal"]["said"].startswith("7 events in the journal")
    assert found["Journal"]["do"] == "Check the disk that it lies on."


async def test_a_journal_can_be_looked_at_while_it_is_written(practice):
    journal = Journal.open(practice.paths.journal, lambda item: [item], lambda item, _error: item)
    try:
        _, found = await practice.examine()
    finally:
        journal.close()
    assert found["Journal"] == {
        "group": "This machine",
        "about": "Journal",
        "state": "well",
        "said": "journal.db: whole, and can be read.",
        "do": "",
    }


async def test_before_the_first_start_there_is_no_journal_to_look_at(practice):
    for file in practice.paths.folder.glob("journal.db*"):
        file.unlink()
    _, found = await practice.examine()
    assert found["Journal"]["state"] == "unknown"


async def test_a_locked_warehouse_is_told(practice, monkeypatch):
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(practice.paths.warehouse, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        _, found = await practice.examine()
    assert found["Writing"]["said"].endswith("is locked by another process")


async def test_a_full_disk_is_told(practice, monkeypatch):
    monkeypatch.setattr("bot.doctor.machine.LOW_BYTES", 2**60)
    _, found = await practice.examine()
    assert "Free some" in found["Journal's disk"]["do"]


async def test_a_wrong_setting_is_told_and_all_else_is_looked_at(practice):
    practice.config.write_text('[community]\nzone = "Berlin"\n', encoding="utf-8")
    status, found = await practice.examine()
    assert (status, found["Settings"]["state"]) == (1, "ill")
    assert "Berlin" in found["Settings"]["said"]
    assert found["Token"]["state"] == "well"


@pytest.mark.parametrize(
    ("folder", "reason"), [("/dev/null", "Not a directory"), ("/tmp/" + "x" * 300, "File name too long")]
)
async def test_a_folder_that_cannot_be_one_is_told(practice, monkeypatch, folder, reason):
    monkeypatch.setenv("INSIGHTS_DATA", folder)
    status, found = await practice.examine()
    assert status == 1
    assert found["File modes"]["said"] == f"{folder} cannot be looked at ({reason})."
    assert found["Warehouse"]["said"] == f"{folder}/warehouse.db cannot be looked at ({reason})."
    assert found["Token"]["state"] == "well"


async def test_for_programs_a_wrong_environment_is_a_finding_too(practice, monkeypatch):
    monkeypatch.setenv("DISCORD_API_URL", "garbage")
    status, found = await practice.examine()
    assert (status, found.keys()) == (2, {"Environment"})
    assert "DISCORD_API_URL" in found["Environment"]["said"]


async def test_what_programs_read_is_ascii(practice, monkeypatch, capsys):
    monkeypatch.setenv("INSIGHTS_DATA", str(practice.paths.folder / "Gästebuch"))
    await asyncio.to_thread(invoke, ["doctor", "--config", str(practice.config), "--json"])
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert any("Gästebuch" in finding["said"] for finding in json.loads(printed)["findings"])


async def test_a_terminal_that_knows_only_ascii_is_shown_the_nearest_letters(practice):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli.command_line import main; main()"),
        *("doctor", "--config", str(practice.config)),
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    assert " + Token" in printed.decode("ascii")


@pytest.mark.postgres
async def test_a_database_server_is_looked_at_in_the_same_way(postgres_url, tmp_path, monkeypatch):
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    load_or_create(tmp_path / "secret")
    found = {finding.about: finding for finding in await warehouse_findings(load_environment())}
    assert {about: finding.state for about, finding in found.items()} == {
        "Warehouse": State.WELL,
        "Its shape": State.WELL,
        "Writing": State.WELL,
        "Integrity": State.WELL,
        "Secret": State.UNKNOWN,  # nothing is recorded yet
    }


async def test_a_server_that_is_away_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:9/none")
    (finding,) = await warehouse_findings(load_environment())
    assert finding.state is State.ILL
    assert finding.do.startswith("Check that the database server runs")
    assert "secret" not in finding.said


@pytest.mark.parametrize(
    ("version", "is_faulty"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
    ],
)
def test_what_our_one_writer_means_is_said_of_the_versions_that_need_it(version, is_faulty):
    assert ("one writer" in sqlite_version(version).said) is is_faulty


def test_permissions_follow_from_roles_and_overwrites():
    guild = {
        "id": "1",
        "owner_id": "2",
        "roles": [
            {"id": "1", "permissions": str(int(Permissions.VIEW_CHANNEL))},
            {"id": "9", "permissions": str(int(Permissions.SEND_MESSAGES))},
            {"id": "8", "permissions": str(int(Permissions.ADMINISTRATOR))},
        ],
    }
    held = server_permissions(guild, frozenset({9}), 5)
    assert held == Permissions.VIEW_CHANNEL | Permissions.SEND_MESSAGES
    assert server_permissions(guild, frozenset({8}), 5) == EVERYTHING
    assert server_permissions(guild, frozenset(), 2) == EVERYTHING
    bot = Standing(1, 5, frozenset({9}), held)
    everybody_silent = {"id": "1", "allow": "0", "deny": str(int(Permissions.SEND_MESSAGES))}
    bots_role = {"id": "9", "allow": str(int(Permissions.SEND_MESSAGES)), "deny": "0"}
    bot_hidden = {"id": "5", "allow": "0", "deny": str(int(Permissions.VIEW_CHANNEL))}
    assert channel_permissions([everybody_silent], bot) == Permissions.VIEW_CHANNEL
    assert channel_permissions([bots_role, everybody_silent], bot) == held
    assert channel_permissions([bots_role, bot_hidden], bot) == Permissions.NONE


def test_nothing_in_a_channel_is_hidden_from_an_administrator_whatever_bits_discord_adds():
    guild = {
        "id": "1",
        "owner_id": "2",
        "roles": [{"id": "8", "permissions": str(int(Permissions.ADMINISTRATOR))}],
    }
    held = server_permissions(guild, frozenset({8}), 5)
    Permissions(1 << 62)  # a role with a bit that the library has no name for
    bot = Standing(1, 5, frozenset({8}), held)
    hidden = {"id": "1", "allow": "0", "deny": str(int(Permissions.VIEW_CHANNEL))}
    assert Permissions.VIEW_CHANNEL in channel_permissions([hidden], bot)
    assert server_permissions(guild, frozenset({8}), 5) == held
