"""When to ask for the audit log, and what an answer covers. Knows neither Discord nor a clock.

Who was kicked, banned or pruned comes live, but only what is fetched tells that nothing is missing: that a
member left by themselves is known when the log around that moment was read and names them nowhere.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
KEPT_MS: Final = 45 * DAY_MS  # "Audit Logs Resource": entries are stored for 45 days
RECENT_MS: Final = (
    2 * HOUR_MS
)  # after a shorter absence nothing came late: it is read once an hour in any case
OVERLAP_MS: Final = 5 * 60_000  # an entry may have come into the log after its own moment
SETTLES_MS: Final = 61_000  # an entry is looked for up to a minute around a leave (docs/decisions/0017)
RETRY_MS: Final = 5 * 60_000

NOT_GRANTED: Final = "View Audit Log is not granted"
NOT_GIVEN: Final = "Discord did not give the audit log"
TOO_OLD: Final = "Discord keeps the audit log for 45 days"
FETCHED: Final = "read from the audit log afterwards"


@dataclass(frozen=True, slots=True)
class EntriesRequest:
    """All removals from a moment on, as of the moment of asking."""

    from_ms: int
    asked_at_ms: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What is known of [from_ms, to_ms): a row of coverage."""

    state: str
    from_ms: int
    to_ms: int
    cause: str | None = None


@dataclass(slots=True)
class AuditLog:
    """Which request is due, or under way. `complete_to_ms` is where the last complete answer ended."""

    complete_to_ms: int | None = None
    since_ms: int | None = None  # when recording began, as far as is known
    _told_to_ms: int | None = None  # up to where it is told what is covered and what is not
    _is_wanted: bool = False
    _catches_up: bool = False  # what is under way
    _ended_ms: int | None = None
    _not_before_ms: int = 0
    _under_way: EntriesRequest | None = None
    _leaves: deque[tuple[int, int]] = field(default_factory=deque)  # when, who: no entry names them yet
    _named: deque[tuple[int, int]] = field(default_factory=deque)  # when, who: lately

    def want(self, now_ms: int) -> None:
        """Something may have been missed."""
        if self.since_ms is None:
            self.since_ms = now_ms - 1  # so that what is read at once covers something, and so is known of
        if self.complete_to_ms is not None and self.complete_to_ms > now_ms + HOUR_MS:
            self.complete_to_ms = None  # by a clock that was wrong
        self._is_wanted = True

    def again_from(self, from_ms: int) -> None:
        """What was told of the time since then is lost: it is read again."""
        if (self.complete_to_ms is None and self.since_ms is None) or from_ms < self._open_from_ms:
            self.complete_to_ms, self._told_to_ms = from_ms, None
        self._is_wanted = True

    def left(self, person: int, now_ms: int) -> None:
        """Somebody is gone. Their entry has come already, or may still come."""
        self._named = _since(self._named, now_ms - SETTLES_MS)
        if all(named != person for _, named in self._named):
            self._leaves.append((now_ms, person))

    def named(self, person: int, now_ms: int) -> None:
        """An entry about somebody came live."""
        self._named.append((now_ms, person))
        self._leaves = deque(leave for leave in self._leaves if leave[1] != person)

    # ------------------------------------------------------------ what is asked for

    def next(self, now_ms: int) -> EntriesRequest | None:
        """What to ask for now."""
        if self.since_ms is None or self._under_way is not None or now_ms < self._not_before_ms:
            return None
        if not (self._is_wanted or self._is_hour_over(now_ms) or self._is_leave_settled(now_ms)):
            return None
        self._catches_up = self._is_wanted
        from_ms = max(self._open_from_ms, now_ms - KEPT_MS)
        self._under_way = EntriesRequest(from_ms - OVERLAP_MS, now_ms)
        return self._under_way

    def complete(self, request: EntriesRequest) -> list[Covered]:
        """Everything came. What that covers, oldest first."""
        is_wanted = self._is_wanted
        self._end(request)
        to_ms = request.asked_at_ms
        from_ms = max(self._open_from_ms, to_ms - KEPT_MS)
        if from_ms < request.from_ms + OVERLAP_MS:  # meanwhile more turned out to be missing
            self._is_wanted = is_wanted
            return []
        recent_ms = max(from_ms, to_ms - RECENT_MS) if self._catches_up else from_ms
        rows = [
            Covered("gap", self._told_from_ms, from_ms, TOO_OLD),
            Covered("late", from_ms, recent_ms, FETCHED),
            Covered("recorded", recent_ms, to_ms),
        ]
        self.complete_to_ms = self._told_to_ms = max(to_ms, self._open_from_ms)
        return [row for row in rows if row.from_ms < row.to_ms]

    def refused(self, request: EntriesRequest) -> list[Covered]:
        """The permission is missing: there is no use in asking again for an hour."""
        return self._missed(request, NOT_GRANTED, HOUR_MS)

    def failed(self, request: EntriesRequest) -> list[Covered]:
        return self._missed(request, NOT_GIVEN, RETRY_MS)

    def _missed(self, request: EntriesRequest, cause: str, wait_ms: int) -> list[Covered]:
        self._end(request)
        self._not_before_ms = request.asked_at_ms + wait_ms
        self._is_wanted = True
        row = Covered("gap", self._told_from_ms, request.asked_at_ms, cause)
        self._told_to_ms = max(row.from_ms, row.to_ms)
        return [row] if row.from_ms < row.to_ms else []

    # ------------------------------------------------------------ small things

    @property
    def _open_from_ms(self) -> int:
        """Where the next answer has to begin."""
        return self.complete_to_ms if self.complete_to_ms is not None else self.since_ms or 0

    @property
    def _told_from_ms(self) -> int:
        return self._open_from_ms if self._told_to_ms is None else self._told_to_ms

    def _is_hour_over(self, now_ms: int) -> bool:
        return self._ended_ms is not None and now_ms - self._ended_ms >= HOUR_MS

    def _is_leave_settled(self, now_ms: int) -> bool:
        """Whether a minute has passed since a leave, and since the last answer, as many may leave at once."""
        if not self._leaves:
            return False
        return now_ms - max(self._leaves[0][0], self._ended_ms or 0) >= SETTLES_MS

    def _end(self, request: EntriesRequest) -> None:
        self._under_way, self._is_wanted = None, False
        self._ended_ms = request.asked_at_ms
        self._leaves = _since(self._leaves, request.asked_at_ms - SETTLES_MS)


def _since(moments: deque[tuple[int, int]], from_ms: int) -> deque[tuple[int, int]]:
    return deque(moment for moment in moments if moment[0] > from_ms)
