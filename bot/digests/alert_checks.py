"""Checks the limits once a day, and posts those that have newly been crossed."""

from __future__ import annotations

import asyncio
import secrets

import structlog

from bot.clock import milliseconds
from bot.digests.claim import POSTED, Run, runs
from bot.digests.delivery import Delivery, NotPosted, Posted
from bot.digests.digests import REPORT_SECONDS, late_note
from bot.digests.due import Due
from bot.digests.due_check import ALERTS, CheckSettings, broken_off, checks_made, due_check, seven_days
from bot.digests.recorded import recorded
from bot.digests.sending import Sender
from bot.digests.settings import WEEKLY
from bot.presentation.alert_message import alert_message
from bot.services import Services
from reports.alerts import states
from reports.asked import Asked
from reports.crossings import States, is_alert_of, newly_crossed, undecided
from reports.health import health_asked
from reports.periods import Period, week_of
from reports.report import Alert, NothingRecorded, Report
from storage.database import WarehouseUnavailable

TOO_SLOW = "The daily check of the limits took too long."

log = structlog.get_logger(__name__)


class AlertChecks:
    """`tick` may be called at any moment and any number of times, as that of Digests.

    `problem` is why a due check is not made now, in one sentence.
    """

    def __init__(self, services: Services, sender: Sender) -> None:
        self._services = services
        self._delivery = Delivery(services.warehouse, sender, services.clock, secrets.token_hex(8))
        self._turn = asyncio.Lock()
        self.problem: str | None = None

    async def tick(self) -> None:
        """Makes the check that is due. What goes wrong is kept for the next time, and said once."""
        async with self._turn:
            try:
                self._remember(await self._check_due())
            except WarehouseUnavailable as unavailable:
                self._remember(str(unavailable))
            except Exception as error:
                log.exception("alert_check_failed")
                self._remember(f"The check failed with {type(error).__name__}: its log entry says more.")

    async def finished(self) -> None:
        """Waits until no check is being made."""
        async with self._turn:
            return

    async def _check_due(self) -> str | None:
        """Why the check that is due is not made, if it is not."""
        settings = CheckSettings.of(self._services.settings.current)
        if settings.guild_id is None:
            return None
        async with self._services.warehouse.reading() as conn:
            made = await runs(conn, settings.guild_id, ALERTS)
            digests = await runs(conn, settings.guild_id, WEEKLY)
            known = await recorded(conn, settings.guild_id)
        due = due_check(settings, made, known, self._now_ms())
        if due is None:
            return None
        earlier = broken_off(settings, made, due)
        next_one = earlier or due
        if not next_one.is_free(self._now_ms()):
            return next_one.run.problem if next_one.run else None
        return await (self._clear_up(earlier) if earlier else self._make(due, made, digests))

    async def _make(self, due: Due, made: dict[str, Run], digests: dict[str, Run]) -> str | None:
        try:
            async with asyncio.timeout(REPORT_SECONDS):
                report, fresh = await self._found(due, made)
        except NothingRecorded as nothing:
            return str(nothing)
        except TimeoutError:
            return TOO_SLOW
        if not fresh or self._is_told(due, digests):
            await self._delivery.close(due)
            return None
        return await self._post(due, report, fresh)

    async def _clear_up(self, earlier: Due) -> str | None:
        """The next waking goes on from there."""
        outcome = await self._delivery.clear_up(earlier)
        if isinstance(outcome, NotPosted) and not outcome.refused:
            return outcome.sentence
        return None

    def _is_told(self, due: Due, digests: dict[str, Run]) -> bool:
        """Whether a digest of the very same days was posted: it points out the limits that were crossed."""
        seven = seven_days(due.period)
        week_start = self._services.settings.current.community.week_start
        week = week_of(seven.last_day, seven.zone, week_start)
        run = digests.get(week.key)
        return week.last_day == seven.last_day and run is not None and run.status == POSTED

    async def _found(self, due: Due, made: dict[str, Run]) -> tuple[Report, list[Alert]]:
        """The report on the seven days, and of its alerts those that are new."""
        report = await self._report(due.guild_id, due.period)
        rules = self._services.settings.current.report_settings().alerts
        now: States = states(report.sections, rules)
        earlier: list[States] = []
        for check in checks_made(made, due):
            if not undecided(now, earlier):
                break
            then = await self._report(due.guild_id, check)
            earlier.append(states(then.sections, rules))
        new = newly_crossed(now, earlier)
        return report, [alert for alert in report.alerts if is_alert_of(alert, new)]

    async def _post(self, due: Due, report: Report, fresh: list[Alert]) -> str | None:
        notes = (late_note(due),) if due.late else ()
        message = alert_message(report, fresh, marker=due.marker, notes=notes)
        outcome = await self._delivery.deliver(due, message)
        if isinstance(outcome, NotPosted):
            return outcome.sentence
        if isinstance(outcome, Posted):
            log.info("alert_posted", check=due.period.key, late=due.late, message_id=outcome.message_id)
        return None

    async def _report(self, guild_id: int, check: Period) -> Report:
        """What a channel may be told of a check's seven days."""
        settings = self._services.settings.current
        asked = Asked(seven_days(check), self._now_ms())
        async with self._services.warehouse.reading() as conn:
            return await health_asked(conn, guild_id, settings.report_settings(), settings.rules(), asked)

    def _now_ms(self) -> int:
        return milliseconds(self._services.clock.now())

    def _remember(self, problem: str | None) -> None:
        if problem and problem != self.problem:
            log.warning("alert_not_posted", reason=problem)
        self.problem = problem
