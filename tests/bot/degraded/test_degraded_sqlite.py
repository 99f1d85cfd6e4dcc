"""A SQLite warehouse that is locked, full, read-only, damaged or gone while the bot records."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.patience import PatientWarehouse
from storage.trouble import WarehouseDamaged, WarehouseReplaced, WarehouseUnavailable
from storage.withdrawals import Withdrawals

AN_HOUR = 30  # events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "place" / "warehouse.db"


def backup(path: Path) -> Path:
    copy = path.with_name("backup.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


def ruin(path: Path) -> bytes:
    """Garbage in the middle; returns what the file is then."""
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xa5" * (path.stat().st_size - 3 * 4096))
    return path.read_bytes()


@pytest.mark.usefixtures("hurried")
async def test_while_it_is_locked_readers_are_answered_and_afterwards_all_is_there(
    recording, clean, locked, path
):
    bot = await recording(str(path))
    async with locked(path):
        bot.an_hour(2)
        await bot.notices("is locked by another process")
        assert await bot.rows() == AN_HOUR
        assert bot.journal.backlog() == AN_HOUR
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_what_was_written_before_is_read_even_if_it_is_locked_from_the_start(
    recording, locked, path, tmp_path
):
    first = await recording(str(path))
    await first.digests()
    async with locked(path):
        second = PatientWarehouse(str(path), Withdrawals.open(tmp_path / "w", b"s" * 32), (0.01,))
        keeping = asyncio.create_task(second.keep())
        await asyncio.wait_for(second.reached(), 30)
        async with second.reading() as conn:
            assert (await conn.exec_driver_sql("SELECT count(*) FROM members")).scalar_one() == 10
        keeping.cancel()
        await second.close()


async def test_a_slow_one_is_named_before_it_counts_as_locked(recording, clean, locked, path, monkeypatch):
    monkeypatch.setattr("bot.pipeline.SLOW_S", 0.2)
    bot = await recording(str(path))
    async with locked(path):  # the writer still waits for it
        bot.an_hour(2)
        await bot.notices("is slow")
        assert await bot.rows() == AN_HOUR
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_on_a_full_disk_readers_are_answered_and_with_room_again_all_is_there(
    recording, clean, small_disk, fill
):
    bot = await recording(str(small_disk / "warehouse.db"))
    filler = fill(small_disk)
    for hour in range(2, 20):
        bot.an_hour(hour)
    await bot.notices("has no space left")
    assert AN_HOUR <= await bot.rows() < 19 * AN_HOUR
    filler.unlink()
    assert await bot.digests() == await clean(19)


@pytest.mark.usefixtures("hurried")
async def test_a_read_only_place_is_waited_for(recording, clean, read_only_place):
    place, make_writable = read_only_place
    bot = await recording(str(place / "warehouse.db"), is_reached=False)
    await bot.notices("cannot be written: give this user the right")
    make_writable()
    assert await bot.digests() == await clean(1)


@pytest.mark.usefixtures("hurried")
async def test_a_damaged_one_is_left_alone_until_a_good_one_lies_there(recording, clean, path):
    bot = await recording(str(path))
    good = backup(path)
    bot.an_hour(2)  # which stands in the log of changes only, and not in the backup
    await bot.digests()
    assert path.with_name("warehouse.db-wal").stat().st_size > 0
    before = ruin(path)
    with pytest.raises(WarehouseDamaged):
        await bot.warehouse.check()  # what is read just now stands in the log of changes, and is whole
    bot.an_hour(3)
    await bot.notices("is damaged or is no database: move the file away and restore a backup")
    with pytest.raises(WarehouseDamaged):
        await bot.rows()
    with pytest.raises(WarehouseDamaged):
        async with bot.warehouse.writing():
            raise AssertionError("it was opened for writing")
    await bot.is_let_go()
    assert path.read_bytes() == before
    assert bot.journal.backlog() == AN_HOUR
    good.replace(path)  # beside the old file's log of changes, as people forget it
    assert await bot.digests() == await clean(3, lost=2)
    assert not path.with_name("warehouse.db.damaged").exists()


@pytest.mark.usefixtures("hurried")
async def test_another_damaged_one_is_not_taken_for_a_good_one(recording, clean, path):
    bot = await recording(str(path))
    good = backup(path)
    whole = good.read_bytes()
    ruin(path)
    bot.an_hour(2)
    await bot.notices("is damaged")
    worse = path.with_name("worse.db")
    worse.write_bytes(whole[:-4096] + b"\xa5" * 4096)  # where nobody looks at first
    worse.replace(path)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.warehouse.reached(), 0.5)
    good.replace(path)
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_a_new_start_does_not_write_to_a_damaged_one_either(recording, path, tmp_path):
    bot = await recording(str(path))
    good = backup(path)
    before = ruin(path)
    bot.an_hour(2)
    await bot.notices("is damaged")
    await bot.stop()
    assert path.read_bytes() == before
    second = PatientWarehouse(str(path), Withdrawals.open(tmp_path / "w", b"s" * 32), (0.01,))
    keeping = asyncio.create_task(second.keep())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second.reached(), 0.2)
    with pytest.raises(WarehouseDamaged):
        async with second.writing():
            raise AssertionError("it was opened for writing")
    assert path.read_bytes() == before
    good.replace(path)
    await asyncio.wait_for(second.reached(), 30)
    keeping.cancel()
    await second.close()


@pytest.mark.usefixtures("hurried")
async def test_half_a_backup_is_not_taken_for_a_good_one(recording, clean, path):
    bot = await recording(str(path))
    good = backup(path)
    whole = good.read_bytes()
    ruin(path)
    bot.an_hour(2)
    await bot.notices("is damaged")
    path.write_bytes(whole[: len(whole) // 2])  # somebody copies it just now
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.warehouse.reached(), 0.3)
    with pytest.raises(WarehouseUnavailable):
        await bot.rows()
    with path.open("ab") as file:
        file.write(whole[len(whole) // 2 :])
    assert await bot.digests() == await clean(2)


@pytest.mark.usefixtures("hurried")
async def test_a_file_that_was_moved_away_is_not_made_anew(recording, clean, path):
    bot = await recording(str(path))
    shutil.move(path, path.with_name("elsewhere.db"))
    bot.an_hour(2)
    await bot.notices("was moved or replaced: put a good one in its place")
    with pytest.raises(WarehouseReplaced):
        await bot.rows()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.warehouse.reached(), 0.5)
    assert not path.exists()
    path.with_name("elsewhere.db").replace(path)
    assert await bot.digests() == await clean(2)
