"""The bot keeps what is published of closed periods, and nothing that goes wrong there reaches the rest."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from bot import kpi_keeper
from bot.kpi_keeper import LOOK_S, REST, KpiKeeper
from bot.settings import Settings
from reports.publishing import Published
from storage.database import Warehouse
from storage.trouble import WarehouseUnavailable


def keeper(warehouse: Any, *, is_busy: bool = False) -> KpiKeeper:
    services = SimpleNamespace(
        settings=SimpleNamespace(current=Settings()),
        warehouse=warehouse,
        now_ms=lambda: int(datetime(2026, 3, 10, tzinfo=UTC).timestamp() * 1000),
    )
    return KpiKeeper(services, 1, lambda: is_busy)


@pytest.fixture
def publishes(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the next calls come to, in their order."""

    def set_up(*outcomes: Any, removed: tuple[str, ...] = ()) -> list[Any]:
        left, strays = list(outcomes), [removed]

        async def forget_strays(*_: Any) -> tuple[str, ...]:
            return strays.pop() if strays else ()

        async def publish_next(*_: Any) -> Any:
            outcome = left.pop(0)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(kpi_keeper, "forget_strays", forget_strays)
        monkeypatch.setattr(kpi_keeper, "publish_next", publish_next)
        return left

    return set_up


async def test_an_empty_warehouse_has_nothing_to_publish(warehouse: Warehouse) -> None:
    assert await keeper(warehouse).step() is False


async def test_it_leaves_the_tables_alone_while_they_are_behind(publishes: Any) -> None:
    left = publishes(Published("2026-W10", 70, 0))
    assert await keeper(None, is_busy=True).step() is False
    assert len(left) == 1


async def test_whatever_goes_wrong_is_tried_again(publishes: Any) -> None:
    publishes(
        WarehouseUnavailable("The warehouse is locked."),
        WarehouseUnavailable("The warehouse is locked."),
        ValueError("unforeseen"),
        Published("2026-W10", 70, 2),
        None,
    )
    one = keeper(None)
    assert [await one.step() for _ in range(5)] == [False, False, False, True, False]


async def test_a_period_that_newer_tables_were_read_for_is_not_tried_at_once(publishes: Any) -> None:
    publishes(Published("2026-W10", 0, 0))
    assert await keeper(None).step() is False


async def test_what_the_calendar_has_no_more_is_told_of_once(publishes: Any) -> None:
    publishes(Published("2026-W10", 70, 0), None, removed=("2026-W05", "2026-W11"))
    one = keeper(None)
    with structlog.testing.capture_logs() as told:
        assert [await one.step() for _ in range(2)] == [True, False]
    assert [(line["event"], line["periods"]) for line in told] == [
        ("periods_removed", ("2026-W05", "2026-W11"))
    ]


async def test_it_rests_longer_than_it_works(publishes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    publishes(Published("2026-W10", 70, 0), None)
    rests: list[float] = []
    ticks = iter((0.0, 5.0, 30.0, 30.1))
    monkeypatch.setattr(kpi_keeper, "monotonic", lambda: next(ticks))

    async def sleep(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 2:
            raise asyncio.CancelledError

    monkeypatch.setattr(kpi_keeper.asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await keeper(None).run()
    assert rests == [REST * 5.0, LOOK_S]
