"""Whatever breaks off between claiming a digest and settling it: one message, and it is posted in the end."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.digests.claim import claim, nonce, note, runs, settle
from bot.digests.digests import Digests
from bot.digests.sending import SendFailed
from storage.database import Warehouse, WarehouseUnavailable

from .crashing import Channel, Crash, Crashing, crashing

GUILD, LEADERSHIP = 2000, 301
LEASE_S = 121
STEPS = ("before the claim", "claimed", "sent", "settling", "settled")


async def statuses(warehouse):
    async with warehouse.reading() as conn:
        return [(run.status, run.message_id) for run in (await runs(conn, GUILD, "weekly")).values()]


@pytest.mark.parametrize("remembers_nonces", [True, False])
@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leaves_one_message_in_the_end(recorded, bench, step, remembers_nonces):
    channel = Channel()
    with pytest.raises(Crash):
        await Digests(bench.services(crashing(recorded, channel, step)), channel).tick()
    if not remembers_nonces:
        channel.forget()

    after = Digests(bench.services(recorded), channel)
    for _ in range(3):
        await after.tick()
        bench.clock.advance(seconds=LEASE_S)

    assert len(channel.messages) == 1
    assert await statuses(recorded) == [("posted", 1)]


async def test_one_crash_after_another_leaves_one_message(sqlite_recorded, bench):
    channel = Channel()
    for step in ("before the claim", "claimed", "claimed", "sent"):
        with pytest.raises(Crash):
            await Digests(bench.services(crashing(sqlite_recorded, channel, step)), channel).tick()
        channel.forget()
        bench.clock.advance(seconds=LEASE_S)
    await Digests(bench.services(sqlite_recorded), channel).tick()

    assert len(channel.messages) == 1
    assert await statuses(sqlite_recorded) == [("posted", 1)]


async def test_two_processes_on_one_database_send_once(recorded, warehouse_url, bench):
    channel = Channel()
    others = [await Warehouse.open(warehouse_url) for _ in range(2)]
    digests = [Digests(bench.services(w), channel) for w in (recorded, *others)]
    for _ in range(3):
        await asyncio.gather(*(one.tick() for one in digests))
        channel.forget()
        bench.clock.advance(seconds=LEASE_S)
    for other in others:
        await other.close()

    assert len(channel.messages) == 1


async def test_a_process_that_slept_over_its_lease_does_not_send(sqlite_recorded, bench):
    channel = Channel()

    class Sleepy(Crashing):
        @asynccontextmanager
        async def writing(self):
            async with sqlite_recorded.writing() as conn:
                yield conn
            bench.clock.advance(minutes=10)  # a laptop's lid, right after the claim

    sleepy = Digests(bench.services(Sleepy(sqlite_recorded)), channel)
    await sleepy.tick()

    assert channel.messages == []
    assert sleepy.problem == "The claim grew old before the message was sent."


async def test_a_clock_that_jumps_posts_nothing_twice(sqlite_recorded, bench):
    channel = Channel()
    start = bench.clock.moment
    digests = Digests(bench.services(sqlite_recorded), channel)
    for hours in (0, -2, 0, 24 * 30, -24 * 400, 1, 24 * 400, 0):
        bench.clock.moment = start + timedelta(hours=hours)
        await digests.tick()
        channel.forget()

    titles = [message.embed.title for _, message in channel.messages]
    assert len(titles) == len(set(titles))
    assert "Week 46 · 10–16 Nov 2025" in titles


async def test_a_claim_made_under_a_wrong_clock_is_taken_over(sqlite_recorded, bench):
    channel = Channel()
    bench.clock.advance(hours=20)
    with pytest.raises(Crash):
        await Digests(bench.services(crashing(sqlite_recorded, channel, "sent")), channel).tick()
    bench.clock.advance(hours=-20)
    channel.forget()
    await Digests(bench.services(sqlite_recorded), channel).tick()

    assert len(channel.messages) == 1
    assert await statuses(sqlite_recorded) == [("posted", 1)]


async def test_an_unreachable_warehouse_is_one_sentence_and_the_digest_follows(sqlite_recorded, bench):
    class Away:
        def reading(self):
            raise WarehouseUnavailable("The warehouse cannot be reached.")

    channel, gone = Channel(), Away()
    digests = Digests(bench.services(gone), channel)
    await digests.tick()
    assert digests.problem == "The warehouse cannot be reached."

    gone.reading, gone.writing = sqlite_recorded.reading, sqlite_recorded.writing
    await digests.tick()
    assert digests.problem is None
    assert len(channel.messages) == 1


async def test_an_unexpected_error_is_kept_for_the_next_time(sqlite_recorded, bench):
    class Odd(Channel):
        async def send(self, channel_id, message, nonce):
            if not self.messages:
                await super().send(channel_id, message, nonce)
                raise KeyError("an answer of an unknown shape")
            raise AssertionError("sent again")

    channel = Odd()
    digests = Digests(bench.services(sqlite_recorded), channel)
    await digests.tick()
    assert "KeyError" in digests.problem
    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()

    assert await statuses(sqlite_recorded) == [("posted", 1)]


async def test_only_one_of_two_that_saw_the_same_gets_the_claim(recorded, bench):
    async def take(seen, now_ms):
        async with recorded.writing() as conn:
            return await claim(
                conn,
                GUILD,
                "weekly",
                "2025-W46",
                seen,
                channel_id=LEADERSHIP,
                late=False,
                owner="a",
                now_ms=now_ms,
            )

    async def look():
        async with recorded.reading() as conn:
            return (await runs(conn, GUILD, "weekly")).get("2025-W46")

    first = await take(None, 0)
    assert first
    assert await take(None, 0) is None
    seen = await look()
    second = await take(seen, 200_000)
    assert (second.attempts, second.is_first) == (2, False)
    assert await take(seen, 200_000) is None

    async with recorded.writing() as conn:
        await note(conn, first, "from the one that lost its claim", refused=True)
    assert (await look()).problem is None
    async with recorded.writing() as conn:
        await settle(conn, first, 77, 1)  # but what it posted is posted
    assert await take(await look(), 10**9) is None


def test_the_nonce_is_the_same_for_ever_and_fits():
    assert nonce(2**63 - 1, "weekly", "2025-W46") == nonce(2**63 - 1, "weekly", "2025-W46")
    assert (
        len({nonce(g, d, p) for g in (1, 11) for d in ("weekly", "monthly") for p in ("2025-W46", "2025-11")})
        == 8
    )
    assert len(nonce(2**63 - 1, "weekly", "2025-W46")) == 24


async def test_a_refusal_is_not_tried_again_at_once(sqlite_recorded, bench):
    class Shut(Channel):
        asked = 0

        async def send(self, channel_id, message, nonce):
            self.asked += 1
            raise SendFailed("The bot may not post there.", refused=True)

    channel = Shut()
    digests = Digests(bench.services(sqlite_recorded), channel)
    for _ in range(10):
        await digests.tick()
        bench.clock.advance(minutes=5)

    assert channel.asked == 1
    assert digests.problem == "The bot may not post there."
    async with sqlite_recorded.reading() as conn:
        assert (await conn.execute(text("SELECT attempts FROM digest_runs"))).scalar() == 1
