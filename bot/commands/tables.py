"""Asking the tables for somebody who waits: bounded in time, and one sentence where there is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import milliseconds
from bot.services import Services
from reports import wording
from reports.periods import local_day, local_moment
from reports.report import NothingRecorded
from reports.settings import ReportSettings
from storage.rules import Rules
from storage.trouble import WarehouseDamaged, WarehouseReplaced, WarehouseUnavailable

REPORT_SECONDS = 10.0
CATCH_UP_SECONDS = 8.0  # for what somebody has just told, before they hear how it counts
PATIENCE_SECONDS = 2.0  # the tables are usually a quarter of a second behind

NO_SERVER = "No server is set up: set community.guild_id in config.toml."
TOO_SLOW = "The numbers took too long. Nothing recorded is lost: try again in a few minutes."
MEND = {  # what somebody has to do; everything else is over by itself
    WarehouseDamaged: "restore a backup",
    WarehouseReplaced: "put a good one there",
}

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Unanswerable(Exception):
    """There is no other answer than this sentence, which is shown as it is."""


class TablesFailed(Unanswerable):
    """Nothing is wrong with what was asked: the tables could not be read, or did not follow in time."""

    def __init__(self, sentence: str, error_type: str) -> None:
        super().__init__(sentence)
        self.error_type = error_type


@dataclass(frozen=True, slots=True)
class Asking:
    """One look into the tables, under the settings of this moment."""

    conn: AsyncConnection
    guild_id: int
    settings: ReportSettings
    rules: Rules
    now_ms: int


async def ask(
    services: Services,
    resource: str,
    question: Callable[[Asking], Awaitable[T]],
    timeout_s: float | None = None,
) -> T:
    """The question's answer. Raises Unanswerable, and TablesFailed where it is not the question's fault."""
    try:
        async with (
            asyncio.timeout(REPORT_SECONDS if timeout_s is None else timeout_s),
            _asking(services) as asking,
        ):
            return await question(asking)
    except (KeyError, IndexError):
        raise  # are no sentences
    except (NothingRecorded, LookupError) as nothing:
        raise Unanswerable(str(nothing)) from nothing
    except TimeoutError as late:
        raise TablesFailed(TOO_SLOW, type(late).__name__) from late
    except WarehouseUnavailable as unavailable:
        log.warning("report_not_read", report=resource, reason=str(unavailable))
        raise TablesFailed(_away(services, unavailable), type(unavailable).__name__) from unavailable


async def brought_up_to_date(services: Services, patience_s: float | None = None) -> bool:
    """Whether the tables speak of this moment now. Who asks in the middle of an event means what goes on."""
    patience_s = PATIENCE_SECONDS if patience_s is None else patience_s
    try:
        async with asyncio.timeout(patience_s):
            await services.observer.cover_until_now()
            return await services.tables.caught_up(patience_s)
    except TimeoutError:
        return False


@asynccontextmanager
async def _asking(services: Services) -> AsyncIterator[Asking]:
    settings = services.settings.current
    guild_id = settings.community.guild_id
    if guild_id is None:
        raise Unanswerable(NO_SERVER)
    async with services.warehouse.reading() as conn:
        now_ms = milliseconds(services.clock.now())
        yield Asking(conn, guild_id, settings.report_settings(), settings.rules(), now_ms)


def _away(services: Services, unavailable: WarehouseUnavailable) -> str:
    """What is wrong, and what becomes of what is recorded; short enough to be read in a notification."""
    what = f"The warehouse {unavailable.what}"
    if do := MEND.get(type(unavailable)):
        return f"{what}: {do} (docs/operations.md). What comes in is kept."
    as_of_ms = services.tables.as_of_ms
    as_of = "" if as_of_ms is None else f" (tables as of {_moment(services, as_of_ms)})"
    return f"{what}. Nothing recorded is lost{as_of}: try again later."


def behind(services: Services, as_of_ms: int, *, is_current: bool = True) -> Sequence[str]:
    """While the tables cannot follow, which moment the numbers speak of."""
    if services.tables.problem is None and is_current:
        return ()
    return (f"As of {_moment(services, as_of_ms)}: newer events wait for the tables, none is lost.",)


def _moment(services: Services, at_ms: int) -> str:
    """“14:02”, with its day where that is not today."""
    zone = services.settings.current.community.zone
    clock = f"{local_moment(at_ms, zone):%H:%M}"
    is_today = local_day(at_ms, zone) == local_day(milliseconds(services.clock.now()), zone)
    return clock if is_today else f"{wording.day_text(at_ms, zone)}, {clock}"
