"""`insights dead-letters`: what was set aside, and why; and trying it again under this version."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.beside_bot import check_journal, left_to_a_bot
from bot.cli.progress import progress_bar
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.lost_fields import is_lost
from bot.printable import printable
from storage import dead_letters
from storage.database import Warehouse
from storage.dead_letters import DeadLetter
from storage.retrying import Retried
from storage.retrying import retry as retry_letters

SHORT: Final = 8  # hex digits of a key that are shown: the time is in front, so the last ones tell them apart

app = typer.Typer(invoke_without_command=True)

Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to list, newest first.")]
Key = Annotated[str | None, typer.Argument(metavar="KEY", help="The key that the list shows.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


@app.callback()
def list_letters(context: typer.Context, limit: Limit = 50, config: ConfigPath = CONFIG) -> None:
    """List what could not be understood and was set aside, newest first, and how often for which reason."""
    if context.invoked_subcommand is not None:
        return
    console = Console(soft_wrap=True, highlight=False, markup=False)
    reasons, letters = asyncio.run(_listed(Workplace.of(config), limit))
    if not reasons:
        console.print("✓ Nothing was set aside.")
        return
    for reason, number in reasons:
        console.print(printable(f"{number:,} × {reason}"))
    console.print(_table(letters))
    total = sum(number for _, number in reasons)
    if total > len(letters):
        console.print(f"and {total - len(letters):,} more: --limit {total} lists all.")


@app.command("retry")
def retry(key: Key = None, every: All = False, config: ConfigPath = CONFIG) -> None:
    """Try one again, or all of them. What is understood now is counted, once, and leaves the list."""
    if (key is None) == (not every):
        raise typer.BadParameter("name one key of the list, or give --all", param_hint="KEY")
    result = asyncio.run(_retried(Workplace.of(config), key))
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"✓ {result.understood:,} understood now, {len(result.staying):,} stay set aside.")
    for letter in result.staying:
        console.print(printable(f"{_short(letter)}: {letter.reason}"))


async def _listed(place: Workplace, limit: int) -> tuple[list[tuple[str, int]], list[DeadLetter]]:
    async with place.warehouse() as warehouse:
        guild_id = await place.guild_id(warehouse)
        async with warehouse.reading() as conn:
            reasons = await dead_letters.by_reason(conn, guild_id)
            return reasons, await dead_letters.newest(conn, guild_id, limit)


async def _retried(place: Workplace, key: str | None) -> Retried:
    async with place.warehouse(is_written=True) as warehouse:
        guild_id = await place.guild_id(warehouse)
        keys = await _keys(warehouse, guild_id, key)
        check_journal(place)
        with progress_bar("Making the tables anew") as step:
            result = await retry_letters(
                warehouse, guild_id, place.settings.rules(), keys, is_lost=is_lost, on_progress=step
            )
        await left_to_a_bot(place, warehouse, guild_id)
    return result


async def _keys(warehouse: Warehouse, guild_id: int, ending: str | None) -> list[bytes]:
    """The keys of all letters, or of the one whose key ends so."""
    async with warehouse.reading() as conn:
        keys = await dead_letters.keys(conn, guild_id)
    if ending is None:
        return keys
    found = [key for key in keys if key.hex().endswith(ending.casefold())]
    if len(found) != 1 or not ending:
        raise CannotDo(
            f"There is no single letter with the key {ending[:40]}: `insights dead-letters` lists them."
        )
    return found


def _table(letters: list[DeadLetter]) -> Table:
    table = Table("#", "recorded (UTC)", "type", "key", "reason", box=None, pad_edge=False)
    for number, letter in enumerate(letters, start=1):
        at = datetime.fromtimestamp(letter.row.recorded_at_ms / 1000, UTC)
        kind, reason = printable(letter.row.type), printable(letter.reason)
        table.add_row(str(number), f"{at:%Y-%m-%d %H:%M:%S}", kind, _short(letter), reason)
    return table


def _short(letter: DeadLetter) -> str:
    return letter.row.key.hex()[-SHORT:]
