"""Wakes what posts every minute. It decides nothing: a waking too many or one too few changes no post."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

STOP_SECONDS = 10.0


class Posting(Protocol):
    """What may be woken at any moment and any number of times."""

    async def tick(self) -> None: ...

    async def finished(self) -> None:
        """Waits until nothing is being posted."""
        ...


class DigestScheduler:
    def __init__(self, *postings: Posting) -> None:
        """They are woken one after the other, in this order."""
        self._postings = postings
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            # given here and not to the scheduler itself, where they would mean nothing
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """At once, for what was missed, and then at the beginning of every minute."""
        self._scheduler.add_job(self._tick)
        self._scheduler.add_job(self._tick, CronTrigger(minute="*", timezone=UTC), id="digests")
        self._scheduler.start()

    async def _tick(self) -> None:
        for posting in self._postings:
            await posting.tick()

    async def stop(self) -> None:
        """Lets a digest that is being posted end: shutting down would cancel it."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                for posting in self._postings:
                    await posting.finished()
        except TimeoutError:
            pass  # its claim is taken over at the next start
        self._scheduler.shutdown(wait=False)
