"""`insights import`: the past, from files. Works beside a running bot; the same file twice adds nothing."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot.cli.beside_bot import backlog, left_to_a_bot, take_up_the_rest
from bot.cli.import_lines import Tally, enter_all, spool_all
from bot.cli.import_needs import needs, of_unknown_events
from bot.cli.progress import progress_bar
from bot.cli.refusals import CannotDo
from bot.cli.refused_lines import RefusedLines, check_place
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import SystemClock, milliseconds
from bot.imports.mapping import Mapping, MappingProblem, from_pairs, from_toml
from bot.imports.reading import FileProblem, Source, opened, read_file
from bot.imports.sealing import Sealer
from bot.imports.spool import Spool
from bot.imports.values import Moments
from storage.event_key import KeyMaker
from storage.importing import Foreseeing, enter
from storage.recorded_events import RecordedEvents
from storage.secrets import load_or_create
from storage.withdrawals import Withdrawals

KIB: Final = 1024
BESIDE_A_BOT: Final = (
    "A bot is running: it takes this into its tables within seconds. The same file again then says what is "
    "missing before numbers show it."
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines, or CSV with a mapping.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", metavar="TOML", help="Which column of a CSV file is what.")
]
Pairs = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="KEY=VALUE", help="One part of the mapping; may be repeated."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would come in, and write nothing.")]
RefusedFile = Annotated[
    Path | None,
    typer.Option("--refused", metavar="OUT", help="Write the number and reason of every refused line."),
]


def import_file(  # noqa: PLR0917 - a parameter an option
    file: File,
    mapping: MappingFile = None,
    pairs: Pairs = None,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Take in the past from a file: joins, voice, events, attendance, commands, accounts and more.

    What is in the record already is not added again. A running bot need not be stopped. docs/imports.md
    shows what a file may say.
    """
    place = Workplace.of(config)
    if not place.paths.secret.exists():
        raise CannotDo(
            f"There is no {place.paths.secret}: start the bot once with `insights run`, or name its folder "
            "in INSIGHTS_DATA, because a secret in it tells what is known already from what is new."
        )
    if refused is not None:
        check_place(refused, file, mapping, config)
    source = _source(place, file, _mapping(mapping, pairs or []), milliseconds(SystemClock().now()))
    tally = Tally()
    try:
        lines = asyncio.run(_import(place, source, tally, refused, dry_run=dry_run))
    except FileProblem as problem:
        raise CannotDo(str(problem)) from None
    except sqlite3.OperationalError as error:
        raise CannotDo(f"The temporary file cannot be written ({error}): name another TMPDIR.") from None
    except MappingProblem as problem:
        raise typer.BadParameter(str(problem), param_hint="mapping") from None
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for line in (*tally.told(dry_run=dry_run), *lines):
        console.print(line)


def _mapping(path: Path | None, pairs: list[str]) -> Mapping | None:
    if path is not None and pairs:
        raise typer.BadParameter("give either --mapping or --map, not both", param_hint="mapping")
    try:
        if path is None:
            return from_pairs(pairs) if pairs else None
        return from_toml(path.read_bytes())
    except OSError as error:
        raise CannotDo(f"{path} cannot be read ({error.strerror}): name another --mapping.") from None
    except MappingProblem as problem:
        raise typer.BadParameter(str(problem), param_hint="mapping") from None


async def _import(
    place: Workplace, source: Source, tally: Tally, refused: Path | None, *, dry_run: bool
) -> list[str]:
    """Enters the file's lines; what is to be said besides of what became of them."""
    now_ms = source.moments.now_ms
    async with place.warehouse(is_written=True) as warehouse:
        secret = load_or_create(place.paths.secret)
        withdrawals = Withdrawals.open(place.paths.withdrawals, secret)
        guild_id = await place.guild_id(warehouse)
        excluded = place.settings.recording.excluded_channels
        sealer = Sealer(guild_id, KeyMaker(secret), source.moments, excluded_channels=excluded, now_ms=now_ms)
        with closing(Spool()) as spool:
            _read(source, sealer, spool, tally, refused)
            _warn_of_zone(source)
            if dry_run:
                _warn_of_backlog(backlog(place))
                with closing(Foreseeing(warehouse, guild_id, withdrawals)) as foreseeing:
                    await enter_all(spool, foreseeing.foresee, tally)
                async with warehouse.reading() as conn:
                    return await of_unknown_events(conn, guild_id, spool)
            await take_up_the_rest(place, warehouse, guild_id)
            recorded = RecordedEvents(guild_id)
            entering = partial(
                enter, warehouse, guild_id, withdrawals=withdrawals, recorded=recorded, now_ms=now_ms
            )
            await enter_all(spool, entering, tally)
            if await left_to_a_bot(place, warehouse, guild_id):
                return [BESIDE_A_BOT]
            async with warehouse.reading() as conn:
                of_events = await of_unknown_events(conn, guild_id, spool)
                qualifying, zone = place.settings.activity.qualifying, place.settings.community.zone
                return of_events + await needs(conn, guild_id, tally.told_from_to, qualifying, zone)


def _warn(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(sentence)


def _warn_of_backlog(events: int) -> None:
    if events:
        _warn(
            f"The bot has stopped before {events:,} of its events came into the record: an import takes them "
            "in first, and some of what is foreseen as new may be known already."
        )


def _warn_of_zone(source: Source) -> None:
    zone = source.moments.local_in
    if zone is not None and (source.mapping is None or source.mapping.zone is None):
        _warn(
            f"Moments without an offset were read in {zone}, the community's zone: once that setting "
            "changes, the same file comes in again, at other times. Write offsets, or name the zone in the "
            "mapping."
        )


def _source(place: Workplace, path: Path, mapping: Mapping | None, now_ms: int) -> Source:
    zone, pattern = place.settings.community.zone, None
    if mapping is not None:
        zone, pattern = mapping.zone or zone, mapping.format
    return Source(path, mapping, Moments(zone, now_ms, pattern))


def _read(source: Source, sealer: Sealer, spool: Spool, tally: Tally, refused: Path | None) -> None:
    with ExitStack() as stack:
        file = stack.enter_context(opened(source.path))
        if refused is not None:
            tally.out = stack.enter_context(closing(RefusedLines(refused)))
        step = stack.enter_context(progress_bar("Reading, in KiB"))
        size = os.fstat(file.fileno()).st_size // KIB
        reads = read_file(source, file)
        spool_all(reads, sealer, spool, tally, lambda: step(file.tell() // KIB, size))
    if tally.refused and not (spool.size or tally.left_out):
        raise CannotDo(f"Nothing in {source.path} is understood, and nothing was written: {tally.shown[0]}.")
