"""Threads of the guild's channels, and the dispatches that tell of them.

Source: Threads topic; Gateway Events, "Thread Create", "Thread Update", "Thread Delete".
"""

from __future__ import annotations

from typing import Any

from sandbox.guild import Thread
from sandbox.objects import thread_object
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed
from sandbox.world import World


class Threads:
    """Mixed into the sandbox. The bot hears of the threads in channels that it can see."""

    world: World

    def open_thread(self, parent_id: int, owner_id: int, name: str = "thread") -> int:
        """A public thread. Returns its id."""
        thread_id = self.world.snowflakes.next()
        place = ChannelSeed(thread_id, name, ChannelKind.PUBLIC_THREAD, parent_id=parent_id)
        thread = self.world.guild.threads[thread_id] = Thread(place, owner_id, self.world.clock.now())
        self._tell_thread("THREAD_CREATE", thread, {"newly_created": True})
        return thread_id

    def archive_thread(self, thread_id: int, *, archived: bool = True) -> None:
        """It is no longer among the active ones. Writing in it brings it back."""
        thread = self.world.guild.threads[thread_id]
        thread.archived, thread.changed_at = archived, self.world.clock.now()
        self._tell_thread("THREAD_UPDATE", thread)

    def delete_thread(self, thread_id: int) -> None:
        thread = self.world.guild.threads.pop(thread_id)
        self._tell_thread("THREAD_DELETE", thread)

    def _tell_thread(self, dispatch: str, thread: Thread, extra: dict[str, Any] | None = None) -> None:
        guild = self.world.guild
        if guild.bot_may(Permission.VIEW_CHANNEL, thread.place):
            shape = thread_object(thread) | {"guild_id": str(guild.guild_id)} | (extra or {})
            if dispatch == "THREAD_DELETE":
                shape = {key: shape[key] for key in ("id", "guild_id", "parent_id", "type")}
            self.world.tell([(dispatch, shape)])
