"""The `insights` command line: one file a verb. What a verb cannot do is said in one line."""

from __future__ import annotations

from bot.cli.command_line import main

__all__ = ["main"]
