"""`/insights health`: how the community did in the last seven days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bot.clock import milliseconds
from bot.presentation.escape import escape_within
from bot.presentation.message import CONTENT, Message
from bot.presentation.picture import draw_picture
from bot.presentation.report_message import report_message
from bot.services import Services
from reports import wording
from reports.health import health
from reports.periods import local_day, local_moment
from reports.report import NothingRecorded, Report
from storage.database import WarehouseUnavailable

RESOURCE = "insights health"
REPORT_SECONDS = 10.0
DRAW_SECONDS = 15.0  # somebody is waiting

TOO_SLOW = "The numbers took too long. Nothing recorded is lost: try again in a few minutes."
AWAY = "The tables cannot be read now. Nothing recorded is lost: try again in a few minutes."

log = structlog.get_logger(__name__)


async def health_messages(services: Services) -> Sequence[Message]:
    try:
        async with asyncio.timeout(REPORT_SECONDS):
            report = await _report(services)
    except NothingRecorded as nothing:
        return [_sentence(str(nothing))]
    except TimeoutError:
        return [_sentence(TOO_SLOW)]
    except WarehouseUnavailable as unavailable:
        log.warning("report_not_read", report=RESOURCE, reason=str(unavailable))
        return [_sentence(_away(services))]
    picture, notes = await draw_picture(report, services.drawing, DRAW_SECONDS)
    return [report_message(report, notes=(*notes, *_behind(services, report)), picture=picture)]


async def _report(services: Services) -> Report:
    settings = services.settings.current
    guild_id = settings.community.guild_id
    if guild_id is None:
        raise NothingRecorded("No server is set up: set community.guild_id in config.toml.")
    async with services.warehouse.reading() as conn:
        now_ms = milliseconds(services.clock.now())
        return await health(conn, guild_id, settings.report_settings(), settings.rules(), now_ms)


def _sentence(text: str) -> Message:
    return Message(escape_within(text, CONTENT))


def _away(services: Services) -> str:
    as_of_ms = services.tables.as_of_ms
    if as_of_ms is None:
        return AWAY
    moment = _moment(services, as_of_ms)
    return f"The tables, as of {moment}, cannot be read now. Nothing recorded is lost: try again later."


def _behind(services: Services, report: Report) -> Sequence[str]:
    """While the tables cannot follow, which moment the numbers speak of."""
    if services.tables.problem is None:
        return ()
    return (f"As of {_moment(services, report.as_of_ms)}: newer events wait for the tables, none is lost.",)


def _moment(services: Services, at_ms: int) -> str:
    """“14:02”, with its day where that is not today."""
    zone = services.settings.current.community.zone
    clock = f"{local_moment(at_ms, zone):%H:%M}"
    is_today = local_day(at_ms, zone) == local_day(milliseconds(services.clock.now()), zone)
    return clock if is_today else f"{wording.day_text(at_ms, zone)}, {clock}"
