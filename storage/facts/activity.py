"""What somebody did elsewhere: a match, a game of chess, under a name of its own."""

from __future__ import annotations

from storage.activities import is_of_others
from storage.event import LogRow
from storage.fact_bodies import ActivityBody
from storage.facts.reading import DAY_MS, Fact, Reader, Unparseable, person, reader


class ActivityNoted(Fact, frozen=True):
    member_no: int
    activity: str
    count: int
    duration_ms: int
    at_ms: int


def _noted(row: LogRow, body: ActivityBody) -> ActivityNoted:
    if not is_of_others(body.activity):
        raise Unparseable(
            f"{row.type} under a name that it cannot have: up to 32 of a-z, 0-9 and _, none of the bot's own"
        )
    if body.at_ms > row.recorded_at_ms + DAY_MS:
        raise Unparseable(f"{row.type} says it happened more than a day after it was recorded")
    span = row.occurred_from_ms, row.occurred_to_ms
    return ActivityNoted(*span, person(row), body.activity, body.count, body.duration_ms, body.at_ms)


READERS: dict[str, Reader] = {"ACTIVITY_NOTED": reader(ActivityBody, _noted)}
