"""What somebody asks of a report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cuts import EVERYBODY, Cut
from reports.periods import Period
from reports.report import Report
from reports.settings import ReportSettings
from storage.rules import Rules


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which period, as of which moment (UTC milliseconds), and of whom."""

    period: Period
    now_ms: int
    cut: Cut = EVERYBODY


Making: TypeAlias = Callable[[AsyncConnection, int, ReportSettings, Rules, Asked], Awaitable[Report]]


@dataclass(frozen=True, slots=True)
class NamedReport:
    """A report that is asked for by its name. `make` raises NothingRecorded."""

    name: str
    about: str  # one sentence, as help
    make: Making
    speaks_of_trailing_week: bool = False  # where no period is named: else of the last week that is over
    cuts: tuple[str, ...] = ()  # the dimensions that it can be cut by, of cuts.BY_PEOPLE and cuts.BY_EVENT
