"""`insights report`: a report on the terminal, without Discord."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli.cuts import (
    EventTypeOption,
    JoinedOption,
    PlatformOption,
    SegmentOption,
    TierOption,
    chosen_cut,
    refused_options,
    refused_parts,
)
from bot.cli.fitting import write_text
from bot.cli.formats import Format, FormatOption, FormatWithoutTable, FormatWithoutTableOption
from bot.cli.moment import NowOption, moment_or_now
from bot.cli.period import PeriodOption, RecentPeriodOption, chosen_period
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import milliseconds
from reports.asked import Asked, NamedReport
from reports.attendance_csv import attendance_to_csv
from reports.csv import to_csv
from reports.cut_export import exported
from reports.cuts import Cut
from reports.data_quality import DataQuality, data_quality, last_weeks
from reports.data_quality_lines import to_json as quality_to_json
from reports.data_quality_lines import to_text as quality_to_text
from reports.event import event as event_report
from reports.event_report import EventReport
from reports.json import event_to_json, to_json
from reports.member import NobodyToTellOf
from reports.member import member as member_report
from reports.member_report import MemberReport, member_to_json, member_to_text
from reports.named import NAMED
from reports.occurrences import find_occurrence, latest_occurrence
from reports.periods import Period, trailing_week
from reports.quality_report import quality_asked
from reports.report import Report
from reports.settings import ReportSettings
from reports.text import event_to_text, to_text
from reports.titles import short_title
from storage.rules import Rules

app = typer.Typer(help="Print a report, without Discord.", no_args_is_help=True)

Made = TypeVar("Made")
Making = Callable[[AsyncConnection, int, ReportSettings, Rules], Awaitable[Made]]
LATEST = "latest"
LONGEST_ID = 19  # digits
NO_EVENT = "No event has been recorded yet."
NOT_FOUND = "No event fits “{which}”: give words of its title and date, or latest."


QualityPeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period", help="2026-W46, 2026-11 or trailing-7d. Four weeks, this one among them, by default."
    ),
]
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
    _print(forms[format_](report), format_)


@app.command("quality")
def quality(
    period: QualityPeriodOption = None,
    format_: FormatOption = Format.TEXT,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """What was recorded and what was missed, how complete it is, and why."""
    now_ms = milliseconds(moment_or_now(now))

    async def make(
        conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules
    ) -> tuple[DataQuality, Report]:
        chosen = chosen_period(period, settings, now_ms) if period else last_weeks(now_ms, settings)
        shown, asked = settings if format_ is Format.CSV else exact(settings), Asked(chosen, now_ms)
        record = await data_quality(conn, guild_id, settings, rules, now_ms, chosen)
        return record, await quality_asked(conn, guild_id, shown, rules, asked)

    record, report = _made(config, make)
    if format_ is Format.CSV:
        _print(to_csv(report), format_)
    else:
        _print((quality_to_json if format_ is Format.JSON else quality_to_text)(record, report), format_)


@app.command("member")
def member(
    which: Annotated[str, typer.Argument(metavar="MEMBER", help="A user id, or a member number.")],
    format_: FormatWithoutTableOption = FormatWithoutTable.TEXT,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Whether a member joined a voice call, week by week, what they attended, where they stand."""
    now_ms, number = milliseconds(moment_or_now(now)), _member_number(which)

    async def make(
        conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules
    ) -> MemberReport:
        try:
            return await member_report(conn, guild_id, settings, rules, number, now_ms)
        except NobodyToTellOf as nobody:
            raise CannotDo(str(nobody)) from None

    made = _made(config, make)
    is_json = format_ is FormatWithoutTable.JSON
    _print(member_to_json(made) if is_json else member_to_text(made), Format(format_))


def _member_number(typed: str) -> int:
    if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID and int(typed):
        return int(typed)
    raise typer.BadParameter(
        f"“{short_title(typed)}” is no user id and no member number: copy the id in Discord (right-click → "
        "Copy User ID), or take a number from `insights report event --format csv`",
        param_hint="MEMBER",
    )


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

    def verb(  # noqa: PLR0917  each is an option with a name
        period: PeriodOption = None,
        segment: SegmentOption = None,
        tier: TierOption = None,
        platform: PlatformOption = None,
        joined: JoinedOption = None,
        event_type: EventTypeOption = None,
        format_: FormatOption = Format.TEXT,
        now: NowOption = None,
        config: ConfigPath = CONFIG,
    ) -> None:
        cut = Cut(segment, tier, platform, joined, event_type)
        _print_report(_asked(report, config, format_, period, now, cut), format_)

    verb.__annotations__ |= refused_options(report)
    if report.speaks_of_trailing_week:
        verb.__annotations__["period"] = RecentPeriodOption
    return verb


def _asked(  # noqa: PLR0917  as the verb is given them
    report: NamedReport, config: Any, format_: Format, period: str | None, now: str | None, cut: Cut
) -> Report:
    now_ms, is_export = milliseconds(moment_or_now(now)), format_ is Format.CSV
    cut = chosen_cut(report, cut, is_export=is_export)

    async def make(conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules) -> Report:
        asked = Asked(_period(report, period, settings, now_ms), now_ms, cut)
        with refused_parts():
            if is_export:
                return await exported(report, conn, guild_id, settings, rules, asked)
            return await report.make(conn, guild_id, exact(settings), rules, asked)

    return _made(config, make)


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
    _print(forms[format_](report), format_)


def _print(made: str | dict[str, Any], format_: Format) -> None:
    if format_ is Format.TEXT and isinstance(made, str):
        write_text(made)
        return
    text = made if isinstance(made, str) else json.dumps(made, ensure_ascii=False, indent=2)
    sys.stdout.write(text.rstrip("\n") + "\n")
