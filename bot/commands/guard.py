"""Around every use of a command or a button: check, acknowledge, answer, and write down how it went.

Whatever happens, the person who asked gets one answer that nobody else sees, and never a traceback.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import interactions as ipy
import structlog

from bot.access import AccessSettings, decide
from bot.commands.contexts import Context
from bot.presentation.escape import escape_within
from bot.presentation.message import CONTENT, Message
from bot.presentation.to_discord import send_arguments
from bot.services import Services

WENT_WRONG = "Something went wrong; it stands in the bot's log. Nothing recorded is lost."

ALREADY_ACKNOWLEDGED = 40060  # "JSON Error Codes" in Discord's reference

Answer = Callable[[], Awaitable[Sequence[Message]]]

log = structlog.get_logger(__name__)


class Guard:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def command(self, ctx: Context, resource: str, answer: Answer) -> None:
        """A slash command: its outcome and how long it took are recorded."""
        started_s = self._services.ticks_s()
        outcome, error_type = "error", None
        try:
            outcome, error_type = await self.use(ctx, resource, answer)
        finally:
            latency_ms = round((self._services.ticks_s() - started_s) * 1000)
            if self._is_ours(ctx):
                self._services.observer.command_completed(
                    int(ctx.id), int(ctx.author_id), outcome, error_type, latency_ms
                )

    async def use(self, ctx: Context, resource: str, answer: Answer) -> tuple[str, str | None]:
        """Returns the outcome (success, denied, error) and, for an error, its type."""
        try:
            if not await self._admit(ctx, resource):
                return "denied", None
            await _acknowledge(ctx)
            for message in await answer():
                await ctx.send(**send_arguments(message), ephemeral=True)
        except Exception as error:
            log.exception("command_failed", resource=resource)
            await _apologise(ctx)
            return "error", type(error).__name__
        return "success", None

    async def _admit(self, ctx: Context, resource: str) -> bool:
        guild_id = int(ctx.guild_id) if ctx.guild_id else None
        settings = AccessSettings.of(self._services.settings.current)
        decision = decide(settings, guild_id, ctx.role_ids, f"“{resource}”")
        if self._is_ours(ctx):
            self._services.observer.access_checked(
                int(ctx.id), int(ctx.author_id), resource, granted=decision.granted
            )
        if not decision.granted:
            denial = Message(escape_within(decision.sentence, CONTENT))
            await ctx.send(**send_arguments(denial), ephemeral=True)
        return decision.granted

    def _is_ours(self, ctx: Context) -> bool:
        """What happens in other servers is answered, and never written down."""
        guild_id = self._services.settings.current.community.guild_id
        return guild_id is not None and ctx.guild_id is not None and int(ctx.guild_id) == guild_id


async def _acknowledge(ctx: Context) -> None:
    """Take time to answer. Where an earlier try arrived and only its answer was lost, that one holds."""
    try:
        await ctx.defer(ephemeral=True)
    except ipy.errors.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        ctx.deferred = ctx.ephemeral = True


async def _apologise(ctx: Context) -> None:
    try:
        await ctx.send(**send_arguments(Message(WENT_WRONG)), ephemeral=True)
    except ipy.errors.LibraryException as error:
        log.warning("answer_not_sent", reason=type(error).__name__)
