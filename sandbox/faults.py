"""What can go wrong at Discord, on demand: over REST and over the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from sandbox.close_codes import ENDS_SESSION
from sandbox.gateway import Gateway

RECONNECT, INVALID_SESSION, HEARTBEAT = 7, 9, 1


@dataclass(frozen=True)
class Status:
    """An error page. `after_effect`: the request has been carried out and only its answer is lost."""

    code: int
    after_effect: bool = False


class Scope(Enum):
    """Source: Rate Limits, "Header Format": X-RateLimit-Scope."""

    ROUTE = "user"
    SHARED_RESOURCE = "shared"
    WHOLE_API = "global"


@dataclass(frozen=True)
class RateLimit:
    """429 with `retry_after`. Source: Rate Limits, "Exceeding A Rate Limit"."""

    retry_after_s: float
    scope: Scope = Scope.ROUTE


@dataclass(frozen=True)
class Hang:
    """No answer for that long, then the ordinary one."""

    seconds: float


@dataclass(frozen=True)
class Held:
    """No answer until it is let go, then the ordinary one."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Reset:
    """The connection breaks without an answer."""

    after_effect: bool = False


RestFault = Status | RateLimit | Hang | Held | Reset


@dataclass
class _Planned:
    method: str
    path: str
    fault: RestFault
    times: int


class Faults:
    """`acknowledging = False` leaves heartbeats unanswered, as a zombied connection does."""

    def __init__(self, gateway: Gateway, monotonic: Callable[[], float]) -> None:
        self.acknowledging = True
        self._gateway = gateway
        self._monotonic = monotonic
        self._planned: list[_Planned] = []
        self._unreachable_until = float("-inf")

    # ---- REST
    def next_rest(self, method: str, path: str, fault: RestFault, times: int = 1) -> None:
        """The next `times` requests of that method ("*": any) and path ("/channels/*/messages") fail so."""
        self._planned.append(_Planned(method, path, fault, times))

    def heal_rest(self) -> None:
        """Requests do not fail any more."""
        self._planned.clear()

    def take_rest(self, method: str, path: str) -> RestFault | None:
        for planned in self._planned:
            if planned.method in ("*", method) and fnmatchcase(path, planned.path):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned.fault
        return None

    # ---- gateway
    def op7(self) -> None:
        """Ask every connection to reconnect and resume. Source: Gateway Events, "Reconnect"."""
        for _, wire in self._gateway.connected():
            wire.operation(RECONNECT)

    def op9(self, *, resumable: bool) -> None:
        """End the sessions, or say that they may be resumed. Source: Gateway Events, "Invalid Session"."""
        for session, wire in self._gateway.connected():
            wire.operation(INVALID_SESSION, resumable)
            if not resumable:
                self._gateway.end(session)

    def ask_heartbeat(self) -> None:
        for _, wire in self._gateway.connected():
            wire.operation(HEARTBEAT)

    def close(self, code: int) -> None:
        """Hang up on every connection with a close code; some codes end the session."""
        for session, wire in self._gateway.connected():
            wire.hang_up(code)
            if code in ENDS_SESSION:
                self._gateway.end(session)

    def drop(self) -> None:
        """Lose every gateway connection without a close frame."""
        for _, wire in self._gateway.connected():
            wire.abort()

    def forget_sessions(self) -> None:
        """No session can be resumed any more; live connections go on until they end."""
        self._gateway.sessions.clear()

    def lose_replay(self) -> None:
        """The replay buffers are gone: whoever resumes has missed too much."""
        for session in self._gateway.sessions.values():
            session.forget_replay()

    def unreachable(self, seconds: float) -> None:
        """Refuse gateway connections for so long, and REST requests too."""
        self._unreachable_until = self._monotonic() + seconds

    @property
    def refusing(self) -> bool:
        return self._monotonic() < self._unreachable_until
