"""Lists that a dispatch brings whole: each element is a row, and a row ends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from bot.draft import Draft


def _occupants(listed: Sequence[Draft]) -> dict[str, Any]:
    return {"occupants": len(listed)}


def _events(listed: Sequence[Draft]) -> dict[str, Any]:
    return {"events": [draft.body["event_id"] for draft in listed]}


ENDS: Final[dict[str, Callable[[Sequence[Draft]], dict[str, Any]]]] = {
    "SNAPSHOT_VOICE_END": _occupants,
    "SNAPSHOT_SCHEDULED_EVENTS_END": _events,
}


def with_end(listed: list[Draft], end: Draft, snapshot: str) -> list[Draft]:
    """The list with its end. One with a malformed element has none: whoever it was must not seem gone."""
    if any(draft.problems for draft in listed):
        return listed
    end.body = {"snapshot": snapshot, **ENDS[end.type](listed)}
    return [*listed, end]
