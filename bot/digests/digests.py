"""Posts the digests that are due."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from bot.clock import milliseconds
from bot.digests.claim import runs
from bot.digests.delivery import Delivery, NotPosted
from bot.digests.due import Due, due_digests
from bot.digests.recorded import recorded
from bot.digests.sending import Sender
from bot.digests.settings import DigestSettings
from bot.presentation.message import Message
from bot.presentation.picture import draw_first
from bot.presentation.report_message import report_message
from bot.services import Services
from reports import wording
from reports.periods import local_moment
from reports.report import NothingRecorded, Report
from reports.weekly import weekly
from storage.database import WarehouseUnavailable

REPORT_SECONDS = 60.0  # nobody is waiting

TOO_SLOW = "The {digest} report took too long."

log = structlog.get_logger(__name__)


class Digests:
    """`tick` may be called at any moment and any number of times: what is due and who posts it is decided by
    the tables. `problem` is why a due digest is not posted now, in one sentence.
    """

    def __init__(self, services: Services, sender: Sender) -> None:
        self._services = services
        owner = secrets.token_hex(8)  # tells attempts of different processes apart; names nobody
        self._delivery = Delivery(services.warehouse, sender, services.clock, owner)
        self._turn = asyncio.Lock()
        self.problem: str | None = None

    async def tick(self) -> None:
        """Posts what is due. What goes wrong is kept for the next time, and said once."""
        async with self._turn:
            try:
                self._remember(await self._post_due())
            except WarehouseUnavailable as unavailable:
                self._remember(str(unavailable))
            except Exception as error:
                log.exception("digest_failed")
                self._remember(f"The digest failed with {type(error).__name__}: its log entry says more.")

    async def finished(self) -> None:
        """Waits until no digest is being posted."""
        async with self._turn:
            return

    async def _post_due(self) -> str | None:
        """The first problem met, if any."""
        current = self._services.settings.current
        problems = [
            await self._post(due)
            for settings in (DigestSettings.of(current), DigestSettings.monthly(current))
            for due in await self._due(settings)
        ]
        return next(filter(None, problems), None)

    async def _due(self, settings: DigestSettings) -> list[Due]:
        if settings.guild_id is None:
            return []
        async with self._services.warehouse.reading() as conn:
            done = await runs(conn, settings.guild_id, settings.digest)
            known = await recorded(conn, settings.guild_id)
        return due_digests(settings, done, known, self._now_ms())

    async def _post(self, due: Due) -> str | None:
        """Why it is not posted, if it is not."""
        if not due.is_free(self._now_ms()):
            return due.run.problem if due.run else None
        try:
            async with asyncio.timeout(REPORT_SECONDS):
                report = await self._report(due)
        except NothingRecorded as nothing:
            return str(nothing)
        except TimeoutError:
            return TOO_SLOW.format(digest=due.digest)
        outcome = await self._delivery.deliver(due, await self._message(due, report))
        if isinstance(outcome, NotPosted):
            return outcome.sentence
        if outcome:
            log.info(
                "digest_posted",
                digest=due.digest,
                period=due.period.key,
                late=due.late,
                message_id=outcome.message_id,
            )
        return None

    async def _report(self, due: Due) -> Report:
        settings = self._services.settings.current
        async with self._services.warehouse.reading() as conn:
            return await weekly(
                conn, due.guild_id, settings.report_settings(), settings.rules(), due.period, self._now_ms()
            )

    async def _message(self, due: Due, report: Report) -> Message:
        pictures, notes = await draw_first(report, self._services.drawing)
        if due.late:
            notes = (*notes, late_note(due))
        return report_message(report, marker=due.marker, notes=notes, pictures=pictures)

    def _now_ms(self) -> int:
        return milliseconds(self._services.clock.now())

    def _remember(self, problem: str | None) -> None:
        if problem and problem != self.problem:
            log.warning("digest_not_posted", reason=problem)
        self.problem = problem


def late_note(due: Due) -> str:
    at = local_moment(due.due_at_ms, due.period.zone)
    return f"Posted late: it was due {wording.day_text(due.due_at_ms, due.period.zone)}, {at:%H:%M}."
