"""What most verbs work on: the settings, the environment, the data folder, the warehouse, one guild."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.beside_bot import left_to_a_bot
from bot.cli.refusals import CannotDo
from bot.config import Environment, Settings, load_environment, load_settings
from bot.paths import DataPaths
from bot.secret_fits import fitting_withdrawals, refuse_unfit
from storage.database import Warehouse
from storage.erasure import reapply
from storage.event_log import guild_ids
from storage.secrets import load_or_create

ConfigPath = Annotated[Path, typer.Option("--config", help="The settings.", show_default=True)]
CONFIG = Path("config.toml")


@dataclass(frozen=True, slots=True)
class Workplace:
    settings: Settings
    environment: Environment
    paths: DataPaths

    @classmethod
    def of(cls, config: Path) -> Workplace:
        environment = load_environment()
        paths = DataPaths(environment.insights_data)
        _enter(paths)
        return cls(load_settings(config), environment, paths)

    @asynccontextmanager
    async def warehouse(self, *, is_written: bool = False) -> AsyncIterator[Warehouse]:
        """The warehouse that a bot has filled. A verb never makes an empty one to speak about.

        Raises SecretUnfit before anything is written, in this or by the verb.
        """
        self._look_for_file()
        warehouse = await Warehouse.open(self.environment.warehouse_url)
        try:
            await self._prepare(warehouse, is_written)
            yield warehouse
        finally:
            await warehouse.close()

    def _look_for_file(self) -> None:
        file = self.environment.warehouse_file
        if file is None:
            return
        try:
            size = file.stat().st_size
        except FileNotFoundError:
            raise CannotDo(self._missing(file)) from None
        except OSError:
            return  # opening it says why it cannot be used
        if not size:
            raise CannotDo(
                f"The warehouse {file} is empty (0 bytes): put a backup in its place, or start the bot with "
                "`insights run`, which begins a new one."
            )

    def _missing(self, file: Path) -> str:
        if self.environment.database_url is None:
            return (
                f"There is no warehouse in {self.paths.folder}/ yet: start the bot with `insights run`, "
                "or name its folder in INSIGHTS_DATA or its database in DATABASE_URL."
            )
        return (
            f"There is no warehouse at {file}: name the bot's database in DATABASE_URL, or start the bot "
            "with `insights run`, which makes one."
        )

    async def _prepare(self, warehouse: Warehouse, is_written: bool) -> None:
        """A database that was put back from a backup still knows people who were erased since."""
        secret, withdrawals = self.paths.secret, self.paths.withdrawals
        knows_withdrawn = secret.exists() and withdrawals.exists()
        fits = None
        if knows_withdrawn or (is_written and secret.exists()):
            fits = await refuse_unfit(warehouse, secret, self.settings.community.guild_id)
        told = fitting_withdrawals(withdrawals, load_or_create(secret), fits) if knows_withdrawn else None
        await warehouse.migrate()
        if told is not None:
            for guild_id in await reapply(warehouse, told):
                await left_to_a_bot(self, warehouse, guild_id)

    async def guild_id(self, warehouse: Warehouse) -> int:
        """The community's guild, or the only one that is recorded."""
        if self.settings.community.guild_id is not None:
            return self.settings.community.guild_id
        async with warehouse.reading() as conn:
            recorded = await guild_ids(conn)
        if len(recorded) != 1:
            raise CannotDo(
                "Nothing is recorded yet: set community.guild_id in config.toml and start the bot."
                if not recorded
                else "More than one server is recorded: set community.guild_id in config.toml."
            )
        return recorded[0]


def _enter(paths: DataPaths) -> None:
    """Raises CannotDo where nobody could even look for a file. One that is not there yet is no trouble."""
    try:
        paths.warehouse.exists()
    except OSError as error:
        raise CannotDo(
            f"The folder {paths.folder} cannot be looked into ({error.strerror}): check INSIGHTS_DATA, "
            "and that this user may read and write there."
        ) from error
