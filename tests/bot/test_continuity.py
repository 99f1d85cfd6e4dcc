"""What is loaded goes on where the log ends, or the time between is a gap that ends whatever was open."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot.audit_log import FETCHED
from bot.audit_place import AuditPlace
from bot.continuity import Continuity, Loss
from bot.gateway.identity import ALL_INTENTS, sources_of
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.event_log import last_position
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import load_batch
from storage.rebuild import rebuild, verify
from storage.rules import Rules
from storage.tables import activity_sessions, coverage, event_log, membership_spells
from storage.withdrawals import Withdrawals

GUILD, ADA, BEN, CLEO, DORA = 2000, 5001, 5002, 5003, 5004
EVENING = datetime(2026, 3, 28, 20, tzinfo=UTC)
RESTORED, DAMAGED = "the record was put back to an earlier moment", "the journal was damaged"
SECRET = b"s" * 32
JOINED = "2025-01-01T00:00:00Z"


class Clock:
    moment = EVENING

    def now(self) -> datetime:
        return self.moment


class Place:
    """A bot with its journal. Times are minutes after the evening's beginning."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self.warehouse, self.folder = warehouse, folder
        self.withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
        self.intake = Intake(KeyMaker(SECRET), self.withdrawals, IntakeOptions(GUILD, frozenset()))
        self.clock = Clock()
        self.there: dict[int, str] = {}  # who is in which channel
        self.members = {ADA, BEN, CLEO, DORA}
        self.losses: list[Loss] = []
        self.sequence = 0
        self.starts("journal.db")

    def starts(self, journal: str) -> None:
        self.journal = Journal.open(self.folder / journal, self.intake.encode, self.intake.unencodable)
        audit_place = AuditPlace(self.folder / "audit_log")
        self.recorder = Recorder(self.intake, self.journal, self.clock, audit_place=audit_place)
        self.continuity = Continuity(self.journal, self.intake.keys, GUILD, self.clock, self.hears_of)

    def restarts(self, journal: str = "journal.db") -> None:
        self.recorder.stopped()
        self.journal.close()
        self.starts(journal)

    def hears_of(self, loss: Loss) -> None:
        self.losses.append(loss)
        self.recorder.record_lost(loss)

    def at(self, minute: float) -> None:
        self.clock.moment = EVENING + timedelta(minutes=minute)

    def begins(self) -> None:
        self.recorder.identifying("x", sources_of(ALL_INTENTS))
        self.sequence = 1
        self.recorder.on_dispatch(1, "READY", {"session_id": str(self.clock.moment)})
        states = [self._state(who, channel) for who, channel in self.there.items()]
        guild = {"voice_states": states, "guild_scheduled_events": [], "member_count": len(self.members)}
        self.hears("GUILD_CREATE", {"id": str(GUILD), **guild})
        ((_, nonce),) = self.recorder.member_lists_due()
        listed = [{"user": {"id": str(who)}, "roles": [], "joined_at": JOINED} for who in self.members]
        chunk = {"nonce": nonce, "chunk_index": 0, "chunk_count": 1, "members": listed}
        self.hears("GUILD_MEMBERS_CHUNK", {"guild_id": str(GUILD), **chunk})

    def hears(self, kind: str, data: object) -> None:
        self.sequence += 1
        self.recorder.on_dispatch(self.sequence, kind, data)

    def moves(self, who: int, channel: str | None) -> None:
        if channel is None:
            self.there.pop(who, None)
        else:
            self.there[who] = channel
        self.hears("VOICE_STATE_UPDATE", {"guild_id": str(GUILD), **self._state(who, channel)})

    def leaves(self, who: int) -> None:
        self.members.discard(who)
        self.there.pop(who, None)
        self.hears("GUILD_MEMBER_REMOVE", {"guild_id": str(GUILD), "user": {"id": str(who)}})

    def _state(self, who: int, channel: str | None) -> dict[str, object]:
        member = {"user": {"id": str(who)}, "roles": [], "joined_at": JOINED}
        state = {"user_id": str(who), "channel_id": channel, "session_id": f"s{who}"}
        return {**state, "deaf": False, "self_deaf": False, "member": member}

    async def covers(self) -> None:
        self.recorder.acknowledged()
        await self.recorder.cover_until_now()

    async def loads(self) -> None:
        folder = Folder(self.warehouse, Rules())
        await self.journal.flushed()
        while (
            await load_batch(self.warehouse, self.journal, self.withdrawals, continuity=self.continuity)
        ).read:
            await self.journal.flushed()
        while not (await folder.advance(GUILD)).caught_up:
            pass

    async def position(self) -> int:
        async with self.warehouse.reading() as conn:
            return await last_position(conn, GUILD)

    async def is_put_back(self, position: int) -> None:
        """As a backup of that moment would have it."""
        async with self.warehouse.writing() as conn:
            gone = event_log.c.guild_id == GUILD, event_log.c.position > position
            await conn.execute(delete(event_log).where(*gone))
        await rebuild(self.warehouse, GUILD, Rules())

    def spoils(self) -> None:
        """The bytes of whatever waits in the journal change."""
        with closing(sqlite3.connect(self.folder / "journal.db")) as conn:
            conn.execute("UPDATE event_chunks SET packed = zeroblob(length(packed)) WHERE packed <> x''")
            conn.commit()

    async def covered(self, source: str = "voice") -> list[tuple[float, float, str | None]]:
        c = coverage.c
        query = select(c.from_ms, c.to_ms, c.cause).where(c.guild_id == GUILD, c.source == source)
        return [(minute(a), minute(b), why) for a, b, why in await self._rows(query.order_by(c.from_ms))]

    async def stays(self) -> list[tuple[int, float, float | None, bool]]:
        """Who, from when to when, and whether the end is estimated; people in the order of their stays."""
        c = activity_sessions.c
        query = select(c.member_no, c.start_ms, c.end_ms, c.end_estimated).where(c.guild_id == GUILD)
        found = await self._rows(query.order_by(c.start_ms, c.member_no))
        return [(who, minute(a), None if b is None else minute(b), bool(how)) for who, a, b, how in found]

    async def leaves_told(self) -> list[tuple[float, float]]:
        c = membership_spells.c
        query = select(c.left_ms, c.left_to_ms).where(c.guild_id == GUILD, c.left_ms.is_not(None))
        return [(minute(a), minute(b)) for a, b in await self._rows(query)]

    async def _rows(self, query) -> list:
        async with self.warehouse.reading() as conn:
            return list((await conn.execute(query)).all())


def at_ms(minute: float) -> int:
    return int((EVENING + timedelta(minutes=minute)).timestamp() * 1000)


def minute(ms: int) -> float:
    return round((ms / 1000 - EVENING.timestamp()) / 60, 1)


@pytest.fixture
async def place(warehouse: Warehouse, tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(warehouse, tmp_path)
    yield place
    place.journal.close()
    assert await verify(warehouse, GUILD, Rules()) == []


async def evening(place: Place) -> int:
    """Ada and Ben sit in voice; the backup is of five past. Then Ada hangs up, and Ben leaves the server."""
    place.begins()
    place.at(1)
    place.moves(ADA, "3001")
    place.moves(BEN, "3001")
    place.at(5)
    await place.covers()
    await place.loads()
    backup = await place.position()
    place.at(10)
    place.moves(ADA, None)
    place.leaves(BEN)
    place.at(100)
    await place.covers()
    await place.loads()
    return backup


ENDED = [(1, 1, 5, True), (2, 1, 5, True)]


async def test_a_record_that_was_put_back_has_a_gap_until_a_new_session_tells_what_there_is(place):
    await place.is_put_back(await evening(place))
    place.at(103)
    place.moves(CLEO, "3002")
    place.at(105)
    await place.covers()
    place.at(110)
    await place.loads()
    ((cause, is_of_session, removals_from_ms),) = place.losses
    assert (cause, is_of_session, removals_from_ms) == (RESTORED, True, at_ms(5))
    assert place.recorder.resumable("x") is None
    place.at(111)
    place.begins()
    place.at(120)
    await place.covers()
    await place.loads()
    assert await place.covered() == [(0, 5, None), (5, 111, RESTORED), (111, 120, None)]
    assert (await place.covered("commands"))[:2] == [(0, 5, None), (5, 103, RESTORED)]
    assert (await place.stays())[:2] == ENDED
    assert await place.leaves_told() == [(5, 111)], "Ben, at some moment of the gap"
    assert len(place.losses) == 1


async def test_a_bot_that_was_killed_before_it_began_anew_does_so_after_its_start(place):
    await place.is_put_back(await evening(place))
    place.at(103)
    place.moves(CLEO, "3002")
    await place.journal.flushed()
    place.continuity._on_loss = lambda _loss: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        await place.loads()
    place.journal.close()
    place.starts("journal.db")
    assert place.recorder.resumable("x") is not None
    await place.loads()
    assert [loss.cause for loss in place.losses] == [RESTORED]
    await place.journal.flushed()
    assert place.recorder.resumable("x") is None
    assert (await place.stays())[:2] == ENDED


async def test_a_new_journal_beside_a_record_of_before_is_told_of_the_time_between(place):
    await evening(place)
    place.moves(CLEO, "3002")
    await place.covers()
    await place.loads()
    place.journal.close()
    place.starts("journal-of-another-machine.db")
    place.at(500)
    place.there.clear()
    place.begins()
    place.at(505)
    await place.covers()
    await place.loads()
    assert await place.covered() == [(0, 100, None), (100, 500, RESTORED), (500, 505, None)]
    assert (await place.stays())[-1][1:] == (100, 100, True)
    assert [loss.is_of_session for loss in place.losses] == [False], "its session has told of everything"


async def test_another_warehouse_that_is_empty_gets_a_new_session_once(place):
    await evening(place)
    await place.is_put_back(0)
    place.at(103)
    place.moves(CLEO, "3002")
    await place.loads()
    assert len(place.losses) == 1
    place.begins()
    place.at(110)
    await place.covers()
    await place.loads()
    assert len(place.losses) == 1
    covered = await place.covered()
    assert (covered[0][0], covered[-1][1]) == (100, 110)


async def test_what_is_in_order_is_left_as_it_is(place):
    await evening(place)
    place.restarts()
    place.at(130)
    place.recorder.resuming(sources_of(ALL_INTENTS))
    place.hears("RESUMED", {})
    place.at(135)
    place.moves(CLEO, "3002")
    await place.covers()
    await place.loads()
    assert place.losses == []
    assert await place.covered() == [
        (0, 100, None),
        (100, 130, "the bot was not running"),
        (130, 135, None),
    ]


async def test_a_journal_of_an_older_version_is_believed(place):
    await evening(place)
    place.journal.close()
    with closing(sqlite3.connect(place.folder / "journal.db")) as conn:
        conn.execute("DROP TABLE last_note")
    place.starts("journal.db")
    place.at(130)
    place.recorder.resuming(sources_of(ALL_INTENTS))
    place.hears("RESUMED", {})
    await place.covers()
    await place.loads()
    assert place.losses == []
    assert place.journal.last_note


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_events_whose_bytes_changed_are_a_gap_that_a_new_session_ends(place, is_restarted):
    place.begins()
    place.at(1)
    place.moves(ADA, "3001")
    place.moves(BEN, "3001")
    place.at(5)
    await place.covers()
    place.at(7)
    place.moves(CLEO, "3001")
    await place.loads()
    place.at(8)
    place.moves(ADA, None)
    await place.journal.flushed()
    place.spoils()
    assert place.journal.read(10) == []
    await place.loads()
    assert place.losses == [], "what comes after it tells how long it was"
    if is_restarted:
        await place.journal.flushed()
        place.journal.close()
        place.starts("journal.db")
        place.recorder.resuming(sources_of(ALL_INTENTS))
        place.hears("RESUMED", {})
    place.at(9)
    place.moves(DORA, "3002")
    place.at(10)
    await place.covers()
    await place.loads()
    assert [loss.cause for loss in place.losses] == [DAMAGED]
    place.at(11)
    place.begins()
    place.at(20)
    await place.covers()
    await place.loads()
    from_minute, heard_again = (5, 8) if is_restarted else (7, 9)
    voice = await place.covered()
    assert voice[0] == (0, from_minute, None)
    assert voice[1][0] == from_minute
    assert {cause for _, _, cause in voice[1:-1]} == {DAMAGED}
    assert voice[-1] == (11, 20, None)
    assert (await place.covered("commands"))[1] == (from_minute, heard_again, DAMAGED)
    first, second, *_ = await place.stays()
    assert (first[1:], second[1:]) == ((1, 7, True), (1, 7, True))
    await place.journal.flushed()
    assert place.journal.warning is not None
    assert len(place.losses) == 1


async def test_the_audit_log_is_read_again_from_where_the_record_stands(place):
    place.begins()
    request = place.recorder.audit_log_due()
    await place.recorder.audit_log_taken(request, [])
    place.at(5)
    await place.covers()
    await place.loads()
    backup = await place.position()
    place.at(70)
    under_way = place.recorder.audit_log_due()
    await place.recorder.audit_log_taken(under_way, [])
    await place.covers()
    await place.loads()
    place.at(140)
    asked_before = place.recorder.audit_log_due()
    await place.is_put_back(backup)
    await place.covers()
    await place.loads()
    read_again = AuditPlace(place.folder / "audit_log").read()
    assert minute(read_again) == 0
    await place.recorder.audit_log_taken(asked_before, [])
    assert AuditPlace(place.folder / "audit_log").read() == read_again, "it was asked for less"
    place.at(141)
    place.begins()
    request = place.recorder.audit_log_due()
    assert minute(request.from_ms) <= 0
    await place.recorder.audit_log_taken(request, [])
    await place.loads()
    assert (await place.covered("removals"))[-2:] == [(0, 21, FETCHED), (21, 141, None)]
