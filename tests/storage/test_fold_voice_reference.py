"""Voice counted a second time, minute by minute, by someone who knows nothing of the fold.

The reference reads a finished history: it draws each person's stays and each channel's AFK times as spans,
walks through every minute, and asks who is where. Slow, and short enough to be checked by eye.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.event import LogRow
from storage.rules import Rules

MINUTE = 60_000
START = int(datetime(2026, 10, 24, 18, tzinfo=UTC).timestamp() * 1000)  # before the clocks go back in Berlin
PEOPLE = (1, 2, 3, "aa", "bb")
BOT = 9
CHANNELS = (50, 51, 59)
FOREVER = 2**60


# ----------------------------------------------------------------- the reference


@dataclass
class Stay:
    who: int | str
    channel: int
    start: int
    end: int = FOREVER
    deaf: list[tuple[int, bool]] = field(default_factory=list)  # from this moment on: deaf or not
    session: int = 0  # when they came into voice
    is_estimated: bool = False

    def is_there(self, moment: int) -> bool:
        return self.start <= moment < self.end

    def hears(self, moment: int) -> bool:
        return not [deaf for since, deaf in self.deaf if since <= moment][-1]

    def deafened(self, deaf: bool, moment: int) -> None:
        if deaf != self.deaf[-1][1]:
            self.deaf = [(since, was) for since, was in self.deaf if since < moment] + [(moment, deaf)]


def drawn(rows: list[LogRow]) -> tuple[list[Stay], list[tuple[int, int | None]]]:
    """All stays, and which channel was the AFK channel from when on."""
    stays: list[Stay] = []
    afk: list[tuple[int, int | None]] = [(0, None)]
    for row in rows:
        body = msgspec.json.decode(row.body)
        opened = [stay for stay in stays if stay.end == FOREVER]
        who = body.get("occupant", row.member_no)
        mine = next((stay for stay in opened if stay.who == who), None)
        if row.type == "COVERAGE" and body["state"] == "gap":
            for stay in opened:
                stay.end = max(stay.start, row.occurred_from_ms)
                stay.is_estimated = True
        elif row.type == "GUILD_UPDATE":
            afk.append((row.occurred_from_ms, body["afk_channel_id"] and int(body["afk_channel_id"])))
        elif row.type == "GUILD_MEMBER_REMOVE" and mine:
            mine.end = max(mine.start, row.occurred_from_ms)
        elif row.type == "VOICE_STATE_UPDATE" and not body["bot"]:
            channel = body["channel_id"] and int(body["channel_id"])
            if mine and mine.channel == channel:
                mine.deafened(body["deaf"], row.occurred_from_ms if body["deaf"] else row.occurred_to_ms)
                continue
            start, is_vague = row.occurred_to_ms, row.occurred_from_ms < row.occurred_to_ms
            if mine:
                mine.end = max(mine.start, row.occurred_from_ms)
                mine.is_estimated |= is_vague
                start = max(start, mine.end)
            if channel:
                session = mine.session if mine else start
                stays.append(
                    Stay(
                        *(who, channel, start),
                        deaf=[(start, body["deaf"])],
                        session=session,
                        is_estimated=is_vague,
                    )
                )
    return stays, afk


def qualifying(rows: list[LogRow], end: int, zone: str) -> Iterator[tuple[date, Stay]]:
    """Every minute that counts: its local day, and whose it is."""
    stays, afk = drawn(rows)
    for moment in range(START, end, MINUTE):
        afk_channel = [channel for since, channel in afk if since <= moment][-1]
        there = [stay for stay in stays if stay.is_there(moment)]
        for stay in there:
            company = [other for other in there if other.channel == stay.channel and other is not stay]
            if isinstance(stay.who, int) and company and stay.channel != afk_channel and stay.hears(moment):
                yield datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).date(), stay


def reference(rows: list[LogRow], end: int, zone: str) -> Counter[tuple[date, int]]:
    """Qualifying minutes by local day and person."""
    return Counter((day, stay.who) for day, stay in qualifying(rows, end, zone) if isinstance(stay.who, int))


def told_days(rows: list[LogRow], end: int, zone: str) -> dict[tuple[date, int | str, int], bool]:
    """Of sessions that count on several days or are estimated: day, person, start → whether they are that."""
    estimated = {(stay.who, stay.session) for stay in drawn(rows)[0] if stay.is_estimated}
    days = {(day, stay.who, stay.session) for day, stay in qualifying(rows, end, zone)}
    often = Counter((who, start) for _, who, start in days)
    return {
        (day, who, start): (who, start) in estimated
        for day, who, start in days
        if (who, start) in estimated or often[who, start] > 1
    }


def spent(rows: list[LogRow], end: int) -> dict[tuple[int, int, int], tuple[int, int, int]]:
    """Minutes in AFK, deafened and alone, of every stay: by person, channel and start."""
    stays, afk = drawn(rows)
    counted: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for stay in stays:
        if isinstance(stay.who, str):
            continue
        afk_minutes = deaf_minutes = lone_minutes = 0
        for moment in range(stay.start, min(stay.end, end), MINUTE):
            company = [s for s in stays if s.channel == stay.channel and s.is_there(moment) and s is not stay]
            afk_minutes += stay.channel == [channel for since, channel in afk if since <= moment][-1]
            deaf_minutes += not stay.hears(moment)
            lone_minutes += not company
        counted[stay.who, stay.channel, stay.start] = afk_minutes, deaf_minutes, lone_minutes
    return counted


# --------------------------------------------------------------- random histories

person = st.sampled_from([*PEOPLE, BOT])
voice_step = st.tuples(st.just("voice"), person, st.sampled_from([*CHANNELS, None]), st.booleans())
steps = st.one_of(
    voice_step,
    voice_step,
    voice_step,
    st.tuples(st.just("late"), st.integers(0, 40), st.lists(voice_step, max_size=5)),
    st.tuples(st.just("leave"), st.sampled_from([1, 2, 3])),
    st.tuples(st.just("afk"), st.sampled_from([59, 50, None])),
    st.tuples(st.just("gap"), st.integers(1, 200)),
    st.tuples(st.just("covered")),
)
plans = st.lists(st.tuples(st.integers(0, 150), steps), min_size=1, max_size=30)


def tell(history: Any, plan: list[tuple[int, tuple[Any, ...]]]) -> int:
    """Writes a plan down as rows, and returns the moment until which everything is recorded."""
    now = noted = START
    for delay, (kind, *details) in plan:
        now += delay * MINUTE
        if kind == "voice":
            who, channel, deaf = details
            history.voice(who, channel, now, deaf, bot=who == BOT)
        elif kind == "late":
            until = now + details[0] * MINUTE
            for _, who, channel, deaf in details[1]:
                history.voice(who, channel, now, deaf, bot=who == BOT, until=until)
            now = until
        elif kind == "leave":
            history.leaves(details[0], now)
        elif kind == "afk":
            history.guild(now, details[0])
        elif kind == "gap":
            history.covered(noted, now)
            history.covered(now, now + details[0] * MINUTE, "gap")
            now = noted = now + details[0] * MINUTE
        elif kind == "covered":
            history.covered(noted, now)
            noted = now
    history.covered(noted, now + 30 * MINUTE)
    return now + 30 * MINUTE


@settings(max_examples=120)
@given(plan=plans, zone=st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe", "America/Havana"]))
def test_the_fold_counts_what_the_reference_counts(new_history: Any, plan: Any, zone: str) -> None:
    history = new_history()
    end = tell(history, plan)
    changes = history.folded(Rules(zone=zone))
    counted = {
        (date.fromordinal(719163 + day), who): total.duration_ms / MINUTE
        for (day, _, who), total in changes.totals.items()
    }
    assert counted == reference(history.rows, end, zone)
    days = {
        (date.fromordinal(719163 + day), *key): told for (day, *key), told in changes.session_days.items()
    }
    assert days == told_days(history.rows, end, zone)


@settings(max_examples=120)
@given(plan=plans, zone=st.sampled_from(["Europe/Berlin", "UTC"]), rules=st.tuples(*[st.booleans()] * 3))
def test_every_stay_was_spent_as_the_reference_says(
    new_history: Any, plan: Any, zone: str, rules: tuple[bool, bool, bool]
) -> None:
    history = new_history()
    end = tell(history, plan)
    company, deafened, afk = rules
    changes = history.folded(
        Rules(
            zone=zone,
            voice_needs_company=company,
            voice_counts_deafened=deafened,
            voice_counts_afk=afk,
            ignored_channels=(51,),
        )
    )
    counted = {
        (s.member_no, s.channel_id, s.start_ms): (
            *(s.afk_ms / MINUTE, s.deafened_ms / MINUTE, s.alone_ms / MINUTE),
        )
        for s in changes.sessions.values()
    }
    assert counted == spent(history.rows, end)


@settings(max_examples=60)
@given(plan=plans)
def test_sessions_and_days_share_out_the_same_time(new_history: Any, plan: Any) -> None:
    history = new_history()
    tell(history, plan)
    changes = history.folded(Rules(zone="Europe/Berlin"))
    by_session: Counter[int] = Counter()
    for session in changes.sessions.values():
        by_session[session.member_no] += session.qualifying_ms
        if session.end_ms is not None:
            assert 0 <= session.qualifying_ms <= session.end_ms - session.start_ms
    by_day: Counter[int] = Counter()
    for (_, _, who), total in changes.totals.items():
        by_day[who] += total.duration_ms
    assert +by_session == +by_day
