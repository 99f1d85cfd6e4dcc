"""`insights check-config`: is the configuration right, and what does a first run still need?"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from bot.cli.workplace import CONFIG, ConfigPath
from bot.config import Environment, Settings, load_environment, load_settings
from bot.printable import printable


def check_config(config: ConfigPath = CONFIG) -> None:
    """Say whether the settings are right, and what `insights run` would still need."""
    environment, settings = load_environment(), load_settings(config)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[green]✓[/] {escape(printable(str(config)))} is right.")
    for need in missing(settings, environment):
        console.print(f"[yellow]△[/] {need}")


def missing(settings: Settings, environment: Environment) -> Iterator[str]:
    """What is allowed to be left out, with what it costs."""
    if settings.community.guild_id is None:
        yield "community.guild_id is not set: `insights run` needs your server's id."
    if environment.discord_token is None:
        yield "DISCORD_TOKEN is not set in the environment: `insights run` needs your bot's token."
    if not settings.access.staff_roles:
        yield "access.staff_roles is empty: nobody may use the bot's commands."
    if settings.digest.weekly.enabled and settings.digest.weekly.channel_id is None:
        yield "digest.weekly.channel_id is not set: no digest is posted."
