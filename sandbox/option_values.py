"""Values of a command's options: what Discord's client lets people enter, and what goes over the wire.

Source: Application Commands, "Application Command Option Structure"; Interactions: Receiving and Responding,
"Resolved Data Structure".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.guild import Guild, Member
from sandbox.objects import channel_object, member_object, role_object, user_object
from sandbox.permissions import on_the_wire

STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = 3, 4, 5, 6, 7, 8, 9, 10
ENTITIES = frozenset({USER, CHANNEL, ROLE, MENTIONABLE})
TYPES: dict[int, tuple[type, ...]] = {STRING: (str,), INTEGER: (int,), BOOLEAN: (bool,), NUMBER: (int, float)}


def check_value(option: Mapping[str, Any], value: Any, guild: Guild) -> None:
    """LookupError with one sentence where the client would not let anybody enter that."""
    name, kind = option["name"], option["type"]
    types = TYPES.get(kind)
    if types and (not isinstance(value, types) or (isinstance(value, bool) and kind != BOOLEAN)):
        raise LookupError(f"the option {name!r} takes no {type(value).__name__}")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise LookupError(f"the option {name!r} takes one of {choices}")
    size = len(value) if kind == STRING else value
    bounds = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    least, most = (option.get(bound) for bound in bounds)
    if (least is not None and size < least) or (most is not None and size > most):
        raise LookupError(f"the option {name!r} takes {least} to {most}")
    if kind == CHANNEL:
        _check_channel(option, guild, int(value))


def _check_channel(option: Mapping[str, Any], guild: Guild, channel_id: int) -> None:
    channel, kinds = guild.channels.get(channel_id), option.get("channel_types")
    if channel is None or (kinds and channel.kind not in kinds):
        raise LookupError(f"the option {option['name']!r} takes no channel {channel_id}")


def wire_value(kind: int, value: Any) -> Any:
    """People, channels and roles are named by a snowflake, which is a string."""
    return str(value) if kind in ENTITIES else value


def resolved(guild: Guild, user_id: int, values: Iterable[tuple[int, Any]]) -> dict[str, Any]:
    """The accounts, members, channels and roles that (type, value) pairs name, for the person who chose."""
    sections: dict[str, Any] = {}
    for kind, value in values:
        if kind in ENTITIES:
            for section, entry in _entity(guild, guild.members[user_id], int(value)).items():
                sections.setdefault(section, {})[str(value)] = entry
    return sections


def _entity(guild: Guild, chooser: Member, entity_id: int) -> dict[str, Any]:
    """A channel comes with the permissions of whoever chose it, a member with their own."""
    if entity_id in guild.channels:
        channel = guild.channels[entity_id]
        permissions = on_the_wire(guild.permissions(chooser, channel))
        return {"channels": channel_object(channel) | {"permissions": permissions}}
    if entity_id in guild.roles:
        return {"roles": role_object(guild.roles[entity_id], list(guild.roles).index(entity_id))}
    if entity_id not in guild.users:
        raise LookupError(f"there is nobody and nothing with the id {entity_id}")
    user, member = user_object(guild.users[entity_id]), guild.members.get(entity_id)
    if member is None:
        return {"users": user}
    permissions = on_the_wire(guild.permissions(member))
    return {
        "users": user,
        "members": member_object(member, with_user=False) | {"permissions": permissions},
    }
