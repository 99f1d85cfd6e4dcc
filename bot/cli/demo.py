"""`insights demo`: the bot on a simulated community, without Discord."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot.cli.moment import moment_or_now
from bot.cli.progress import progress_bar
from bot.cli.refusals import CannotDo
from bot.clock import SystemClock
from bot.printable import printable

ZONE, EVENING_HOUR = ZoneInfo("Europe/Berlin"), 19  # where the made-up club lives

Once = Annotated[
    Path | None, typer.Option("--once", metavar="OUT", help="Play without waiting, write all into OUT, end.")
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1, help="Which community is made up.")
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="MOMENT",
        help="When it plays: 2026-11-19T20:30+01:00. The latest evening by default.",
    ),
]
Port = Annotated[
    int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Where the page is served.")
]


def demo(once: Once = None, seed: Seed = 3, now: Now = None, port: Port = 8080) -> None:
    """Play a made-up gaming club with a year behind it, and the real bot in it.

    Shows the server on a page, as Discord would, for you to act in. Nothing leaves this machine.
    """
    moment = moment_or_now(now) if now else evening_before(SystemClock().now())
    # the sandbox and Discord's library take a second to import, which no other verb should wait for
    from sandbox.demo_output import FolderInUse  # noqa: PLC0415
    from sandbox.demo_show import Play, play_once, show  # noqa: PLC0415
    from sandbox.page_server import PageUnavailable  # noqa: PLC0415

    play, console = Play(seed, moment), Console(soft_wrap=True, highlight=False)
    try:
        if once is None:
            until_stopped(show(play, port, progress_bar, console))
        else:
            for line in asyncio.run(play_once(play, once, progress_bar)):
                console.print(printable(line), markup=False)
    except (PageUnavailable, FolderInUse) as unusable:
        raise CannotDo(str(unusable)) from None
    except (NotADirectoryError, FileExistsError):
        raise CannotDo(f"{once} is a file: name a folder with --once.") from None


def evening_before(now: datetime) -> datetime:
    """When the club's latest evening began: nobody is there at four in the morning."""
    evening = now.astimezone(ZONE).replace(hour=EVENING_HOUR, minute=30, second=0, microsecond=0)
    return evening if evening <= now else evening - timedelta(days=1)


def until_stopped(showing: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C and SIGTERM end the demo in order, whatever it is at."""

    async def run() -> None:
        task, loop = asyncio.ensure_future(showing), asyncio.get_running_loop()
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
