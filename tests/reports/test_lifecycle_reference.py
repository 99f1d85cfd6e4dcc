"""Segments, retention, the funnel and events of generated clubs, counted a second time by brute force.

This file imports nothing of the product. A club is people with their stays, what they did on which day, and
events with who answered and who came; the tables are filled from it as a fold would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

ZONE = ZoneInfo("Europe/Berlin")
LAST = 250  # Sunday 16 November: the week that is reported ends with this day
FIRST = date(2025, 11, 16) - timedelta(days=LAST)  # day 0, on which recording began
NOW = "2025-11-20 14:00"
HOUR = 3_600_000
SOURCES = ("voice", "members", "commands", "events")
ACTIVITIES = ("voice", "command", "event")
PROMOTED = 5


@cache
def midnight(day: int) -> int:
    start = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), ZONE)
    return int(start.timestamp()) * 1000


NOW_MS = int(datetime.fromisoformat(NOW).replace(tzinfo=ZONE).timestamp()) * 1000


class Presence(NamedTuple):
    event: int
    days: tuple[int, ...]


@dataclass
class Person:
    number: int
    is_bot: bool
    has_withdrawn: bool
    stays: list[tuple[int, int | None]] = field(default_factory=list)  # joined, left, to the hour
    did: dict[int, set[str]] = field(default_factory=dict)
    voice_minutes: dict[int, int] = field(default_factory=dict)
    events: list[Presence] = field(default_factory=list)
    promoted_from: int | None = None

    @cached_property
    def bridged(self) -> list[tuple[int, int | None]]:
        result: list[tuple[int, int | None]] = []
        for joined, left in self.stays:
            if result and result[-1][1] is not None and joined - result[-1][1] < 7 * 24 * HOUR:
                result[-1] = (result[-1][0], left)
            else:
                result.append((joined, left))
        return result

    def is_raid(self, joined: int, left: int | None) -> bool:
        if left is None or left - joined > 24 * HOUR:
            return False
        return not any(midnight(day) < left and midnight(day + 1) > joined for day in self.did)

    def stay_at(self, moment: int, *, raids: bool) -> tuple[int, int | None] | None:
        for joined, left in self.bridged:
            if joined < moment and (left is None or left >= moment):
                return None if not raids and self.is_raid(joined, left) else (joined, left)
        return None

    def was_here_on(self, day: int) -> bool:
        return any(
            joined < midnight(day + 1) and (left is None or left > midnight(day))
            for joined, left in self.bridged
        )

    def active_on(self, days: range) -> bool:
        return any(self.did.get(day, set()) & set(ACTIVITIES) for day in days)


@dataclass
class Holding:
    number: int
    series: int
    day: int
    is_held: bool
    rows: list[tuple[int, str | None, str]]  # number, answer, what became of it

    @property
    def begins(self) -> int:
        return midnight(self.day) + 20 * HOUR


@dataclass
class Club:
    people: list[Person]
    holdings: list[Holding]

    def inside(self) -> list[Person]:
        return [person for person in self.people if not person.is_bot and not person.has_withdrawn]


def club(seed: int, size: int) -> Club:
    random = Random(seed)
    people = [person(random, number + 1) for number in range(size)]
    holdings = []
    for number in range(random.choice([0, 3, 25, 40])):
        day = LAST + 2 - random.choice([random.randrange(14), random.randrange(80)])
        rows = [(one.number, *answer(random)) for one in people if random.random() < 0.4]
        is_held = random.random() < 0.85
        holdings.append(Holding(number + 1, random.randrange(3), day, is_held, rows if is_held else []))
    return Club(people, holdings)


def answer(random: Random) -> tuple[str | None, str]:
    said = random.choice(["interested"] * 5 + ["standing", "declined", "late_cancel", None])
    status = random.choice(["attended", "attended", "partial", "absent", "absent", "unknown"])
    return said, ("attended" if said is None and status in ("absent", "unknown") else status)


def person(random: Random, number: int) -> Person:
    made = Person(number, is_bot=random.random() < 0.05, has_withdrawn=random.random() < 0.05)
    hour = random.choice([-9000, -9000, *range(0, 24 * LAST, 701), 24 * (LAST - random.randrange(70)) + 7])
    for _ in range(random.choice([1, 1, 1, 2])):
        stay = random.choice([1, 30, 700, 99_999, 99_999, 99_999])
        joined = midnight(0) + hour * HOUR
        left = joined + stay * HOUR
        made.stays.append((joined, left if left < NOW_MS else None))
        if left >= NOW_MS:
            break
        hour += stay + random.choice([3, 160, 170, 900])
        if midnight(0) + hour * HOUR >= NOW_MS:
            break
    live(random, made)
    if random.random() < 0.5:
        made.promoted_from = made.stays[0][0] + random.choice([1, 1000, 5000]) * HOUR
    return made


def live(random: Random, made: Person) -> None:
    keenness, ends = random.choice([0, 0.01, 0.05, 0.3]), random.choice([LAST, LAST, LAST - 29, LAST - 70])
    for day in range(ends + 1):
        if random.random() >= keenness or not made.was_here_on(day):
            continue
        kinds = set(random.sample([*ACTIVITIES, "text"], random.choice([1, 2])))
        made.did[day] = kinds
        if "voice" in kinds:
            made.voice_minutes[day] = random.choice([5, 40, 90, 200])
        if "event" in kinds:
            made.did[day] |= {"event"}
            days = (day,) if random.random() < 0.8 or day == LAST else (day, day + 1)
            made.events.append(Presence(day * 1000 + random.randrange(3), days))
    for presence in made.events:
        for day in presence.days:
            made.did.setdefault(day, set()).add("event")


def fill(guild: Any, of: Club) -> None:
    guild.recorded(midnight(0), NOW_MS, sources=SOURCES)
    zero = guild.day(FIRST)
    for one in of.people:
        guild.member(
            one.number,
            is_bot=one.is_bot,
            first_join_ms=one.stays[0][0],
            withdrawn_at_ms=NOW_MS if one.has_withdrawn else None,
        )
        for joined, left in one.stays:
            guild.spell(one.number, joined, left, "left" if left else None)
        if one.promoted_from is not None:
            guild.role(one.number, PROMOTED, one.promoted_from)
        for day, minutes in one.voice_minutes.items():
            guild.daily.append(
                {
                    "local_day": zero + day,
                    "activity": "voice",
                    "member_no": one.number,
                    "count": 1,
                    "duration_ms": minutes * 60_000,
                }
            )
        for presence in one.events:
            for day in presence.days:
                guild.event_days.append(
                    {
                        "local_day": zero + day,
                        "event_id": presence.event,
                        "original_start_ms": 1,
                        "member_no": one.number,
                        "presence_ms": HOUR,
                    }
                )
    humans = [one for one in of.people if not one.is_bot]
    for day in range(LAST + 5):
        end = min(midnight(day + 1), NOW_MS)
        sets = {"present": {p.number for p in humans if p.was_here_on(day)}}
        sets["present_at_end"] = {p.number for p in humans if p.stay_at(end, raids=True)}
        for activity in (*ACTIVITIES, "text"):
            sets[activity] = {p.number for p in humans if activity in p.did.get(day, ())}
        for name, numbers in sets.items():
            guild.sets[(zero + day, name)] = numbers
    for holding in of.holdings:
        key = guild.event(
            holding.number,
            holding.begins,
            holding.begins + 2 * HOUR,
            "held" if holding.is_held else "not_held",
            series=f"title:{holding.series}",
            title=f"Series {holding.series}",
        )
        for number, rsvp, status in holding.rows:
            guild.came(key, [number], rsvp, status)


def segment_of(person: Person, day: int) -> str | None:
    """In which segment somebody is when a day ends; None: not here. Everything was recorded since day 0."""
    stay = person.stay_at(midnight(day + 1), raids=False)
    if stay is None:
        return None
    joined = datetime.fromtimestamp(stay[0] / 1000, ZONE).date()
    tenure = (FIRST + timedelta(days=day + 1) - joined).days
    if tenure < 14:
        return "fresh"
    blocks = sum(person.active_on(range(day - 7 * back - 6, day - 7 * back + 1)) for back in range(4))
    last = range(day - 27, day + 1)
    events = {presence.event for presence in person.events if set(presence.days) & set(last)}
    minutes = sum(person.voice_minutes.get(of, 0) for of in last)
    if blocks >= 3 and (len(events) >= 2 or minutes >= 240):
        return "core"
    if tenure >= 60 and not person.active_on(range(day - 59, day + 1)):
        return "alumni"
    if tenure >= 28 and not person.active_on(last):
        return "dormant"
    is_promoted = person.promoted_from is not None and person.promoted_from < midnight(day + 1)
    return "regular" if tenure >= 56 and is_promoted else "new"


def check_segments(of: Club, report: Any, kpi: Any) -> None:
    places = [segment_of(person, LAST) for person in of.inside()]
    names = ("core", "regular", "new", "fresh", "dormant", "alumni")
    for name in names:
        assert kpi(report, f"segment_{name}").current.value == places.count(name), name
        before = [segment_of(person, LAST - 7) for person in of.inside()]
        assert kpi(report, f"segment_{name}").previous.value == before.count(name), name
    here = sum(place is not None for place in places)
    assert sum(kpi(report, f"segment_{name}").current.value for name in names) == here
    departed = sum(
        place is None and person.active_on(range(LAST + 1))
        for person, place in zip(of.inside(), places, strict=True)
    )
    assert kpi(report, "departed_alumni").current.value == departed
    for figure in report.figures:
        for panel in figure.panels:
            for back, value in enumerate(reversed(panel.values)):
                expected = [segment_of(person, LAST - 7 * back) for person in of.inside()]
                assert value == expected.count(panel.name.lower()), (panel.name, back)


def cohort(of: Club) -> list[tuple[Person, int]]:
    """Newcomers with the day on which they first joined."""
    found = []
    for one in of.inside():
        if one.stays[0][0] < midnight(0) or all(one.is_raid(*stay) for stay in one.bridged):
            continue
        joined = datetime.fromtimestamp(one.stays[0][0] / 1000, ZONE).date()
        found.append((one, (joined - FIRST).days))
    return found


def check_retention(of: Club, report: Any, kpi: Any) -> None:
    recent = [(one, day) for one, day in cohort(of) if LAST - 223 <= day <= LAST]
    for week in (4, 8, 12):
        due = [(one, day) for one, day in recent if day + 7 * week + 6 <= LAST]
        kept = [one for one, day in due if one.active_on(range(day + 7 * week, day + 7 * week + 7))]
        found = kpi(report, f"retention_week_{week}").current
        assert (found.numerator, found.denominator) == (len(kept), len(due))
        assert found.value == (len(kept) / len(due) if len(due) >= 10 else None)
    due = [one for one, day in recent if day + 62 <= LAST]
    here = [one for one in due if one.stay_at(midnight(LAST + 1), raids=False)]
    assert kpi(report, "newcomers_still_here").current.numerator == len(here)


def check_funnel(of: Club, report: Any, kpi: Any) -> None:
    joined = [(one, day) for one, day in cohort(of) if LAST - 82 <= day <= LAST - 55]
    if not joined:
        assert not [one.name for section in report.sections for one in section.kpis if "funnel" in one.name]
        return
    commanded = attended = anyhow = 0
    for one, day in joined:
        anyhow += any("event" in one.did.get(at, ()) for at in range(day, day + 56))
        first = next((at for at in range(day, day + 28) if "command" in one.did.get(at, ())), None)
        if first is not None:
            commanded += 1
            attended += any("event" in one.did.get(at, ()) for at in range(first, first + 28))
    counts = {
        "funnel_first_command": (commanded, len(joined)),
        "funnel_first_event": (attended, commanded),
        "funnel_any_event": (anyhow, len(joined)),
    }
    if not any("command" in kinds for one in of.people for kinds in one.did.values() if not one.is_bot):
        counts = {"funnel_any_event": counts["funnel_any_event"]}  # nobody was ever seen running one
    for name, expected in counts.items():
        found = kpi(report, name).current
        assert (found.numerator, found.denominator) == expected, name


def tally(of: Club, holding: Holding) -> dict[str, set[int]]:
    """Who of those counted said and did what."""
    people = {person.number: person for person in of.inside()}
    found: dict[str, set[int]] = {}
    for number, rsvp, status in holding.rows:
        if number not in people:
            continue
        is_member = people[number].stay_at(holding.begins + 1, raids=True) is not None
        if rsvp is not None and status in ("absent", "unknown") and not is_member:
            continue
        found.setdefault(f"{rsvp} {status}", set()).add(number)
        found.setdefault(status, set()).add(number)
    return found


def check_week(of: Club, report: Any, kpi: Any) -> None:
    week = [holding for holding in of.holdings if LAST - 6 <= holding.day <= LAST]
    before = [holding for holding in of.holdings if LAST - 13 <= holding.day <= LAST - 7]
    if not week and not before:
        return
    held = [holding for holding in week if holding.is_held]
    assert kpi(report, "events_held").current.value == len(held)
    people: set[int] = set()
    absent = known = 0
    for holding in held:
        found = tally(of, holding)
        people |= found.get("attended", set())
        absent += len(found.get("interested absent", ()))
        known += sum(
            len(found.get(f"interested {status}", ())) for status in ("attended", "partial", "absent")
        )
    assert kpi(report, "event_people").current.value == len(people)
    no_shows = kpi(report, "no_show_rate").current
    assert (no_shows.numerator, no_shows.denominator) == (absent, known)
    assert no_shows.value == (absent / known if known >= 10 else None)
    if no_shows.interval:
        assert no_shows.interval[0] <= no_shows.value <= no_shows.interval[1]


def check_event(of: Club, holding: Holding, report: Any, kpi: Any) -> None:
    found = tally(of, holding)
    interested = {status: found.get(f"interested {status}", set()) for status in STATUSES}
    figure = report.figures[0]
    shown = (figure.attended, figure.partial, figure.no_show, figure.unknown)
    assert shown == tuple(len(interested[status]) for status in STATUSES)
    everybody = sum(shown)
    assert figure.interested_label == (f"{everybody} interested" if everybody else "")
    attended = found.get("attended", set())
    assert kpi(report, "attendees").current.value == len(attended)
    from_series = found.get("standing attended", set())
    assert figure.walk_ins == len(attended - interested["attended"] - from_series)
    earlier = [
        tally(of, other)
        for other in sorted(of.holdings, key=lambda one: (one.begins, one.number))
        if other.series == holding.series and other.is_held
        if (other.begins, other.number) < (holding.begins, holding.number)
    ]

    def counts(name: str) -> tuple[int | None, int | None]:
        current = kpi(report, name).current
        return current.numerator, current.denominator

    if earlier:
        ever, at_last = fates(attended, earlier, 1), fates(attended, earlier[-1:], 1)
        assert counts("first_timers") == told([None if fate is None else not fate for fate in ever])
        assert counts("came_to_the_one_before") == told(at_last)
    if len(earlier) >= 4:
        assert counts("regular_attendees") == told(fates(attended, earlier[-4:], 3))


def fates(people: set[int], others: list[dict[str, set[int]]], number: int) -> list[bool | None]:
    """Of each whether they attended at least so many of the others; None: it is not known."""
    found: list[bool | None] = []
    for person in people:
        surely = sum(person in other.get("attended", ()) for other in others)
        at_most = surely + sum(person in other.get("unknown", ()) for other in others)
        found.append(True if surely >= number else None if at_most >= number else False)
    return found


def told(found: list[bool | None]) -> tuple[int | None, int | None]:
    known = [fate for fate in found if fate is not None]
    return (sum(known), len(known)) if len(known) >= 0.8 * len(found) else (None, None)


STATUSES = ("attended", "partial", "absent", "unknown")


@given(seed=st.integers(0, 2**32), size=st.one_of(st.integers(0, 10), st.integers(30, 60)))
@settings(max_examples=15)
async def test_every_number_agrees_with_brute_force(
    warehouse: Any, new_guild: Any, week_of: Any, kpi: Any, promoted: Any, seed: int, size: int
) -> None:
    of, guild = club(seed, size), new_guild()
    fill(guild, of)
    await guild.write(warehouse)
    week = week_of(guild, "2025-W46", NOW)
    segments = await guild.detail(warehouse, "segments", week, NOW, segments=promoted(PROMOTED))
    check_segments(of, segments, kpi)
    retention = await guild.detail(warehouse, "retention", week, NOW)
    check_retention(of, retention, kpi)
    check_funnel(of, retention, kpi)
    check_week(of, await guild.detail(warehouse, "events", week, NOW), kpi)
    for holding in [one for one in of.holdings if one.is_held and one.day <= LAST][:2]:
        report = await guild.occurrence(warehouse, guild.key(holding.number), NOW)
        check_event(of, holding, report, kpi)
