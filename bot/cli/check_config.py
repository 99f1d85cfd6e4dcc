"""`insights check-config`: is the configuration right, and what does a first run still need?"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from bot.cli.workplace import CONFIG, ConfigPath
from bot.config import Environment, Settings, load_environment, load_settings
from bot.digests.settings import DigestSettings
from bot.printable import printable
from reports.catalogue import CATALOGUE
from reports.catalogue.definition import Grain


def check_config(config: ConfigPath = CONFIG) -> None:
    """Say whether the settings are right, and what `insights run` would still need."""
    environment, settings = load_environment(), load_settings(config)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[green]✓[/] {escape(printable(str(config)))} is right.")
    for line in limits(settings):
        console.print(line)
    for need in missing(settings, environment):
        console.print(f"[yellow]△[/] {need}")


def limits(settings: Settings) -> Iterator[str]:
    """Which limits are held against what, and when."""
    digest, kpis = settings.digest, [alert.kpi for alert in settings.alert]
    of_months = [kpi for kpi in dict.fromkeys(kpis) if is_of_months(kpi)]
    others = [kpi for kpi in dict.fromkeys(kpis) if not is_of_months(kpi)]
    daily = f"every day at {digest.alerts.at.hour:02}:{digest.alerts.at.minute:02} over the seven days before"
    if others:
        when = f"{daily}, and in the digests" if digest.alerts.enabled else "in the digests alone"
        yield f"Limits checked {when}: {', '.join(others)}."
    if of_months:
        yield f"Limits checked once a month, in the monthly digest alone: {', '.join(of_months)}."


def is_of_months(kpi: str) -> bool:
    return CATALOGUE[kpi].grain is Grain.MONTH


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
    monthly = DigestSettings.monthly(settings)
    for kpi in dict.fromkeys(alert.kpi for alert in settings.alert if is_of_months(alert.kpi)):
        if not monthly.enabled or monthly.channel_id is None:
            yield f"{kpi} is of whole months, and no monthly digest is posted: its limit is never checked."
