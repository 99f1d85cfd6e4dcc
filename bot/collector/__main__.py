"""`python -m bot.collector JOURNAL`, which insights_extension starts where Guild Insights runs."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from contextlib import suppress
from typing import Final

from bot.cli.refusals import CannotDo, sentence_of
from bot.cli.workplace import CONFIG
from bot.collector.collector import Collector
from bot.config import ConfigProblem, SettingsHolder, load_environment, required_guild_id
from bot.paths import DataPaths
from bot.start_check import refuse_to_start

LONGEST_LINE: Final = 1 << 20
JOURNAL_NAME: Final = re.compile(r"[a-z0-9-]{1,32}")


def main(arguments: list[str]) -> int:
    """0: the other bot has stopped. 1: it cannot record; a sentence says why."""
    (journal,) = arguments
    try:
        asyncio.run(_collect(journal))
    except Exception as error:
        sentence = str(error) if isinstance(error, ConfigProblem) else sentence_of(error)
        if sentence is None:
            raise
        sys.stderr.write(f"{sentence}\n")
        return 1
    return 0


async def _collect(journal: str) -> None:
    if not JOURNAL_NAME.fullmatch(journal):
        raise CannotDo(
            f'The journal of another bot cannot be called "{journal}": '
            "its name is made of a to z, digits and hyphens, at most 32."
        )
    environment = load_environment()
    paths = DataPaths(environment.insights_data)
    holder, url = SettingsHolder(CONFIG), environment.warehouse_url
    await refuse_to_start(url, paths.secret, required_guild_id(holder.current, holder.path))
    collector = Collector.assemble(holder, paths, url, journal)
    await collector.run(await _standard_input(), _answer)


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _answer(number: int) -> None:
    with suppress(BrokenPipeError):  # the other bot is gone, and what it handed over is on disk
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    sys.exit(main(sys.argv[1:]))
