"""What the club has on: every event that somebody schedules, and how each of its evenings goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sandbox.community_calendar import DAY_MS, HOUR_MS, Year, is_holiday, moment_ms
from sandbox.community_cast import (
    CAFE_HOST,
    ORGANIZER,
    OTHER_CAPTAIN,
    STAND_IN,
    SUNDAY_HOST,
    TIRED_HOST,
)
from sandbox.community_place import CAFE, COACHING_ROOM, LOBBY


class Gathering(StrEnum):
    INHOUSE = "inhouse"
    LESSON = "lesson"
    DRAFT = "draft"
    CAFE = "café"
    LAN = "lan"
    MARATHON = "marathon"  # nobody scheduled it


class Fate(StrEnum):
    """How an evening that was planned goes."""

    HELD = "held"
    FORGOTTEN = "forgotten"  # held, but the host does not press the button
    UNSTARTED = "unstarted"  # nobody comes
    CALLED_OFF = "called off"


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as somebody schedules it."""

    name: str  # within the story
    title: str
    gathering: Gathering
    creator: int  # place in the cast
    created_ms: int
    start_ms: int  # the first time
    channel_id: int | None = None
    location: str | None = None
    end_ms: int | None = None
    every_weeks: int | None = None  # None: it does not recur


@dataclass(frozen=True, slots=True)
class Occasion:
    """One evening of an event."""

    gathering: Gathering
    day: date  # as first planned
    original_ms: int
    start_ms: int  # where it has been moved to
    opens_ms: int  # it is what is on next: from here on people answer
    host: int  # place in the cast
    plan: Plan | None  # None: nobody scheduled it
    fate: Fate = Fate.HELD

    @property
    def is_held(self) -> bool:
        return self.fate in {Fate.HELD, Fate.FORGOTTEN}


@dataclass(frozen=True, slots=True)
class _Weekly:
    """A recurring event. A fortnightly one falls into the latest week."""

    name: str
    title: str
    gathering: Gathering
    weekday: int
    hour: float
    channel_id: int
    host: int
    every_weeks: int = 1

    def dates(self, year: Year) -> list[date]:
        anchor = year.latest_week + timedelta(days=self.weekday)
        return [day for day in year.days[1:] if (day - anchor).days % (7 * self.every_weeks) == 0]


SUNDAYS = _Weekly("sunday", "Sunday Inhouse", Gathering.INHOUSE, 6, 18.5, LOBBY, SUNDAY_HOST)
WEDNESDAYS = _Weekly("wednesday", "Wednesday Inhouse", Gathering.INHOUSE, 2, 20, LOBBY, TIRED_HOST)
LESSONS = _Weekly("lesson", "Beginner Night", Gathering.LESSON, 1, 19, COACHING_ROOM, TIRED_HOST, 2)
CAFES = _Weekly("café", "Café 語り場 ☕", Gathering.CAFE, 3, 20.5, CAFE, CAFE_HOST)
WEEKLY = (SUNDAYS, WEDNESDAYS, LESSONS, CAFES)

DRAFT_TITLE, DRAFT_HOUR = "Captains’ Draft", 20.0
DRAFT_EVERY_WEEKS, DRAFT_AHEAD_DAYS = 4, 17
LAN_TITLE, LAN_LOCATION, LAN_HOURS = "Moonlit LAN", "Gleis 9, Leipzig", (14, 22)
LAN_AHEAD_DAYS = 33
MARATHON_TITLE, MARATHON_HOUR = "Ranked Marathon", 21.5

MORNING_HOUR = 11  # after an evening, its series has moved on to the next one
POSTPONED_MS = HOUR_MS // 2
AUGUST = 8  # hardly anybody is there


def programme(year: Year) -> list[Occasion]:
    """Every evening of the story, in time's order."""
    occasions = [occasion for weekly in WEEKLY for occasion in _recurring(year, weekly)]
    occasions += [*_drafts(year), *_single(year)]
    return sorted(occasions, key=lambda occasion: (occasion.start_ms, occasion.gathering))


def _recurring(year: Year, weekly: _Weekly) -> Iterator[Occasion]:
    dates = weekly.dates(year)
    if not dates:
        return
    plan = Plan(
        name=weekly.name,
        title=weekly.title,
        gathering=weekly.gathering,
        creator=weekly.host,
        created_ms=moment_ms(year.first, 10 + WEEKLY.index(weekly) / 4),
        start_ms=moment_ms(dates[0], weekly.hour),
        channel_id=weekly.channel_id,
        every_weeks=weekly.every_weeks,
    )
    opens_ms = plan.created_ms + HOUR_MS
    for day in dates:
        original_ms = start_ms = moment_ms(day, weekly.hour)
        if weekly is SUNDAYS and day == year.moved_inhouse:
            start_ms = moment_ms(day - timedelta(days=1), DRAFT_HOUR)
        host, fate = _host(year, weekly, day), _fate(year, weekly, day)
        yield Occasion(weekly.gathering, day, original_ms, start_ms, opens_ms, host, plan, fate)
        opens_ms = moment_ms(day, 24 + MORNING_HOUR)


def _host(year: Year, weekly: _Weekly, day: date) -> int:
    if weekly.host != TIRED_HOST or day < year.host_gone:
        return weekly.host
    return STAND_IN if weekly is WEDNESDAYS else SUNDAY_HOST


def _fate(year: Year, weekly: _Weekly, day: date) -> Fate:
    if is_holiday(day):
        return Fate.CALLED_OFF
    if weekly is CAFES and day == year.called_off_cafe:
        return Fate.CALLED_OFF
    if weekly is WEDNESDAYS and year.host_gone <= day < year.stand_in:
        return Fate.CALLED_OFF if (day - year.host_gone).days < 7 else Fate.UNSTARTED
    return Fate.FORGOTTEN if day in year.forgotten else Fate.HELD


def _drafts(year: Year) -> Iterator[Occasion]:
    """Single events under one title, made anew each time by one of the captains in turn."""
    anchor = year.before(weeks=1, days=5)
    for day in year.days[2:]:
        turn, rest = divmod((day - anchor).days, 7 * DRAFT_EVERY_WEEKS)
        if rest:
            continue
        start_ms, host = moment_ms(day, DRAFT_HOUR), (STAND_IN, OTHER_CAPTAIN)[turn % 2]
        plan = Plan(
            name=f"draft {day}",
            title=DRAFT_TITLE,
            gathering=Gathering.DRAFT,
            creator=host,
            created_ms=_ahead(year, start_ms, DRAFT_AHEAD_DAYS),
            start_ms=start_ms,
            channel_id=LOBBY,
        )
        begins_ms = start_ms + (POSTPONED_MS if day == year.postponed_draft else 0)
        fate = Fate.CALLED_OFF if day.month == AUGUST else Fate.HELD
        opens_ms = plan.created_ms + HOUR_MS
        yield Occasion(Gathering.DRAFT, day, start_ms, begins_ms, opens_ms, host, plan, fate)


def _single(year: Year) -> Iterator[Occasion]:
    if year.lan > year.first + timedelta(days=1):
        start_ms, end_ms = (moment_ms(year.lan, hour) for hour in LAN_HOURS)
        plan = Plan(
            name="lan",
            title=LAN_TITLE,
            gathering=Gathering.LAN,
            creator=ORGANIZER,
            created_ms=_ahead(year, start_ms, LAN_AHEAD_DAYS),
            start_ms=start_ms,
            end_ms=end_ms,
            location=LAN_LOCATION,
        )
        opens_ms = plan.created_ms + HOUR_MS
        yield Occasion(Gathering.LAN, year.lan, start_ms, start_ms, opens_ms, ORGANIZER, plan)
    if year.marathon > year.first:
        start_ms = moment_ms(year.marathon, MARATHON_HOUR)
        yield Occasion(Gathering.MARATHON, year.marathon, start_ms, start_ms, start_ms, OTHER_CAPTAIN, None)


def _ahead(year: Year, start_ms: int, days: int) -> int:
    """When something is scheduled: so many days ahead, but not before the story begins."""
    return max(start_ms - days * DAY_MS + HOUR_MS // 3, year.begin_ms + 2 * HOUR_MS)
