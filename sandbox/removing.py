"""How members go: by themselves, kicked, banned, or pruned; and what the audit log tells of it.

Source: Gateway Events, "Guild Member Remove", "Guild Audit Log Entry Create"; Audit Log resource.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from sandbox.audit_book import AuditAction
from sandbox.guild import User
from sandbox.objects import user_object
from sandbox.permissions import Permission
from sandbox.world import World

PRUNED_AFTER_DAYS = 7


class Leaving(Enum):
    """How somebody goes; the value is the audit log's action type, which alone tells them apart."""

    LEFT = None
    KICKED = AuditAction.MEMBER_KICK.value
    PRUNED = AuditAction.MEMBER_PRUNE.value
    BANNED = AuditAction.MEMBER_BAN_ADD.value


class EntryComes(Enum):
    """When the audit log tells of a removal: the order is not documented."""

    BEFORE = auto()  # the removal itself
    AFTER = auto()
    LATE = auto()  # when `audit_log_catches_up` is called


class Removing:
    """Mixed into the sandbox. Voice is left without an update of its own."""

    world: World

    def member_leaves(
        self,
        user_id: int,
        how: Leaving = Leaving.LEFT,
        *,
        by: int | None = None,
        entry: EntryComes = EntryComes.AFTER,
    ) -> None:
        """A kick, ban or prune also writes the audit log."""
        self._remove([user_id], how, by, entry)

    def prune(
        self, user_ids: Iterable[int], *, by: int | None = None, entry: EntryComes = EntryComes.AFTER
    ) -> None:
        """Remove many at once: one entry, which names none of them."""
        self._remove(list(user_ids), Leaving.PRUNED, by, entry)

    def audit_log_catches_up(self) -> None:
        """Show, and tell of, every entry that was late."""
        for entry in self.world.guild.audit_log.catch_up():
            self._tell_entry(entry)

    def _remove(self, user_ids: list[int], how: Leaving, by: int | None, comes: EntryComes) -> None:
        entry = None if how.value is None else self._entry(how, user_ids, by or self.world.guild.owner_id)
        if entry is not None and comes is EntryComes.BEFORE:
            self._write_entry(entry)
        for user_id in user_ids:
            user = self._forget(user_id)
            self._tell("GUILD_MEMBER_REMOVE", {"user": user_object(user)})
            if how is Leaving.BANNED:
                self._tell("GUILD_BAN_ADD", {"user": user_object(user)})
        if entry is not None and comes is EntryComes.AFTER:
            self._write_entry(entry)
        if entry is not None and comes is EntryComes.LATE:
            self.world.guild.audit_log.hold_back(entry)

    def _forget(self, user_id: int) -> User:
        guild = self.world.guild
        user = guild.members.pop(user_id).user
        guild.voice.pop(user_id, None)
        guild.events.forget(user_id)
        guild.events.watch_channels(self.world.clock.now())
        return user

    def _entry(self, how: Leaving, user_ids: list[int], by: int) -> dict[str, Any]:
        entry = {"id": str(self.world.snowflakes.next()), "action_type": how.value, "user_id": str(by)}
        if how is Leaving.PRUNED:
            counted = {"delete_member_days": str(PRUNED_AFTER_DAYS), "members_removed": str(len(user_ids))}
            return entry | {"target_id": None, "options": counted}
        return entry | {"target_id": str(user_ids[0])}

    def _write_entry(self, entry: dict[str, Any]) -> None:
        self.world.guild.audit_log.write(entry)
        self._tell_entry(entry)

    def _tell_entry(self, entry: dict[str, Any]) -> None:
        """Source: Gateway Events: only to bots with the VIEW_AUDIT_LOG permission."""
        if self.world.guild.bot_may(Permission.VIEW_AUDIT_LOG):
            self._tell("GUILD_AUDIT_LOG_ENTRY_CREATE", entry)

    def _tell(self, dispatch: str, data: dict[str, Any]) -> None:
        self.world.tell([(dispatch, data | {"guild_id": str(self.world.guild.guild_id)})])
