"""What the intake costs the event loop: the excerpt of a voice state, the most frequent dispatch by far."""

from __future__ import annotations

import timeit
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.material import SECRET, Material
from bot.intake import Intake, IntakeOptions
from storage.event_key import KeyMaker
from storage.withdrawals import Withdrawals

GUILD = 2000
CALLS = 20_000


def voice_state() -> dict[str, object]:
    """As Discord sends it, with the member in it."""
    user = {
        "id": "410000000000005000",
        "username": "somebody",
        "discriminator": "0",
        "global_name": "Somebody",
        "avatar": "8342729096ea3675442027381ff50dfe",
        "public_flags": 64,
    }
    member = {
        "user": user,
        "nick": None,
        "roles": ["201000000000000001", "201000000000000002"],
        "joined_at": "2025-11-17T08:00:00.250000+00:00",
        "flags": 0,
        "deaf": False,
        "mute": False,
    }
    state = {"user_id": user["id"], "channel_id": "3001", "session_id": "stay-1", "guild_id": str(GUILD)}
    flags = {"deaf": False, "mute": False, "self_deaf": False, "self_mute": True, "self_video": False}
    return {**state, **flags, "suppress": False, "request_to_speak_timestamp": None, "member": member}


def microseconds(call: Callable[[], object]) -> float:
    return timeit.timeit(call, number=CALLS) / CALLS * 1e6


def make_intake(folder: Path) -> Intake:
    withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
    return Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(GUILD))


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    data = voice_state()
    packed = msgspec.json.encode(data)
    with material.fresh_folder() as folder:
        intake = make_intake(folder)

        async def ours() -> float:
            return microseconds(lambda: intake.extract("VOICE_STATE_UPDATE", data))

        async def limit() -> float:
            return microseconds(lambda: msgspec.json.decode(packed))

        yield Contest(ours, limit)


BENCHMARK = Benchmark(
    "intake: an excerpt",
    "µs",
    begin,
    against="decoding the same dispatch with msgspec",
    bound=Bound("≤", 6),
)
