"""What the bot itself tells, as events: what was recorded, how a command went, and what staff told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from bot.draft import Keys
from bot.reconcile import ListEnded
from bot.well_formed import LONGEST_NAME, kept_text, snowflake_ms, storable
from storage.event import Event, Source

LONGEST_CAUSE: Final = 64  # the table's column
LONGEST_ERROR_TYPE: Final = 64  # that one's too


def coverage(  # noqa: PLR0917 - a row of the coverage table, as one reads it
    keys: Keys, guild_id: int, state: str, sources: Sequence[str], from_ms: int, to_ms: int, cause: str | None
) -> Event:
    """[from_ms, to_ms) of these sources was recorded, recorded late, or missed."""
    body = {"state": state, "cause": cause[:LONGEST_CAUSE] if cause else None, "sources": list(sources)}
    key = keys.key(from_ms, "coverage", guild_id, state, from_ms, to_ms, *sources)
    return _observed(key, guild_id, "COVERAGE", from_ms, to_ms, body)


def member_list_ended(keys: Keys, ended: ListEnded, now_ms: int) -> Event:
    """Follows the rows of everyone in the list."""
    body = {"snapshot": ended.nonce, "members": ended.members, "complete": ended.complete}
    key = keys.key(ended.requested_at_ms, "member list", ended.guild_id, ended.nonce)
    event = _observed(key, ended.guild_id, "SNAPSHOT_MEMBERS_END", now_ms, now_ms, body)
    return msgspec.structs.replace(event, source=Source.GATEWAY)


def command_completed(
    keys: Keys,
    guild_id: int,
    user_id: int,
    interaction_id: int,
    *,
    outcome: str,
    error_type: str | None,
    latency_ms: int,
    now_ms: int,
) -> Event:
    body = {
        "interaction_id": str(interaction_id),
        "outcome": outcome,
        "error_type": error_type and storable(error_type)[:LONGEST_ERROR_TYPE],
        "latency_ms": latency_ms,
    }
    key = keys.key(snowflake_ms(interaction_id), "command completed", interaction_id)
    return _observed(key, guild_id, "COMMAND_COMPLETED", now_ms, now_ms, body, user_id)


def access_checked(
    keys: Keys, guild_id: int, user_id: int, interaction_id: int, *, resource: str, granted: bool, now_ms: int
) -> Event:
    body = {"interaction_id": str(interaction_id), "resource": resource, "granted": granted}
    key = keys.key(snowflake_ms(interaction_id), "access checked", interaction_id, resource)
    return _observed(key, guild_id, "ACCESS_CHECKED", now_ms, now_ms, body, user_id)


def event_declared(
    keys: Keys,
    guild_id: int,
    interaction_id: int,
    declared_by: int,
    *,
    hosts: Sequence[int],
    title: str,
    channel_ids: Sequence[int],
    from_ms: int,
    to_ms: int,
    now_ms: int,
) -> Event:
    """An event that nobody scheduled. It is known by the id of the interaction that told of it."""
    body = {
        "event_id": str(interaction_id),
        "title": kept_text(title)[:LONGEST_NAME],
        "channel_ids": [str(channel_id) for channel_id in channel_ids],
        "from_ms": from_ms,
        "to_ms": to_ms,
    }
    key = keys.key(snowflake_ms(interaction_id), "event declared", interaction_id)
    event = _observed(key, guild_id, "EVENT_DECLARED", now_ms, now_ms, body)
    people = {"declared_by": [declared_by], **({"host": list(hosts)} if hosts else {})}
    return msgspec.structs.replace(event, source=Source.STAFF, others=people)


def event_hidden(keys: Keys, guild_id: int, event_id: int, now_ms: int) -> Event:
    """From now on nothing is recorded of an event: it is in an excluded channel."""
    key = keys.key(now_ms, "event hidden", guild_id, event_id, now_ms)
    return _observed(key, guild_id, "EVENT_HIDDEN", now_ms, now_ms, {"event_id": str(event_id)})


def _observed(  # noqa: PLR0917 - an event's own order
    key: bytes,
    guild_id: int,
    event_type: str,
    from_ms: int,
    to_ms: int,
    body: dict[str, Any],
    person: int | None = None,
) -> Event:
    return Event(
        key=key,
        guild_id=guild_id,
        source=Source.RECORDER,
        type=event_type,
        occurred_from_ms=from_ms,
        occurred_to_ms=to_ms,
        recorded_at_ms=to_ms,
        person=person,
        body=msgspec.json.encode(body),
    )
