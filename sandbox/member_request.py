"""Request Guild Members (op 8), answered with GUILD_MEMBERS_CHUNK dispatches.

Source: Gateway Events, "Request Guild Members", "Guild Members Chunk" and "Rate Limited".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sandbox.guild import Guild, Member
from sandbox.intents import Intent
from sandbox.objects import member_object
from sandbox.session import Session
from sandbox.wire import encoded
from sandbox.world import World

REQUEST_MEMBERS = 8
MOST_OF_A_SEARCH = 100
NONCE_BYTES = 32


def answer_member_request(world: World, session: Session, data: Any) -> Iterator[None]:
    """Chunks to this session only, with a pause before each further one.

    A request without its intent, or for another guild, stays unanswered.
    """
    if not isinstance(data, dict) or str(data.get("guild_id")) != str(world.guild.guild_id):
        return
    nonce = _nonce(data.get("nonce"))
    if _asks_for_everybody(data):
        if Intent.GUILD_MEMBERS not in session.intents:
            return
        wait_s = world.gateway.whole_list_wait_s(world.guild.guild_id)
        if wait_s:
            session.send("RATE_LIMITED", encoded(_rate_limited(world.guild, wait_s, nonce)))
            return
    found = list(_found(world.guild, data))
    size = world.limits.members_a_chunk
    chunks = [found[start : start + size] for start in range(0, len(found), size)] or [[]]
    for index, chunk in enumerate(chunks):
        if index:
            yield
        body = {
            "guild_id": str(world.guild.guild_id),
            "members": [member_object(member) for member in chunk],
            "chunk_index": index,
            "chunk_count": len(chunks),
            **({"not_found": _not_found(world.guild, data)} if "user_ids" in data else {}),
            **({"nonce": nonce} if nonce else {}),
        }
        session.send("GUILD_MEMBERS_CHUNK", encoded(body))


def _asks_for_everybody(data: dict[str, Any]) -> bool:
    return "user_ids" not in data and not data.get("query") and not data.get("limit")


def _rate_limited(guild: Guild, wait_s: float, nonce: str | None) -> dict[str, Any]:
    meta = {"guild_id": str(guild.guild_id), **({"nonce": nonce} if nonce else {})}
    return {"opcode": REQUEST_MEMBERS, "retry_after": wait_s, "meta": meta}


def _nonce(value: object) -> str | None:
    """An invalid one is ignored."""
    return value if isinstance(value, str) and len(value.encode()) <= NONCE_BYTES else None


def _wanted_ids(data: dict[str, Any]) -> list[int]:
    ids = data["user_ids"]
    return [int(user_id) for user_id in (ids if isinstance(ids, list) else [ids])][:MOST_OF_A_SEARCH]


def _not_found(guild: Guild, data: dict[str, Any]) -> list[str]:
    return [str(user_id) for user_id in _wanted_ids(data) if user_id not in guild.members]


def _found(guild: Guild, data: dict[str, Any]) -> Iterator[Member]:
    if "user_ids" in data:
        return (guild.members[user_id] for user_id in _wanted_ids(data) if user_id in guild.members)
    if _asks_for_everybody(data):
        return iter(guild.members.values())
    prefix, limit = str(data.get("query") or "").lower(), int(data.get("limit") or 0)
    named = (m for m in guild.members.values() if m.user.name.lower().startswith(prefix))
    return islice(named, min(limit or MOST_OF_A_SEARCH, MOST_OF_A_SEARCH))
