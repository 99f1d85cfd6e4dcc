"""The page's server over plain HTTP: what it serves, whom it lets act, what it refuses."""

from __future__ import annotations

import json

import aiohttp
import pytest
import pytest_asyncio

from sandbox.page_server import PageUnavailable, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")
AURORA, BRAM, CATO, STRANGER = "5000", "5001", "5002", "5010"
LEADERSHIP, GENERAL, LOBBY, LOCKED = "3000", "3001", "3002", "3004"
JSON = "application/json"


@pytest_asyncio.fixture(loop_scope="session")
async def session(stand):
    async with aiohttp.ClientSession(await stand.serve()) as opened:
        yield opened


async def told(events):
    line = await events.content.readline()
    await events.content.readline()
    return json.loads(line.removeprefix(b"data: "))


async def test_files_are_served_byte_for_byte(stand, session):
    content = bytes(range(256)) * 40
    message = stand.post("Data", files=[("data.bin", content, "application/octet-stream", "")])
    (file,) = message.body["attachments"]
    async with session.get(f"/attachments/{file['id']}/data.bin") as answer:
        assert (await answer.read(), answer.content_type) == (content, "application/octet-stream")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/attachments/99/x", 404),
        ("/attachments/x/x", 404),
        ("/page/..%2Fpage_server.py", 404),
        ("/page/none.js", 404),
        ("/recording", 404),
        (f"/recording?persona={STRANGER}", 403),
        (f"/stream?persona={STRANGER}", 403),
        (f"/people?persona={STRANGER}", 403),
        ("/people?persona=x", 400),
    ],
)
async def test_what_is_not_there_or_not_theirs_is_refused(session, path, status):
    async with session.get(path) as answer:
        assert answer.status == status


async def test_the_page_forbids_whatever_comes_from_elsewhere(session):
    async with session.get("/") as answer:
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'; frame-ancestors 'none'"
        page = await answer.text()
    assert "http:" not in page and "https:" not in page
    assert " style=" not in page and "<script>" not in page


async def test_what_is_unchanged_is_not_sent_again(stand, session):
    stand.post("one")
    async with session.get("/stream") as events:
        first = await told(events)
        assert [m["content"] for m in first["put"][LEADERSHIP]] == ["one"]
        assert {"server", "channels", "voice", "events", "may_create", "commands", "now"} <= set(first)
        for _ in range(3):
            stand.sandbox.changed.notify()
        stand.post("two")
        news = await told(events)
        while set(news) == {"now"}:
            news = await told(events)
        assert set(news) == {"now", "put"}
        assert [m["content"] for m in news["put"][LEADERSHIP]] == ["two"]


async def test_a_member_is_told_nothing_of_what_they_cannot_see(stand, session):
    stand.post("For leadership")
    stand.post("For Aurora", channel_id=int(GENERAL), only_for=int(AURORA))
    async with session.get(f"/stream?persona={CATO}") as events:
        raw = await told(events)
    assert "leadership" not in json.dumps(raw["channels"])
    assert "put" not in raw


async def test_a_command_is_offered_to_those_whose_permissions_it_asks_for(stand, session):
    for name, needed in (("open", None), ("events", str(1 << 33)), ("closed", "0")):
        command = {"name": name, "description": "x", "type": 1, "default_member_permissions": needed}
        stand.sandbox.world.commands.put(0, command)
    offered = {}
    for persona in (AURORA, CATO):
        async with session.get(f"/stream?persona={persona}") as events:
            offered[persona] = [command["name"] for command in (await told(events))["commands"]]
    assert offered == {AURORA: ["open", "events", "closed"], CATO: ["open"]}


ACTS = [
    ("/press", {"message": "1", "component": "x"}),
    ("/command", {"channel": GENERAL, "command": "insights health"}),
    ("/autocomplete", {"channel": GENERAL, "command": "insights event", "focused": "event", "typed": ""}),
    ("/voice", {"channel": LOBBY}),
    ("/event/create", {"title": "x", "channel": LOBBY, "minutes": 5}),
    ("/event/change", {"event": "1", "action": "start"}),
]


@pytest.mark.parametrize(("path", "body"), ACTS)
async def test_only_the_offered_persons_can_be_acted_for(stand, session, path, body):
    async with session.post(path, json={"persona": STRANGER, **body}) as answer:
        assert answer.status == 403
    assert not stand.sandbox.world.guild.voice


@pytest.mark.parametrize(("path", "body"), ACTS)
async def test_only_json_that_fits_is_taken(session, path, body):
    whole = {"persona": AURORA, **body}
    async with session.post(path, data=json.dumps(whole), headers={"Content-Type": "text/plain"}) as answer:
        assert answer.status == 415
    for wrong in ("[]", "{", json.dumps({"persona": AURORA}), json.dumps(whole | {"persona": "me"})):
        async with session.post(path, data=wrong, headers={"Content-Type": JSON}) as answer:
            assert answer.status == 400, wrong


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/command", {"channel": LEADERSHIP, "command": "insights health"}),
        ("/autocomplete", {"channel": LEADERSHIP, "command": "c", "focused": "f", "typed": ""}),
        ("/voice", {"channel": LEADERSHIP}),
        ("/voice", {"channel": "1"}),
    ],
)
async def test_a_channel_that_is_hidden_from_them_is_refused(session, path, body):
    async with session.post(path, json={"persona": CATO, **body}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("path", "body", "trouble"),
    [
        ("/press", {"message": "1", "component": "x"}, "This interaction failed"),
        (
            "/command",
            {"channel": GENERAL, "command": "gone"},
            "This command is not registered any more.",
        ),
        ("/command", {"channel": GENERAL, "command": ""}, "This command is not registered any more."),
        ("/voice", {"channel": LOCKED}, "You do not have permission to join this channel."),
        ("/voice", {"channel": None}, ""),
        (
            "/event/create",
            {"title": "x", "channel": LOBBY, "minutes": 5},
            "You do not have permission to do this.",
        ),
        ("/event/change", {"event": "1", "action": "interested"}, "This event has changed meanwhile."),
    ],
)
async def test_what_cannot_be_done_is_one_sentence(session, path, body, trouble):
    async with session.post(path, json={"persona": CATO, **body}) as answer:
        assert await answer.json() == {"trouble": trouble}


async def test_a_message_in_a_hidden_channel_cannot_be_pressed(stand, session):
    buttons = [{"type": 2, "style": 2, "label": "x", "custom_id": "x"}]
    message = stand.post("Press", components=[{"type": 1, "components": buttons}])
    press = {"persona": CATO, "message": str(message.message_id), "component": "x"}
    async with session.post("/press", json=press) as answer:
        assert await answer.json() == {"trouble": "This interaction failed"}


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({"title": "x" * 101}, "A title has 1 to 100 characters."),
        ({"minutes": 0}, "An event starts in 1 to 86,400 minutes."),
        ({"minutes": 10**12}, "An event starts in 1 to 86,400 minutes."),
        ({"minutes": 2**53}, "An event starts in 1 to 86,400 minutes."),
        ({"channel": GENERAL}, "Choose one of the voice channels."),
        ({"channel": "1"}, "Choose one of the voice channels."),
    ],
)
async def test_an_event_that_discord_would_not_take_is_one_sentence(stand, session, wrong, trouble):
    event = {"persona": AURORA, "title": "x", "channel": LOBBY, "minutes": 5} | wrong
    async with session.post("/event/create", json=event) as answer:
        assert await answer.json() == {"trouble": trouble}
    assert stand.sandbox.world.guild.events.upcoming() == []


async def test_minutes_of_many_digits_are_refused(stand, session):
    event = {"persona": AURORA, "title": "x", "channel": LOBBY, "minutes": 10**19 + 1}
    for minutes in (10**19 + 1, "9" * 20, -(10**400)):
        async with session.post("/event/create", json=event | {"minutes": minutes}) as answer:
            assert (answer.status, (await answer.text())[:21]) == (400, "The body does not fit")
    assert stand.sandbox.world.guild.events.upcoming() == []


async def test_people_are_found_by_a_part_of_their_name(session):
    async with session.get("/people", params={"typed": "@RA"}) as answer:
        assert [one["name"] for one in await answer.json()] == ["Aurora", "Bram"]
    async with session.get("/people", params={"typed": "person"}) as answer:
        assert len(await answer.json()) == 25


async def test_a_persona_who_left_sees_nothing_and_may_do_nothing(stand, session):
    stand.sandbox.member_leaves(int(CATO))
    async with session.get(f"/stream?persona={CATO}") as events:
        first = await told(events)
    assert first["channels"] == {"text": [], "voice": []}
    async with session.post("/voice", json={"persona": CATO, "channel": LOBBY}) as answer:
        assert answer.status == 403


async def test_a_taken_port_is_one_sentence(stand, session):
    port = int(stand.url.rpartition(":")[2])
    with pytest.raises(PageUnavailable, match=f"127.0.0.1:{port}.*choose another port"):
        await serve(stand.sandbox, [], int(LEADERSHIP), port=port)
