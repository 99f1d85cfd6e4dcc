"""What enters at the intake arrives in the log and in the tables: counted, and the same every time."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import socket
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from rich.console import Console
from sqlalchemy import func, select, text

from bot.cli.command_line import invoke
from bot.digests.settings import DigestSettings
from sandbox.community import tell
from sandbox.community_calendar import DAY_MS
from sandbox.community_cast import Kind
from sandbox.community_history import History
from sandbox.community_moves import Speaks, StartsEvent
from sandbox.community_place import (
    AFK,
    APPLICATION_ID,
    GENERAL,
    GUILD_ID,
    LEADERSHIP,
    LOBBY,
    MUSIC_BOT_ID,
    PROFILE_BOT_ID,
)
from sandbox.demo import DemoFolder, live_from_ms, record_history
from sandbox.demo_clock import DemoClock
from sandbox.demo_config import CONFIG
from sandbox.demo_output import begin_anew, refuse_to_overwrite
from sandbox.demo_show import Play, own_command, play_once, show
from sandbox.demo_stage import Stage
from sandbox.event_state import WrongStatus
from storage import tables
from storage.database import Warehouse
from storage.rebuild import table_digests

NOW = datetime(2026, 11, 17, 10, tzinfo=UTC)  # a Tuesday: a whole week of events comes through the gateway
NOW_MS = int(NOW.timestamp() * 1000)
BOTS = 3  # the bot itself, the music bot, and the one that shows profiles
WITH_OUTAGE = 66  # days
EPHEMERAL = 64


def test_a_command_is_told_as_a_shell_finds_it_here(tmp_path, monkeypatch):
    program = tmp_path / ".venv" / "bin" / "insights"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    monkeypatch.setattr("sys.executable", str(program.with_name("python")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert own_command() == ".venv/bin/insights"
    monkeypatch.setenv("PATH", str(program.parent))
    assert own_command() == "insights"


@contextmanager
def no_bar(_what: str) -> Iterator:
    yield lambda _done, _total: None


@pytest.fixture(scope="module")
def story():
    return tell(3, NOW, WITH_OUTAGE)


@pytest.fixture(scope="module")
def dispatches(story):
    return list(History(story, NOW_MS).dispatches())


@pytest.fixture(scope="module")
def recorded(story, tmp_path_factory):
    """The folder of a recorded history, and what the import says of it."""
    folder = DemoFolder(tmp_path_factory.mktemp("demo"))
    folder.prepare(3)
    return folder, asyncio.run(record_history(folder, History(story, NOW_MS), no_bar))


@pytest.fixture
async def conn(recorded):
    warehouse = await Warehouse.open(recorded[0].warehouse_url)
    async with warehouse.reading() as conn:
        yield conn
    await warehouse.close()


async def count(conn, table, *where):
    return (await conn.execute(select(func.count()).select_from(table).where(*where))).scalar_one()


async def test_every_dispatch_is_a_row_of_the_log(conn, dispatches, recorded):
    sent = Counter(dispatch.type for dispatch in dispatches)
    log = tables.event_log
    kept = dict((await conn.execute(select(log.c.type, func.count()).group_by(log.c.type))).all())
    lists = sent.pop("GUILD_MEMBERS_CHUNK")
    answers = sum("interaction" in d.data for d in dispatches if d.type == "MESSAGE_CREATE")
    sent["MESSAGE_CREATE"] -= answers
    assert kept.pop("COMMAND_ANSWERED") == answers > 0
    for kind, number in sent.items():
        assert kept.pop(kind) == number, kind
    states = [d for d in dispatches if d.type == "GUILD_CREATE"]
    in_lists = [d for d in dispatches if d.type == "GUILD_MEMBERS_CHUNK"]
    assert kept.pop("SNAPSHOT_MEMBER") == sum(len(d.data["members"]) for d in in_lists)
    assert kept.pop("SNAPSHOT_MEMBERS_END") == lists
    assert kept.pop("SNAPSHOT_VOICE_STATE", 0) == sum(len(d.data["voice_states"]) for d in states)
    assert kept.pop("SNAPSHOT_VOICE_END") == len(states)
    planned = [len(d.data["guild_scheduled_events"]) for d in states]
    assert kept.pop("SNAPSHOT_SCHEDULED_EVENT", 0) == sum(planned)
    assert kept.pop("SNAPSHOT_SCHEDULED_EVENTS_END") == len(states)
    rooms = [channel for d in states for channel in d.data["channels"] if "user_limit" in channel]
    assert kept.pop("SNAPSHOT_CHANNEL") == len(rooms) > 0
    assert kept.pop("EVENT_DECLARED") == 1
    assert kept.pop("SNAPSHOT_RSVPS_END") > kept.pop("SNAPSHOT_RSVP") / 100  # whole lists of several people
    assert set(kept) == {"COVERAGE"}
    assert recorded[1].dispatches == len(dispatches)
    assert recorded[1].rows == await count(conn, log)


async def test_nothing_was_set_aside(conn):
    assert await count(conn, tables.dead_letters) == 0


async def test_everybody_who_was_ever_there_is_a_member(conn, story):
    there = [p for p in story.people if p.spells[0][0] <= NOW_MS and _seen(story, p)]
    assert await count(conn, tables.members) == len(there) + BOTS
    assert await count(conn, tables.identities) == len(there) + BOTS


def _seen(story, person) -> bool:
    """In the server at a moment at which somebody was listening."""
    lost_ms, back_ms = story.outage
    return any(
        (left is None or left > story.begin_ms)
        and not (joined >= lost_ms and left is not None and left < back_ms)
        for joined, left in person.spells
        if joined <= NOW_MS
    )


async def test_spells_begin_and_end_as_told(conn, story):
    here = sum(person.in_guild(NOW_MS) for person in story.people)
    spells = tables.membership_spells
    assert await count(conn, spells, spells.c.left_ms.is_(None)) == here + BOTS
    lost_ms, back_ms = story.outage
    left = [
        left
        for person in story.people
        for joined, left in person.spells
        if left is not None and story.begin_ms < left <= NOW_MS and not lost_ms <= left < back_ms
    ]
    exact = {row.left_ms for row in await conn.execute(select(spells)) if row.left_ms}
    assert set(left) <= exact


async def test_a_stay_in_each_channel_is_a_session(conn, dispatches, story):
    """Counted anew from the dispatches: a session ends where the channel changes, or with the recording."""
    sessions, channel_of = 0, {}
    for dispatch in dispatches:
        data = dispatch.data
        if dispatch.type == "GUILD_CREATE":
            channel_of = {state["user_id"]: state["channel_id"] for state in data["voice_states"]}
            sessions += len(channel_of)
        elif dispatch.type == "GUILD_MEMBER_REMOVE":
            channel_of.pop(data["user"]["id"], None)
        elif dispatch.type == "VOICE_STATE_UPDATE" and data["user_id"] != str(MUSIC_BOT_ID):
            sessions += (
                data["channel_id"] is not None and channel_of.get(data["user_id"]) != data["channel_id"]
            )
            channel_of[data["user_id"]] = data["channel_id"]
    table = tables.activity_sessions
    of_people = table.c.member_no.in_(
        select(tables.members.c.member_no).where(tables.members.c.is_bot.is_(False))
    )
    assert await count(conn, table, of_people) == sessions


async def test_time_in_the_afk_channel_qualifies_nobody(conn):
    table = tables.activity_sessions
    assert await count(conn, table, table.c.channel_id == AFK) > 0
    assert await count(conn, table, table.c.channel_id == AFK, table.c.qualifying_ms > 0) == 0


async def test_every_command_is_an_invocation(conn, dispatches):
    ran = sum(dispatch.type == "INTERACTION_CREATE" for dispatch in dispatches)
    answered = sum("interaction" in d.data for d in dispatches if d.type == "MESSAGE_CREATE")
    application = tables.command_invocations.c.application_id
    assert await count(conn, tables.command_invocations, application == APPLICATION_ID) == ran > 0
    assert await count(conn, tables.command_invocations, application == PROFILE_BOT_ID) == answered > 0
    assert await count(conn, tables.command_invocations) == ran + answered


async def test_the_outage_is_the_only_gap(conn, story):
    coverage = tables.coverage
    rows = (await conn.execute(select(coverage).order_by(coverage.c.source, coverage.c.from_ms))).all()
    by_source = defaultdict(list)
    for row in rows:
        by_source[row.source].append((row.from_ms, row.to_ms, row.state))
    lost_ms, back_ms = story.outage
    spans = [
        (story.begin_ms, lost_ms, "recorded"),
        (lost_ms, back_ms, "gap"),
        (back_ms, NOW_MS, "recorded"),
    ]
    read_later = [spans[0], (lost_ms, back_ms, "late"), spans[2]]  # from the audit log
    sources = ("voice", "members", "events", "commands", "text")
    assert by_source == dict.fromkeys(sources, spans) | {"removals": read_later}


async def test_after_the_outage_the_bot_asks_for_the_answers_that_it_missed(conn, story):
    log, (_, back_ms) = tables.event_log, story.outage
    asked = log.c.occurred_from_ms == back_ms
    assert await count(conn, log, asked, log.c.type == "SNAPSHOT_RSVPS_END") >= 4  # one for each event
    assert await count(conn, log, asked, log.c.type == "SNAPSHOT_RSVP") > 0


async def test_most_evenings_have_a_start_an_end_and_everybodys_answer(conn):
    table = tables.event_occurrences
    whole = table.c.rsvps_listed, ~table.c.start_estimated, ~table.c.end_estimated
    held = await count(conn, table, table.c.outcome == "held")
    assert await count(conn, table, table.c.outcome == "held", *whole) >= held - 2 > 20


async def test_the_people_active_on_a_day_are_those_who_were_in_voice_together(conn, story):
    sets = (
        await conn.execute(text("SELECT count(*) FROM day_sets WHERE activity = 'voice' AND size > 5"))
    ).scalar()
    assert sets >= WITH_OUTAGE - 5


def test_raiders_of_before_are_not_in_a_short_story(story):
    assert not [p for p in story.people if p.kind is Kind.RAIDER and p.in_guild(story.begin_ms)]


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    outs = []
    for _ in range(2):
        out = tmp_path_factory.mktemp("once") / "out"
        lines = list(asyncio.run(play_once(Play(3, NOW, days=21), out, no_bar)))
        outs.append((out, lines))
    return outs


def test_what_an_earlier_demo_wrote_may_be_written_anew(twice):
    refuse_to_overwrite(twice[0][0])


def test_the_same_seed_and_moment_give_the_same_files(twice):
    (one, _), (other, _) = twice
    for folder in ("messages", "pictures", "files"):
        files = sorted(path.name for path in (one / folder).iterdir())
        assert files == sorted(path.name for path in (other / folder).iterdir())
        for name in files:
            assert (one / folder / name).read_bytes() == (other / folder / name).read_bytes(), name


async def test_the_same_seed_and_moment_give_the_same_tables(twice):
    digests = []
    for out, _ in twice:
        warehouse = await Warehouse.open(str(out / "warehouse.db"))
        async with warehouse.reading() as conn:
            digests.append(await table_digests(conn, GUILD_ID))
        await warehouse.close()
    assert digests[0] == digests[1]


@pytest.fixture(scope="module")
def messages(twice):
    return [json.loads(path.read_text("utf-8")) for path in sorted((twice[0][0] / "messages").iterdir())]


def titled(messages, words):
    return [message for message in messages if words in (message["embeds"] or [{}])[0].get("title", "")]


def posted(messages):
    """What everybody in the channel sees: the digests."""
    return [message for message in messages if not message["flags"] & EPHEMERAL]


def asked_with(message):
    """The command that a message answers."""
    return (message.get("interaction") or {}).get("name")


def test_the_digest_of_last_week_is_posted_on_time_with_its_picture(twice, messages):
    out, lines = twice[0]
    (message,) = titled(posted(messages), "Week 46")
    assert message["channel_id"] == str(LEADERSHIP)
    assert "late" not in message["embeds"][0]["description"]
    picture = out / "messages" / message["attachments"][0]["url"]
    assert picture.resolve().read_bytes().startswith(b"\x89PNG")
    assert any(message["content"] in line for line in lines)


def test_what_somebody_asked_is_answered_for_that_person_only(messages):
    digests = [message["embeds"][0]["title"].split(" · ")[0] for message in posted(messages)]
    assert digests == ["Week 45", "Week 46"]  # as the bot comes online, and on the Monday after
    asked = Counter(asked_with(message) for message in messages)
    assert asked["insights health"] >= 1
    assert asked["insights event"] == 1
    assert asked["insights declare"] == 1


def test_the_organizer_sees_who_came_and_gets_it_as_a_file(twice, messages):
    (event,) = [m for m in messages if asked_with(m) == "insights event"]
    assert event["embeds"][0]["title"].startswith("Sunday Inhouse · Sun 15 Nov 2026")
    assert event["channel_id"] == str(GENERAL)
    (with_file,) = [m for m in messages if any(a["filename"].endswith(".csv") for a in m["attachments"])]
    (file,) = with_file["attachments"]
    rows = (twice[0][0] / "messages" / file["url"]).resolve().read_text("utf-8").splitlines()
    assert len(rows) > 20
    assert {row.split(",")[1] for row in rows[1:]} == {"Sunday Inhouse"}
    lists = [message["embeds"][0]["title"] for message in titled(messages, "Sunday Inhouse")]
    assert {title.split(" · ")[0] for title in lists} >= {"Who came", "No-shows"}


def test_every_button_under_the_digest_was_pressed(messages):
    (digest,) = titled(posted(messages), "Week 46")
    labels = [button["label"] for row in digest["components"] for button in row["components"]]
    assert labels == ["Growth", "Segments", "Retention", "Events", "How counted"]
    answers = [m for m in messages if m["flags"] & EPHEMERAL and m["channel_id"] == str(LEADERSHIP)]
    assert len(titled([m for m in answers if not asked_with(m)], "Week 46")) >= len(labels) - 1
    pictures = {a["filename"].split("-")[0] for message in answers for a in message["attachments"]}
    assert pictures >= {"growth", "events"}  # three weeks are too short for the other two
    assert any(message["content"] == "How these numbers are counted" for message in answers)


def test_the_evening_that_nobody_scheduled_was_declared_and_counted(messages):
    (told,) = [m for m in messages if asked_with(m) == "insights declare"]
    assert told["embeds"][0]["title"].startswith("Ranked Marathon · Fri 13 Nov 2026, 21:30")


def test_what_was_played_once_can_be_asked_on_the_terminal(twice, messages, monkeypatch, capsys):
    out, lines = twice[0]
    command = lines[-1].splitlines()[-1].split()
    variable, _, folder = command[0].partition("=")
    monkeypatch.setenv(variable, folder)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert (folder, command[1]) == (str(out), own_command())
    assert invoke(command[2:]) == 0
    told = capsys.readouterr().out
    (health,) = [m for m in messages if asked_with(m) == "insights health" and m["content"]][-1:]
    assert told.startswith(health["content"].replace("\\", ""))


@pytest.fixture
def tried(twice, tmp_path, monkeypatch, capsys):
    """A copy of what was written, to try verbs on: status, and what was printed."""
    out = tmp_path / "tried"
    shutil.copytree(twice[1][0], out)
    monkeypatch.setenv("INSIGHTS_DATA", str(out))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)

    def run(*arguments):
        status = invoke((*arguments, "--config", str(out / "config.toml")))
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    run.out = out
    return run


def test_nothing_but_the_token_is_missing_in_what_was_written(tried):
    _, told = tried("doctor", "--json")
    found = json.loads(told)["findings"]
    assert [finding["about"] for finding in found if finding["state"] == "ill"] == ["Token"]
    assert {finding["state"] for finding in found if finding["about"] in ("File modes", "Secret")} == {"well"}
    inner = [path for path in tried.out.rglob("*") if path.stat().st_mode & 0o077]
    assert inner == []


def test_the_past_can_be_tried_in_what_was_written(tried, tmp_path):
    file = tmp_path / "past.jsonl"
    file.write_text('{"kind": "join", "person": "190320984123768832", "at": "2025-03-01T18:00:00Z"}\n')
    status, told = tried("import", "--dry-run", str(file))
    assert (status, "1 " in told) == (0, True), told


def test_a_person_can_be_erased_from_what_was_written_and_is_back_in_the_next_demo(tried):
    with closing(sqlite3.connect(tried.out / "warehouse.db")) as found:
        (user_id,) = found.execute("SELECT max(user_id) FROM identities").fetchone()
    status, told = tried("erase", str(user_id), "--yes")
    assert status == 0, told
    assert "Removed: the row that says which number they are" in told
    assert (tried.out / "withdrawals").exists()
    begin_anew(tried.out)
    assert not (tried.out / "withdrawals").exists()
    assert not list(tried.out.glob("journal.db*"))


def test_a_folder_that_holds_other_things_stays_as_open_as_it_was(tmp_path):
    (tmp_path / "letter.txt").touch()
    tmp_path.chmod(0o755)
    begin_anew(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    begin_anew(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_every_request_that_the_bot_sent_is_listed(twice):
    requests = [json.loads(line) for line in (twice[0][0] / "requests.jsonl").read_text().splitlines()]
    assert all(set(request) == {"method", "path", "body", "files"} for request in requests)
    posted = [
        r for r in requests if r["path"] == f"/channels/{LEADERSHIP}/messages" and r["method"] == "POST"
    ]
    assert [(r["files"], r["body"]["allowed_mentions"]) for r in posted] == [(1, {"parse": []})] * 2


async def test_the_bot_asked_who_is_interested_as_events_began_and_ended(twice):
    """Of every evening of the live week that somebody started, everybody's answer is known."""
    table = tables.event_occurrences
    began = [datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000 for day in (9, 17)]
    warehouse = await Warehouse.open(str(twice[0][0] / "warehouse.db"))
    async with warehouse.reading() as conn:
        started = select(table.c.title, table.c.rsvps_listed).where(
            table.c.actual_start_ms.between(*began), table.c.is_declared.is_(False)
        )
        held = (await conn.execute(started)).all()
    await warehouse.close()
    assert {title for title, _ in held} == {
        "Sunday Inhouse",
        "Wednesday Inhouse",
        "Beginner Night",
        "Café 語り場 ☕",
    }
    assert all(listed for _, listed in held)


async def test_the_last_days_came_through_the_gateway(twice):
    warehouse = await Warehouse.open(str(twice[0][0] / "warehouse.db"))
    async with warehouse.reading() as conn:
        to_ms = (await conn.execute(text("SELECT max(to_ms) FROM coverage"))).scalar()
        gaps = (await conn.execute(text("SELECT count(*) FROM coverage WHERE state <> 'recorded'"))).scalar()
    await warehouse.close()
    assert (to_ms, gaps) == (NOW_MS, 0)


async def test_the_live_demo_serves_its_page_lets_people_act_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = io.StringIO()
    task = asyncio.create_task(show(Play(3, NOW, days=9), port, no_bar, Console(file=said, width=200)))
    async with asyncio.timeout(60):
        while "A minute there is a second here" not in said.getvalue():
            assert not task.done(), task.exception()
            await asyncio.sleep(0.05)
        async with (
            aiohttp.ClientSession() as browser,
            browser.get(f"http://127.0.0.1:{port}/stream") as events,
        ):
            first = json.loads((await events.content.readline()).removeprefix(b"data: "))
    shown = first["put"][str(LEADERSHIP)]
    assert len(shown) >= 3  # the digest, and the viewer's own look at the health and at an event
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert list(tmp_path.iterdir()) == []


async def test_whoever_sits_at_the_page_may_be_quicker_than_the_story():
    history = History(tell(3, NOW, 9), NOW_MS)
    list(history.dispatches())
    clock = DemoClock(NOW_MS)
    stage = await Stage.after(history, clock)
    try:
        start = next(m for m in stage.due(NOW_MS + 2 * DAY_MS) if isinstance(m, StartsEvent))
        clock.put(start.at_ms)
        stage.play(start)  # at the page
        with pytest.raises(WrongStatus):
            stage.play(start)
        stage.play_along(start)
    finally:
        await stage.stop()
    running = [event for event in stage.sandbox.world.guild.events.upcoming() if event.status == 2]
    assert [event.name for event in running] == ["Wednesday Inhouse"]


async def test_whoever_can_be_played_sits_in_voice_only_where_the_page_puts_them():
    history = History(tell(3, NOW, 9), NOW_MS)
    list(history.dispatches())
    stage = await Stage.after(history, DemoClock(NOW_MS))
    voice = stage.sandbox.world.guild.voice
    try:
        for user_id in stage.played_ids:
            stage.sandbox.voice(user_id, LOBBY)
        stage.hand_over()
        assert voice.keys().isdisjoint(stage.played_ids)
        stage.sandbox.voice(stage.viewer_id, LOBBY)  # at the page
        moved = [m for m in stage.due(NOW_MS + 7 * DAY_MS) if isinstance(m, Speaks)]
        assert {m.user_id for m in moved} & set(stage.played_ids)
        for move in moved:
            stage.play_along(move)
            assert voice.keys() & set(stage.played_ids) == {stage.viewer_id}
            assert voice[stage.viewer_id].channel_id == LOBBY
    finally:
        await stage.stop()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 19, 19, tzinfo=UTC), datetime(2026, 11, 16, 8, tzinfo=UTC)),
        (datetime(2026, 11, 17, 19, tzinfo=UTC), datetime(2026, 11, 9, 8, tzinfo=UTC)),  # two days at least
        (
            datetime(2026, 10, 28, 19, tzinfo=UTC),
            datetime(2026, 10, 26, 8, tzinfo=UTC),
        ),  # winter time since Sunday
    ],
)
def test_the_bot_comes_online_as_a_digest_is_due(tmp_path, now, expected):
    folder = DemoFolder(tmp_path)
    folder.prepare(1)
    settings = DigestSettings.of(folder.settings().current)
    assert live_from_ms(int(now.timestamp() * 1000), settings) == int(expected.timestamp() * 1000)


def test_the_demos_settings_name_its_own_server():
    assert str(GUILD_ID) in CONFIG


def test_the_demos_clock_stands_and_runs():
    ticks = [10.0]
    clock = DemoClock(1_000_000, lambda: ticks[0])
    ticks[0] = 20.0
    assert clock.now_ms == 1_000_000
    clock.run(60)
    ticks[0] = 21.5
    assert clock.now_ms == 1_090_000
    assert clock.seconds_until(1_150_000) == 1.0
    clock.put(5_000_000)
    ticks[0] = 99.0
    assert clock.now_ms == 5_000_000
