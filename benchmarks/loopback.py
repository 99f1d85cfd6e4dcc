"""What recording costs a client's CPU, over a real websocket to a stand-in of Discord on this machine.

Both variants of a pair run in the same process and on the same connection, by turns, or in one client's
process each where the clients differ.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from benchmarks.contest import Benchmark, Bound, Contest, Measure

if TYPE_CHECKING:
    from benchmarks.material import Material


class Variant(NamedTuple):
    client: str  # plain or ours
    records: str  # none, hook or all (loopback_client.py)


class Pair:
    """A client and the Discord that it is connected to."""

    def __init__(self, server: Process, client: Process) -> None:
        self._server = server
        self._client = client

    async def cpu_us(self, records: str, dispatches: int) -> float:
        """Microseconds of CPU a dispatch."""
        await _tell(self._client, f"{records} {dispatches}")
        assert await _line(self._client) == "ready"
        await _tell(self._server, str(dispatches))
        return float(await _line(self._client)) / dispatches * 1e6


@asynccontextmanager
async def connected(client: str, folder: Path) -> AsyncIterator[Pair]:
    async with _program("loopback_server") as server:
        api_url, token = (await _line(server)).split()
        async with _program("loopback_client", client, api_url, token, str(folder)) as process:
            yield Pair(server, process)


@asynccontextmanager
async def _program(module: str, *arguments: str) -> AsyncIterator[Process]:
    command = sys.executable, "-m", f"benchmarks.{module}", *arguments
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _tell(process: Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line.encode() + b"\n")
    await process.stdin.drain()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


class Clients:
    """The client of each kind, with its Discord, for as long as anything is measured with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self._pairs: dict[str, Pair] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def pair(self, client: str) -> Pair:
        if client not in self._pairs:
            folder = self._folder / client
            folder.mkdir()
            self._pairs[client] = await self._stack.enter_async_context(connected(client, folder))
        return self._pairs[client]


@asynccontextmanager
async def _begin(ours: Variant, limit: Variant, material: Material) -> AsyncIterator[Contest]:
    async def of(variant: Variant) -> Measure:
        pair = await material.clients.pair(variant.client)
        return partial(pair.cpu_us, variant.records, material.scale.dispatches)

    yield Contest(await of(ours), await of(limit))


def _benchmark(name: str, ours: Variant, limit: Variant, bound: Bound) -> Benchmark:
    return Benchmark(name, "µs CPU", partial(_begin, ours, limit), AGAINST[limit], bound)


PLAIN, SILENT = Variant("plain", "none"), Variant("ours", "none")
AGAINST = {
    PLAIN: "interactions.py with the same intents, which processes every dispatch itself",
    SILENT: "the bot's client, which keeps these dispatches from the library, without its recorder",
}
HOOK, EVERYTHING = Bound("≤", 1.02), Bound("≤", 1.1)
BENCHMARKS = (
    _benchmark("dispatch hook", Variant("ours", "hook"), PLAIN, HOOK),
    _benchmark("everything", Variant("ours", "all"), PLAIN, EVERYTHING),
    _benchmark("dispatch hook beside the library's own processing", Variant("plain", "hook"), PLAIN, HOOK),
    _benchmark("everything beside the library's own processing", Variant("plain", "all"), PLAIN, EVERYTHING),
    _benchmark("dispatch hook, of a client that skips it", Variant("ours", "hook"), SILENT, HOOK),
    _benchmark("everything, of a client that skips it", Variant("ours", "all"), SILENT, EVERYTHING),
)
