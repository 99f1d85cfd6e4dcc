"""Puts the commands and buttons on a client."""

from __future__ import annotations

import interactions as ipy

from bot.commands.buttons import counted_button, detail_button, list_button
from bot.commands.contexts import RoleAutocompleteContext, RoleComponentContext, RoleSlashContext
from bot.commands.guard import Guard
from bot.commands.menu import declare_command, event_command, health_command, quality_command
from bot.commands.names import DiscordNames
from bot.services import Services


def register(client: ipy.Client, services: Services) -> None:
    """Call before the client starts."""
    client.slash_context = RoleSlashContext
    client.component_context = RoleComponentContext
    client.autocomplete_context = RoleAutocompleteContext
    guard = Guard(services)
    for command in (health_command, event_command, declare_command, quality_command):
        client.add_command(command(guard, services))
    client.add_command(counted_button(guard, services))
    client.add_command(list_button(guard, services))
    client.add_command(detail_button(guard, services, DiscordNames(client)))
