"""Lists held against what was believed when they came: one row a list, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from storage.fold import Folder
from storage.rebuild import verify
from storage.rules import Rules

JOINED = "2026-03-01 10:00"


def rows(history: Any, source: str) -> list[tuple[int, int, int, int, str]]:
    """Listed, believed, absent, unexpected, verdict: of every list, in order."""
    found = history.folded().reconciliations.items()
    return [tuple(row[:5]) for of, row in sorted(found) if of.source == source]


class TestMembers:
    def test_the_first_list_is_all_news(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED})
        assert rows(history, "members") == [(3, 0, 0, 3, "taken")]  # with the bot itself

    def test_who_is_missing_and_who_is_new(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED}, snapshot="a")
        history.joins(3, "2026-03-02 12:00")
        history.leaves(2, "2026-03-02 12:00")
        history.lists_members("2026-03-03 10:00", {1: JOINED, 4: JOINED, 5: JOINED}, snapshot="b")
        assert rows(history, "members")[1:] == [(4, 3, 1, 2, "taken")]

    def test_who_left_and_came_back_unseen_was_believed_in_and_is_listed(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED}, snapshot="a")
        history.lists_members("2026-03-03 10:00", {1: "2026-03-02 20:00"}, snapshot="b")
        assert rows(history, "members")[1:] == [(2, 2, 0, 0, "taken")]

    def test_who_joins_or_leaves_while_it_arrives_is_no_difference(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED}, snapshot="a")
        history.lists_members("2026-03-03 10:00", {1: JOINED, 2: JOINED}, snapshot="b")
        end = history.rows.pop()
        history.joins(3, "2026-03-03 10:00")
        history.leaves(2, "2026-03-03 10:00")
        history.rows.append(end)
        assert rows(history, "members")[1:] == [(4, 4, 0, 0, "taken")]

    def test_who_withdrew_is_in_none_of_the_numbers(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED}, snapshot="a")
        history.withdraws(2, "2026-03-02 11:00")
        history.lists_members("2026-03-03 10:00", {1: JOINED, 2: JOINED}, snapshot="b")
        assert rows(history, "members")[1:] == [(2, 2, 0, 0, "taken")]

    def test_one_that_is_not_whole_is_partial_and_removes_nobody(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED}, snapshot="a")
        history.lists_members("2026-03-03 10:00", {1: JOINED}, complete=False, snapshot="b")
        assert rows(history, "members")[1:] == [(2, 3, 1, 0, "partial")]

    def test_one_of_which_nobody_was_recorded_is_partial(self, history: Any) -> None:
        history.joins(1, JOINED)
        end = {"snapshot": "m", "members": 40, "complete": True}
        history.row("SNAPSHOT_MEMBERS_END", None, end, "2026-03-03 10:00")
        assert rows(history, "members") == [(0, 1, 1, 0, "partial")]

    @pytest.mark.parametrize(("lacking", "verdict"), [(20, "taken"), (21, "refused")])
    def test_one_that_would_remove_more_than_a_fifth_is_refused(
        self, history: Any, lacking: int, verdict: str
    ) -> None:
        everyone = dict.fromkeys(range(100), JOINED)
        history.lists_members("2026-03-02 10:00", everyone, snapshot="a")
        rest = {person: joined for person, joined in everyone.items() if person >= lacking}
        history.lists_members("2026-03-03 10:00", rest, snapshot="b")
        assert rows(history, "members")[1:] == [(101 - lacking, 101, lacking, 0, verdict)]
        (*_, (_, refused)) = sorted(history.folded().reconciliations.items())
        assert refused.reason == (
            None if verdict == "taken" else "the list of members lacks 21 of 101: not believed"
        )

    @pytest.mark.parametrize(
        ("believed", "lacking", "verdict"),
        [(12, 10, "refused"), (12, 3, "refused"), (12, 2, "taken"), (9, 3, "refused"), (3, 2, "taken")],
    )
    def test_in_a_small_guild_a_fifth_is_refused_too_and_two_may_always_be_gone(
        self, history: Any, believed: int, lacking: int, verdict: str
    ) -> None:
        history.lists_members("2026-03-02 10:00", dict.fromkeys(range(1, believed), JOINED), snapshot="a")
        rest = dict.fromkeys(range(1 + lacking, believed), JOINED)
        history.lists_members("2026-03-03 10:00", rest, snapshot="b")
        assert rows(history, "members")[1:] == [(believed - lacking, believed, lacking, 0, verdict)]
        gone = sum(spell.left_ms is not None for spell in history.folded().spells.values())
        assert gone == (lacking if verdict == "taken" else 0)

    def test_what_a_second_list_lacks_as_well_is_gone_since_the_gap(self, history: Any, at: Any) -> None:
        self.lists(history, "2026-03-02 10:00", range(1, 20), "a")
        history.covered("2026-03-02 20:00", "2026-03-03 10:00", "gap")
        self.lists(history, "2026-03-03 10:00", range(10, 20), "b")
        self.lists(history, "2026-03-05 10:00", range(12, 20), "c")
        assert rows(history, "members")[1:] == [(11, 20, 9, 0, "refused"), (9, 20, 11, 0, "taken")]
        left = {number: spell.left_ms for (number, _), spell in history.folded().spells.items()}
        assert [number for number in left if left[number] is not None] == list(range(1, 12))
        assert {left[number] for number in range(1, 12)} == {at("2026-03-02 20:00")}

    def test_a_second_list_that_lacks_others_is_refused_as_well(self, history: Any) -> None:
        self.lists(history, "2026-03-02 10:00", range(1, 20), "a")
        self.lists(history, "2026-03-03 10:00", range(10, 20), "b")
        self.lists(history, "2026-03-04 10:00", range(1, 10), "c")
        self.lists(history, "2026-03-05 10:00", range(1, 10), "d")
        assert [row[4] for row in rows(history, "members")] == ["taken", "refused", "refused", "taken"]

    def test_a_list_that_has_them_again_takes_the_doubt_away(self, history: Any) -> None:
        self.lists(history, "2026-03-02 10:00", range(1, 20), "a")
        self.lists(history, "2026-03-03 10:00", range(10, 20), "b")
        self.lists(history, "2026-03-04 10:00", range(1, 20), "c")
        self.lists(history, "2026-03-05 10:00", range(10, 20), "d")
        assert [row[4] for row in rows(history, "members")] == ["taken", "refused", "taken", "refused"]

    @staticmethod
    def lists(history: Any, moment: str, people: Any, snapshot: str) -> None:
        history.lists_members(moment, dict.fromkeys(people, JOINED), snapshot=snapshot)

    def test_a_list_that_never_ended_leaves_no_row(self, history: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: JOINED}, snapshot="a")
        history.rows.pop()
        history.lists_members("2026-03-03 10:00", {2: JOINED}, snapshot="b")
        assert rows(history, "members") == [(2, 2, 1, 1, "taken")]  # the bot and 1 are believed in


class TestRolesInAList:
    """What differs changed since the last sure moment: lost until then, new from the list on."""

    def test_after_a_gap(self, history: Any, at: Any) -> None:
        history.joins(1, JOINED, roles=[4])
        history.covered("2026-03-02 10:00", "2026-03-03 10:00", "gap")
        self.lists(history, "2026-03-03 10:00", [5])
        assert history.folded().roles == {
            (1, 4, at(JOINED)): at("2026-03-02 10:00"),
            (1, 5, at("2026-03-03 10:00")): None,
        }

    def test_without_a_gap_it_changed_when_it_was_seen(self, history: Any, at: Any) -> None:
        history.joins(1, JOINED, roles=[4])
        self.lists(history, "2026-03-03 10:00", [])
        assert history.folded().roles == {(1, 4, at(JOINED)): at("2026-03-03 10:00")}

    def test_a_change_that_was_seen_after_a_gap_has_its_own_moment(self, history: Any, at: Any) -> None:
        history.joins(1, JOINED, roles=[4])
        history.covered("2026-03-02 10:00", "2026-03-03 10:00", "gap")
        history.changes(1, "2026-03-03 11:00", roles=[], joined=JOINED)
        assert history.folded().roles == {(1, 4, at(JOINED)): at("2026-03-03 11:00")}

    def test_nobody_loses_one_before_they_had_it(self, history: Any, at: Any) -> None:
        history.covered("2026-03-02 10:00", "2026-03-03 10:00", "gap")
        history.changes(1, "2026-03-03 10:30", roles=[4], joined=JOINED)
        self.lists(history, "2026-03-03 11:00", [])
        assert history.folded().roles == {(1, 4, at("2026-03-03 10:30")): at("2026-03-03 10:30")}

    @staticmethod
    def lists(history: Any, moment: str, roles: list[int]) -> None:
        body = {"snapshot": "m", "joined_at_ms": None, "roles": [str(role) for role in roles], "bot": False}
        history.row("SNAPSHOT_MEMBER", 1, body, moment)
        end = {"snapshot": "m", "members": 1, "complete": True}
        history.row("SNAPSHOT_MEMBERS_END", None, end, moment)


class TestVoice:
    def test_who_was_there_before_the_gap_is_believed_to_be_there_still(self, history: Any) -> None:
        for person in (1, 2, 3):
            history.voice(person, 50, "2026-03-02 10:00")
        history.covered("2026-03-02 11:00", "2026-03-02 12:00", "gap")
        history.lists_voice("2026-03-02 12:00", {1: 50, 2: 51, 4: 50})
        assert rows(history, "voice") == [(3, 3, 1, 1, "taken")]

    def test_without_a_gap_as_well(self, history: Any) -> None:
        history.voice(1, 50, "2026-03-02 10:00")
        history.lists_voice("2026-03-02 12:00", {})
        assert rows(history, "voice") == [(0, 1, 1, 0, "taken")]

    def test_who_was_seen_going_since_the_gap_is_not_awaited(self, history: Any) -> None:
        for person in (1, 2, 3):
            history.voice(person, 50, "2026-03-02 10:00")
        history.covered("2026-03-02 11:00", "2026-03-02 12:00", "gap")
        history.voice(1, None, "2026-03-02 12:00")
        history.leaves(2, "2026-03-02 12:00")
        history.withdraws(3, "2026-03-02 12:00")
        history.lists_voice("2026-03-02 12:00", {})
        assert rows(history, "voice") == [(0, 0, 0, 0, "taken")]

    def test_a_list_ends_what_was_believed(self, history: Any) -> None:
        history.voice(1, 50, "2026-03-02 10:00")
        history.covered("2026-03-02 11:00", "2026-03-02 12:00", "gap")
        history.lists_voice("2026-03-02 12:00", {}, snapshot="a")
        history.lists_voice("2026-03-02 13:00", {1: 50}, snapshot="b")
        assert rows(history, "voice") == [(0, 1, 1, 0, "taken"), (1, 0, 0, 1, "taken")]

    def test_bots_and_who_withdrew_are_in_none_of_the_numbers(self, history: Any) -> None:
        history.joins(8, JOINED, bot=True)
        history.voice(1, 50, "2026-03-02 10:00")
        history.lists_voice("2026-03-02 12:00", {1: 50, 8: 50, "token": 50})
        assert rows(history, "voice") == [(1, 1, 0, 0, "taken")]

    def test_one_of_which_nobody_was_recorded_ends_nothing(self, history: Any) -> None:
        history.voice(1, 50, "2026-03-02 10:00")
        history.row("SNAPSHOT_VOICE_END", None, {"snapshot": "v", "occupants": 3}, "2026-03-02 12:00")
        assert rows(history, "voice") == [(0, 1, 1, 0, "partial")]
        (session,) = history.folded().sessions.values()
        assert session.end_ms is None


class TestEvents:
    def test_what_is_missing_and_what_is_new(self, history: Any) -> None:
        history.schedules(900, "2026-03-02 10:00", "2026-03-09 20:00")
        history.schedules(901, "2026-03-02 10:00", "2026-03-09 21:00")
        history.schedules(902, "2026-03-02 12:00", "2026-03-09 22:00")
        history.rows.pop()
        history.lists_events("2026-03-02 13:00", 901, 902)
        assert rows(history, "events") == [(2, 2, 1, 1, "taken")]

    def test_what_is_over_is_not_awaited(self, history: Any) -> None:
        history.schedules(900, "2026-03-02 10:00", "2026-03-02 11:00")
        history.starts(900, "2026-03-02 11:00")
        history.ends(900, "2026-03-02 12:00")
        history.lists_events("2026-03-02 13:00")
        assert rows(history, "events") == [(0, 0, 0, 0, "taken")]

    def test_what_was_missing_before_is_not_awaited_and_comes_back_unexpected(self, history: Any) -> None:
        history.schedules(900, "2026-03-02 10:00", "2026-03-09 20:00")
        history.lists_events("2026-03-02 11:00", snapshot="a")
        history.lists_events("2026-03-02 12:00", snapshot="b")
        history.lists_events("2026-03-02 13:00", 900, snapshot="c")
        assert rows(history, "events") == [
            (0, 1, 1, 0, "taken"),
            (0, 0, 0, 0, "taken"),
            (1, 0, 0, 1, "taken"),
        ]

    def test_one_that_lacks_most_of_what_is_to_come_is_refused_until_a_second_says_the_same(
        self, history: Any
    ) -> None:
        for event in range(900, 906):
            history.schedules(event, "2026-03-02 10:00", "2026-03-09 20:00")
        history.lists_events("2026-03-03 10:00", snapshot="a")
        found = history.folded()
        assert {one.status for one in found.occurrences.values()} == {"planned"}
        (refused,) = found.reconciliations.values()
        assert refused.reason == "the list of events lacks 6 of 6 that are to come: not believed"
        history.lists_events("2026-03-04 10:00", 905, snapshot="b")
        assert rows(history, "events") == [(0, 6, 6, 0, "refused"), (1, 6, 5, 0, "taken")]
        statuses = {key.event_id: one.status for key, one in history.folded().occurrences.items()}
        assert statuses == {**dict.fromkeys(range(900, 905), "vanished"), 905: "planned"}

    def test_the_end_of_one_list_told_twice_is_no_second_list(self, history: Any) -> None:
        for event in range(900, 906):
            history.schedules(event, "2026-03-02 10:00", "2026-03-09 20:00")
        for moment in ("2026-03-03 10:00", "2026-03-03 11:00"):
            history.lists_events(moment, snapshot="a")
        assert [row[4] for row in rows(history, "events")] == ["refused"]

    def test_what_is_past_may_be_missing_in_any_number(self, history: Any) -> None:
        for event in range(900, 906):
            history.schedules(event, "2026-03-02 10:00", "2026-03-09 20:00")
        history.lists_events("2026-03-09 20:00", snapshot="a")
        assert rows(history, "events") == [(0, 6, 6, 0, "taken")]


class TestAnswers:
    @pytest.fixture
    def event(self, history: Any) -> Any:
        """Forty are interested in 901, and one is not."""
        history.schedules(901, "2026-03-02 12:00", "2026-03-02 20:00", "2026-03-02 22:00")
        for person in range(1, 42):
            history.answers(person, 901, "2026-03-02 13:00", response=int(person < 41))
        return history

    def test_an_empty_list_ends_no_answer_until_a_second_one_is_empty_too(self, event: Any, at: Any) -> None:
        event.covered("2026-03-02 14:00", "2026-03-02 15:00", "gap", sources=("events",))
        event.lists_answers(901, "2026-03-02 15:00", {}, snapshot="a")
        assert rows(event, "rsvps") == [(0, 41, 41, 0, "refused")]
        found = event.folded()
        assert [answer.to_ms for answer in found.answers.values()] == [None] * 41
        ((of, refused),) = [each for each in found.reconciliations.items() if each[0].source == "rsvps"]
        assert (of.event_id, of.occurrence) == (901, 0)
        assert refused.reason == "the list of answers to an event lacks 41 of 41: not believed"
        event.lists_answers(901, "2026-03-02 16:00", {}, snapshot="b")
        assert [row[4] for row in rows(event, "rsvps")] == ["refused", "taken"]
        assert {answer.to_ms for answer in event.folded().answers.values()} == {at("2026-03-02 14:00")}

    def test_the_end_of_one_list_told_twice_is_no_second_list(self, event: Any) -> None:
        for moment in ("2026-03-02 15:00", "2026-03-02 16:00"):
            event.lists_answers(901, moment, {}, snapshot="a")
        assert [row[4] for row in rows(event, "rsvps")] == ["refused"]

    @pytest.mark.parametrize(("lacking", "verdict"), [(8, "taken"), (9, "refused")])
    def test_a_fifth_may_have_been_taken_back(self, event: Any, lacking: int, verdict: str) -> None:
        event.lists_answers(
            901, "2026-03-02 15:00", dict.fromkeys(range(1 + lacking, 41), 1) | {41: 0, 50: 1}
        )
        assert rows(event, "rsvps") == [(42 - lacking, 41, lacking, 1, verdict)]
        found = event.folded().answers
        ended = sum(answer.to_ms is not None for answer in found.values())
        assert ended == (lacking if verdict == "taken" else 0)
        assert (901, 0, 50) in {key[:3] for key in found}, "what it has is taken all the same"

    def test_who_is_interested_is_not_known_by_a_list_that_is_refused(self, event: Any) -> None:
        event.starts(901, "2026-03-02 20:00")
        event.lists_answers(901, "2026-03-02 20:01", {}, snapshot="a")
        (occurrence,) = event.folded().occurrences.values()
        assert not occurrence.rsvps_listed
        event.lists_answers(901, "2026-03-02 20:10", {}, snapshot="b")
        (occurrence,) = event.folded().occurrences.values()
        assert occurrence.rsvps_listed

    def test_lists_of_what_is_over_and_parts_of_one_are_partial(self, event: Any) -> None:
        event.lists_answers(901, "2026-03-02 15:00", {1: 1}, complete=False, snapshot="a")
        event.starts(901, "2026-03-02 20:00")
        event.ends(901, "2026-03-02 22:00")
        event.lists_answers(901, "2026-03-02 22:00", {}, snapshot="b")
        assert rows(event, "rsvps") == [(1, 41, 40, 0, "partial"), (0, 41, 41, 0, "partial")]

    def test_lists_of_several_events_at_one_moment_have_a_row_each(self, event: Any) -> None:
        event.schedules(902, "2026-03-02 12:00", "2026-03-02 20:00")
        for of in (901, 902):
            event.lists_answers(of, "2026-03-02 15:00", {})
        assert rows(event, "rsvps") == [(0, 41, 41, 0, "refused"), (0, 0, 0, 0, "taken")]


async def test_lists_that_batches_cut_give_the_same_rows(warehouse: Any, history: Any) -> None:
    history.lists_members("2026-03-02 10:00", {1: JOINED, 2: JOINED, 3: JOINED}, snapshot="a")
    history.voice(1, 50, "2026-03-02 10:00")
    history.schedules(900, "2026-03-02 10:00", "2026-03-09 20:00")
    history.covered("2026-03-02 11:00", "2026-03-02 12:00", "gap")
    history.lists_members("2026-03-02 12:00", {1: JOINED, 4: JOINED, 5: JOINED}, snapshot="b")
    history.lists_voice("2026-03-02 12:00", {4: 50, 5: 50})
    history.lists_events("2026-03-02 12:00", 900)
    for event in (901, 902, 903):
        history.schedules(event, "2026-03-02 12:10", "2026-03-09 21:00")
    for person in (1, 4, 5):
        history.answers(person, 900, "2026-03-02 12:10")
    for number, moment in enumerate(("2026-03-02 12:20", "2026-03-02 12:30")):
        history.lists_answers(900, moment, {}, snapshot=f"r{number}")
        history.lists_events(moment, snapshot=f"e{number}")
    for snapshot in ("c", "d"):
        history.lists_members("2026-03-02 13:00", {}, snapshot=snapshot)
    await history.logged(warehouse)
    while not (await Folder(warehouse, Rules()).advance(1, limit=1)).caught_up:
        pass  # each row by a process that knows nothing but the tables
    assert await verify(warehouse, 1, Rules()) == []
