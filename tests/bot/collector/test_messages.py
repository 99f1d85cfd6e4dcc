"""Lines of another bot's process as events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.collector.messages import UNREADABLE, journal_item, read_message
from bot.intake import Intake, IntakeOptions
from insights_extension.invocation import invocation
from storage.event import Event
from storage.event_key import KeyMaker
from storage.fact_bodies import NOT_DELIVERED
from storage.withdrawals import Kind, Withdrawals

GUILD, PERSON, INTERACTION = 2000, 7, 1_443_290_000_000_000_000
AT_MS = 1_764_184_000_000
SECRET = b"s" * 32


@pytest.fixture
def withdrawals(tmp_path: Path) -> Withdrawals:
    return Withdrawals.open(tmp_path / "withdrawals", SECRET)


@pytest.fixture
def intake(withdrawals: Withdrawals) -> Intake:
    return Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(GUILD))


def line(**message: Any) -> bytes:
    return msgspec.json.encode({"number": 1, "at_ms": AT_MS, **message})


def interaction(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(INTERACTION),
        "type": 2,
        "application_id": "11",
        "guild_id": str(GUILD),
        "channel_id": "5",
        "member": {"user": {"id": str(PERSON)}},
        "data": {"name": "profile", "options": []},
        **changes,
    }


def events(intake: Intake, told: bytes) -> list[Event]:
    item = journal_item(read_message(told), intake, GUILD)
    return [] if item is None else list(intake.encode(item))


def test_a_command_has_the_key_that_it_has_from_discord(intake: Intake) -> None:
    (event,) = events(intake, line(invoked=interaction()))
    (other,) = intake.events_of("INTERACTION_CREATE", interaction(), AT_MS, "session", AT_MS, 4)
    assert (event.key, event.person, event.body) == (other.key, PERSON, other.body)


def test_a_subcommand_is_part_of_the_name(intake: Intake) -> None:
    inner = {"name": "join", "type": 1, "options": [{"name": "seat", "type": 4, "value": 3}]}
    seen = invocation(interaction(data={"name": "team", "options": [inner]}), 0.0)
    assert seen is not None
    (event,) = events(intake, line(**seen.told))
    body = msgspec.json.decode(event.body)
    assert (body["command"], body["options"]) == ("team join", {"seat": 3})


def test_an_end_belongs_to_its_command(intake: Intake) -> None:
    ended = {"interaction_id": str(INTERACTION), "guild_id": str(GUILD), "user_id": str(PERSON)}
    (event,) = events(intake, line(ended={**ended, "outcome": "error", "error_type": "E", "latency_ms": 12}))
    assert event.type == "COMMAND_COMPLETED"
    assert msgspec.json.decode(event.body) == {
        "interaction_id": str(INTERACTION),
        "outcome": "error",
        "error_type": "E",
        "latency_ms": 12,
    }


def test_of_an_error_with_a_long_name_its_beginning_is_kept(intake: Intake) -> None:
    ended = {"interaction_id": str(INTERACTION), "guild_id": str(GUILD), "user_id": str(PERSON)}
    told = line(ended={**ended, "outcome": "error", "error_type": "E" * 300, "latency_ms": 12})
    (event,) = events(intake, told)
    assert msgspec.json.decode(event.body)["error_type"] == "E" * 64


def test_what_nobody_ran_is_not_recorded(intake: Intake) -> None:
    nobody = interaction()
    del nobody["member"]
    ended = {"interaction_id": str(INTERACTION), "guild_id": str(GUILD), "user_id": None}
    assert events(intake, line(invoked=nobody)) == []
    assert events(intake, line(ended={**ended, "outcome": "success", "latency_ms": 12})) == []


def test_what_could_not_be_handed_over_is_a_gap(intake: Intake) -> None:
    (event,) = events(intake, line(missed={"from_ms": AT_MS, "to_ms": AT_MS + 5}))
    assert (event.occurred_from_ms, event.occurred_to_ms) == (AT_MS, AT_MS + 5)
    assert msgspec.json.decode(event.body) == {
        "state": "gap",
        "cause": NOT_DELIVERED,
        "sources": ["commands"],
    }


def test_other_servers_are_none_of_our_business(intake: Intake) -> None:
    assert events(intake, line(invoked=interaction(guild_id="2001"))) == []
    ended = {"interaction_id": "1", "guild_id": "2001", "user_id": "7", "outcome": "success", "latency_ms": 1}
    assert events(intake, line(ended=ended)) == []


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        ({"id": "5", "type": 0, "parent_id": "4"}, 1),
        ({"id": "5", "type": 11, "parent_id": "4"}, 1),
        ({"id": "5", "type": 11, "parent_id": "9"}, 0),
        ({"id": None, "type": None, "parent_id": "4"}, 0),  # nobody knows where it is
        (None, 0),
    ],
)
def test_threads_of_an_excluded_channel_are_excluded(intake: Intake, place: object, rows: int) -> None:
    intake.options = IntakeOptions(GUILD, excluded_channels=frozenset([9]))
    assert len(events(intake, line(invoked=interaction(channel=place)))) == rows


def test_whoever_withdrew_is_not_recorded(intake: Intake, withdrawals: Withdrawals) -> None:
    withdrawals.withdraw(GUILD, PERSON, Kind.ERASED, AT_MS)
    ended = {
        "interaction_id": "9",
        "guild_id": str(GUILD),
        "user_id": str(PERSON),
        "outcome": "success",
        "latency_ms": 1,
    }
    assert events(intake, line(invoked=interaction())) == []
    assert events(intake, line(ended=ended)) == []


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"number":0,"at_ms":1}',
        line(ended={"interaction_id": "x"}),
        line(missed={"from_ms": -1, "to_ms": 0}),
        line(invoked=[1]),
        b'{"number":1,"at_ms":1,"invoked":{"a":"\xff"}}',
        b'{"number":1,"at_ms":1,"invoked":{"a":"\\ud83d"}}',
        b'{"number":1,"at_ms":1,"invoked":{"a":' + b"[" * 100_000,
    ],
    ids=lambda odd: str(odd[:40]),
)
def test_a_line_that_is_none_is_refused(odd: bytes) -> None:
    with pytest.raises(UNREADABLE):
        read_message(odd)


def test_an_empty_message_says_nothing(intake: Intake) -> None:
    assert events(intake, line()) == []
