"""`insights kpi-values`: bring the published values of closed periods up to date."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.progress import progress_bar
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import SystemClock, milliseconds
from reports import wording
from reports.keeping_up import forget_strays, publish_next
from reports.stale_periods import stale_periods
from storage.rules import Rules
from storage.tables import cohort_values, fold_progress, kpi_values

Anew = Annotated[
    bool, typer.Option("--anew", help="Forget all of them first, and with them what was corrected.")
]


def keep_kpi_values(anew: Anew = False, config: ConfigPath = CONFIG) -> None:
    """Write the values of closed weeks and months that are missing or may be others by now.

    A running bot does that by itself. Dashboards and analysts read them: see docs/views.md.
    """
    done = asyncio.run(_keep(Workplace.of(config), anew))
    Console(soft_wrap=True, highlight=False).print(f"[green]✓[/] {done.told}")


@dataclass(frozen=True, slots=True)
class _Done:
    periods: int
    corrected: int
    removed: int = 0

    @property
    def told(self) -> str:
        if not self.removed:
            return self._written
        removed = f"{wording.count(self.removed, 'period was', 'periods were')} removed"
        return f"{removed}, for the calendar has no such weeks or months. {self._written}"

    @property
    def _written(self) -> str:
        if not self.periods:
            return "The values of every closed week and month are up to date."
        written = f"{wording.count(self.periods, 'period was', 'periods were')} written"
        if not self.corrected:
            return f"{written}, none of them corrected."
        return f"{written}, {wording.whole(self.corrected)} of them corrected."


async def _refuse_other_rules(conn: AsyncConnection, guild_id: int, rules: Rules) -> None:
    """Nothing could be computed, and with --anew all would be gone."""
    of_tables = select(fold_progress.c.rules).where(fold_progress.c.guild_id == guild_id)
    if (await conn.execute(of_tables)).scalar() not in (None, rules.fingerprint()):
        raise CannotDo(
            "The tables stand under other rules: start the bot, or run `insights rebuild` and then this."
        )


async def _keep(place: Workplace, anew: bool) -> _Done:
    settings, rules = place.settings.report_settings(), place.settings.rules()
    now_ms = milliseconds(SystemClock().now())
    async with place.warehouse() as warehouse:
        guild_id = await place.guild_id(warehouse)
        async with warehouse.reading() as conn:
            await _refuse_other_rules(conn, guild_id, rules)
        if anew:
            async with warehouse.writing() as conn:
                for table in (kpi_values, cohort_values):
                    await conn.execute(delete(table).where(table.c.guild_id == guild_id))
        removed = len(await forget_strays(warehouse, guild_id, settings, rules, now_ms))
        async with warehouse.reading() as conn:
            due = len(await stale_periods(conn, guild_id, settings, rules, now_ms))
        if not due:
            return _Done(0, 0, removed)
        written = corrected = 0
        with progress_bar("Closed periods") as step:
            while (
                published := await publish_next(warehouse, guild_id, settings, rules, now_ms)
            ) and published.values:
                written, corrected = written + 1, corrected + bool(published.corrected)
                step(min(written, due), due)
    return _Done(written, corrected, removed)
