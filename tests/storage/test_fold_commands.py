"""Commands: each once, with its end where it is known, and what of it counts as activity."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Row, select

from storage.database import Warehouse
from storage.fold import Folder
from storage.fold.changes import Changes
from storage.rebuild import verify
from storage.rules import Rules
from storage.tables import command_invocations, daily_activity

MONDAY = 20514  # 2 March 2026
TRACKED = Rules(tracked_commands=("profile", "insights health"))
OWN, OTHERS = 7, 8


def counts(changes: Changes) -> dict[tuple[int, int], int]:
    return {
        (day, person): total.count
        for (day, activity, person), total in changes.totals.items()
        if activity == "command" and total.count
    }


async def followed(warehouse: Warehouse, limit: int = 5000) -> list[Row[Any]]:
    """The invocations, by their number, after all that is logged was folded."""
    folder = Folder(warehouse, TRACKED)
    while not (await folder.advance(1, limit)).caught_up:
        pass
    rows = select(command_invocations).order_by(command_invocations.c.interaction_id)
    async with warehouse.reading() as conn:
        return list((await conn.execute(rows)).all())


async def daily(warehouse: Warehouse) -> dict[tuple[int, int], int]:
    async with warehouse.reading() as conn:
        rows = (await conn.execute(select(daily_activity))).all()
    return {(row.local_day, row.member_no): row.count for row in rows}


def test_an_invocation_and_its_end_are_one_row(history: Any, at: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile show")
    history.completes(1, 1000, "2026-03-02 10:00", "error")
    (row,) = history.folded().invocations.values()
    assert (row.member_no, row.command, row.invoked_ms) == (1, "profile show", at("2026-03-02 10:00"))
    assert (row.outcome, row.error_type, row.latency_ms) == ("error", "ValueError", 120)


def test_they_are_one_row_in_the_other_order_too(history: Any) -> None:
    history.completes(1, 1000, "2026-03-02 10:00")
    history.invokes(1, 1000, "2026-03-02 10:00", "profile show")
    changes = history.folded(TRACKED)
    assert [row.outcome for row in changes.invocations.values()] == ["success"]
    assert counts(changes) == {(MONDAY, 1): 1}


def test_an_end_without_an_invocation_is_no_row(history: Any) -> None:
    history.completes(1, 1000, "2026-03-02 10:00")
    assert history.folded(TRACKED).invocations == {}


@pytest.mark.parametrize(
    ("command", "counted"),
    [
        ("profile", True),
        ("profile show", True),
        ("insights health", True),
        ("insights", False),
        ("insights weekly", False),
        ("profiles", False),
    ],
)
def test_a_command_is_tracked_by_its_first_word_or_its_full_name(
    history: Any, command: str, counted: bool
) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", command)
    history.completes(1, 1000, "2026-03-02 10:00")
    assert bool(counts(history.folded(TRACKED))) is counted


@pytest.mark.parametrize(("outcome", "counted"), [("success", 1), ("denied", 0), ("error", 0)])
def test_only_success_counts(history: Any, outcome: str, counted: int) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile")
    history.completes(1, 1000, "2026-03-02 10:00", outcome)
    assert counts(history.folded(TRACKED)).get((MONDAY, 1), 0) == counted


def test_another_applications_command_counts_though_nobody_tells_its_end(history: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile", application=OTHERS)
    history.invokes(1, 1001, "2026-03-02 10:05", "profile", application=OTHERS)
    assert counts(history.folded(TRACKED)) == {(MONDAY, 1): 2}


def test_an_own_command_whose_end_was_lost_does_not_count(history: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile", application=OWN)
    history.completes(1, 1000, "2026-03-02 10:00")
    history.invokes(2, 1001, "2026-03-02 10:05", "profile", application=OWN)
    assert counts(history.folded(TRACKED)) == {(MONDAY, 1): 1}


def test_ends_in_any_order_count_each_command_once(history: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 10:00", "profile", application=OWN)
    history.invokes(2, 1001, "2026-03-02 10:00", "profile", application=OWN)
    history.completes(2, 1001, "2026-03-02 10:01")
    history.completes(1, 1000, "2026-03-02 10:02")
    assert counts(history.folded(TRACKED)) == {(MONDAY, 1): 1, (MONDAY, 2): 1}


def test_a_command_counts_on_the_local_day_of_its_invocation(history: Any) -> None:
    history.invokes(1, 1000, "2026-03-02 23:59", "profile", application=OTHERS)
    rules = Rules(zone="Europe/Berlin", tracked_commands=("profile",))
    assert counts(history.folded(rules)) == {(MONDAY + 1, 1): 1}


def test_a_command_of_someone_without_a_number_is_a_row_and_nobodys_activity(history: Any) -> None:
    history.invokes(None, 1000, "2026-03-02 10:00", "profile", application=OTHERS)
    changes = history.folded(TRACKED)
    assert len(changes.invocations) == 1
    assert counts(changes) == {}


def test_nothing_is_noted_of_those_who_withdrew(history: Any) -> None:
    history.withdraws(1, "2026-03-02 09:00")
    history.invokes(1, 1000, "2026-03-02 10:00", "profile", application=OTHERS)
    assert history.folded(TRACKED).invocations == {}


def test_halves_of_commands_are_not_kept_for_ever(history: Any) -> None:
    history.completes(1, 1000, "2026-03-02 10:00")
    history.invokes(2, 1001, "2026-03-02 11:30", "profile")
    history.invokes(1, 1000, "2026-03-02 11:31", "profile")
    history.completes(2, 1001, "2026-03-02 11:32")
    outcomes = {row.interaction_id: row.outcome for row in history.folded().invocations.values()}
    assert outcomes == {1000: None, 1001: "success"}


def test_each_check_of_access_is_a_row(history: Any, at: Any) -> None:
    body = {"interaction_id": "1000", "resource": "insights health", "granted": False}
    history.row("ACCESS_CHECKED", 1, body, "2026-03-02 10:00", source="recorder")
    (row,) = history.folded().accesses.values()
    assert (row.member_no, row.resource, row.granted, row.from_ms) == (
        *(1, "insights health", False),
        at("2026-03-02 10:00"),
    )


def test_the_people_and_values_of_its_options_are_kept(history: Any) -> None:
    body = {"interaction_id": "1000", "application_id": "7", "command": "team join"}
    options = {"amount": 3, "note": "(left out)"}
    others = {"captain": [5], "rival": []}
    history.row("INTERACTION_CREATE", 1, body | {"options": options}, "2026-03-02 10:00", others=others)
    (row,) = history.folded().invocations.values()
    assert row.command == "team join"
    assert row.options == '{"amount":3,"captain":{"member_no":5},"note":"(left out)"}'


class TestSeenByItsAnswer:
    def test_neither_outcome_nor_latency_nor_options_are_known(self, history: Any, at: Any) -> None:
        history.answered(1, 1000, "2026-03-02 10:00", "profile")
        (row,) = history.folded(TRACKED).invocations.values()
        assert (row.member_no, row.application_id, row.command) == (1, OTHERS, "profile")
        assert row.invoked_ms == at("2026-03-02 10:00")
        assert (row.outcome, row.error_type, row.latency_ms, row.options) == (None, None, None, None)

    def test_it_counts_as_successful(self, history: Any) -> None:
        history.answered(1, 1000, "2026-03-02 10:00", "profile")
        assert counts(history.folded(TRACKED)) == {(MONDAY, 1): 1}

    def test_it_counts_even_of_an_application_that_tells_how_its_commands_end(self, history: Any) -> None:
        history.invokes(2, 1000, "2026-03-02 10:00", "profile", application=OTHERS)
        history.completes(2, 1000, "2026-03-02 10:00")
        history.answered(1, 1001, "2026-03-02 10:05", "profile", application=OTHERS)
        assert counts(history.folded(TRACKED)) == {(MONDAY, 1): 1, (MONDAY, 2): 1}

    def test_one_that_is_not_tracked_is_a_row_and_no_activity(self, history: Any) -> None:
        history.answered(1, 1000, "2026-03-02 10:00", "music play")
        changes = history.folded(TRACKED)
        assert [row.is_counted for row in changes.invocations.values()] == [False]
        assert counts(changes) == {}

    def test_its_own_bot_may_bring_the_outcome(self, history: Any) -> None:
        history.answered(1, 1000, "2026-03-02 10:00", "profile")
        history.completes(1, 1000, "2026-03-02 10:00", "error")
        changes = history.folded(TRACKED)
        (row,) = changes.invocations.values()
        assert (row.outcome, row.error_type, row.latency_ms) == ("error", "ValueError", 120)
        assert counts(changes) == {}


HALVES = ["interaction", "end", "answer"]
ORDERS = [  # and after which of them the others are long in coming
    (order, long_after)
    for order in permutations(HALVES)
    for long_after in (None, 0, 1)
    if (order[0], long_after) != ("end", 0)  # it is forgotten by then
]


def tell(history: Any, half: str, outcome: str = "success") -> None:
    match half:
        case "interaction":
            history.invokes(1, 1000, "2026-03-02 10:00", "profile", application=OTHERS, season=7)
        case "answer":
            history.answered(1, 1000, "2026-03-02 10:00", "profile", application=OTHERS)
        case "end":
            history.completes(1, 1000, "2026-03-02 10:00", outcome)
        case "an hour and more":
            history.invokes(2, 1001, "2026-03-02 12:00", "weather", application=OWN)


class TestSeenByItselfAndByItsAnswer:
    """Whoever runs the other bot tells of the command, and Discord of its answer: either may come first."""

    @pytest.mark.parametrize("limit", [1, 5000])
    @pytest.mark.parametrize(("order", "long_after"), ORDERS)
    @pytest.mark.parametrize(("outcome", "counted"), [("success", 1), ("error", 0)])
    async def test_it_is_one_row_with_all_that_is_known(
        self,
        sqlite_warehouse: Warehouse,
        history: Any,
        order: tuple[str, ...],
        long_after: int | None,
        limit: int,
        outcome: str,
        counted: int,
    ) -> None:
        for place, half in enumerate(order):
            tell(history, half, outcome)
            if place == long_after:
                tell(history, "an hour and more")
        await history.logged(sqlite_warehouse)
        row, *_ = await followed(sqlite_warehouse, limit)
        assert (row.member_no, row.application_id, row.command) == (1, OTHERS, "profile")
        assert (row.options, row.outcome, row.latency_ms) == ('{"season":7}', outcome, 120)
        assert (await daily(sqlite_warehouse)).get((MONDAY, 1), 0) == counted
        assert await verify(sqlite_warehouse, 1, TRACKED) == []

    @pytest.mark.parametrize("limit", [1, 5000])
    @pytest.mark.parametrize("order", [("interaction", "answer"), ("answer", "interaction")])
    async def test_an_answer_tells_that_it_worked_where_nobody_tells_the_end(
        self, warehouse: Warehouse, history: Any, order: tuple[str, ...], limit: int
    ) -> None:
        history.invokes(2, 900, "2026-03-02 09:55", "weather", application=OTHERS)
        history.completes(2, 900, "2026-03-02 09:55")  # an application that tells, if it can
        for half in order:
            tell(history, half)
        await history.logged(warehouse)
        _, row = await followed(warehouse, limit)
        assert (row.options, row.outcome, row.is_counted) == ('{"season":7}', None, True)
        assert await daily(warehouse) == {(MONDAY, 1): 1}
        assert await verify(warehouse, 1, TRACKED) == []

    @pytest.mark.parametrize("limit", [1, 5000])
    async def test_what_is_told_again_adds_nothing(
        self, warehouse: Warehouse, history: Any, limit: int
    ) -> None:
        for half in ("answer", *HALVES, "an hour and more", "answer"):  # of an older log, and by its answers
            tell(history, half)
        await history.logged(warehouse)
        row, _ = await followed(warehouse, limit)
        assert (row.options, row.outcome, row.latency_ms) == ('{"season":7}', "success", 120)
        assert await daily(warehouse) == {(MONDAY, 1): 1}
        assert await verify(warehouse, 1, TRACKED) == []

    @pytest.mark.parametrize("first", ["interaction", "answer"])
    async def test_of_an_older_log_that_kept_only_the_first_the_row_is_as_it_was(
        self, warehouse: Warehouse, history: Any, first: str
    ) -> None:
        tell(history, first)
        tell(history, "end")
        await history.logged(warehouse)
        (row,) = await followed(warehouse)
        assert (row.options is None) is (first == "answer")
        assert (row.outcome, row.latency_ms, row.is_counted) == ("success", 120, True)
        assert await daily(warehouse) == {(MONDAY, 1): 1}

    @pytest.mark.parametrize("limit", [1, 5000])
    @pytest.mark.parametrize("is_file_first", [True, False])
    async def test_a_file_that_tells_of_it_too_adds_its_end(
        self, warehouse: Warehouse, history: Any, is_file_first: bool, limit: int
    ) -> None:
        if not is_file_first:
            tell(history, "answer")
        history.told_of_command(1, 1000, "2026-03-02 10:00", "profile", "error")
        if is_file_first:
            tell(history, "answer")
        await history.logged(warehouse)
        (row,) = await followed(warehouse, limit)
        assert (row.options, row.outcome, row.is_counted) == (None, "error", False)
        assert await daily(warehouse) == {}
        assert await verify(warehouse, 1, TRACKED) == []


class TestToldLate:
    """Another bot's process could not reach the database for a day."""

    @pytest.mark.parametrize("limit", [1, 5000])
    @pytest.mark.parametrize(("outcome", "counted"), [("success", 1), ("error", 0)])
    async def test_the_outcome_is_added_to_the_row(
        self, warehouse: Warehouse, history: Any, limit: int, outcome: str, counted: int
    ) -> None:
        history.answered(1, 1000, "2026-03-02 10:00", "profile")
        history.invokes(2, 1001, "2026-03-03 10:00", "profile", application=OTHERS)
        history.completes(1, 1000, "2026-03-02 10:00", outcome)
        await history.logged(warehouse)
        row, _ = await followed(warehouse, limit)
        assert (row.outcome, row.latency_ms, row.is_counted) == (outcome, 120, bool(counted))
        assert (await daily(warehouse)).get((MONDAY, 1), 0) == counted
        assert await verify(warehouse, 1, TRACKED) == []

    async def test_it_takes_nothing_from_an_outcome_that_is_known(
        self, warehouse: Warehouse, history: Any
    ) -> None:
        history.invokes(1, 1000, "2026-03-02 10:00", "profile")
        history.completes(1, 1000, "2026-03-02 10:00", "denied")
        history.completes(1, 1000, "2026-03-03 10:00", "success")
        await history.logged(warehouse)
        (row,) = await followed(warehouse, limit=1)
        assert row.outcome == "denied"
        assert await daily(warehouse) == {}

    async def test_one_that_came_long_before_its_command_is_forgotten_in_any_batches(
        self, warehouse: Warehouse, history: Any
    ) -> None:
        history.completes(1, 1000, "2026-03-02 10:00")
        history.invokes(1, 1000, "2026-03-02 12:00", "profile")
        await history.logged(warehouse)
        (row,) = await followed(warehouse)
        assert row.outcome is None
        assert await verify(warehouse, 1, TRACKED) == []
