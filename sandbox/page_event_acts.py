"""What people do with scheduled events on the page, within what Discord would let them do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from sandbox.discord import Sandbox
from sandbox.event_state import ScheduledEvent, WrongStatus
from sandbox.page_asked import ChangeEvent, CreateEvent, asked
from sandbox.page_events import may_create, may_organize
from sandbox.page_persona import VOICE_KINDS, Viewer
from sandbox.recurrence import RecurrenceRule

CHANGED_MEANWHILE = "This event has changed meanwhile."
NOT_ALLOWED = "You do not have permission to do this."
LONGEST_WAIT_MINUTES = 60 * 24 * 60  # sixty days


class EventActs:
    def __init__(self, sandbox: Sandbox, viewer: Callable[[int], Viewer]) -> None:
        self._sandbox = sandbox
        self._viewer = viewer

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/event/create", self.create), web.post("/event/change", self.change)]

    async def create(self, request: web.Request) -> web.Response:
        wanted = await asked(request, CreateEvent)
        viewer = self._viewer(wanted.persona)
        return web.json_response({"trouble": self._create(viewer, wanted)})

    def _create(self, viewer: Viewer, wanted: CreateEvent) -> str:
        title = " ".join(wanted.title.split())
        channel = self._sandbox.world.guild.channels.get(wanted.channel)
        if not may_create(viewer):
            return NOT_ALLOWED
        if not 1 <= len(title) <= 100:
            return "A title has 1 to 100 characters."
        if channel is None or channel.kind not in VOICE_KINDS or not viewer.sees(wanted.channel):
            return "Choose one of the voice channels."
        if not 1 <= wanted.minutes <= LONGEST_WAIT_MINUTES:
            return f"An event starts in 1 to {LONGEST_WAIT_MINUTES:,} minutes."
        start = self._sandbox.world.clock.now().replace(microsecond=0) + timedelta(minutes=wanted.minutes)
        recurrence = RecurrenceRule.weekly(start) if wanted.weekly else None
        try:
            self._sandbox.create_event(
                viewer.user_id, title, start, channel_id=wanted.channel, recurrence=recurrence
            )
        except ValueError as error:
            return f"{error}."
        return ""

    async def change(self, request: web.Request) -> web.Response:
        wanted = await asked(request, ChangeEvent)
        viewer = self._viewer(wanted.persona)
        return web.json_response({"trouble": self._change(viewer, wanted)})

    def _change(self, viewer: Viewer, wanted: ChangeEvent) -> str:
        events = self._sandbox.world.guild.events
        event = events.find(wanted.event)
        if event is None or not events.visible_to(viewer.user_id, event):
            return CHANGED_MEANWHILE
        if wanted.action not in ("interested", "not_interested") and not may_organize(viewer, event):
            return NOT_ALLOWED
        try:
            self._do(viewer, event, wanted)
        except (WrongStatus, LookupError):
            return CHANGED_MEANWHILE
        except ValueError as error:
            return f"{error}."
        return ""

    def _do(self, viewer: Viewer, event: ScheduledEvent, wanted: ChangeEvent) -> None:
        sandbox = self._sandbox
        match wanted.action:
            case "start":
                sandbox.start_event(event.event_id)
            case "end":
                sandbox.end_event(event.event_id)
            case "cancel":
                sandbox.cancel_event(event.event_id)
            case "cancel_once":
                sandbox.make_exception(event.event_id, event.start, is_cancelled=True)
            case "interested":
                sandbox.answer_event(viewer.user_id, event.event_id)
            case "not_interested":
                sandbox.withdraw_answer(viewer.user_id, event.event_id)
