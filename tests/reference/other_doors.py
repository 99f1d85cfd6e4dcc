"""What reaches the record by other ways than the gateway: another bot's own word, and lines of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from random import Random
from typing import Any

from bot.collector.messages import journal_item, read_message
from bot.coverage import command_completed
from bot.draft import Received
from bot.imports.json_lines import read_json
from bot.imports.sealing import Sealer
from bot.imports.values import Moments
from bot.intake import Intake
from sandbox.community import Story
from sandbox.community_history import Dispatch, History
from sandbox.community_moves import Move
from sandbox.community_place import (
    APPLICATION_ID,
    CAFE,
    COACHING_ROOM,
    GENERAL,
    GUILD_ID,
    PROFILE_BOT_ID,
    ZONE,
    snowflake,
)
from sandbox.objects import channel_object
from storage.database import Warehouse
from storage.event import Event
from storage.importing import enter
from storage.recorded_events import RecordedEvents
from storage.withdrawals import Withdrawals

from .recount.seen import DAY, HOUR, Seen

COMMAND, SUBCOMMAND = 2, 1
PLATFORMS = ("steam", "riot")
ENDINGS = (
    ("success", None),
    ("success", None),
    ("error", "TimeoutError"),
    ("error", "KeyError"),
    ("denied", None),
)


@dataclass(frozen=True, slots=True)
class HasPlaces:
    """So many fit into a channel from now on; 0: everybody."""

    at_ms: int
    channel_id: int
    places: int


class WiderHistory(History):
    """With channels that take so many and no more."""

    def _render(self, move: Move | HasPlaces) -> Iterator[tuple[str, dict[str, Any]]]:
        if not isinstance(move, HasPlaces):
            yield from super()._render(move)
            return
        channel = replace(self.guild.channels[move.channel_id], user_limit=move.places)
        self.guild.channels[move.channel_id] = channel
        yield "CHANNEL_UPDATE", {"guild_id": str(GUILD_ID), **channel_object(channel)}


def places(story: Story) -> list[HasPlaces]:
    begin = story.begin_ms
    return [
        HasPlaces(begin + 15 * DAY, CAFE, 4),
        HasPlaces(begin + 50 * DAY, CAFE, 5),
        HasPlaces(begin + 20 * DAY, COACHING_ROOM, 8),
        HasPlaces(begin + 100 * DAY, COACHING_ROOM, 0),
    ]


def handed_over(rng: Random, story: Story, gap: tuple[int, int]) -> list[Seen]:
    """What the profile bot tells of its commands: most of how they ended, and some late."""
    found, numbers = list[Seen](), count(3_000_000)
    for _ in range(max(150, len(story.year.days))):
        person = rng.choice(story.people)
        ran_ms = story.begin_ms + DAY + int(rng.random() * (story.now_ms - story.begin_ms - 2 * DAY))
        if not person.in_guild(ran_ms) or gap[0] - HOUR < ran_ms < gap[1] + HOUR:
            continue
        number, late = str(snowflake(ran_ms, next(numbers))), rng.choice((0, 40, 900, 70_000))
        found.append(Seen(ran_ms + late, "INTERACTION_CREATE", _asked(rng, number, person.user_id)))
        if rng.random() < 0.8:
            outcome, error_type = rng.choice(ENDINGS)
            latency = rng.randrange(40, 4000)
            found.append(
                Seen(
                    ran_ms + late + latency,
                    "COMMAND_ENDED",
                    _ended(number, person.user_id, outcome, error_type, latency),
                )
            )
    return found


def _asked(rng: Random, number: str, user_id: int) -> dict[str, Any]:
    name, *inner = rng.choice(
        ("show_profile", "show_my_profile", "match find", "match list", "unheard"),
    ).split()
    return {
        "id": number,
        "type": COMMAND,
        "application_id": str(PROFILE_BOT_ID),
        "guild_id": str(GUILD_ID),
        "channel_id": str(GENERAL),
        "channel": {"id": str(GENERAL), "type": 0, "parent_id": None},
        "member": {"user": {"id": str(user_id)}},
        "data": {
            "name": name,
            "options": [{"name": one, "type": SUBCOMMAND, "value": None, "options": []} for one in inner],
            "resolved": {"users": {}},
        },
    }


def _ended(
    number: str, user_id: int, outcome: str, error_type: str | None, latency_ms: int
) -> dict[str, Any]:
    return {
        "interaction_id": number,
        "guild_id": str(GUILD_ID),
        "user_id": str(user_id),
        "outcome": outcome,
        "error_type": error_type,
        "latency_ms": latency_ms,
    }


def own_end(at_ms: int, kind: str, data: dict[str, Any]) -> Seen | None:
    """How a command of the bot's own ended: of one in four it was stopped before it could tell."""
    if kind != "INTERACTION_CREATE" or int(data["application_id"]) != APPLICATION_ID:
        return None
    number = int(data["id"])
    if number % 4 == 0:
        return None
    outcome, error_type = ENDINGS[number % len(ENDINGS)]
    latency_ms = 50 + number % 1700
    ended = _ended(data["id"], int(data["member"]["user"]["id"]), outcome, error_type, latency_ms)
    return Seen(at_ms, "COMMAND_ENDED", ended)


def linked(rng: Random, story: Story) -> list[Seen]:
    """A third of the people, by and by."""
    return [
        Seen(
            at_ms,
            "ACCOUNT",
            {
                "person": str(person.user_id),
                "platform": platform,
                "account": f"{person.name}-{platform}",
                "at": moment,
            },
        )
        for person in story.people
        for platform in PLATFORMS
        if rng.random() < 0.35
        for at_ms in [story.begin_ms + int(rng.random() * (story.now_ms - story.begin_ms))]
        for moment in [_iso(at_ms)]
    ]


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


def recorded(one: Seen, number: int, intake: Intake) -> Received | Event | None:
    """As the other bot's process takes it in."""
    what = "invoked" if one.type == "INTERACTION_CREATE" else "ended"
    line = json.dumps({"number": number, "at_ms": one.at_ms, what: one.data}).encode()
    return journal_item(read_message(line), intake, GUILD_ID)


def own_recorded(dispatch: Dispatch, intake: Intake) -> Iterator[Event]:
    end = own_end(dispatch.at_ms, dispatch.type, dispatch.data)
    if end is not None:
        told = end.data
        yield command_completed(
            intake.keys,
            GUILD_ID,
            int(told["user_id"]),
            int(told["interaction_id"]),
            outcome=told["outcome"],
            error_type=told["error_type"],
            latency_ms=told["latency_ms"],
            now_ms=end.at_ms,
        )


async def bring_file(
    lines: list[Seen], warehouse: Warehouse, intake: Intake, withdrawals: Withdrawals, now_ms: int
) -> None:
    """As `insights import` does."""
    file = BytesIO(b"".join(json.dumps({"kind": "account", **one.data}).encode() + b"\n" for one in lines))
    sealer = Sealer(GUILD_ID, intake.keys, Moments(ZONE.key, now_ms), excluded_channels=(), now_ms=now_ms)
    entries = [sealer.entry(read.says) for read in read_json(file)]
    await enter(warehouse, GUILD_ID, entries, withdrawals, RecordedEvents(GUILD_ID), now_ms=now_ms)
