"""One week by hand, from what Discord sends to the report: and whoever counts a second time counts the same.

The week is that of 20 to 26 October 2025, at whose end the clocks go back: it has 169 hours. Everybody was on
the server long before recording began on 29 September, unless something else is said.

| who | what they did in the week | counts |
|---|---|---|
| Ana, Ben | in voice together, Monday 20:00–21:00 | 60 minutes each |
| Zoe (joined on 6 October) | with them, 20:00–20:20 | 20 |
| Ron | with them, 20:00–20:10; leaves the server on Wednesday | 10; exposed, not in P(end) |
| Cleo | with them, 20:30–21:00, deafened until 20:50 | 10 |
| Dan | alone, Monday 22:00–23:00 | 0 |
| Ed, Fay | in the AFK channel, Tuesday 20:00–22:00 | 0 |
| Gil | with a bot, Wednesday 20:00–21:00 | 0 |
| Hal | with Ida, who has opted out, Thursday 20:00–20:30 | 30; Ida is in no number |
| Jon, Kim | together, Friday 23:56 – Saturday 00:30 | 4 on Friday are too few; 30 on Saturday |
| Lea, Max | together, Saturday 23:00 – Sunday 03:30 | 60, and 270 for the night has an hour more |
| Nia, Ole | together, Wednesday, for a millisecond less than 5 minutes | too few |
| Pia, Quin | together, Wednesday, for 5 minutes | 5 |
| Sue | left on 10 October, back on the 16th, day 6: she was never away | nothing this week |
| Tom | left on 10 October, back on the 18th, day 8: new here | a command, Sunday 02:30 the second time |
| Uma | joins on Tuesday, leaves after 10 hours, does nothing | a raid |
| Vic | the same, but writes a message | exposed, no raid; text makes nobody active |
| Wes, Xen | join on Thursday, are banned an hour later | raids |
| Yan | leaves the server on Sunday 18:00 | exposed, not in P(end) |
| Yul | left when the week before began, back when it was over: 7 days, not less | new here |

The week before: Ana, Ben, Dan, Ron and Yan were in voice together on Tuesday, Sue ran a command on Friday.
Before that: Hal ran a command on 5 October.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reports.asked import Asked
from reports.details import detail
from reports.health import health_asked
from reports.periods import parse_period
from reports.report import Report
from reports.settings import ReportSettings
from sandbox.community import Story
from sandbox.community_cast import Kind, Person
from sandbox.community_moves import AsksOtherBot, Joins, Leaves, Move, Speaks, Writes
from sandbox.community_place import (
    AFK,
    CAFE,
    GENERAL,
    GUILD_ID,
    MUSIC_BOT_ID,
    MUSIC_LOUNGE,
    RANKED_ROOM,
    TEAM_DIRE,
    TEAM_RADIANT,
    snowflake,
)
from sandbox.removing import Leaving
from storage.database import Warehouse

from .recount.club import Club
from .recount.community import community
from .recount.lifecycle import cells, segments
from .recount.seen import days_between
from .stories import RULES, ZONE, OutageYear, Saga, record

FIRST, NOW = date(2025, 9, 29), datetime(2025, 11, 3, 12, tzinfo=ZONE)
THIS = days_between(date(2025, 10, 20), date(2025, 10, 26))
LAST = days_between(date(2025, 10, 13), date(2025, 10, 19))
SETTINGS = ReportSettings(zone=ZONE.key, min_group=0)
HERE = (("2024-05-01 12:00", None),)


def at(moment: str, fold: int = 0) -> int:
    local = datetime.fromisoformat(moment).replace(tzinfo=ZONE, fold=fold)
    return round(local.timestamp() * 1000)


class Week:
    """The moves of the table above."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.moves: list[Move] = []
        self._stays = count(1)
        names = "Ana Ben Cleo Dan Ed Fay Gil Hal Ida Jon Kim Lea Max Nia Ole Pia Quin"
        for name in names.split():
            self.person(name, *HERE)
        self.person("Zoe", ("2025-10-06 15:00", None))
        self.person("Ron", ("2024-05-01 12:00", "2025-10-22 12:00"))
        self.person("Yan", ("2024-05-01 12:00", "2025-10-26 18:00"))
        self.person("Sue", ("2024-05-01 12:00", "2025-10-10 12:00"), ("2025-10-16 12:00", None))
        self.person("Tom", ("2024-05-01 12:00", "2025-10-10 12:00"), ("2025-10-18 12:00", None))
        self.person("Yul", ("2024-05-01 12:00", "2025-10-13 00:00"), ("2025-10-20 00:00", None))
        for name in ("Uma", "Vic"):
            self.person(name, ("2025-10-21 10:00", "2025-10-21 20:00"))
        for name in ("Wes", "Xen"):
            self.person(name, ("2025-10-23 21:00", "2025-10-23 22:00"), how=Leaving.BANNED)
        self.week_before()
        self.week()

    def week_before(self) -> None:
        self.asks("Hal", at("2025-10-05 19:00"))
        for name in ("Ana", "Ben", "Dan", "Ron", "Yan"):
            self.talks(name, CAFE, "2025-10-14 20:00", "2025-10-14 21:00")
        self.asks("Sue", at("2025-10-17 19:00"))

    def week(self) -> None:
        for name, end in {"Ana": "21:00", "Ben": "21:00", "Zoe": "20:20", "Ron": "20:10"}.items():
            self.talks(name, CAFE, "2025-10-20 20:00", f"2025-10-20 {end}")
        self.talks("Cleo", CAFE, "2025-10-20 20:30", "2025-10-20 21:00", deaf_until="2025-10-20 20:50")
        self.talks("Dan", RANKED_ROOM, "2025-10-20 22:00", "2025-10-20 23:00")
        for name in ("Ed", "Fay"):
            self.talks(name, AFK, "2025-10-21 20:00", "2025-10-21 22:00")
        self.talks("Gil", MUSIC_LOUNGE, "2025-10-22 20:00", "2025-10-22 21:00")
        self.moves.append(Speaks(at("2025-10-22 19:30"), MUSIC_BOT_ID, MUSIC_LOUNGE, next(self._stays)))
        self.moves.append(Speaks(at("2025-10-22 21:30"), MUSIC_BOT_ID, None, next(self._stays)))
        for name in ("Hal", "Ida"):
            self.talks(name, TEAM_DIRE, "2025-10-23 20:00", "2025-10-23 20:30")
        for name in ("Jon", "Kim"):
            self.talks(name, CAFE, "2025-10-24 23:56", "2025-10-25 00:30")
        for name in ("Lea", "Max"):
            self.talks(name, RANKED_ROOM, "2025-10-25 23:00", "2025-10-26 03:30")
        for name in ("Nia", "Ole"):
            self.talks(name, TEAM_RADIANT, "2025-10-22 05:00", "2025-10-22 05:04:59.999")
        for name in ("Pia", "Quin"):
            self.talks(name, TEAM_RADIANT, "2025-10-22 06:00", "2025-10-22 06:05")
        self.asks("Tom", at("2025-10-26 02:30", fold=1))
        self.moves.append(Writes(at("2025-10-21 12:00"), self.people["Vic"].user_id, GENERAL))

    def person(self, name: str, *spells: tuple[str, str | None], how: Leaving = Leaving.LEFT) -> None:
        user_id = snowflake(at("2024-01-01 12:00"), len(self.people))
        moments = tuple((at(joined), None if left is None else at(left)) for joined, left in spells)
        self.people[name] = Person(
            **{"user_id": user_id, "name": name, "kind": Kind.CASUAL, "spells": moments, "roles": ()},
            **{"evening": 0, "inhouse": 0, "night": 0, "fades_after_days": None, "room": CAFE},
            **{"starts_at_hour": 20, "minutes": 60, "toggles_an_hour": 0},
        )
        for joined, left in moments:
            if joined > at(f"{FIRST} 09:00"):
                self.moves.append(Joins(joined, user_id))
            if left is not None:
                self.moves.append(Leaves(left, user_id, how))

    def talks(self, name: str, room: int, start: str, end: str, deaf_until: str | None = None) -> None:
        user_id, stay = self.people[name].user_id, next(self._stays)
        self.moves.append(Speaks(at(start), user_id, room, stay, deaf=deaf_until is not None))
        if deaf_until is not None:
            self.moves.append(Speaks(at(deaf_until), user_id, room, stay))
        self.moves.append(Speaks(at(end), user_id, None, stay))

    def asks(self, name: str, moment: int) -> None:
        self.moves.append(AsksOtherBot(moment, self.people[name].user_id, "show_profile", GENERAL))

    def saga(self) -> Saga:
        year = OutageYear(FIRST, NOW.date(), NOW.date())
        moves = sorted(self.moves, key=lambda move: move.at_ms)
        story = Story(1, int(NOW.timestamp() * 1000), year, list(self.people.values()), moves, {})
        return Saga(story, ((at("2025-10-01 12:00"), self.people["Ida"].user_id),))


@pytest.fixture(scope="module")
def saga() -> Saga:
    return Week().saga()


@pytest.fixture(scope="module")
def club(saga: Saga) -> Club:
    return Club(replace(saga.known, promoted_roles=frozenset()))


@pytest.fixture
async def told(warehouse: Warehouse, saga: Saga, tmp_path: Path) -> AsyncIterator[dict[str, Report]]:
    await record(saga, warehouse, tmp_path)
    now_ms = saga.story.now_ms
    week = parse_period("2025-W43", ZONE.key, "monday", now_ms)
    assert week.end_ms - week.start_ms == 169 * 3_600_000
    async with warehouse.reading() as conn:
        yield {
            "health": await health_asked(conn, GUILD_ID, SETTINGS, RULES, Asked(week, now_ms)),
            **{
                name: await detail(conn, GUILD_ID, SETTINGS, RULES, name, week, now_ms)
                for name in ("segments", "retention")
            },
        }


def counted(report: Report) -> dict[str, Any]:
    kpis = (kpi for section in report.sections for kpi in section.kpis)
    return {kpi.name: (kpi.current.value, kpi.current.numerator, kpi.current.denominator) for kpi in kpis}


# Exposed: the 16 from Ana to Quin without Ida, Zoe, Ron, Yan, Sue, Tom, Yul and Vic. Uma, Wes, Xen are raids.
# The week before: the same without Yul and Vic. Tom came back on its Saturday.
EXPOSED, EXPOSED_BEFORE = 23, 21
# In voice: Ana, Ben, Zoe, Ron, Cleo, Hal, Jon, Kim, Lea, Max, Pia, Quin. Tom ran a command.
IN_VOICE, ACTIVE = 12, 13
OWN_MEANS = [60, 60, 20, 10, 10, 30, 30, 30, 330, 330, 5, 5]  # minutes; of one session each: 920 in all
# Active the week before: Ana, Ben, Dan, Ron, Yan, Sue. Of them Ana, Ben and Ron are again; Dan and Sue are
# here and went quiet; Yan has left. Came in: Hal is back, Zoe is new, and Cleo, Jon, Kim, Lea, Max, Pia, Quin
# and Tom were here before recording and are seen for the first time.
BRIDGE = {"previous": 6, "returning": 3, "dormant": 2, "left": 1, "resurrected": 1, "new": 1, "first_seen": 8}
# P(end): the exposed without Ron, Yan and Vic. Fresh: Tom, here for 9 days, and Yul, for 7. New: Zoe, for
# 21. Ed, Fay, Gil, Nia and Ole did nothing, and not so long was recorded as it takes to tell alumni from
# dormant. The others did something within 28 days. Ron and Yan were active and have left.
SEGMENTS = {"core": 0, "regular": 12, "new": 1, "fresh": 2, "dormant": 0, "alumni": 0, "unclassified": 5}


async def test_the_report_says_what_was_worked_out_by_hand(told: dict[str, Report]) -> None:
    health = told["health"]
    numbers = counted(health)
    assert numbers["weekly_active_members"] == (ACTIVE, ACTIVE, EXPOSED)
    active = next(kpi for section in health.sections for kpi in section.kpis)
    assert (active.previous.numerator, active.previous.denominator) == (6, EXPOSED_BEFORE)
    assert numbers["voice_activity_rate"] == (pytest.approx(IN_VOICE / EXPOSED), IN_VOICE, EXPOSED)
    assert (
        numbers["voice_session_mean"][0]
        == pytest.approx(sum(OWN_MEANS) / 12)
        == pytest.approx(76.6667, abs=1e-4)
    )
    assert numbers["voice_session_median"][0] == pytest.approx(30)
    assert numbers["voice_sessions_per_active_member"] == (pytest.approx(12 / ACTIVE), 12, ACTIVE)
    assert numbers["voice_hours_per_active_member"] == (pytest.approx(920 / 60 / ACTIVE), 920 * 60, ACTIVE)
    assert health.bridge is not None
    assert {name: getattr(health.bridge, name) for name in BRIDGE} == BRIDGE
    assert numbers["came_in"][:2] == (10, 10)
    assert numbers["dropped_out"] == (3, 3, 6)
    assert numbers["soft_attrition"] == (None, 2, 6), "fewer than 10: counts only"
    assert numbers["hard_attrition"] == (None, 1, 6)
    assert numbers["quick_ratio"][0] == pytest.approx(10 / 3)
    # Of Ida nothing is recorded since she opted out on 1 October, not even that she is here.
    assert health.excluded == {"bots": 3, "withdrawn": 0, "raids": 3}
    places = counted(told["segments"])
    assert {name: places.get(f"segment_{name}", (None, 0))[1] for name in SEGMENTS} == SEGMENTS
    assert places["departed_alumni"][:2] == (2, 2)
    assert numbers["classification_coverage"] == (pytest.approx(15 / 20), 15, 20)
    figure = told["retention"].figures[0]
    # Cohort: Zoe, 6 October, and Vic, the 21st. Of Zoe weeks 0 to 2 are past, and in week 2 she was active.
    assert figure.pooled.joined == 2
    week_1, week_2 = figure.pooled.cells[:2]
    assert (week_1.retained, week_1.eligible, week_1.pending) == (0, 1, 1)
    assert (week_2.retained, week_2.eligible, week_2.pending) == (1, 1, 1)


def test_whoever_counts_a_second_time_counts_the_same(club: Club) -> None:
    numbers = community(club, THIS, LAST)
    assert numbers["weekly_active_members"] == (ACTIVE, ACTIVE, EXPOSED)
    assert numbers["voice_activity_rate"] == (pytest.approx(IN_VOICE / EXPOSED), IN_VOICE, EXPOSED)
    assert numbers["voice_session_mean"] == (pytest.approx(sum(OWN_MEANS) / 12), None, IN_VOICE)
    assert numbers["voice_session_median"] == (pytest.approx(30), None, IN_VOICE)
    assert numbers["voice_sessions_per_active_member"] == (pytest.approx(12 / ACTIVE), 12, ACTIVE)
    assert numbers["voice_hours_per_active_member"] == (pytest.approx(920 / 60 / ACTIVE), 920 * 60, ACTIVE)
    assert {name: numbers["bridge"][name] for name in BRIDGE} == BRIDGE
    assert len(club.exposed(LAST)) == EXPOSED_BEFORE
    assert len(club.raided(THIS)) == 3
    places = segments(club, THIS[-1])
    assert {name: places[f"segment_{name}"][1] for name in SEGMENTS} == SEGMENTS
    assert places["departed_alumni"][0] == 2
    joined = days_between(FIRST, THIS[-1])
    assert cells(club, joined, THIS[-1])[:4] == [(0, 1, 1), (0, 1, 1), (1, 1, 1), (0, 0, 2)]
