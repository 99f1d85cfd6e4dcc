"""A channel and a warehouse at which the process ends where a test says."""

from __future__ import annotations

from contextlib import asynccontextmanager


class Crash(BaseException):
    """Like the end of the process: nothing of the bot catches it."""


class Channel:
    """A channel with Discord's short memory for nonces, which `forget` ends."""

    def __init__(self):
        self.messages = []
        self._nonces = {}
        self.crash_at = None

    async def send(self, channel_id, message, nonce):
        self._crash("claimed")
        if nonce not in self._nonces:
            self.messages.append((channel_id, message))
            self._nonces[nonce] = len(self.messages)
        self._crash("sent")
        return self._nonces[nonce]

    async def find(self, channel_id, marker, since_ms):
        for number, (posted_in, message) in enumerate(self.messages, start=1):
            if posted_in == channel_id and marker in message.embed.footer.split(" · "):
                return number
        return None

    def forget(self):
        self._nonces.clear()

    def _crash(self, step):
        if self.crash_at == step:
            self.crash_at = None
            raise Crash(step)


class Crashing:
    """A warehouse on which the process ends before a transaction begins, or right after it is committed."""

    def __init__(self, warehouse, before=None, after=None):
        self._warehouse = warehouse
        self._before, self._after = before, after
        self._writes = 0

    def reading(self):
        return self._warehouse.reading()

    @asynccontextmanager
    async def writing(self):
        self._writes += 1
        if self._before == self._writes:
            raise Crash
        async with self._warehouse.writing() as conn:
            yield conn
        if self._after == self._writes:
            raise Crash


CLAIMING, SETTLING = 1, 2


def crashing(warehouse, channel, step):
    channel.crash_at = step
    breaks = {
        "before the claim": {"before": CLAIMING},
        "settling": {"before": SETTLING},
        "settled": {"after": SETTLING},
    }
    return Crashing(warehouse, **breaks.get(step, {}))
