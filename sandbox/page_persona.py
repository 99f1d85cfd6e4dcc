"""Who can be played on the page, and what each of them may see and do there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.guild import Guild, Member
from sandbox.permissions import Permission
from sandbox.seed import ChannelKind, ChannelSeed

TEXT_KINDS = (ChannelKind.TEXT, ChannelKind.ANNOUNCEMENT)
VOICE_KINDS = (ChannelKind.VOICE, ChannelKind.STAGE)


@dataclass(frozen=True, slots=True)
class Persona:
    """One of the server's people; `role` says in a word or two what they are there, such as “Staff”."""

    user_id: int
    role: str


class Viewer:
    """A persona in the guild as it is now. Who has left sees and may do nothing."""

    def __init__(self, guild: Guild, user_id: int) -> None:
        self._guild = guild
        self.user_id = user_id

    @property
    def member(self) -> Member | None:
        return self._guild.members.get(self.user_id)

    def may(self, permission: Permission, channel: ChannelSeed | None = None) -> bool:
        member = self.member
        return member is not None and permission in self._guild.permissions(member, channel)

    def sees(self, channel_id: int) -> bool:
        channel = self._guild.channels.get(channel_id)
        return channel is not None and self.may(Permission.VIEW_CHANNEL, channel)

    def channels(self, kinds: tuple[ChannelKind, ...]) -> Iterator[ChannelSeed]:
        """The channels of these kinds that they see, in the server's order."""
        for channel in self._guild.channels.values():
            if channel.kind in kinds and self.may(Permission.VIEW_CHANNEL, channel):
                yield channel
