"""How much is measured: all of it, or just enough to see that everything runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    days: int  # of the simulated community
    rounds: int
    dispatches: int  # of one run over loopback
    listening_s: float  # to the event loop
    few: int  # events of a short history
    many: int  # and of a long one
    members: int  # of the large community
    fewer_members: int  # and of one that it is held against


FULL = Scale(
    days=182,
    rounds=7,
    dispatches=1000,
    listening_s=2.0,
    few=1_000_000,
    many=5_000_000,
    members=100_000,
    fewer_members=10_000,
)
QUICK = Scale(
    days=21, rounds=1, dispatches=10, listening_s=0.1, few=4_000, many=20_000, members=800, fewer_members=400
)
