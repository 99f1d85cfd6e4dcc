"""Everything that the report on one occurrence is made of, gathered from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.as_of import answers_only
from reports.comparison import judged
from reports.event_figure import event_figure, when_text
from reports.event_finding import NOT_A_PROMISE, Standing
from reports.event_kpis import EventNumbers
from reports.event_report import Attendee
from reports.figures import EventFigure
from reports.held import held_of
from reports.holding import Holding, InSeries
from reports.holding_maker import HoldingMaker
from reports.membership import Membership
from reports.occurrence_records import AttendanceRow, Occurrence, load_attendance, load_hosts, load_series
from reports.populations import Populations
from reports.quality import Recording, gaps_sentence
from reports.records import Records, load_spells
from reports.report import Gap, Section
from reports.settings import ReportSettings
from reports.spans import Span
from reports.turnout import People
from storage.rules import Rules

NOT_COUNTED = ("bots", "withdrawn", "gone")
TELLERS = {"staff": "staff", "file": "a file"}
FROM_FILE = "A file told of it afterwards."
FROM_FILE_WITHOUT_ANSWERS = "A file told of it afterwards, without everybody who was interested."


@dataclass(frozen=True, slots=True)
class EventMaterial:
    """Everything that the report on one occurrence is made of."""

    records: Records
    recording: Recording
    rules: Rules
    zone: str
    outside: People
    this: Holding
    last: Holding | None
    series: InSeries
    rows: list[AttendanceRow]
    hosts: tuple[int, ...]
    missed: int  # in a row: a regular who did so has stopped

    @property
    def occurrence(self) -> Occurrence:
        return self.this.occurrence

    @property
    def when(self) -> str:
        start_ms, end_ms = self.occurrence.window or (self.occurrence.starts_ms, self.occurrence.scheduled[1])
        if self.occurrence.outcome == "running":
            end_ms = None
        return f"{wording.day_text(start_ms, self.zone)[:3]} {when_text(start_ms, end_ms, self.zone)}"

    @property
    def is_seen(self) -> bool:
        """Whether who came is recorded."""
        return self.occurrence.is_held and self.occurrence.tells_who_came

    def sections(self) -> tuple[Section, ...]:
        if not self.is_seen:
            return ()
        numbers = EventNumbers(self.this, self.last, self.series, self.missed)
        made = (numbers.who_came(), numbers.how_long(), numbers.who_they_were())
        return judged(section for section in made if section.kpis)

    def standing(self, now_ms: int) -> Standing:
        presence = self.this.presence
        if self.occurrence.outcome != "running" or not presence:
            return Standing(self.this, self.zone, now_ms)
        now = len(presence.there_at(presence.window[1] - 1))
        so_far = len(presence.came)
        return Standing(self.this, self.zone, now_ms, now, so_far)

    def figures(self, finding: str) -> tuple[EventFigure, ...]:
        presence, is_running = self.this.presence, self.occurrence.outcome == "running"
        if not presence or not (self.is_seen or is_running):
            return ()
        without_verdict = finding.partition(":")[0].rstrip(".")
        headline = wording.first_fitting(
            44, finding.rstrip("."), without_verdict, without_verdict.partition(",")[0]
        )
        figure = event_figure(
            self.this,
            presence,
            headline,
            self.zone,
            unseen=self._unseen(presence.window),
            as_of_ms=self.records.as_of_ms,
            is_running=is_running,
        )
        return (figure,)

    def _unseen(self, window: Span) -> list[Span]:
        return self.recording.lost("voice", (window[0] - 3_600_000, window[1] + 3_600_000))

    def caveats(self) -> tuple[str, ...]:
        told = self._gap_note() if self.is_seen or self.occurrence.outcome == "unknown" else []
        told += self._told_afterwards()
        occurrence = self.occurrence
        if occurrence.outcome == "held_unstarted" and not occurrence.told_held:
            told.append("Nobody pressed start: that it was held is concluded from who was in its channels.")
        if self.is_seen and not occurrence.rsvps_listed and not occurrence.is_declared:
            told.append(
                "Not everybody who was interested is known: the list could not be read when it began."
            )
        if occurrence.is_held and occurrence.is_estimated:
            told.append("When it began or ended is estimated.")
        estimated = sum(row.is_estimated and row.member_no in self.this.turnout.attended for row in self.rows)
        if estimated:
            told.append(f"The times of {wording.people(estimated)} are estimated.")
        if self.is_seen and self.last is None and self.series.before == ():
            told.append(f"No earlier one of its series was recorded since {self.recording.since_text}.")
        if self.records.rules not in (None, self.rules.fingerprint()):
            told.append(
                "The rules were changed: these numbers still stand under the old ones, a rebuild is due."
            )
        if self.is_seen and self.this.turnout.interested:
            told.append(NOT_A_PROMISE)
        return tuple(told)

    def _told_afterwards(self) -> list[str]:
        occurrence, notes = self.occurrence, []
        if occurrence.is_from_file:
            notes.append(FROM_FILE if occurrence.rsvps_listed else FROM_FILE_WITHOUT_ANSWERS)
        elif occurrence.is_declared:
            notes.append("Staff told of it afterwards: nobody could answer beforehand.")
        if occurrence.has_check_ins and not occurrence.channels:
            notes.append("Who came was checked in by hand: how long they stayed is not known.")
        elif occurrence.told_held is not None:
            notes.append(f"Staff told that it was {'held' if occurrence.told_held else 'not held'}.")
        tellers = [row.told_by for row in self.this.turnout.rows]
        for teller, name in TELLERS.items():
            if occurrence.channels and (told := tellers.count(teller)):
                notes.append(f"Whether {wording.people(told)} came was told by {name}.")
        return notes

    def _gap_note(self) -> list[str]:
        if not self.occurrence.channels:
            return []
        start_ms, end_ms = self.occurrence.window or self.occurrence.scheduled
        if end_ms is None:
            return []
        missed = self.recording.lost("voice", (start_ms, end_ms))
        return [gaps_sentence([Gap("voice", *hole, None)], self.zone) for hole in missed]

    def excluded(self) -> dict[str, int]:
        there = People([row.member_no for row in self.rows])
        counts = {
            "bots": len(there & self.records.bots),
            "withdrawn": len(there & self.records.withdrawn),
            "gone": len(self.this.turnout.gone),
        }
        return {reason: counts[reason] for reason in NOT_COUNTED}

    def people(self) -> tuple[Attendee, ...]:
        return tuple(
            Attendee(
                member_no=row.member_no,
                status=row.status,
                rsvp=row.rsvp,
                minutes=row.presence_ms / 60_000,
                is_early=row.is_early if self.this.is_begin_known else None,
                was_there_before=self.series.was_there_before(row.member_no),
                first_join_ms=row.first_join_ms,
                last_leave_ms=row.last_leave_ms,
                told_by=row.told_by,
            )
            for row in self.this.turnout.rows
        )


async def gather_event(
    conn: AsyncConnection,
    records: Records,
    settings: ReportSettings,
    rules: Rules,
    occurrence: Occurrence,
    *,
    has_begun: bool = True,
) -> EventMaterial:
    """`has_begun`: else of the occurrence only the answers count, though more may be known by now."""
    guild_id = records.guild_id
    populations = Populations.of(records, settings.qualifying, rules.bridge_days, settings.zone)
    membership = Membership.of(await load_spells(conn, guild_id), rules.bridge_days)
    maker = HoldingMaker(conn, records, populations, membership, rules)
    rows = await load_attendance(conn, guild_id, occurrence.series)
    held = [
        other
        for other in await load_series(conn, guild_id, occurrence.series)
        if other.is_held and other.tells_who_came and other.key != occurrence.key
    ]
    earlier = [
        other for other in held if (other.starts_ms, other.key) < (occurrence.starts_ms, occurrence.key)
    ]
    own_rows = rows.get(occurrence.key, [])
    if not has_begun:
        own_rows = answers_only(own_rows)
    return EventMaterial(
        records=records,
        recording=Recording.of(records, settings.zone),
        rules=rules,
        zone=settings.zone,
        outside=populations.outside,
        this=await maker.holding(occurrence, own_rows),
        last=await maker.holding(earlier[-1], rows.get(earlier[-1].key, [])) if earlier else None,
        series=InSeries.of(occurrence, held_of(held, rows, populations.outside, membership)),
        rows=own_rows,
        hosts=(await load_hosts(conn, guild_id)).get(occurrence.key, ()),
        missed=settings.missed_in_a_row,
    )
