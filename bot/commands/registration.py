"""Puts the commands and buttons on a client, and takes off it the library's own ways of answering."""

from __future__ import annotations

import re

import interactions as ipy
import structlog
from interactions.api.events import CommandCompletion, CommandError, ComponentCompletion, ComponentError

from bot.commands import health
from bot.commands.contexts import RoleComponentContext, RoleSlashContext
from bot.commands.guard import Guard
from bot.presentation.counted import counted_messages
from bot.presentation.message import Message
from bot.presentation.report_message import COUNTED
from bot.services import Services

COUNTED_PATTERN = re.compile(
    rf"{COUNTED}:\w+"
)  # by pattern: a button lives longer than the process that sent it

log = structlog.get_logger(__name__)


def register(client: ipy.Client, services: Services) -> None:
    """Call before the client starts. `client` needs send_command_tracebacks=False."""
    client.slash_context = RoleSlashContext
    client.component_context = RoleComponentContext
    guard = Guard(services)
    client.add_command(_health_command(guard, services))
    client.add_command(_counted_button(guard))
    _replace_default_listeners(client)


def _health_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    @ipy.slash_command(
        name="insights",
        description="What the numbers of this community mean",
        sub_cmd_name="health",
        sub_cmd_description="The last seven days: who took part, what changed, how sure that is",
        default_member_permissions=ipy.Permissions.MANAGE_GUILD,  # what menus show; access.py decides
        contexts=[ipy.ContextType.GUILD],
        dm_permission=False,
    )
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, health.RESOURCE, lambda: health.health_messages(services))

    return run


def _counted_button(guard: Guard) -> ipy.ComponentCommand:
    async def answer() -> list[Message]:
        return counted_messages()

    @ipy.component_callback(COUNTED_PATTERN)
    async def run(ctx: RoleComponentContext) -> None:
        await guard.use(ctx, "how counted", answer)

    return run


def _replace_default_listeners(client: ipy.Client) -> None:
    """The library would answer a failed check publicly, and write every command's arguments to the log."""

    @ipy.listen(CommandError, disable_default_listeners=True)
    async def command_failed(event: CommandError) -> None:
        log.error(
            "command_failed", interaction_id=_interaction_id(event.ctx), error=type(event.error).__name__
        )

    @ipy.listen(ComponentError, disable_default_listeners=True)
    async def component_failed(event: ComponentError) -> None:
        log.error(
            "button_failed", interaction_id=_interaction_id(event.ctx), error=type(event.error).__name__
        )

    @ipy.listen(CommandCompletion, disable_default_listeners=True)
    async def command_done(event: CommandCompletion) -> None:
        log.debug("command_done", interaction_id=_interaction_id(event.ctx))

    @ipy.listen(ComponentCompletion, disable_default_listeners=True)
    async def component_done(event: ComponentCompletion) -> None:
        log.debug("button_done", interaction_id=_interaction_id(event.ctx))

    for listener in (command_failed, component_failed, command_done, component_done):
        client.add_listener(listener)


def _interaction_id(ctx: object) -> int:
    return int(getattr(ctx, "id", 0))
