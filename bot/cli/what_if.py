"""`insights what-if`: the last weeks under other thresholds, changing nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Annotated

import typer

from bot.cli.fitting import write_text
from bot.cli.formats import FormatWithoutTable, FormatWithoutTableOption
from bot.cli.moment import NowOption, moment_or_now
from bot.cli.progress import progress_bar
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import milliseconds
from bot.config import read_content
from bot.tried_settings import Assignment, CannotBeTried, tried
from reports.what_if import WhatIf, what_if_to_json, what_if_to_text
from reports.what_if import what_if as compare

Assignments = Annotated[
    list[str],
    typer.Argument(
        metavar="KEY=VALUE...",
        help="segments.core.min_events=3; of an alert by its KPI: alert.no_show_rate.above=0.2. Where "
        "several are of one KPI, with its place among them: alert.no_show_rate.2.above=0.2.",
    ),
]


def what_if(
    keys: Assignments,
    format_: FormatWithoutTableOption = FormatWithoutTable.TEXT,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Say how the last 12 weeks' segments and alerts would have looked under other thresholds."""
    now_ms = milliseconds(moment_or_now(now))
    place = Workplace.of(config)
    try:
        then, changes = tried(read_content(config), config.name, [Assignment.of(key) for key in keys])
    except CannotBeTried as refused:
        raise typer.BadParameter(str(refused)) from None

    async def read() -> WhatIf:
        async with place.warehouse() as warehouse:
            guild_id, rules = await place.guild_id(warehouse), place.settings.rules()
            settings = place.settings.report_settings(), then.report_settings()
            async with warehouse.reading() as conn:
                with progress_bar("Weeks", is_passing=True) as step:
                    return await compare(conn, guild_id, *settings, rules, changes, now_ms, on_progress=step)

    told = asyncio.run(read())
    if format_ is FormatWithoutTable.JSON:
        sys.stdout.write(json.dumps(what_if_to_json(told), ensure_ascii=False, indent=2) + "\n")
    else:
        write_text(what_if_to_text(told))
