"""Fetches over REST who is interested in an event, page by page, beside the recording."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from interactions.api.http.http_client import HTTPClient
from interactions.api.http.route import Route
from interactions.client.errors import HTTPException

from bot.gateway.discretion import described
from bot.gateway.http import TOO_MANY, UNREACHABLE
from bot.gateway.pace import Backoff, Pace
from bot.recorder import Recorder
from bot.rsvp_lists import ListRequest
from bot.well_formed import ABSENT, DISCORD_EPOCH_MS, Malformed, answer, snowflake_number

PAGE: Final = 100  # "Get Guild Scheduled Event Users": at most so many at once
NOT_FOUND: Final = 404
TRIES: Final = 3  # each of them three of the library's own

EVENTS: Final = "/guilds/{guild_id}/scheduled-events"
INTERESTED: Final = EVENTS + "/{event_id}/users"
ANSWERS_TO_ONE: Final = EVENTS + "/{event_id}/{exception_id}/users"

log = logging.getLogger(__name__)


class NotGiven(Exception):
    """Discord does not give it. The message says with which status, or what else went wrong."""

    def __init__(self, problem: str, *, for_good: bool, is_gone: bool = False) -> None:
        super().__init__(problem)
        self.for_good = for_good
        self.is_gone = is_gone


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


class RsvpFetcher:
    """Works off what the recorder says is due. `look` tells it that something may be."""

    def __init__(self, http: HTTPClient, recorder: Recorder, guild_id: int, pace: Pace) -> None:
        self._http = http
        self._recorder = recorder
        self._guild_id = guild_id
        self._pace = pace
        self._wake = asyncio.Event()
        self.is_idle = True  # nothing is due that is not worked off
        self._task: asyncio.Task[None] | None = None

    def look(self) -> None:
        self._wake.set()
        self.is_idle = False
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="lists of those interested")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._work_off()
            except Exception as error:  # one list that nobody thought of must not end all others
                log.error("A list of those interested was not taken up: %s", described(error))  # noqa: TRY400
            self.is_idle = not self._wake.is_set()

    async def _work_off(self) -> None:
        if self._recorder.events_unknown:
            await self._learn_events()
        while (request := self._recorder.rsvp_list_due()) is not None:
            fetched, complete = await self._fetched(request)
            self._recorder.rsvp_list_taken(request, fetched.answers, complete=complete)

    async def _learn_events(self) -> None:
        """After a RESUME in a new process: which events there are, nobody tells by itself."""
        try:
            events = await self._get(Route("GET", EVENTS, guild_id=self._guild_id), {})
        except NotGiven as refused:
            log.warning("Discord does not tell which scheduled events there are (%s).", refused)
            if not refused.for_good:
                return  # until the next look
            events = []
        self._recorder.events_told(events)

    async def _fetched(self, request: ListRequest) -> tuple[RsvpList, bool]:
        """The list, and whether nobody is missing in it."""
        fetched = RsvpList()
        while True:
            before = fetched.last_id
            try:
                page = await self._get(self._route(request), {"limit": PAGE, "after": str(before)})
            except NotGiven as refused:
                # of an event that is over, Discord often has none any more
                level = logging.INFO if refused.is_gone else logging.WARNING
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

    async def _get(self, route: Route, params: dict[str, Any]) -> list[Any]:
        """One list as JSON. Raises NotGiven when Discord denies it, or is in trouble for longer."""
        backoff, problem = Backoff(self._pace), ""
        for _ in range(TRIES):
            await asyncio.sleep(self._pace.list_spacing_s)
            try:
                got: Any = await self._http.request(route, params=params)
            except HTTPException as error:
                problem = f"status {error.status}"
                if error.status < 500 and error.status != TOO_MANY:
                    raise NotGiven(problem, for_good=True, is_gone=error.status == NOT_FOUND) from None
            except UNREACHABLE as error:
                problem = type(error).__name__
            else:
                if isinstance(got, list):
                    return got
                problem = "no list came"  # the library has given up, and says nothing else
            await asyncio.sleep(backoff.next_s())
        raise NotGiven(problem, for_good=False)
