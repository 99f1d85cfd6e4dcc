"""One gateway connection, from Hello to its close.

Source: Gateway, "Connection Lifecycle"; Opcodes and Status Codes, "Gateway Opcodes" and "Close Event Codes".
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.close_codes import CLIENT_ENDS_SESSION, ENDS_SESSION, CloseCode
from sandbox.faults import Faults
from sandbox.handshake import HangUp, identified, introduce, resumed
from sandbox.member_request import answer_member_request
from sandbox.session import Session
from sandbox.wire import Wire
from sandbox.world import ReceivedOperation, World

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, REQUEST_MEMBERS, SOUNDBOARD = 1, 2, 3, 4, 6, 8, 31
RECONNECT, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 9, 10, 11
DONE = object()
ACCEPTED_WITHOUT_EFFECT = frozenset({PRESENCE, VOICE_STATE, SOUNDBOARD})


class Connection:
    def __init__(self, world: World, faults: Faults, request: web.Request) -> None:
        self._world = world
        self._faults = faults
        self._request = request
        self._session: Session | None = None
        self._sent_at: deque[float] = deque()
        self._silence: asyncio.TimerHandle | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._wire: Wire

    async def serve(self) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=1.0, compress=False, max_msg_size=1 << 20)
        await socket.prepare(self._request)
        transport = self._request.transport
        if transport is None:  # the client has gone again already
            return socket
        compress = self._request.query.get("compress") == "zlib-stream"
        self._wire = Wire(socket, transport, compress=compress)
        pump = asyncio.create_task(self._wire.pump())
        try:
            await self._converse(socket)
        finally:
            self._leave(socket.close_code)
            pump.cancel()
        return socket

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        if self._request.query.get("v") != "10" or self._request.query.get("encoding") != "json":
            self._wire.hang_up(CloseCode.INVALID_API_VERSION)
        else:
            interval_ms = self._world.limits.heartbeat_interval_ms
            self._wire.operation(HELLO, {"heartbeat_interval": interval_ms, "_trace": []})
            self._expect_heartbeat()
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            try:
                self._receive(frame.data)
            except HangUp as hang_up:
                self._hang_up(hang_up.code)

    def _receive(self, text: str) -> None:
        self._count_send()
        code, data = _parsed(text, self._world.limits.send_bytes)
        self._world.note_operation(ReceivedOperation(code, data))
        if code == HEARTBEAT:
            self._expect_heartbeat()
            if self._faults.acknowledging:
                self._wire.operation(HEARTBEAT_ACK)
        elif code == IDENTIFY:
            self._identify(data)
        elif code == RESUME:
            self._resume(data)
        elif self._session is None:
            raise HangUp(CloseCode.NOT_AUTHENTICATED)
        elif code == REQUEST_MEMBERS:
            self._answer(answer_member_request(self._world, self._session, data))
        elif code not in ACCEPTED_WITHOUT_EFFECT:
            raise HangUp(CloseCode.UNKNOWN_OPCODE)

    def _answer(self, answering: Iterator[None]) -> None:
        """At once as far as the first pause: a hundred thousand members must not hold up everybody else.

        It goes on when the connection is lost: the session keeps what it brings.
        """

        async def go_on() -> None:
            for _ in answering:
                await asyncio.sleep(0)

        if next(answering, DONE) is not DONE:
            task = asyncio.create_task(go_on())
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    def _identify(self, data: Any) -> None:
        if self._session is not None:
            raise HangUp(CloseCode.ALREADY_AUTHENTICATED)
        self._session = identified(self._world, data)
        self._session.attach(self._wire)
        introduce(self._world, self._session, self._request.host)

    def _resume(self, data: Any) -> None:
        if self._session is not None:
            raise HangUp(CloseCode.ALREADY_AUTHENTICATED)
        session = resumed(self._world, data)
        if session is None:
            self._wire.operation(INVALID_SESSION, False)
            return
        if session.wire is not None:  # the earlier connection is a dead one that nobody has noticed yet
            session.wire.hang_up(CloseCode.UNKNOWN_ERROR)
        for payload in session.missed_since(data["seq"]):
            self._wire.put(payload)
        self._session = session
        session.attach(self._wire)
        session.send("RESUMED", b'{"_trace":[]}', replayable=False)

    def _count_send(self) -> None:
        """Source: Gateway, "Rate Limiting": above 120 events in 60 s the connection is closed."""
        now = self._world.monotonic()
        while self._sent_at and now - self._sent_at[0] > 60:
            self._sent_at.popleft()
        self._sent_at.append(now)
        if len(self._sent_at) > self._world.limits.sends_per_minute:
            raise HangUp(CloseCode.RATE_LIMITED)

    def _expect_heartbeat(self) -> None:
        """Two intervals of silence, and the session counts as timed out."""
        if self._silence is not None:
            self._silence.cancel()
        silence_s = 2 * self._world.limits.heartbeat_interval_ms / 1000
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(silence_s, self._hang_up, CloseCode.SESSION_TIMED_OUT)

    def _hang_up(self, code: CloseCode) -> None:
        if code in ENDS_SESSION and self._session is not None:
            self._world.gateway.end(self._session)
        self._wire.hang_up(code)

    def _leave(self, close_code: int | None) -> None:
        if self._silence is not None:
            self._silence.cancel()
        session = self._session
        if session is None or session.wire is not self._wire:
            return
        session.detach()
        if close_code in CLIENT_ENDS_SESSION and not self._wire.hung_up:  # else it only echoes our close
            self._world.gateway.end(session)
        self._world.changed.notify()


def _parsed(text: str, longest: int) -> tuple[int, Any]:
    if len(text.encode()) > longest:  # Gateway, "Sending Events": larger than 4096 bytes is closed with 4002
        raise HangUp(CloseCode.DECODE_ERROR)
    try:
        message = json.loads(text)
    except ValueError:
        raise HangUp(CloseCode.DECODE_ERROR) from None
    if not isinstance(message, dict):
        raise HangUp(CloseCode.DECODE_ERROR)
    code = message.get("op")
    if not isinstance(code, int):
        raise HangUp(CloseCode.UNKNOWN_OPCODE)
    return code, message.get("d")
