"""One thing that happened, on its way from the intake through the journal into the event log."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Source(StrEnum):
    """Where an event comes from; kept with every row of the log."""

    GATEWAY = "gateway"  # Discord sent it, live or replayed
    RECORDER = "recorder"  # the bot's own observation
    IMPORT = "import"
    STAFF = "staff"  # somebody of the staff said so


class Event(msgspec.Struct, frozen=True, gc=False, array_like=True, omit_defaults=True):
    """An event before its people became member numbers.

    `person` and `others` hold user ids and are the only places that may: `body` never holds one, so it
    passes untouched from the journal into the log. Times are milliseconds since 1970 UTC. The event occurred
    within [occurred_from_ms, occurred_to_ms]; the two are equal when the moment is known.
    The journal holds them as arrays in this order: a further field comes last and has a default.
    An event with a `problem` is set aside as a dead letter, with the problem as its reason.
    """

    key: bytes  # 16 bytes, the same for every delivery of the same event (see event_key.py)
    guild_id: int
    source: str
    type: str
    occurred_from_ms: int
    occurred_to_ms: int
    recorded_at_ms: int
    person: int | None = None
    others: dict[str, list[int]] | None = None  # role of the people in the event → their user ids
    body: bytes = b"{}"  # JSON object, UTF-8, without NUL and lone surrogates
    problem: str | None = None


class LogRow(msgspec.Struct, frozen=True, gc=False):
    """A row of the event log. People are member numbers of this guild; `others` is a JSON object of lists."""

    position: int
    guild_id: int
    source: str
    type: str
    member_no: int | None
    others: str | None
    occurred_from_ms: int
    occurred_to_ms: int
    recorded_at_ms: int
    body: str
