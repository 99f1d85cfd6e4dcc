"""`insights run`: the bot, pointed at Discord."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath
from bot.config import ConfigProblem, Problem, SettingsHolder, load_environment, required_guild_id
from bot.logs import configure_logs
from bot.paths import DataPaths
from bot.start_check import refuse_to_start

if TYPE_CHECKING:
    from bot.app import Surroundings

HOW_TO_GET_IN = (
    "DISCORD_TOKEN is not set in the environment: it must be the token that "
    "https://discord.com/developers/applications shows under Bot after “Reset Token”"
)

NewSecret = Annotated[
    bool,
    typer.Option(
        "--new-secret",
        help="Once, where data/secret is lost for good: go on under another one. Who was erased before, and "
        "what comes twice, is not recognised any more.",
    ),
]


def run(new_secret: NewSecret = False, config: ConfigPath = CONFIG) -> None:
    """Record the community and answer in Discord, until Ctrl-C or SIGTERM.

    Logs go to stderr, one JSON object a line. A second start goes on where the first one stopped.
    """
    # Discord's library takes most of a second to import, which no other verb should wait for
    from bot.app import Surroundings  # noqa: PLC0415
    from bot.gateway.client import DISCORD  # noqa: PLC0415
    from bot.gateway.refusals import GatewayRefused  # noqa: PLC0415

    holder, environment = SettingsHolder(config), load_environment()
    if environment.discord_token is None:
        raise ConfigProblem(Problem("DISCORD_TOKEN", "environment", HOW_TO_GET_IN))
    configure_logs()
    api_url = environment.discord_api_url or DISCORD
    paths = DataPaths(environment.insights_data)
    around = Surroundings(paths, environment.warehouse_url, api_url, is_secret_lost=new_secret)
    try:
        asyncio.run(_run(holder, around, environment.discord_token.get_secret_value()))
    except GatewayRefused as refused:
        raise CannotDo(str(refused)) from None


async def _run(holder: SettingsHolder, around: Surroundings, token: str) -> None:
    from bot.app import Bot  # noqa: PLC0415 - as above

    guild_id = required_guild_id(holder.current, holder.path)
    if not around.is_secret_lost:
        await refuse_to_start(around.warehouse_url, around.paths.secret, guild_id)
    bot = Bot.assemble(holder, around)
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(stop, bot.stop_soon)
    await bot.run(token)
