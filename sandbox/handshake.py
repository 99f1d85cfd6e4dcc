"""What IDENTIFY and RESUME are checked for, and how a new session is introduced to its guild.

Source: Gateway, "Identifying" and "Resuming"; Gateway Events, "Identify", "Resume" and "Ready".
"""

from __future__ import annotations

from typing import Any

from sandbox.close_codes import CloseCode
from sandbox.intents import KNOWN, Intent
from sandbox.objects import guild_create_object
from sandbox.session import Session
from sandbox.wire import encoded
from sandbox.world import World


class HangUp(Exception):
    """Close the connection with a code of the documented table."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code)
        self.code = code


def identified(world: World, data: Any) -> Session:
    """A new session, or the close code that the payload has earned."""
    if not isinstance(data, dict):
        raise HangUp(CloseCode.DECODE_ERROR)
    _check_token(world, data.get("token"))
    intents, shard = _intents(world, data.get("intents")), _shard(world, data.get("shard", [0, 1]))
    if not world.gateway.count_identify():  # the day's limit ends all sessions and resets the token
        world.application.token_was_reset = True
        for session in list(world.gateway.sessions.values()):
            if session.wire is not None:
                session.wire.hang_up(CloseCode.AUTHENTICATION_FAILED)
            world.gateway.end(session)
        raise HangUp(CloseCode.AUTHENTICATION_FAILED)
    return world.gateway.open(intents, shard)


def resumed(world: World, data: Any) -> Session | None:
    """The session to continue, or None where it is gone or no longer replayable."""
    if not isinstance(data, dict):
        raise HangUp(CloseCode.DECODE_ERROR)
    _check_token(world, data.get("token"))
    session = world.gateway.find(data.get("session_id"))
    if session is None:
        return None
    sequence = data.get("seq")
    if not isinstance(sequence, int) or not 0 <= sequence <= session.sequence:
        world.gateway.end(session)
        raise HangUp(CloseCode.INVALID_SEQUENCE)
    if not session.can_replay_after(sequence):
        world.gateway.end(session)
        return None
    return session


def introduce(world: World, session: Session, host: str) -> None:
    """READY with the guild unavailable, then GUILD_CREATE, as at every IDENTIFY of the guild's shard."""
    holds_guild = world.gateway.holds_guild(session)
    ready = {
        "v": 10,
        "user": world.application.me(),
        "guilds": [{"id": str(world.guild.guild_id), "unavailable": True}] if holds_guild else [],
        "session_id": session.session_id,
        "resume_gateway_url": f"ws://{host}/resume",
        "shard": list(session.shard),
        "application": {"id": str(world.application.application_id), "flags": 0},
        "_trace": [],
    }
    session.send("READY", encoded(ready))
    if holds_guild and Intent.GUILDS in session.intents:
        voice = Intent.GUILD_VOICE_STATES in session.intents
        session.send("GUILD_CREATE", encoded(guild_create_object(world.guild, with_voice_states=voice)))
    world.changed.notify()


def _check_token(world: World, token: object) -> None:
    if not world.application.accepts(token):
        raise HangUp(CloseCode.AUTHENTICATION_FAILED)


def _intents(world: World, value: object) -> Intent:
    if not isinstance(value, int) or value < 0 or value & ~int(KNOWN):
        raise HangUp(CloseCode.INVALID_INTENTS)
    intents = Intent(value)
    if world.application.disallowed(intents):
        raise HangUp(CloseCode.DISALLOWED_INTENTS)
    return intents


def _shard(world: World, value: object) -> tuple[int, int]:
    match value:
        case [int(shard_id), int(shards)] if 0 <= shard_id < shards:
            if shards < world.application.shards_required:
                raise HangUp(CloseCode.SHARDING_REQUIRED)
            return shard_id, shards
    raise HangUp(CloseCode.INVALID_SHARD)
