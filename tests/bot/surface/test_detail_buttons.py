"""The buttons under a digest and under `/insights health`, through the real client."""

from __future__ import annotations

import asyncio

import pytest

from bot.digests.channel import DiscordChannels
from bot.digests.digests import Digests
from reports.figures import AlumniPanel, CoverageFigure, HostBar, HostsFigure, SegmentsFigure
from reports.periods import previous
from reports.report import Kpi, Measure, NothingRecorded, Report, Section
from sandbox.faults import Status

from .recorded_events import put_identities

GUILD, LEADERSHIP = 2000, 301
STAFF, MEMBER, ORGANIZER = 500, 501, 502
EPHEMERAL = 1 << 6
DETAILS = ["growth", "segments", "retention", "events"]
TEXTS = {"subtitle": "s", "footer": "f", "alt_text": "Alt."}
SEGMENTS = SegmentsFigure("More are core", **TEXTS, panels=(), alumni=AlumniPanel(1, 1, 0, None))
COVERAGE = CoverageFigure("Nothing was missed", **TEXTS, days=(), weeks=())
BARS = (
    HostBar(1, "", 0.4, 3, leads=True),
    HostBar(2, "", 0.3, 2, leads=True),
    HostBar(3, "", 0.2, 1, leads=False),
    HostBar(None, "3 others", 0.1, 1, leads=False),
)
HOSTS = HostsFigure("Two hosts carry *71 %*", **TEXTS, bars=BARS)


class Details:
    def __init__(self):
        self.figures, self.error, self.asked = {"segments": (SEGMENTS,), "coverage": (COVERAGE,)}, None, []

    async def detail(self, conn, guild_id, settings, rules, name, period, now_ms):
        self.asked.append((name, period.key))
        if self.error:
            raise self.error
        kpi = Kpi("weekly_active_members", Measure(187, 187, 331))
        return Report(
            name=name,
            guild_id=guild_id,
            period=period,
            previous_period=previous(period),
            zone="UTC",
            as_of_ms=now_ms,
            finding=f"The finding about {name}.",
            sections=(Section("Community", (kpi,)),),
            bridge=None,
            gaps=(),
            caveats=(),
            excluded={},
            rules="3f2a91c0ffee",
            figures=self.figures.get(name, ()),
        )


@pytest.fixture
def details(monkeypatch):
    known = Details()
    monkeypatch.setattr("bot.commands.details.detail", known.detail)
    return known


@pytest.fixture
async def digest(sandbox, connect, bench, details, sqlite_recorded):
    """A posted digest."""
    services = bench.services(sqlite_recorded)
    await Digests(services, DiscordChannels(await connect(services), GUILD)).tick()
    (message,) = sandbox.messages(LEADERSHIP)
    return message


async def press(sandbox, message, name, user_id=STAFF):
    buttons = [b["custom_id"] for b in message["components"][0]["components"]]
    custom_id = next(each for each in buttons if name in each)
    return await sandbox.press(user_id, message["id"], custom_id).settled()


async def told(sandbox, message, name, user_id=STAFF, messages=1):
    """What the person reads, once there are so many messages."""
    invocation = await press(sandbox, message, name, user_id)
    await sandbox.changed.until(lambda: len(invocation.messages_seen_by(user_id)) == messages)
    return invocation.messages_seen_by(user_id)


@pytest.mark.parametrize("name", DETAILS)
async def test_each_button_under_a_digest_answers_staff_about_its_week(sandbox, digest, details, bench, name):
    invocation = await press(sandbox, digest, name)
    (answer,) = invocation.messages_seen_by(STAFF)

    assert invocation.acknowledged_after_s < 3
    assert answer["flags"] & EPHEMERAL
    assert answer["content"] == f"The finding about {name}."
    assert answer["embeds"][0]["title"] == f"{name.capitalize()} · Week 46 · 10–16 Nov 2025"
    assert details.asked == [(name, "2025-W46")]
    assert bench.observed.checks == [(f"insights {name}", True)]
    assert sandbox.messages(LEADERSHIP) == [digest]


@pytest.mark.parametrize("user_id", [MEMBER, ORGANIZER])
@pytest.mark.parametrize("name", [*DETAILS, "counted"])
async def test_whoever_sees_a_digest_and_is_not_staff_gets_one_sentence(
    sandbox, digest, details, bench, name, user_id
):
    (answer,) = await told(sandbox, digest, name, user_id)

    assert answer["flags"] & EPHEMERAL
    assert "is for staff" in answer["content"]
    assert not answer["embeds"]
    assert details.asked == []
    assert [granted for _, granted in bench.observed.checks] == [False]


async def test_the_buttons_under_health_speak_of_its_days(sandbox, connect, bench, details, sqlite_recorded):
    await connect(bench.services(sqlite_recorded))
    (health,) = (await sandbox.run_command(STAFF, "insights health").settled()).messages_seen_by(STAFF)
    await press(sandbox, health, "growth")

    assert details.asked == [("growth", "trailing-7d")]


async def test_a_second_picture_comes_in_a_message_of_its_own(sandbox, digest, details):
    details.figures["events"] = (SEGMENTS, HOSTS)
    first, second = await told(sandbox, digest, "events", messages=2)

    assert [a["filename"] for a in first["attachments"]] == ["events-2025-W46.png"]
    assert [a["filename"] for a in second["attachments"]] == ["events-2025-W46-2.png"]
    assert second["content"] == r"Two hosts carry \*71 %\*."
    assert second["attachments"][0]["description"] == "Alt."
    assert second["flags"] & EPHEMERAL
    assert not second["embeds"]


async def test_hosts_are_called_what_they_are_called_now_and_former_members_are_not_named(
    sandbox, digest, details, bench, sqlite_recorded
):
    await put_identities(sqlite_recorded, {1: MEMBER, 2: 999_999})  # somebody who left; 3 was erased
    details.figures["events"] = (HOSTS,)
    await told(sandbox, digest, "events")
    (drawn,) = [figure for figure in bench.pen.drawn if isinstance(figure, HostsFigure)]
    name = sandbox.world.guild.users[MEMBER].name

    assert [bar.name for bar in drawn.bars] == [name, "a former member", "a former member", "3 others"]
    assert [bar.share for bar in drawn.bars] == [bar.share for bar in BARS]


async def test_a_host_whose_name_discord_does_not_tell_is_a_member(
    sandbox, digest, details, bench, sqlite_recorded
):
    await put_identities(sqlite_recorded, {1: 999_999})
    details.figures["events"] = (HOSTS,)
    sandbox.faults.next_rest("GET", f"/guilds/{GUILD}/members/*", Status(403))
    await told(sandbox, digest, "events")

    assert [bar.name for bar in bench.pen.drawn[-1].bars][:2] == ["a member", "a former member"]


async def test_names_that_take_too_long_hold_nothing_up(
    sandbox, digest, details, bench, sqlite_recorded, monkeypatch
):
    async def slow(*args):
        await asyncio.Event().wait()

    await put_identities(sqlite_recorded, {1: 999_999})
    details.figures["events"] = (HOSTS,)
    monkeypatch.setattr("bot.commands.names.DiscordNames._name", slow)
    monkeypatch.setattr("bot.commands.names.LOOKUP_SECONDS", 0.02)
    await told(sandbox, digest, "events")

    assert bench.pen.drawn[-1].bars[0].name == "a member"


async def test_without_pictures_the_numbers_come_and_it_is_said(sandbox, digest, details, bench):
    bench.pen.broken = True
    details.figures["events"] = (SEGMENTS, HOSTS)
    first, second = await told(sandbox, digest, "events", messages=2)

    assert first["attachments"] == second["attachments"] == []
    assert first["embeds"][0]["description"].endswith(
        "The picture could not be drawn; the numbers are complete."
    )
    assert second["content"] == "The picture could not be drawn; the numbers are complete."


async def test_how_counted_shows_the_meanings_and_what_was_recorded(sandbox, digest, details):
    answers = await told(sandbox, digest, "counted", messages=2)

    assert "**Active members**: " in answers[0]["embeds"][0]["description"]
    assert "**No-shows**: " not in answers[0]["embeds"][0]["description"]  # there was no event that week
    assert details.asked == [("coverage", "2025-W46")]
    assert answers[-1]["content"] == "The finding about coverage."
    assert [a["filename"] for a in answers[-1]["attachments"]] == ["coverage-2025-W46.png"]


async def test_how_counted_means_the_same_while_nothing_can_be_read(sandbox, digest, details):
    details.error = NothingRecorded("Nothing is recorded yet.")
    answers = await told(sandbox, digest, "counted", messages=3)

    assert "**Active members**: " in answers[0]["embeds"][0]["description"]
    assert answers[-1]["content"] == "Nothing is recorded yet."


async def test_a_detail_that_cannot_be_told_is_one_sentence(sandbox, digest, details):
    details.error = NothingRecorded("Nothing of 10–16 Nov was recorded.")
    (answer,) = await told(sandbox, digest, "growth")

    assert answer["content"] == "Nothing of 10–16 Nov was recorded."


@pytest.mark.parametrize(
    ("custom_id", "says"),
    [
        ("detail:growth:weekly:2025-W99", "“2025-W99” does not exist"),
        ("counted:weekly", None),  # of the first release: names no period
        ("detail:growth:weekly:2025-W46", None),
    ],
)
async def test_buttons_of_other_versions_and_processes_are_answered(
    sandbox, connect, bench, details, sqlite_recorded, custom_id, says
):
    client = await connect(bench.services(sqlite_recorded))
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "x", "custom_id": custom_id}]}
    posted = await client.http.create_message({"content": "digest", "components": [row]}, LEADERSHIP)
    answers = (await sandbox.press(STAFF, posted["id"], custom_id).settled()).messages_seen_by(STAFF)

    assert bool(answers[0]["embeds"]) == (says is None)
    assert says is None or answers[0]["content"].startswith(says)
