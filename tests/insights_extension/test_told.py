"""What is told of a command, whatever its dispatch holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.collector.__main__ import LONGEST_LINE
from bot.collector.messages import read_message
from insights_extension.invocation import COMMAND, Invocation, invocation
from insights_extension.outcomes import ended
from insights_extension.sendable import LONGEST_TEXT

STRING, SUBCOMMAND, SUBCOMMAND_GROUP = 3, 1, 2
HALF = "\ud83d"  # of a character of two


def dispatch(*options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "1443290000000000000",
        "type": COMMAND,
        "application_id": "11",
        "guild_id": "2000",
        "channel_id": "5",
        "member": {"user": {"id": "7"}},
        "data": {"name": "profile", "options": list(options)},
        **changes,
    }


def seen(data: dict[str, Any]) -> Invocation:
    told = invocation(data, 1.0)
    assert told is not None
    return told


def value_of(text: object) -> object:
    told = seen(dispatch({"name": "about", "type": STRING, "value": text})).told
    return told["invoked"]["data"]["options"][0]["value"]


def read(told: dict[str, Any]) -> Any:
    return read_message(json.dumps({"number": 1, "at_ms": 1, **told}).encode())


def test_the_longest_command_is_a_line_that_is_taken() -> None:
    texts = [{"name": "😀" * 6_000, "type": STRING, "value": "😀" * 6_000}] * 25
    inner = [{"name": "a", "type": SUBCOMMAND, "options": texts}, *texts]
    told = seen(
        dispatch(
            {"name": "b", "type": SUBCOMMAND_GROUP, "options": inner},
            *texts,
            channel={"id": "5", "type": 0, "parent_id": "9" * 10_000},
        )
    ).told
    assert len(json.dumps(told)) < LONGEST_LINE // 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("short", "short"),
        ("x" * 6_000, "x" * LONGEST_TEXT),
        ("x" * (LONGEST_TEXT - 3) + "123456789012345678", "x" * (LONGEST_TEXT - 3)),  # no half of an id
        (f"a{HALF}b\x00c", "abc"),
        (5, 5),
        (True, True),
        (["a" * 6_000], None),
    ],
)
def test_of_a_value_no_more_is_told_than_may_be_kept(text: object, told: object) -> None:
    assert value_of(text) == told


def test_half_a_character_costs_no_command() -> None:
    told = seen(
        dispatch({"name": f"a{HALF}", "type": STRING, "value": HALF}, data={"name": f"pro{HALF}file"})
    ).told
    assert read(told).invoked["data"]["name"] == "profile"


def test_nothing_is_told_of_a_command_without_a_member() -> None:
    data = dispatch()
    del data["member"]
    assert invocation(data, 1.0) is None


def test_an_error_with_a_long_name_is_told_with_its_beginning() -> None:
    error = type("Refusal" * 20, (Exception,), {})()
    told = read(ended(seen(dispatch()), error, 1.0)).ended
    assert (told.outcome, told.error_type) == ("error", ("Refusal" * 20)[:64])
