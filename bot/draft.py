"""An event while its fields are being checked, and the identity under which it is sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec

from bot.allow_list import ANSWERED, Field
from bot.excerpt import Kept
from bot.well_formed import Malformed, snowflake_ms, snowflake_number
from storage.event import Event, Source

# The events that Discord gives an id: what it identifies, and under which name it is kept. All answers to one
# command are one event, and not the command: they know less of it, and may come before it.
IDENTIFIED: Final = {
    "INTERACTION_CREATE": ("command", "interaction_id"),
    ANSWERED: ("answer", "interaction_id"),
    "GUILD_AUDIT_LOG_ENTRY_CREATE": ("audit entry", "entry_id"),
}


class Keys(Protocol):
    """What the intake needs of storage.event_key.KeyMaker."""

    def key(self, prefix_ms: int, *identity: str | int) -> bytes: ...
    def occupant(self, guild_id: int, user_id: int, voice_session_id: str) -> str: ...


class Received(msgspec.Struct, frozen=True, gc=False):
    """A dispatch's excerpt with what identifies it and when it can have happened."""

    kept: Kept
    session_id: str
    session_started_at_ms: int
    sequence: int
    occurred_from_ms: int
    occurred_to_ms: int
    recorded_at_ms: int
    snapshot: str | None = None  # the member list that this belongs to


@dataclass(slots=True)
class Draft:
    received: Received
    type: str
    guild_id: int | None = None
    index: int = 0  # where one dispatch gives several events
    person: int | None = None
    others: dict[str, list[int]] | None = None
    body: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    message_id: int | None = None  # of a message: its time and its identity, and not kept

    def follower(self, event_type: str, index: int) -> Draft:
        """Another event of the same dispatch, with the same troubles so far."""
        return Draft(self.received, event_type, self.guild_id, index, problems=list(self.problems))

    def number(self, path: str, value: object) -> int | None:
        try:
            return snowflake_number(value)
        except Malformed as wrong:
            self.problems.append(f"{path}: {wrong}")
            return None

    def fill(self, fields: Sequence[Field], values: Sequence[object]) -> None:
        """Keep every well-formed value, and name every other field as a problem."""
        for kept_field, value in zip(fields, values, strict=True):
            try:
                self.body[kept_field.kept_as] = (
                    checked(kept_field, value) if kept_field.inner else kept_field.check(value)
                )
            except Malformed as wrong:
                self.problems.append(f"{' or '.join(kept_field.paths)}: {wrong}")

    def sealed(self, keys: Keys) -> Event:
        received = self.received
        key, at_ms = self._identity(keys)
        return Event(
            key=key,
            guild_id=self.guild_id or 0,
            source=Source.GATEWAY,
            type=self.type,
            occurred_from_ms=received.occurred_from_ms if at_ms is None else at_ms,
            occurred_to_ms=received.occurred_to_ms if at_ms is None else at_ms,
            recorded_at_ms=received.recorded_at_ms,
            person=self.person,
            others=self.others,
            body=msgspec.json.encode(self.body),
            problem="; ".join(self.problems) or None,
        )

    def _identity(self, keys: Keys) -> tuple[bytes, int | None]:
        """The event's key, and its own time where it carries one."""
        body = self.body
        if self.type == "GUILD_MEMBER_ADD" and self.guild_id and self.person and "joined_at_ms" in body:
            joined_ms: int = body["joined_at_ms"]
            return keys.key(joined_ms, "join", self.guild_id, self.person, joined_ms), joined_ms
        if self.type in IDENTIFIED:
            kind, field_name = IDENTIFIED[self.type]
            if field_name in body:
                at_ms = snowflake_ms(int(body[field_name]))
                return keys.key(at_ms, kind, body[field_name]), at_ms
        if self.message_id is not None:
            at_ms = snowflake_ms(self.message_id)
            return keys.key(at_ms, "message", self.message_id), at_ms
        session, sequence = self.received.session_id, self.received.sequence
        identity: tuple[str | int, ...] = (session, sequence)
        if self.index:
            identity = (session, sequence, self.index)
        return keys.key(self.received.session_started_at_ms + sequence, *identity), None


def checked(kept_field: Field, value: object) -> object:
    """The value as it is stored; of a list of objects, each with its kept fields alone. Raises Malformed."""
    stored = kept_field.check(value)
    if not kept_field.inner:
        return stored
    assert isinstance(stored, tuple)
    return [
        {inner.kept_as: checked(inner, part) for inner, part in zip(kept_field.inner, element, strict=True)}
        for element in stored
    ]
