"""Who came to one holding of an event, of whom. Definitions: docs/kpis.md, "Events"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pyroaring import BitMap

from reports.occurrence_records import AttendanceRow

People = BitMap


@dataclass(frozen=True, slots=True)
class Turnout:
    """The people of one occurrence by their answer at T0 and by what came of it.

    Bots and withdrawn people are in no set, nor is among the answers who was no member at T0.
    """

    rows: tuple[AttendanceRow, ...]
    interested: People  # in this occurrence; attended + partial + absent + unknown of them are all of them
    standing: People  # in the series, without an answer to this occurrence
    late_cancels: People
    attended: People
    partial: People
    absent: People
    unknown: People
    gone: People  # answered, but had left the server when it began

    @classmethod
    def of(cls, rows: Iterable[AttendanceRow], outside: People, was_member: Callable[[int], bool]) -> Turnout:
        """`was_member`: whether somebody was in the guild at T0. Whoever was seen there was."""
        inside = [row for row in rows if row.member_no not in outside]
        gone = People(
            [
                row.member_no
                for row in inside
                if row.rsvp is not None and row.status in ("absent", "unknown", "none")
                if not was_member(row.member_no)
            ]
        )
        kept = [row for row in inside if row.member_no not in gone]

        def answered(rsvp: str) -> People:
            return People([row.member_no for row in kept if row.rsvp == rsvp])

        def became(status: str) -> People:
            return People([row.member_no for row in kept if row.status == status])

        return cls(
            rows=tuple(kept),
            interested=answered("interested"),
            standing=answered("standing"),
            late_cancels=answered("late_cancel"),
            attended=became("attended"),
            partial=became("partial"),
            absent=became("absent"),
            unknown=became("unknown"),
            gone=gone,
        )

    @property
    def walk_ins(self) -> People:
        return self.walk_ins_of(self.attended)

    def walk_ins_of(self, people: People) -> People:
        return people - self.interested - self.standing

    @property
    def known(self) -> People:
        """The interested of whom it is known whether they came: the N of every rate."""
        return self.interested - self.unknown

    @property
    def no_shows(self) -> People:
        return self.interested & self.absent

    @property
    def early(self) -> People:
        return People([row.member_no for row in self.rows if row.is_early]) & self.attended

    def minutes(self) -> list[float]:
        """How long each attendee stayed, shortest first: of those who were seen there."""
        seen = [row for row in self.rows if row.member_no in self.attended and row.presence_ms]
        return sorted(row.presence_ms / 60_000 for row in seen)


def attendees(rows: Iterable[AttendanceRow], outside: People) -> People:
    return People([row.member_no for row in rows if row.status == "attended"]) - outside
