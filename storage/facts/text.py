"""That somebody wrote a message: when, and nothing of what."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import MessageBody
from storage.facts.reading import Fact, Reader, person, reader


class MessageSent(Fact, frozen=True):
    member_no: int


def _sent(row: LogRow, _body: MessageBody) -> MessageSent:
    return MessageSent(row.occurred_from_ms, row.occurred_to_ms, person(row))


READERS: dict[str, Reader] = {"MESSAGE_CREATE": reader(MessageBody, _sent)}
