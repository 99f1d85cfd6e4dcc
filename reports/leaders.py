"""What a host, or a tier of hosts, led: how much, how many came, who came again.

Definition: docs/kpis.md, "Host load" and the KPIs of hosts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.event_report import OccurrenceKey
from reports.held import Again, Held
from reports.loyalty import BACK_WITHIN
from reports.occurrence_records import AttendanceRow, Occurrence
from reports.series import Series
from reports.turnout import People, attendees


@dataclass(frozen=True, slots=True)
class Load:
    """Of a span of time. Co-hosts share the hours of an event and each carry it."""

    events: int
    unseen: int  # of those: held elsewhere than in a channel, where nobody's hours are known
    hours: float | None  # of attendees; None: all that they led was held elsewhere
    attended: People  # whose hours they are


@dataclass(frozen=True, slots=True)
class Led:
    """The attendance of what somebody led, as far as it was recorded to at least 80 %."""

    sizes: tuple[int, ...]  # attendees of each, the oldest first
    attended: People
    again: tuple[tuple[int, int], ...]  # of each person: attendances followed by another, all of them


def load_of(
    leaders: People,
    occurrences: Iterable[Occurrence],
    attendance: Mapping[OccurrenceKey, Sequence[AttendanceRow]],
    hosts: Mapping[OccurrenceKey, Sequence[int]],
    outside: People,
) -> Load:
    """Bots and withdrawn people share nothing. Elsewhere than in a channel an event brings no hours."""
    events, unseen, presence_ms, attended = 0, 0, 0.0, People()
    for one in occurrences:
        own = People(hosts.get(one.key, ())) - outside
        if not one.is_held or not own & leaders:
            continue
        events += 1
        if not one.channels:
            unseen += 1
            continue
        rows = attendance.get(one.key, ())
        people = attendees(rows, outside)
        shared = sum(row.presence_ms for row in rows if row.member_no in people)
        presence_ms += shared * len(own & leaders) / len(own)
        attended |= people
    hours = None if 0 < events == unseen else presence_ms / 3_600_000
    return Load(events, unseen, hours, attended)


def led_by(
    leaders: People, series: Iterable[Series], hosts: Mapping[OccurrenceKey, Sequence[int]], from_ms: int
) -> Led:
    """Of what they led since a moment. An attendance is followed by another where its person attended one of
    the next two held of the series, whoever led those; pending until both are held.
    """
    found: list[Held] = []
    came: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for one in series:
        for place, held in enumerate(one.held):
            if held.occurrence.starts_ms < from_ms or not leaders & People(
                hosts.get(held.occurrence.key, ())
            ):
                continue
            found.append(held)
            following = one.held[place + 1 : place + 1 + BACK_WITHIN]
            if len(following) == BACK_WITHIN:
                back = Again.at_any(held.attended, following)
                came.update(back.known)
                again.update(back.there)
    found.sort(key=lambda held: (held.occurrence.starts_ms, held.occurrence.key))
    return Led(
        sizes=tuple(len(held.attended) for held in found),
        attended=People().union(*(held.attended for held in found)),
        again=tuple((again[number], came[number]) for number in sorted(came)),
    )
