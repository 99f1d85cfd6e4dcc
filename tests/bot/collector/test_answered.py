"""A command that its own bot hands over and that is seen by its answer: one row, whoever is first."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest
from sqlalchemy import select

from storage.event import Event
from storage.rebuild import verify
from storage.tables import command_invocations, daily_activity

from .rig import GUILD, RULES, Rig

PERSON, CLUB_BOT, CHANNEL = 5000, 77, 3001
INTERACTION = 1_420_000_000_000_000_000
AT_MS = (INTERACTION >> 22) + 1_420_070_400_000


def handed_over(rig: Rig) -> list[Event]:
    interaction = {
        "id": str(INTERACTION),
        "type": 2,
        "application_id": str(CLUB_BOT),
        "guild_id": str(GUILD),
        "channel_id": str(CHANNEL),
        "member": {"user": {"id": str(PERSON)}},
        "data": {"name": "show_profile", "options": [{"name": "season", "type": 4, "value": 7}]},
    }
    return rig.collected(msgspec.json.encode({"number": 1, "at_ms": AT_MS, "invoked": interaction}))


def ended(rig: Rig) -> list[Event]:
    told = {"interaction_id": str(INTERACTION), "guild_id": str(GUILD), "user_id": str(PERSON)}
    end = {**told, "outcome": "success", "error_type": None, "latency_ms": 90}
    return rig.collected(msgspec.json.encode({"number": 2, "at_ms": AT_MS + 90, "ended": end}))


def answered(rig: Rig, later: int = 0) -> list[Event]:
    message = {
        "id": str(INTERACTION + 5 + later),
        "guild_id": str(GUILD),
        "channel_id": str(CHANNEL),
        "application_id": str(CLUB_BOT),
        "type": 20,
        "author": {"id": str(CLUB_BOT), "bot": True},
        "interaction": {
            "id": str(INTERACTION),
            "type": 2,
            "name": "show_profile",
            "user": {"id": str(PERSON)},
        },
    }
    return rig.intake.events_of("MESSAGE_CREATE", message, AT_MS + 100, "session", AT_MS, 9 + later)


@pytest.mark.parametrize("order", list(permutations([handed_over, ended, answered])))
async def test_its_options_outcome_and_latency_are_known_in_any_order(rig: Rig, order: tuple) -> None:
    for part in (*order, *order):
        await rig.load(*part(rig))
    await rig.load(*answered(rig, later=1))
    c = command_invocations.c
    columns = c.member_no, c.application_id, c.command, c.options, c.outcome, c.latency_ms, c.is_counted
    assert [tuple(row) for row in await rig.rows(select(*columns))] == [
        (1, CLUB_BOT, "show_profile", '{"season":7}', "success", 90, True)
    ]
    assert [row.count for row in await rig.rows(select(daily_activity))] == [1]
    assert await verify(rig.warehouse, GUILD, RULES) == []
