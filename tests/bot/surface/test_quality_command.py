"""`/insights quality` through the real client."""

from __future__ import annotations

from dataclasses import replace

from reports.vitals import Vitals

STAFF, ORGANIZER = 500, 502
EPHEMERAL = 1 << 6


async def ask(sandbox, user_id=STAFF):
    invocation = await sandbox.run_command(user_id, "insights quality").settled()
    (message,) = invocation.messages_seen_by(user_id)
    return message


async def test_staff_see_source_by_source_what_was_recorded(sandbox, connect, bench, sqlite_recorded):
    vitals = Vitals(since_ms=bench.clock.ms, loaded=12, waiting=3, lag_ms=(400, 1200))
    await connect(replace(bench.services(sqlite_recorded), vitals=lambda: vitals))
    message = await ask(sandbox)

    assert message["flags"] & EPHEMERAL
    (embed,) = message["embeds"]
    assert embed["title"].startswith("Data quality · as of ")
    told = embed["description"].replace("\u00a0", " ")
    assert "Voice **100 %**" in told
    assert "Waiting in the journal **3 events**" in told
    assert "From an event to its tables **0.4 s** at the median · 95 % in 1.2 s" in told
    assert [attached["filename"] for attached in message["attachments"]] == ["quality.png"]
    assert message["attachments"][0]["description"]


async def test_what_has_to_be_seen_to_comes_first(sandbox, connect, bench, sqlite_recorded):
    sentence = "The journal's disk has 150 MB left: free some, or recording stops when it is full."
    vitals = Vitals(since_ms=bench.clock.ms, warnings=(sentence,))
    await connect(replace(bench.services(sqlite_recorded), vitals=lambda: vitals))
    message = await ask(sandbox)

    assert message["content"] == sentence
    assert message["embeds"][0]["description"].splitlines()[1] == f"⚠️ {sentence}"
    assert message["embeds"][0]["color"] == 0xF5A742


async def test_without_its_picture_it_says_so(sandbox, connect, bench, sqlite_recorded):
    bench.pen.broken = True
    await connect(bench.services(sqlite_recorded))
    message = await ask(sandbox)
    assert message["attachments"] == []
    assert message["embeds"][0]["description"].endswith("the numbers are complete.")


async def test_it_is_not_for_organizers(sandbox, connect, bench, sqlite_recorded):
    await connect(bench.services(sqlite_recorded))
    message = await ask(sandbox, ORGANIZER)
    assert message["embeds"] == []
    assert bench.observed.checks == [("insights quality", False)]
