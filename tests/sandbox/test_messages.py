"""Messages through the real client: stored as sent, files byte for byte, each nonce once."""

from __future__ import annotations

import io
import re

import aiohttp
import interactions
import pytest

from sandbox.permissions import Overwrite, Permission
from sandbox.seed import ChannelKind, ChannelSeed

TEXT = 3000
NOBODY = {"parse": []}


@pytest.fixture
async def channel(sandbox, connect):
    bot = await connect(sandbox)
    return bot.get_channel(TEXT)


async def test_a_file_arrives_byte_for_byte_and_can_be_fetched(sandbox, channel):
    picture = bytes(range(256)) * 40 + b"\r\n--boundary\r\n"
    file = interactions.File(io.BytesIO(picture), "trend.png", description="A line that rises")
    embed = interactions.Embed(title="Week 46", description="187 people")
    await channel.send("The week", embeds=embed, files=[file], allowed_mentions=NOBODY)

    (message,) = sandbox.messages(TEXT)
    (attachment,) = message["attachments"]
    assert sandbox.attachment(attachment["id"])[0] == picture
    assert (attachment["filename"], attachment["description"]) == ("trend.png", "A line that rises")
    assert message["embeds"][0]["title"] == "Week 46"
    assert sandbox.requests[-1].files == [("files[0]", "trend.png", picture)]
    async with aiohttp.ClientSession() as session, session.get(attachment["url"]) as response:
        assert await response.read() == picture


async def test_two_files_keep_their_order_and_their_descriptions(sandbox, channel):
    files = [
        interactions.File(io.BytesIO(n), f"{n.decode()}.txt", description=n.decode()) for n in (b"a", b"b")
    ]
    await channel.send(files=files)
    (message,) = sandbox.messages(TEXT)
    assert [(a["filename"], a["description"]) for a in message["attachments"]] == [
        ("a.txt", "a"),
        ("b.txt", "b"),
    ]


async def test_an_enforced_nonce_makes_one_message(sandbox, channel):
    first = await channel.send("digest", nonce="weekly-2025-W46", enforce_nonce=True)
    second = await channel.send("digest", nonce="weekly-2025-W46", enforce_nonce=True)
    assert first.id == second.id
    assert len(sandbox.messages(TEXT)) == 1


async def test_a_nonce_that_is_not_enforced_makes_two(sandbox, channel):
    await channel.send("digest", nonce="n")
    await channel.send("digest", nonce="n")
    assert len(sandbox.messages(TEXT)) == 2


async def test_a_nonce_is_forgotten_after_some_minutes(start, connect, seconds):
    sandbox = await start(monotonic=seconds)
    channel = (await connect(sandbox)).get_channel(TEXT)
    await channel.send("digest", nonce="n", enforce_nonce=True)
    seconds.seconds += 299
    await channel.send("digest", nonce="n", enforce_nonce=True)
    assert len(sandbox.messages(TEXT)) == 1
    seconds.seconds += 301
    await channel.send("digest", nonce="n", enforce_nonce=True)
    assert len(sandbox.messages(TEXT)) == 2


async def test_history_comes_newest_first_and_in_pages(sandbox, channel):
    sent = [await channel.send(str(k)) for k in range(7)]
    history = [message.content async for message in channel.history(limit=5)]
    assert history == ["6", "5", "4", "3", "2"]
    older = await channel.fetch_messages(limit=2, before=sent[2].id)
    assert [message.content for message in older] == ["1", "0"]
    newer = await channel.fetch_messages(limit=2, after=sent[2].id)
    assert sorted(message.content for message in newer) == ["3", "4"]


async def test_an_edit_changes_what_it_names_and_leaves_the_rest(sandbox, channel, clock):
    message = await channel.send("before", embeds=interactions.Embed(title="kept"))
    clock.advance(minutes=1)
    await message.edit(content="after")

    (stored,) = sandbox.messages(TEXT)
    assert (stored["content"], stored["embeds"][0]["title"]) == ("after", "kept")
    assert stored["edited_timestamp"] == "2025-11-17T08:01:00.000000+00:00"


async def test_an_edit_can_replace_the_picture(sandbox, channel):
    message = await channel.send("m", files=interactions.File(io.BytesIO(b"old"), "old.png", description="o"))
    await message.edit(files=interactions.File(io.BytesIO(b"new"), "new.png", description="n"))
    (stored,) = sandbox.messages(TEXT)
    assert [a["filename"] for a in stored["attachments"]] == ["new.png"]


async def test_an_edit_can_replace_buttons_and_hide_embeds(sandbox, channel):
    grey = interactions.ButtonStyle.GREY
    old, new = (interactions.Button(style=grey, label=name, custom_id=name) for name in ("old", "new"))
    message = await channel.send("m", components=old)
    await message.edit(components=new, flags=interactions.MessageFlags.SUPPRESS_EMBEDS)
    (stored,) = sandbox.messages(TEXT)
    (row,) = stored["components"]
    assert [button["custom_id"] for button in row["components"]] == ["new"]
    assert stored["flags"] == 4


async def test_messages_around_another_one_can_be_listed(sandbox, ask):
    ids = [sandbox.say(5001, TEXT, str(k)).message_id for k in range(7)]
    path = "/channels/3000/messages"
    _, listed = await ask(sandbox, "GET", path, params={"around": str(ids[3]), "limit": "3"})
    assert [message["content"] for message in listed] == ["4", "3", "2"]
    assert (await ask(sandbox, "POST", "/channels/3000/typing"))[0] == 204


async def test_a_deleted_message_is_gone(sandbox, channel):
    message = await channel.send("oops")
    await message.delete()
    assert sandbox.messages(TEXT) == []


async def test_ids_and_times_come_from_the_given_clock(sandbox, channel, clock):
    message = await channel.send("now")
    assert message.created_at == clock.now()
    assert message.timestamp == clock.now()


@pytest.mark.parametrize(
    ("allowed", "pings"),
    [(None, True), (NOBODY, False), ({"parse": ["users"]}, True), ({"users": ["5001"]}, True)],
)
async def test_a_mention_pings_unless_it_is_not_allowed_to(sandbox, channel, allowed, pings):
    await channel.send("<@5001>", allowed_mentions=allowed)
    (message,) = sandbox.messages(TEXT)
    assert [user["id"] for user in message["mentions"]] == (["5001"] if pings else [])


async def test_everyone_is_pinged_only_when_nothing_forbids_it(sandbox, channel):
    await channel.send("@everyone")
    await channel.send("@everyone", allowed_mentions=NOBODY)
    assert [m["mention_everyone"] for m in sandbox.messages(TEXT)] == [True, False]


async def test_the_bot_hears_its_own_messages_but_none_of_a_channel_it_cannot_see(start, connect, seed, ask):
    sandbox = await start()
    bot = await connect(sandbox)
    sandbox.put_channel(
        ChannelSeed(3009, "staff", ChannelKind.TEXT, [Overwrite(2000, deny=Permission.VIEW_CHANNEL)])
    )
    sandbox.say(5000, 3009, "among ourselves")
    await bot.get_channel(TEXT).send("hello")

    heard = await bot.sees("MESSAGE_CREATE")
    assert [message["content"] for message in heard] == ["hello"]


async def test_a_file_that_was_never_sent_is_not_found(sandbox):
    base = re.sub("/api/v10$", "", sandbox.api_url)
    async with aiohttp.ClientSession() as session:
        for path in ("/attachments/3000/1/a.png", "/attachments/3000/x/a.png"):
            async with session.get(base + path) as response:
                assert response.status == 404
