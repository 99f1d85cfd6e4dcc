"""A machine that stands still now and then: the event loop, threads and the disk, each at random.

Python imports this at its start in every process of `make stalls`, the tests' own and those that they start.
What passes on a quiet machine and fails here waits for a moment instead of for what it needs.

`STALLS` is how long a stall is: 1 is up to 20 ms, and rarely 400 ms. `STALLS_SEED` tells which ones.
"""

from __future__ import annotations

import asyncio
import os
import random
import time

SHORT_S, LONG_S = 0.02, 0.4
sleep = time.sleep  # as it is before a test freezes time


def _at_random(seed: str, scale: float) -> None:
    chance = random.Random(f"{seed} {os.getpid()}")

    def stall(share: float, at_most_s: float = SHORT_S) -> None:
        if chance.random() < share:
            sleep(scale * at_most_s * chance.random())

    loop = asyncio.base_events.BaseEventLoop
    once, in_executor, fsync = loop._run_once, loop.run_in_executor, os.fsync

    def run_once(self):
        stall(0.01)
        stall(0.0003, LONG_S)
        once(self)

    def run_in_executor(self, executor, work, *args):
        def stalled(*of):
            stall(0.3)
            try:
                return work(*of)
            finally:
                stall(0.3)

        return in_executor(self, executor, stalled, *args)

    def stalled_fsync(file):
        stall(0.5)
        return fsync(file)

    loop._run_once, loop.run_in_executor, os.fsync = run_once, run_in_executor, stalled_fsync


if "STALLS" in os.environ:
    _at_random(os.environ.get("STALLS_SEED", "0"), float(os.environ["STALLS"]))
