"""A seed's plan: steps of plain numbers. Any of them can be left out, and the rest still means something."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000


class Step(NamedTuple):
    wait_ms: int
    kind: str
    a: int = 0
    b: int = 0

    def __str__(self) -> str:
        return f"after {self.wait_ms / 1000:g} s: {self.kind}({self.a}, {self.b})"


class Plan(NamedTuple):
    seed: int
    start: int  # which evening
    steps: tuple[Step, ...]


LIFE = {
    "voice": 24,
    "deafen": 3,
    "join": 6,
    "leave": 5,
    "roles": 2,
    "plan": 5,
    "postpone": 1,
    "begin": 7,
    "finish": 7,
    "call off": 1,
    "answer": 6,
    "command": 4,
    "odd": 2,
    "follow": 5,
}
FAULTS = (
    "dispatch dropped with the connection",
    "duplicate",
    "late",
    "op 7",
    "op 9 true",
    "op 9 false",
    "missed RESUME",
    "close code",
    "REST trouble",
    "audit log not granted",
    "warehouse refuses",
    "journal refuses",
    "commit lies",
    "power cut",
    "power cut in the journal",
    "power cut in the warehouse",
    "clean stop",
    "clock forward",
    "clock back",
    "clock far back",
    "guild unavailable",
    "other rules",
    "restart under other rules",
    "opt-out",
    "erasure",
    "channel excluded",
    "stands still",
    "overlapping sessions",
)
RARE = frozenset({"clock far back"})
EVENINGS = (  # twice the clocks have changed in the night before, once they will
    "2026-03-29T18:00",
    "2026-10-25T19:00",
    "2026-10-24T20:00",
    "2026-05-12T17:00",
)


def plan_of(seed: int) -> Plan:
    rng = Random(seed)
    faults = rng.sample(FAULTS, rng.randint(3, 7))
    if RARE & set(faults) and rng.random() < 0.8:
        faults = [fault for fault in faults if fault not in RARE] or ["op 7"]
    weights = LIFE | {fault: 40 / len(faults) * 0.6 for fault in faults}
    kinds = rng.choices(list(weights), list(weights.values()), k=rng.randint(30, 60))
    steps = tuple(Step(_wait(rng), kind, rng.randrange(1 << 16), rng.randrange(1 << 16)) for kind in kinds)
    return Plan(seed, rng.randrange(len(EVENINGS)), steps)


def _wait(rng: Random) -> int:
    """Mostly moments, sometimes a while, now and then half a night. In quarters of a second."""
    longest = rng.choices((2 * SECOND, MINUTE, 20 * MINUTE, 4 * HOUR), (40, 35, 20, 5))[0]
    return rng.randrange(0, longest, 250)
