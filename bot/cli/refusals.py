"""What may stop a verb without being a fault of the program. Each says in one sentence what to do."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.cli.output import NotPrinted
from charts.drawing import DrawingFailed
from reports.report import NothingRecorded
from storage.database import WarehouseUnavailable
from storage.journal_file import JournalInUse, JournalUnavailable
from storage.secrets import SecretUnusable
from storage.withdrawals import WithdrawalsUnusable

UNUSABLE: Final = 1
WRONG_USE: Final = 2


class CannotDo(Exception):
    """A verb cannot be done here and now. The message is one sentence that says what to do."""


SPEAKING: Final = (
    CannotDo,
    DrawingFailed,
    JournalInUse,
    JournalUnavailable,
    NothingRecorded,
    NotPrinted,
    SecretUnusable,
    WarehouseUnavailable,
    WithdrawalsUnusable,
)


def sentence_of(error: Exception) -> str | None:
    """The sentence for people, or None for a fault of the program."""
    return str(error) if isinstance(error, SPEAKING) else None


def was_interrupted(error: BaseException | None) -> bool:
    """Whether it is what came of Ctrl-C: a library that is cancelled in its middle fails in its own way.

    What took too long was cancelled, too, and is no interruption.
    """
    while error is not None and not isinstance(error, TimeoutError):
        if isinstance(error, (asyncio.CancelledError, KeyboardInterrupt)):
            return True
        error = error.__context__
    return False
