"""What a gateway session is bound to, and which sources of the record its intents feed."""

from __future__ import annotations

import hashlib
from typing import Final

from interactions.models.discord.enums import Intents

ALL_INTENTS: Final = (
    Intents.GUILDS | Intents.GUILD_MEMBERS | Intents.GUILD_VOICE_STATES | Intents.GUILD_SCHEDULED_EVENTS
)


def session_identity(token: str, intents: Intents, shard_id: int, guild_id: int) -> str:
    """A session of another token, intents, shard or guild must not be resumed. Tells no token."""
    parts = f"{token}\n{int(intents)}\n{shard_id}\n{guild_id}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(parts, digest_size=8, person=b"gateway-session").hexdigest()


def sources_of(intents: Intents) -> tuple[str, ...]:
    """Sources in the order of docs/kpis.md. Commands come as interactions, which need no intent."""
    voice = ("voice",) if Intents.GUILD_VOICE_STATES in intents else ()
    members = ("members",) if Intents.GUILD_MEMBERS in intents else ()
    events = ("events",) if Intents.GUILD_SCHEDULED_EVENTS in intents else ()
    return (*voice, *members, *events, "commands")
