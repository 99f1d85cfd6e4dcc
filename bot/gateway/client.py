"""The Discord client: interactions.py behind a recorder, and without its habits that lose sessions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from interactions import Client
from interactions.api import events
from interactions.client.errors import HTTPException, LoginError
from interactions.models.discord.enums import Intents
from interactions.models.internal.listener import Listener

from bot.clock import Clock
from bot.gateway.audit_log import AuditFetcher
from bot.gateway.channels import ChannelFetcher
from bot.gateway.discretion import described, discreet_logger
from bot.gateway.hearing import CLOCKS, Clocks
from bot.gateway.http import AddressedHTTP
from bot.gateway.identity import ALL_INTENTS
from bot.gateway.pace import Backoff, IdentifyBudget, IdentifyLog, Pace
from bot.gateway.refusals import TOKEN_REFUSED, GatewayRefused
from bot.gateway.rsvp_lists import RsvpFetcher
from bot.gateway.supervision import SupervisedState
from bot.recorder import Recorder

DISCORD: Final = "https://discord.com/api/v10"
PRIMING_HEAD_START_S: Final = 2.0  # recording waits no longer for what only the commands need

log = logging.getLogger(__name__)


class InsightsClient(Client):
    """`astart(token)` runs until `stop()`. Raises GatewayRefused when Discord will not let the bot in."""

    def __init__(
        self,
        *,
        guild_id: int,
        recorder: Recorder,
        journal: IdentifyLog,
        clock: Clock,
        api_url: str = DISCORD,
        intents: Intents = ALL_INTENTS,
        pace: Pace | None = None,
        identify_limit: int = 900,
        clocks: Clocks = CLOCKS,
    ) -> None:
        """`clocks` tell that the process stood still; `clock` tells the time of day that is recorded."""
        logger = discreet_logger()
        super().__init__(
            intents=intents,
            logger=logger,
            send_command_tracebacks=False,
            send_not_ready_messages=True,
            disable_dm_commands=True,
        )
        pace = pace or Pace()
        self.guild_id = guild_id
        self.clock = clock
        self.recorder = recorder
        self.http: AddressedHTTP = AddressedHTTP(api_url, pace, logger)
        budget = IdentifyBudget(journal, clock, pace, identify_limit)
        self._connection_state: SupervisedState = SupervisedState(
            self, intents, recorder, budget, pace, clocks=clocks
        )
        self.rsvp_lists = RsvpFetcher(self.http, recorder, guild_id, pace)
        self.audit_log = AuditFetcher(self.http, recorder, guild_id, pace)
        self.channels_asked = ChannelFetcher(self.http, recorder, guild_id, pace)
        self._fetchers = (self.channels_asked, self.rsvp_lists, self.audit_log)
        self._pace = pace
        self._priming: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._has_stopped = False
        self._started = asyncio.Event()  # commands are known, and can be answered
        self.processors = {name: _guarded(process) for name, process in self.processors.items()}

    @property
    def problem(self) -> str | None:
        """Why nothing is heard of Discord just now, in one sentence; None while all is well."""
        return self.http.problem or self._connection_state.problem

    @property
    def notice(self) -> str | None:
        """What the bot has to do without, and which figures that costs."""
        notices = (self._connection_state.notice, self.audit_log.problem)
        return " ".join(notice for notice in notices if notice) or None

    def look(self) -> None:
        """Something may be due that Discord tells only over REST."""
        for fetcher in self._fetchers:
            fetcher.look()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being asked for."""
        return all(fetcher.is_idle for fetcher in self._fetchers)

    async def login(self, token: str | None = None) -> None:
        """Log in, however long Discord is away. Raises GatewayRefused for a token that is no good."""
        if not token or not token.isascii() or not token.isprintable() or " " in token.strip():
            raise GatewayRefused(TOKEN_REFUSED)
        self.http.is_patient = True
        try:
            await super().login(token)
        except LoginError:
            raise GatewayRefused(TOKEN_REFUSED) from None
        except HTTPException as error:
            raise GatewayRefused(f"Discord refuses the bot's login (status {error.status}).") from None
        finally:
            self.http.is_patient = False

    async def stop(self) -> None:
        """Leave without ending the session, so that the next start goes on with it."""
        if self._has_stopped:
            return
        self._has_stopped = True
        await self._connection_state.stop()
        for fetcher in self._fetchers:
            await fetcher.stop()
        for task in [*self._background, *([self._priming] if self._priming else [])]:
            task.cancel()
        self.recorder.stopped()
        await self.http.close()

    # ------------------------------------------------------------ after a restart

    async def prime(self) -> None:
        """Before a RESUME: it brings neither READY nor GUILD_CREATE, without which no command is answered."""
        if self._startup or self._priming:
            return
        self._priming = asyncio.create_task(self._prime_until_done(), name="priming")
        await asyncio.wait({self._priming}, timeout=PRIMING_HEAD_START_S)

    async def until_started(self, longest_s: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._started.wait(), longest_s)

    def announce_resumed(self) -> None:
        """After a cold RESUME the library says nothing: tell its listeners as after READY."""
        if self._priming is not None:
            self._in_background(self._ready_when_primed(self._priming))

    async def _prime_until_done(self) -> None:
        backoff = Backoff(self._pace)
        while not self._startup:
            try:
                await self._take_up_guild()
            except Exception as error:  # commands must come back, whatever it was
                log.warning("Commands cannot be answered yet: %s", described(error))
                await asyncio.sleep(backoff.next_s())
                continue
            await self._init_interactions()
            self._startup = True
            self.dispatch(events.Startup())

    async def _take_up_guild(self) -> None:
        """What GUILD_CREATE would have brought, as far as commands need it."""
        guild: Any = await self.http.get_guild(self.guild_id)
        guild["channels"] = await self.http.get_guild_channels(self.guild_id)
        guild.setdefault("member_count", guild.get("approximate_member_count", 0))
        self.user._add_guilds({self.guild_id})
        self.cache.place_guild_data(guild)

    async def _ready_when_primed(self, priming: asyncio.Task[None]) -> None:
        await priming
        self._priming = None
        self._ready.set()
        self.dispatch(events.Ready())

    async def _init_interactions(self) -> None:
        """Register the commands. The library would let a failure pass and never answer one."""
        try:
            await self.synchronise_interactions()
        except Exception as error:
            log.warning("The commands could not be registered yet: %s", described(error))
            self._in_background(self._register_until_done())

    async def _register_until_done(self) -> None:
        backoff = Backoff(self._pace)
        while True:
            await asyncio.sleep(backoff.next_s())
            try:
                await self.synchronise_interactions()
            except Exception as error:
                log.warning("The commands could not be registered yet: %s", described(error))
            else:
                return

    def _in_background(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # ------------------------------------------------------------ the library's habits of logging

    @staticmethod
    def default_error_handler(source: str, error: BaseException) -> None:  # noqa: ARG004 - the library's
        log.error("interactions.py met an error: %s", described(error))

    @Listener.create("error", is_default_listener=True)
    async def on_error(self, event: events.Error) -> None:
        log.error("interactions.py met an error: %s", described(event.error))

    @Listener.create("command_error", is_default_listener=True)
    async def on_command_error(self, event: events.CommandError) -> None:
        log.error("A command failed: %s", described(event.error))

    @Listener.create("component_error", is_default_listener=True)
    async def on_component_error(self, event: events.ComponentError) -> None:
        log.error("A button failed: %s", described(event.error))

    @Listener.create("autocomplete_error", is_default_listener=True)
    async def on_autocomplete_error(self, event: events.AutocompleteError) -> None:
        log.error("A completion failed: %s", described(event.error))

    @Listener.create("modal_error", is_default_listener=True)
    async def on_modal_error(self, event: events.ModalError) -> None:
        log.error("A form failed: %s", described(event.error))

    @Listener.create("startup")
    async def on_startup(self) -> None:
        self._started.set()

    # Arguments and answers are what people wrote: the library would log them.
    on_command_completion = None  # type: ignore[assignment]  # no listener at all
    on_component_completion = None  # type: ignore[assignment]
    on_autocomplete_completion = None  # type: ignore[assignment]
    on_modal_completion = None  # type: ignore[assignment]


Processor = Callable[..., Coroutine[Any, Any, None]]


def _guarded(process: Processor) -> Processor:
    """The library starts these and forgets them: an error would be printed with what it quotes, or vanish."""

    async def guarded(event: Any) -> None:
        try:
            await process(event)
        except Exception as error:
            log.warning("interactions.py did not take up a dispatch: %s", described(error))

    return guarded
