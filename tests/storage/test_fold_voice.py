"""Voice, by hand: who stayed where, and how much of it counts."""

from __future__ import annotations

from typing import Any

import pytest

from storage.facts import DAY_MS
from storage.fold.changes import Changes
from storage.rules import Rules

MINUTE = 60_000
ROOM, OTHER, AFK = 50, 51, 59
MONDAY = 20514  # 2 March 2026


def minutes(changes: Changes) -> dict[int, float]:
    """Qualifying minutes by person, over all their sessions."""
    found: dict[int, float] = {}
    for session in changes.sessions.values():
        found[session.member_no] = found.get(session.member_no, 0) + session.qualifying_ms / MINUTE
    return found


def daily_minutes(changes: Changes) -> dict[tuple[int, int], float]:
    return {
        (day, person): total.duration_ms / MINUTE
        for (day, activity, person), total in changes.totals.items()
        if activity == "voice"
    }


def stays(changes: Changes) -> list[tuple[int, int, int, int | None]]:
    return sorted((s.member_no, s.channel_id, s.start_ms, s.end_ms) for s in changes.sessions.values())


def test_only_time_in_company_counts(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:20")
    history.voice(1, None, "2026-03-02 10:50")
    history.voice(2, None, "2026-03-02 11:00")
    assert minutes(history.folded()) == {1: 30, 2: 30}


def test_someone_in_another_channel_is_no_company(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, OTHER, "2026-03-02 10:00")
    history.voice(1, None, "2026-03-02 11:00")
    history.voice(2, None, "2026-03-02 11:00")
    assert minutes(history.folded()) == {1: 0, 2: 0}


def test_time_alone_counts_where_the_rules_say_so(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(1, None, "2026-03-02 10:20")
    assert minutes(history.folded(Rules(voice_needs_company=False))) == {1: 20}


def test_a_bot_is_no_company_and_has_no_session(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(9, ROOM, "2026-03-02 10:00", bot=True)
    history.voice(1, None, "2026-03-02 11:00")
    changes = history.folded()
    assert minutes(changes) == {1: 0}
    assert changes.members[9].is_bot


def test_someone_found_to_be_a_bot_later_is_no_company_from_then_on(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(9, ROOM, "2026-03-02 10:00", bot=None)
    history.lists_members("2026-03-02 10:10", {9: "2026-03-01 00:00"}, bots={9})
    history.voice(1, None, "2026-03-02 11:00")
    assert minutes(history.folded())[1] == 10


def test_the_deafened_are_company_and_do_not_count(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00", deaf=True)
    history.voice(2, ROOM, "2026-03-02 10:30", deaf=False)
    history.voice(2, ROOM, "2026-03-02 10:40", deaf=True)
    history.voice(1, None, "2026-03-02 11:00")
    history.voice(2, None, "2026-03-02 11:00")
    assert minutes(history.folded()) == {1: 60, 2: 10}
    assert minutes(history.folded(Rules(voice_counts_deafened=True))) == {1: 60, 2: 60}


def test_muting_or_streaming_neither_ends_a_stay_nor_changes_what_counts(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    for minute in (10, 20, 30):
        history.voice(2, ROOM, f"2026-03-02 10:{minute}")
    history.voice(1, None, "2026-03-02 11:00")
    changes = history.folded()
    assert minutes(changes) == {1: 60, 2: 60}
    assert len(changes.sessions) == 2


def test_moving_on_stays_one_session_until_voice_is_left(history: Any, at: Any) -> None:
    for person in (1, 2):
        history.voice(person, ROOM, "2026-03-02 10:00")
    for person in (1, 2):
        history.voice(person, OTHER, "2026-03-02 10:20")
    history.voice(1, None, "2026-03-02 11:00")
    history.voice(1, OTHER, "2026-03-02 11:05")
    history.voice(1, None, "2026-03-02 11:30")
    history.voice(2, None, "2026-03-02 11:30")
    changes = history.folded()
    parts = {(s.member_no, s.channel_id, s.start_ms): s.session_start_ms for s in changes.sessions.values()}
    assert parts == {
        (1, ROOM, at("2026-03-02 10:00")): at("2026-03-02 10:00"),
        (1, OTHER, at("2026-03-02 10:20")): at("2026-03-02 10:00"),
        (1, OTHER, at("2026-03-02 11:05")): at("2026-03-02 11:05"),
        (2, ROOM, at("2026-03-02 10:00")): at("2026-03-02 10:00"),
        (2, OTHER, at("2026-03-02 10:20")): at("2026-03-02 10:00"),
    }
    counts = {person: total.count for (_, _, person), total in changes.totals.items()}
    assert counts == {1: 2, 2: 1}


def test_the_days_of_a_session_are_told_where_it_counts_on_several_or_is_estimated(
    history: Any, at: Any
) -> None:
    history.voice(1, ROOM, "2026-03-02 22:00")
    history.voice(2, ROOM, "2026-03-02 22:00")
    history.voice(3, ROOM, "2026-03-02 22:30")
    history.voice(3, None, "2026-03-02 23:00")  # 3: one day, and every moment was seen
    history.voice(2, OTHER, "2026-03-02 23:30")  # 1 and 2: alone over midnight
    history.voice(2, ROOM, "2026-03-03 00:30")
    history.voice(4, ROOM, "2026-03-03 01:00", until="2026-03-03 01:05")
    history.voice(4, OTHER, "2026-03-03 01:15")
    history.covered("2026-03-02 22:00", "2026-03-03 02:00")
    history.covered("2026-03-03 02:00", "2026-03-03 03:00", "gap")
    history.voice(5, ROOM, "2026-03-03 03:10")
    history.voice(6, ROOM, "2026-03-03 03:10", until="2026-03-03 03:20")
    history.voice(6, None, "2026-03-03 03:20")  # 6: never in company
    history.voice(5, None, "2026-03-03 03:30")
    begun = at("2026-03-02 22:00")
    assert history.folded().session_days == {
        **{(MONDAY + day, person, begun): True for day in (0, 1) for person in (1, 2)},
        (MONDAY + 1, 4, at("2026-03-03 01:05")): True,
    }


def test_a_session_that_was_seen_from_end_to_end_is_not_estimated_on_any_of_its_days(
    history: Any, at: Any
) -> None:
    for channel, moment in (
        (ROOM, "2026-03-02 22:00"),
        (OTHER, "2026-03-03 00:00"),
        (None, "2026-03-03 00:10"),
    ):
        for person in (1, 2):
            history.voice(person, channel, moment)
    begun = at("2026-03-02 22:00")
    assert history.folded().session_days == {
        (MONDAY + day, person, begun): False for day in (0, 1) for person in (1, 2)
    }


def test_a_session_is_estimated_by_a_channel_in_which_it_does_not_count(history: Any, at: Any) -> None:
    for person in (1, 2):
        history.voice(person, ROOM, "2026-03-02 20:00")
    history.voice(3, OTHER, "2026-03-02 20:00", until="2026-03-02 20:05")  # alone
    history.voice(3, ROOM, "2026-03-02 20:10")
    history.voice(1, None, "2026-03-02 20:30")
    history.lists_voice("2026-03-02 20:30", {2: OTHER, 3: ROOM})  # 2 must have moved, and is there still
    assert history.folded().session_days == {
        (MONDAY, 2, at("2026-03-02 20:00")): True,
        (MONDAY, 3, at("2026-03-02 20:05")): True,
    }


def test_the_afk_channel_does_not_count_from_the_moment_that_it_is_one(history: Any) -> None:
    history.guild("2026-03-02 09:00", AFK)
    history.voice(1, AFK, "2026-03-02 10:00")
    history.voice(2, AFK, "2026-03-02 10:00")
    history.guild("2026-03-02 10:40", None)
    history.guild("2026-03-02 10:45", AFK)
    history.voice(1, None, "2026-03-02 11:00")
    assert minutes(history.folded()) == {1: 5, 2: 5}
    assert minutes(history.folded(Rules(voice_counts_afk=True))) == {1: 60, 2: 60}


def test_an_ignored_channel_keeps_its_sessions_and_counts_nothing(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.voice(1, None, "2026-03-02 11:00")
    changes = history.folded(Rules(ignored_channels=(ROOM,)))
    assert minutes(changes) == {1: 0, 2: 0}
    assert stays(changes)[0] == (1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 11:00"))


def test_a_move_ends_one_stay_and_begins_the_next(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(1, OTHER, "2026-03-02 10:30")
    history.voice(1, None, "2026-03-02 11:00")
    assert stays(history.folded()) == [
        (1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30")),
        (1, OTHER, at("2026-03-02 10:30"), at("2026-03-02 11:00")),
    ]


def test_a_night_is_split_at_local_midnight(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 22:30")
    history.voice(2, ROOM, "2026-03-02 22:30")
    history.voice(1, None, "2026-03-03 00:30")
    history.voice(2, None, "2026-03-03 00:30")
    berlin = daily_minutes(history.folded(Rules(zone="Europe/Berlin")))
    assert berlin == {(MONDAY, 1): 30, (MONDAY + 1, 1): 90, (MONDAY, 2): 30, (MONDAY + 1, 2): 90}
    utc = daily_minutes(history.folded(Rules(zone="UTC")))
    assert utc == {(MONDAY, 1): 90, (MONDAY + 1, 1): 30, (MONDAY, 2): 90, (MONDAY + 1, 2): 30}


@pytest.mark.parametrize(
    ("evening", "noon", "hours"),
    [
        ("2026-03-28 20:00", "2026-03-30 10:00", 23),  # clocks go forward on the 29th
        ("2026-10-24 20:00", "2026-10-26 10:00", 25),  # and back on 25 October
    ],
)
def test_a_day_of_changing_clocks_has_its_own_length(
    history: Any, evening: str, noon: str, hours: int
) -> None:
    history.voice(1, ROOM, evening)
    history.voice(2, ROOM, evening)
    history.voice(1, None, noon)
    days = daily_minutes(history.folded(Rules(zone="Europe/Berlin")))
    sunday = sorted(day for day, person in days if person == 1)[1]
    assert days[sunday, 1] == hours * 60


def test_a_session_counts_once_on_each_day_that_it_qualifies_on(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 22:00")
    history.voice(2, ROOM, "2026-03-02 23:00")
    history.voice(2, None, "2026-03-02 23:10")
    history.voice(2, ROOM, "2026-03-02 23:20")
    history.voice(1, None, "2026-03-03 01:00")
    totals = history.folded().totals
    assert totals[MONDAY, "voice", 1].count == 1
    assert totals[MONDAY, "voice", 2].count == 2
    assert totals[MONDAY + 1, "voice", 1].count == 1


def test_recorded_coverage_counts_whoever_is_still_there(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.covered("2026-03-02 09:00", "2026-03-02 10:30")
    changes = history.folded()
    assert minutes(changes) == {1: 30, 2: 30}
    assert {session.end_ms for session in changes.sessions.values()} == {None}


def test_coverage_of_other_sources_says_nothing_of_voice(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.covered("2026-03-02 09:00", "2026-03-02 10:30", sources=["members"])
    assert minutes(history.folded()) == {1: 0, 2: 0}


def test_a_gap_ends_every_stay_at_the_last_sure_moment(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.covered("2026-03-02 10:25", "2026-03-02 12:00", "gap")
    history.lists_voice("2026-03-02 12:00", {1: ROOM, 2: ROOM})
    history.voice(1, None, "2026-03-02 12:10")
    changes = history.folded()
    assert minutes(changes) == {1: 35, 2: 35}
    first, second = (s for s in changes.sessions.values() if s.member_no == 1)
    assert (first.end_ms, first.end_estimated) == (at("2026-03-02 10:25"), True)
    assert (second.start_ms, second.start_estimated) == (at("2026-03-02 12:00"), True)


def test_an_outage_ends_every_stay_too(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.row("GUILD_DELETE", None, {"unavailable": True}, "2026-03-02 10:05")
    history.lists_voice("2026-03-02 11:00", {1: ROOM, 2: ROOM})
    history.voice(1, None, "2026-03-02 11:10")
    assert minutes(history.folded()) == {1: 15, 2: 15}


def test_a_list_without_someone_ends_their_stay_and_leaves_the_others_alone(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.lists_voice("2026-03-02 10:30", {2: ROOM})
    history.voice(2, None, "2026-03-02 11:00")
    changes = history.folded()
    assert minutes(changes) == {1: 30, 2: 30}
    assert stays(changes) == [
        (1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30")),
        (2, ROOM, at("2026-03-02 10:00"), at("2026-03-02 11:00")),
    ]


def test_a_list_whose_people_never_arrived_ends_nothing(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.row("SNAPSHOT_VOICE_END", None, {"snapshot": "v", "occupants": 3}, "2026-03-02 10:30")
    assert [session.end_ms for session in history.folded().sessions.values()] == [None]


def test_an_empty_list_ends_every_stay(history: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.lists_voice("2026-03-02 10:30", {})
    assert None not in [session.end_ms for session in history.folded().sessions.values()]


def test_late_news_counts_who_comes_from_the_later_and_who_goes_until_the_earlier_moment(
    history: Any, at: Any
) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    # connection lost at 10:30, resumed at 10:40: what was missed comes at once, in Discord's order
    history.voice(3, ROOM, "2026-03-02 10:30", until="2026-03-02 10:40")
    history.voice(2, None, "2026-03-02 10:30", until="2026-03-02 10:40")
    history.voice(1, None, "2026-03-02 11:00")
    history.voice(3, None, "2026-03-02 11:00")
    changes = history.folded()
    assert minutes(changes) == {1: 30 + 20, 2: 30, 3: 20}
    assert stays(changes) == [
        (1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 11:00")),
        (2, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30")),
        (3, ROOM, at("2026-03-02 10:40"), at("2026-03-02 11:00")),
    ]
    by_person = {session.member_no: session for session in changes.sessions.values()}
    assert (by_person[2].end_estimated, by_person[3].start_estimated) == (True, True)
    assert not by_person[1].end_estimated
    assert not by_person[3].end_estimated


def test_a_stay_that_came_and_went_within_late_news_lasts_no_time(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:30", until="2026-03-02 10:40")
    history.voice(1, None, "2026-03-02 10:30", until="2026-03-02 10:40")
    assert stays(history.folded()) == [(1, ROOM, at("2026-03-02 10:40"), at("2026-03-02 10:40"))]


def test_stays_of_one_person_never_overlap(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:30", until="2026-03-02 10:40")
    history.voice(1, OTHER, "2026-03-02 10:35")
    history.voice(1, None, "2026-03-02 10:50")
    assert stays(history.folded()) == [
        (1, ROOM, at("2026-03-02 10:40"), at("2026-03-02 10:40")),
        (1, OTHER, at("2026-03-02 10:40"), at("2026-03-02 10:50")),
    ]


def test_deafening_late_counts_until_the_earlier_and_hearing_again_from_the_later_moment(
    history: Any,
) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:10", deaf=True, until="2026-03-02 10:20")
    history.voice(2, ROOM, "2026-03-02 10:30", deaf=False, until="2026-03-02 10:40")
    history.voice(1, None, "2026-03-02 11:00")
    assert minutes(history.folded()) == {1: 60, 2: 10 + 20}


def test_leaving_the_guild_ends_the_stay_whenever_voice_says_so(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-01 10:00")
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.leaves(1, "2026-03-02 10:30")
    history.voice(1, None, "2026-03-02 10:31")
    assert stays(history.folded()) == [(1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30"))]


def test_a_clock_set_back_never_takes_time_away(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 10:00")
    history.voice(2, ROOM, "2026-03-02 10:00")
    history.voice(1, None, "2026-03-02 10:30")
    history.voice(2, None, "2026-03-02 09:30")
    changes = history.folded()
    assert minutes(changes) == {1: 30, 2: 30}
    assert stays(changes)[1] == (2, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30"))


def test_what_happens_until_a_clock_that_was_set_back_has_caught_up_is_estimated(history: Any) -> None:
    history.covered("2026-03-02 11:00", "2026-03-02 12:00")  # by a clock that was two hours ahead
    history.voice(1, ROOM, "2026-03-02 10:10")
    history.voice(1, None, "2026-03-02 11:10")
    history.voice(2, ROOM, "2026-03-02 11:50")
    history.voice(2, None, "2026-03-02 12:10")
    history.voice(3, ROOM, "2026-03-02 12:20")
    history.voice(3, None, "2026-03-02 12:30")
    sessions = sorted(history.folded().sessions.values(), key=lambda one: one.member_no)
    assert [(one.start_estimated, one.end_estimated) for one in sessions] == [
        (True, True),
        (True, False),
        (False, False),
    ]


def test_leaving_the_guild_under_a_clock_that_was_set_back_is_estimated(history: Any) -> None:
    history.joins(1, "2026-03-01 10:00")
    history.voice(1, ROOM, "2026-03-02 12:00")
    history.leaves(1, "2026-03-02 10:30")
    (session,) = history.folded().sessions.values()
    assert (session.start_estimated, session.end_estimated) == (False, True)


class TestWithdrawn:
    def test_an_occupant_without_a_name_is_company_and_has_no_session(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice("a1b2", ROOM, "2026-03-02 10:00")
        history.voice("a1b2", None, "2026-03-02 10:20")
        history.voice(1, None, "2026-03-02 11:00")
        changes = history.folded()
        assert minutes(changes) == {1: 20}
        assert set(changes.members) == {1}

    def test_withdrawing_in_voice_leaves_the_others_their_company(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 10:00")
        history.covered("2026-03-02 10:00", "2026-03-02 10:10")
        history.withdraws(2, "2026-03-02 10:12")
        history.voice("a1b2", None, "2026-03-02 10:30")
        history.voice(1, None, "2026-03-02 11:00")
        assert minutes(history.folded()) == {1: 30, 2: 10}

    def test_who_withdrew_in_voice_can_move_on(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(3, OTHER, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 10:00")
        history.covered("2026-03-02 10:00", "2026-03-02 10:10")
        history.withdraws(2, "2026-03-02 10:12")
        history.voice("a1b2", OTHER, "2026-03-02 10:30")
        history.voice("a1b2", None, "2026-03-02 10:50")
        history.voice(1, None, "2026-03-02 11:00")
        history.voice(3, None, "2026-03-02 11:00")
        assert minutes(history.folded()) == {1: 30, 2: 10, 3: 20}

    def test_a_withdrawal_that_is_logged_ahead_of_the_journal_moves_nobody_in_time(
        self, history: Any, at: Any
    ) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 10:00")
        history.withdraws(2, "2026-03-02 12:00")  # the journal has more to say of the time before
        history.voice(3, ROOM, "2026-03-02 10:20")
        history.covered("2026-03-02 10:00", "2026-03-02 10:40")
        history.covered("2026-03-02 10:40", "2026-03-02 11:50", "gap")
        changes = history.folded()
        assert minutes(changes) == {1: 40, 3: 20, 2: 0}
        assert stays(changes)[-1] == (3, ROOM, at("2026-03-02 10:20"), at("2026-03-02 10:40"))

    def test_nothing_more_is_noted_of_them(self, history: Any) -> None:
        history.joins(2, "2026-03-01 10:00")
        history.withdraws(2, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 11:00")
        history.changes(2, "2026-03-02 12:00", roles=[4])
        changes = history.folded()
        assert (changes.sessions, changes.roles) == ({}, {})


def test_a_month_in_one_channel_reaches_every_day(history: Any, at: Any) -> None:
    history.voice(1, ROOM, "2026-03-02 00:00")
    history.voice(2, ROOM, "2026-03-02 00:00")
    history.covered("2026-03-02 00:00", "2026-04-01 00:00")
    days = daily_minutes(history.folded())
    assert days == {(MONDAY + day, person): DAY_MS / MINUTE for day in range(30) for person in (1, 2)}


def spent(changes: Changes, person: int) -> list[tuple[int, float, float, float]]:
    """Channel, and minutes in AFK, deafened, alone: of each of a person's stays, oldest first."""
    own = sorted((s for s in changes.sessions.values() if s.member_no == person), key=lambda s: s.start_ms)
    return [(s.channel_id, s.afk_ms / MINUTE, s.deafened_ms / MINUTE, s.alone_ms / MINUTE) for s in own]


class TestHowItWasSpent:
    def test_alone_until_somebody_comes_and_after_they_have_gone(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 10:20")
        history.voice(2, OTHER, "2026-03-02 10:50")
        history.voice(1, None, "2026-03-02 11:00")
        history.voice(2, None, "2026-03-02 11:05")
        changes = history.folded()
        assert spent(changes, 1) == [(ROOM, 0, 0, 30)]
        assert spent(changes, 2) == [(ROOM, 0, 0, 0), (OTHER, 0, 0, 15)]

    def test_an_occupant_without_a_name_is_company_and_a_bot_is_none(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(9, ROOM, "2026-03-02 10:00", bot=True)
        history.voice("a1b2", ROOM, "2026-03-02 10:10")
        history.voice("a1b2", None, "2026-03-02 10:25")
        history.voice(1, None, "2026-03-02 11:00")
        assert spent(history.folded(), 1) == [(ROOM, 0, 0, 45)]

    def test_company_that_comes_within_a_span_is_company_from_its_end(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(2, ROOM, "2026-03-02 10:10", until="2026-03-02 10:20")
        history.voice(1, None, "2026-03-02 11:00")
        history.voice(2, None, "2026-03-02 11:30")
        changes = history.folded()
        assert spent(changes, 1) == [(ROOM, 0, 0, 20)]
        assert spent(changes, 2) == [(ROOM, 0, 0, 30)]

    @pytest.mark.parametrize("counts_deafened", [False, True])
    def test_deafened_whatever_the_rules_make_of_it(self, history: Any, counts_deafened: bool) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00", deaf=True)
        history.voice(2, ROOM, "2026-03-02 10:00")
        history.voice(1, ROOM, "2026-03-02 10:30")
        history.voice(1, ROOM, "2026-03-02 10:40", deaf=True)
        history.voice(1, OTHER, "2026-03-02 10:50", deaf=True)
        history.voice(1, None, "2026-03-02 11:00", deaf=True)
        changes = history.folded(Rules(voice_counts_deafened=counts_deafened))
        assert spent(changes, 1) == [(ROOM, 0, 40, 0), (OTHER, 0, 10, 10)]
        assert minutes(changes)[1] == (50 if counts_deafened else 10)

    def test_hearing_again_within_a_span_is_deafened_until_its_end(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.voice(1, ROOM, "2026-03-02 10:10", deaf=True, until="2026-03-02 10:20")
        history.voice(1, ROOM, "2026-03-02 10:30", deaf=False, until="2026-03-02 10:40")
        history.voice(1, None, "2026-03-02 11:00")
        assert spent(history.folded(), 1) == [(ROOM, 0, 30, 60)]

    @pytest.mark.parametrize("counts_afk", [False, True])
    def test_in_the_afk_channel_while_it_is_one_whatever_the_rules_make_of_it(
        self, history: Any, counts_afk: bool
    ) -> None:
        history.guild("2026-03-02 09:00", AFK)
        history.voice(1, AFK, "2026-03-02 10:00", deaf=True)
        history.guild("2026-03-02 10:40", ROOM)
        history.guild("2026-03-02 10:45", AFK)
        history.voice(1, ROOM, "2026-03-02 11:00")
        history.guild("2026-03-02 11:10", ROOM)
        history.voice(1, None, "2026-03-02 11:20")
        changes = history.folded(Rules(voice_counts_afk=counts_afk))
        assert spent(changes, 1) == [(AFK, 55, 60, 60), (ROOM, 10, 0, 20)]

    def test_through_midnight_and_while_it_is_still_open(self, history: Any) -> None:
        history.guild("2026-03-02 09:00", AFK)
        history.voice(1, AFK, "2026-03-02 23:00", deaf=True)
        history.covered("2026-03-02 22:00", "2026-03-03 01:00")
        assert spent(history.folded(Rules(zone="Europe/Berlin")), 1) == [(AFK, 120, 120, 120)]

    def test_a_gap_ends_all_of_it(self, history: Any) -> None:
        history.voice(1, ROOM, "2026-03-02 10:00", deaf=True)
        history.covered("2026-03-02 10:25", "2026-03-02 12:00", "gap")
        assert spent(history.folded(), 1) == [(ROOM, 0, 25, 25)]


class TestRemoval:
    def test_a_removal_without_a_voice_update_ends_the_stay(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-01 10:00")
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.leaves(1, "2026-03-02 10:30")
        history.voice(2, ROOM, "2026-03-02 10:45")
        history.voice(2, None, "2026-03-02 11:00")
        changes = history.folded()
        assert stays(changes)[0] == (1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30"))
        assert minutes(changes) == {1: 0, 2: 0}

    @pytest.mark.parametrize("moment", ["2026-03-02 10:29", "2026-03-02 10:30", "2026-03-02 10:31"])
    @pytest.mark.parametrize("channel", [ROOM, OTHER, None])
    def test_what_is_heard_of_them_after_it_opens_nothing(
        self, history: Any, at: Any, moment: str, channel: int | None
    ) -> None:
        history.joins(1, "2026-03-01 10:00")
        history.voice(1, ROOM, "2026-03-02 10:00")
        history.leaves(1, "2026-03-02 10:30")
        history.voice(1, channel, moment, deaf=True)
        history.covered("2026-03-02 10:00", "2026-03-02 12:00")
        assert stays(history.folded()) == [(1, ROOM, at("2026-03-02 10:00"), at("2026-03-02 10:30"))]

    def test_nor_does_it_after_a_list_of_members_without_them(self, history: Any) -> None:
        history.lists_members("2026-03-01 10:00", {1: "2026-02-01 10:00"})
        history.lists_members("2026-03-02 10:00", {}, snapshot="n")
        history.voice(1, ROOM, "2026-03-02 10:01")
        assert stays(history.folded()) == []

    def test_who_has_joined_again_is_heard_again(self, history: Any) -> None:
        history.joins(1, "2026-03-01 10:00")
        history.leaves(1, "2026-03-02 10:30")
        history.joins(1, "2026-03-02 10:40")
        history.voice(1, ROOM, "2026-03-02 10:50")
        assert len(stays(history.folded())) == 1

    @pytest.mark.parametrize(("gap", "opened"), [("2026-03-02 09:00", 0), ("2026-03-02 11:00", 1)])
    def test_who_can_have_joined_again_unseen_is_heard_before_the_list_says_so(
        self, history: Any, at: Any, gap: str, opened: int
    ) -> None:
        history.joins(1, "2026-03-01 10:00")
        if gap < "2026-03-02 10:30":
            history.covered(gap, at(gap) + 10 * MINUTE, "gap")
        history.leaves(1, "2026-03-02 10:30")
        if gap > "2026-03-02 10:30":
            history.covered(gap, at(gap) + 10 * MINUTE, "gap")
        history.lists_voice("2026-03-02 12:00", {1: ROOM})
        assert len(stays(history.folded())) == opened
