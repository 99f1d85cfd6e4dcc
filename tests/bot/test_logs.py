from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from bot.logs import configure_logs, scrubbed

TOKEN = "AAAAAAAAAAAAAAAAAAAAAAAAAA.BBBBBB.CCCCCCCCCCCCCCCCCCCCCCCCCCCC"
PERSON = 407_000_000_000_000_123


@pytest.fixture
def lines():
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def test_a_line_is_one_json_object_with_time_level_and_event(lines):
    structlog.get_logger("bot.test").info("settings_taken_up", file="config.toml")
    (line,) = lines()
    assert line["event"] == "settings_taken_up"
    assert (line["level"], line["file"]) == ("info", "config.toml")
    assert line["timestamp"].endswith("Z")


def test_lines_of_libraries_are_json_too(lines):
    logging.getLogger("interactions").error("gave up on %s", "/webhooks/123456789012345678/aW50ZXJhY3Rpb24/x")
    (line,) = lines()
    assert line["event"] == "gave up on /webhooks/…/x"


def test_chatter_of_libraries_is_left_out(lines):
    logging.getLogger("apscheduler.scheduler").info("Adding job")
    logging.getLogger("interactions").info("command ran with its arguments")
    assert lines() == []


def test_a_traceback_stays_within_its_line_and_without_secrets(lines):
    error = RuntimeError(f"token {TOKEN} of {PERSON}")
    structlog.get_logger().error("command_failed", exc_info=error)
    (line,) = lines()
    assert "RuntimeError" in line["exception"]
    assert TOKEN not in json.dumps(line)
    assert str(PERSON) not in json.dumps(line)


@pytest.mark.parametrize(
    "text",
    [
        f"Bot {TOKEN}",
        f"user {PERSON} left",
        "postgresql://insights:hunter2secret@db/insights",
        "POST https://discord.com/api/v10/interactions/1234567890123456789/hunter2secret/callback",
    ],
)
def test_secrets_and_people_are_taken_out_of_texts(text):
    shown = str(scrubbed(text))
    for secret in (TOKEN, str(PERSON), "hunter2secret"):
        assert secret not in shown


def test_people_are_taken_out_of_numbers_and_of_what_holds_them(lines):
    structlog.get_logger().info("seen", who=PERSON, all={"people": [PERSON]}, guild_id=PERSON, count=7)
    (line,) = lines()
    assert (line["who"], line["all"], line["count"]) == ("…", {"people": ["…"]}, 7)
    assert line["guild_id"] == PERSON
