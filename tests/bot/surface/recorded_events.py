"""A hand-made report on an event, and its rows in the tables."""

from __future__ import annotations

from sqlalchemy import insert

from reports.event_report import Attendee, EventReport, OccurrenceKey
from reports.figures import EventFigure
from reports.report import Kpi, Measure, Section
from storage.database import Warehouse
from storage.tables import event_occurrences, identities

GUILD = 2000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
SUNDAY_2000_MS = 1_763_323_200_000  # 16 Nov 2025, 20:00 UTC
KEY = OccurrenceKey(7_000_000_000_000_000_001, SUNDAY_2000_MS)
FIGURE = EventFigure(
    headline="27 came",
    subtitle="Sunday Inhouse",
    footer="16 Nov",
    alt_text="Event chart.",
    interested_label="34 interested",
    attended=20,
    partial=3,
    no_show=10,
    unknown=1,
    walk_ins=7,
    steps=(),
    window=(0, 1),
    axis=(0, 1),
    ticks=(),
    marks=(),
)
ATTENDED, WALKED_IN, PARTLY, ABSENT, UNKNOWN, HOST = 1, 2, 3, 4, 5, 6
USER_IDS = {number: 600 + number for number in range(1, 7)}


def attendee(member_no, status, rsvp="interested", **more):
    values = {"minutes": 0.0, "is_early": False, "was_there_before": None}
    return Attendee(member_no, status, rsvp, **(values | more))


REPORT = EventReport(
    guild_id=GUILD,
    key=KEY,
    series="event:7",
    title="Sunday Inhouse",
    event_type=None,
    zone="UTC",
    starts_ms=SUNDAY_2000_MS,
    ends_ms=SUNDAY_2000_MS + 2 * HOUR_MS,
    when="Sun 16 Nov 2025, 20:00–22:00",
    outcome="held",
    as_of_ms=SUNDAY_2000_MS + 13 * HOUR_MS,
    finding="27 people came, 10 of 34 interested did not.",
    sections=(Section("Who came", (Kpi("weekly_active_members", Measure(27, 27, 331)),)),),
    figures=(FIGURE,),
    caveats=("Voice: not recorded Sun 16 Nov, 21:10–21:12 (2 min).",),
    excluded={"bots": 1},
    rules="3f2a91c0ffee",
    people=(
        attendee(
            ATTENDED,
            "attended",
            minutes=118.6,
            is_early=True,
            was_there_before=True,
            first_join_ms=SUNDAY_2000_MS,
            last_leave_ms=SUNDAY_2000_MS + 119 * MINUTE_MS,
        ),
        attendee(WALKED_IN, "attended", None, minutes=60.0, was_there_before=False),
        attendee(PARTLY, "partial", minutes=4.0),
        attendee(ABSENT, "absent"),
        attendee(UNKNOWN, "unknown"),
    ),
    hosts=(HOST,),
)


def occurrence(event_id, start_ms, title, outcome="held", **more):
    row = dict.fromkeys(event_occurrences.c.keys()) | {
        "guild_id": GUILD,
        "event_id": event_id,
        "original_start_ms": start_ms,
        "series": f"event:{event_id}",
        "title": title,
        "channel_id": 303,
        "channels": "[303]",
        "own_channels": "[303]",
        "scheduled_start_ms": start_ms,
        "scheduled_end_ms": start_ms + 2 * HOUR_MS,
        "start_estimated": False,
        "end_estimated": False,
        "status": "completed",
        "is_declared": False,
        "told_hosts": "[]",
        "has_check_ins": False,
        "limits": "[]",
        "capacity": None,
        "outcome": outcome,
        "voice_gap_ms": 0,
        "rsvps_listed": True,
    }
    return row | more


async def put_occurrences(warehouse: Warehouse, *rows):
    async with warehouse.writing() as conn:
        await conn.execute(insert(event_occurrences), list(rows))


async def put_identities(warehouse: Warehouse, user_ids=USER_IDS):
    rows = [{"guild_id": GUILD, "member_no": no, "user_id": user} for no, user in user_ids.items()]
    async with warehouse.writing() as conn:
        await conn.execute(insert(identities), rows)
