"""The `insights` command line: one file a verb. What a verb cannot do is said in one line."""

from __future__ import annotations

import sys
from typing import Final

INTERRUPTED: Final = 130  # as shells have it: 128 and the number of SIGINT


def main() -> None:
    """The `insights` command. Ctrl-C ends it silently from its first moment: loading it takes a second."""
    try:
        # here, where Ctrl-C is waited for already
        from bot.cli.command_line import main as begin  # noqa: PLC0415

        begin()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


__all__ = ["main"]
