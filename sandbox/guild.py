"""The guild's state: members, channels, roles, who sits in voice, what is planned."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.audit_book import AuditBook
from sandbox.moments import snowflake_at
from sandbox.permissions import Permission, channel_permissions, guild_permissions
from sandbox.scheduled_events import EventBook
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, RoleSeed


@dataclass(frozen=True)
class User:
    user_id: int
    name: str
    bot: bool = False


@dataclass
class Member:
    user: User
    joined_at: datetime
    roles: tuple[int, ...] = ()


@dataclass
class VoiceStay:
    """One unbroken stay: the session id lasts while its person moves between channels."""

    session_id: str
    channel_id: int
    flags: dict[str, bool] = field(default_factory=dict)


@dataclass
class Thread:
    place: ChannelSeed
    owner_id: int
    changed_at: datetime
    archived: bool = False


class Guild:
    """`next_id` makes the id of an event created at a moment; without it the guild counts its own."""

    def __init__(self, seed: GuildSeed, next_id: Callable[[datetime], int] | None = None) -> None:
        self.guild_id = seed.guild_id
        self.name = seed.name
        self.owner_id = seed.owner_id
        self.bot_user_id = seed.bot_user_id
        self.afk_channel_id = seed.afk_channel_id
        self.created_at = seed.created_at
        self.roles = {role.role_id: role for role in self._roles(seed)}
        self.channels: dict[int, ChannelSeed] = {c.channel_id: c for c in seed.channels}
        self.voice: dict[int, VoiceStay] = {}
        self.users: dict[int, User] = {}
        self.threads: dict[int, Thread] = {}
        self.audit_log = AuditBook()
        self.bot_permissions = seed.bot_permissions
        self.members = {member.user.user_id: member for member in self._members(seed)}
        self.events = EventBook(self, next_id or _own_ids())

    @staticmethod
    def _roles(seed: GuildSeed) -> Iterable[RoleSeed]:
        yield RoleSeed(seed.guild_id, "@everyone", seed.everyone)
        yield from seed.roles

    def _members(self, seed: GuildSeed) -> Iterable[Member]:
        bot = self.user(seed.bot_user_id, seed.bot_name, bot=True)
        yield Member(bot, seed.created_at, tuple(seed.bot_roles))
        for member in seed.members:
            user = self.user(member.user_id, member.name, bot=member.bot)
            yield Member(user, member.joined_at, tuple(member.roles))

    def user(self, user_id: int, name: str | None = None, *, bot: bool = False) -> User:
        """The account of that id; it stays known after its person has left."""
        return self.users.setdefault(user_id, User(user_id, name or f"user{user_id}", bot))

    @property
    def bot(self) -> Member:
        return self.members[self.bot_user_id]

    def permissions(self, member: Member, channel: ChannelSeed | None = None) -> Permission:
        base = self._base_permissions(member)
        if channel is None:
            return base
        if channel.kind is ChannelKind.PUBLIC_THREAD:  # Threads topic, "Permissions": those of its channel
            channel = self.channels[channel.parent_id or 0]
        return channel_permissions(
            base,
            channel.overwrites,
            everyone_id=self.guild_id,
            role_ids=frozenset(member.roles),
            member_id=member.user.user_id,
        )

    def place(self, channel_id: int) -> ChannelSeed | None:
        """A channel or a thread."""
        thread = self.threads.get(channel_id)
        return self.channels.get(channel_id) if thread is None else thread.place

    def _base_permissions(self, member: Member) -> Permission:
        granted = guild_permissions(
            is_owner=member.user.user_id == self.owner_id,
            everyone=self.roles[self.guild_id].permissions,
            of_roles=(self.roles[role_id].permissions for role_id in member.roles if role_id in self.roles),
        )
        return granted | self.bot_permissions if member.user.user_id == self.bot_user_id else granted

    def bot_may(self, permission: Permission, channel: ChannelSeed | None = None) -> bool:
        return permission in self.permissions(self.bot, channel)


def _own_ids() -> Callable[[datetime], int]:
    numbers = itertools.count(1)
    return lambda at: snowflake_at(at, next(numbers))
