"""A way to PostgreSQL on which things happen: it delays, swallows, or is closed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

CHUNK = 65536


class Proxy:
    """Listens on 127.0.0.1 and speaks to the server's socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.delay_s = 0.0
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def swallow(self) -> None:
        """What is sent arrives nowhere, and nobody is told."""
        self._open.clear()

    def deliver(self) -> None:
        self._open.set()

    def forget(self) -> None:
        """What was swallowed stays so; who connects from now on is served."""
        self._open = asyncio.Event()
        self._open.set()

    async def close(self) -> None:
        """Refuses everybody, and ends what was connected."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        self._writers.add(writer)
        is_open = self._open
        with suppress(OSError):
            server_reader, server_writer = await asyncio.open_unix_connection(self._socket)
            self._writers.add(server_writer)
            await asyncio.gather(
                self._pass_on(reader, server_writer, is_open), self._pass_on(server_reader, writer, is_open)
            )
            self._writers.discard(server_writer)
        writer.close()
        self._writers.discard(writer)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_open: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while some := await reader.read(CHUNK):
                await is_open.wait()
                await asyncio.sleep(self.delay_s)
                writer.write(some)
                await writer.drain()
        writer.close()
