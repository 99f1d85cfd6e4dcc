"""Members and their spells, by hand: what was seen, what was missed, what that makes certain."""

from __future__ import annotations

from typing import Any

import pytest

from storage.fold.changes import Changes
from storage.rules import Rules, TierRule


def spells(changes: Changes, person: int) -> list[tuple[int, int | None, bool]]:
    """Joined, left, and whether the leaving is estimated."""
    mine = [spell for spell in changes.spells.values() if spell.member_no == person]
    mine.sort(key=lambda spell: spell.joined_ms)
    return [(spell.joined_ms, spell.left_ms, spell.leave_estimated) for spell in mine]


def test_joining_and_leaving_make_a_spell_each_time(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-05 10:00")
    history.joins(1, "2026-03-20 10:00")
    changes = history.folded()
    assert spells(changes, 1) == [
        (at("2026-03-02 10:00"), at("2026-03-05 10:00"), False),
        (at("2026-03-20 10:00"), None, False),
    ]
    assert changes.members[1].is_current
    assert changes.members[1].first_join_ms == at("2026-03-02 10:00")


def test_a_leave_learned_late_counts_from_the_earlier_moment_and_is_estimated(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, "2026-03-02 12:00", until="2026-03-02 12:20")
    assert spells(history.folded(), 1) == [(at("2026-03-02 10:00"), at("2026-03-02 12:00"), True)]


def test_whether_a_leaving_was_seen_is_kept(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.joins(2, "2026-03-02 10:00")
    history.joins(3, "2026-03-02 10:00")
    history.leaves(1, "2026-03-03 10:00")
    history.lists_members("2026-03-04 10:00", {3: "2026-03-02 10:00"})
    changes = history.folded()
    seen = {spell.member_no: spell.leave_seen for spell in changes.spells.values()}
    assert (seen[1], seen[2], seen[3]) == (True, False, False)


def test_nobody_leaves_before_they_joined(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-02 12:05")
    history.leaves(1, "2026-03-02 12:00", until="2026-03-02 12:20")
    assert spells(history.folded(), 1) == [(at("2026-03-02 12:05"), at("2026-03-02 12:05"), True)]


def test_the_leaving_of_someone_who_is_no_member_is_nothing(history: Any) -> None:
    history.leaves(1, "2026-03-02 12:00")
    history.joins(1, "2026-03-03 12:00")
    history.leaves(1, "2026-03-04 12:00")
    history.leaves(1, "2026-03-05 12:00")
    assert len(spells(history.folded(), 1)) == 1


def test_spells_never_overlap_when_clocks_differ(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-02 10:00")
    history.leaves(1, at("2026-03-02 12:00") + 500)  # by our clock, which is ahead of Discord's
    history.joins(1, "2026-03-02 12:00")
    (_, left, _), (joined, _, _) = spells(history.folded(), 1)
    assert joined == left


class TestListOfMembers:
    def test_people_unknown_so_far_joined_when_discord_says_so(self, history: Any, at: Any) -> None:
        history.lists_members("2026-03-02 10:00", {1: "2024-01-05 08:00"})
        changes = history.folded()
        assert spells(changes, 1) == [(at("2024-01-05 08:00"), None, False)]
        assert changes.members[1].first_join_ms == at("2024-01-05 08:00")

    def test_the_absent_left_at_the_last_sure_moment(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.joins(2, "2026-03-02 10:00")
        history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
        history.lists_members("2026-03-04 10:00", {2: "2026-03-02 10:00"})
        changes = history.folded()
        assert spells(changes, 1) == [(at("2026-03-02 10:00"), at("2026-03-03 10:00"), True)]
        assert spells(changes, 2) == [(at("2026-03-02 10:00"), None, False)]
        assert not changes.members[1].is_current

    def test_a_list_that_is_not_complete_removes_nobody(self, history: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.joins(2, "2026-03-02 10:00")
        history.lists_members("2026-03-04 10:00", {2: "2026-03-02 10:00"}, complete=False)
        assert history.folded().members[1].is_current

    def test_after_an_incomplete_list_the_first_gap_still_counts(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
        history.lists_members("2026-03-04 10:00", {}, complete=False, snapshot="a")
        history.covered("2026-03-05 10:00", "2026-03-06 10:00", "gap")
        history.lists_members("2026-03-06 10:00", {2: "2026-03-06 09:00"}, snapshot="b")
        assert spells(history.folded(), 1)[0][1] == at("2026-03-03 10:00")

    def test_a_gap_before_a_complete_list_says_nothing_about_leaving_after_it(
        self, history: Any, at: Any
    ) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
        history.lists_members("2026-03-04 10:00", {1: "2026-03-02 10:00"}, snapshot="a")
        history.lists_members("2026-03-06 10:00", {}, snapshot="b")
        assert spells(history.folded(), 1)[0][1] == at("2026-03-06 10:00")

    def test_a_gap_before_someone_joined_says_nothing_about_their_leaving(
        self, history: Any, at: Any
    ) -> None:
        history.covered("2026-03-01 10:00", "2026-03-02 10:00", "gap")
        history.joins(1, "2026-03-02 12:00")
        history.covered("2026-03-02 10:00", "2026-03-03 10:00")
        history.covered("2026-03-03 10:00", "2026-03-04 10:00", "gap")
        history.lists_members("2026-03-04 10:00", {})
        assert spells(history.folded(), 1)[0][1] == at("2026-03-03 10:00")

    def test_who_joined_within_a_gap_left_no_earlier_than_that(self, history: Any, at: Any) -> None:
        """A RESUME told of the join, and that nothing more would come since before it."""
        history.joins(1, "2026-03-02 12:00")
        history.covered("2026-03-02 10:00", "2026-03-04 10:00", "gap")
        history.lists_members("2026-03-04 10:00", {})
        assert spells(history.folded(), 1) == [(at("2026-03-02 12:00"), at("2026-03-02 12:00"), True)]

    def test_someone_who_joins_while_it_arrives_stays(self, history: Any) -> None:
        listed = {"snapshot": "m", "joined_at_ms": 0, "roles": [], "bot": False}
        history.row("SNAPSHOT_MEMBER", 1, listed, "2026-03-02 10:00")
        history.joins(2, "2026-03-02 10:00")
        end = {"snapshot": "m", "members": 1, "complete": True}
        history.row("SNAPSHOT_MEMBERS_END", None, end, "2026-03-02 10:01")
        assert history.folded().members[2].is_current

    def test_a_newer_joining_means_that_they_left_unseen(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00", roles=[4])
        history.covered("2026-03-03 10:00", "2026-03-05 10:00", "gap")
        history.lists_members("2026-03-05 10:00", {1: "2026-03-04 10:00"})
        changes = history.folded()
        assert spells(changes, 1) == [
            (at("2026-03-02 10:00"), at("2026-03-03 10:00"), True),
            (at("2026-03-04 10:00"), None, False),
        ]
        assert changes.roles == {(1, 4, at("2026-03-02 10:00")): at("2026-03-03 10:00")}

    def test_someone_believed_to_have_left_never_did(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.lists_members("2026-03-03 10:00", {}, snapshot="wrong")
        history.lists_members("2026-03-04 10:00", {1: "2026-03-02 10:00"}, snapshot="right")
        assert spells(history.folded(), 1) == [(at("2026-03-02 10:00"), None, False)]

    def test_someone_seen_leaving_is_not_brought_back_by_older_news(self, history: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.leaves(1, "2026-03-03 10:00")
        history.changes(1, "2026-03-03 10:00", roles=[4], joined="2026-03-02 10:00")
        changes = history.folded()
        assert not changes.members[1].is_current
        assert changes.roles == {}

    def test_the_end_of_a_list_that_never_came_removes_nobody(self, history: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        end = {"snapshot": "m", "members": 40, "complete": True}
        history.row("SNAPSHOT_MEMBERS_END", None, end, "2026-03-03 10:00")
        assert history.folded().members[1].is_current

    @pytest.mark.parametrize(("lacking", "is_believed"), [(20, True), (21, False)])
    def test_one_that_would_remove_more_than_a_fifth_is_refused(
        self, history: Any, lacking: int, is_believed: bool
    ) -> None:
        everyone = dict.fromkeys(range(100), "2026-03-01 00:00")
        history.lists_members("2026-03-02 10:00", everyone, snapshot="a")
        rest = {person: joined for person, joined in everyone.items() if person >= lacking}
        history.lists_members("2026-03-03 10:00", rest, snapshot="b")
        changes = history.folded()
        assert changes.members[0].is_current is not is_believed
        reasons = [] if is_believed else ["the list of members lacks 21 of 101: not believed"]
        assert [letter.reason for letter in history.set_aside] == reasons


def test_a_change_shows_a_joining_that_was_missed(history: Any, at: Any) -> None:
    history.changes(1, "2026-03-05 10:00", joined="2026-03-04 10:00")
    assert spells(history.folded(), 1) == [(at("2026-03-04 10:00"), None, False)]


def test_a_change_without_a_date_of_joining_is_the_latest_moment_of_it(history: Any, at: Any) -> None:
    history.changes(1, "2026-03-05 10:00", until="2026-03-05 10:10")
    (spell,) = history.folded().spells.values()
    assert (spell.joined_ms, spell.join_estimated) == (at("2026-03-05 10:10"), True)


def test_withdrawing_ends_everything_that_is_followed(history: Any, at: Any) -> None:
    history.joins(1, "2026-03-02 10:00", roles=[4])
    history.withdraws(1, "2026-03-03 10:00")
    history.joins(1, "2026-03-09 10:00")
    changes = history.folded()
    member = changes.members[1]
    assert member.withdrawn_at_ms == at("2026-03-03 10:00")
    assert not member.is_current
    assert spells(changes, 1) == [(at("2026-03-02 10:00"), at("2026-03-03 10:00"), True)]
    assert set(changes.roles.values()) == {at("2026-03-03 10:00")}


def test_a_bot_stays_one(history: Any) -> None:
    history.joins(1, "2026-03-02 10:00", bot=True)
    history.leaves(1, "2026-03-03 10:00")  # says bot: false
    assert history.folded().members[1].is_bot


class TestRoles:
    def test_each_holding_has_its_span(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00", roles=[4])
        history.changes(1, "2026-03-03 10:00", roles=[4, 5])
        history.changes(1, "2026-03-04 10:00", roles=[5])
        history.changes(1, "2026-03-05 10:00", roles=[4, 5])
        history.leaves(1, "2026-03-06 10:00")
        assert history.folded().roles == {
            (1, 4, at("2026-03-02 10:00")): at("2026-03-04 10:00"),
            (1, 5, at("2026-03-03 10:00")): at("2026-03-06 10:00"),
            (1, 4, at("2026-03-05 10:00")): at("2026-03-06 10:00"),
        }

    def test_late_news_counts_a_new_one_later_and_a_lost_one_earlier(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00", roles=[4])
        history.changes(1, "2026-03-03 10:00", roles=[5], until="2026-03-03 10:10")
        assert history.folded().roles == {
            (1, 4, at("2026-03-02 10:00")): at("2026-03-03 10:00"),
            (1, 5, at("2026-03-03 10:10")): None,
        }

    def test_nobody_loses_one_before_they_had_it(self, history: Any, at: Any) -> None:
        history.joins(1, "2026-03-02 10:00")
        history.changes(1, "2026-03-03 10:00", roles=[5], until="2026-03-03 10:10")
        history.changes(1, "2026-03-03 10:00", until="2026-03-03 10:10")
        assert history.folded().roles == {(1, 5, at("2026-03-03 10:10")): at("2026-03-03 10:10")}


class TestTiers:
    RULES = Rules(tiers=(TierRule("staff", (1, 2)), TierRule("captain", (3,)), TierRule("host", (4,))))

    @pytest.fixture
    def tier(self, history: Any) -> Any:
        """Of person 1, who is a member since 2 March, after all that was told."""
        history.joins(1, "2026-03-02 10:00")
        return lambda: history.folded(self.RULES).members[1].tier

    @pytest.mark.parametrize(
        ("roles", "expected"),
        [
            ([], "member"),
            ([9], "member"),
            ([4], "host"),
            ([9, 2], "staff"),
            ([4, 3], "captain"),
            ([3, 4, 1], "staff"),
        ],
    )
    def test_it_is_the_first_of_which_they_hold_a_role(
        self, history: Any, tier: Any, roles: list[int], expected: str
    ) -> None:
        history.changes(1, "2026-03-03 10:00", roles=roles)
        assert tier() == expected

    def test_it_changes_with_the_roles(self, history: Any, tier: Any) -> None:
        history.changes(1, "2026-03-03 10:00", roles=[1, 4])
        history.changes(1, "2026-03-04 10:00", roles=[4])
        assert tier() == "host"
        history.changes(1, "2026-03-05 10:00")
        assert tier() == "member"

    def test_who_left_keeps_it(self, history: Any, tier: Any) -> None:
        history.changes(1, "2026-03-03 10:00", roles=[3])
        history.leaves(1, "2026-03-04 10:00")
        assert tier() == "captain"

    def test_who_comes_back_without_the_role_has_it_no_more(self, history: Any, tier: Any) -> None:
        history.changes(1, "2026-03-03 10:00", roles=[3])
        history.leaves(1, "2026-03-04 10:00")
        history.joins(1, "2026-03-20 10:00")
        assert tier() == "member"

    def test_who_never_left_and_has_lost_the_role_has_it_no_more(self, history: Any, tier: Any) -> None:
        history.changes(1, "2026-03-03 10:00", roles=[3])
        history.lists_members("2026-03-04 10:00", {}, snapshot="wrong")
        assert tier() == "captain"
        history.lists_members("2026-03-05 10:00", {1: "2026-03-02 10:00"}, snapshot="right")
        assert tier() == "member"

    def test_without_tiers_everybody_is_a_member(self, history: Any) -> None:
        history.joins(1, "2026-03-02 10:00", roles=[1])
        assert history.folded().members[1].tier == "member"
