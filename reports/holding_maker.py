"""Reads what one occurrence's numbers are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.holding import Holding
from reports.membership import Membership
from reports.occurrence_records import AttendanceRow, Occurrence, load_answers, load_stays
from reports.populations import Populations
from reports.presence import Presence
from reports.quality import Recording
from reports.records import Records
from reports.turnout import Turnout
from storage.rules import Rules

NOTHING_HELD = ("coming", "not_held", "cancelled")  # nobody came, stayed away or may have come


@dataclass(frozen=True, slots=True)
class HoldingMaker:
    conn: AsyncConnection
    records: Records
    populations: Populations
    membership: Membership
    rules: Rules

    async def holding(self, occurrence: Occurrence, rows: list[AttendanceRow]) -> Holding:
        start_ms = min(occurrence.starts_ms, self.records.as_of_ms)
        members = self.populations.at(self.membership, start_ms)
        if not rows:
            rows = await self._answers(occurrence, start_ms)
        if occurrence.outcome in NOTHING_HELD:
            rows = [row._replace(status="none") for row in rows]
        return Holding(
            occurrence=occurrence,
            turnout=Turnout.of(
                rows, self.populations.outside, partial(self.membership.was_here, moment_ms=start_ms)
            ),
            presence=await self._presence(occurrence),
            members=members,
        )

    async def _answers(self, occurrence: Occurrence, moment_ms: int) -> list[AttendanceRow]:
        """What was answered, of an occurrence of which nobody knows yet or ever who came."""
        answers = await load_answers(self.conn, self.records.guild_id, occurrence.key, moment_ms)
        own = {answer.member_no: answer.is_interested for answer in answers if answer.is_to_occurrence}
        found: dict[int, str] = {
            number: "interested" if is_so else "declined" for number, is_so in own.items()
        }
        whole = "standing" if occurrence.is_recurring else "interested"
        for answer in answers:
            if not answer.is_to_occurrence and answer.is_interested:
                found.setdefault(answer.member_no, whole)
        return [AttendanceRow(number, found[number], "unknown", 0, False, False) for number in sorted(found)]

    async def _presence(self, occurrence: Occurrence) -> Presence | None:
        window = occurrence.window
        if occurrence.outcome == "running":
            window = (occurrence.starts_ms, max(self.records.as_of_ms, occurrence.starts_ms + 1))
        if not window or window[0] >= window[1] or not occurrence.channels:
            return None
        around = (window[0] - 3_600_000, window[1] + 3_600_000)
        guild_id, as_of_ms = self.records.guild_id, self.records.as_of_ms
        stays = await load_stays(self.conn, guild_id, occurrence.channels, around, as_of_ms)
        break_ms = self.rules.events.break_minutes * 60_000
        unseen = Recording.of(self.records, self.populations.zone).lost("voice", window)
        return Presence.of(stays, window, break_ms, self.populations.outside, unseen)
