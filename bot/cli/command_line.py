"""Puts the verbs together, and turns whatever stops them into one line and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import typer

from bot.cli import INTERRUPTED, dead_letters, digest, report
from bot.cli.check_config import check_config
from bot.cli.demo import demo
from bot.cli.doctor import doctor
from bot.cli.erase import erase
from bot.cli.import_file import import_file
from bot.cli.kpi_values import keep_kpi_values
from bot.cli.letters import show_nearest_letters
from bot.cli.output import tell_output_errors
from bot.cli.rebuild import rebuild
from bot.cli.refusals import UNUSABLE, WRONG_USE, sentence_of, was_interrupted
from bot.cli.run import run
from bot.cli.what_if import what_if
from bot.config import ConfigProblem
from bot.printable import printable

app = typer.Typer(
    name="insights",
    help="Guild Insights records what happens in a Discord community and tells its people what it means.",
    epilog="Settings stand in config.toml, secrets in the environment: DISCORD_TOKEN, DATABASE_URL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
BOT, NUMBERS, UPKEEP = "The bot", "Its numbers, without Discord", "Upkeep"

app.command("run", rich_help_panel=BOT)(run)
app.command("demo", rich_help_panel=BOT)(demo)
app.add_typer(report.app, name="report", rich_help_panel=NUMBERS)
app.add_typer(digest.app, name="digest", rich_help_panel=NUMBERS)
app.command("what-if", rich_help_panel=NUMBERS)(what_if)
app.command("check-config", rich_help_panel=UPKEEP)(check_config)
app.command("doctor", rich_help_panel=UPKEEP)(doctor)
app.command("import", rich_help_panel=UPKEEP)(import_file)
app.command("rebuild", rich_help_panel=UPKEEP)(rebuild)
app.command("kpi-values", rich_help_panel=UPKEEP)(keep_kpi_values)
app.add_typer(dead_letters.app, name="dead-letters", rich_help_panel=UPKEEP)
app.command("erase", rich_help_panel=UPKEEP)(erase)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        sys.stdout.write(f"Guild Insights {metadata.version('guild-insights')}\n")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
]


@app.callback()
def insights(version: VersionOption = False) -> None:
    """What can be asked of `insights` itself."""


def main() -> None:
    """The `insights` command."""
    tell_output_errors()
    show_nearest_letters()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run one verb. 0: done, 1: something it needs is not there, 2: wrong use or configuration."""
    try:
        return _printed(app(list(arguments), prog_name="insights", standalone_mode=False) or 0)
    except typer.TyperException as wrong:
        return _refuse(_usage(wrong), WRONG_USE)
    except ConfigProblem as problem:
        return _refuse(str(problem), WRONG_USE)
    except typer.Abort:
        return _refuse("Nothing was done.", UNUSABLE)
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None and was_interrupted(error):
            return INTERRUPTED
        if sentence is None:
            raise
        return _refuse(sentence, UNUSABLE)


def _printed(status: int) -> int:
    """What still waits in a buffer could no longer be told of when the process ends."""
    sys.stdout.flush()
    return status


def _usage(wrong: typer.TyperException) -> str:
    """What was wrong, and where the right use stands."""
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "insights"
    message = " ".join(wrong.format_message().split()).replace("Value error, ", "").rstrip(".")
    if message and not message.endswith("?"):
        message += "."
    return f"{message} See `{command} --help`.".lstrip()


def _refuse(lines: str, status: int) -> int:
    if lines:
        sys.stderr.write(f"{printable(lines)}\n")
    return status
