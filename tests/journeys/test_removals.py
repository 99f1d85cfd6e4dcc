"""How members go, told by the whole bot: live, read after a restart, not granted, and granted again."""

from __future__ import annotations

from datetime import timedelta

from sandbox.limits import Limits
from sandbox.people import Leaving
from sandbox.permissions import Permission
from sandbox.removing import EntryComes
from storage.tables import audit_entries, coverage, membership_spells

from .conftest import OWNER, REQUEST_MEMBERS
from .tables import differences, rows

ADA, BEN, CLEO, DORA, FINN, GINA, HUGO, IVAN = (OWNER + number for number in range(1, 9))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_how_members_went_is_known_from_what_came_live_and_from_what_was_read(begin):
    journey = await begin("removals", limits=Limits(whole_member_lists_every_s=0))
    sandbox = journey.sandbox
    await journey.start()
    await journey.settled_in()

    await journey.go_to(journey.clock.now() + 5 * MINUTE)
    sandbox.member_leaves(ADA, Leaving.KICKED, entry=EntryComes.BEFORE)
    sandbox.member_leaves(BEN, Leaving.BANNED)
    sandbox.member_leaves(CLEO)
    await journey.go_to(journey.clock.now() + HOUR)
    await journey.removals_read()
    assert await ends(journey) == {ADA: "kicked", BEN: "banned", CLEO: "left"}

    await journey.kill()
    sandbox.faults.forget_sessions()  # what happens now is told to nobody
    sandbox.member_leaves(DORA, Leaving.BANNED)
    sandbox.prune([FINN, GINA])
    journey.clock.put(journey.clock.now() + 30 * MINUTE)
    await journey.start()
    await sandbox.connected()
    await journey.until(lambda: members_asked(sandbox) == 2, "the second request for members")
    await journey.go_to(journey.clock.now() + HOUR)
    await journey.removals_read()
    told = await ends(journey)
    assert (told[DORA], told[FINN], told[GINA]) == ("banned", "pruned", "pruned")

    sandbox.world.guild.bot_permissions = Permission.NONE
    await journey.go_to(journey.clock.now() + HOUR)
    sandbox.member_leaves(HUGO, Leaving.KICKED)
    sandbox.member_leaves(IVAN)
    await journey.go_to(journey.clock.now() + HOUR)
    await journey.in_tables()
    told = await ends(journey)
    assert (told[HUGO], told[IVAN]) == ("unknown", "unknown")
    gaps = await rows(journey, coverage, "source", "state", "cause")
    assert ("removals", "gap", "View Audit Log is not granted") in gaps

    sandbox.world.guild.bot_permissions = Permission.VIEW_AUDIT_LOG
    await journey.go_to(journey.clock.now() + HOUR + MINUTE)
    await journey.removals_read()
    told = await ends(journey)
    assert (told[HUGO], told[IVAN]) == ("kicked", "left")
    entries = await rows(journey, audit_entries, "action", "member_no", "members_removed")
    assert entries == [(20, ADA, None), (20, HUGO, None), (21, None, 2), (22, BEN, None), (22, DORA, None)]
    assert await differences(journey) == []
    await journey.stop()


def members_asked(sandbox) -> int:
    return sum(operation.code == REQUEST_MEMBERS for operation in sandbox.world.operations)


async def ends(journey) -> dict[int, str]:
    await journey.in_tables()
    spells = await rows(journey, membership_spells, "member_no", "left_ms", "ended_as")
    return {who: how for who, left_ms, how in spells if left_ms is not None}
