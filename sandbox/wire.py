"""One websocket connection's outgoing side: frames in order, as plain text or as one zlib stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from collections import deque
from typing import Any

import msgspec
from aiohttp import web


def encoded(value: Any) -> bytes:
    """JSON bytes; lone surrogates, which strict encoders refuse, go out as the escapes Discord would send."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True).encode()


class Wire:
    """`put` never waits: one task writes the queued frames, so that a slow reader slows nobody."""

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, compress: bool
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._stream = zlib.compressobj() if compress else None
        self._frames: deque[bytes | int] = deque()
        self._waiting = asyncio.Event()
        self.hung_up = False

    def put(self, payload: bytes) -> None:
        self._frames.append(payload)
        self._waiting.set()

    def operation(self, code: int, data: Any = None) -> None:
        self.put(encoded({"op": code, "d": data, "s": None, "t": None}))

    def hang_up(self, code: int) -> None:
        """Close with that code, after everything that was put before."""
        self.hung_up = True
        self._frames.append(code)
        self._waiting.set()

    def abort(self) -> None:
        """Break the connection off without a word, as a lost network does."""
        self._transport.abort()

    async def pump(self) -> None:
        with contextlib.suppress(ConnectionError):  # the peer is gone: the session keeps buffering
            while True:
                await self._waiting.wait()
                self._waiting.clear()
                while self._frames:
                    frame = self._frames.popleft()
                    if isinstance(frame, int):
                        await self._socket.close(code=frame)
                        return
                    await self._write(frame)

    async def _write(self, payload: bytes) -> None:
        if self._stream is None:
            await self._socket.send_str(payload.decode())
        else:
            compressed = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(compressed)
