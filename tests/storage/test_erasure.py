from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from storage.database import Warehouse
from storage.erasure import TOUCHED, erase, opt_out, reapply
from storage.event import Event, LogRow
from storage.event_log import read_after
from storage.fold import Folder
from storage.identities import member_number
from storage.journal import Journal
from storage.loader import LoadResult, load_batch
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import accounts, event_occurrences, members, rsvps
from storage.withdrawals import Kind, Withdrawals

from .left_behind import leave_behind

GUILD = 81_384_788_765_712_384
ANN, BOB = 190_320_984_123_768_832, 280_320_984_123_768_833
STEAM = "76561198000000042"
AT = 1_794_268_800_000


def event(number: int, **fields: Any) -> Event:
    made: dict[str, Any] = {
        "key": number.to_bytes(16, "big"),
        "guild_id": GUILD,
        "source": "gateway",
        "type": "GUILD_MEMBER_ADD",
        "occurred_from_ms": number,
        "occurred_to_ms": number,
        "recorded_at_ms": number,
    }
    return Event(**(made | fields))


def unencodable(item: Any, error: Exception) -> Event:
    raise error


class Community:
    """A warehouse with Ann and Bob in it, a journal with something of each that is not loaded yet."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse = warehouse
        self.folder = folder
        self.journal = Journal.open(folder / "journal.db", lambda item: [item], unencodable)
        self.withdrawals = Withdrawals.open(folder / "withdrawals.txt", b"s" * 32)

    async def record(self, *events: Event) -> None:
        for one in events:
            self.journal.append(one)
        await self.journal.flushed()

    async def load(self) -> LoadResult:
        return await load_batch(self.warehouse, self.journal, self.withdrawals)

    async def begin(self) -> None:
        await self.record(
            event(1, person=ANN),
            event(2, person=BOB, others={"hosts": [ANN]}),
            event(3, person=ANN, problem="odd"),
            event(4, person=BOB, others={"hosts": [ANN]}, problem="odd"),
            event(5, person=BOB, problem="odd"),
        )
        await self.load()
        linked = {"guild_id": GUILD, "platform": "steam", "linked_at_ms": 1}
        async with self.warehouse.writing() as conn:
            await conn.execute(insert(accounts).values(member_no=1, external_id=STEAM, **linked))
            await conn.execute(insert(accounts).values(member_no=2, external_id="bobs", **linked))
        await self.record(event(6, person=ANN), event(7, person=BOB))

    async def erase(self, person: int = ANN, at_ms: int = AT) -> tuple[Any, ...]:
        journals = [self.journal]
        return await erase(self.warehouse, self.withdrawals, GUILD, person, at_ms=at_ms, journals=journals)

    async def rows(self) -> list[LogRow]:
        async with self.warehouse.reading() as conn:
            return await read_after(conn, GUILD, 0, 100)

    async def number(self, person: int) -> int | None:
        async with self.warehouse.reading() as conn:
            return await member_number(conn, GUILD, person)

    async def count(self, table: str) -> int:
        async with self.warehouse.reading() as conn:
            return int((await conn.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


@pytest.fixture
async def community(warehouse: Warehouse, tmp_path: Path) -> AsyncIterator[Community]:
    made = Community(warehouse, tmp_path)
    await made.begin()
    yield made
    made.journal.close()


async def test_who_is_erased_is_unknown_and_their_rows_stay(community: Community) -> None:
    before = await community.rows()
    assert await community.erase() == (True, 1, 2, 1, True)
    assert await community.number(ANN) is None
    assert await community.number(BOB) == 2
    *same, withdrawn = await community.rows()
    assert same == before, "what the log says of a number stands"
    assert (withdrawn.type, withdrawn.source, withdrawn.member_no) == ("MEMBER_WITHDRAWN", "recorder", 1)
    assert withdrawn.occurred_from_ms == withdrawn.occurred_to_ms == AT
    assert await community.count("accounts") == 1
    assert await community.count("dead_letters") == 1


async def test_nothing_more_is_recorded_of_them(community: Community) -> None:
    await community.erase()
    await community.record(event(8, person=ANN), event(9, person=BOB, others={"hosts": [ANN, BOB]}))
    assert await community.load() == LoadResult(read=3, loaded=2, dropped=1)
    assert await community.number(ANN) is None
    assert [row.others for row in await community.rows()][-1] == '{"hosts":[2]}'


async def test_erasing_again_finds_nothing_and_changes_nothing(community: Community) -> None:
    await community.erase()
    rows = await community.rows()
    assert await community.erase(at_ms=AT + 5) == (False, 0, 0, 0, True)
    assert await community.rows() == rows
    assert community.withdrawals.withdrawal(GUILD, ANN) == (Kind.ERASED, AT)


async def test_a_stranger_gets_a_tombstone_only(community: Community) -> None:
    rows = await community.rows()
    assert await community.erase(person=5) == (False, 0, 0, 0, True)
    assert await community.rows() == rows
    assert community.withdrawals.is_withdrawn(GUILD, 5)


async def test_the_tombstone_stands_before_anything_else(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as crashing:
        crashing.setattr(community.warehouse, "writing", crash)
        with pytest.raises(InterruptedError):
            await community.erase()
    assert Withdrawals.open(community.folder / "withdrawals.txt", b"s" * 32).is_withdrawn(GUILD, ANN)
    assert await community.erase(at_ms=AT + 9) == (True, 1, 2, 0, True), "finished by the next attempt"
    assert (await community.rows())[-1].occurred_from_ms == AT


def event_body(**fields: Any) -> bytes:
    body = {"event_id": "900", "title": "Inhouse", "status": 1, "entity_type": 2, "channel_id": "50"}
    times = {"scheduled_start_ms": 1_800_000_000_000, "scheduled_end_ms": 1_800_003_600_000}
    return msgspec.json.encode({**body, **times, **fields})


async def test_an_erased_persons_events_and_answers_lead_to_nobody(community: Community) -> None:
    made = "GUILD_SCHEDULED_EVENT_CREATE"
    changed = "GUILD_SCHEDULED_EVENT_UPDATE"
    answered = {"type": "GUILD_SCHEDULED_EVENT_USER_ADD", "body": b'{"event_id":"900"}'}
    by_ann = {"creator": [ANN]}
    await community.record(
        event(1000, type=made, others=by_ann, body=event_body()),
        event(1100, person=ANN, **answered),
        event(1200, person=BOB, **answered),
    )
    await community.load()
    await community.erase(at_ms=1500)
    await community.record(
        event(1600, person=ANN, **answered),
        event(2000, type=changed, others=by_ann, body=event_body(status=2)),
        event(9000, type=changed, others=by_ann, body=event_body(status=3)),
    )
    await community.load()
    assert [row.others for row in await community.rows()][-2:] == ['{"creator":[]}'] * 2
    await Folder(community.warehouse, Rules()).advance(GUILD)
    async with community.warehouse.reading() as conn:
        creators = (await conn.execute(select(event_occurrences.c.creator_no))).scalars().all()
        answers = (await conn.execute(select(rsvps.c.member_no, rsvps.c.to_ms))).all()
        erased = select(members.c.member_no).where(members.c.withdrawn_at_ms.is_not(None))
        assert (await conn.execute(erased)).scalars().all() == [1], "whom reports leave out"
    assert creators == [1], "a number that is nobody's"
    assert sorted(answers) == [(1, 1500), (2, None)]
    assert await community.number(ANN) is None
    assert in_files(community.folder, ANN, "journal.db*") == []
    assert await verify(community.warehouse, GUILD, Rules()) == []


async def test_who_comes_back_is_somebody_new(community: Community) -> None:
    await community.erase()
    community.withdrawals.returned(GUILD, ANN, AT + 1)
    await community.record(event(8, person=ANN))
    await community.load()
    assert await community.number(ANN) == 3


async def test_another_process_erases_while_the_journal_is_held(community: Community) -> None:
    theirs = Withdrawals.open(community.folder / "withdrawals.txt", b"s" * 32)
    await erase(community.warehouse, theirs, GUILD, ANN, at_ms=AT, journals=[])
    assert await community.load() == LoadResult(read=2, loaded=1, dropped=1)
    assert await community.number(ANN) is None
    assert in_files(community.folder, ANN, "journal.db*") == []


async def test_opting_out_keeps_the_number_and_takes_nothing_more(community: Community) -> None:
    for at_ms in (AT, AT + 1):
        await opt_out(
            community.warehouse, community.withdrawals, GUILD, ANN, at_ms=at_ms, journal=community.journal
        )
    assert await community.number(ANN) == 1
    assert await community.load() == LoadResult(read=1, loaded=1)
    withdrawn = [row for row in await community.rows() if row.type == "MEMBER_WITHDRAWN"]
    assert [(row.member_no, row.occurred_from_ms) for row in withdrawn] == [(1, AT)]


async def test_a_restored_backup_brings_nobody_back(community: Community) -> None:
    community.withdrawals.withdraw(GUILD, ANN, Kind.ERASED, AT)  # the database does not know of it
    community.withdrawals.withdraw(GUILD, BOB, Kind.OPTED_OUT, AT + 1)
    assert await reapply(community.warehouse, community.withdrawals) == {GUILD}
    assert await community.number(ANN) is None
    assert await community.number(BOB) == 2
    withdrawn = [row for row in await community.rows() if row.type == "MEMBER_WITHDRAWN"]
    assert [(row.member_no, row.occurred_from_ms) for row in withdrawn] == [(1, AT), (2, AT + 1)]
    assert await community.count("accounts") == 1
    rows = await community.rows()
    assert await reapply(community.warehouse, community.withdrawals) == set()
    assert await community.rows() == rows


# ------------------------------------------------------------ the erased id is in no file


def forms(person: int) -> list[bytes]:
    """How an id may stand in a file: as text, or as a number in either byte order."""
    return [str(person).encode(), person.to_bytes(8, "big"), person.to_bytes(8, "little")]


def in_files(folder: Path, person: int, pattern: str = "*") -> list[str]:
    wanted = [*forms(person), STEAM.encode()] if person == ANN else forms(person)
    contents = {file.name: file.read_bytes() for file in folder.glob(pattern)}
    return sorted(name for name, content in contents.items() if any(form in content for form in wanted))


async def test_sqlite_the_erased_id_is_in_no_file(sqlite_warehouse: Warehouse, tmp_path: Path) -> None:
    community = Community(sqlite_warehouse, tmp_path)
    await community.begin()
    await sqlite_warehouse.scrub(())  # moves what there is into the file itself
    async with sqlite_warehouse.writing() as conn:
        await conn.execute(text("UPDATE identities SET user_id = user_id"))
    everywhere = ["journal.db-wal", "warehouse.db", "warehouse.db-wal"]
    assert in_files(tmp_path, ANN) == everywhere, "or nothing is proven"
    await community.erase()
    assert in_files(tmp_path, ANN) == []
    assert in_files(tmp_path, BOB), "the search finds who is still there"
    community.journal.close()
    await sqlite_warehouse.close()
    assert in_files(tmp_path, ANN) == [], "nor after closing"


async def test_sqlite_what_rows_left_behind_where_they_moved_away_is_cleared(
    sqlite_url: str, tmp_path: Path
) -> None:
    warehouse = await Warehouse.open(sqlite_url)
    community = Community(warehouse, tmp_path)
    await community.begin()
    names = [table.name for table in TOUCHED]
    before = [await community.count(name) for name in names]
    await warehouse.close()
    for table in names:
        assert leave_behind(tmp_path / "warehouse.db", table, ANN)
    community.warehouse = await Warehouse.open(sqlite_url)
    await community.erase()
    assert in_files(tmp_path, ANN) == []
    assert before == [2, 2, 3]
    assert [await community.count(name) for name in names] == [1, 1, 1]
    assert await community.number(BOB) == 2
    community.journal.close()
    await community.warehouse.close()


async def test_sqlite_a_long_reader_is_told_apart(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.05)
    warehouse = await Warehouse.open(sqlite_url)
    community = Community(warehouse, tmp_path)
    await community.begin()
    async with warehouse.reading() as conn:
        await conn.execute(text("SELECT count(*) FROM identities"))
        assert (await community.erase())[-1] is False
    assert (await community.erase())[-1] is True
    assert in_files(tmp_path, ANN) == []
    community.journal.close()
    await warehouse.close()


def dump(server: Any, url: str) -> bytes:
    """Everything in the database as pg_dump writes it, with the planner's statistics where it knows how."""
    parsed = make_url(url)
    host = parsed.query["host"]
    program = server.programs / "pg_dump"
    command = [program, "--host", host, "--username", parsed.username, "--no-password", parsed.database]
    knows = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    if "--statistics " in knows:
        command.insert(1, "--statistics")
    return subprocess.run([os.fspath(part) for part in command], capture_output=True, check=True).stdout


@pytest.mark.postgres
async def test_postgresql_the_erased_id_is_in_no_dump(
    postgres: Any, postgres_url: str, tmp_path: Path
) -> None:
    warehouse = await Warehouse.open(postgres_url)
    community = Community(warehouse, tmp_path)
    await community.begin()
    async with warehouse.writing() as conn:
        await conn.execute(text("ANALYZE"))
    before = dump(postgres, postgres_url)
    assert str(ANN).encode() in before
    assert STEAM.encode() in before
    await community.erase()
    after = dump(postgres, postgres_url)
    assert str(BOB).encode() in after
    assert str(ANN).encode() not in after
    assert STEAM.encode() not in after
    community.journal.close()
    await warehouse.close()
