"""Takes requests in, finds the function that answers, and lets the planned faults happen."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.faults import Faults, Hang, Held, RateLimit, Reset, RestFault, Scope, Status
from sandbox.refusals import Refusal, Refused
from sandbox.requests import RecordedRequest, RequestRecord
from sandbox.rest import (
    audit_log,
    commands,
    event_answers,
    event_exceptions,
    guilds,
    interactions,
    me,
    messages,
    scheduled_events,
)
from sandbox.rest.call import Call, Handler
from sandbox.rest.decoding import decoded
from sandbox.world import World

BASE = "/api/v10"
UPLOAD_BYTES = 128 * 1024 * 1024
# The header has to be exactly this: with a charset behind it, interactions.py does not parse the body.
JSON = {"Content-Type": "application/json"}


class RestServer:
    def __init__(self, world: World, faults: Faults, record: RequestRecord) -> None:
        self._world = world
        self._faults = faults
        self._record = record
        self._answered_at: deque[float] = deque()

    def routes(self) -> list[web.RouteDef]:
        events = [*scheduled_events.ROUTES, *event_exceptions.ROUTES, *event_answers.ROUTES]
        with_token = [
            *me.ROUTES,
            *guilds.ROUTES,
            *messages.ROUTES,
            *commands.ROUTES,
            *audit_log.ROUTES,
            *events,
        ]
        return [
            *(self._route(*route, needs_token=True) for route in with_token),
            *(self._route(*route, needs_token=False) for route in interactions.WITHOUT_TOKEN),
            web.route("*", "/api/{rest:.*}", self._unknown),
        ]

    def _route(self, method: str, path: str, handler: Handler, *, needs_token: bool) -> web.RouteDef:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, handler, needs_token=needs_token)

        return web.route(method, BASE + path, answer)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        def no_such_route(_: Call) -> Any:
            raise Refused(Refusal.NO_SUCH_ROUTE)

        return await self._answer(request, no_such_route, needs_token=True)

    async def _answer(
        self, request: web.Request, handler: Handler, *, needs_token: bool
    ) -> web.StreamResponse:
        recorded = RecordedRequest(request.method, request.path.removeprefix(BASE), dict(request.query), None)
        try:
            recorded.body, recorded.uploads = await decoded(request)
        except Refused as refused:
            return _respond(refused.body(), refused.status)
        self._record.add(recorded)
        self._world.changed.notify()
        response = await self._with_faults(request, recorded, handler, needs_token=needs_token)
        recorded.status = response.status
        self._world.changed.notify()
        return response

    async def _with_faults(
        self, request: web.Request, recorded: RecordedRequest, handler: Handler, *, needs_token: bool
    ) -> web.StreamResponse:
        fault = self._faults.take_rest(recorded.method, recorded.path)
        if self._faults.refusing:
            fault = Reset()
        if isinstance(fault, Hang):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, Held):
            await fault.let_go.wait()
        if isinstance(fault, RateLimit):
            return _rate_limited(fault)
        if isinstance(fault, Status | Reset) and not fault.after_effect:
            return _failed(request, fault)
        response = self._carried_out(request, recorded, handler, needs_token=needs_token)
        if isinstance(fault, Status | Reset):
            return _failed(request, fault)
        return response

    def _carried_out(
        self, request: web.Request, recorded: RecordedRequest, handler: Handler, *, needs_token: bool
    ) -> web.Response:
        if needs_token:
            if not self._has_token(request):
                return _refuse(Refused(Refusal.UNAUTHORIZED))
            wait_s = self._global_wait_s()
            if wait_s:
                return _rate_limited(RateLimit(wait_s, Scope.WHOLE_API))
        call = Call(
            self._world, request.match_info, request.query, recorded.body, recorded.uploads, request.host
        )
        try:
            answer = handler(call)
        except Refused as refused:
            return _refuse(refused)
        return web.Response(status=204) if answer is None else _respond(answer)

    def _has_token(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bot" and self._world.application.accepts(token)

    def _global_wait_s(self) -> float:
        """Source: Rate Limits, "Global Rate Limit": 50 requests a second, interaction endpoints apart."""
        now = self._world.monotonic()
        while self._answered_at and now - self._answered_at[0] > 1:
            self._answered_at.popleft()
        if len(self._answered_at) >= self._world.limits.requests_per_second:
            return 1 - (now - self._answered_at[0])
        self._answered_at.append(now)
        return 0.0


def _respond(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), status=status, headers={**JSON, **(headers or {})})


def _refuse(refused: Refused) -> web.Response:
    return _respond(refused.body(), refused.status)


def _rate_limited(limit: RateLimit) -> web.Response:
    """Source: Rate Limits, "Header Format" and "Exceeding A Rate Limit"."""
    whole_api, shared = limit.scope is Scope.WHOLE_API, limit.scope is Scope.SHARED_RESOURCE
    message = "The resource is being rate limited." if shared else "You are being rate limited."
    body = {"message": message, "retry_after": limit.retry_after_s, "global": whole_api}
    wait = str(limit.retry_after_s)
    headers = {"Retry-After": wait, "X-RateLimit-Scope": limit.scope.value}
    if whole_api:
        return _respond(body, 429, headers | {"X-RateLimit-Global": "true"})
    bucket = {"Bucket": "sandbox", "Limit": "1", "Remaining": "0", "Reset-After": wait}
    return _respond(body, 429, headers | {f"X-RateLimit-{name}": value for name, value in bucket.items()})


def _failed(request: web.Request, fault: RestFault) -> web.StreamResponse:
    if isinstance(fault, Status):
        return _respond({"message": f"{fault.code}: Error", "code": 0}, fault.code)
    if request.transport is not None:
        request.transport.close()
    return web.Response(status=444)
