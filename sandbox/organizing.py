"""What people do with scheduled events, and the dispatches that follow from it.

Source: Guild Scheduled Event resource; Gateway Events, "Guild Scheduled Event Create" and following.
"""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from sandbox.event_rules import EventFields
from sandbox.event_state import ScheduledEvent
from sandbox.recurrence import RecurrenceRule
from sandbox.scheduled_events import EventBook
from sandbox.world import World


class Organizing:
    """Mixed into the sandbox. Errors are those of EventBook; nothing is due before `tick_events`."""

    world: World

    # ---- planning
    def create_event(
        self,
        creator_id: int,
        name: str,
        start: datetime,
        *,
        end: datetime | None = None,
        channel_id: int | None = None,
        location: str | None = None,
        recurrence: RecurrenceRule | None = None,
        description: str | None = None,
    ) -> ScheduledEvent:
        told = self._events.create(
            creator_id,
            name,
            start,
            end=end,
            channel_id=channel_id,
            location=location,
            recurrence=recurrence,
            description=description,
            at=self.world.clock.now(),
        )
        self.world.tell(told)
        return self._events.upcoming()[-1]

    def edit_event(self, event_id: int, **fields: Unpack[EventFields]) -> None:
        self.world.tell(self._events.edit(event_id, **fields))

    def delete_event(self, event_id: int) -> None:
        self.world.tell(self._events.delete(event_id))

    # ---- taking place
    def start_event(self, event_id: int) -> None:
        now = self.world.clock.now()
        self.world.tell(self._events.start(event_id, now))
        self._events.watch_channels(now)

    def end_event(self, event_id: int) -> None:
        self.world.tell(self._events.end(event_id))

    def skip_event(self, event_id: int) -> None:
        """A recurring event that nobody started moves on."""
        self.world.tell(self._events.skip(event_id))

    def cancel_event(self, event_id: int) -> None:
        self.world.tell(self._events.cancel(event_id))

    def tick_events(self) -> None:
        """Let Discord do what the clock says is due: start, end, move on and cancel events."""
        self.world.tell(self._events.tick_events(self.world.clock.now()))

    # ---- single occurrences
    def make_exception(
        self,
        event_id: int,
        original_start: datetime,
        start: datetime | None = None,
        end: datetime | None = None,
        is_cancelled: bool = False,
    ) -> None:
        self.world.tell(self._events.make_exception(event_id, original_start, start, end, is_cancelled))

    def remove_exception(self, event_id: int, original_start: datetime) -> None:
        self.world.tell(self._events.remove_exception(event_id, original_start))

    # ---- answers
    def answer_event(
        self,
        user_id: int,
        event_id: int,
        *,
        interested: bool = True,
        original_start: datetime | None = None,
    ) -> None:
        self.world.tell(
            self._events.answer(user_id, event_id, interested=interested, original_start=original_start)
        )

    def withdraw_answer(self, user_id: int, event_id: int, *, original_start: datetime | None = None) -> None:
        self.world.tell(self._events.withdraw_answer(user_id, event_id, original_start=original_start))

    @property
    def _events(self) -> EventBook:
        return self.world.guild.events
