"""Fetches over REST who is interested in an event, page by page, beside the recording."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from interactions.api.http.route import Route

from bot.gateway.fetching import NOT_FOUND, Fetcher, NotGiven
from bot.rsvp_lists import ListRequest
from bot.well_formed import ABSENT, DISCORD_EPOCH_MS, Malformed, answer, snowflake_number

PAGE: Final = 100  # "Get Guild Scheduled Event Users": at most so many at once

EVENTS: Final = "/guilds/{guild_id}/scheduled-events"
INTERESTED: Final = EVENTS + "/{event_id}/users"
ANSWERS_TO_ONE: Final = EVENTS + "/{event_id}/{exception_id}/users"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class RsvpList:
    """What has come of a list so far."""

    answers: dict[int, int] = field(default_factory=dict)
    is_readable: bool = True
    last_id: int = 0  # of the people so far: the next page begins after it

    def take(self, page: list[Any], original_start_ms: int | None) -> None:
        for element in page:
            try:
                self._take_one(element if isinstance(element, dict) else {}, original_start_ms)
            except Malformed:
                self.is_readable = False

    def _take_one(self, element: Mapping[str, Any], original_start_ms: int | None) -> None:
        user_id = snowflake_number(element.get("user_id", ABSENT))
        self.last_id = max(self.last_id, user_id)
        response = answer(element.get("response", ABSENT))
        if original_start_ms is not None or element.get("guild_scheduled_event_exception_id") is None:
            self.answers[user_id] = response


class RsvpFetcher(Fetcher):
    about = "The lists of those interested"

    async def _work_off(self) -> None:
        if self._recorder.events_unknown:
            await self._learn_events()
        while (request := self._recorder.rsvp_list_due()) is not None:
            fetched, complete = await self._fetched(request)
            self._recorder.rsvp_list_taken(request, fetched.answers, complete=complete)

    async def _learn_events(self) -> None:
        """After a RESUME in a new process: which events there are, nobody tells by itself."""
        try:
            events = await self._get(Route("GET", EVENTS, guild_id=self._guild_id), {}, list)
        except NotGiven as refused:
            log.warning("Discord does not tell which scheduled events there are (%s).", refused)
            if refused.status is None:
                return  # until the next look
            events = []
        self._recorder.events_told(events)

    async def _fetched(self, request: ListRequest) -> tuple[RsvpList, bool]:
        """The list, and whether nobody is missing in it."""
        fetched = RsvpList()
        while True:
            before = fetched.last_id
            try:
                query = {"limit": PAGE, "after": str(before)}
                page = await self._get(self._route(request), query, list)
            except NotGiven as refused:
                # of an event that is over, Discord often has none any more
                level = logging.INFO if refused.status == NOT_FOUND else logging.WARNING
                log.log(level, "A list of those interested in an event is not complete (%s).", refused)
                return fetched, False
            fetched.take(page, request.original_start_ms)
            if len(page) < PAGE:
                return fetched, fetched.is_readable
            if fetched.last_id == before:
                log.warning("A list of those interested in an event is not complete (it does not go on).")
                return fetched, False

    def _route(self, request: ListRequest) -> Route:
        place = {"guild_id": self._guild_id, "event_id": request.event_id}
        if request.original_start_ms is None:
            return Route("GET", INTERESTED, **place)
        exception_id = (request.original_start_ms - DISCORD_EPOCH_MS) << 22
        return Route("GET", ANSWERS_TO_ONE, **place, exception_id=exception_id)
