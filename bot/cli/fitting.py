"""Text on a terminal breaks between words, and goes on a little further in."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap

from bot.printable import printable
from reports.wording import NO_BREAK

_GLUED = re.compile(
    r"· (?:(?:was|last time|as of|rules) )?|(?:above|below|than) (?=\d)|in \d+ weeks"
)  # read as one word


def write_text(text: str) -> None:
    """To stdout, ending with one newline; nothing is broken where that is a file or another program."""
    text = printable(text)
    if sys.stdout.isatty():
        text = fitted(text, shutil.get_terminal_size().columns)
    sys.stdout.write(text.rstrip("\n") + "\n")


def fitted(text: str, columns: int) -> str:
    return "\n".join(part for line in text.split("\n") for part in _broken(line, columns))


def _broken(line: str, columns: int) -> list[str]:
    if len(line) <= columns:
        return [line]
    line = _GLUED.sub(lambda found: found[0].replace(" ", NO_BREAK), line)
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line.lstrip(),
        columns,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
