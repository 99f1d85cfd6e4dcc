"""The weekly digest through the real client to a local Discord."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.digests.channel import DiscordChannels
from bot.digests.digests import Digests
from bot.digests.scheduler import DigestScheduler
from sandbox.faults import Reset, Status
from sandbox.permissions import Overwrite, OverwriteKind, Permission
from sandbox.seed import ChannelSeed
from storage.database import Warehouse

GUILD, GENERAL, LEADERSHIP, OTHER, VOICE = 2000, 300, 301, 302, 303
LEASE_S = 121
POSTS = f"/channels/{LEADERSHIP}/messages"


async def runs(warehouse):
    async with warehouse.reading() as conn:
        rows = await conn.execute(text("SELECT * FROM digest_runs ORDER BY period"))
        return [row._asdict() for row in rows]


def posts(sandbox):
    return [r for r in sandbox.requests if r.method == "POST" and r.path.endswith("/messages")]


def forbid(sandbox, permission, channel_id=LEADERSHIP):
    overwrite = Overwrite(GUILD, OverwriteKind.ROLE, deny=permission)
    sandbox.put_channel(ChannelSeed(channel_id, "leadership", overwrites=[overwrite]))


def move_digest(bench, channel_id):
    weekly = bench.holder.current.digest.weekly.model_copy(update={"channel_id": channel_id})
    digest = bench.holder.current.digest.model_copy(update={"weekly": weekly})
    bench.holder.current = bench.holder.current.model_copy(update={"digest": digest})


@pytest.fixture
async def channels(connect):
    return DiscordChannels(await connect(), GUILD)


@pytest.fixture
def digests(bench, sqlite_recorded, channels):
    return Digests(bench.services(sqlite_recorded), channels)


async def test_last_week_is_posted_with_finding_picture_numbers_and_button(
    sandbox, bench, recorded, channels
):
    await Digests(bench.services(recorded), channels).tick()
    (message,) = sandbox.messages(LEADERSHIP)

    assert 0 < len(message["content"]) <= 120
    (embed,) = message["embeds"]
    assert embed["title"] == "Week 46 · 10–16 Nov 2025"
    assert "Active members **12** of 20" in embed["description"]
    assert embed["footer"]["text"].endswith(" · weekly 2025-W46")
    (picture,) = message["attachments"]
    assert picture["filename"] == "weekly-2025-W46.png"
    assert 0 < len(picture["description"]) <= 1024
    assert [b["custom_id"] for b in message["components"][0]["components"]] == [
        *(f"detail:{name}:weekly:2025-W46" for name in ("growth", "segments", "retention", "events")),
        "counted:weekly:2025-W46",
    ]
    (run,) = await runs(recorded)
    assert (run["status"], run["message_id"], run["attempts"]) == ("posted", int(message["id"]), 1)
    assert not run["late"]
    (sent,) = posts(sandbox)
    assert sent.body["allowed_mentions"] == {"parse": []}
    assert (sent.body["nonce"], sent.body["enforce_nonce"]) == (run["nonce"], True)
    assert len(run["nonce"]) <= 25


async def test_it_is_posted_once_however_often_it_is_woken(sandbox, bench, digests):
    for _ in range(3):
        await digests.tick()
        bench.clock.advance(minutes=1)

    assert len(posts(sandbox)) == 1
    assert digests.problem is None


async def test_a_first_week_without_any_history_is_posted_and_compared_with_nothing(
    sandbox, bench, sqlite_first_week, channels
):
    await Digests(bench.services(sqlite_first_week), channels).tick()
    (message,) = sandbox.messages(LEADERSHIP)
    (embed,) = message["embeds"]

    assert embed["title"] == "Week 46 · 10–16 Nov 2025"
    assert "Active members **12** of 20" in embed["description"]
    assert "within noise" not in embed["description"]
    assert 0 < len(message["content"]) <= 120


async def test_the_button_under_a_digest_answers_staff(sandbox, connect, bench, sqlite_recorded):
    services = bench.services(sqlite_recorded)
    await Digests(services, DiscordChannels(await connect(services), GUILD)).tick()
    (message,) = sandbox.messages(LEADERSHIP)
    told = await sandbox.press(500, message["id"], "counted:weekly:2025-W46").settled()

    assert "**Active members**" in told.messages_seen_by(500)[0]["embeds"][0]["description"]


async def test_after_downtime_it_is_caught_up_and_says_that_it_is_late(
    sandbox, bench, digests, sqlite_recorded
):
    bench.clock.advance(hours=26)
    await digests.tick()
    (message,) = sandbox.messages(LEADERSHIP)

    assert "Posted late: it was due Mon 17 Nov, 09:00." in message["embeds"][0]["description"]
    assert (await runs(sqlite_recorded))[0]["late"]


@pytest.mark.parametrize("fault", [Status(503, after_effect=True), Reset(after_effect=True)])
@pytest.mark.parametrize("remembers_nonces", [True, False])
async def test_an_answer_lost_after_the_effect_posts_nothing_twice(
    sandbox, bench, digests, sqlite_recorded, fault, remembers_nonces
):
    if not remembers_nonces:
        sandbox.world.messages._nonce_remembered_s = -1
    sandbox.faults.next_rest("POST", POSTS, fault)
    await digests.tick()
    problem = digests.problem
    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()

    (message,) = sandbox.messages(LEADERSHIP)
    (run,) = await runs(sqlite_recorded)
    assert (run["status"], run["message_id"], run["attempts"]) == ("posted", int(message["id"]), 2)
    assert problem.startswith("Discord ")
    assert digests.problem is None


@pytest.mark.parametrize("after_effect", [True, False])
async def test_the_librarys_own_retry_posts_nothing_twice_and_keeps_the_picture(
    sandbox, digests, bench, after_effect
):
    sandbox.faults.next_rest("POST", POSTS, Status(500, after_effect=after_effect))
    await digests.tick()

    (message,) = sandbox.messages(LEADERSHIP)
    content, _ = sandbox.attachment(message["attachments"][0]["id"])
    assert len(posts(sandbox)) == 2
    assert content == await bench.pen.draw(None, 1)
    assert digests.problem is None


async def test_what_never_arrived_is_posted_when_the_lease_is_over(sandbox, bench, digests):
    sandbox.faults.next_rest("POST", POSTS, Status(503))
    await digests.tick()
    await digests.tick()
    assert sandbox.messages(LEADERSHIP) == []

    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()
    assert len(sandbox.messages(LEADERSHIP)) == 1


async def test_the_marker_is_found_behind_hundreds_of_other_messages(
    sandbox, bench, digests, sqlite_recorded
):
    sandbox.world.messages._nonce_remembered_s = -1
    sandbox.faults.next_rest("POST", POSTS, Status(503, after_effect=True))
    await digests.tick()
    for number in range(210):
        sandbox.say(501, LEADERSHIP, f"chatter {number}, weekly 2025-W46")
    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()

    assert len([m for m in sandbox.messages(LEADERSHIP) if m["embeds"]]) == 1
    assert (await runs(sqlite_recorded))[0]["status"] == "posted"


async def test_where_the_past_cannot_be_read_nothing_is_posted_a_second_time(sandbox, bench, digests):
    sandbox.world.messages._nonce_remembered_s = -1
    sandbox.faults.next_rest("POST", POSTS, Status(503, after_effect=True))
    await digests.tick()
    forbid(sandbox, Permission.READ_MESSAGE_HISTORY)
    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()

    assert len(sandbox.messages(LEADERSHIP)) == 1
    assert digests.problem.endswith("let the bot Read Message History there.")


async def test_two_processes_at_once_post_one_digest(sandbox, bench, recorded, warehouse_url, channels):
    other = await Warehouse.open(warehouse_url)
    both = [Digests(bench.services(warehouse), channels) for warehouse in (recorded, other)]
    await asyncio.gather(*(digests.tick() for digests in both))
    await other.close()

    assert len(posts(sandbox)) == 1
    assert [run["status"] for run in await runs(recorded)] == ["posted"]


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (lambda sandbox: sandbox.delete_channel(LEADERSHIP), "The digest's channel is gone"),
        (lambda sandbox: forbid(sandbox, Permission.VIEW_CHANNEL), "The bot cannot see the digest's channel"),
        (
            lambda sandbox: forbid(sandbox, Permission.SEND_MESSAGES),
            "The bot may not post in the digest's channel",
        ),
        (
            lambda sandbox: forbid(sandbox, Permission.ATTACH_FILES),
            "The bot may not post in the digest's channel",
        ),
    ],
)
async def test_a_channel_that_is_gone_or_shut_is_one_sentence_and_another_one_is_used_at_once(
    sandbox, bench, digests, sqlite_recorded, breaks, says
):
    def tries() -> int:
        return sum(f"/channels/{LEADERSHIP}" in request.path for request in sandbox.requests)

    breaks(sandbox)
    await digests.tick()
    tried = tries()
    bench.clock.advance(minutes=5)
    await digests.tick()

    assert tried > 0
    assert digests.problem.startswith(says)
    assert "digest.weekly.channel_id" in digests.problem
    assert tries() == tried  # not asked again every minute
    assert [(r["status"], r["problem"]) for r in await runs(sqlite_recorded)] == [("failed", digests.problem)]

    move_digest(bench, OTHER)
    await digests.tick()
    assert len(sandbox.messages(OTHER)) == 1
    assert digests.problem is None


async def test_a_channel_opened_again_is_used_within_an_hour(sandbox, bench, digests):
    forbid(sandbox, Permission.SEND_MESSAGES)
    await digests.tick()
    forbid(sandbox, Permission.NONE)
    bench.clock.advance(hours=1)
    await digests.tick()

    assert len(sandbox.messages(LEADERSHIP)) == 1


async def test_a_digest_goes_into_no_voice_channel_and_into_no_other_server(
    bench, digests, sandbox, channels
):
    move_digest(bench, VOICE)
    await digests.tick()
    assert digests.problem.startswith("digest.weekly.channel_id names no text channel of this server")

    elsewhere = DiscordChannels(channels._client, 9999)
    bench.clock.advance(hours=2)
    move_digest(bench, OTHER)
    strict = Digests(digests._services, elsewhere)
    await strict.tick()
    assert strict.problem.startswith("digest.weekly.channel_id names no text channel of this server")
    assert posts(sandbox) == []


async def test_a_digest_moved_after_a_lost_answer_is_looked_for_where_it_was(sandbox, bench, digests):
    sandbox.faults.next_rest("POST", POSTS, Status(503, after_effect=True))
    await digests.tick()
    move_digest(bench, OTHER)
    bench.clock.advance(seconds=LEASE_S)
    await digests.tick()

    assert len(sandbox.messages(LEADERSHIP)) == 1
    assert sandbox.messages(OTHER) == []


async def test_without_its_picture_the_digest_still_goes_out_and_says_so(sandbox, bench, digests):
    bench.pen.broken = True
    await digests.tick()
    (message,) = sandbox.messages(LEADERSHIP)

    assert message["attachments"] == []
    assert "The picture could not be drawn" in message["embeds"][0]["description"]


async def test_the_scheduler_wakes_it_at_the_start(sandbox, digests):
    scheduler = DigestScheduler(digests)
    scheduler.start()
    await sandbox.changed.until(lambda: len(sandbox.messages(LEADERSHIP)) == 1)
    await scheduler.stop()


async def test_stopping_before_the_start_is_nothing(digests):
    await DigestScheduler(digests).stop()


async def test_stopping_lets_a_digest_that_is_being_posted_end(sandbox, bench, digests, sqlite_recorded):
    drawing, go_on = asyncio.Event(), asyncio.Event()

    class SlowPen:
        async def draw(self, figure, timeout_s):
            drawing.set()
            await go_on.wait()
            return b"\x89PNG\r\n\x1a\n"

    scheduler = DigestScheduler(
        Digests(replace(bench.services(sqlite_recorded), drawing=SlowPen()), digests._delivery._sender)
    )
    scheduler.start()
    await drawing.wait()
    stopping = asyncio.create_task(scheduler.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping

    assert [run["status"] for run in await runs(sqlite_recorded)] == ["posted"]


async def test_the_month_is_posted_beside_the_week_and_once(sandbox, bench, monthly_recorded, channels):
    """October is recorded; the clock says Monday, 3 November."""
    bench.clock.moment = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
    digests = Digests(bench.services(monthly_recorded), channels)
    await digests.tick()
    await digests.tick()

    week, month = sandbox.messages(LEADERSHIP)
    assert [each["embeds"][0]["title"] for each in (week, month)] == [
        "Week 44 · 27 Oct – 2 Nov 2025",
        "October 2025",
    ]
    description = month["embeds"][0]["description"]
    assert "Active members **12** of 20" in description
    assert "Stickiness **100\u00a0%** (372/372)" in description
    assert "Posted late: it was due Sat 1 Nov, 09:00." in description
    assert month["embeds"][0]["footer"]["text"].endswith(" · monthly 2025-10")
    assert month["attachments"][0]["filename"] == "monthly-2025-10.png"
    rows = await runs(monthly_recorded)
    assert [(row["digest"], row["period"], row["status"]) for row in rows] == [
        ("monthly", "2025-10", "posted"),
        ("weekly", "2025-W44", "posted"),
    ]


async def test_what_is_wrong_with_the_monthly_digests_own_channel_is_said_of_it(
    bench, monthly_recorded, channels
):
    monthly = bench.holder.current.digest.monthly.model_copy(update={"channel_id": VOICE})
    digest = bench.holder.current.digest.model_copy(update={"monthly": monthly})
    bench.holder.current = bench.holder.current.model_copy(update={"digest": digest})
    bench.clock.moment = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
    digests = Digests(bench.services(monthly_recorded), channels)
    await digests.tick()
    assert digests.problem.startswith("digest.monthly.channel_id names no text channel of this server")
    statuses = {row["digest"]: row["status"] for row in await runs(monthly_recorded)}
    assert statuses == {"monthly": "failed", "weekly": "posted"}


async def test_the_buttons_under_a_monthly_digest_speak_of_its_month(
    sandbox, connect, bench, monthly_recorded
):
    bench.clock.moment = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
    services = bench.services(monthly_recorded)
    await Digests(services, DiscordChannels(await connect(services), GUILD)).tick()
    month = sandbox.messages(LEADERSHIP)[-1]
    for name in ("growth", "segments", "retention", "events"):
        told = await sandbox.press(500, month["id"], f"detail:{name}:monthly:2025-10").settled()
        assert "October 2025" in told.messages_seen_by(500)[0]["embeds"][0]["title"]
    told = await sandbox.press(500, month["id"], "counted:monthly:2025-10").settled()
    assert "**Stickiness**" in told.messages_seen_by(500)[0]["embeds"][0]["description"]
