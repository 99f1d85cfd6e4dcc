"""Puts the commands and buttons on a client."""

from __future__ import annotations

import interactions as ipy

from bot.commands.buttons import (
    check_in_menu,
    counted_button,
    detail_button,
    list_button,
    take_back_button,
    take_back_menu,
)
from bot.commands.contexts import RoleAutocompleteContext, RoleComponentContext, RoleSlashContext
from bot.commands.correcting import check_in_command, correct_command, corrections_command
from bot.commands.guard import Guard
from bot.commands.menu import declare_command, event_command, health_command, quality_command
from bot.commands.names import DiscordNames
from bot.services import Services

COMMANDS = (
    health_command,
    event_command,
    declare_command,
    quality_command,
    correct_command,
    check_in_command,
)
COMPONENTS = (counted_button, list_button, take_back_button, take_back_menu, check_in_menu)


def register(client: ipy.Client, services: Services) -> None:
    """Call before the client starts."""
    client.slash_context = RoleSlashContext
    client.component_context = RoleComponentContext
    client.autocomplete_context = RoleAutocompleteContext
    guard = Guard(services)
    for make in (*COMMANDS, *COMPONENTS):
        client.add_command(make(guard, services))
    names = DiscordNames(client)
    client.add_command(corrections_command(guard, services, names))
    client.add_command(detail_button(guard, services, names))
