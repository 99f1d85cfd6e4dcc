"""Around every use of a command, a button or a menu that fills itself: check, acknowledge, answer, and write
down how it went.

Whatever happens, the person who asked gets one answer that nobody else sees, and never a traceback.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import interactions as ipy
import structlog

from bot.access import AccessSettings, Audience, Decision, decide
from bot.commands.contexts import Context, RoleAutocompleteContext
from bot.commands.event_choices import Choice
from bot.commands.menu_checks import MenuChecks
from bot.commands.tables import TablesFailed, Unanswerable
from bot.presentation.escape import escape_within
from bot.presentation.message import CONTENT, Message
from bot.presentation.to_discord import send_arguments
from bot.services import Services

WENT_WRONG = "Something went wrong; it stands in the bot's log. Nothing recorded is lost."

ALREADY_ACKNOWLEDGED = 40060  # "JSON Error Codes" in Discord's reference

Answer = Callable[[], Awaitable[Sequence[Message]]]
Choices = Callable[[], Awaitable[Sequence[Choice]]]

log = structlog.get_logger(__name__)


class Guard:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._menu_checks = MenuChecks(services.ticks_s)

    async def command(
        self, ctx: Context, resource: str, answer: Answer, audience: Audience = Audience.STAFF
    ) -> None:
        """A slash command: its outcome and how long it took are recorded."""
        started_s = self._services.ticks_s()
        outcome, error_type = "error", None
        try:
            outcome, error_type = await self.use(ctx, resource, answer, audience)
        finally:
            latency_ms = round((self._services.ticks_s() - started_s) * 1000)
            if self._is_ours(ctx):
                self._services.observer.command_completed(
                    int(ctx.id), int(ctx.author_id), outcome, error_type, latency_ms
                )

    async def use(
        self, ctx: Context, resource: str, answer: Answer, audience: Audience = Audience.STAFF
    ) -> tuple[str, str | None]:
        """Returns the outcome (success, denied, error) and, for an error, its type."""
        try:
            decision = self._checked(ctx, resource, audience)
            if not decision.granted:
                await ctx.send(**send_arguments(_sentence(decision.sentence)), ephemeral=True)
                return "denied", None
            await _acknowledge(ctx)
            messages, error_type = await _answered(answer)
            for message in messages:
                await ctx.send(**send_arguments(message), ephemeral=True)
        except Exception as error:
            log.exception("command_failed", resource=resource)
            await _apologise(ctx)
            return "error", type(error).__name__
        return ("error", error_type) if error_type else ("success", None)

    async def complete(
        self, ctx: RoleAutocompleteContext, resource: str, choices: Choices, audience: Audience
    ) -> None:
        """What a menu offers. Whoever may not use the command is offered nothing, and neither is anybody
        while the choices cannot be had: there is no room for a sentence.
        """
        offered: Sequence[Choice] = ()
        if self._menu_checked(ctx, resource, audience).granted:
            try:
                offered = await choices()
            except Unanswerable as why:
                log.info("no_choices", resource=resource, reason=str(why))
            except Exception:
                log.exception("choices_failed", resource=resource)
        try:
            await ctx.send([choice._asdict() for choice in offered])
        except ipy.errors.LibraryException as error:
            log.warning("choices_not_sent", reason=type(error).__name__)

    def belongs(self, ctx: Context, audience: Audience) -> bool:
        """Whether somebody whose use is checked already may do more than others."""
        return self._decide(ctx, "", audience).granted

    def _checked(self, ctx: Context, resource: str, audience: Audience) -> Decision:
        decision = self._decide(ctx, resource, audience)
        self._menu_checks.forget(int(ctx.author_id))
        self._write_down(ctx, resource, decision)
        return decision

    def _menu_checked(self, ctx: RoleAutocompleteContext, resource: str, audience: Audience) -> Decision:
        decision, user_id = self._decide(ctx, resource, audience), int(ctx.author_id)
        if not decision.granted:
            self._menu_checks.forget(user_id)
            self._write_down(ctx, resource, decision)
        elif not self._menu_checks.is_repeat(user_id, resource):
            self._write_down(ctx, resource, decision)
        return decision

    def _decide(self, ctx: Context | RoleAutocompleteContext, resource: str, audience: Audience) -> Decision:
        guild_id = int(ctx.guild_id) if ctx.guild_id else None
        settings = AccessSettings.of(self._services.settings.current)
        return decide(settings, guild_id, ctx.role_ids, f"“{resource}”", audience)

    def _write_down(self, ctx: Context | RoleAutocompleteContext, resource: str, decision: Decision) -> None:
        if self._is_ours(ctx):
            self._services.observer.access_checked(
                int(ctx.id), int(ctx.author_id), resource, granted=decision.granted
            )

    def _is_ours(self, ctx: Context | RoleAutocompleteContext) -> bool:
        """What happens in other servers is answered, and never written down."""
        guild_id = self._services.settings.current.community.guild_id
        return guild_id is not None and ctx.guild_id is not None and int(ctx.guild_id) == guild_id


async def _answered(answer: Answer) -> tuple[Sequence[Message], str | None]:
    """What to send, and an error's type where a sentence stands for what could not be found out."""
    try:
        return await answer(), None
    except TablesFailed as failed:
        return [_sentence(str(failed))], failed.error_type
    except Unanswerable as why:
        return [_sentence(str(why))], None


def _sentence(text: str) -> Message:
    return Message(escape_within(text, CONTENT))


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
