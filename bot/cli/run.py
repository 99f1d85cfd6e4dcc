"""`insights run`: the bot, pointed at Discord."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath
from bot.config import ConfigProblem, Problem, SettingsHolder, load_environment
from bot.logs import configure_logs
from bot.paths import DataPaths

if TYPE_CHECKING:
    from bot.app import Bot

HOW_TO_GET_IN = (
    "DISCORD_TOKEN is not set in the environment: it must be the token that "
    "https://discord.com/developers/applications shows under Bot after “Reset Token”"
)


def run(config: ConfigPath = CONFIG) -> None:
    """Record the community and answer in Discord, until Ctrl-C or SIGTERM.

    Logs go to stderr, one JSON object a line. A second start goes on where the first one stopped.
    """
    # Discord's library takes most of a second to import, which no other verb should wait for
    from bot.app import Bot, Surroundings  # noqa: PLC0415
    from bot.gateway.client import DISCORD  # noqa: PLC0415
    from bot.gateway.refusals import GatewayRefused  # noqa: PLC0415

    holder, environment = SettingsHolder(config), load_environment()
    if environment.discord_token is None:
        raise ConfigProblem(Problem("DISCORD_TOKEN", "environment", HOW_TO_GET_IN))
    configure_logs()
    api_url = environment.discord_api_url or DISCORD
    around = Surroundings(DataPaths(environment.insights_data), environment.warehouse_url, api_url)
    try:
        asyncio.run(_run(lambda: Bot.assemble(holder, around), environment.discord_token.get_secret_value()))
    except GatewayRefused as refused:
        raise CannotDo(str(refused)) from None


async def _run(assemble: Callable[[], Bot], token: str) -> None:
    bot = assemble()
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(stop, bot.stop_soon)
    await bot.run(token)
