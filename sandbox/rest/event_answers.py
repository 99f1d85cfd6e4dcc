"""Who has answered an event, or one occurrence of it.

Source: Guild Scheduled Event resource, "Get Guild Scheduled Event Users" and following. The documentation has
the users of an occurrence under /exceptions/{id}/users, the specification under /{id}/users: both are served.
An occurrence is named by its original start, whether it has an exception or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.checks.form import Form
from sandbox.event_objects import event_user_object
from sandbox.event_state import Response, ScheduledEvent
from sandbox.moments import moment_of
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import Answer, Call, Route
from sandbox.rest.scheduled_events import ONE, visible_event

MOST_USERS = 100
MOST_COUNTS = 10
LARGEST_ID = (1 << 64) - 1
COUNTED = "guild_scheduled_event_exception_ids"


def users(call: Call) -> Answer:
    event = visible_event(call)
    return _page(call, event, dict.fromkeys(event.interested, Response.INTERESTED))


def occurrence_users(call: Call) -> Answer:
    """Who has answered this occurrence, with either response."""
    event = visible_event(call)
    original_start = _occurrence(event, call.id("exception_id"))
    return _page(call, event, event.responses.get(original_start, {}), original_start)


def counts(call: Call) -> Answer:
    event = visible_event(call)
    asked = [one for key, value in call.query.items() if key == COUNTED for one in value.split(",")]
    form = Form()
    form.items((COUNTED,), asked, most=MOST_COUNTS)
    for index, exception_id in enumerate(asked):
        form.snowflake((COUNTED, index), exception_id)
    form.refuse_if_wrong()
    counted = {asked_id: event.responses.get(moment_of(int(asked_id)), {}) for asked_id in asked}
    return {
        "guild_scheduled_event_count": len(event.interested),
        "guild_scheduled_event_exception_counts": {
            asked_id: sum(response is Response.INTERESTED for response in answers.values())
            for asked_id, answers in counted.items()
        },
    }


def _occurrence(event: ScheduledEvent, exception_id: int) -> datetime:
    original_start = moment_of(exception_id)
    if not event.occurs_at(original_start):
        raise Refused(Refusal.UNKNOWN_SCHEDULED_EVENT)
    return original_start


def _page(
    call: Call,
    event: ScheduledEvent,
    answers: Mapping[int, Response],
    original_start: datetime | None = None,
) -> list[dict[str, Any]]:
    """Ascending by user id. Where both borders are given, only `before` is respected."""
    limit = call.number("limit", MOST_USERS, least=1, most=MOST_USERS)
    before = call.number("before", LARGEST_ID, least=0, most=LARGEST_ID)
    after = call.number("after", 0, least=0, most=LARGEST_ID)
    if "before" in call.query:
        ids = sorted(user_id for user_id in answers if user_id < before)[-limit:]
    else:
        ids = sorted(user_id for user_id in answers if user_id > after)[:limit]
    return [
        event_user_object(
            event,
            user_id,
            call.world.guild,
            response=answers[user_id],
            original_start=original_start,
            with_member=call.flag("with_member"),
        )
        for user_id in ids
    ]


ROUTES: list[Route] = [
    ("GET", f"{ONE}/users", users),
    ("GET", f"{ONE}/users/counts", counts),
    ("GET", f"{ONE}/{{exception_id}}/users", occurrence_users),
    ("GET", f"{ONE}/exceptions/{{exception_id}}/users", occurrence_users),
]
