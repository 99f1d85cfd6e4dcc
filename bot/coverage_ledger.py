"""What was recorded and what was missed, written down as it becomes known."""

from __future__ import annotations

from typing import Final, Protocol

from bot.coverage import coverage
from bot.draft import Keys
from storage.event import Event
from storage.fact_bodies import SWITCHED_OFF

MOMENT_MS: Final = 1
WITHOUT_MEMBERS: Final = "the Server Members Intent is off"


class Notebook(Protocol):
    """Where coverage goes: events, and the durable moment until which they reach."""

    def append(self, item: Event) -> None: ...
    def covered(self, shard_id: int, to_ms: int) -> None: ...


class CoverageLedger:
    """Follows one guild. It is open while the guild is there and a session brings what happens in it.

    A restart finds it as it was: `covered_to_ms` and `is_open` come from the journal.
    """

    def __init__(
        self, keys: Keys, notebook: Notebook, shard_id: int, *, covered_to_ms: int | None, is_open: bool
    ) -> None:
        self._keys = keys
        self._notebook = notebook
        self._shard_id = shard_id
        self.covered_to_ms = covered_to_ms
        self.is_open = is_open
        self.sources: tuple[str, ...] = ()
        self.switched_off: tuple[str, ...] = ()
        self.cause = "the bot was not running"

    def recorded_until(self, guild_id: int, live_ms: int | None) -> None:
        """Everything until the last live moment was recorded.

        A process that has not said yet what it hears leaves that to its first session.
        """
        if self.is_open and live_ms is not None and self.sources:
            if self.covered_to_ms is not None:
                self._write(guild_id, "recorded", self.covered_to_ms, live_ms, None)
            self._covered_to(live_ms)

    def late_until(self, guild_id: int, live_ms: int, now_ms: int) -> None:
        """What came after the last live moment was sent again, and is late.

        Within it the guild may have been away, which is told by now as the gap that it is.
        """
        if not self.is_open:
            return
        told_ms = self.covered_to_ms
        if told_ms is None or not live_ms < told_ms <= now_ms:
            self.recorded_until(guild_id, live_ms)
            told_ms = live_ms
        self._write(guild_id, "late", told_ms, now_ms, self.cause)
        self._covered_to(now_ms)

    def close(self, guild_id: int, live_ms: int | None) -> None:
        """From the last live moment on nothing is heard of the guild."""
        self.recorded_until(guild_id, live_ms)
        self.is_open = False

    def open(self, guild_id: int, now_ms: int) -> int:
        """The guild is heard of again; what was missed until now is a gap. Gives the moment of its end.

        It took a moment at least, also where a clock that was set back meanwhile shows none.
        """
        if self.is_open:
            return now_ms
        if self.covered_to_ms is not None:
            now_ms += MOMENT_MS if now_ms == self.covered_to_ms else 0
            self._write(guild_id, "gap", self.covered_to_ms, now_ms, self.cause)
        self.is_open = True
        self._covered_to(now_ms)
        return now_ms

    def _covered_to(self, to_ms: int) -> None:
        self.covered_to_ms = to_ms
        self._notebook.covered(self._shard_id, to_ms)

    def _write(self, guild_id: int, state: str, from_ms: int, to_ms: int, cause: str | None) -> None:
        if from_ms >= to_ms:
            return
        keys, append = self._keys, self._notebook.append
        append(coverage(keys, guild_id, state, self.sources, from_ms, to_ms, cause))
        if "members" not in self.sources:
            append(coverage(keys, guild_id, "gap", ("members",), from_ms, to_ms, WITHOUT_MEMBERS))
        if self.switched_off:
            append(coverage(keys, guild_id, "gap", self.switched_off, from_ms, to_ms, SWITCHED_OFF))
