"""The audit log: in which order it tells, what it holds back, and what of it can be read."""

from __future__ import annotations

import interactions
import pytest

from sandbox.people import Leaving
from sandbox.permissions import Permission
from sandbox.removing import EntryComes

LOG, ENTRY, GONE = "/guilds/2000/audit-logs", "GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_MEMBER_REMOVE"
ANA, BEN, CLEO = 5001, 5002, 5003


@pytest.fixture
async def bot(sandbox, connect):
    intents = interactions.Intents.new(guilds=True, guild_members=True, guild_moderation=True)
    return await connect(sandbox, intents=intents)


async def listed(sandbox, ask, query: str = "") -> list[tuple[int, str | None]]:
    status, answer = await ask(sandbox, "GET", LOG + query)
    assert status == 200
    return [(entry["action_type"], entry["target_id"]) for entry in answer["audit_log_entries"]]


@pytest.mark.parametrize(
    ("comes", "order"), [(EntryComes.BEFORE, [ENTRY, GONE]), (EntryComes.AFTER, [GONE, ENTRY])]
)
async def test_the_entry_comes_before_or_after_the_removal(sandbox, bot, comes, order):
    sandbox.member_leaves(ANA, Leaving.KICKED, entry=comes)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert [name for name in bot.names() if name in (ENTRY, GONE)] == order


async def test_a_late_entry_is_neither_told_nor_listed_until_the_log_catches_up(sandbox, bot, ask, clock):
    sandbox.member_leaves(ANA, Leaving.BANNED, entry=EntryComes.LATE)
    clock.advance(minutes=3)
    sandbox.member_leaves(BEN, Leaving.KICKED)
    assert await listed(sandbox, ask) == [(20, str(BEN))]
    sandbox.audit_log_catches_up()
    assert await listed(sandbox, ask) == [(20, str(BEN)), (22, str(ANA))], "by when it was done"
    first, second = await bot.sees(ENTRY, 2)
    assert (first["target_id"], second["target_id"]) == (str(BEN), str(ANA))


async def test_a_prune_is_one_entry_that_names_nobody(sandbox, bot, ask):
    sandbox.prune([ANA, BEN, CLEO])
    (entry,) = await bot.sees(ENTRY)
    assert len(await bot.sees(GONE, 3)) == 3
    assert entry["target_id"] is None
    assert entry["options"] == {"delete_member_days": "7", "members_removed": "3"}
    assert await listed(sandbox, ask) == [(21, None)]


async def test_without_the_permission_nothing_is_told_or_given(sandbox, bot, ask):
    sandbox.world.guild.bot_permissions = Permission.NONE
    sandbox.member_leaves(ANA, Leaving.KICKED)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert ENTRY not in bot.names()
    status, answer = await ask(sandbox, "GET", LOG)
    assert (status, answer["code"]) == (403, 50013)


async def test_it_is_read_page_by_page_the_newest_first(sandbox, ask):
    for user_id in range(9000, 9230):
        sandbox.member_joins(user_id)
        sandbox.member_leaves(user_id, Leaving.KICKED)
    _, first = await ask(sandbox, "GET", f"{LOG}?limit=100")
    ids = [int(entry["id"]) for entry in first["audit_log_entries"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 100
    second = await listed(sandbox, ask, f"?limit=100&before={ids[-1]}")
    assert [target for _, target in second] == [str(user_id) for user_id in range(9129, 9029, -1)]
    forwards = await listed(sandbox, ask, f"?limit=2&after={ids[1]}")
    assert [target for _, target in forwards] == ["9229"]
    assert len(await listed(sandbox, ask)) == 50, "without a limit"


async def test_it_is_filtered_by_action_and_by_who_did_it(sandbox, ask):
    sandbox.member_leaves(ANA, Leaving.KICKED, by=5000)
    sandbox.member_leaves(BEN, Leaving.BANNED, by=5004)
    assert await listed(sandbox, ask, "?action_type=22") == [(22, str(BEN))]
    assert await listed(sandbox, ask, "?user_id=5000") == [(20, str(ANA))]


async def test_entries_are_kept_for_45_days(sandbox, ask, clock):
    sandbox.member_leaves(ANA, Leaving.KICKED)
    clock.advance(days=45)
    assert len(await listed(sandbox, ask)) == 1
    clock.advance(seconds=1)
    assert await listed(sandbox, ask) == []


@pytest.mark.parametrize("query", ["?limit=101", "?limit=0", "?before=x", "?action_type=-1"])
async def test_a_wrong_query_is_refused(start, ask, query):
    sandbox = await start(keep_requests=False)
    status, answer = await ask(sandbox, "GET", LOG + query)
    assert (status, answer["code"]) == (400, 50035)
