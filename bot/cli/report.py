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
from reports.data_quality import DataQuality, data_quality
from reports.data_quality_lines import to_json as quality_to_json
from reports.data_quality_lines import to_text as quality_to_text
from reports.details import detail as detail_report
from reports.event import event as event_report
from reports.event_report import EventReport
from reports.health import health as health_report
from reports.json import event_to_json, to_json
from reports.occurrences import find_occurrence, latest_occurrence
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


class Detail(StrEnum):
    """One side of a period; each has a report of its own."""

    GROWTH = "growth"
    SEGMENTS = "segments"
    RETENTION = "retention"
    EVENTS = "events"
    COVERAGE = "coverage"


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


@app.command("health")
def health(format_: FormatOption = Format.TEXT, now: NowOption = None, config: ConfigPath = CONFIG) -> None:
    """How the community did in the last seven days, compared with the seven before."""
    now_ms = milliseconds(moment_or_now(now))

    async def make(conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules) -> Report:
        return await health_report(conn, guild_id, settings, rules, now_ms)

    _print_report(_made(config, make), format_)


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
    _print(event_to_json(report) if format_ is Format.JSON else event_to_text(report))


@app.command("detail")
def detail(
    name: Annotated[Detail, typer.Argument(help="Which side of the period.")],
    period: PeriodOption = None,
    format_: FormatOption = Format.TEXT,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """One side of a period: growth, segments, retention, events or coverage."""
    now_ms = milliseconds(moment_or_now(now))

    async def make(conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules) -> Report:
        exact = replace(settings, min_group=0)  # whoever has the database sees everything anyway
        chosen = chosen_period(period, settings, now_ms)
        return await detail_report(conn, guild_id, exact, rules, name, chosen, now_ms)

    _print_report(_made(config, make), format_)


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


def _print_report(report: Report, format_: Format) -> None:
    _print(to_json(report) if format_ is Format.JSON else to_text(report))


def _print(made: str | dict[str, Any]) -> None:
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=2)
    sys.stdout.write(text.rstrip("\n") + "\n")
