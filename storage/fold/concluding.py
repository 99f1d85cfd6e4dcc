"""What follows from the tables for occurrences of events: whether they were held, who attended, who hosted.

It is concluded when a batch is written, from the rows that are there then, and anew whenever one of them
changes: the same rows give the same conclusions, whatever the batches were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.attendance import (
    Attendance,
    Attended,
    Claim,
    Clock,
    Judgement,
    Span,
    Stay,
    answers_at,
    attendances,
    clipped,
    judged,
    merged,
    so_long,
    telling,
    total_ms,
    unclaimed,
)
from storage.attendance.window import MINUTE_MS, TOOK_PLACE, needs_voice, planned, possible
from storage.corrections import Told
from storage.fold import evidence
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes
from storage.fold.claims import claims_on, is_claimed
from storage.fold.conclusions import Conclusions, attendance_row, loaded, occurrence_row, renew
from storage.fold.corrected import ToldOf, corrected
from storage.fold.touched import touched
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import Rules


async def conclude(  # noqa: PLR0917 - a batch, and under what it is read
    conn: AsyncConnection, guild_id: int, changes: Changes, told: ToldOf, clock: Clock, rules: Rules
) -> list[int]:
    """Brings what is concluded of occurrences up to date, after a batch's other rows are written.

    Returns when those began, or were to, of which it is something else now: as known before, and now.
    """
    others = changes.due | await touched(conn, guild_id, changes, told, rules.events, clock.now_ms)
    known = await loaded(conn, guild_id, others - changes.occurrences.keys())
    said = [*changes.occurrences.values(), *known]
    if not said:
        return []
    occurrences = [corrected(each, told(each.key), rules.events) for each in said]
    windows = [
        possible(occurrence, rules.events, clock.now_ms)
        for occurrence in occurrences
        if needs_voice(occurrence, rules.events, clock.now_ms)
    ]
    gaps = await evidence.gaps(conn, guild_id, windows)
    unstarted = [each for each in occurrences if is_claimed(each, rules.events, clock.now_ms)]
    claims = await claims_on(
        conn, guild_id, unstarted, changes, told=told, rules=rules.events, now_ms=clock.now_ms
    )
    concluding = _Concluding(conn, guild_id, clock, rules, gaps=gaps, claims=claims)
    for occurrence, before in zip(occurrences, said, strict=True):
        await concluding.conclude(occurrence, told(occurrence.key), before.event_type)
    keys = [occurrence.key for occurrence in occurrences]
    return await renew(conn, guild_id, keys, concluding.conclusions)


class _Concluding:
    def __init__(
        self,
        conn: AsyncConnection,
        guild_id: int,
        clock: Clock,
        rules: Rules,
        *,
        gaps: list[Span],
        claims: list[Claim],
    ) -> None:
        self._conn = conn
        self._gaps = gaps
        self._claims = claims
        self._guild_id = guild_id
        self._clock = clock
        self._rules = rules.events
        self._calendar = Calendar(rules)
        self.conclusions = Conclusions()

    async def conclude(self, occurrence: Occurrence, told: Told, said_type: str | None) -> None:
        """`occurrence` is as staff corrected it."""
        if occurrence.status is Status.HIDDEN:
            return
        found, gaps, claims = await self._stays(occurrence), self._gaps, list[Claim]()
        if is_claimed(occurrence, self._rules, self._clock.now_ms):
            window, claims = planned(occurrence, self._rules), self._claims
            gaps = telling(gaps, window, occurrence.channels, self._claims)
        stays = unclaimed(found, claims)
        judgement = judged(occurrence, stays, gaps, self._clock.now_ms, self._rules)
        missed_ms = 0
        if judgement.window is not None:
            missed_ms = total_ms(merged(clipped(self._gaps, judgement.window)))
            await self._attended(occurrence, judgement, judgement.window, stays, gaps, told)
            if judgement.outcome in TOOK_PLACE:
                self._link(occurrence.key, judgement.window, found, claims)
        self.conclusions.occurrences.append(
            occurrence_row(self._guild_id, occurrence, said_type, judgement, missed_ms)
        )

    async def _stays(self, occurrence: Occurrence) -> list[Stay]:
        now_ms, sure_ms = self._clock
        if not occurrence.channels or not needs_voice(occurrence, self._rules, now_ms):
            return []
        window = possible(occurrence, self._rules, now_ms)
        return await evidence.stays(self._conn, self._guild_id, occurrence.channels, window, sure_ms)

    async def _attended(  # noqa: PLR0917 - all that is known of it
        self,
        occurrence: Occurrence,
        judgement: Judgement,
        window: Span,
        stays: Sequence[Stay],
        gaps: Sequence[Span],
        told: Told,
    ) -> None:
        late_cancel_ms = self._rules.late_cancel_minutes * MINUTE_MS
        begins_ms = window.start_ms
        answers = await evidence.answers(self._conn, self._guild_id, occurrence, begins_ms, late_cancel_ms)
        told_by_files = await evidence.told(self._conn, self._guild_id, occurrence.key)
        people = attendances(
            occurrence,
            judgement,
            stays=stays,
            gaps=gaps,
            answers=answers_at(occurrence, answers, begins_ms, late_cancel_ms),
            told={who: word.attended for who, word in told_by_files.items()} | told.attended,
            rules=self._rules,
        )
        people = [so_long(person, told_by_files.get(person.member_no), window) for person in people]
        key = (self._guild_id, *occurrence.key)
        self.conclusions.attendance += [attendance_row(key, person) for person in people]
        if judgement.outcome in TOOK_PLACE:
            attendees = [person for person in people if person.status is Attended.ATTENDED]
            for person in attendees:
                self._add_days(occurrence.key, person, begins_ms)
            there = [person.member_no for person in attendees]
            hosts = await self._hosts(occurrence, told, there, begins_ms)
            self.conclusions.hosts += [(*key, *host) for host in hosts]

    def _link(self, key: OccurrenceKey, window: Span, stays: Sequence[Stay], claims: Sequence[Claim]) -> None:
        """Links each session, as it is, of which anything belongs to the occurrence."""
        self.conclusions.stays += [
            (self._guild_id, *key, stay.member_no, stay.start_ms, stay.channel_id)
            for stay in stays
            if any(part.lasts_within(window) for part in (unclaimed([stay], claims) if claims else [stay]))
        ]

    def _add_days(self, key: OccurrenceKey, person: Attendance, begins_ms: int) -> None:
        """Whoever was there by somebody's word alone was there on the day when it began."""
        by_day: Counter[int] = Counter()
        if not person.presence:
            by_day[self._calendar.day_of(begins_ms).number] = 0
        for start_ms, end_ms in person.presence:
            for day, ms in self._calendar.shared_out(start_ms, end_ms):
                by_day[day] += ms
        self.conclusions.days += [
            (self._guild_id, day, *key, person.member_no, ms) for day, ms in by_day.items()
        ]

    async def _hosts(
        self, occurrence: Occurrence, told: Told, attendees: Sequence[int], begins_ms: int
    ) -> list[tuple[int, str]]:
        if told.hosts is not None:
            return [(member_no, "told") for member_no in told.hosts]
        if occurrence.told_hosts:
            return [(member_no, "told") for member_no in occurrence.told_hosts]
        kind = self._rules.type_named(occurrence.event_type)
        if kind is not None and kind.host_roles and attendees:
            found = await evidence.holders(self._conn, self._guild_id, kind.host_roles, attendees, begins_ms)
            if found:
                return [(member_no, "role") for member_no in found]
        return [] if occurrence.creator_no is None else [(occurrence.creator_no, "creator")]
