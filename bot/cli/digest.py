"""`insights digest`: the digest of a period as files, without Discord."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cli.moment import NowOption, moment_or_now
from bot.cli.period import PeriodOption, chosen_period
from bot.cli.refusals import CannotDo
from bot.cli.workplace import CONFIG, ConfigPath, Workplace
from bot.clock import milliseconds
from bot.presentation.message import Message
from bot.presentation.picture import draw_first
from bot.presentation.report_message import report_message
from bot.printable import printable
from charts.drawing import Drawing
from reports.json import to_json
from reports.periods import Period, last_closed_month
from reports.report import Report
from reports.weekly import weekly as digest

app = typer.Typer(help="Write a digest into files, without Discord.", no_args_is_help=True)

OutOption = Annotated[Path, typer.Option("--out", help="The folder to write into; made if it is not there.")]
MonthOption = Annotated[
    str | None, typer.Option("--period", help="2026-11. The last month that is over by default.")
]


@app.callback()
def digests() -> None:
    """Write a digest into files, without Discord."""


@app.command("weekly")
def weekly(
    out: OutOption = Path("digest"),
    period: PeriodOption = None,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Write the weekly digest: the message and the report as JSON, its pictures as PNG."""
    place, now_ms = Workplace.of(config), milliseconds(moment_or_now(now))
    chosen = chosen_period(period, place.settings.report_settings(), now_ms)
    if chosen.is_month:
        raise typer.BadParameter(
            f"{period} is a month: `insights digest monthly` writes it, or name a week such as 2026-W46",
            param_hint="--period",
        )
    _told(place, chosen, now_ms, out)


@app.command("monthly")
def monthly(
    out: OutOption = Path("digest"),
    month: MonthOption = None,
    now: NowOption = None,
    config: ConfigPath = CONFIG,
) -> None:
    """Write the monthly digest: the message and the report as JSON, its pictures as PNG."""
    place, now_ms = Workplace.of(config), milliseconds(moment_or_now(now))
    settings = place.settings.report_settings()
    chosen = chosen_period(month or last_closed_month(now_ms, settings.zone).key, settings, now_ms)
    if not chosen.is_month:
        raise typer.BadParameter(f"{month} is no month: name one such as 2026-11", param_hint="--period")
    _told(place, chosen, now_ms, out)


def _told(place: Workplace, period: Period, now_ms: int, out: Path) -> None:
    report, message = asyncio.run(_made(place, period, now_ms))
    written = _write(out, report, message)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(printable(message.content))
    console.print(printable(f"Written: {', '.join(map(str, written))}"))


async def _made(place: Workplace, period: Period, now_ms: int) -> tuple[Report, Message]:
    settings, rules = place.settings.report_settings(), place.settings.rules()
    async with place.warehouse() as warehouse:
        guild_id = await place.guild_id(warehouse)
        async with warehouse.reading() as conn:
            report = await digest(conn, guild_id, settings, rules, period, now_ms)
    drawing = Drawing()
    try:
        pictures, notes = await draw_first(report, drawing)
    finally:
        await drawing.close()
    return report, report_message(report, notes=notes, pictures=pictures)


def _write(out: Path, report: Report, message: Message) -> list[Path]:
    """The message, the report and the pictures, each in a file of its own."""
    files = {
        f"{report.name}-{report.period.key}-message.json": _as_json(_plain(message)),
        f"{report.name}-{report.period.key}-report.json": _as_json(to_json(report)),
        **{picture.file_name: picture.png for picture in message.pictures},
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise CannotDo(
            f"{out} cannot be written ({error.strerror}): name another folder with --out."
        ) from None
    return [out / name for name in files]


def _plain(message: Message) -> dict[str, Any]:
    """The message without its pictures' bytes, in Discord's terms."""
    embed = message.embed
    return {
        "content": message.content,
        "embeds": [
            {
                "title": embed.title,
                "description": embed.description,
                "color": int(embed.accent),
                "footer": {"text": embed.footer},
            }
        ]
        if embed
        else [],
        "attachments": [
            {"filename": picture.file_name, "description": picture.alt_text} for picture in message.pictures
        ],
        "buttons": [button.label for button in message.buttons],
    }


def _as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
