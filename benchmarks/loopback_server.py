"""Discord's part in a process of its own: a sandbox that plays a fixed script, as far as it is told to.

Prints where it is, then reads how many dispatches to send next, one number a line.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from sandbox.discord import Sandbox
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed, RoleSeed

GUILD, OWNER = 2000, 5000
CHANNELS = tuple(range(3001, 3009))
ROLES = (4001, 4002, 4003)
PEOPLE = range(OWNER + 1, OWNER + 201)
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
BURST, EVERY_S = 10, 0.01  # a thousand a second: a plain client takes about three times as many
SEED, VOICE_SHARE = 4, 0.9


class SystemTime:
    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


def guild() -> GuildSeed:
    return GuildSeed(
        GUILD,
        OWNER,
        FOUNDED,
        roles=[RoleSeed(role, f"role {role}") for role in ROLES],
        channels=[ChannelSeed(channel, f"voice {channel}", ChannelKind.VOICE) for channel in CHANNELS],
        members=[MemberSeed(person, FOUNDED + timedelta(days=1)) for person in (OWNER, *PEOPLE)],
    )


def script(sandbox: Sandbox) -> Iterator[None]:
    """For ever: people move through voice, and now and then somebody's roles change. A dispatch each."""
    rng = Random(SEED)  # noqa: S311 - a script, no secret
    while True:
        person = rng.choice(PEOPLE)
        if rng.random() < VOICE_SHARE:
            sandbox.voice(person, rng.choice(CHANNELS))
        else:
            sandbox.set_roles(person, rng.sample(ROLES, 2))
        yield


async def play(acts: Iterator[None], count: int) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    for number in range(count):
        next(acts)
        if (number + 1) % BURST == 0:
            due += EVERY_S
            await asyncio.sleep(max(0, due - loop.time()))


async def serve() -> None:
    sandbox = await Sandbox.start(guild(), clock=SystemTime(), keep_requests=False)
    acts = script(sandbox)
    sys.stdout.write(f"{sandbox.api_url} {sandbox.token}\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        await play(acts, int(line))
    await sandbox.stop()


if __name__ == "__main__":
    asyncio.run(serve())
