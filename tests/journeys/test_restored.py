"""A backup is put in place beside the running bot, as docs/operations.md tells it: what was lost is a gap."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bot.audit_place import AuditPlace
from sandbox.limits import Limits
from sandbox.people import Leaving
from storage.tables import activity_sessions, coverage, membership_spells

from .conftest import EVENING, OWNER
from .tables import rows

ADA, BEN, CLEO, DORA = (OWNER + number for number in range(1, 5))
IDENTIFY = 2


def at(minute: int) -> int:
    return int((EVENING + timedelta(minutes=minute)).timestamp() * 1000)


async def test_a_restored_backup_leaves_a_gap_and_nothing_that_goes_on_through_it(begin):
    journey = await begin("restored", limits=Limits(whole_member_lists_every_s=0))
    await journey.start()
    await journey.settled_in()
    await go_to(journey, 1)
    journey.act(("enters", ADA, 3001))
    journey.act(("enters", BEN, 3001))
    await go_to(journey, 11)
    await journey.in_tables()
    backup = journey.folder / "backup.db"
    copy(journey.data / "warehouse.db", backup)
    await go_to(journey, 20)
    journey.act(("hangs_up", ADA, None))
    journey.sandbox.member_leaves(BEN, Leaving.BANNED)
    await go_to(journey, 30)
    journey.act(("enters", CLEO, 3002))
    for minute in (40, 90, 120):
        await go_to(journey, minute)
    await journey.in_tables()

    put_in_place(backup, journey.data / "warehouse.db")
    journey.act(("enters", DORA, 3002))
    journey.clock.put(EVENING + timedelta(minutes=130))  # the session may have ended before it heard of her
    await journey.until(lambda: identified(journey) == 2, "a new session")
    await journey.sandbox.connected()
    sessions = journey.sandbox.world.gateway.sessions
    del sessions[next(iter(sessions))]  # nobody resumes the first: its sequence is waited for no more
    place = AuditPlace(journey.data / "audit_log")
    await journey.until(lambda: (place.read() or 0) >= at(130), "the audit log was read again")
    await go_to(journey, 140)
    journey.act(("hangs_up", CLEO, None))
    await go_to(journey, 150)
    await journey.in_tables()

    voice = [note for note in await rows(journey, coverage, *COVERED) if note[0] == "voice"]
    (started, begun), (lost, *_), (back, going_on) = ((note[3], note[1:3]) for note in sorted_notes(voice))
    assert (started, lost, back) == (None, "the record was put back to an earlier moment", None)
    assert begun[1] <= at(11)
    assert at(120) <= going_on[0] <= at(140)
    stays = {stay[0]: stay[1:] for stay in await rows(journey, activity_sessions, *STAY)}
    for who in (ADA, BEN):
        start_ms, end_ms, is_estimated, _ = stays[who]
        assert (start_ms, is_estimated) == (at(1), True)
        assert end_ms <= at(11)
    assert stays[CLEO][1:] == (at(140), False, True), "who sits there since the lost time is there again"
    assert stays[CLEO][0] >= at(120)
    ends = await rows(journey, membership_spells, "member_no", "left_ms", "ended_as")
    assert [(who, how) for who, left_ms, how in ends if left_ms is not None] == [(BEN, "banned")]
    await journey.stop()
    assert (await journey.insights("rebuild", "--verify"))[0] == 0


COVERED = "source", "from_ms", "to_ms", "cause"
STAY = "member_no", "start_ms", "end_ms", "end_estimated", "start_estimated"


def sorted_notes(notes: list) -> list:
    return sorted(notes, key=lambda note: note[1])


async def go_to(journey, minute: int) -> None:
    await journey.go_to(EVENING + timedelta(minutes=minute))


def identified(journey) -> int:
    return sum(operation.code == IDENTIFY for operation in journey.sandbox.world.operations)


def copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def put_in_place(backup: Path, warehouse: Path) -> None:
    away = warehouse.parent.parent / "away"
    away.mkdir()
    for file in warehouse.parent.glob("warehouse.db*"):
        if file.suffix != ".lock":
            file.rename(away / file.name)
    backup.rename(warehouse)
