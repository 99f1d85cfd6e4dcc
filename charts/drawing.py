"""Charts are drawn in one warm process of their own: drawing in the bot's would stall its heartbeat.

Nothing here imports matplotlib.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
import sys
from asyncio.subprocess import PIPE, Process
from typing import TypeAlias

from reports.figures import AnyFigure

Figure: TypeAlias = AnyFigure

WARM_UP_S = 120.0  # a machine's very first start indexes all its fonts
TIMEOUT_S = 15.0
_LENGTH = struct.Struct(">I")
_DRAWN = b"+"
_TIMED_OUT = "The picture could not be drawn in time."
_STOPPED = "The picture could not be drawn: the drawing process stopped."
_REFUSED = "The picture could not be drawn."


class DrawingFailed(Exception):
    """Its text is a sentence for the reader; `detail` is for the log."""

    def __init__(self, sentence: str, detail: str | None = None) -> None:
        super().__init__(sentence)
        self.detail = detail


class Drawing:
    """One picture at a time. A process that hangs or dies is replaced, and the next picture is drawn."""

    def __init__(self) -> None:
        self._worker: _Worker | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the process; it warms up while the bot goes on."""
        if self._worker is None:
            self._worker = await _Worker.spawn()

    async def draw(self, figure: Figure, timeout_s: float = TIMEOUT_S) -> bytes:
        """A PNG of at most 64 colours. Waiting for a turn counts as part of `timeout_s`.

        Raises DrawingFailed; the caller then goes on without a picture and says so.
        """
        try:
            async with asyncio.timeout(timeout_s), self._turn:
                return await self._drawn(pickle.dumps(figure))
        except TimeoutError as error:
            raise DrawingFailed(_TIMED_OUT, f"after {timeout_s:g} s") from error
        except OSError as error:
            raise DrawingFailed(_STOPPED, f"no process could be started: {error}") from error

    async def _drawn(self, request: bytes) -> bytes:
        worker = await self._ready()
        try:
            reply = await worker.exchange(request)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await self._replace()
            raise DrawingFailed(_STOPPED, str(error)) from error
        except (
            asyncio.CancelledError
        ):  # by the time limit or by the caller: its answer must not reach the next
            await self._replace()
            raise
        if not reply.startswith(_DRAWN):
            raise DrawingFailed(_REFUSED, reply[1:].decode(errors="replace"))
        return reply[1:]

    async def _ready(self) -> _Worker:
        await self.start()
        assert self._worker is not None
        try:
            await self._worker.warm()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError) as error:
            await self.close()  # the next picture tries again
            raise DrawingFailed(_STOPPED, f"while starting: {error}") from error
        return self._worker

    async def _replace(self) -> None:
        await self.close()
        await self.start()

    async def close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.kill()


class _Worker:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._warm = asyncio.create_task(self._read_within(WARM_UP_S))

    @classmethod
    async def spawn(cls) -> _Worker:
        """A session of its own: Ctrl-C in the bot's terminal must not reach it."""
        command = (sys.executable, "-P", "-m", "charts.worker")
        return cls(
            await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, start_new_session=True)
        )

    async def warm(self) -> None:
        """Shielded: who stops waiting does not stop the warming up."""
        await asyncio.shield(self._warm)

    async def exchange(self, request: bytes) -> bytes:
        assert self._process.stdin is not None
        self._process.stdin.write(_LENGTH.pack(len(request)) + request)
        await self._process.stdin.drain()
        return await self._read()

    async def _read_within(self, seconds: float) -> bytes:
        async with asyncio.timeout(seconds):
            return await self._read()

    async def _read(self) -> bytes:
        assert self._process.stdout is not None
        (length,) = _LENGTH.unpack(await self._process.stdout.readexactly(_LENGTH.size))
        return await self._process.stdout.readexactly(length)

    async def kill(self) -> None:
        self._warm.cancel()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await asyncio.gather(self._warm, return_exceptions=True)
