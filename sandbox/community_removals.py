"""What the audit log tells of removals in the story's past."""

from __future__ import annotations

from typing import Any

from sandbox.community_moves import Leaves, Prunes
from sandbox.community_place import GUILD_ID, snowflake
from sandbox.removing import PRUNED_AFTER_DAYS, Leaving

Json = dict[str, Any]


def audit_entry(move: Leaves | Prunes, by: int, number: int) -> Json | None:
    """The entry; None for somebody who left by themselves, of whom the log says nothing."""
    how = Leaving.PRUNED if isinstance(move, Prunes) else move.how
    if how is Leaving.LEFT:
        return None
    entry = {
        "id": str(snowflake(move.at_ms, number)),
        "guild_id": str(GUILD_ID),
        "user_id": str(by),
        "action_type": how.value,
    }
    if isinstance(move, Leaves):
        return entry | {"target_id": str(move.user_id)}
    counted = {"delete_member_days": str(PRUNED_AFTER_DAYS), "members_removed": str(len(move.user_ids))}
    return entry | {"target_id": None, "options": counted}
