"""Listens in where a bot handles the errors of its commands itself: the library then tells nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from interactions import Client

Handler = Callable[..., Awaitable[Any]]
Notice = Callable[[Any, BaseException], None]


class Handlers:
    def __init__(self, notice: Notice) -> None:
        self._notice = notice

    def listen_in(self, bot: Client) -> None:
        """The bot's own handlers go on as they are, called with the same arguments."""
        for owner, name in _places(bot):
            handler = getattr(owner, name)
            if handler and not isinstance(handler, _Overheard):
                setattr(owner, name, _Overheard(handler, self._notice))

    def leave(self, bot: Client) -> None:
        """Everything as it was."""
        for owner, name in _places(bot):
            handler = getattr(owner, name)
            if isinstance(handler, _Overheard):
                setattr(owner, name, handler.handler)


def _places(bot: Client) -> Iterator[tuple[Any, str]]:
    """Where a handler of errors may stand: of one command, or of an extension's commands."""
    for commands in bot.interactions_by_scope.values():
        for command in commands.values():
            yield command, "error_callback"
    for extension in bot.ext.values():
        yield extension, "extension_error"


class _Overheard:
    def __init__(self, handler: Handler, notice: Notice) -> None:
        self.handler = handler
        self._notice = notice

    async def __call__(self, error: BaseException, ctx: Any, *arguments: Any, **options: Any) -> Any:
        self._notice(ctx, error)
        return await self.handler(error, ctx, *arguments, **options)
