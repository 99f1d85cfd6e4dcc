"""Staying connected: which session to go on with, when to try again, and when to give up."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from interactions.api import events
from interactions.api.gateway.state import ConnectionState
from interactions.client.const import __api_version__
from interactions.client.errors import WebSocketClosed
from interactions.models.discord.enums import ApplicationFlags, Intents

from bot.gateway.connection import RecordedGateway
from bot.gateway.discretion import described
from bot.gateway.hearing import CLOCKS, Clocks, Hearing
from bot.gateway.identity import session_identity, sources_of
from bot.gateway.pace import Backoff, IdentifyBudget, Pace, some_time_within
from bot.gateway.refusals import (
    MEMBERS_NOT_GRANTED,
    MEMBERS_REFUSED,
    NEW_SESSION_NEEDED,
    REFUSALS,
    ConnectionLost,
    GatewayRefused,
    SessionInvalid,
)
from bot.recorder import Recorder
from storage.journal import GatewaySession

if TYPE_CHECKING:
    from bot.gateway.client import InsightsClient

RESUME_TRIES_AT_ITS_ADDRESS: Final = 2  # then at the common one: a gateway host may be gone for good
MEMBERS_GRANTED: Final = (
    ApplicationFlags.GATEWAY_GUILD_MEMBERS | ApplicationFlags.GATEWAY_GUILD_MEMBERS_LIMITED
)

log = logging.getLogger(__name__)


class SupervisedState(ConnectionState):
    client: InsightsClient

    def __init__(
        self,
        client: InsightsClient,
        intents: Intents,
        recorder: Recorder,
        budget: IdentifyBudget,
        pace: Pace,
        *,
        clocks: Clocks = CLOCKS,
    ) -> None:
        super().__init__(client, intents, shard_id=0)
        self.recorder = recorder
        self.problem: str | None = None  # why nothing is heard of Discord just now: one sentence
        self.notice: str | None = None  # what the bot runs without, and what that costs
        self._budget = budget
        self._pace = pace
        self._backoff = Backoff(pace)
        self._clocks = clocks

    @property
    def sources(self) -> tuple[str, ...]:
        return sources_of(self.intents)

    def hearing(self) -> Hearing:
        """For one connection."""
        return Hearing(self.recorder, self._pace.still_s, self._clocks)

    async def start(self) -> None:
        """Connect, and stay connected until stopped. Raises GatewayRefused."""
        self.start_time = self.client.clock.now()
        self._choose_intents()
        self._shard_task = asyncio.create_task(self._ws_connect(), name="gateway")
        self.gateway_started.set()
        await self._shard_task

    async def stop(self) -> None:
        task, self._shard_task = self._shard_task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.gateway_started.clear()

    async def identifying(self) -> None:
        """An IDENTIFY is about to go out."""
        await self._budget.spend()
        self.recorder.identifying(self._identity(self.intents), self.sources)

    def began(self, *, resumed: bool) -> None:
        self.problem = None
        log.info("The session goes on." if resumed else "A new session has begun.")
        if resumed:
            self.client.announce_resumed()

    async def _ws_connect(self) -> None:
        while True:
            started = time.monotonic()
            try:
                await self._connect()
            except (ConnectionLost, WebSocketClosed) as lost:
                await self._after(lost)
            except GatewayRefused:
                raise
            except Exception as error:  # whatever it was: the record must go on
                self._say(f"The connection to Discord failed ({described(error)}); trying again.")
                self.recorder.lost("Discord could not be reached")
            finally:
                self.clear_ready()
            if time.monotonic() - started > self._pace.steady_s:
                self._backoff.reset()
            self.client.dispatch(events.Disconnect())
            await asyncio.sleep(self._backoff.next_s())

    async def _connect(self) -> None:
        await self.recorder.settled()
        seed = self.recorder.resumable(self._identity(self.intents))
        if seed is None:
            await self._budget.wait(self._say)
        else:
            await self.client.prime()
        self.gateway_url = await self._address(seed)
        async with RecordedGateway(self, (self.shard_id, self.client.total_shards), seed) as self.gateway:
            await self.gateway.run()

    async def _address(self, seed: GatewaySession | None) -> str:
        if seed and seed.resume_url and self._backoff.failures < RESUME_TRIES_AT_ITS_ADDRESS:
            return f"{seed.resume_url}?encoding=json&v={__api_version__}&compress=zlib-stream"
        return await self.client.http.get_gateway()

    async def _after(self, lost: ConnectionLost | WebSocketClosed) -> None:
        """What an ended connection asks for, before the next one is made."""
        cause = lost.cause if isinstance(lost, ConnectionLost) else "Discord closed the connection"
        code = lost.code
        self._say(f"{cause[0].upper()}{cause[1:]}; connecting again.")
        if code == MEMBERS_NOT_GRANTED and Intents.GUILD_MEMBERS in self.intents:
            self._go_without_members()
        elif code in REFUSALS:
            raise GatewayRefused(REFUSALS[code])
        elif isinstance(lost, SessionInvalid) or code in NEW_SESSION_NEEDED:
            self.recorder.session_ended(cause)
            shortest_s, longest_s = self._pace.invalid_session_s
            await asyncio.sleep(some_time_within(longest_s, shortest_s))
        else:
            self.recorder.lost(cause)

    # ------------------------------------------------------------ intents

    def _choose_intents(self) -> None:
        """Go on with a session that had to do without members, unless they have been granted since."""
        reduced = self.intents & ~Intents.GUILD_MEMBERS
        was_reduced = reduced != self.intents and self.recorder.resumable(self._identity(reduced))
        granted = (self.client.app.flags or ApplicationFlags(0)) & MEMBERS_GRANTED
        if was_reduced and not granted:
            self._go_without_members()

    def _go_without_members(self) -> None:
        self.intents = self.client.intents = self.intents & ~Intents.GUILD_MEMBERS
        self.notice = MEMBERS_REFUSED
        log.warning(MEMBERS_REFUSED)

    def _identity(self, intents: Intents) -> str:
        return session_identity(str(self.client.token), intents, self.shard_id, self.client.guild_id)

    def _say(self, sentence: str) -> None:
        if sentence != self.problem:
            log.warning(sentence)
        self.problem = sentence
