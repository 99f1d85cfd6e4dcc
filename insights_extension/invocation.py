"""What is told of a command that somebody runs: no names, no texts around it, no token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from insights_extension.sendable import sendable

COMMAND: Final = 2  # "Interaction Type" in Discord's reference: a slash or menu command
SUBCOMMAND_DEPTH: Final = 3  # command, group, subcommand
MOST_OPTIONS: Final = 25  # of one command; it can name no more people either


@dataclass(frozen=True, slots=True)
class Invocation:
    interaction_id: str
    user_id: object
    guild_id: object
    seen_s: float  # of a clock that only measures
    told: dict[str, Any]


def invocation(data: Mapping[str, Any], now_s: float) -> Invocation | None:
    """None for what no member runs in a server: a button, a form, a completion, a direct message."""
    interaction_id, guild_id = data.get("id"), sendable(data.get("guild_id"))
    if data.get("type") != COMMAND or guild_id is None or not isinstance(interaction_id, str):
        return None
    user_id, inner = _user_id(_dict(data.get("member"))), _dict(data.get("data"))
    if user_id is None:
        return None
    chosen = _dict(_dict(inner.get("resolved")).get("users"))
    told = {
        "id": sendable(interaction_id),
        "type": COMMAND,
        "application_id": sendable(data.get("application_id")),
        "guild_id": guild_id,
        "channel_id": sendable(data.get("channel_id")),
        "channel": _channel(_dict(data.get("channel"))),
        "member": {"user": {"id": user_id}},
        "data": {
            "name": sendable(inner.get("name")),
            "options": _options(inner.get("options"), SUBCOMMAND_DEPTH),
            "resolved": {"users": {sendable(chosen_id): None for chosen_id in islice(chosen, MOST_OPTIONS)}},
        },
    }
    return Invocation(interaction_id, user_id, guild_id, now_s, {"invoked": told})


def _channel(channel: Mapping[str, Any]) -> dict[str, Any]:
    """What tells whether it is a thread, and of which channel."""
    return {name: sendable(channel.get(name)) for name in ("id", "type", "parent_id")}


def _user_id(member: Mapping[str, Any]) -> str | int | float | None:
    # The library may have taken the user out of it by now, and then leaves their id behind.
    return sendable(_dict(member.get("user")).get("id") or member.get("id"))


def _options(options: object, depth: int) -> list[dict[str, Any]]:
    if not isinstance(options, list) or depth == 0:
        return []
    return [
        {
            "name": sendable(option.get("name")),
            "type": sendable(option.get("type")),
            "value": sendable(option.get("value")),
            # A subcommand stands alone.
            "options": _options(option.get("options"), depth - 1) if place == 0 else [],
        }
        for place, option in enumerate(options[:MOST_OPTIONS])
        if isinstance(option, dict)
    ]


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
