"""Puts the commands and buttons on a client."""

from __future__ import annotations

import re
from typing import Any

import interactions as ipy

from bot.commands import health
from bot.commands.contexts import RoleComponentContext, RoleSlashContext
from bot.commands.guard import Guard
from bot.presentation.counted import counted_messages
from bot.presentation.message import Message
from bot.presentation.report_message import COUNTED
from bot.services import Services

# by pattern: a button lives longer than the process that sent it
COUNTED_PATTERN = re.compile(rf"{COUNTED}:\w+")


def register(client: ipy.Client, services: Services) -> None:
    """Call before the client starts."""
    client.slash_context = RoleSlashContext
    client.component_context = RoleComponentContext
    guard = Guard(services)
    client.add_command(_health_command(guard, services))
    client.add_command(_counted_button(guard))


class Subcommand(ipy.SlashCommand):
    """Without two keys that the library writes into a subcommand, and that Discord knows on commands only."""

    def to_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = super().to_dict()
        return {key: value for key, value in shape.items() if key not in ("contexts", "integration_types")}


def _health_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, health.RESOURCE, lambda: health.health_messages(services))

    # default_member_permissions stay open: they only hide a command in Discord's menus, from staff whose role
    # grants nothing else, too. Who may use it is decided by access.py, at each use.
    return Subcommand(
        name="insights",
        description="What the numbers of this community mean",
        sub_cmd_name="health",
        sub_cmd_description="The last seven days: who took part, what changed, how sure that is",
        contexts=[ipy.ContextType.GUILD],
        callback=run,
    )


def _counted_button(guard: Guard) -> ipy.ComponentCommand:
    async def answer() -> list[Message]:
        return counted_messages()

    @ipy.component_callback(COUNTED_PATTERN)
    async def run(ctx: RoleComponentContext) -> None:
        await guard.use(ctx, "how counted", answer)

    return run
