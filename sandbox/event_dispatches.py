"""What the gateway sends about scheduled events: nothing of an event in a channel that the bot cannot see.

Source: Gateway Events, "Guild Scheduled Event Create" and following. The exceptions' dispatches carry the
exception object with `guild_id`; an answer to one occurrence carries its exception id and the response.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.event_objects import event_object, exception_id, exception_object
from sandbox.event_state import EventException, Response, ScheduledEvent
from sandbox.permissions import Permission

if TYPE_CHECKING:
    from sandbox.guild import Guild

Dispatches = list[tuple[str, dict[str, Any]]]


class EventDispatches:
    def __init__(self, guild: Guild) -> None:
        self._guild = guild

    def visible_to(self, user_id: int, event: ScheduledEvent) -> bool:
        """Whether that member may see it: View Channel of its channel; external ones are seen by all."""
        member = self._guild.members.get(user_id)
        if member is None:
            return False
        if event.channel_id is None:
            return True
        channel = self._guild.channels.get(event.channel_id)
        return channel is not None and Permission.VIEW_CHANNEL in self._guild.permissions(member, channel)

    def event(self, what: str, event: ScheduledEvent) -> Dispatches:
        return self._told(event, what, event_object(event, self._guild.guild_id))

    def exception(self, what: str, event: ScheduledEvent, exception: EventException) -> Dispatches:
        return self._told(event, f"EXCEPTION_{what}", exception_object(event, exception))

    def all_exceptions_gone(self, event: ScheduledEvent) -> Dispatches:
        return self._told(event, "EXCEPTIONS_DELETE", {"event_id": str(event.event_id)})

    def answer(
        self,
        what: str,
        event: ScheduledEvent,
        user_id: int,
        original_start: datetime | None = None,
        response: Response = Response.INTERESTED,
    ) -> Dispatches:
        shape: dict[str, Any] = {"guild_scheduled_event_id": str(event.event_id), "user_id": str(user_id)}
        if original_start is not None:
            occurrence = str(exception_id(original_start))
            shape |= {"guild_scheduled_event_exception_id": occurrence, "response": int(response)}
        return self._told(event, f"USER_{what}", shape)

    def _told(self, event: ScheduledEvent, what: str, shape: dict[str, Any]) -> Dispatches:
        if not self.visible_to(self._guild.bot_user_id, event):
            return []
        return [(f"GUILD_SCHEDULED_EVENT_{what}", shape | {"guild_id": str(self._guild.guild_id)})]
