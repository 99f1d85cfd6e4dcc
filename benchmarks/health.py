"""`/insights health`, from the question to the message with its picture, on the simulated community."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.contest import Benchmark, Contest
from benchmarks.crowd.made import large_community
from benchmarks.health_report import NOW_MS
from benchmarks.material import Material
from bot.commands.health import health_messages
from bot.config import SettingsHolder
from bot.services import Services
from charts.drawing import Drawing
from sandbox.demo_clock import DemoClock
from storage.database import Warehouse


@dataclass(frozen=True, slots=True)
class Following:
    """Tables that are up to date, and nobody who writes down that they were asked for."""

    as_of_ms: int | None
    problem: str | None = None

    async def cover_until_now(self) -> None:
        """They speak of the present."""

    async def caught_up(self, timeout_s: float) -> bool:  # noqa: ARG002 - they are
        return True

    def access_checked(self, interaction_id: int, user_id: int, resource: str, *, granted: bool) -> None:
        """Somebody was let in or not."""

    def command_completed(
        self, interaction_id: int, user_id: int, outcome: str, error_type: str | None, latency_ms: int
    ) -> None:
        """Somebody was answered."""

    def event_declared(self, interaction_id: int, declared_by: int, **event: object) -> None:
        """Somebody told of an event."""

    def corrected(self, interaction_id: int, made_by: int, occurrence: object, said: object) -> None:
        """Somebody told something else of an event."""

    def taken_back(self, correction: object, taken_back_by: int) -> None:
        """Somebody took that back."""

    def is_recorded(self, user_id: int) -> bool:  # noqa: ARG002 - everybody is
        return True


@asynccontextmanager
async def answering(warehouse: Warehouse, config: Path, now_ms: int) -> AsyncIterator[Contest]:
    """The command on a warehouse, in a bot that runs."""
    drawing = Drawing()
    following = Following(now_ms)
    services = Services(
        settings=SettingsHolder(config),
        warehouse=warehouse,
        observer=following,
        tables=following,
        drawing=drawing,
        clock=DemoClock(now_ms),
    )
    await health_messages(services)  # the drawing process is warm in a bot that runs

    async def ours() -> float:
        began = perf_counter()
        (message,) = await health_messages(services)
        took = perf_counter() - began
        assert message.pictures
        return took * 1000

    yield Contest(ours)
    await drawing.close()


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    warehouse = await Warehouse.open(str(material.warehouse))
    async with answering(warehouse, material.config, material.now_ms) as contest:
        yield contest
    await warehouse.close()


@asynccontextmanager
async def begin_large(material: Material) -> AsyncIterator[Contest]:
    async with (
        large_community(material, material.scale.members) as made,
        answering(made.warehouse, material.config, NOW_MS) as contest,
    ):
        yield contest


BENCHMARK = Benchmark("/insights health", "ms", begin)
LARGE = Benchmark("/insights health with its picture, 100,000 members", "ms", begin_large)
