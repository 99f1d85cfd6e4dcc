"""Writes down what the audit log tells of removals: says when it is due, and takes up what was fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

from bot.audit_log import AuditLog, Covered, EntriesRequest
from bot.coverage import coverage
from bot.draft import Received
from bot.excerpt import Kept
from bot.intake import Intake
from storage.event import Event

SOURCE: Final = "removals"
ENTRY: Final = "GUILD_AUDIT_LOG_ENTRY_CREATE"


class Place(Protocol):
    """What is needed of audit_place.AuditPlace."""

    def read(self) -> int | None: ...
    def write(self, to_ms: int) -> None: ...


class Pages(Protocol):
    """What is needed of storage.journal.Journal."""

    def append(self, item: object) -> None: ...
    async def flushed(self) -> None: ...


class AuditRecorder:
    """Follows one guild's audit log. `place` outlives this process, `since_ms` is when recording began."""

    def __init__(
        self, intake: Intake, pages: Pages, place: Place | None = None, since_ms: int | None = None
    ) -> None:
        self._intake = intake
        self._pages = pages
        self._place = place
        self.log = AuditLog(place.read() if place else None, since_ms)

    def want(self, now_ms: int) -> None:
        """Something may have been missed. The first time, what follows is missing until it was read."""
        self.log.want(now_ms)
        if self._place is not None and self.log.complete_to_ms is None and self.log.since_ms is not None:
            self._place.write(self.log.since_ms)
            self.log.complete_to_ms = self.log.since_ms

    def again_from(self, from_ms: int) -> None:
        """The record lost what it was told since then, which Discord still has."""
        self.log.again_from(from_ms)
        if self._place is not None and self.log.complete_to_ms is not None:
            self._place.write(self.log.complete_to_ms)

    def follow(self, kept: Kept, now_ms: int) -> None:
        """A dispatch of the guild, after it was recorded."""
        if not (isinstance(kept.person, str) and kept.person.isascii() and kept.person.isdecimal()):
            return
        if kept.type == "GUILD_MEMBER_REMOVE":
            self.log.left(int(kept.person), now_ms)
        elif kept.type == ENTRY:
            self.log.named(int(kept.person), now_ms)

    async def taken(self, request: EntriesRequest, entries: Iterable[object], now_ms: int) -> None:
        """All entries came. What they cover is told after them, and remembered once all is durable."""
        for received in self._received(request, entries, now_ms):
            self._pages.append(received)
        self._note(self.log.complete(request))
        await self._pages.flushed()
        if self._place is not None and self.log.complete_to_ms is not None:
            await asyncio.to_thread(self._place.write, self.log.complete_to_ms)

    def missed(self, request: EntriesRequest, *, is_denied: bool) -> None:
        self._note(self.log.refused(request) if is_denied else self.log.failed(request))

    def _received(
        self, request: EntriesRequest, entries: Iterable[object], now_ms: int
    ) -> Iterator[Received]:
        guild = {"guild_id": str(self._intake.options.guild_id)}  # REST leaves it out
        name = f"audit log {request.asked_at_ms}"
        for number, entry in enumerate(entries):
            whole: dict[str, Any] = {**entry, **guild} if isinstance(entry, dict) else guild
            if (kept := self._intake.extract(ENTRY, whole)) is not None:
                yield Received(kept, name, request.asked_at_ms, number, now_ms, now_ms, now_ms)

    def _note(self, rows: Iterable[Covered]) -> None:
        for row in rows:
            self._pages.append(self._row(row))

    def _row(self, row: Covered) -> Event:
        keys, guild_id = self._intake.keys, self._intake.options.guild_id
        return coverage(keys, guild_id, row.state, (SOURCE,), row.from_ms, row.to_ms, row.cause)
