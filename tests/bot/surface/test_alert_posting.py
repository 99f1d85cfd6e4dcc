"""A crossed limit is posted once, whatever breaks off. Twelve people are active in the weeks to 9 November,
then four; the limit is ten. So the seven days to 16 November, checked on Monday the 17th, are the first
beyond it; from the 24th on there are twelve again, and from 8 December on four once more.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from pyroaring import BitMap
from sqlalchemy import insert, text

from bot.digests.alert_checks import AlertChecks
from bot.digests.channel import DiscordChannels
from bot.digests.claim import runs
from bot.digests.digests import Digests
from bot.digests.scheduler import DigestScheduler
from bot.settings import Settings
from storage.database import Warehouse
from storage.rules import EPOCH, Rules
from storage.tables import coverage, day_sets, fold_progress, members

from .crashing import Channel, Crash, crashing

GUILD, LEADERSHIP = 2000, 301
LEASE_S = 121
DAY_MS = 86_400_000
FIRST, LAST = date(2025, 10, 20), date(2025, 12, 16)
STEPS = ("before the claim", "claimed", "sent", "settling", "settled")
NB = "\u00a0"


def active(day: date) -> int:
    few = (date(2025, 11, 10), date(2025, 11, 24)), (date(2025, 12, 8), date(2026, 1, 1))
    return 4 if any(start <= day < end for start, end in few) else 12


def at(day: int, month: int = 11, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def settings():
    return Settings.model_validate(
        {
            "community": {"guild_id": GUILD, "zone": "UTC"},
            "access": {"staff_roles": [201]},
            "digest": {"weekly": {"channel_id": LEADERSHIP}},
            "alert": [{"kpi": "weekly_active_members", "below": 10}],
        }
    )


def active_once_fewer(day: date) -> int:
    return 4 if day >= date(2025, 11, 10) else 12


async def fill(warehouse: Warehouse, gap: tuple[int, int] | None = None, active=active) -> None:
    """`gap`: the days of November of which nothing was recorded, the last one not among them."""
    days = range((FIRST - EPOCH).days, (LAST - EPOCH).days + 1)
    from_ms, to_ms = days[0] * DAY_MS, (days[-1] + 1) * DAY_MS
    spans = [(from_ms, to_ms, "recorded")]
    if gap:
        start, end = (((date(2025, 11, day) - EPOCH).days * DAY_MS) for day in gap)
        spans = [(from_ms, start, "recorded"), (start, end, "gap"), (end, to_ms, "recorded")]
    rows = [
        {
            **{"guild_id": GUILD, "source": source, "from_ms": start, "to_ms": end, "state": state},
            "cause": None,
        }
        for source in ("voice", "members", "commands", "events")
        for start, end, state in spans
    ]
    sets = [
        {
            **{"guild_id": GUILD, "local_day": day, "activity": name, "size": len(people)},
            "members": BitMap(people).serialize(),
        }
        for day in days
        for name, people in (
            ("present", range(1, 21)),
            ("present_at_end", range(1, 21)),
            ("voice", range(1, active(EPOCH + timedelta(days=day)) + 1)),
        )
    ]
    person = {"guild_id": GUILD, "is_bot": False, "is_current": True, "first_join_ms": 0, "tier": "member"}
    progress = {"guild_id": GUILD, "position": 1, "state": b"", "folded_to_ms": to_ms}
    rules = Rules(tracked_commands=("show_my_profile", "show_profile")).fingerprint()
    async with warehouse.writing() as conn:
        await conn.execute(insert(coverage), rows)
        await conn.execute(insert(members), [{**person, "member_no": number} for number in range(1, 21)])
        await conn.execute(insert(day_sets), sets)
        await conn.execute(insert(fold_progress), {**progress, "rules": rules})


@pytest.fixture
async def club(warehouse):
    await fill(warehouse)
    return warehouse


@pytest.fixture
async def sqlite_club(sqlite_warehouse):
    await fill(sqlite_warehouse)
    return sqlite_warehouse


async def statuses(warehouse) -> dict[str, str]:
    async with warehouse.reading() as conn:
        return {period: run.status for period, run in (await runs(conn, GUILD, "alerts")).items()}


async def checked_on(checks: AlertChecks, bench, *moments: datetime) -> None:
    for moment in moments:
        bench.clock.moment = moment
        await checks.tick()


async def test_a_limit_is_posted_when_it_is_crossed_and_not_again_while_it_stays_so(club, bench):
    channel = Channel()
    checks = AlertChecks(bench.services(club), channel)
    await checked_on(checks, bench, at(15), at(16))
    assert channel.messages == []
    await checked_on(checks, bench, at(17), at(17, minute=1), at(17, hour=20), at(18), at(19))
    assert len(channel.messages) == 1
    assert await statuses(club) == {
        **{"2025-11-15": "checked", "2025-11-16": "checked", "2025-11-17": "posted"},
        **{"2025-11-18": "checked", "2025-11-19": "checked"},
    }


async def test_it_is_posted_again_when_it_is_crossed_again(sqlite_club, bench):
    channel = Channel()
    checks = AlertChecks(bench.services(sqlite_club), channel)
    days = [at(day) for day in (17, 24, 25, 30)] + [at(day, month=12) for day in (14, 15, 16)]
    await checked_on(checks, bench, *days)
    # on 15 December the last seven days, 8 to 14 December, are the first that hold four people only
    assert [message.embed.title for _, message in channel.messages] == [
        "Limit crossed · 7 days · 10–16 Nov 2025",
        "Limit crossed · 7 days · 8–14 Dec 2025",
    ]


async def test_the_message_says_what_was_crossed_and_reaches_discord(club, bench, connect, sandbox):
    checks = AlertChecks(bench.services(club), DiscordChannels(await connect(), GUILD))
    await checked_on(checks, bench, at(16), at(17), at(17, minute=1))
    (message,) = sandbox.messages(LEADERSHIP)
    assert message["content"] == "Active members 4: under the limit of 10."
    (embed,) = message["embeds"]
    assert embed["title"] == "Limit crossed · 7 days · 10–16 Nov 2025"
    lines = embed["description"].replace(NB, " ").splitlines()
    assert lines[0].startswith("⚠️ Active members **4** of 20 · alert below 10 · was 12")
    assert embed["footer"]["text"].endswith(" · alerts 2025-11-17")
    assert message["mentions"] == []


async def test_several_at_once_are_one_message_and_what_was_told_before_is_apart(sqlite_club, bench):
    channel = Channel()
    checks = AlertChecks(bench.services(sqlite_club), channel)
    await checked_on(checks, bench, at(17))
    limits = [
        *({"kpi": "weekly_active_members", "below": 10}, {"kpi": "dropped_out", "below": 3}),
        {"kpi": "came_in", "below": 1},
    ]
    content = bench.holder.current.model_dump() | {"alert": limits}
    bench.holder.current = Settings.model_validate(content)
    await checked_on(checks, bench, at(24), at(25))
    first, *others = [message for _, message in channel.messages]
    assert first.content == "Active members 4: under the limit of 10."
    assert others
    assert "**Told before**" in others[0].embed.description


async def test_after_an_absence_it_is_caught_up_once_and_says_that_it_is_late(sqlite_club, bench):
    channel = Channel()
    checks = AlertChecks(bench.services(sqlite_club), channel)
    await checked_on(checks, bench, at(14), at(20, hour=14), at(21))
    ((_, message),) = channel.messages
    assert message.embed.title == "Limit crossed · 7 days · 13–19 Nov 2025"
    assert "Posted late: it was due Thu 20 Nov, 09:00." in message.embed.description


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leaves_one_message_in_the_end(club, bench, step):
    channel = Channel()
    bench.clock.moment = at(17)
    with pytest.raises(Crash):
        await AlertChecks(bench.services(crashing(club, channel, step)), channel).tick()
    channel.forget()
    after = AlertChecks(bench.services(club), channel)
    for _ in range(3):
        await after.tick()
        bench.clock.advance(seconds=LEASE_S)
    await checked_on(after, bench, at(18))
    assert len(channel.messages) == 1
    assert (await statuses(club))["2025-11-17"] == "posted"


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_and_an_absence_over_the_next_check_leave_one_message(sqlite_club, bench, step):
    """The crossing of the 17th was posted or not: nobody knows, until it is looked for in the channel."""
    channel = Channel()
    await checked_on(AlertChecks(bench.services(sqlite_club), channel), bench, at(16))
    bench.clock.moment = at(17)
    with pytest.raises(Crash):
        await AlertChecks(bench.services(crashing(sqlite_club, channel, step)), channel).tick()
    channel.forget()
    after = AlertChecks(bench.services(sqlite_club), channel)
    await checked_on(after, bench, *(at(19, minute=minute) for minute in range(0, 12, 3)), at(20))
    assert len(channel.messages) == 1
    assert set((await statuses(sqlite_club)).values()) <= {"posted", "checked", "failed"}


async def test_a_crash_after_sending_is_found_in_the_real_channel(sqlite_club, bench, connect, sandbox):
    class Crashing(DiscordChannels):
        async def send(self, channel_id, message, nonce):
            await super().send(channel_id, message, nonce)
            raise Crash

    client = await connect()
    bench.clock.moment = at(17)
    with pytest.raises(Crash):
        await AlertChecks(bench.services(sqlite_club), Crashing(client, GUILD)).tick()
    sandbox.world.messages._nonce_remembered_s = -1
    after = AlertChecks(bench.services(sqlite_club), DiscordChannels(client, GUILD))
    await checked_on(after, bench, at(18), at(18, minute=1))
    (message,) = sandbox.messages(LEADERSHIP)
    async with sqlite_club.reading() as conn:
        rows = await conn.execute(text("SELECT period, status, message_id FROM digest_runs ORDER BY period"))
        assert [tuple(row) for row in rows] == [
            ("2025-11-17", "posted", int(message["id"])),
            ("2025-11-18", "checked", None),
        ]


async def test_two_processes_on_one_database_post_once(club, warehouse_url, bench):
    channel = Channel()
    other = await Warehouse.open(warehouse_url)
    checks = [AlertChecks(bench.services(warehouse), channel) for warehouse in (club, other)]
    for day in (16, 17, 18):
        bench.clock.moment = at(day)
        for _ in range(2):
            await asyncio.gather(*(one.tick() for one in checks))
            channel.forget()
            bench.clock.advance(seconds=LEASE_S)
    await other.close()
    assert len(channel.messages) == 1


async def test_a_gap_between_is_no_second_crossing(sqlite_warehouse, bench):
    """From the 20th to the 25th two of the seven days are missing; on the 26th it is so still."""
    await fill(sqlite_warehouse, gap=(18, 20), active=active_once_fewer)
    channel = Channel()
    checks = AlertChecks(bench.services(sqlite_warehouse), channel)
    await checked_on(checks, bench, *(at(day) for day in range(16, 29)))
    assert [message.embed.footer[-10:] for _, message in channel.messages] == ["2025-11-17"]


async def test_what_a_digest_of_the_same_days_told_is_not_posted_beside_it(sqlite_club, bench):
    channel = Channel()
    services = bench.services(sqlite_club)
    scheduler = DigestScheduler(Digests(services, channel), AlertChecks(services, channel))
    for moment in (at(16), at(17), at(18), at(19)):
        bench.clock.moment = moment
        await scheduler._tick()
    titles = [message.embed.title for _, message in channel.messages]
    assert titles == ["Week 45 · 3–9 Nov 2025", "Week 46 · 10–16 Nov 2025"]
    assert (await statuses(sqlite_club))["2025-11-17"] == "checked"


@pytest.mark.parametrize(
    ("min_group", "contents"), [(8, ["Went quiet 67 %: over the limit of 1 %."]), (9, [])]
)
async def test_a_group_too_small_for_a_channel_is_no_alert_in_it(sqlite_club, bench, min_group, contents):
    """8 of 12 went quiet."""
    rules = {"alert": [{"kpi": "soft_attrition", "above": 0.01}], "privacy": {"min_group": min_group}}
    bench.holder.current = Settings.model_validate(bench.holder.current.model_dump() | rules)
    channel = Channel()
    await checked_on(AlertChecks(bench.services(sqlite_club), channel), bench, at(17))
    assert [message.content.replace(NB, " ") for _, message in channel.messages] == contents


async def test_a_failure_is_one_sentence_and_the_check_follows(sqlite_club, bench):
    class Away:
        def reading(self):
            raise RuntimeError("odd")

    channel, gone = Channel(), Away()
    checks = AlertChecks(bench.services(gone), channel)
    await checked_on(checks, bench, at(17))
    assert "RuntimeError" in checks.problem
    gone.reading, gone.writing = sqlite_club.reading, sqlite_club.writing
    await checks.tick()
    assert (checks.problem, len(channel.messages)) == (None, 1)
