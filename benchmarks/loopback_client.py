"""One client in a process of its own, which says how much CPU it needs for a number of dispatches.

`plain` is interactions.py as it comes, with the bot's intents, and does everything that it does with a
dispatch; `ours` is the bot's client. Reads lines of a variant and a number of dispatches: `none` records
nothing, `hook` takes every dispatch in and lets it go, `all` writes it to the journal, loads and folds it.
Answers `ready`, and after so many dispatches with the CPU seconds of all of this process's threads.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import interactions
from interactions.api.gateway import state as library
from interactions.api.gateway.gateway import GatewayClient

from benchmarks.loopback_server import GUILD
from benchmarks.material import SECRET
from bot.clock import SystemClock
from bot.gateway.client import InsightsClient
from bot.gateway.http import AddressedHTTP
from bot.gateway.identity import ALL_INTENTS, sources_of
from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.pipeline import Pipeline
from bot.recorder import Recorder
from storage.database import Warehouse
from storage.event_key import KeyMaker
from storage.journal import GatewaySession, Journal
from storage.rules import Rules
from storage.withdrawals import Withdrawals

SETTLE_S = 0.1  # what the library started for the last dispatches is done by then
OnDispatch = Callable[[int, str, Any], bool]


class Blotter:
    """A journal that keeps nothing."""

    is_overfull = False
    problem: str | None = None

    def append(self, item: object, mark: object = None) -> None: ...
    def durable(self, shard_id: int) -> GatewaySession | None: ...
    def last_session(self, shard_id: int) -> GatewaySession | None: ...
    def open_session(self, session: GatewaySession) -> None: ...
    def forget_session(self, shard_id: int) -> None: ...
    def covered(self, shard_id: int, to_ms: int) -> None: ...
    async def flushed(self) -> None: ...


class Switched(Recorder):
    """A recorder of which a variant can be switched on; until then every variant hears everything."""

    def __init__(self, intake: Intake, journal: Journal) -> None:
        super().__init__(intake, journal, SystemClock())
        self._hook = hook = Recorder(intake, Blotter(), SystemClock())
        self._variants: dict[str, OnDispatch] = {
            "none": lambda _sequence, _name, _data: True,
            "hook": hook.on_dispatch,
            "all": super().on_dispatch,
        }
        self._active: Sequence[OnDispatch] = [hook.on_dispatch, super().on_dispatch]
        self._left = 0
        self.done = asyncio.Event()

    def identifying(self, identity: str, sources: Sequence[str]) -> None:
        super().identifying(identity, sources)
        self._hook.identifying(identity, sources)

    def await_dispatches(self, variant: str, count: int) -> None:
        self._active, self._left = [self._variants[variant]], count
        self.done.clear()

    def on_dispatch(self, sequence: int, dispatch_type: str, data: Any) -> bool:
        for take in self._active:
            take(sequence, dispatch_type, data)
        self._left -= 1
        if not self._left:
            self.done.set()
        return True


def plain_client(api_url: str, recorder: Switched) -> interactions.Client:
    class HookedGateway(GatewayClient):
        async def dispatch_event(self, data: Any, seq: int, event: str) -> None:
            recorder.on_dispatch(seq, event, data)
            await super().dispatch_event(data, seq, event)

    library.GatewayClient = HookedGateway  # type: ignore[attr-defined]  # it names its class there
    logger = logging.getLogger("plain")
    client = interactions.Client(intents=ALL_INTENTS, logger=logger, send_command_tracebacks=False)
    client.http = AddressedHTTP(api_url, Pace(), logger)
    return client


async def run(kind: str, api_url: str, token: str, folder: Path) -> None:
    withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
    intake = Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(GUILD))
    journal = Journal.open(folder / "journal.db", intake.encode, intake.unencodable)
    warehouse = await Warehouse.open(str(folder / "warehouse.db"))
    await warehouse.migrate()
    pipeline = Pipeline(journal, warehouse, withdrawals, Rules(), guild_id=GUILD)
    recorder = Switched(intake, journal)
    client: Any
    if kind == "plain":
        recorder.identifying("", sources_of(ALL_INTENTS))
        client = plain_client(api_url, recorder)
    else:
        client = InsightsClient(
            guild_id=GUILD, recorder=recorder, journal=journal, clock=SystemClock(), api_url=api_url
        )
    running = asyncio.create_task(client.astart(token))
    await client.wait_until_ready()
    pipeline.start()
    while line := await asyncio.to_thread(sys.stdin.readline):
        variant, count = line.split()
        say(await cpu_seconds(recorder, pipeline, variant, int(count)))
    running.cancel()


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


async def cpu_seconds(recorder: Switched, pipeline: Pipeline, variant: str, count: int) -> float:
    recorder.await_dispatches(variant, count)
    began = time.process_time()
    say("ready")
    await recorder.done.wait()
    await asyncio.sleep(SETTLE_S)
    if variant == "all":
        await pipeline.caught_up(60)
    return time.process_time() - began


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
