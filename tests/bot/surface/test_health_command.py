from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from sandbox.faults import Status
from storage.database import WarehouseUnavailable
from storage.trouble import WarehouseDamaged

GUILD, STAFF_ROLE = 2000, 201
STAFF, MEMBER = 500, 501
EPHEMERAL = 1 << 6


async def ask(sandbox, user_id=STAFF):
    return await sandbox.run_command(user_id, "insights health").settled()


def answers(invocation, user_id=STAFF):
    return invocation.messages_seen_by(user_id)


async def test_staff_get_the_report_for_themselves_alone(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    await connect(bench.services(sqlite_recorded))
    invocation = await ask(sandbox)
    (message,) = answers(invocation)

    assert invocation.acknowledged_after_s < 3
    assert message["flags"] & EPHEMERAL
    assert answers(invocation, MEMBER) == []
    assert 0 < len(message["content"]) <= 120
    (embed,) = message["embeds"]
    assert embed["title"].startswith("Health · 7 days to 16 Nov")
    assert "Active members **12** of 20 · alert if down more than 20 % · was 12" in embed[
        "description"
    ].replace("\u00a0", " ")
    assert "= **12** active" in embed["description"]
    assert embed["footer"]["text"].startswith("UTC · 95 % intervals · rules ")
    assert [a["filename"] for a in message["attachments"]] == ["health-trailing-7d.png"]
    assert message["attachments"][0]["description"]
    assert bench.observed.checks == [("insights health", True)]
    await eventually(lambda: bench.observed.completions == [("success", None)])


async def test_whoever_is_not_staff_gets_one_sentence_and_it_is_written_down(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    await connect(bench.services(sqlite_recorded))
    invocation = await ask(sandbox, MEMBER)
    (message,) = answers(invocation, MEMBER)

    assert message["flags"] & EPHEMERAL
    assert message["content"].endswith(".")
    assert not message["embeds"]
    assert bench.observed.checks == [("insights health", False)]
    await eventually(lambda: bench.observed.completions == [("denied", None)])


async def test_a_role_taken_away_counts_at_once_and_so_does_a_changed_configuration(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    await connect(bench.services(sqlite_recorded))
    await ask(sandbox)
    sandbox.world.guild.members[STAFF].roles = ()  # no dispatch tells the bot: only the interaction does
    await ask(sandbox)
    sandbox.world.guild.members[STAFF].roles = (STAFF_ROLE,)
    access = bench.holder.current.access.model_copy(update={"staff_roles": (999,)})
    bench.holder.current = bench.holder.current.model_copy(update={"access": access})
    await ask(sandbox)

    assert bench.observed.checks == [("insights health", granted) for granted in (True, False, False)]


async def test_nothing_that_the_bot_answers_can_ping(sandbox, connect, bench, eventually, sqlite_recorded):
    await connect(bench.services(sqlite_recorded))
    await ask(sandbox)
    await ask(sandbox, MEMBER)

    bodies = [r.body.get("data", r.body) for r in sandbox.requests if isinstance(r.body, dict)]
    sent = [body for body in bodies if "content" in body]
    assert len(sent) == 2
    assert all(body["allowed_mentions"] == {"parse": []} for body in sent)


@pytest.fixture
def broken(sqlite_recorded, monkeypatch):
    """Makes reading the warehouse fail with an error."""

    def breaks_with(error):
        def reading():
            raise error

        monkeypatch.setattr(sqlite_recorded, "reading", reading)
        return sqlite_recorded

    return breaks_with


@pytest.mark.parametrize(
    ("as_of", "says"),
    [
        (None, "The warehouse is locked. Nothing recorded is lost: try again later."),
        (True, "The warehouse is locked. Nothing recorded is lost (tables as of 08:30): try again later."),
    ],
)
async def test_while_the_warehouse_is_away_one_sentence_says_so_and_that_nothing_is_lost(
    sandbox, connect, bench, eventually, broken, as_of, says
):
    bench.tables.as_of_ms = bench.clock.ms - 30 * 60_000 if as_of else None
    await connect(
        bench.services(broken(WarehouseUnavailable("The warehouse /secret/path is locked.", "is locked")))
    )
    (message,) = answers(await ask(sandbox))

    assert message["content"] == says
    assert "/secret" not in message["content"]
    await eventually(lambda: bench.observed.completions == [("error", "WarehouseUnavailable")])


async def test_a_damaged_warehouse_is_recorded_as_a_failure_of_its_own_type(
    sandbox, connect, bench, eventually, broken
):
    error = WarehouseDamaged("The warehouse /secret/path is damaged.", "is damaged")
    await connect(bench.services(broken(error)))
    (message,) = answers(await ask(sandbox))

    assert message["content"].startswith("The warehouse is damaged: restore a backup")
    await eventually(lambda: bench.observed.completions == [("error", "WarehouseDamaged")])


async def test_a_report_that_takes_too_long_is_given_up(
    sandbox, connect, bench, eventually, sqlite_recorded, monkeypatch
):
    async def slow(*args):
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.commands.health.health", slow)
    monkeypatch.setattr("bot.commands.tables.REPORT_SECONDS", 0.05)
    await connect(bench.services(sqlite_recorded))
    (message,) = answers(await ask(sandbox))

    assert message["content"].startswith("The numbers took too long.")
    await eventually(lambda: bench.observed.completions == [("error", "TimeoutError")])


async def test_an_unexpected_error_is_answered_with_one_sentence_and_recorded_by_its_type(
    sandbox, connect, bench, eventually, broken
):
    await connect(bench.services(broken(ZeroDivisionError("secret detail"))))
    (message,) = answers(await ask(sandbox))

    assert message["flags"] & EPHEMERAL
    assert message["content"].startswith("Something went wrong")
    assert not re.search("secret|Traceback|ZeroDivision", str(message))
    await eventually(lambda: bench.observed.completions == [("error", "ZeroDivisionError")])


async def test_before_anything_is_recorded_it_says_so(sandbox, connect, bench, eventually, sqlite_warehouse):
    await connect(bench.services(sqlite_warehouse))
    (message,) = answers(await ask(sandbox))

    assert message["content"].endswith(".")
    assert not message["embeds"]
    await eventually(lambda: bench.observed.completions == [("success", None)])


async def test_the_message_comes_without_its_picture_where_drawing_fails_and_says_so(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    bench.pen.broken = True
    await connect(bench.services(sqlite_recorded))
    (message,) = answers(await ask(sandbox))

    assert message["attachments"] == []
    assert message["embeds"][0]["description"].endswith(
        "The picture could not be drawn; the numbers are complete."
    )


async def test_while_the_tables_do_not_follow_the_moment_is_named(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    bench.tables.problem = "The warehouse is locked by another process."
    await connect(bench.services(sqlite_recorded))
    (message,) = answers(await ask(sandbox))

    assert (
        "As of 00:00: newer events wait for the tables, none is lost." in message["embeds"][0]["description"]
    )


async def test_how_counted_answers_after_a_restart_and_to_staff_alone(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    services = bench.services(sqlite_recorded)
    first = await connect(services)
    (message,) = answers(await ask(sandbox))
    await first.stop()
    await connect(replace(services))
    button = message["components"][0]["components"][-1]
    told = await sandbox.press(STAFF, message["id"], button["custom_id"]).settled()

    assert button["style"] == 2
    (answer,) = answers(told)
    assert answer["flags"] & EPHEMERAL
    assert "**Active members**: How many different people" in answer["embeds"][0]["description"]
    assert bench.observed.checks[-1] == ("how counted", True)


async def test_how_counted_is_denied_to_whoever_is_not_staff(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    client = await connect(bench.services(sqlite_recorded))
    row = {
        "type": 1,
        "components": [{"type": 2, "style": 2, "label": "How counted", "custom_id": "counted:weekly"}],
    }
    posted = await client.http.create_message({"content": "digest", "components": [row]}, 300)
    denied = await sandbox.press(MEMBER, posted["id"], "counted:weekly").settled()

    (answer,) = answers(denied, MEMBER)
    assert not answer["embeds"]
    assert bench.observed.checks == [("how counted", False)]


async def test_an_acknowledgement_whose_answer_was_lost_holds(
    sandbox, connect, bench, eventually, sqlite_recorded
):
    await connect(bench.services(sqlite_recorded))
    sandbox.faults.next_rest("POST", "/interactions/*", Status(500, after_effect=True))
    invocation = await ask(sandbox)
    (message,) = answers(invocation)
    assert message["embeds"]
    await eventually(lambda: bench.observed.completions == [("success", None)])
