"""What staff tell of an event and take back, as events for the journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from bot.draft import Keys
from bot.well_formed import LONGEST_NAME, kept_text, snowflake_ms
from reports.event_report import OccurrenceKey
from storage.corrections import Subject
from storage.event import Event, Source


class Said(NamedTuple):
    """One thing that is told of an occurrence. People are user ids: hosts, or whose attendance it is."""

    subject: Subject
    value: str | bool | Sequence[int] | None = None
    people: Sequence[int] = ()


def corrections_made(  # noqa: PLR0917 - who tells what, where and when
    keys: Keys,
    guild_id: int,
    interaction_id: int,
    made_by: int,
    occurrence: OccurrenceKey,
    said: Sequence[Said],
    now_ms: int,
) -> Iterator[Event]:
    """One event for each thing that is said, in the order of their parts."""
    for part, one in enumerate(said):
        body = {
            "correction_id": str(interaction_id),
            "part": part,
            "event_id": str(occurrence.event_id),
            "original_start_ms": occurrence.original_start_ms,
        }
        if one.subject is Subject.CHECK_IN:
            kind, people = "CHECKED_IN", {"checked_in_by": [made_by], "member": list(one.people)}
        else:
            role = "hosts" if one.subject is Subject.HOSTS else "member"
            kind, people = "CORRECTION_MADE", {"made_by": [made_by], role: list(one.people)}
            body |= {"subject": str(one.subject), "value": _kept(one.value)}
        key = keys.key(snowflake_ms(interaction_id), "correction", interaction_id, part)
        yield _told(key, guild_id, kind, now_ms, body, people)


def correction_taken_back(  # noqa: PLR0917 - who takes back what, and when
    keys: Keys, guild_id: int, correction_id: int, part: int, taken_back_by: int, now_ms: int
) -> Event:
    """Whoever presses twice has taken it back once."""
    key = keys.key(snowflake_ms(correction_id), "correction taken back", correction_id, part)
    body = {"correction_id": str(correction_id), "part": part}
    return _told(key, guild_id, "CORRECTION_TAKEN_BACK", now_ms, body, {"taken_back_by": [taken_back_by]})


def _kept(value: str | bool | Sequence[int] | None) -> object:
    if isinstance(value, str):
        return kept_text(value)[:LONGEST_NAME]
    if value is None or isinstance(value, bool):
        return value
    return [str(channel_id) for channel_id in value]


def _told(  # noqa: PLR0917 - an event's own order
    key: bytes,
    guild_id: int,
    event_type: str,
    at_ms: int,
    body: dict[str, Any],
    people: dict[str, list[int]],
) -> Event:
    return Event(
        key=key,
        guild_id=guild_id,
        source=Source.STAFF,
        type=event_type,
        occurred_from_ms=at_ms,
        occurred_to_ms=at_ms,
        recorded_at_ms=at_ms,
        others={role: ids for role, ids in people.items() if ids},
        body=msgspec.json.encode(body),
    )
