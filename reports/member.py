"""One member, week by week: whether they joined a voice call, what they did, where they stand.

Definition: docs/kpis.md, "One member".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.catalogue import active_sources
from reports.event_history import EventHistory, load_event_rows
from reports.event_windows import EventWindows
from reports.lifecycle import DAYS_BETWEEN, load_lifecycle
from reports.member_events import attendance_across, member_attendance
from reports.member_report import Answer, MemberReport, MemberSpell, MemberWeek, SeriesAttendance
from reports.membership import Membership
from reports.periods import Period, local_day, previous, week_at
from reports.populations import Populations
from reports.quality import Recording
from reports.records import DAY_MS, Records, load, load_spells
from reports.segments import Segments
from reports.settings import ReportSettings
from reports.spans import Span, length, merged, overlaps, within
from storage.identities import member_number
from storage.rules import Rules
from storage.tables import activity_sessions, members, membership_spells

WEEKS = 12  # the open one among them
EVENT_DAYS = 400
SHORTEST_CALL_MS = (
    60_000  # a stay that fits into a shorter gap is none: who is in voice after it is asked anew
)

FIRST_NO_NUMBER = 2**31  # what the column of member numbers does not hold


class NobodyToTellOf(Exception):
    """Nobody is recorded under that number, or nothing may be told of them: which of both is not said."""


async def find_member(conn: AsyncConnection, guild_id: int, which: int) -> int:
    """The member number of a user id, or the number itself. Raises NobodyToTellOf.

    Of bots, and of people who opted out or were erased, nothing is told.
    """
    number = await member_number(conn, guild_id, which)
    if number is None and which < FIRST_NO_NUMBER:
        number = which
    row = members.c
    told_of = select(row.member_no).where(
        row.guild_id == guild_id,
        row.member_no == number,
        row.is_bot.is_(False),
        row.withdrawn_at_ms.is_(None),
    )
    found: int | None = (await conn.execute(told_of)).scalar() if number is not None else None
    if found is None:
        raise NobodyToTellOf(
            f"Nobody is recorded under {which} of whom anything is told: give a user id or a member number."
        )
    return found


async def member(  # noqa: PLR0917  the order is that of event(), with the member for the occurrence
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    which: int,
    now_ms: int,
) -> MemberReport:
    """For staff, who see it alone. `which`: a user id or a member number.

    Raises NothingRecorded and NobodyToTellOf.
    """
    records = await load(conn, guild_id)
    number = await find_member(conn, guild_id, which)
    populations = Populations.of(records, settings.qualifying, rules.bridge_days, settings.zone)
    membership = Membership.of(await load_spells(conn, guild_id), rules.bridge_days)
    weeks = _weeks(now_ms, settings)
    history = EventHistory(
        *await load_event_rows(conn, guild_id, now_ms - EVENT_DAYS * DAY_MS, now_ms), populations, membership
    )
    windows = EventWindows.of(history.occurrences)
    recording = Recording.of(records, settings.zone).beside(windows.spans)
    seen = _Seen(
        number=number,
        populations=populations,
        recording=recording,
        settings=settings,
        now_ms=now_ms,
        stays=await _stays(conn, guild_id, number, weeks[0].start_ms, records.as_of_ms),
        here=_here(membership, number, records),
        history=history,
    )
    standing = await _Standing(conn, guild_id, settings, populations, recording, membership).of(
        number, weeks, now_ms
    )
    sources = ("voice", *active_sources(settings.qualifying))
    return MemberReport(
        guild_id=guild_id,
        member_no=number,
        zone=settings.zone,
        as_of_ms=records.as_of_ms,
        now_ms=now_ms,
        rules=records.rules or rules.fingerprint(),
        tier=await _tier(conn, guild_id, number),
        tenure_days=_tenure(membership, number, now_ms, settings.zone),
        spells=await _spells(conn, guild_id, number),
        weeks=tuple(seen.week(week, standing.get(week.key)) for week in weeks),
        series=tuple(
            SeriesAttendance(member_attendance(each), each.series.label, each.unknown)
            for each in attendance_across(number, seen.history.series(now_ms), membership)
        ),
        caveats=recording.caveats(tuple(sorted({*sources})), weeks, now_ms),
    )


def _weeks(now_ms: int, settings: ReportSettings) -> list[Period]:
    weeks = [week_at(now_ms, settings.zone, settings.week_start)]
    while len(weeks) < WEEKS:
        weeks.append(previous(weeks[-1]))
    return weeks[::-1]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was recorded of one member, and when nothing was."""

    number: int
    populations: Populations
    recording: Recording
    settings: ReportSettings
    now_ms: int
    stays: Sequence[Span]  # in voice
    here: Sequence[Span]  # in the guild
    history: EventHistory

    def week(self, week: Period, segment: str | None) -> MemberWeek:
        window = (week.start_ms, week.end_ms)
        is_open = week.is_open(self.now_ms)
        if not within(self.here, window):
            return MemberWeek(week, is_open, None, None, 0, 0, None)
        was_in_voice = any(overlaps(stay, window) for stay in self.stays)
        is_active = self.number in self.populations.active_on(week.days)
        turnouts = [self.history.turnout(one) for one in self.history.seen(week)]
        return MemberWeek(
            period=week,
            is_open=is_open,
            joined_voice=self._answer(was_in_voice, ("voice",), window),
            active=self._answer(is_active, active_sources(self.settings.qualifying), window),
            events=sum(self.number in turnout.attended for turnout in turnouts),
            events_unknown=sum(self.number in turnout.unknown for turnout in turnouts),
            segment=segment,
        )

    def _answer(self, was_seen: bool, sources: Iterable[str], window: Span) -> Answer:
        if was_seen:
            return Answer.YES
        missed = merged(hole for source in sources for hole in self.recording.lost(source, window))
        hiding = (length(within([hole], here)) for hole in missed for here in self.here)
        return Answer.UNKNOWN if any(ms >= SHORTEST_CALL_MS for ms in hiding) else Answer.NO


@dataclass(frozen=True, slots=True)
class _Standing:
    """Reads which segment somebody was in when each week ended; of the open one, when yesterday did."""

    conn: AsyncConnection
    guild_id: int
    settings: ReportSettings
    populations: Populations
    recording: Recording
    membership: Membership

    async def of(self, number: int, weeks: Sequence[Period], now_ms: int) -> dict[str, str | None]:
        *over, this = weeks
        past = await self._history(over[-1].last_day, len(over))
        yesterday = local_day(now_ms, self.settings.zone) - 1
        current = past[-1] if yesterday == over[-1].last_day else (await self._history(yesterday, 1))[-1]
        standing = zip((*over, this), (*past, current), strict=True)
        return {week.key: _segment(segments, number) for week, segments in standing}

    async def _history(self, as_of_day: int, weeks: int) -> tuple[Segments, ...]:
        lifecycle = await load_lifecycle(
            self.conn,
            self.guild_id,
            self.settings,
            self.populations,
            self.recording,
            self.membership,
            as_of_day,
            weeks,
        )
        assert DAYS_BETWEEN == 7, "a history has a place for each week"
        return lifecycle.history


def _segment(segments: Segments, number: int) -> str | None:
    return next((name for name, people in segments.people.items() if number in people), None)


def _here(membership: Membership, number: int, records: Records) -> list[Span]:
    """When they were a member; one whose membership was never seen counts as having been all the time."""
    own = membership.spells.get(number)
    if own is None:
        return [(0, records.as_of_ms)]
    return [(spell.joined_ms, records.as_of_ms if spell.left_ms is None else spell.left_ms) for spell in own]


def _tenure(membership: Membership, number: int, now_ms: int, zone: str) -> int | None:
    for spell in membership.spells.get(number, ()):
        if spell.left_ms is None:
            return local_day(now_ms, zone) - local_day(spell.joined_ms, zone) + 1
    return None


async def _stays(
    conn: AsyncConnection, guild_id: int, number: int, from_ms: int, as_of_ms: int
) -> list[Span]:
    stay = activity_sessions.c
    rows = await conn.execute(
        select(stay.start_ms, stay.end_ms).where(
            stay.guild_id == guild_id, stay.member_no == number, stay.kind == "voice"
        )
    )
    spans = ((start, as_of_ms if end is None else end) for start, end in rows)
    return merged(span for span in spans if span[1] > from_ms)


async def _spells(conn: AsyncConnection, guild_id: int, number: int) -> tuple[MemberSpell, ...]:
    spell = membership_spells.c
    rows = await conn.execute(
        select(spell.joined_ms, spell.left_ms, spell.ended_as)
        .where(spell.guild_id == guild_id, spell.member_no == number)
        .order_by(spell.joined_ms)
    )
    return tuple(MemberSpell(*row) for row in rows)


async def _tier(conn: AsyncConnection, guild_id: int, number: int) -> str:
    row = members.c
    tier = await conn.execute(select(row.tier).where(row.guild_id == guild_id, row.member_no == number))
    return str(tier.scalar_one())
