"""The guild's scheduled events: every method changes the state and returns the dispatches that Discord sends.

Pure: the live sandbox dispatches what is returned, a rendered history yields it. An event that the bot cannot
see changes too, but nothing is dispatched of it.

Source: Guild Scheduled Event resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Unpack

from sandbox.event_automation import Step, due_step, watch_channel
from sandbox.event_dispatches import Dispatches, EventDispatches
from sandbox.event_objects import event_object
from sandbox.event_rules import HELD_IN, MOST_UPCOMING, EventFields, check_event, check_occurrence
from sandbox.event_state import (
    EntityKind,
    EventException,
    EventStatus,
    Response,
    ScheduledEvent,
    WrongStatus,
)
from sandbox.recurrence import RecurrenceRule

if TYPE_CHECKING:
    from sandbox.guild import Guild


class EventBook:
    """LookupError where there is no such event, person or answer, WrongStatus where an event's status forbids
    something, ValueError for what Discord would not take. `next_id` makes the id of an event created at a
    moment.
    """

    def __init__(self, guild: Guild, next_id: Callable[[datetime], int]) -> None:
        self._guild = guild
        self._next_id = next_id
        self._dispatches = EventDispatches(guild)
        self._events: dict[int, ScheduledEvent] = {}

    def take_over(self, events: Iterable[ScheduledEvent]) -> None:
        """Events that were there before, as they stand. Nothing tells of it."""
        self._events |= {event.event_id: event for event in events}

    # ---- looking
    def find(self, event_id: int) -> ScheduledEvent | None:
        """Also one that is over, until it is deleted."""
        return self._events.get(event_id)

    def upcoming(self) -> list[ScheduledEvent]:
        """All that are scheduled or active, in the order of their creation."""
        return [event for event in self._events.values() if event.is_upcoming]

    def visible(self) -> list[ScheduledEvent]:
        """Those of the upcoming ones that the bot may see."""
        return [event for event in self.upcoming() if self.visible_to(self._guild.bot_user_id, event)]

    def visible_to(self, user_id: int, event: ScheduledEvent) -> bool:
        return self._dispatches.visible_to(user_id, event)

    def objects(self) -> list[dict[str, Any]]:
        """`guild_scheduled_events` of GUILD_CREATE."""
        return [event_object(event, self._guild.guild_id) for event in self.visible()]

    # ---- planning
    def create(
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
        at: datetime,
    ) -> Dispatches:
        if creator_id not in self._guild.users:
            raise LookupError(f"there is no user {creator_id}")
        if len(self.upcoming()) >= MOST_UPCOMING:
            raise ValueError(f"A guild has at most {MOST_UPCOMING} events that are not over")
        if start <= at:
            raise ValueError("An event starts in the future")
        event = ScheduledEvent(
            event_id=self._next_id(at),
            creator_id=creator_id,
            name=name,
            kind=self._kind(channel_id, location),
            start=start,
            end=end,
            channel_id=channel_id,
            location=location,
            recurrence=recurrence,
            description=description,
        )
        check_event(event)
        self._events[event.event_id] = event
        return self._dispatches.event("CREATE", event)

    def edit(self, event_id: int, **fields: Unpack[EventFields]) -> Dispatches:
        """A moved or otherwise changed rule takes all exceptions with it (Modify Guild Scheduled Event)."""
        event = self._upcoming(event_id)
        edited = self._edited(event, fields)
        check_event(edited)
        loses_exceptions = bool(event.exceptions) and edited.recurrence != event.recurrence
        vars(event).update(vars(edited))
        gone: Dispatches = []
        if loses_exceptions:
            event.exceptions.clear()
            gone = self._dispatches.all_exceptions_gone(event)
        return gone + self._dispatches.event("UPDATE", event)

    def delete(self, event_id: int) -> Dispatches:
        """Also what "Cancel Event" in Discord's client does: the event is gone with its status unchanged."""
        event = self._found(event_id)
        del self._events[event_id]
        return self._dispatches.event("DELETE", event)

    # ---- taking place
    def start(self, event_id: int, at: datetime | None = None) -> Dispatches:
        event = self._found(event_id)
        event.change_status(EventStatus.ACTIVE)
        event.began = at
        return self._dispatches.event("UPDATE", event)

    def end(self, event_id: int) -> Dispatches:
        """A recurring one is not COMPLETED: it goes back to SCHEDULED at its next start."""
        event = self._found(event_id)
        event.change_status(EventStatus.COMPLETED)
        if event.recurrence is not None:
            event.move_on()
        return self._dispatches.event("UPDATE", event)

    def skip(self, event_id: int) -> Dispatches:
        """A recurring event that nobody started moves on to its next occurrence."""
        event = self._found(event_id)
        if event.status is not EventStatus.SCHEDULED:
            raise WrongStatus(f"An event that is {event.status.name} cannot be skipped")
        event.move_on()
        return self._dispatches.event("UPDATE", event)

    def cancel(self, event_id: int) -> Dispatches:
        """The whole event becomes CANCELED, as by the clock or through the API; people's client deletes."""
        event = self._found(event_id)
        event.change_status(EventStatus.CANCELED)
        return self._dispatches.event("UPDATE", event)

    # ---- single occurrences
    def make_exception(
        self,
        event_id: int,
        original_start: datetime,
        start: datetime | None = None,
        end: datetime | None = None,
        is_cancelled: bool = False,
    ) -> Dispatches:
        """Move one occurrence, or cancel it; the event's own start goes on naming the original one."""
        event = self._upcoming(event_id)
        check_occurrence(event, original_start)
        is_new = original_start not in event.exceptions
        exception = EventException(original_start, start, end, is_cancelled)
        if is_new and exception == EventException(original_start):
            raise ValueError("An exception moves its occurrence or cancels it")
        event.exceptions[original_start] = exception
        return self._dispatches.exception("CREATE" if is_new else "UPDATE", event, exception)

    def remove_exception(self, event_id: int, original_start: datetime) -> Dispatches:
        event = self._upcoming(event_id)
        exception = event.exceptions.pop(original_start, None)
        if exception is None:
            raise LookupError(f"Event {event_id} has no exception for {original_start}")
        return self._dispatches.exception("DELETE", event, exception)

    # ---- answers
    def answer(
        self,
        user_id: int,
        event_id: int,
        *,
        interested: bool = True,
        original_start: datetime | None = None,
    ) -> Dispatches:
        """Interest in the whole event, or an answer to one occurrence. The same answer again is nothing."""
        event = self._upcoming(event_id)
        if not self.visible_to(user_id, event):
            raise LookupError(f"user {user_id} sees no event {event_id}")
        if original_start is None:
            if not interested:
                raise ValueError("Only a single occurrence can be declined; withdraw the answer instead")
            if user_id in event.interested:
                return []
            event.interested.add(user_id)
            return self._dispatches.answer("ADD", event, user_id)
        check_occurrence(event, original_start)
        answers, response = event.responses.setdefault(original_start, {}), Response(interested)
        if answers.get(user_id) is response:
            return []
        answers[user_id] = response
        return self._dispatches.answer("ADD", event, user_id, original_start, response)

    def withdraw_answer(
        self, user_id: int, event_id: int, *, original_start: datetime | None = None
    ) -> Dispatches:
        event = self._upcoming(event_id)
        if original_start is None:
            if user_id not in event.interested:
                raise LookupError(f"user {user_id} has not answered event {event_id}")
            event.interested.remove(user_id)
            return self._dispatches.answer("REMOVE", event, user_id)
        response = event.responses.get(original_start, {}).pop(user_id, None)
        if response is None:
            raise LookupError(f"user {user_id} has not answered that occurrence of event {event_id}")
        return self._dispatches.answer("REMOVE", event, user_id, original_start, response)

    def forget(self, user_id: int) -> None:
        """Whoever leaves the guild loses their answers, and nothing tells of it."""
        for event in self._events.values():
            event.interested.discard(user_id)
            for answers in event.responses.values():
                answers.pop(user_id, None)

    # ---- by the clock
    def watch_channels(self, now: datetime) -> None:
        """Note which active events' channels are empty; to be called when somebody enters or leaves one."""
        occupied = {stay.channel_id for stay in self._guild.voice.values()}
        for event in self.upcoming():
            if event.channel_id is not None:
                watch_channel(event, occupied, now)

    def tick_events(self, now: datetime) -> Dispatches:
        """What Discord has done by itself until `now`."""
        self.watch_channels(now)
        told: Dispatches = []
        for event in self.upcoming():
            while (step := due_step(event, now)) is not None:
                told += self._take(step, event.event_id, now)
        return told

    def _take(self, step: Step, event_id: int, now: datetime) -> Dispatches:
        match step:
            case Step.START:
                return self.start(event_id, now)
            case Step.END:
                return self.end(event_id)
            case Step.SKIP:
                return self.skip(event_id)
            case Step.CANCEL:
                return self.cancel(event_id)

    # ---- what everything above needs
    def _found(self, event_id: int) -> ScheduledEvent:
        event = self._events.get(event_id)
        if event is None:
            raise LookupError(f"there is no event {event_id}")
        return event

    def _upcoming(self, event_id: int) -> ScheduledEvent:
        event = self._found(event_id)
        if not event.is_upcoming:
            raise WrongStatus(f"Event {event_id} is {event.status.name}")
        return event

    def _edited(self, event: ScheduledEvent, fields: EventFields) -> ScheduledEvent:
        edited = replace(
            event,
            name=fields.get("name", event.name),
            description=fields.get("description", event.description),
            end=fields.get("end", event.end),
        )
        if "channel_id" in fields or "location" in fields:
            edited.channel_id, edited.location = fields.get("channel_id"), fields.get("location")
            edited.kind = self._kind(edited.channel_id, edited.location)
        if "start" in fields:
            edited.start = fields["start"]
            edited.recurrence = edited.recurrence and edited.recurrence.begun_at(edited.start)
        if "recurrence" in fields:
            edited.recurrence = fields["recurrence"]
        return edited

    def _kind(self, channel_id: int | None, location: str | None) -> EntityKind:
        if (channel_id is None) == (location is None):
            raise ValueError("An event takes place in a channel or at a location")
        if channel_id is None:
            return EntityKind.EXTERNAL
        channel = self._guild.channels.get(channel_id)
        if channel is None or channel.kind not in HELD_IN:
            raise ValueError(f"{channel_id} is no voice or stage channel")
        return HELD_IN[channel.kind]
