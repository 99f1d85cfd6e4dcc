"""What the bot itself goes by in a scheduled event: its status, its start, which occurrences were moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.allow_list import ALLOWED
from bot.draft import checked
from bot.well_formed import Malformed

PLANNED: Final = 1  # "Guild Scheduled Event Status" in Discord's reference
ACTIVE: Final = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """One occurrence that departs from its rule."""

    original_start_ms: int
    start_ms: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class EventSeen:
    """What Discord last said about an event."""

    event_id: int
    status: int
    start_ms: int  # of a recurring one: where its next occurrence would originally start
    recurs: bool
    moved: tuple[Moved, ...] = ()


def checked_fields(dispatch_type: str, values: tuple[object, ...]) -> dict[str, Any] | None:
    """The kept fields of a dispatch as they are stored; None where one is malformed."""
    fields = ALLOWED[dispatch_type].fields
    try:
        return {field.kept_as: checked(field, value) for field, value in zip(fields, values, strict=True)}
    except Malformed:
        return None


def event_seen(values: tuple[object, ...]) -> EventSeen | None:
    """An event from the excerpt of a dispatch, or of a row of GUILD_CREATE's list; None: malformed."""
    body = checked_fields("GUILD_SCHEDULED_EVENT_UPDATE", values)
    if body is None:
        return None
    return EventSeen(
        event_id=int(body["event_id"]),
        status=body["status"],
        start_ms=body["scheduled_start_ms"],
        recurs=body["recurrence_start_ms"] is not None,
        moved=tuple(moved_seen(exception) for exception in body["exceptions"]),
    )


def moved_seen(body: Mapping[str, Any]) -> Moved:
    return Moved(body["original_start_ms"], body["scheduled_start_ms"], body["is_cancelled"])
