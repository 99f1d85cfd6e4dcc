"""What commands and digests are handed: built once when the bot starts, and passed down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from bot.clock import Clock, milliseconds
from bot.corrections import Said
from bot.settings import Settings
from reports.event_report import OccurrenceKey
from reports.figures import AnyFigure
from storage.corrections import CorrectionKey
from storage.database import Warehouse


class Holder(Protocol):
    """The settings in force: looked up anew at each use, so that a changed file is followed at once."""

    @property
    def current(self) -> Settings: ...


class Observer(Protocol):
    """Writes the bot's own observations into the journal, without waiting for it."""

    async def cover_until_now(self) -> None:
        """Notes that all until this moment is recorded, and waits until that is durable."""
        ...

    def access_checked(self, interaction_id: int, user_id: int, resource: str, *, granted: bool) -> None: ...

    def command_completed(
        self, interaction_id: int, user_id: int, outcome: str, error_type: str | None, latency_ms: int
    ) -> None: ...

    def event_declared(
        self,
        interaction_id: int,
        declared_by: int,
        *,
        hosts: Sequence[int],
        title: str,
        channel_ids: Sequence[int],
        from_ms: int,
        to_ms: int,
    ) -> None:
        """Somebody of the staff tells of an event that nobody scheduled; its id is the interaction's."""
        ...

    def corrected(
        self, interaction_id: int, made_by: int, occurrence: OccurrenceKey, said: Sequence[Said]
    ) -> None:
        """Somebody tells something else of an occurrence than was recorded, or checks people in."""
        ...

    def taken_back(self, correction: CorrectionKey, taken_back_by: int) -> None: ...

    def is_recorded(self, user_id: int) -> bool:
        """False of those who do not want to be: nothing can be told of them either."""
        ...


class Tables(Protocol):
    """How far the tables have followed what was recorded."""

    @property
    def as_of_ms(self) -> int | None:
        """The latest moment that the tables speak of; None before the first one is known."""
        ...

    @property
    def problem(self) -> str | None:
        """Why they do not follow now, in one sentence; None while they do."""
        ...

    async def caught_up(self, timeout_s: float) -> bool:
        """True once they hold all that was recorded before the call; False if that takes longer."""
        ...


class Draws(Protocol):
    async def draw(self, figure: AnyFigure, timeout_s: float) -> bytes:
        """PNG bytes. Raises DrawingFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    settings: Holder
    warehouse: Warehouse
    observer: Observer
    tables: Tables
    drawing: Draws
    clock: Clock
    ticks_s: Callable[[], float] = monotonic  # measures how long something takes

    def now_ms(self) -> int:
        return milliseconds(self.clock.now())
