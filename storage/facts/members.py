"""Who came, changed, went and withdrew."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import LeaveBody, MemberBody, MembersEndBody, NoBody
from storage.facts.reading import Fact, Reader, person, reader


class MemberJoined(Fact, frozen=True):
    member_no: int
    joined_at_ms: int
    roles: frozenset[int]
    bot: bool | None


class MemberChanged(Fact, frozen=True):
    """A member's state as it is now: after a change, or (with a `snapshot`) in a list of all members."""

    member_no: int
    joined_at_ms: int | None
    roles: frozenset[int]
    bot: bool | None
    snapshot: str | None = None


class MemberLeft(Fact, frozen=True):
    member_no: int
    bot: bool | None


class MembersListed(Fact, frozen=True):
    """A list of all members has ended. `complete`: whoever was not in it is no member."""

    snapshot: str
    complete: bool


class MemberWithdrew(Fact, frozen=True):
    member_no: int


MemberFact = MemberJoined | MemberChanged | MemberLeft | MembersListed | MemberWithdrew


def _joined(row: LogRow, body: MemberBody) -> MemberJoined:
    joined_at_ms = row.occurred_to_ms if body.joined_at_ms is None else body.joined_at_ms
    return MemberJoined(
        row.occurred_from_ms, row.occurred_to_ms, person(row), joined_at_ms, body.roles, body.bot
    )


def _changed(row: LogRow, body: MemberBody) -> MemberChanged:
    span = row.occurred_from_ms, row.occurred_to_ms
    return MemberChanged(*span, person(row), body.joined_at_ms, body.roles, body.bot, body.snapshot)


def _left(row: LogRow, body: LeaveBody) -> MemberLeft:
    return MemberLeft(row.occurred_from_ms, row.occurred_to_ms, person(row), body.bot)


def _listed(row: LogRow, body: MembersEndBody) -> MembersListed:
    return MembersListed(row.occurred_from_ms, row.occurred_to_ms, body.snapshot, body.complete)


def _withdrew(row: LogRow, _body: NoBody) -> MemberWithdrew:
    return MemberWithdrew(row.occurred_from_ms, row.occurred_to_ms, person(row))


READERS: dict[str, Reader] = {
    "GUILD_MEMBER_ADD": reader(MemberBody, _joined),
    "GUILD_MEMBER_REMOVE": reader(LeaveBody, _left),
    "GUILD_MEMBER_UPDATE": reader(MemberBody, _changed),
    "SNAPSHOT_MEMBER": reader(MemberBody, _changed),
    "SNAPSHOT_MEMBERS_END": reader(MembersEndBody, _listed),
    "MEMBER_WITHDRAWN": reader(NoBody, _withdrew),
}
