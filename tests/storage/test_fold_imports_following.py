"""What files tell gives the same tables in any batches, any order, and before or after the record."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.database import Warehouse
from storage.fold import Folder
from storage.rebuild import table_digests, verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import fold_progress

from .first_joins import as_rows, as_sets

MINUTE = 60_000
HOUR = 60 * MINUTE
RULES = Rules(
    zone="Europe/Berlin",
    bridge_days=1,
    tracked_commands=("profile",),
    events=EventRules(types=(EventTypeRule("Inhouse", titles=("*inhouse*",), channels=(50, 51)),)),
)

new_guild_ids = count(1000)

person = st.integers(1, 4)
channel = st.sampled_from([50, 51])
hours = st.integers(-60, 30)  # around the moment at which recording begins
live = st.one_of(
    *[st.tuples(st.just("voice"), person, st.sampled_from([50, 51, None]), st.sampled_from([0, 0, 30]))] * 4,
    st.tuples(st.just("join"), person),
    st.tuples(st.just("leave"), person),
    st.tuples(st.just("bot"), st.just(4)),
    st.tuples(st.just("members"), st.dictionaries(person, st.integers(0, 60))),
    st.tuples(st.just("gap"), st.sampled_from([20, 300, 2000])),
    st.tuples(st.just("covered")),
)
told = st.one_of(
    *[st.tuples(st.just("stay"), person, channel, hours, st.integers(1, 300), st.booleans())] * 4,
    *[st.tuples(st.just("member"), person, hours, st.sampled_from(["join", "join", "left", "banned"]))] * 2,
    st.tuples(st.just("bot"), st.just(4), hours),
    st.tuples(st.just("event"), hours, st.sampled_from([60, 200])),
    st.tuples(st.just("attendance"), person, hours, st.booleans()),
    st.tuples(st.just("command"), person, hours),
    st.tuples(st.just("coverage"), hours, st.integers(1, 30), st.sampled_from(["voice", "members"])),
)
recorded = st.lists(st.tuples(st.sampled_from([0, 5, 60, 500]), live), max_size=15)
files = st.lists(
    told, min_size=1, max_size=12, unique_by=lambda line: line[:3] if line[0] != "stay" else line
)
cases = settings(max_examples=40)


def tell(history: Any, line: Any, zero: int) -> None:
    """One line of a file."""
    match line:
        case "stay", who, where, since, minutes, deafened:
            start = zero + since * HOUR
            history.told_of_stay(who, where, start, start + minutes * MINUTE, deafened=deafened)
        case "member", who, since, change:
            history.told_of_member(who, change, zero + since * HOUR)
        case "bot", who, since:
            history.told_of_member(who, "join", zero + since * HOUR, bot=True)
        case "event", since, minutes:
            start = zero + since * HOUR
            history.told_of_event(900, start, start + minutes * MINUTE, interested=[1, 2])
        case "attendance", who, since, attended:
            history.told_of_attendance(who, 900, zero + since * HOUR, attended)
        case "command", who, since:
            history.told_of_command(who, 5000 + since * 10 + who, zero + since * HOUR, "profile")
        case "coverage", since, length, source:
            start = zero + since * HOUR
            history.told_of_coverage(start, start + length * HOUR, [source])


def record(history: Any, plan: Any, zero: int) -> None:
    now = covered_to = zero
    for number, (delay, (kind, *details)) in enumerate(plan):
        now += delay * MINUTE
        match kind, details:
            case "voice", [who, where, late]:
                history.voice(who, where, now, bot=None, until=now + late * MINUTE)
                now += late * MINUTE
            case "join", [who]:
                history.joins(who, now)
            case "leave", [who]:
                history.leaves(who, now)
            case "bot", [who]:
                history.changes(who, now, bot=True)
            case "members", [since]:
                joined = {who: now - age * HOUR for who, age in since.items()}
                history.lists_members(now, joined, snapshot=str(number))
            case "gap", [length]:
                history.covered(now, now + length * MINUTE, "gap", "test")
                now = covered_to = now + length * MINUTE
            case "covered", []:
                history.covered(covered_to, now)
                covered_to = now


async def digests(warehouse: Warehouse, guild_id: int) -> dict[str, str]:
    async with warehouse.reading() as conn:
        return await table_digests(conn, guild_id)


async def folded(warehouse: Warehouse, history: Any, limit: int = 5000) -> int:
    guild_id = next(new_guild_ids)
    await history.logged(warehouse, guild_id)
    folder = Folder(warehouse, RULES)
    while not (await folder.advance(guild_id, limit)).caught_up:
        pass
    return guild_id


@cases
@example(plan=[(0, ("voice", 1, 50, 0))], lines=[("stay", 1, 51, 0, 300, False)], at_row=1, limit=1)
@given(plan=recorded, lines=files, at_row=st.integers(0, 15), limit=st.integers(1, 6))
async def test_any_batches_give_the_same_tables(
    warehouse: Warehouse, new_history: Any, at: Any, plan: Any, lines: Any, at_row: int, limit: int
) -> None:
    history, zero = new_history(), at("2026-03-27 10:00")
    record(history, plan[:at_row], zero)
    for line in lines:
        tell(history, line, zero)
    record(history, plan[at_row:], zero + 40 * HOUR)
    one_pass = await folded(warehouse, history)
    followed = await folded(warehouse, history, limit)
    assert await digests(warehouse, followed) == await digests(warehouse, one_pass)
    assert await state(warehouse, followed) == await state(warehouse, one_pass)
    assert await as_sets(warehouse, followed) == await as_rows(warehouse, followed, RULES)
    assert await verify(warehouse, followed, RULES) == []


async def state(warehouse: Warehouse, guild_id: int) -> object:
    query = select(fold_progress.c.folded_to_ms, fold_progress.c.state)
    async with warehouse.reading() as conn:
        return tuple((await conn.execute(query.where(fold_progress.c.guild_id == guild_id))).one())


@cases
@given(plan=recorded, lines=files, data=st.data())
async def test_any_order_of_files_and_recording_gives_the_same_tables(
    warehouse: Warehouse, new_history: Any, at: Any, plan: Any, lines: Any, data: Any
) -> None:
    zero = at("2026-03-27 10:00")
    after, before = new_history(), new_history()
    record(after, plan, zero)
    for line in lines:
        tell(after, line, zero)
    shuffled = data.draw(st.permutations(lines))
    for line in shuffled:
        tell(before, line, zero)
    record(before, plan, zero)
    one, other = await folded(warehouse, after), await folded(warehouse, before, limit=4)
    assert await digests(warehouse, one) == await digests(warehouse, other)
