"""`insights doctor`: is everything there that the bot needs, and what is to be done where it is not?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.refusals import WRONG_USE
from bot.cli.workplace import CONFIG, ConfigPath
from bot.clock import SystemClock
from bot.config import ConfigProblem, Environment, Settings, load_environment, load_settings
from bot.doctor.configuration import environment_findings, problem_findings, settings_findings
from bot.doctor.finding import Finding, State
from bot.doctor.machine import machine_findings
from bot.doctor.warehouse import warehouse_findings
from bot.paths import DataPaths
from bot.printable import printable

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]

MARKS = {State.WELL: ("✓", "green"), State.ILL: ("✗", "red"), State.UNKNOWN: ("–", "yellow")}
Groups = Mapping[str, Sequence[Finding]]


def doctor(as_json: AsJson = False, config: ConfigPath = CONFIG) -> None:
    """Look at token, intents, permissions, database, disk, clock and files, and say what to do.

    Exit status 1 if anything has to be done. Works beside a running bot, and changes no record.
    """
    try:
        environment = load_environment()
    except ConfigProblem as problem:
        if not as_json:
            raise
        _print({"Environment": list(environment_findings(problem))})
        raise typer.Exit(WRONG_USE) from None
    groups = asyncio.run(_looked_at(environment, config))
    if as_json:
        _print(groups)
    else:
        show(groups, Console(highlight=False))
    if _ill(groups):
        raise typer.Exit(1)


async def _looked_at(environment: Environment, config: Path) -> Groups:
    # Discord's library takes most of a second to import, which no other verb should wait for
    from bot.doctor.discord import discord_findings  # noqa: PLC0415
    from bot.gateway.client import DISCORD  # noqa: PLC0415

    clock = SystemClock()
    try:
        settings = load_settings(config)
        of_settings = list(settings_findings(settings, config, clock.now()))
    except ConfigProblem as problem:
        settings, of_settings = Settings(), list(problem_findings(problem))
    token = environment.discord_token.get_secret_value() if environment.discord_token else None
    api_url = environment.discord_api_url or DISCORD
    return {
        "Settings": of_settings,
        "This machine": list(
            machine_findings(DataPaths(environment.insights_data), environment.warehouse_file)
        ),
        "Warehouse": await warehouse_findings(environment, settings.community.guild_id),
        "Discord": await discord_findings(api_url, token, settings, clock),
    }


def _ill(groups: Groups) -> int:
    return sum(finding.state is State.ILL for findings in groups.values() for finding in findings)


def _print(groups: Groups) -> None:
    # in ASCII alone: a monitor's surroundings are often no others
    sys.stdout.write(json.dumps(_plain(groups), indent=2) + "\n")


def _plain(groups: Groups) -> dict[str, object]:
    findings = [
        {"group": name, **asdict(finding)} for name, findings in groups.items() for finding in findings
    ]
    return {"well": _ill(groups) == 0, "findings": findings}


def show(groups: Groups, console: Console) -> None:
    """A line a finding, however narrow the terminal: what to do stands below, behind an arrow."""
    widest = max(len(finding.about) for findings in groups.values() for finding in findings)
    for name, findings in groups.items():
        console.print(Text(name, style="bold"))
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(width=widest)
        table.add_column(overflow="fold", ratio=1)
        for finding in findings:
            mark, colour = MARKS[finding.state]
            told = Text(printable(finding.said))
            if finding.do:
                told.append(f"\n→ {printable(finding.do)}", style="bold")
            table.add_row(Text(mark, style=colour), Text(printable(finding.about), style="dim"), told)
        console.print(Padding(table, (0, 0, 1, 1)))
    console.print(_summary(groups))


def _summary(groups: Groups) -> Text:
    number, looked_at = _ill(groups), sum(map(len, groups.values()))
    if not number:
        return Text(f"✓ All is well: {looked_at} things were looked at.", style="green")
    things = "thing needs" if number == 1 else "things need"
    return Text(f"✗ {number} {things} attention, of {looked_at} that were looked at.", style="red")
