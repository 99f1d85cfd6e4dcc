"""Fetches over REST who was kicked, banned or pruned, page by page."""

from __future__ import annotations

import logging
from typing import Any, Final

from interactions.api.http.route import Route

from bot.audit_log import EntriesRequest
from bot.gateway.fetching import FORBIDDEN, Fetcher, NotGiven
from bot.gateway.refusals import AUDIT_LOG_REFUSED
from bot.well_formed import Malformed, snowflake_ms, snowflake_number

PAGE: Final = 100  # "Get Guild Audit Log": at most so many at once, the newest first
REMOVALS: Final = (20, 21, 22)  # "Audit Log Events": kicked, pruned, banned; one kind is asked for at a time
AUDIT_LOG: Final = "/guilds/{guild_id}/audit-logs"

log = logging.getLogger(__name__)


class AuditFetcher(Fetcher):
    about = "The audit log"
    problem: str | None = None  # why it was not read the last time: one sentence

    async def _work_off(self) -> None:
        while (request := self._recorder.audit_log_due()) is not None:
            try:
                entries = [entry for action in REMOVALS for entry in await self._entries(action, request)]
            except NotGiven as refused:
                is_denied = refused.status == FORBIDDEN
                self._say(AUDIT_LOG_REFUSED if is_denied else f"The audit log was not read ({refused}).")
                self._recorder.audit_log_missed(request, is_denied=is_denied)
            except Exception:
                self._recorder.audit_log_missed(request)
                raise
            else:
                self.problem = None
                await self._recorder.audit_log_taken(request, entries)

    def _say(self, sentence: str) -> None:
        if sentence != self.problem:
            log.warning(sentence)
        self.problem = sentence

    async def _entries(self, action: int, request: EntriesRequest) -> list[Any]:
        """Those of one kind from the request's moment on. Raises NotGiven."""
        entries: list[Any] = []
        query: dict[str, Any] = {"action_type": action, "limit": PAGE}
        while True:
            page = await self._page(query)
            entries += [entry for entry in page if not _is_before(request.from_ms, _id_of(entry))]
            if len(page) < PAGE:
                return entries
            ids = [entry_id for entry in page if (entry_id := _id_of(entry)) is not None]
            oldest = min(ids, default=None)
            if _is_before(request.from_ms, oldest):
                return entries
            if oldest is None or str(oldest) == query.get("before"):
                raise NotGiven("it does not go on")
            query["before"] = str(oldest)

    async def _page(self, query: dict[str, Any]) -> list[Any]:
        answer = await self._get(Route("GET", AUDIT_LOG, guild_id=self._guild_id), query, dict)
        page = answer.get("audit_log_entries")
        if not isinstance(page, list):
            raise NotGiven("it holds no entries")
        return page


def _is_before(from_ms: int, entry_id: int | None) -> bool:
    """What cannot be read is not: it is set aside as it is."""
    return entry_id is not None and snowflake_ms(entry_id) < from_ms


def _id_of(entry: object) -> int | None:
    try:
        return snowflake_number(entry.get("id") if isinstance(entry, dict) else None)
    except Malformed:
        return None
