"""Nothing is written with a secret that is not the warehouse's; what was written so before has a way out."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.command_line import invoke
from bot.config import load_environment
from bot.coverage import coverage
from bot.doctor.warehouse import warehouse_findings
from bot.paths import DataPaths
from bot.secret_fits import SecretUnfit, refuse_unfit, secret_fits
from bot.start_check import refuse_to_start
from storage.database import Warehouse
from storage.event import Event
from storage.event_key import KeyMaker
from storage.loader import load_events
from storage.withdrawals import Kind, Withdrawals

GUILD, ANA, BEN = 81384788765712384, 80351110224678912, 80351110224678914
RIGHT, WRONG = b"r" * 32, b"w" * 32
BEGAN_MS, HOUR_MS = 1_741_341_600_000, 3_600_000
CONFIG = f"[community]\nguild_id = {GUILD}\n"
NOT_THE_ONE = "is not the secret that the warehouse"
PAST = {
    "kind": "session",
    "channel": 80351110224678999,
    "start": "2025-03-08T20:00Z",
    "end": "2025-03-08T21:00Z",
}
Insights = Callable[..., tuple[int, str, str]]


def observed(secret: bytes, hour: int) -> Event:
    from_ms = BEGAN_MS + hour * HOUR_MS
    return coverage(KeyMaker(secret), GUILD, "recorded", ("voice",), from_ms, from_ms + HOUR_MS, None)


def joined(person: int) -> Event:
    return Event(
        key=KeyMaker(RIGHT).key(BEGAN_MS, "join", person),
        guild_id=GUILD,
        source="gateway",
        type="GUILD_MEMBER_ADD",
        occurred_from_ms=BEGAN_MS,
        occurred_to_ms=BEGAN_MS,
        recorded_at_ms=BEGAN_MS,
        person=person,
        body=b'{"roles": []}',
    )


async def fill(warehouse: Warehouse, folder: Path, *events: Event) -> None:
    withdrawals = Withdrawals.open(folder / "nobody", RIGHT)
    async with warehouse.writing() as conn:
        await load_events(warehouse, conn, events, withdrawals)
    (folder / "nobody").unlink()


def filled(sqlite_url: str, folder: Path, *events: Event) -> None:
    async def work() -> None:
        warehouse = await Warehouse.open(sqlite_url)
        await fill(warehouse, folder, *events)
        await warehouse.close()

    asyncio.run(work())


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "past.jsonl").write_text(json.dumps({**PAST, "person": ANA}), encoding="utf-8")
    (tmp_path / "secret").write_bytes(RIGHT)
    return DataPaths(tmp_path)


@pytest.fixture
def recorded(place: DataPaths, sqlite_url: str) -> DataPaths:
    """A community that was recorded under the right secret."""
    filled(sqlite_url, place.folder, observed(RIGHT, 0), joined(ANA), joined(BEN), observed(RIGHT, 1))
    return place


@pytest.fixture
def insights(place: DataPaths, capsys: pytest.CaptureFixture[str]) -> Insights:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = invoke(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def kept(folder: Path) -> dict[str, bytes]:
    """What the folder holds, without the files that only say who works on others just now."""
    passing = ("-wal", "-shm", ".lock")
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(passing)}


WRITING = [
    ("erase", str(ANA), "--yes"),
    ("import", "past.jsonl"),
    ("import", "past.jsonl", "--dry-run"),
    ("rebuild",),
    ("rebuild", "--verify"),
    ("dead-letters", "retry", "--all"),
    ("run",),
]


@pytest.mark.parametrize("verb", WRITING, ids=" ".join)
def test_under_another_secret_a_verb_changes_nothing_and_says_what_to_do(insights, recorded, verb):
    recorded.secret.write_bytes(WRONG)
    before = kept(recorded.folder)
    status, printed, said = insights(*verb)
    assert (status, printed) == (1, "")
    assert said == (
        f"{recorded.secret} {NOT_THE_ONE} {recorded.warehouse} was filled under, and nothing was changed: "
        "put back the one that belongs to it, from its own backup.\n"
    )
    assert kept(recorded.folder) == before


def test_an_erasure_that_was_refused_succeeds_under_the_right_secret_and_holds(insights, recorded):
    backup = recorded.folder / "backup.db"
    shutil.copyfile(recorded.warehouse, backup)
    recorded.secret.write_bytes(WRONG)
    assert insights("erase", str(ANA), "--yes")[0] == 1
    recorded.secret.write_bytes(RIGHT)
    assert "✓ Removed: the row that says" in insights("erase", str(ANA), "--yes")[1]
    shutil.copyfile(backup, recorded.warehouse)
    assert insights("rebuild")[0] == 0
    assert ANA.to_bytes(8, "big") not in recorded.warehouse.read_bytes()
    assert BEN.to_bytes(8, "big") in recorded.warehouse.read_bytes()


def test_what_only_files_told_shows_the_secret_too(insights, place, sqlite_url):
    assert insights("import", "past.jsonl")[1].startswith("✓ 1 new, 0 known already")
    place.secret.write_bytes(WRONG)
    status, _, said = insights("import", "past.jsonl")
    assert (status, NOT_THE_ONE in said) == (1, True)
    place.secret.write_bytes(RIGHT)
    assert insights("import", "past.jsonl")[1].startswith("✓ 0 new, 1 known already")


def test_where_nobody_is_known_any_secret_will_do(insights, place, sqlite_url):
    filled(sqlite_url, place.folder, observed(WRONG, 0))
    assert insights("import", "past.jsonl")[1].startswith("✓ 1 new, 0 known already")


def test_reports_need_no_secret_but_where_somebody_withdrew(insights, recorded):
    assert insights("rebuild")[0] == 0
    asked = ("report", "quality", "--now", "2025-03-07T12:00Z")
    shown = insights(*asked)
    assert shown[0] == 0
    recorded.secret.write_bytes(WRONG)
    assert insights(*asked) == shown
    Withdrawals.open(recorded.withdrawals, RIGHT).withdraw(GUILD, ANA, Kind.ERASED, BEGAN_MS)
    status, _, said = insights(*asked)
    assert (status, NOT_THE_ONE in said) == (1, True)


def test_a_bot_makes_no_new_secret_beside_a_warehouse_that_knows_people(insights, recorded):
    recorded.secret.unlink()
    before = kept(recorded.folder)
    status, _, said = insights("run")
    assert status == 1
    assert said == (
        f"{recorded.secret} is not there, and the warehouse {recorded.warehouse} was filled under one: put "
        "it back from its own backup, or name the folder in which it lies in INSIGHTS_DATA.\n"
    )
    assert kept(recorded.folder) == before


@pytest.mark.parametrize("verb", [("erase", str(BEN), "--yes"), ("import", "past.jsonl"), ("rebuild",)])
def test_withdrawals_of_another_secret_beside_the_right_one_are_to_be_kept_and_replaced(
    insights, recorded, verb
):
    Withdrawals.open(recorded.withdrawals, WRONG).withdraw(GUILD, ANA, Kind.ERASED, BEGAN_MS)
    before = kept(recorded.folder)
    status, _, said = insights(*verb)
    assert status == 1
    assert said == (
        f"{recorded.withdrawals} was written under another secret, and the one beside it belongs to the "
        "warehouse: rename the file, put the one of your backup in its place, and erase anew whoever was "
        "erased since.\n"
    )
    assert kept(recorded.folder) == before
    recorded.withdrawals.rename(recorded.folder / "withdrawals.other")
    assert insights(*verb)[0] == 0
    assert insights("erase", str(ANA), "--yes")[1].startswith("✓ Removed")


async def test_doctor_says_the_same_and_writes_nothing(recorded):
    Withdrawals.open(recorded.withdrawals, WRONG)
    before = kept(recorded.folder)
    found = {finding.about: finding for finding in await warehouse_findings(load_environment())}
    assert found["Secret"].said == "It is the one that the warehouse was filled under."
    assert kept(recorded.folder) == before
    Withdrawals.open(recorded.withdrawals, WRONG).withdraw(GUILD, ANA, Kind.ERASED, BEGAN_MS)
    found = {finding.about: finding for finding in await warehouse_findings(load_environment())}
    assert found["Secret"].do.startswith("Rename the file, put the one of your backup in its place")


def test_withdrawals_under_which_nobody_withdrew_stand_in_nobodys_way(insights, recorded):
    Withdrawals.open(recorded.withdrawals, WRONG)
    assert insights("erase", str(ANA), "--yes")[1].startswith("✓ Removed")
    assert Withdrawals.open(recorded.withdrawals, RIGHT).is_withdrawn(GUILD, ANA)


# ------------------------------------------------------------------------ the check


async def test_the_first_row_or_the_last_shows_under_which_secret_a_record_goes_on(warehouse, tmp_path):
    assert await secret_fits(warehouse, RIGHT) is None
    await fill(warehouse, tmp_path, joined(ANA))
    assert await secret_fits(warehouse, RIGHT, GUILD) is None
    await fill(warehouse, tmp_path, observed(RIGHT, 0))
    assert [await secret_fits(warehouse, secret, GUILD) for secret in (RIGHT, WRONG)] == [True, False]
    assert await secret_fits(warehouse, WRONG) is False  # without a guild, too
    await fill(warehouse, tmp_path, observed(WRONG, 1))  # what an earlier version let happen
    assert [await secret_fits(warehouse, secret, GUILD) for secret in (RIGHT, WRONG)] == [True, True]
    await fill(warehouse, tmp_path, observed(RIGHT, 2))
    assert [await secret_fits(warehouse, secret, GUILD) for secret in (RIGHT, WRONG)] == [True, False]


async def test_another_community_in_the_same_database_is_nobodys_business(warehouse, tmp_path):
    await fill(warehouse, tmp_path, observed(RIGHT, 0), joined(ANA))
    (tmp_path / "other").write_bytes(WRONG)
    assert await refuse_unfit(warehouse, tmp_path / "other", GUILD + 1) is None
    with pytest.raises(SecretUnfit):
        await refuse_unfit(warehouse, tmp_path / "other", GUILD)


async def test_a_start_waits_for_no_warehouse_and_makes_none(tmp_path, monkeypatch):
    await refuse_to_start(str(tmp_path / "warehouse.db"), tmp_path / "secret", GUILD)
    await refuse_to_start("postgresql://nobody@127.0.0.1:9/none", tmp_path / "secret", GUILD)
    (tmp_path / "warehouse.db").write_bytes(b"this is no database" * 1000)
    await refuse_to_start(str(tmp_path / "warehouse.db"), tmp_path / "secret", GUILD)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == ["warehouse.db"]
