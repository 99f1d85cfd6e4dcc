"""What files tell of the past, beside what was recorded."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Warehouse
from storage.day_sets import load
from storage.fold import Folder
from storage.rebuild import verify
from storage.rules import EventRules, EventTypeRule, Rules
from storage.tables import (
    activity_sessions,
    attendance,
    attendance_days,
    command_invocations,
    coverage,
    daily_activity,
    event_occurrences,
    members,
    membership_spells,
    occurrence_hosts,
)

MINUTE = 60_000
RULES = Rules(
    zone="Europe/Berlin",
    tracked_commands=("profile",),
    events=EventRules(types=(EventTypeRule("Inhouse", titles=("*inhouse*",), channels=(50, 51)),)),
)
FIRST_OF_MARCH = 20513  # 2026


async def folded(warehouse: Warehouse, history: Any, rules: Rules = RULES) -> None:
    await history.logged(warehouse)
    folder = Folder(warehouse, rules)
    while not (await folder.advance(1)).caught_up:
        pass
    assert await verify(warehouse, 1, rules) == []


async def rows(warehouse: Warehouse, *columns: Any) -> list[tuple[Any, ...]]:
    """These columns of every row, sorted."""
    async with warehouse.reading() as conn:
        return sorted(tuple(row) for row in await conn.execute(select(*columns)))


async def sets(warehouse: Warehouse, activity: str) -> dict[int, set[int]]:
    async with warehouse.reading() as conn:
        found = await load(conn, 1, (activity,), 0, 99_999)
    return {day: set(people) for day, people in found[activity].items()}


def begin_recording(history: Any) -> None:
    """On 1 March 2026, with 1 and 2 in the guild."""
    history.covered("2026-03-01 12:00", "2026-03-01 12:00")
    history.lists_members("2026-03-01 12:00", {1: "2026-02-26 10:00", 2: "2026-03-01 11:00"})


# ------------------------------------------------------------------------ voice


async def voice_minutes(warehouse: Warehouse) -> dict[tuple[int, int], tuple[int, int]]:
    """Local day, person → sessions, minutes."""
    d = daily_activity.c
    found = await rows(warehouse, d.local_day, d.member_no, d["count"], d.duration_ms, d.activity)
    return {(day, who): (n, ms // MINUTE) for day, who, n, ms, activity in found if activity == "voice"}


async def test_told_stays_qualify_where_they_keep_each_other_company(
    warehouse: Warehouse, history: Any
) -> None:
    begin_recording(history)
    history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-28 00:30")
    history.told_of_stay(3, 50, "2026-02-27 22:00", "2026-02-28 00:00")
    history.told_of_stay(4, 51, "2026-02-27 22:00", "2026-02-28 00:00")  # alone elsewhere
    await folded(warehouse, history)
    a = activity_sessions.c
    found = await rows(warehouse, a.member_no, a.channel_id, a.qualifying_ms, a.is_imported)
    assert [(who, channel, ms // MINUTE, told) for who, channel, ms, told in found] == [
        *((1, 50, 120, True), (3, 50, 120, True), (4, 51, 0, True)),
    ]
    friday = FIRST_OF_MARCH - 2  # 23:00 UTC is midnight in Berlin
    assert await voice_minutes(warehouse) == {
        **{(friday, 1): (1, 60), (friday, 3): (1, 60)},
        **{(friday + 1, 1): (1, 60), (friday + 1, 3): (1, 60)},
    }
    assert await sets(warehouse, "voice") == {friday: {1, 3}, friday + 1: {1, 3}}


async def test_a_told_stay_fills_only_what_was_not_recorded(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    begin_recording(history)
    history.voice(1, 50, "2026-03-02 20:00")
    history.voice(2, 50, "2026-03-02 20:00")
    history.covered("2026-03-01 12:00", "2026-03-02 21:00")
    history.covered("2026-03-02 21:00", "2026-03-02 22:00", "gap", "down")
    history.lists_voice("2026-03-02 22:00", {1: 50, 2: 50})
    history.voice(1, None, "2026-03-02 23:00")
    history.voice(2, None, "2026-03-02 23:00")
    for person in (1, 2):
        history.told_of_stay(person, 50, "2026-03-02 19:59:30", "2026-03-02 23:00:20")
    await folded(warehouse, history)
    a = activity_sessions.c
    found = await rows(warehouse, a.member_no, a.start_ms, a.end_ms, a.qualifying_ms, a.is_imported)
    assert [row for row in found if row[0] == 1] == [
        (1, at("2026-03-02 20:00"), at("2026-03-02 21:00"), 60 * MINUTE, False),
        (1, at("2026-03-02 21:00"), at("2026-03-02 22:00"), 60 * MINUTE, True),
        (1, at("2026-03-02 22:00"), at("2026-03-02 23:00"), 60 * MINUTE, False),
    ]
    assert (await voice_minutes(warehouse))[FIRST_OF_MARCH + 1, 1] == (3, 180)


async def test_a_stay_told_before_its_end_is_recorded_gives_way(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    begin_recording(history)
    history.voice(1, 50, "2026-03-02 20:00")
    history.covered("2026-03-01 12:00", "2026-03-02 20:30")
    history.told_of_stay(1, 50, "2026-03-02 20:00", "2026-03-02 22:00")  # he is still there
    await history.logged(warehouse)
    folder = Folder(warehouse, RULES)
    await folder.advance(1)
    a = activity_sessions.c
    assert await rows(warehouse, a.start_ms, a.end_ms, a.is_imported) == [
        (at("2026-03-02 20:00"), None, False)
    ]
    history.covered("2026-03-02 20:30", "2026-03-02 21:30", "gap", "down")
    history.voice(1, 50, "2026-03-02 21:30")
    history.voice(1, None, "2026-03-02 23:00")
    await folded(warehouse, history)
    assert await rows(warehouse, a.start_ms, a.end_ms, a.is_imported) == [
        (at("2026-03-02 20:00"), at("2026-03-02 20:30"), False),
        (at("2026-03-02 20:30"), at("2026-03-02 21:30"), True),
        (at("2026-03-02 21:30"), at("2026-03-02 23:00"), False),
    ]


async def test_who_was_recorded_keeps_those_company_of_whom_a_file_tells(
    warehouse: Warehouse, history: Any
) -> None:
    begin_recording(history)
    history.voice(1, 50, "2026-03-02 20:00")
    history.voice(1, None, "2026-03-02 21:00")
    history.told_of_stay(3, 50, "2026-03-02 20:30", "2026-03-02 22:00")  # hidden from the bot then
    await folded(warehouse, history)
    assert await voice_minutes(warehouse) == {(FIRST_OF_MARCH + 1, 3): (1, 30)}


async def test_time_is_not_told_twice(warehouse: Warehouse, history: Any) -> None:
    begin_recording(history)
    history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-27 21:00")
    history.told_of_stay(1, 50, "2026-02-27 20:30", "2026-02-27 21:30")
    history.told_of_stay(2, 50, "2026-02-27 19:00", "2026-02-27 22:00")
    await folded(warehouse, history)
    assert await voice_minutes(warehouse) == {
        (FIRST_OF_MARCH - 2, 1): (2, 90),
        (FIRST_OF_MARCH - 2, 2): (1, 90),
    }


@pytest.mark.parametrize(
    ("also", "rules"),
    [
        ({"deafened": True}, RULES),
        ({"afk": True}, RULES),
        ({"bot": True}, RULES),
        ({}, Rules(zone="Europe/Berlin", ignored_channels=(50,))),
    ],
)
async def test_what_is_told_of_a_stay_counts_under_the_rules(
    warehouse: Warehouse, history: Any, also: dict[str, bool], rules: Rules
) -> None:
    history.told_of_stay(2, 50, "2026-02-27 20:00", "2026-02-27 21:00")
    history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-27 21:00", **also)
    await folded(warehouse, history, rules)
    counted = {who for _, who in await voice_minutes(warehouse)}
    assert 1 not in counted
    assert (2 in counted) == ("deafened" in also or "afk" in also)  # who does not listen is company


async def test_who_turns_out_to_be_a_bot_was_no_company(warehouse: Warehouse, history: Any) -> None:
    history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-27 21:00")
    history.told_of_stay(2, 50, "2026-02-27 20:00", "2026-02-27 21:00")
    await history.logged(warehouse)
    await Folder(warehouse, RULES).advance(1)
    assert len(await voice_minutes(warehouse)) == 2
    history.joins(2, "2026-03-01 10:00", bot=True)
    await folded(warehouse, history)
    assert await voice_minutes(warehouse) == {}
    assert await rows(warehouse, activity_sessions.c.member_no) == [(1,)]


# ------------------------------------------------------------------ memberships


async def spells(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    s = membership_spells.c
    found = await rows(
        warehouse, s.member_no, s.joined_ms, s.left_ms, s.ended_as, s.leave_estimated, s.is_imported
    )
    return [row for row in found if row[0] != 99_999]


async def test_past_spells_end_where_recorded_ones_begin(warehouse: Warehouse, history: Any, at: Any) -> None:
    begin_recording(history)
    history.told_of_member(1, "join", "2026-01-10 10:00")
    history.told_of_member(1, "kicked", "2026-01-12 10:00")
    history.told_of_member(1, "join", "2026-02-26 09:59:40")  # recorded as 10:00
    history.told_of_member(2, "join", "2026-02-27 10:00")  # and when they left is not told
    history.told_of_member(3, "left", "2026-02-20 10:00")  # since when they were there neither
    history.told_of_member(4, "join", "2026-02-27 10:00")  # and gone when recording began
    await folded(warehouse, history)
    assert await spells(warehouse) == [
        (1, at("2026-01-10 10:00"), at("2026-01-12 10:00"), "kicked", False, True),
        (1, at("2026-02-26 10:00"), None, None, False, False),
        (2, at("2026-02-27 10:00"), at("2026-02-28 23:00"), "unknown", True, True),
        (2, at("2026-03-01 11:00"), None, None, False, False),
        (4, at("2026-02-27 10:00"), at("2026-02-28 23:00"), "unknown", True, True),
    ]
    firsts = dict(await rows(warehouse, members.c.member_no, members.c.first_join_ms))
    assert firsts[1] == at("2026-01-10 10:00")
    assert firsts[3] is None
    assert dict(await rows(warehouse, members.c.member_no, members.c.is_current)) == {
        **{1: True, 2: True, 3: False, 4: False, 99_999: True},
    }


async def test_an_earlier_join_that_a_file_tells_of_moves_the_first_one(
    warehouse: Warehouse, history: Any
) -> None:
    begin_recording(history)
    history.joins(5, "2026-03-02 23:30")  # in Berlin the next day
    history.covered("2026-03-01 12:00", "2026-03-04 10:00")
    await folded(warehouse, history)
    february_26, march_3 = FIRST_OF_MARCH - 3, FIRST_OF_MARCH + 2
    before = await sets(warehouse, "first_join")
    assert (before[february_26], before[march_3]) == ({1}, {5})
    history.told_of_member(5, "join", "2026-02-26 12:00")
    history.told_of_member(5, "join", "2026-03-01 10:00")  # not the first
    await folded(warehouse, history)
    after = await sets(warehouse, "first_join")
    assert after[february_26] == {1, 5}
    assert march_3 not in after
    assert 5 not in after[FIRST_OF_MARCH]


async def test_told_spells_stand_beside_recorded_ones_never_over_them(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    begin_recording(history)
    history.lists_members("2026-03-01 12:30", {1: "2026-02-26 10:00", 2: "2026-03-01 11:00"}, "again")
    history.joins(3, "2026-02-20 10:00")
    history.leaves(3, "2026-02-22 10:00")
    history.told_of_member(1, "join", "2026-02-27 10:00")  # within the recorded one
    history.told_of_member(1, "left", "2026-02-27 12:00")
    history.told_of_member(2, "join", "2026-02-24 10:00")
    history.told_of_member(2, "left", "2026-03-02 10:00")
    history.told_of_member(3, "join", "2026-02-18 10:00")
    history.told_of_member(3, "kicked", "2026-02-24 10:00")
    history.told_of_member(4, "join", "2026-02-24 10:00")  # and went at once
    history.told_of_member(4, "left", "2026-02-24 10:00")
    await folded(warehouse, history)
    assert await spells(warehouse) == [
        (1, at("2026-02-26 10:00"), None, None, False, False),
        (2, at("2026-02-24 10:00"), at("2026-02-28 23:00"), "unknown", True, True),
        (2, at("2026-03-01 11:00"), None, None, False, False),
        (3, at("2026-02-18 10:00"), at("2026-02-20 10:00"), "unknown", True, True),
        (3, at("2026-02-20 10:00"), at("2026-02-22 10:00"), "unknown", False, False),
        (3, at("2026-02-22 10:00"), at("2026-02-24 10:00"), "kicked", False, True),
        (4, at("2026-02-24 10:00"), at("2026-02-28 23:00"), "unknown", True, True),
    ]


async def test_no_told_spell_is_without_a_length(warehouse: Warehouse, history: Any) -> None:
    history.told_of_member(1, "join", "2026-02-27 10:00")  # and nothing is known of any later moment
    await folded(warehouse, history)
    assert await spells(warehouse) == []


@pytest.mark.parametrize("is_told_first", [False, True])
async def test_no_file_makes_a_bot_of_a_human_who_was_recorded(
    warehouse: Warehouse, history: Any, is_told_first: bool
) -> None:
    def tell() -> None:
        history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-27 21:00", bot=True)
        history.told_of_stay(3, 50, "2026-02-27 20:00", "2026-02-27 21:00", bot=True)
        history.told_of_stay(4, 50, "2026-02-27 20:00", "2026-02-27 21:00")

    if is_told_first:
        tell()
    begin_recording(history)
    history.voice(1, 50, "2026-03-02 20:00")
    history.voice(2, 50, "2026-03-02 20:00")
    if not is_told_first:
        tell()
    history.voice(1, None, "2026-03-02 21:00")
    history.voice(2, None, "2026-03-02 21:00")
    await folded(warehouse, history)
    assert dict(await rows(warehouse, members.c.member_no, members.c.is_bot)) == {
        **{1: False, 2: False, 3: True, 4: False, 99_999: True},
    }
    friday = FIRST_OF_MARCH - 2
    assert await voice_minutes(warehouse) == {
        **{(friday, 1): (1, 60), (friday, 4): (1, 60)},
        **{(friday + 3, 1): (1, 60), (friday + 3, 2): (1, 60)},
    }


async def test_past_days_know_who_was_there(warehouse: Warehouse, history: Any) -> None:
    begin_recording(history)
    history.told_of_member(3, "join", "2026-02-25 12:00")
    history.told_of_member(3, "left", "2026-02-27 12:00")
    history.told_of_member(4, "join", "2026-02-25 12:00", bot=True)
    await folded(warehouse, history)
    day = FIRST_OF_MARCH
    assert await sets(warehouse, "present") == {
        **{day - 4: {3}, day - 3: {1, 3}, day - 2: {1, 3}, day - 1: {1}, day: {1, 2}},
    }
    assert await sets(warehouse, "present_at_end") == {
        **{day - 4: {3}, day - 3: {1, 3}, day - 2: {1}, day - 1: {1}, day: {1, 2}},
    }


async def test_who_turns_out_to_be_a_bot_was_there_on_no_past_day(warehouse: Warehouse, history: Any) -> None:
    begin_recording(history)
    history.told_of_member(3, "join", "2026-02-25 12:00")
    history.told_of_member(3, "left", "2026-02-27 12:00")
    await history.logged(warehouse)
    await Folder(warehouse, RULES).advance(1)
    assert 3 in (await sets(warehouse, "present"))[FIRST_OF_MARCH - 3]
    history.joins(3, "2026-03-02 10:00", bot=True)
    await folded(warehouse, history)
    assert all(3 not in people for people in (await sets(warehouse, "present")).values())


async def test_a_short_absence_is_none(warehouse: Warehouse, history: Any) -> None:
    begin_recording(history)
    history.told_of_member(3, "join", "2026-02-18 12:00")
    history.told_of_member(3, "left", "2026-02-20 12:00")
    history.told_of_member(3, "join", "2026-02-25 12:00")
    history.told_of_member(3, "banned", "2026-02-26 12:00")
    await folded(warehouse, history)
    present = await sets(warehouse, "present")
    assert [day for day in sorted(present) if 3 in present[day]] == list(
        range(FIRST_OF_MARCH - 11, FIRST_OF_MARCH - 2)
    )


async def test_nothing_known_live_is_disturbed(warehouse: Warehouse, history: Any, at: Any) -> None:
    begin_recording(history)
    history.joins(5, "2026-03-02 10:00")
    history.covered("2026-03-01 12:00", "2026-03-03 12:00")
    history.told_of_member(1, "left", "2026-03-02 12:00")
    history.told_of_member(5, "join", "2026-03-02 10:00")
    history.told_of_member(5, "banned", "2026-03-02 11:00")
    history.told_of_member(6, "join", "2026-03-02 10:00")
    await folded(warehouse, history)
    assert [row[:3] for row in await spells(warehouse)] == [
        (1, at("2026-02-26 10:00"), None),
        (2, at("2026-03-01 11:00"), None),
        (5, at("2026-03-02 10:00"), None),
    ]
    assert (await sets(warehouse, "present"))[FIRST_OF_MARCH + 1] == {1, 2, 5}


async def test_files_alone_make_tables_and_recording_goes_on_from_them(
    warehouse: Warehouse, history: Any
) -> None:
    history.told_of_member(3, "join", "2026-02-27 12:00")
    history.told_of_member(4, "join", "2026-02-28 12:00")
    history.told_of_coverage("2026-02-27 00:00", "2026-03-01 12:30", ("members", "voice"))
    await history.logged(warehouse)
    await Folder(warehouse, RULES).advance(1)
    day = FIRST_OF_MARCH
    assert await sets(warehouse, "present_at_end") == {day - 2: {3}, day - 1: {3, 4}, day: {3, 4}}
    history.covered("2026-03-01 12:00", "2026-03-01 12:00")
    history.lists_members("2026-03-01 12:00", {3: "2026-02-27 12:00"})
    await folded(warehouse, history)
    assert await sets(warehouse, "present_at_end") == {day - 2: {3}, day - 1: {3, 4}, day: {3}}


# --------------------------------------------------------------------- the rest


async def test_a_told_event_was_held_and_its_answers_stood_when_it_began(
    warehouse: Warehouse, history: Any, at: Any
) -> None:
    history.told_of_event(
        *(900, "2026-02-27 20:00", "2026-02-27 22:00"),
        **{"is_listed": True, "host": [7], "interested": [1, 2, 3], "declined": [4]},
    )
    history.told_of_stay(1, 51, "2026-02-27 20:00", "2026-02-27 21:30")  # a channel of that kind of event
    history.told_of_stay(2, 50, "2026-02-27 20:00", "2026-02-27 20:05")
    history.told_of_attendance(3, 900, "2026-02-27 20:00", attended=True, presence_ms=30 * MINUTE)
    history.told_of_attendance(5, 900, "2026-02-27 20:00", attended=True)
    history.told_of_attendance(2, 900, "2026-02-27 20:00", attended=False)
    history.told_of_coverage("2026-02-01 00:00", "2026-03-01 00:00")
    await folded(warehouse, history)
    o, a, d = event_occurrences.c, attendance.c, attendance_days.c
    assert await rows(warehouse, o.event_type, o.outcome, o.is_declared, o.rsvps_listed) == [
        ("Inhouse", "held", True, True)
    ]
    found = await rows(warehouse, a.member_no, a.rsvp, a.status, a.presence_ms)
    assert [(who, rsvp, status, ms // MINUTE) for who, rsvp, status, ms in found] == [
        (1, "interested", "attended", 90),
        (2, "interested", "absent", 0),
        (3, "interested", "attended", 30),
        (4, "declined", "absent", 0),
        (5, None, "attended", 0),
    ]
    assert await rows(warehouse, d.local_day, d.member_no, d.presence_ms) == [
        *((FIRST_OF_MARCH - 2, 1, 90 * MINUTE), (FIRST_OF_MARCH - 2, 3, 30 * MINUTE)),
        (FIRST_OF_MARCH - 2, 5, 0),
    ]
    assert await sets(warehouse, "event") == {FIRST_OF_MARCH - 2: {1, 3, 5}}
    assert await rows(warehouse, occurrence_hosts.c.member_no, occurrence_hosts.c.reason) == [(7, "told")]


async def test_told_commands_count_as_recorded_ones_do(warehouse: Warehouse, history: Any) -> None:
    history.told_of_command(1, 1000, "2026-02-27 10:00", "profile")
    history.told_of_command(1, 1001, "2026-02-27 11:00", "profile", "success")
    history.told_of_command(2, 1002, "2026-02-27 10:00", "profile", "error")
    history.told_of_command(3, 1003, "2026-02-27 10:00", "untracked")
    await folded(warehouse, history)
    i, d = command_invocations.c, daily_activity.c
    assert await rows(warehouse, i.interaction_id, i.outcome) == [
        *((1000, None), (1001, "success"), (1002, "error"), (1003, None)),
    ]
    assert await rows(warehouse, d.activity, d.member_no, d["count"]) == [("command", 1, 2)]


async def test_coverage_of_files_fills_gaps_only_whichever_is_told_first(
    warehouse: Warehouse, history: Any, new_history: Any, at: Any
) -> None:
    def record(into: Any) -> None:
        into.covered("2026-03-01 12:00", "2026-03-02 12:00")
        into.covered("2026-03-02 12:00", "2026-03-03 12:00", "gap", "down")
        into.covered("2026-03-03 12:00", "2026-03-04 12:00")

    def tell(into: Any) -> None:
        into.told_of_coverage("2026-02-01 00:00", "2026-02-10 00:00")
        into.told_of_coverage("2026-03-02 00:00", "2026-03-03 00:00")

    record(history)
    tell(history)
    other = new_history()
    tell(other)
    record(other)
    await other.logged(warehouse, 2)
    await Folder(warehouse, RULES).advance(2)
    await folded(warehouse, history)
    c = coverage.c
    async with warehouse.reading() as conn:
        found = {
            guild_id: [
                tuple(row)
                for row in await conn.execute(
                    select(c.from_ms, c.to_ms, c.state, c.cause)
                    .where(c.guild_id == guild_id, c.source == "voice")
                    .order_by(c.from_ms)
                )
            ]
            for guild_id in (1, 2)
        }
    assert found[1] == [
        (at("2026-02-01 00:00"), at("2026-02-10 00:00"), "late", "imported"),
        (at("2026-02-10 00:00"), at("2026-03-01 12:00"), "gap", "not recorded"),
        (at("2026-03-01 12:00"), at("2026-03-02 12:00"), "recorded", None),
        (at("2026-03-02 12:00"), at("2026-03-03 00:00"), "late", "imported"),
        (at("2026-03-03 00:00"), at("2026-03-03 12:00"), "gap", "down"),
        (at("2026-03-03 12:00"), at("2026-03-04 12:00"), "recorded", None),
    ]
    assert found[2] == found[1]


async def test_nobody_who_withdrew_is_told_of(warehouse: Warehouse, history: Any) -> None:
    history.joins(1, "2026-03-01 10:00")
    history.withdraws(1, "2026-03-02 10:00")
    history.told_of_stay(1, 50, "2026-02-27 20:00", "2026-02-27 21:00")
    history.told_of_member(1, "join", "2026-02-01 10:00")
    history.told_of_command(1, 1000, "2026-02-27 10:00", "profile")
    await folded(warehouse, history)
    assert await rows(warehouse, activity_sessions.c.member_no) == []
    assert len(await spells(warehouse)) == 1
    assert await rows(warehouse, command_invocations.c.member_no) == []
