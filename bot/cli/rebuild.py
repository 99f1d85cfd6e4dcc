"""`insights rebuild`: make the tables anew from the event log."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.progress import progress_bar
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from storage.rebuild import TableDifference
from storage.rebuild import rebuild as rebuild_tables
from storage.rebuild import verify as verify_tables

Verify = Annotated[bool, typer.Option("--verify", help="Compare every table before and after.")]


def rebuild(verify: Verify = False, config: ConfigPath = CONFIG) -> None:
    """Make all tables anew from the event log. Readers see the old ones until it is done.

    With --verify the tables before and after are compared: exit status 1 if any of them differs.
    """
    asyncio.run(_rebuild(Workplace.of(config), verify))


async def _rebuild(place: Workplace, verify: bool) -> None:
    rules = place.settings.rules()
    async with place.warehouse(is_written=True) as warehouse:
        guild_id = await place.guild_id(warehouse)
        with progress_bar("Rebuilding") as step:
            if not verify:
                await rebuild_tables(warehouse, guild_id, rules, step)
                differences = []
            else:
                differences = await verify_tables(warehouse, guild_id, rules, step)
    console = Console(soft_wrap=True, highlight=False)
    for difference in differences:
        console.print(f"[red]✗[/] {told(difference)}")
    if differences:
        raise typer.Exit(1)
    console.print(
        "[green]✓[/] " + ("Every table is the same as before." if verify else "The tables are new.")
    )


def told(difference: TableDifference) -> str:
    """“The table activity_sessions differs: 12 rows before, 14 rows anew.”"""
    before, after = (_rows(digest) for digest in (difference.before, difference.after))
    how = f"{before} before, {after} anew" if before != after else f"{before}, not all with the same contents"
    return f"The table {difference.table} differs: {how}."


def _rows(digest: str) -> str:
    number = int(digest.partition(":")[0])
    return f"{number:,} {'row' if number == 1 else 'rows'}"
