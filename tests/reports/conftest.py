"""A small guild written straight into the tables that reports read: what a fold would have left there.

Making a database takes longer than most of these tests. They share one of each kind, and every guild has its
own number: that no guild sees another one's rows is so tested all the time.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import shutil
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pyroaring import BitMap
from sqlalchemy import insert

from reports.details import detail
from reports.event import event
from reports.event_report import EventReport, OccurrenceKey
from reports.health import health
from reports.periods import parse_period
from reports.report import Report
from reports.settings import ReportSettings, SegmentSettings
from reports.weekly import weekly
from storage.activities import POPULATIONS
from storage.database import Warehouse
from storage.day_sets import FIRST_JOIN
from storage.rules import EPOCH, Rules
from storage.tables import (
    activity_sessions,
    attendance,
    attendance_days,
    command_invocations,
    corrections,
    coverage,
    daily_activity,
    day_sets,
    day_totals,
    event_occurrences,
    fold_progress,
    imported_attendance,
    imported_stay_days,
    member_roles,
    members,
    membership_spells,
    occurrence_hosts,
    reconciliations,
    rsvps,
    voice_session_days,
)

SOURCES = ("voice", "members", "commands")
MINUTE = 60_000
STATUSES = {
    "coming": "planned",
    "running": "active",
    "held": "completed",
    "held_unstarted": "planned",
    "not_held": "planned",
    "cancelled": "cancelled",
    "unknown": "vanished",
}
GUILD_IDS = itertools.count(1)


@dataclass
class Guild:
    """Tables in the making. Days are dates or day numbers; moments are local, as “2025-11-10 14:00”."""

    guild_id: int = field(default_factory=lambda: next(GUILD_IDS))
    zone: str = "Europe/Berlin"
    sets: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    members: dict[int, dict[str, Any]] = field(default_factory=dict)
    spells: list[dict[str, Any]] = field(default_factory=list)
    covered: list[dict[str, Any]] = field(default_factory=list)
    daily: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    # member number, its start, day; and the channel, if a file tells of it
    session_days: set[tuple[int, ...]] = field(default_factory=set)
    progress: dict[str, Any] | None = None
    occurrences: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    attendance: list[dict[str, Any]] = field(default_factory=list)
    hosts: list[dict[str, Any]] = field(default_factory=list)
    event_days: list[dict[str, Any]] = field(default_factory=list)
    roles: list[dict[str, Any]] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)  # by staff
    told_by_files: list[dict[str, Any]] = field(default_factory=list)
    tracked: tuple[str, ...] = ()  # commands

    def day(self, day: str | date | int) -> int:
        if isinstance(day, int):
            return day
        return ((date.fromisoformat(day) if isinstance(day, str) else day) - EPOCH).days

    def ms(self, moment: str | int) -> int:
        if isinstance(moment, int):
            return moment
        return int(datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(self.zone)).timestamp() * 1000)

    def days(self, first: str | int, last: str | int) -> range:
        return range(self.day(first), self.day(last) + 1)

    def present(self, days: Iterable[int], people: Iterable[int]) -> None:
        """In the guild from the first moment of these days to the last."""
        people = set(people)
        for day in days:
            self.sets.setdefault((day, "present"), set()).update(people)
            self.sets.setdefault((day, "present_at_end"), set()).update(people)
        for member_no in people:
            self.member(member_no)

    def leaves_on(self, day: str | int, people: Iterable[int]) -> None:
        """Present on that day and, from its end on, no longer."""
        for (of_day, name), members_of in self.sets.items():
            if (of_day > self.day(day) and name.startswith("present")) or (
                of_day == self.day(day) and name == "present_at_end"
            ):
                members_of.difference_update(people)

    def did(self, activity: str, day: str | int, people: Iterable[int]) -> None:
        self.sets.setdefault((self.day(day), activity), set()).update(people)

    def member(self, member_no: int, joined: str | int | None = None, **columns: Any) -> None:
        row = self.members.setdefault(
            member_no,
            {
                "member_no": member_no,
                "is_bot": False,
                "is_current": True,
                "first_join_ms": 0,
                "withdrawn_at_ms": None,
                "tier": "member",
            },
        )
        if joined is not None:
            row["first_join_ms"] = self.ms(joined)
        row.update(columns)

    def spell(
        self, member_no: int, joined: str | int, left: str | int | None = None, how: str | None = None
    ) -> None:
        self.spells.append(
            {
                "member_no": member_no,
                "joined_ms": self.ms(joined),
                "left_ms": None if left is None else self.ms(left),
                "left_to_ms": None if left is None else self.ms(left),
                "ended_as": how,
                "join_estimated": False,
                "leave_estimated": False,
                "leave_seen": left is not None,
            }
        )

    def recorded(
        self,
        start: str | int,
        end: str | int,
        state: str = "recorded",
        cause: str | None = None,
        sources: Iterable[str] = SOURCES,
    ) -> None:
        self.covered += [
            {
                "source": source,
                "from_ms": self.ms(start),
                "to_ms": self.ms(end),
                "state": state,
                "cause": cause,
            }
            for source in sources
        ]

    def voice(
        self,
        member_no: int,
        start: str | int,
        end: str | int | None,
        per_day: dict[str, float],
        *,
        channel_id: int = 7,
        estimated: bool = False,
        session_start: str | int | None = None,
        told: bool = False,
    ) -> None:
        """A session, or one channel of it; `per_day`: its qualifying minutes on each local day.

        5 or more: in the day's set. `told`: by a file; the days count it once for each channel.
        """
        self.sessions.append(
            {
                "member_no": member_no,
                "kind": "voice",
                "start_ms": self.ms(start),
                "channel_id": channel_id,
                "end_ms": None if end is None else self.ms(end),
                "session_start_ms": self.ms(start if session_start is None else session_start),
                "qualifying_ms": int(sum(per_day.values()) * MINUTE),
                "afk_ms": 0,
                "deafened_ms": 0,
                "alone_ms": 0,
                "start_estimated": estimated,
                "end_estimated": False,
                "is_imported": told,
            }
        )
        session_ms = self.sessions[-1]["session_start_ms"]
        for day, minutes in per_day.items():
            where = (channel_id,) if told else ()
            session_day = (member_no, session_ms, self.day(day), *where)
            is_new = session_day not in self.session_days
            self.session_days.add(session_day)
            self._voice_day(member_no, self.day(day), int(minutes * MINUTE), int(is_new))

    def _voice_day(self, member_no: int, day: int, duration_ms: int, sessions: int) -> None:
        row = next((r for r in self.daily if (r["local_day"], r["member_no"]) == (day, member_no)), None)
        if row is None:
            row = {
                "local_day": day,
                "activity": "voice",
                "member_no": member_no,
                "count": 0,
                "duration_ms": 0,
            }
            self.daily.append(row)
        row["count"] += sessions
        row["duration_ms"] += duration_ms
        if row["duration_ms"] >= 5 * MINUTE:
            self.did("voice", day, {member_no})

    def ran(
        self,
        member_no: int,
        at: str | int,
        outcome: str | None = "success",
        is_counted: bool = True,
        *,
        command: str = "show_profile",
        error_type: str | None = None,
        latency_ms: int | None = 90,
    ) -> None:
        """A command. Without an outcome only its answer was seen."""
        self.commands.append(
            {
                "interaction_id": len(self.commands),
                "member_no": member_no,
                "application_id": 8,
                "command": command,
                "options": None if outcome is None else "{}",
                "invoked_ms": self.ms(at),
                "outcome": outcome,
                "error_type": error_type,
                "latency_ms": None if outcome is None else latency_ms,
                "is_counted": is_counted,
            }
        )

    def event(
        self,
        event_id: int,
        start: str | int,
        end: str | int | None = None,
        outcome: str = "held",
        *,
        series: str = "title:sunday inhouse",
        title: str = "Sunday Inhouse",
        channels: Iterable[int] = (7,),
        hosts: Iterable[int] = (),
        **columns: Any,
    ) -> OccurrenceKey:
        """An occurrence, planned for the span in which it was held; its key."""
        key = OccurrenceKey(event_id, self.ms(start))
        began = outcome in ("held", "held_unstarted", "running")
        is_over = began and outcome != "running"
        end_ms = None if end is None else self.ms(end)
        self.occurrences.append(
            {
                **key._asdict(),
                "series": series,
                "title": title,
                "event_type": None,
                "channel_id": next(iter(channels), None),
                "channels": json.dumps(list(channels)),
                "own_channels": json.dumps(list(channels)),
                "scheduled_start_ms": self.ms(start),
                "scheduled_end_ms": end_ms,
                "actual_start_ms": self.ms(start) if began and outcome != "held_unstarted" else None,
                "actual_end_ms": end_ms if is_over else None,
                "cancelled_ms": None,
                "creator_no": None,
                "told_hosts": "[]",
                "said_type": None,
                "told_held": None,
                "has_check_ins": False,
                "limits": "[]",
                "capacity": None,
                "start_estimated": False,
                "end_estimated": False,
                "status": STATUSES[outcome],
                "is_declared": False,
                "outcome": outcome,
                "window_start_ms": self.ms(start) if began else None,
                "window_end_ms": end_ms if is_over else None,
                "voice_gap_ms": 0,
                "rsvps_listed": True,
                **columns,
            }
        )
        self.hosts += [{**key._asdict(), "member_no": number, "reason": "creator"} for number in hosts]
        return key

    def staff_said(self, key: OccurrenceKey, subject: str, member_no: int | None = None) -> None:
        told = len(self.said)
        self.said.append(
            {
                **{"correction_id": told, "part": 0, "at_ms": 0, "made_by": None, **key._asdict()},
                **{"subject": subject, "member_no": member_no, "value": "yes"},
                **{"taken_back_ms": None, "taken_back_by": None},
            }
        )

    def a_file_said(self, key: OccurrenceKey, people: Iterable[int]) -> None:
        """That they attended."""
        self.told_by_files += [
            {**key._asdict(), "member_no": number, "attended": True, "presence_ms": None} for number in people
        ]

    def came(
        self,
        key: OccurrenceKey,
        people: Iterable[int],
        rsvp: str | None = None,
        status: str = "attended",
        minutes: float = 60,
        *,
        early: bool = False,
        estimated: bool = False,
        told: bool = False,
    ) -> None:
        """`told`: and with no minute recorded."""
        for number in people:
            was_there = status in ("attended", "partial") and not told
            self.attendance.append(
                {
                    **key._asdict(),
                    "member_no": number,
                    "rsvp": rsvp,
                    "status": status,
                    "first_join_ms": key.original_start_ms if was_there else None,
                    "last_leave_ms": key.original_start_ms + int(minutes * MINUTE) if was_there else None,
                    "presence_ms": int(minutes * MINUTE) if was_there else 0,
                    "is_early": early,
                    "is_estimated": estimated,
                    "is_told": told,
                }
            )

    def at_event(self, day: str | int, people: Iterable[int], event_id: int = 1, days: int = 1) -> None:
        """Attended an event with presence on these local days."""
        for number in people:
            for local_day in range(self.day(day), self.day(day) + days):
                self.event_days.append(
                    {
                        "local_day": local_day,
                        "event_id": event_id,
                        "original_start_ms": self.day(day),
                        "member_no": number,
                        "presence_ms": 60 * MINUTE,
                    }
                )
                self.did("event", local_day, {number})

    def role(self, member_no: int, role_id: int, start: str | int, end: str | int | None = None) -> None:
        self.roles.append(
            {
                "member_no": member_no,
                "role_id": role_id,
                "from_ms": self.ms(start),
                "to_ms": None if end is None else self.ms(end),
            }
        )

    def listed(
        self,
        at: str,
        listed: int,
        absent: int = 0,
        unexpected: int = 0,
        verdict: str = "taken",
        source: str = "members",
        event_id: int = 0,
    ) -> None:
        """One of Discord's lists came."""
        self.lists.append(
            {
                "at_ms": self.ms(at),
                "source": source,
                "listed": listed,
                "believed": listed - unexpected + absent,
                "absent": absent,
                "unexpected": unexpected,
                "verdict": verdict,
                "reason": None if verdict == "taken" else "why",
                "event_id": event_id,
            }
        )

    def joins(self, member_no: int, day: str, hour: str = "12:00") -> None:
        """For the first time, and stays."""
        self.member(member_no, joined=f"{day} {hour}")
        self.spell(member_no, f"{day} {hour}")

    def answered(
        self,
        event_id: int,
        original_start_ms: int,
        people: Iterable[int],
        start: str,
        *,
        interested: bool = True,
    ) -> None:
        self.answers += [
            {
                "event_id": event_id,
                "original_start_ms": original_start_ms,
                "member_no": number,
                "from_ms": self.ms(start),
                "to_ms": None,
                "interested": interested,
                "from_estimated": False,
                "to_estimated": False,
            }
            for number in people
        ]

    def key(self, event_id: int) -> OccurrenceKey:
        row = next(row for row in self.occurrences if row["event_id"] == event_id)
        return OccurrenceKey(event_id, row["original_start_ms"])

    def _packed(self, day: int, activity: str, people: Iterable[int]) -> dict[str, bytes]:
        own = {r["member_no"]: r for r in self.daily if (r["local_day"], r["activity"]) == (day, activity)}
        nothing = {"count": 0, "duration_ms": 0}
        rows = [own.get(number, nothing) for number in sorted(people)]
        return {
            "counts": array("I", [row["count"] for row in rows]).tobytes(),
            "durations_ms": array("I", [row["duration_ms"] for row in rows]).tobytes(),
        }

    def _voice_session_days(self) -> Iterator[dict[str, Any]]:
        """Of sessions that count on several days, or are estimated."""
        estimated = {
            (row["member_no"], row["session_start_ms"])
            for row in self.sessions
            if row["start_estimated"] or row["end_estimated"]
        }
        recorded = [session_day for session_day in self.session_days if len(session_day) == 3]
        often = Counter((member_no, start_ms) for member_no, start_ms, _ in recorded)
        for member_no, start_ms, day in recorded:
            is_estimated = (member_no, start_ms) in estimated
            if is_estimated or often[member_no, start_ms] > 1:
                yield {
                    "local_day": day,
                    "member_no": member_no,
                    "session_start_ms": start_ms,
                    "is_estimated": is_estimated,
                }

    async def write(self, warehouse: Warehouse) -> None:
        for row in self.daily:
            if row["activity"] != "voice":  # of all others whoever did it at all is in the day's set
                self.did(row["activity"], row["local_day"], {row["member_no"]})
        for row in self.members.values():
            if row["first_join_ms"] is not None:
                self.did(FIRST_JOIN, self.rules.local_day(row["first_join_ms"]), {row["member_no"]})
        rows: dict[Any, list[dict[str, Any]]] = {
            members: list(self.members.values()),
            membership_spells: self.spells,
            coverage: self.covered,
            daily_activity: self.daily,
            activity_sessions: self.sessions,
            voice_session_days: list(self._voice_session_days()),
            imported_stay_days: [
                {
                    "start_ms": start_ms,
                    "member_no": member_no,
                    "channel_id": where[0],
                    "local_day": day,
                    "qualifying_ms": MINUTE,
                }
                for member_no, start_ms, day, *where in self.session_days
                if where
            ],
            command_invocations: self.commands,
            day_sets: [
                {
                    "local_day": day,
                    "activity": activity,
                    "size": len(people),
                    "members": BitMap(people).serialize(),
                }
                for (day, activity), people in self.sets.items()
                if people  # an empty set has no row
            ],
            day_totals: [
                {"local_day": day, "activity": activity, **self._packed(day, activity, people)}
                for (day, activity), people in self.sets.items()
                if people and activity not in POPULATIONS
            ],
            event_occurrences: self.occurrences,
            attendance: self.attendance,
            rsvps: self.answers,
            occurrence_hosts: self.hosts,
            attendance_days: self.event_days,
            member_roles: self.roles,
            reconciliations: self.lists,
            corrections: self.said,
            imported_attendance: self.told_by_files,
            fold_progress: [self.progress] if self.progress else [],
        }
        async with warehouse.writing() as conn:
            for table, values in rows.items():
                if values:
                    await conn.execute(insert(table), [{"guild_id": self.guild_id, **row} for row in values])

    async def health(
        self, warehouse: Warehouse, now: str | int, rules: Rules | None = None, **settings: Any
    ) -> Report:
        async with warehouse.reading() as conn:
            return await health(
                conn, self.guild_id, self.settings(**settings), rules or self.rules, self.ms(now)
            )

    async def occurrence(self, warehouse: Warehouse, key: OccurrenceKey, now: str | int) -> EventReport:
        async with warehouse.reading() as conn:
            return await event(conn, self.guild_id, self.settings(), self.rules, key, self.ms(now))

    async def weekly(self, warehouse: Warehouse, period: Any, now: str | int, **settings: Any) -> Report:
        async with warehouse.reading() as conn:
            return await weekly(
                conn, self.guild_id, self.settings(**settings), self.rules, period, self.ms(now)
            )

    async def detail(
        self, warehouse: Warehouse, name: str, period: Any, now: str | int, **settings: Any
    ) -> Report:
        """Exact, unless `min_group` says otherwise."""
        chosen = self.settings(**{"min_group": 0, **settings})
        async with warehouse.reading() as conn:
            return await detail(conn, self.guild_id, chosen, self.rules, name, period, self.ms(now))

    def settings(self, **settings: Any) -> ReportSettings:
        return ReportSettings(zone=self.zone, **settings)

    @property
    def rules(self) -> Rules:
        return Rules(zone=self.zone, tracked_commands=self.tracked)


@pytest.fixture(scope="session")
def shared_sqlite_url(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("reports") / "warehouse.db"
    shutil.copyfile(_sqlite_template, path)
    return str(path)


@pytest.fixture(scope="session")
def shared_postgres_url(postgres: Any) -> str:
    name = f"reports_{secrets.token_hex(6)}"
    with ThreadPoolExecutor(1) as aside:  # a loop of its own, out of the way of the tests'
        create = f"CREATE DATABASE {name} TEMPLATE migrated"
        aside.submit(lambda: asyncio.run(postgres.command(create))).result()
    return str(postgres.url(name))


# A report is the same lines on either database: what differs is in storage, and counted by its tests.
AGAIN_ON_POSTGRESQL = [pytest.mark.postgres, pytest.mark.lines_counted_elsewhere]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=AGAIN_ON_POSTGRESQL)])
async def warehouse(request: pytest.FixtureRequest) -> AsyncIterator[Warehouse]:
    opened = await Warehouse.open(
        request.getfixturevalue("shared_sqlite_url" if request.param == "sqlite" else "shared_postgres_url")
    )
    yield opened
    await opened.close()


@pytest.fixture
async def both_warehouses(
    shared_sqlite_url: str, shared_postgres_url: str
) -> AsyncIterator[tuple[Warehouse, Warehouse]]:
    sqlite, postgresql = await Warehouse.open(shared_sqlite_url), await Warehouse.open(shared_postgres_url)
    yield sqlite, postgresql
    await sqlite.close()
    await postgresql.close()


@pytest.fixture
def guild() -> Guild:
    return Guild()


@pytest.fixture
def new_guild() -> Callable[..., Guild]:
    """For tests that write many guilds."""
    return Guild


@pytest.fixture
def kpi() -> Callable[..., Any]:
    def find(report: Report, name: str, cut: str = "") -> Any:
        return next(k for s in report.sections for k in s.kpis if (k.name, k.cut) == (name, cut))

    return find


@pytest.fixture
def week_of() -> Callable[..., Any]:
    def parse(guild: Guild, key: str, now: str) -> Any:
        return parse_period(key, guild.zone, "monday", guild.ms(now))

    return parse


@pytest.fixture
def promoted() -> Callable[..., SegmentSettings]:
    return lambda *roles: SegmentSettings(promoted_roles=roles)
