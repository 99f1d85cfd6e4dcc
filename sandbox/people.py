"""What people of the guild do, and the dispatches that follow from it.

Source: Gateway Events, "Guilds" and "Voice".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.guild import Member, VoiceStay
from sandbox.message_book import StoredMessage
from sandbox.objects import (
    channel_object,
    guild_create_object,
    guild_object,
    member_object,
    role_object,
    voice_object,
)
from sandbox.posting import post
from sandbox.removing import Leaving, Removing
from sandbox.seed import ChannelSeed, RoleSeed
from sandbox.threads import Threads
from sandbox.world import World


class People(Removing, Threads):
    """Mixed into the sandbox. Every method changes the state first and dispatches what Discord would."""

    world: World

    # ---- membership
    def member_joins(
        self,
        user_id: int,
        *,
        name: str | None = None,
        bot: bool = False,
        roles: Iterable[int] = (),
        joined_at: datetime | None = None,
    ) -> Member:
        guild = self.world.guild
        user = guild.user(user_id, name, bot=bot)
        member = Member(user, joined_at or self.world.clock.now(), tuple(roles))
        guild.members[user_id] = member
        self._dispatch("GUILD_MEMBER_ADD", member_object(member))
        return member

    def set_roles(self, user_id: int, roles: Iterable[int]) -> None:
        member = self.world.guild.members[user_id]
        member.roles = tuple(roles)
        self._dispatch("GUILD_MEMBER_UPDATE", member_object(member))

    # ---- voice
    def voice(self, user_id: int, channel_id: int | None, **flags: bool) -> None:
        """Enter, move (another channel), leave (None), or change flags such as `self_deaf` where one sits."""
        voice = self.world.guild.voice
        stay = voice.get(user_id)
        if channel_id is None:
            stay = voice.pop(user_id)
        elif stay is None:
            session_id = f"{self.world.entropy.getrandbits(128):032x}"
            stay = voice[user_id] = VoiceStay(session_id, channel_id, flags)
        else:
            stay.channel_id = channel_id
            stay.flags = {**stay.flags, **flags}
        self.world.guild.events.watch_channels(self.world.clock.now())
        member = member_object(self.world.guild.members[user_id])
        self._dispatch("VOICE_STATE_UPDATE", voice_object(user_id, stay, channel_id) | {"member": member})

    # ---- text
    def say(self, user_id: int, channel_id: int, content: str, **fields: Any) -> StoredMessage:
        """A person's message; `fields` go into it as they are (`attachments`, `components`, …)."""
        guild = self.world.guild
        self._wake_thread(channel_id)
        author = guild.users[user_id]
        member = guild.members.get(user_id)
        extra = {"member": member_object(member, with_user=False)} if member else {}
        return post(self.world, channel_id, author, {"content": content}, extra=extra | fields)

    def _wake_thread(self, channel_id: int) -> None:
        """Source: Threads topic, "Active & Archived Threads": a message brings an archived thread back."""
        thread = self.world.guild.threads.get(channel_id)
        if thread is not None and thread.archived:
            self.archive_thread(channel_id, archived=False)

    # ---- the guild itself
    def put_channel(self, channel: ChannelSeed) -> None:
        """Create a channel, or change the one of that id (its name, its overwrites)."""
        guild = self.world.guild
        dispatch = "CHANNEL_UPDATE" if channel.channel_id in guild.channels else "CHANNEL_CREATE"
        guild.channels[channel.channel_id] = channel
        self._dispatch(dispatch, channel_object(channel))

    def delete_channel(self, channel_id: int) -> None:
        self._dispatch("CHANNEL_DELETE", channel_object(self.world.guild.channels.pop(channel_id)))

    def put_role(self, role: RoleSeed) -> None:
        guild = self.world.guild
        dispatch = "GUILD_ROLE_UPDATE" if role.role_id in guild.roles else "GUILD_ROLE_CREATE"
        guild.roles[role.role_id] = role
        position = list(guild.roles).index(role.role_id)
        self._dispatch(dispatch, {"role": role_object(role, position)})

    def set_afk_channel(self, channel_id: int | None) -> None:
        self.world.guild.afk_channel_id = channel_id
        self.world.gateway.dispatch("GUILD_UPDATE", guild_object(self.world.guild))

    def guild_goes_away(self) -> None:
        """An outage at Discord: the guild is unavailable until it comes back."""
        gone = {"id": str(self.world.guild.guild_id), "unavailable": True}
        self.world.gateway.dispatch("GUILD_DELETE", gone)

    def guild_comes_back(self) -> None:
        shape = guild_create_object(self.world.guild, with_voice_states=True)
        self.world.gateway.dispatch("GUILD_CREATE", shape)

    def dispatch_raw(self, dispatch: str, data: Any) -> None:
        """Any dispatch whatever, whole or odd, to every session whose intents let it through."""
        self.world.gateway.dispatch(dispatch, data)

    def _dispatch(self, dispatch: str, data: dict[str, Any]) -> None:
        self.world.changed.notify()
        self.world.gateway.dispatch(dispatch, data | {"guild_id": str(self.world.guild.guild_id)})


__all__ = ["Leaving", "People"]
