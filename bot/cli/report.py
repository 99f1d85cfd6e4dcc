"""`insights report`: a report on the terminal, without Discord."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.moment import moment_or_now
from bot.cli.period import PeriodOption, chosen_period
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import milliseconds
from reports.asked import Asked, NamedReport
from reports.attendance_csv import attendance_to_csv
from reports.csv import to_csv
from reports.data_quality import DataQuality, data_quality
from reports.data_quality_lines import to_json as quality_to_json
from reports.data_quality_lines import to_text as quality_to_text
from reports.event import event as event_report
from reports.event_report import EventReport
from reports.json import event_to_json, to_json
from reports.named import NAMED
from reports.occurrences import find_occurrence, latest_occurrence
from reports.periods import Period, trailing_week
from reports.report import Report
from reports.settings import ReportSettings
from reports.text import event_to_text, to_text
from storage.rules import Rules

app = typer.Typer(help="Print a report, without Discord.", no_args_is_help=True)

Made = TypeVar("Made")
Making = Callable[[AsyncConnection, int, ReportSettings, Rules], Awaitable[Made]]
LATEST = "latest"
NO_EVENT = "No event has been recorded yet."
NOT_FOUND = "No event fits “{which}”: give words of its title and date, or latest."


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="MOMENT", help="As of when: 2026-11-19T20:30+01:00. Now by default."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="For people or for programs.")]
EventOption = Annotated[
    str,
    typer.Option("--event", help="latest, words of its title and date, or its key from the JSON."),
]


@app.callback()
def reports() -> None:
    """Print a report, without Discord."""


@app.command("event")
def event(
    which: EventOption = LATEST,
    format_: FormatOption = Format.TEXT,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Who came to an event, for how long, and who they were."""
    now_ms = milliseconds(moment_or_now(now))

    async def make(
        conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules
    ) -> EventReport:
        if which == LATEST:
            key = await latest_occurrence(conn, guild_id, now_ms)
        else:
            key = await find_occurrence(conn, guild_id, which, settings.zone, now_ms)
        if key is None:
            raise CannotDo(NO_EVENT if which == LATEST else NOT_FOUND.format(which=which))
        return await event_report(conn, guild_id, settings, rules, key, now_ms)

    report = _made(config, make)
    forms: dict[Format, Callable[[EventReport], str | dict[str, Any]]] = {
        Format.TEXT: event_to_text,
        Format.JSON: event_to_json,
        Format.CSV: attendance_to_csv,
    }
    _print(forms[format_](report))


@app.command("quality")
def quality(format_: FormatOption = Format.TEXT, now: NowOption = None, config: ConfigPath = CONFIG) -> None:
    """What was recorded in four weeks, this one among them, and what was missed."""
    now_ms = milliseconds(moment_or_now(now))

    async def make(
        conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules
    ) -> DataQuality:
        return await data_quality(conn, guild_id, settings, rules, now_ms)

    made = _made(config, make)
    _print(quality_to_json(made) if format_ is Format.JSON else quality_to_text(made))


def _made(config: Any, make: Making[Made]) -> Made:
    place = Workplace.of(config)

    async def read() -> Made:
        async with place.warehouse() as warehouse:
            guild_id = await place.guild_id(warehouse)
            settings, rules = place.settings.report_settings(), place.settings.rules()
            async with warehouse.reading() as conn:
                return await make(conn, guild_id, settings, rules)

    return asyncio.run(read())


def _verb(report: NamedReport) -> Callable[..., None]:
    """What `insights report NAME` does."""

    def verb(
        period: PeriodOption = None,
        format_: FormatOption = Format.TEXT,
        now: NowOption = None,
        config: ConfigPath = CONFIG,
    ) -> None:
        now_ms = milliseconds(moment_or_now(now))

        async def make(
            conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules
        ) -> Report:
            asked = Asked(_period(report, period, settings, now_ms), now_ms)
            shown = settings if format_ is Format.CSV else exact(settings)
            return await report.make(conn, guild_id, shown, rules, asked)

        _print_report(_made(config, make), format_)

    return verb


def exact(settings: ReportSettings) -> ReportSettings:
    """Whoever has the database sees everything anyway; a table is made to be handed on."""
    return replace(settings, min_group=0)


def _period(report: NamedReport, period: str | None, settings: ReportSettings, now_ms: int) -> Period:
    if period is None and report.speaks_of_trailing_week:
        return trailing_week(now_ms, settings.zone)
    return chosen_period(period, settings, now_ms)


for named in NAMED:
    app.command(named.name, help=named.about)(_verb(named))


def _print_report(report: Report, format_: Format) -> None:
    forms: dict[Format, Callable[[Report], str | dict[str, Any]]] = {
        Format.TEXT: to_text,
        Format.JSON: to_json,
        Format.CSV: to_csv,
    }
    _print(forms[format_](report))


def _print(made: str | dict[str, Any]) -> None:
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=2)
    sys.stdout.write(text.rstrip("\n") + "\n")
