"""A gateway session: it outlives its connections, counts its dispatches and replays the latest of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from sandbox.intents import Intent
from sandbox.wire import Wire


class Session:
    def __init__(
        self,
        session_id: str,
        intents: Intent,
        *,
        shard: tuple[int, int],
        replayed: int,
        monotonic: Callable[[], float],
    ) -> None:
        self.session_id = session_id
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.wire: Wire | None = None
        self._replay: deque[tuple[int, bytes]] = deque(maxlen=replayed)
        self._monotonic = monotonic
        self._left_at: float | None = None

    def send(self, dispatch: str, data: bytes, *, replayable: bool = True) -> int:
        """Number a dispatch, keep it for a RESUME and hand it to the connection, if there is one."""
        self.sequence += 1
        payload = b'{"op":0,"s":%d,"t":"%s","d":%s}' % (self.sequence, dispatch.encode(), data)
        if replayable:
            self._replay.append((self.sequence, payload))
        if self.wire is not None:
            self.wire.put(payload)
        return self.sequence

    def attach(self, wire: Wire) -> None:
        self.wire, self._left_at = wire, None

    def detach(self) -> None:
        self.wire, self._left_at = None, self._monotonic()

    def away_s(self) -> float:
        return 0.0 if self._left_at is None else self._monotonic() - self._left_at

    def forget_replay(self) -> None:
        self._replay.clear()

    def can_replay_after(self, sequence: int) -> bool:
        """Whether everything since that dispatch is still kept."""
        oldest = self._replay[0][0] if self._replay else self.sequence + 1
        return oldest <= sequence + 1

    def missed_since(self, sequence: int) -> Iterator[bytes]:
        return (payload for number, payload in self._replay if number > sequence)
