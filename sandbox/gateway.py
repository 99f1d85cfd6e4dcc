"""All gateway sessions of the one application, and what is dispatched to them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.intents import CARRIES_MESSAGE, Intent, delivers, without_content
from sandbox.limits import Limits
from sandbox.session import Session
from sandbox.wire import Wire, encoded

DAY_S = 24 * 60 * 60.0


class Gateway:
    def __init__(
        self,
        *,
        guild_id: int,
        bot_user_id: int,
        limits: Limits,
        monotonic: Callable[[], float],
        entropy: random.Random,
    ) -> None:
        self.limits = limits
        self.monotonic = monotonic
        self.sessions: dict[str, Session] = {}
        self._guild_id = guild_id
        self._bot_user_id = bot_user_id
        self._entropy = entropy
        self._identified_at: deque[float] = deque()
        self._whole_list_at: dict[int, float] = {}

    # ---- sessions
    def open(self, intents: Intent, shard: tuple[int, int]) -> Session:
        self._end_expired()
        session = Session(
            f"{self._entropy.getrandbits(128):032x}",
            intents,
            shard=shard,
            replayed=self.limits.replayed_dispatches,
            monotonic=self.monotonic,
        )
        self.sessions[session.session_id] = session
        return session

    def find(self, session_id: object) -> Session | None:
        """A session that can still be resumed."""
        self._end_expired()
        return self.sessions.get(session_id) if isinstance(session_id, str) else None

    def _end_expired(self) -> None:
        for session in list(self.sessions.values()):
            if session.away_s() > self.limits.session_kept_s:
                self.end(session)

    def end(self, session: Session) -> None:
        self.sessions.pop(session.session_id, None)

    def connected(self) -> Iterator[tuple[Session, Wire]]:
        return ((s, s.wire) for s in list(self.sessions.values()) if s.wire is not None)

    # ---- budgets
    def count_identify(self) -> bool:
        """Note one more; false once the day's budget is used up."""
        now = self.monotonic()
        while self._identified_at and now - self._identified_at[0] > DAY_S:
            self._identified_at.popleft()
        self._identified_at.append(now)
        return len(self._identified_at) <= self.limits.identifies_per_day

    def identifies_left(self) -> int:
        return max(0, self.limits.identifies_per_day - len(self._identified_at))

    def whole_list_wait_s(self, guild_id: int) -> float:
        """Seconds until the guild's whole member list may be asked for again; 0 takes the turn."""
        now = self.monotonic()
        next_at = self._whole_list_at.get(guild_id, now)
        if next_at > now:
            return next_at - now
        self._whole_list_at[guild_id] = now + self.limits.whole_member_lists_every_s
        return 0.0

    # ---- dispatches
    def dispatch(self, name: str, data: Any) -> None:
        """Send to every session whose intents ask for it and whose shard holds the guild."""
        whole: bytes | None = None
        blank: bytes | None = None
        for session in self.sessions.values():
            if not self._reaches(session, name, data):
                continue
            if name in CARRIES_MESSAGE and Intent.MESSAGE_CONTENT not in session.intents:
                blank = blank or encoded(without_content(data, self._bot_user_id))
                session.send(name, blank)
            else:
                whole = whole or encoded(data)
                session.send(name, whole)

    def holds_guild(self, session: Session) -> bool:
        """Source: Gateway, "Sharding"."""
        shard_id, shards = session.shard
        return (self._guild_id >> 22) % shards == shard_id

    def _reaches(self, session: Session, name: str, data: Any) -> bool:
        wanted = delivers(session.intents, name, data, self._bot_user_id)
        return wanted and self.holds_guild(session)
