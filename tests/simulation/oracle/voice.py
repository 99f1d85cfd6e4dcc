"""Voice: nobody is where they were not; whoever was there in recorded time is there, to the moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..truth import Truth
from .findings import Findings
from .rows import Rows, until
from .spans import FOREVER, Spans, both, length, union, without

EPOCH = date(1970, 1, 1)


class Counting(NamedTuple):
    """The rules of time that counts."""

    zone: str
    needs_company: bool
    counts_afk: bool


class Presence(NamedTuple):
    """Of one person in one channel: when they may have been there, and when they surely were."""

    possible: Spans
    sure: Spans
    may_listen: Spans
    surely_listen: Spans


def check_stays(truth: Truth, rows: Rows, findings: Findings) -> None:
    recorded = rows.heard("voice", "recorded")
    for person in _people(truth):
        told: dict[int, Spans] = defaultdict(list)
        for row in rows.sessions:
            if row["kind"] == "voice" and rows.person.get(row["member_no"]) == person:
                told[row["channel_id"]].append((row["start_ms"], until(row["end_ms"])))
        there = presences(truth, person)
        for channel in {*told, *there}:
            presence = there.get(channel, Presence([], [], [], []))
            seen = union(told[channel])
            invented = without(without(seen, presence.possible), truth.twice)
            findings.expect(
                not invented,
                "nobody is where they were not",
                lambda person=person, channel=channel, invented=invented: (
                    f"{person} in {channel}: {invented}"
                ),
            )
            if channel in truth.ever_excluded():
                continue
            missing = without(without(both(presence.sure, recorded), seen), truth.twice)
            findings.expect(
                not missing,
                "who was there in recorded time is there",
                lambda person=person, channel=channel, missing=missing: f"{person} in {channel}: {missing}",
            )


def check_days(truth: Truth, rows: Rows, findings: Findings, counting: Counting) -> None:
    """A local day's total is at least what surely counted in recorded time, at most what can have counted.

    What was on its way when somebody withdrew is forgotten, so that they may seem to stay as company.
    """
    slack_ms = length(union(truth.twice))
    recorded = rows.heard("voice", "recorded")
    last = max((end for _, end in rows.covered("voice", "recorded", "late", "gap")), default=0)
    there = {person: presences(truth, person) for person in truth.people if person not in truth.bots}
    told = {
        (rows.person.get(row["member_no"]), row["local_day"]): row["duration_ms"]
        for row in rows.days
        if row["activity"] == "voice"
    }
    for person in _people(truth):
        least, most = _bounds(truth, person, there, recorded, counting)
        days = {day for _, day in told} | set(_by_day(most, counting.zone, last))
        low, high = _by_day(least, counting.zone, last), _by_day(most, counting.zone, last)
        for day in days:
            total = told.get((person, day), 0)
            findings.expect(
                low.get(day, 0) - slack_ms <= total
                and (bool(truth.doomed) or total <= high.get(day, 0) + slack_ms),
                "a day's voice is what was spent in it",
                lambda person=person, day=day, total=total, low=low, high=high: (
                    f"{person}, {EPOCH + timedelta(day)}: {low.get(day, 0)} ≤ {total} ≤ {high.get(day, 0)}"
                ),
            )


def presences(truth: Truth, person: int) -> dict[int, Presence]:
    possible: dict[int, Spans] = defaultdict(list)
    sure: dict[int, Spans] = defaultdict(list)
    may_listen: dict[int, Spans] = defaultdict(list)
    surely_listen: dict[int, Spans] = defaultdict(list)
    for place, following in truth.stays(person):
        if place.channel is None:
            continue
        channel, is_deaf = place.channel, place.deaf
        last_lo, last_hi = (following.at.lo, following.at.hi) if following else (FOREVER, FOREVER)
        stays_on = following is not None and following.channel == channel
        possible[channel].append((place.at.lo, last_hi))
        sure[channel].append((place.at.hi, last_hi if stays_on else last_lo))
        if not is_deaf:
            may_listen[channel].append((place.at.lo, last_hi))
            surely_listen[channel].append((place.at.hi, last_lo))
    return {
        channel: Presence(
            union(possible[channel]),
            union(sure[channel]),
            union(may_listen[channel]),
            union(surely_listen[channel]),
        )
        for channel in possible
    }


def _people(truth: Truth) -> Iterator[int]:
    return (person for person in truth.people if person not in truth.bots and person not in truth.doomed)


def _bounds(
    truth: Truth, person: int, there: dict[int, dict[int, Presence]], recorded: Spans, counting: Counting
) -> tuple[Spans, Spans]:
    least: Spans = []
    most: Spans = []
    for channel, presence in there[person].items():
        if channel == truth.afk_channel and not counting.counts_afk:
            continue
        others = [(q, there[q][channel]) for q in there if q != person and channel in there[q]]
        surely_listens, may_listen = presence.surely_listen, presence.may_listen
        if counting.needs_company:
            sure = union(span for q, other in others if q not in truth.doomed for span in other.sure)
            surely_listens = both(surely_listens, sure)
            may_listen = both(may_listen, union(span for _, other in others for span in other.possible))
        if channel not in truth.ever_excluded():
            least += both(surely_listens, recorded)
        most += may_listen
    return union(least), union(most)


def _by_day(spans: Spans, zone: str, last: int) -> dict[int, int]:
    """Milliseconds by local day, days since 1970."""
    days: dict[int, int] = defaultdict(int)
    if not spans:
        return days
    local = ZoneInfo(zone)
    day = datetime.fromtimestamp(spans[0][0] // 1000, local).date()
    while True:
        start, end = (_midnight(one, local) for one in (day, day + timedelta(days=1)))
        if spent := length(both(spans, [(start, end)])):
            days[(day - EPOCH).days] = spent
        if end > last + 86_400_000 * 2:
            return days
        day += timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000
