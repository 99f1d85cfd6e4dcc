"""`insights erase`: make a person unknown, for good. Works beside a running bot."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.beside_bot import every_journal, follow
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import SystemClock, milliseconds
from bot.settings import HIGHEST_SNOWFLAKE, LONGEST_SNOWFLAKE, LOWEST_SNOWFLAKE
from storage.erasure import ErasureResult
from storage.erasure import erase as erase_person
from storage.secrets import load_or_create
from storage.withdrawals import Withdrawals

UserId = Annotated[str, typer.Argument(metavar="USER_ID", help="Discord's id of the person.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

QUESTION = (
    "This removes everything that says who this person is, and nothing of them is recorded again. "
    "It cannot be undone. Erase?"
)


def erase(user_id: UserId, yes: Yes = False, config: ConfigPath = CONFIG) -> None:
    """Remove a person from the records, for good: they are in no figure any more, past or present.

    A running bot need not be stopped: it drops what it still holds of the person within seconds.
    """
    person, place = _number(user_id), Workplace.of(config)
    if not place.paths.secret.exists():
        raise CannotDo(
            f"There is no {place.paths.secret}: name the bot's data folder in INSIGHTS_DATA, "
            "because the erasure must be remembered there."
        )
    if not yes:
        typer.confirm(QUESTION, abort=True)
    result, beside_a_bot = asyncio.run(_erase(place, person))
    Console(soft_wrap=True, highlight=False).print(told(result, beside_a_bot=beside_a_bot))


def _number(text: str) -> int:
    is_short = len(text) <= LONGEST_SNOWFLAKE  # of a very long one Python makes no number
    if (
        is_short
        and text.isascii()
        and text.isdecimal()
        and LOWEST_SNOWFLAKE <= int(text) <= HIGHEST_SNOWFLAKE
    ):
        return int(text)
    raise typer.BadParameter(
        f"“{text[:40]}” is no user id, nor is a member's number in reports one: it has 17 digits or more, "
        "copied in Discord with right-click → Copy User ID",
        param_hint="USER_ID",
    )


async def _erase(place: Workplace, user_id: int) -> tuple[ErasureResult, bool]:
    async with place.warehouse(is_written=True) as warehouse:
        withdrawals = Withdrawals.open(place.paths.withdrawals, load_or_create(place.paths.secret))
        guild_id = await place.guild_id(warehouse)
        with every_journal(place) as (own, of_others):
            journals = [journal for journal in (own, *of_others) if journal]
            at_ms = milliseconds(SystemClock().now())
            result = await erase_person(
                warehouse, withdrawals, guild_id, user_id, at_ms=at_ms, journals=journals
            )
            if own:
                await follow(place, warehouse, guild_id)
    return result, None in (own, *of_others)


def told(result: ErasureResult, *, beside_a_bot: bool) -> str:
    """What was removed, in one or more lines."""
    removed = [
        "the row that says which number they are" if result.known else "",
        _count(result.accounts, "linked account", "linked accounts"),
        _count(result.dead_letters, "dead letter", "dead letters"),
        _count(result.journal_events, "event in the journal", "events in the journal"),
    ]
    found = ", ".join(filter(None, removed))
    lines = [
        f"[green]✓[/] Removed: {found}." if found else "[green]✓[/] Nothing was recorded of this person."
    ]
    lines.append("They are not recorded again, and a rebuild or a restored backup does not bring them back.")
    if beside_a_bot:
        lines.append("A bot is running: it drops what its journal still holds of them within seconds.")
    lines.append(
        "What is kept of closed weeks and months is computed anew by the next run, or `kpi-values`; by a "
        "running bot within minutes."
    )
    if not result.clean:
        lines.append("△ A long reader still keeps deleted rows in the file: run this once more later.")
    return "\n".join(lines)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
