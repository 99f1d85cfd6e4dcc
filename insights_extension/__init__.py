"""Lets a community's own interactions.py bot record its commands with Guild Insights.

    bot.load_extension("insights_extension", folder="/srv/guild-insights")

Nothing of the recording happens in the bot's process: what is seen is handed to a process of Guild Insights
(courier.py), which keeps only what docs/privacy.md names.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any, Final, TypeVar

from interactions import Client, Extension, listen
from interactions.api.events import CommandCompletion, CommandError, ExtensionLoad, RawGatewayEvent, Startup

from insights_extension.courier import Courier
from insights_extension.handlers import Handlers
from insights_extension.invocation import Invocation, invocation
from insights_extension.outcomes import ended
from insights_extension.process import collector_command
from insights_extension.untold import Untold

MOST_RUNNING: Final = 1_000

T = TypeVar("T")


class InsightsRecorder(Extension):
    """Records which commands are run, by whom, how they end and how long they take."""

    def __init__(self, _bot: Client, courier: Courier) -> None:
        self._courier = courier
        self._running: dict[str, Invocation] = {}
        self._errors: dict[str, BaseException] = {}
        self._handlers = Handlers(self._noticed)

    def drop(self) -> None:
        self._handlers.leave(self.bot)
        super().drop()
        self._courier.stop()

    @listen(Startup)
    async def on_startup(self) -> None:
        self._handlers.listen_in(self.bot)

    @listen(ExtensionLoad)
    async def on_extension_load(self, _event: ExtensionLoad) -> None:
        self._handlers.listen_in(self.bot)

    @listen("raw_interaction_create")
    async def on_interaction(self, event: RawGatewayEvent) -> None:
        seen = invocation(event.data, monotonic())
        if seen is not None:
            _keep(self._running, seen.interaction_id, seen)
            self._courier.send(seen.told)

    @listen(CommandError)
    async def on_error(self, event: CommandError) -> None:
        self._noticed(event.ctx, event.error)

    @listen(CommandCompletion)
    async def on_completion(self, event: CommandCompletion) -> None:
        seen = self._running.pop(_id_of(event.ctx), None)
        error = self._errors.pop(_id_of(event.ctx), None)
        if seen is not None:
            self._courier.send(ended(seen, error, monotonic()))

    def _noticed(self, ctx: Any, error: BaseException) -> None:
        # A command that fails at once does so before its interaction is heard of here.
        _keep(self._errors, _id_of(ctx), error)


def _keep(some: dict[str, T], key: str, value: T) -> None:
    """The oldest make room: nobody has told how they ended."""
    if len(some) >= MOST_RUNNING:
        some.pop(next(iter(some)))
    some[key] = value


def _id_of(ctx: Any) -> str:
    """The interaction's; a command that was typed as a message has none."""
    return str(getattr(ctx, "id", ""))


def setup(bot: Client, folder: str = ".", journal: str = "extension", python: str | None = None) -> None:
    """What `bot.load_extension` calls.

    `folder` is where Guild Insights runs: with its config.toml, its data and its .venv. Several bots each
    name a `journal` of their own. `python` is the interpreter that Guild Insights is installed in.
    """
    command = collector_command(Path(folder), journal, python)
    untold = Untold(_absolute(folder), _absolute("."), journal)
    InsightsRecorder(bot, Courier.start(command, Path(folder), untold))


def _absolute(path: str) -> Path:
    """As it is where the bot's own folder is gone: that keeps no bot from starting."""
    try:
        return Path(path).absolute()
    except FileNotFoundError:
        return Path(path)


__all__ = ["InsightsRecorder", "setup"]
