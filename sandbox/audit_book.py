"""The guild's audit log: what was done by whom, and what of it the log does not show yet.

Source: Audit Log resource, "Audit Log Entry Object" and "Get Guild Audit Log".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sandbox.moments import moment_of

KEPT = timedelta(days=45)

Entry = dict[str, Any]


class AuditAction(IntEnum):
    """Source: Audit Log resource, "Audit Log Events"; those of removals."""

    MEMBER_KICK = 20
    MEMBER_PRUNE = 21
    MEMBER_BAN_ADD = 22


class AuditBook:
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._late: list[Entry] = []

    def write(self, entry: Entry) -> None:
        self._entries.append(entry)

    def hold_back(self, entry: Entry) -> None:
        """It was done, and the log does not show it yet."""
        self._late.append(entry)

    def catch_up(self) -> Sequence[Entry]:
        """The log shows everything; what it had not shown so far."""
        late, self._late = self._late, []
        self._entries += late
        return late

    def page(
        self,
        now: datetime,
        limit: int,
        *,
        before: int | None = None,
        after: int | None = None,
        action: int | None = None,
        user_id: int | None = None,
    ) -> list[Entry]:
        """The newest first; the oldest first where `after` is given."""
        found = [
            entry
            for entry in sorted(self._entries, key=_id_of)
            if now - moment_of(_id_of(entry)) <= KEPT
            if before is None or _id_of(entry) < before
            if after is None or _id_of(entry) > after
            if action is None or entry["action_type"] == action
            if user_id is None or entry["user_id"] == str(user_id)
        ]
        return found[:limit] if after is not None else found[::-1][:limit]


def _id_of(entry: Entry) -> int:
    return int(entry["id"])
