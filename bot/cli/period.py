"""Which period a verb speaks of: the one that was named, or the last week that is over."""

from __future__ import annotations

from typing import Annotated

import typer

from reports.periods import Period, last_closed_week, parse_period
from reports.settings import ReportSettings

PeriodOption = Annotated[
    str | None,
    typer.Option("--period", help="2026-W46, 2026-11 or trailing-7d. The last week that is over by default."),
]
RecentPeriodOption = Annotated[
    str | None,
    typer.Option("--period", help="2026-W46, 2026-11 or trailing-7d. The last 7 complete days by default."),
]


def chosen_period(text: str | None, settings: ReportSettings, now_ms: int) -> Period:
    """Refuses what is no period, and one that has not begun."""
    latest = last_closed_week(now_ms, settings.zone, settings.week_start)
    if text is None:
        return latest
    try:
        period = parse_period(text, settings.zone, settings.week_start, now_ms)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None
    if period.start_ms > now_ms:
        raise typer.BadParameter(
            f"{text} has not begun: name a period that has, such as {latest.key}", param_hint="--period"
        )
    return period
