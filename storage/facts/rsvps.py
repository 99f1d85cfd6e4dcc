"""Answers to events: given, withdrawn, and in whole lists."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import RsvpBody, RsvpsEndBody
from storage.facts.reading import Fact, Reader, Unparseable, person, reader

WHOLE_EVENT = 0  # in place of an occurrence's original start


class RsvpGiven(Fact, frozen=True):
    member_no: int
    event_id: int
    occurrence: int  # its original start, or WHOLE_EVENT
    is_interested: bool


class RsvpWithdrawn(Fact, frozen=True):
    member_no: int
    event_id: int
    occurrence: int


class RsvpListed(Fact, frozen=True):
    """One of a list's answers. It was given at some time before."""

    member_no: int
    event_id: int
    occurrence: int
    is_interested: bool
    snapshot: str


class RsvpsListed(Fact, frozen=True):
    """A list of answers has ended. `complete`: whoever was not in it has given none."""

    event_id: int
    occurrence: int
    snapshot: str
    complete: bool


RsvpFact = RsvpGiven | RsvpWithdrawn | RsvpListed | RsvpsListed


def _given(row: LogRow, body: RsvpBody) -> RsvpGiven:
    span = row.occurred_from_ms, row.occurred_to_ms
    return RsvpGiven(*span, person(row), body.event_id, body.original_start_ms or WHOLE_EVENT, _says(body))


def _withdrawn(row: LogRow, body: RsvpBody) -> RsvpWithdrawn:
    span = row.occurred_from_ms, row.occurred_to_ms
    return RsvpWithdrawn(*span, person(row), body.event_id, body.original_start_ms or WHOLE_EVENT)


def _listed(row: LogRow, body: RsvpBody) -> RsvpListed:
    if body.snapshot is None:
        raise Unparseable(f"{row.type} of no list")
    answer = body.event_id, body.original_start_ms or WHOLE_EVENT, _says(body)
    return RsvpListed(row.occurred_from_ms, row.occurred_to_ms, person(row), *answer, body.snapshot)


def _ended(row: LogRow, body: RsvpsEndBody) -> RsvpsListed:
    span = row.occurred_from_ms, row.occurred_to_ms
    occurrence = body.original_start_ms or WHOLE_EVENT
    return RsvpsListed(*span, body.event_id, occurrence, body.snapshot, body.complete)


def _says(body: RsvpBody) -> bool:
    return body.response == 1


READERS: dict[str, Reader] = {
    "GUILD_SCHEDULED_EVENT_USER_ADD": reader(RsvpBody, _given),
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": reader(RsvpBody, _withdrawn),
    "SNAPSHOT_RSVP": reader(RsvpBody, _listed),
    "SNAPSHOT_RSVPS_END": reader(RsvpsEndBody, _ended),
}
