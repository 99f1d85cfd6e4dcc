"""The two ways to see the demo: played through at once into files, or live beside a page."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.digests.settings import DigestSettings
from bot.logs import logs_into
from bot.paths import DataPaths
from sandbox.community import tell
from sandbox.community_calendar import STORY_DAYS
from sandbox.community_history import History
from sandbox.community_place import GUILD_ID, GUILD_NAME, LEADERSHIP, TEXT_CHANNELS, ZONE
from sandbox.demo import Demo, DemoFolder, ProgressBar, live_from_ms, on_stage, record_history
from sandbox.demo_clock import DemoClock
from sandbox.demo_history import Imported
from sandbox.demo_output import (
    LOG_NAME,
    Written,
    begin_anew,
    copy_warehouse,
    make_private,
    write_output,
)
from sandbox.demo_stage import CALM, Stage
from sandbox.demo_tour import tour
from sandbox.limits import Limits
from sandbox.page_persona import Persona
from sandbox.page_recording import LogTail
from sandbox.page_server import PageUnavailable, serve

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Play:
    """Which story is played: the same seed and moment give the same one every time."""

    seed: int
    now: datetime
    days: int = STORY_DAYS


@asynccontextmanager
async def begun(
    play: Play, folder: DemoFolder, bar: ProgressBar, limits: Limits
) -> AsyncIterator[tuple[Demo, Imported]]:
    """The year recorded, and the bot online where the history ends."""
    folder.prepare(play.seed)
    story = tell(play.seed, play.now, play.days)
    history = History(story, live_from_ms(story.now_ms, DigestSettings.of(folder.settings().current)))
    imported = await record_history(folder, history, bar)
    async with on_stage(folder, history, DemoClock(history.until_ms), limits) as demo:
        yield demo, imported


async def play_once(play: Play, out: Path, bar: ProgressBar) -> Iterator[str]:
    """Play without waiting, ask everything once, write everything into `out`; a summary's lines.

    Raises FolderInUse, before anything is written.
    """
    begin_anew(out)
    with (
        tempfile.TemporaryDirectory(prefix="guild-insights-demo-") as scratch,
        logs_into(out / LOG_NAME),
    ):
        folder = DemoFolder(Path(scratch))
        async with begun(play, folder, bar, CALM) as (demo, imported):
            await demo.arrive()
            with bar("Playing the last days") as step:
                await demo.play_until(demo.stage.story.now_ms, step)
            await tour(demo)
            await demo.follow()
            written = write_output(out, demo.stage)
        copy_warehouse(folder.paths.warehouse, DataPaths(out).warehouse)
        shutil.copyfile(folder.config, DemoFolder(out).config)
        shutil.copyfile(folder.paths.secret, DataPaths(out).secret)
    make_private(out)
    return _summary(play, imported, written, out)


def _summary(play: Play, imported: Imported, written: Written, out: Path) -> Iterator[str]:
    yield (
        f"{GUILD_NAME}: {imported.dispatches:,} dispatches became {imported.rows:,} rows of the log, "
        "and the last days came through the gateway."
    )
    for message in written.messages:
        channel = TEXT_CHANNELS.get(int(message["channel_id"]), "?")
        yield f"#{channel}: {message['content']}"
    yield (
        f"In {out}: {len(written.messages)} messages, {written.pictures} pictures, "
        f"{written.files} for download, {written.requests} requests (requests.jsonl), and a data folder to "
        "try the verbs on: the warehouse (warehouse.db), its secret and the settings (config.toml)."
    )
    yield (
        "The same numbers on the terminal:\n"
        f"  INSIGHTS_DATA={out} {own_command()} report health --config {out / 'config.toml'} "
        f"--now {play.now.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    )


async def show(play: Play, port: int, bar: ProgressBar, console: Console) -> None:
    """Serve the page and let people act, until cancelled. Raises PageUnavailable where the port is taken."""
    _check_port(port)
    with tempfile.TemporaryDirectory(prefix="guild-insights-demo-") as scratch:
        folder = DemoFolder(Path(scratch))
        with logs_into(folder.folder / LOG_NAME):
            async with begun(play, folder, bar, Limits()) as (demo, _):
                await _shown(demo, folder, port, bar, console)


def _check_port(port: int) -> None:
    """A taken port is said at once, not after a year has been recorded."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PageUnavailable(
                f"http://{HOST}:{port} cannot be used for the page ({error.strerror}): choose another --port."
            ) from error


async def _shown(demo: Demo, folder: DemoFolder, port: int, bar: ProgressBar, console: Console) -> None:
    page = await serve(
        demo.stage.sandbox,
        personas(demo.stage),
        LEADERSHIP,
        HOST,
        port,
        zone=ZONE.key,
        is_quick=lambda: demo.is_quick,
        recording=LogTail(demo.bot.warehouse, GUILD_ID),
    )
    try:
        console.print(f"#leadership of {GUILD_NAME}: [bold]http://{HOST}:{port}[/]")
        await demo.arrive()
        with bar("Playing the last days") as step:
            await demo.play_until(demo.stage.story.now_ms, step)
        await demo.ask("insights health")
        await demo.ask("insights event")
        console.print(
            "A minute there is a second here; while nothing is on, time passes quicker.\n"
            "The same tables on the terminal, in this folder:\n"
            f"  INSIGHTS_DATA={folder.folder} {own_command()} report health --config {folder.config} "
            f"--now {demo.clock.now():%Y-%m-%dT%H:%MZ}"
        )
        with console.status("") as status:
            await demo.live(lambda: status.update(_status(demo)))
    finally:
        await page.cleanup()


def own_command() -> str:
    """This program as a shell finds it from here: `make demo` calls it where no shell looks."""
    own = Path(sys.executable).with_name("insights")
    return "insights" if shutil.which("insights") == str(own) else os.path.relpath(own)


def personas(stage: Stage) -> list[Persona]:
    return list(map(Persona, stage.played_ids, ("Staff", "Organizer", "Member")))


def _status(demo: Demo) -> str:
    local = demo.clock.now().astimezone(ZONE)
    on = "nothing is on: time passes quicker" if demo.is_quick else f"{demo.stage.in_voice} in voice"
    return f"{local:%a %d %b %H:%M} · {on} · {demo.bot.recorder.received:,} dispatches · Ctrl-C ends"
