"""A moment given on the command line."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.clock import SystemClock

NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="MOMENT", help="As of when: 2026-11-19T20:30+01:00. Now by default."),
]
EARLIEST, LATEST = datetime(2018, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def moment_or_now(text: str | None) -> datetime:
    """The moment that was given, in UTC where it names no zone; without one, now."""
    if text is None:
        return SystemClock().now()
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if EARLIEST <= moment < LATEST:
            return moment
    raise typer.BadParameter(
        f"“{text}” is no moment from 2018 to 2099: write it as 2026-11-19T20:30+01:00", param_hint="--now"
    )
