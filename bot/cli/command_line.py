"""Puts the verbs together, and turns whatever stops them into one line and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from bot.cli import check_config, demo, digest, erase, rebuild, report, run
from bot.cli.refusals import UNUSABLE, WRONG_USE, sentence_of
from bot.config import ConfigProblem

app = typer.Typer(
    name="insights",
    help="Guild Insights records what happens in a Discord community and tells its people what it means.",
    epilog="Settings stand in config.toml, secrets in the environment: DISCORD_TOKEN, DATABASE_URL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.add_typer(report.app, name="report")
app.add_typer(digest.app, name="digest")
app.command("rebuild")(rebuild.rebuild)
app.command("check-config")(check_config.check_config)
app.command("erase")(erase.erase)


def main() -> None:
    """The `insights` command."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run one verb. 0: done, 1: something it needs is not there, 2: wrong use or configuration."""
    try:
        return app(list(arguments), prog_name="insights", standalone_mode=False) or 0
    except typer.TyperException as wrong:
        return _refuse(_usage(wrong), WRONG_USE)
    except ConfigProblem as problem:
        return _refuse(str(problem), WRONG_USE)
    except typer.Abort:
        return _refuse("Nothing was done.", UNUSABLE)
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        return _refuse(sentence, UNUSABLE)


def _usage(wrong: typer.TyperException) -> str:
    """What was wrong, and where the right use stands."""
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "insights"
    message = " ".join(wrong.format_message().split()).rstrip(".")
    return f"{message}. See `{command} --help`." if message else f"See `{command} --help`."


def _refuse(lines: str, status: int) -> int:
    sys.stderr.write(f"{lines}\n")
    return status
