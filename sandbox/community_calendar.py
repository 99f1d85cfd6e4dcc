"""What is on when: seasons, inhouse nights, and the year's incidents, counted back from the last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from sandbox.community_place import ZONE

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

STORY_DAYS = 365
DAYS_AHEAD = 15

INHOUSE_WEEKDAYS = {2: 20.0, 6: 18.5}  # Wednesday and Sunday → the hour at which the first game begins
LESSON_SEATS, LESSON_SEATS_AT_LAST = 17, 11  # beside the host; they fade over the last eight lessons
WEEKDAY_MOOD = (0.85, 0.95, 0.9, 0.9, 1.1, 1.25, 1.1)  # how much more people are on, Monday first


@lru_cache(maxsize=1024)
def noon_ms(day: date) -> int:
    return int(datetime.combine(day, time(12), ZONE).timestamp()) * 1000


def moment_ms(day: date, hour: float) -> int:
    """A local hour of a day; 24 and more are in the night after it. Hours are counted from noon."""
    return noon_ms(day) + int((hour - 12) * HOUR_MS)


def day_of(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ZONE).date()


@dataclass(frozen=True, slots=True)
class Year:
    """The days of the story and what happens on them."""

    first: date
    last: date  # the day of `now`
    until: date  # the story goes on after it, for those who keep watching

    @classmethod
    def ending(cls, now: datetime, days: int = STORY_DAYS) -> Year:
        last = now.astimezone(ZONE).date()
        return cls(last - timedelta(days=days), last, last + timedelta(days=DAYS_AHEAD))

    @property
    def begin_ms(self) -> int:
        """The moment at which the bot was added to the server."""
        return moment_ms(self.first, 9)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.until - self.first).days + 1)]

    @property
    def latest_week(self) -> date:
        """The Monday that begins the last whole week: the one that the weekly digest speaks of."""
        return self.last - timedelta(days=self.last.weekday() + 7)

    def before(self, *, weeks: int, days: int = 0) -> date:
        """Counted back from the latest week, so that the incidents fall into the same weeks on every day."""
        return self.latest_week - timedelta(weeks=weeks) + timedelta(days=days)

    @property
    def raid(self) -> date:
        return self.before(weeks=15, days=3)

    @property
    def clearing_ms(self) -> int | None:
        """Staff prune those who were never about. None where the story begins after it."""
        day = self.before(weeks=20, days=1)
        return moment_ms(day, 20.5) if day > self.first else None

    @property
    def showcase(self) -> date:
        """A streamed tournament that brings a wave of newcomers."""
        return self.before(weeks=9, days=5)

    @property
    def burnout(self) -> date:
        """From here on the host of the Wednesday inhouses loses heart."""
        return self.before(weeks=6)

    @property
    def host_gone(self) -> date:
        return self.before(weeks=3)

    @property
    def stand_in(self) -> date:
        """Somebody else takes the Wednesdays over: they are back in the latest week."""
        return self.latest_week

    @property
    def outage(self) -> tuple[int, int] | None:
        """The recording gap of a day and a few hours: from, to. None where the story begins after it."""
        day = self.before(weeks=3, days=1)
        return (moment_ms(day, 3.7), moment_ms(day, 32.0)) if day > self.first else None

    @property
    def marathon(self) -> date:
        """An evening of games that nobody scheduled; staff tell of it the day after."""
        return self.before(weeks=0, days=4)

    @property
    def lan(self) -> date:
        """The club meets elsewhere."""
        return self.before(weeks=3, days=5)

    @property
    def moved_inhouse(self) -> date:
        """A Sunday whose inhouse is on the Saturday before."""
        return self.before(weeks=11, days=6)

    @property
    def postponed_draft(self) -> date:
        return self.before(weeks=9, days=5)

    @property
    def called_off_cafe(self) -> date:
        return self.before(weeks=5, days=3)

    @property
    def forgotten(self) -> frozenset[date]:
        """Nights on which everybody is there and the host does not press the button."""
        return frozenset(
            {
                self.before(weeks=4, days=6),
                self.before(weeks=5, days=2),
                self.before(weeks=17, days=2),
                self.before(weeks=29, days=6),
                self.before(weeks=2, days=3),
            }
        )

    def inhouse_pull(self, day: date) -> float:
        """How many of those who like inhouses come: the tired host's Wednesdays thin out."""
        if day == self.latest_week + timedelta(days=2):
            return 1.4  # everybody is glad that it is back
        if day.weekday() != 2 or day < self.burnout:
            return 1.0
        if day < self.host_gone:
            tiring = (day - self.burnout) / (self.host_gone - self.burnout)
            return 1.0 - 0.6 * tiring
        return 1.0

    def lesson_seats(self, day: date) -> int:
        """How many beginners the host takes on: fewer and fewer."""
        fading = min(max((day - self.before(weeks=14)).days / (14 * 7), 0.0), 1.0)
        return round(LESSON_SEATS - fading * (LESSON_SEATS - LESSON_SEATS_AT_LAST))

    def mood(self, day: date) -> float:
        """How much is on in voice on a day: 1 is an ordinary one."""
        return WEEKDAY_MOOD[day.weekday()] * _season(day)


def is_holiday(day: date) -> bool:
    return (day.month, day.day) in {(12, 24), (12, 31)}


def _season(day: date) -> float:
    if day.month == 8:
        return 0.42
    if day.month == 7:
        return 0.8
    if (day.month, day.day) in {(12, 24), (12, 25), (12, 31)}:
        return 0.35
    return 1.12 if day.month in {1, 2, 11} else 1.0
