"""The collector with its journal and warehouse, fed line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.collector import collector as module
from bot.collector.__main__ import LONGEST_LINE, main
from bot.collector.collector import Collector
from bot.config import SettingsHolder
from bot.paths import DataPaths
from storage.database import Warehouse
from storage.event import LogRow
from storage.event_log import read_after
from storage.fact_bodies import NOT_READ
from storage.files import FileLock
from storage.secrets import load_or_create
from storage.withdrawals import Kind, Withdrawals

GUILD, AT_MS = 2000, 1_764_184_000_000


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    (tmp_path / "config.toml").write_text(f"[community]\nguild_id = {GUILD}\n")
    return DataPaths(tmp_path / "data")


def line(number: int, **changes: Any) -> bytes:
    interaction = {
        "id": str(1_443_290_000_000_000_000 + number),
        "type": 2,
        "application_id": "11",
        "guild_id": str(GUILD),
        "channel_id": "5",
        "member": {"user": {"id": "7"}},
        "data": {"name": "profile", "options": []},
        **changes,
    }
    return msgspec.json.encode({"number": number, "at_ms": AT_MS, "invoked": interaction}) + b"\n"


async def collected(paths: DataPaths, *lines: bytes, until: int = 1) -> list[int]:
    """Runs a collector over these lines, which end once it has confirmed that many. Returns its answers."""
    holder = SettingsHolder(paths.folder.parent / "config.toml")
    collector = Collector.assemble(holder, paths, str(paths.warehouse), "club")
    reader, confirmed = asyncio.StreamReader(limit=LONGEST_LINE), asyncio.Event()
    answers: list[int] = []

    def answer(number: int) -> None:
        answers.append(number)
        if number >= until:
            confirmed.set()

    running = asyncio.create_task(collector.run(reader, answer))
    for each in lines:
        reader.feed_data(each)
    if lines:
        await asyncio.wait_for(confirmed.wait(), 30)
    reader.feed_eof()
    await running
    return answers


async def logged(paths: DataPaths) -> list[str]:
    """The commands in the warehouse."""
    return [
        msgspec.json.decode(row.body)["command"]
        for row in await rows(paths)
        if row.type == "INTERACTION_CREATE"
    ]


async def gaps(paths: DataPaths) -> list[tuple[int, int, str]]:
    return [
        (row.occurred_from_ms, row.occurred_to_ms, msgspec.json.decode(row.body)["cause"])
        for row in await rows(paths)
        if row.type == "COVERAGE"
    ]


async def rows(paths: DataPaths) -> list[LogRow]:
    warehouse = await Warehouse.open(str(paths.warehouse))
    try:
        async with warehouse.reading() as conn:
            return await read_after(conn, GUILD, 0, 100)
    finally:
        await warehouse.close()


async def test_commands_come_into_the_warehouse(paths: DataPaths) -> None:
    answers = await collected(paths, line(1), line(2))
    assert answers[-1] == 2
    assert await logged(paths) == ["profile", "profile"]


async def test_a_line_that_comes_again_is_recorded_once(paths: DataPaths) -> None:
    await collected(paths, line(1))
    await collected(paths, line(1))
    assert await logged(paths) == ["profile"]


async def test_an_unreadable_line_holds_nothing_up(paths: DataPaths) -> None:
    await collected(paths, b"{not json}\n", line(2))
    assert await logged(paths) == ["profile"]


@pytest.mark.parametrize(
    "rest",
    [
        b'"invoked":5}\n',
        b'"invoked":{"data":{"name":"\\ud83d"}}}\n',
        b'"invoked":{"data":"' + b"x" * LONGEST_LINE + b'"}}\n',
        b'"invoked":{"data":"' + b"x" * 3 * LONGEST_LINE + b'"}}\n',
        b'"invoked":{"data":' + b"[" * 100_000 + b"\n",
    ],
    ids=["other", "half a character", "overlong", "far too long", "deep"],
)
async def test_an_unreadable_line_is_a_gap_and_is_confirmed(
    rest: bytes, paths: DataPaths, caplog: pytest.LogCaptureFixture
) -> None:
    odd = b'{"number":2,"at_ms":%d,' % AT_MS + rest
    assert (await collected(paths, line(1), odd, until=2))[-1] == 2
    assert (await collected(paths, odd, line(3), until=3))[-1] == 3
    assert await logged(paths) == ["profile", "profile"]
    assert await gaps(paths) == [(AT_MS, AT_MS + 1, NOT_READ)]
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 2


async def test_a_line_that_is_broken_off_is_a_gap(paths: DataPaths) -> None:
    await collected(paths, line(1), b'{"number":2,"at_ms":%d,"invoked":{"data":"the bot was ki' % AT_MS)
    assert await logged(paths) == ["profile"]
    assert await gaps(paths) == [(AT_MS, AT_MS + 1, NOT_READ)]


async def test_what_the_warehouse_does_not_take_waits_in_the_journal(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    await collected(paths)  # makes the files
    monkeypatch.setattr(module, "FAREWELL_S", 0.05)
    held = FileLock(paths.warehouse.with_name(paths.warehouse.name + ".lock"))
    held.acquire()
    assert await collected(paths, line(1)) == [1]  # durable, though nothing can be loaded
    held.close()
    assert await logged(paths) == []
    monkeypatch.setattr(module, "FAREWELL_S", 10.0)
    await collected(paths)
    assert await logged(paths) == ["profile"]


async def test_whom_another_process_erases_is_in_no_page_of_the_journal(paths: DataPaths) -> None:
    person = 190_320_984_123_768_832
    collector = Collector.assemble(
        SettingsHolder(paths.folder.parent / "config.toml"), paths, str(paths.warehouse), "club"
    )
    reader = asyncio.StreamReader()
    running = asyncio.create_task(collector.run(reader, lambda _number: None))
    await until(lambda: collector._journal.scrubbed_at_revision is not None)
    reader.feed_data(line(1, member={"user": {"id": str(person)}}))

    def is_in_journal() -> bool:
        files = list(paths.folder.glob("journal-club.db*"))
        return any(person.to_bytes(8, "big") in file.read_bytes() for file in files)

    await until(is_in_journal)
    await until(lambda: not collector._journal.backlog())
    assert is_in_journal(), "or nothing is proven"
    erased = Withdrawals.open(paths.withdrawals, load_or_create(paths.secret))
    erased.withdraw(GUILD, person, Kind.ERASED, AT_MS)
    await until(lambda: not is_in_journal())
    reader.feed_eof()
    await running


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - another process and a thread change the files
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("journal", ["Club", "../x", "", "a" * 33])
def test_a_journal_with_an_unusable_name_is_refused(
    journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([journal]) == 1
    assert "a to z" in capsys.readouterr().err


def test_a_folder_without_a_server_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text("")
    assert main(["club"]) == 1
    assert "community.guild_id" in capsys.readouterr().err
