"""Who is interested in an event, as the bot would have asked Discord in the course of the history.

When it asks and what it makes of the answers is the bot's own; only REST is left out, and the server's book
of events answers instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.excerpt import Kept
from bot.intake import Intake
from bot.rsvp_lists import ListRequest
from bot.rsvp_recorder import RsvpRecorder
from sandbox.community_calendar import MINUTE_MS
from sandbox.community_history import Dispatch
from sandbox.community_seed import moment
from sandbox.event_state import Response
from sandbox.scheduled_events import EventBook
from storage.event import Event

LOOKS_EVERY_MS = MINUTE_MS  # with each heartbeat, about


class AskedAnswers:
    def __init__(self, book: EventBook, intake: Intake) -> None:
        self._book = book
        self._rows: list[Event] = []
        self._recorder = RsvpRecorder(intake, self._rows.append)
        self._session = ""
        self._looked_ms = 0

    def after(self, dispatch: Dispatch, kept: Kept) -> Iterator[Event]:
        """What the bot would have written down after a dispatch."""
        if dispatch.session != self._session:
            self._session = dispatch.session
            self._recorder.lists.forget()
        self._recorder.follow(kept, dispatch.at_ms)
        if dispatch.type.startswith("GUILD_") or dispatch.at_ms - self._looked_ms >= LOOKS_EVERY_MS:
            self._looked_ms = dispatch.at_ms
            self._ask(dispatch.at_ms)
        yield from self._rows
        self._rows.clear()

    def _ask(self, now_ms: int) -> None:
        while (request := self._recorder.due(now_ms)) is not None:
            answers = self._answers(request)
            self._recorder.taken(request, answers or {}, complete=answers is not None, now_ms=now_ms)

    def _answers(self, request: ListRequest) -> dict[int, int] | None:
        """By user id, as the list is sorted. None: the event is over, and Discord does not tell any more."""
        event = self._book.find(request.event_id)
        if event is None or not event.is_upcoming:
            return None
        if request.original_start_ms is None:
            return dict.fromkeys(sorted(event.interested), int(Response.INTERESTED))
        responses = event.responses.get(moment(request.original_start_ms), {})
        return {user_id: int(response) for user_id, response in sorted(responses.items())}
