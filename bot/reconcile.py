"""Whole member lists: asked for after a fresh session, followed to their end, judged complete or not.

A session that was lost took joins and leaves with it; only Discord's list says who is here now. How long to
wait is measured in ticks, milliseconds that nobody can set back; a moment is what the record says.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

REQUEST_SPACING_MS: Final = 31_000  # "Request Guild Members" is limited to one per guild in 30 seconds
PATIENCE_MS: Final = 60_000  # without another chunk the request counts as lost
MEMBERS_A_CHUNK: Final = 1000  # "Guild Members Chunk": at most so many
LEAST_SHARE: Final = 0.8  # a list that would remove more than a fifth of the members is refused


@dataclass(frozen=True, slots=True)
class ListEnded:
    """All that a list turned out to be. An incomplete one must make nobody leave."""

    nonce: str
    guild_id: int
    requested_at_ms: int
    members: int
    complete: bool


@dataclass(frozen=True, slots=True)
class ListProgress:
    """How far a list has come that is being sent."""

    members: int
    expected: int

    def __str__(self) -> str:
        return f"{self.members:,} of {self.expected:,} members"


@dataclass(slots=True)
class _Request:
    nonce: str
    requested_at_ms: int
    heard_ticks_ms: int
    chunks: set[int] = field(default_factory=set)
    members: int = 0
    expected: int = 0
    all_readable: bool = True


@dataclass(slots=True)
class _Guild:
    member_count: int | None
    asked_ticks_ms: int | None = None
    request: _Request | None = None
    settled: bool = False


class MemberLists:
    """Which guilds' member lists are due, on their way, or settled. Knows neither Discord nor a clock."""

    def __init__(self) -> None:
        self._guilds: dict[int, _Guild] = {}

    def want(self, guild_id: int, member_count: int | None) -> None:
        """The list of this guild is needed anew. Anything under way for it is forgotten."""
        known = self._guilds.get(guild_id)
        self._guilds[guild_id] = _Guild(member_count, known.asked_ticks_ms if known else None)

    def again(self, guild_id: int) -> None:
        """A second list, though nothing was lost; held against the number of members that is known."""
        known = self._guilds.get(guild_id)
        self.want(guild_id, known.member_count if known else None)

    def forget(self) -> None:
        self._guilds.clear()

    @property
    def settled(self) -> bool:
        return all(guild.settled for guild in self._guilds.values())

    def progress(self, guild_id: int) -> ListProgress | None:
        """Of the list that is being sent, once something of it came."""
        guild = self._guilds.get(guild_id)
        request = guild.request if guild else None
        return ListProgress(request.members, request.expected) if request and request.expected else None

    def under_way(self, guild_id: int) -> str | None:
        """The nonce of the list that is being sent."""
        guild = self._guilds.get(guild_id)
        return guild.request.nonce if guild and guild.request else None

    def due(self, now_ms: int, ticks_ms: int) -> list[tuple[int, str]]:
        """Guilds to ask for now, with the nonce that their chunks will carry."""
        return [
            (guild_id, self._asked(guild, now_ms, ticks_ms))
            for guild_id, guild in self._guilds.items()
            if self._is_due(guild, ticks_ms)
        ]

    def chunk(
        self, nonce: object, place: tuple[object, object], *, members: int, readable: bool, ticks_ms: int
    ) -> ListEnded | None:
        """Follow one chunk, the `index`-th of `count`. The end of its list, if it was the last one."""
        index, count = place
        for guild_id, guild in self._guilds.items():
            request = guild.request
            if request is None or request.nonce != nonce:
                continue
            request.heard_ticks_ms = ticks_ms
            request.members += members
            request.all_readable &= readable
            if isinstance(index, int) and isinstance(count, int):
                request.chunks.add(index)
                request.expected = max(guild.member_count or count * MEMBERS_A_CHUNK, request.members)
                if index >= count - 1:
                    return self._ended(guild_id, guild, request, count)
        return None

    def refused(self, guild_id: int, retry_after_ms: int, ticks_ms: int) -> None:
        """Discord limits the request: ask again after its delay."""
        if guild := self._guilds.get(guild_id):
            guild.request = None
            guild.asked_ticks_ms = ticks_ms + retry_after_ms - REQUEST_SPACING_MS

    def _is_due(self, guild: _Guild, ticks_ms: int) -> bool:
        if guild.settled:
            return False
        if guild.request and ticks_ms - guild.request.heard_ticks_ms < PATIENCE_MS:
            return False
        return guild.asked_ticks_ms is None or ticks_ms - guild.asked_ticks_ms >= REQUEST_SPACING_MS

    def _asked(self, guild: _Guild, now_ms: int, ticks_ms: int) -> str:
        guild.asked_ticks_ms = ticks_ms
        guild.request = _Request(secrets.token_hex(8), now_ms, ticks_ms)
        return guild.request.nonce

    def _ended(self, guild_id: int, guild: _Guild, request: _Request, count: int) -> ListEnded:
        expected = guild.member_count or 0
        whole = request.chunks >= set(range(count)) and request.all_readable
        complete = whole and request.members >= LEAST_SHARE * expected
        guild.request = None
        guild.settled = whole  # one with a hole is asked for again, one that is too short would be again
        return ListEnded(request.nonce, guild_id, request.requested_at_ms, request.members, complete)
