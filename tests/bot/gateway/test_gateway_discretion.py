"""What the program's own log may hold."""

from __future__ import annotations

import logging
from pathlib import Path

import interactions
import pytest

from bot.gateway.discretion import Discretion, described, discreet_logger

IN_THE_LIBRARY = str(Path(interactions.__file__).parent / "client" / "client.py")
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


def said(message: str, path: str = IN_THE_LIBRARY, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("x", logging.ERROR, path, 757, message, (), exc_info)
    assert Discretion().filter(record)
    return logging.Formatter("%(message)s").format(record)


@pytest.mark.parametrize(
    "message",
    [
        "Command Called: insights health with event.ctx.args = ['private'] | event.ctx.kwargs = {}",
        "Ignoring exception in RawGatewayEvent(data={'content': 'private'}): KeyError: 'private'",
        "Unsupported channel type for {'name': 'private'} (99).",
    ],
)
def test_what_the_library_says_passes_only_where_it_is_known_to_be_harmless(message):
    assert said(message) == "interactions.py reports something at client.py:757"


def test_addresses_lose_their_tokens_and_ids_their_digits():
    route = "POST::https://discord.com/api/v10/interactions/123456789012345678/aW50ZXJhY3Rpb24/callback: 404"
    assert said(route) == "POST::https://discord.com/api/v10/interactions/…: 404"
    route = "PATCH::https://discord.com/api/v10/webhooks/1/private/messages/@original: 500"
    assert "private" not in said(route)
    assert said("GET::https://discord.com/api/v10/users/123456789012345678: 404").endswith("users/…: 404")
    assert TOKEN not in said(f"Overwriting {TOKEN}")


def test_an_error_is_its_type_and_its_place():
    try:
        int("private")
    except ValueError as error:
        text = said("A dispatch failed", path=__file__, error=error)
        assert "private" not in text
        assert "ValueError at test_gateway_discretion.py:" in text
        assert described(error) in text


def test_our_own_sentences_pass():
    assert said("A new session has begun.", path=__file__) == "A new session has begun."


def test_the_library_never_logs_what_it_sends():
    assert not discreet_logger().isEnabledFor(logging.DEBUG)
    assert len([known for known in discreet_logger().filters if isinstance(known, Discretion)]) == 1
