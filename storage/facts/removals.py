"""What Discord's audit log says of removals: who was kicked or banned, how many were pruned."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import PRUNE, AuditEntryBody, RemovalAction
from storage.facts.reading import Fact, Reader, Unparseable, person, reader


class RemovalLogged(Fact, frozen=True):
    """An entry of the audit log. That of a prune names nobody, only how many it removed."""

    entry_id: int
    action: RemovalAction
    member_no: int | None
    members_removed: int | None


RemovalFact = RemovalLogged


def _logged(row: LogRow, body: AuditEntryBody) -> RemovalLogged:
    # Read before it happened: Discord dated it, and the clock that dates leaves and lists stands behind.
    span = min(row.occurred_from_ms, row.recorded_at_ms), min(row.occurred_to_ms, row.recorded_at_ms)
    if body.action != PRUNE:
        return RemovalLogged(*span, body.entry_id, body.action, person(row), None)
    if body.members_removed is None:
        raise Unparseable(f"{row.type} of a prune that does not say how many it removed")
    return RemovalLogged(*span, body.entry_id, body.action, None, body.members_removed)


READERS: dict[str, Reader] = {"GUILD_AUDIT_LOG_ENTRY_CREATE": reader(AuditEntryBody, _logged)}
