"""Time that no note of coverage speaks of is a gap for whatever was open, also where it is known of late."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from storage.database import Warehouse
from storage.fold.folder import Folder
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import activity_sessions, membership_spells

RULES = Rules(zone="Europe/Berlin")
BEFORE, AFTER = ("2026-03-02 09:00", "2026-03-02 10:00"), ("2026-03-02 20:00", "2026-03-02 20:05")
JOINED = "2026-01-01 10:00"


@pytest.fixture
def hole(history: Any) -> Any:
    """One and two are in voice when the record breaks off at ten, and it goes on at eight in the evening."""
    history.lists_members("2026-03-02 09:00", {1: JOINED, 2: JOINED, 3: JOINED})
    history.lists_voice("2026-03-02 09:00", {})
    history.voice(1, 50, "2026-03-02 09:10")
    history.voice(2, 50, "2026-03-02 09:20")
    history.covered(*BEFORE)
    return history


def stays(history: Any) -> list[tuple[int, int, int | None, bool]]:
    sessions = history.folded(RULES).sessions.values()
    return sorted((s.member_no, s.start_ms, s.end_ms, s.end_estimated) for s in sessions)


def test_open_stays_end_where_nobody_watched_any_more(hole: Any, at: Any) -> None:
    hole.covered(*AFTER)
    assert stays(hole) == [
        (1, at("2026-03-02 09:10"), at("2026-03-02 10:00"), True),
        (2, at("2026-03-02 09:20"), at("2026-03-02 10:00"), True),
    ]
    day = hole.folded(RULES).totals
    assert [total.duration_ms for total in day.values()] == [40 * 60_000] * 2


def test_a_stay_begun_after_it_goes_on(hole: Any, at: Any) -> None:
    hole.voice(3, 51, "2026-03-02 20:02")
    hole.covered(*AFTER)
    assert stays(hole)[1:] == [
        (2, at("2026-03-02 09:20"), at("2026-03-02 10:00"), True),
        (3, at("2026-03-02 20:02"), None, False),
    ]


def test_a_stay_in_whose_channel_somebody_moved_since_is_counted_until_then(hole: Any, at: Any) -> None:
    hole.voice(3, 50, "2026-03-02 20:02")
    hole.covered(*AFTER)
    assert [stay[1:] for stay in stays(hole)] == [
        (at("2026-03-02 09:10"), at("2026-03-02 20:02"), True),
        (at("2026-03-02 09:20"), at("2026-03-02 20:02"), True),
        (at("2026-03-02 20:02"), None, False),
    ]


def test_whoever_is_missing_in_the_next_list_has_left_in_it(hole: Any, at: Any) -> None:
    hole.covered(*AFTER)
    hole.lists_members("2026-03-02 21:00", {1: JOINED, 3: JOINED}, snapshot="later")
    spell = hole.folded(RULES).members[2].spell
    assert (spell.left_ms, spell.left_to_ms) == (at("2026-03-02 10:00"), at("2026-03-02 21:00"))


def test_a_list_that_came_after_it_has_told_who_is_there(hole: Any, at: Any) -> None:
    hole.lists_members("2026-03-02 20:01", {1: JOINED, 2: JOINED, 3: JOINED}, snapshot="later")
    hole.covered(*AFTER)
    hole.covered(AFTER[1], "2026-03-02 21:00")
    hole.lists_members("2026-03-02 21:00", {1: JOINED, 3: JOINED}, snapshot="last")
    assert hole.folded(RULES).members[2].spell.left_ms == at("2026-03-02 21:00")


@pytest.mark.parametrize("sources", [["commands"], ["text", "removals"]])
def test_other_sources_end_no_stay(hole: Any, sources: list[str]) -> None:
    hole.covered(*AFTER, sources=sources)
    assert [stay[2] for stay in stays(hole)] == [None, None]


def test_a_source_is_missed_by_itself(hole: Any) -> None:
    hole.covered(BEFORE[1], AFTER[0], sources=["voice"])
    hole.covered(*AFTER)
    assert [stay[2] for stay in stays(hole)] == [None, None]


def test_the_first_note_has_nothing_before_it(history: Any) -> None:
    history.voice(1, 50, "2026-03-02 09:10")
    history.covered("2026-03-02 09:20", "2026-03-02 10:00")
    assert [stay[2] for stay in stays(history)] == [None]


def test_a_file_that_tells_of_the_time_watched_nobody(hole: Any, at: Any) -> None:
    told = {"sources": ["voice", "members"]}
    hole.row("IMPORTED_COVERAGE", None, told, BEFORE[1], AFTER[0], source="import")
    hole.covered(*AFTER)
    assert [stay[2] for stay in stays(hole)] == [at("2026-03-02 10:00")] * 2


def test_what_a_file_told_of_before_recording_began_is_no_note(history: Any) -> None:
    told = {"sources": ["voice"]}
    history.row("IMPORTED_COVERAGE", None, told, "2025-01-01 00:00", "2025-06-01 00:00", source="import")
    history.voice(1, 50, "2026-03-02 09:10")
    history.covered("2026-03-02 09:10", "2026-03-02 10:00")
    assert [stay[2] for stay in stays(history)] == [None]


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_it_is_the_same_whatever_the_batches(
    warehouse: Warehouse, hole: Any, size: int, at: Any
) -> None:
    hole.voice(3, 50, "2026-03-02 20:02")
    hole.covered(*AFTER)
    hole.voice(1, 50, "2026-03-02 20:10")
    hole.lists_members("2026-03-02 21:00", {1: JOINED, 3: JOINED}, snapshot="later")
    hole.covered(AFTER[1], "2026-03-02 22:00")
    guild_id = 7000 + size
    await hole.logged(warehouse, guild_id)
    while not (await Folder(warehouse, RULES).advance(guild_id, limit=size)).caught_up:
        pass
    assert await verify(warehouse, guild_id, RULES) == []
    session, spell = activity_sessions.c, membership_spells.c
    ends = select(session.member_no, session.start_ms, session.end_ms).where(session.guild_id == guild_id)
    left = select(spell.member_no, spell.left_ms).where(
        spell.guild_id == guild_id, spell.left_ms.is_not(None)
    )
    async with warehouse.reading() as conn:
        assert [tuple(row) for row in await conn.execute(ends.order_by(session.start_ms))] == [
            (1, at("2026-03-02 09:10"), at("2026-03-02 20:02")),
            (2, at("2026-03-02 09:20"), at("2026-03-02 20:02")),
            (3, at("2026-03-02 20:02"), None),
            (1, at("2026-03-02 20:10"), None),
        ]
        assert [tuple(row) for row in await conn.execute(left)] == [(2, at("2026-03-02 10:00"))]
