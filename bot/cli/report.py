"""`insights report`: a report on the terminal, without Discord."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.moment import moment_or_now
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import milliseconds
from reports.health import health as health_report
from reports.json import to_json
from reports.report import Report
from reports.text import to_text

app = typer.Typer(help="Print a report, without Discord.", no_args_is_help=True)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="MOMENT", help="As of when: 2026-11-19T20:30+01:00. Now by default."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="For people or for programs.")]


@app.callback()
def reports() -> None:
    """Print a report, without Discord."""


@app.command("health")
def health(format_: FormatOption = Format.TEXT, now: NowOption = None, config: ConfigPath = CONFIG) -> None:
    """How the community did in the last seven days, compared with the seven before."""
    report = asyncio.run(_health(Workplace.of(config), milliseconds(moment_or_now(now))))
    if format_ is Format.JSON:
        text = json.dumps(to_json(report), ensure_ascii=False, indent=2)
    else:
        text = to_text(report)
    sys.stdout.write(text.rstrip("\n") + "\n")


async def _health(place: Workplace, now_ms: int) -> Report:
    async with place.warehouse() as warehouse:
        guild_id = await place.guild_id(warehouse)
        async with warehouse.reading() as conn:
            return await health_report(
                conn, guild_id, place.settings.report_settings(), place.settings.rules(), now_ms
            )
