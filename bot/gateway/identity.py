"""What a gateway session is bound to, and which sources of the record its intents feed."""

from __future__ import annotations

import hashlib
from typing import Final

from interactions.models.discord.enums import Intents

from bot.intake import IntakeOptions

ALL_INTENTS: Final = (
    Intents.GUILDS
    | Intents.GUILD_MEMBERS
    | Intents.GUILD_MODERATION
    | Intents.GUILD_VOICE_STATES
    | Intents.GUILD_MESSAGES
    | Intents.GUILD_SCHEDULED_EVENTS
)


def intents_for(options: IntakeOptions) -> Intents:
    """Messages are asked for only where something of them is recorded."""
    needs_messages = options.records_text or options.tracked_commands
    return ALL_INTENTS if needs_messages else ALL_INTENTS & ~Intents.GUILD_MESSAGES


def session_identity(token: str, intents: Intents, shard_id: int, guild_id: int) -> str:
    """A session of another token, intents, shard or guild must not be resumed. Tells no token."""
    parts = f"{token}\n{int(intents)}\n{shard_id}\n{guild_id}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(parts, digest_size=8, person=b"gateway-session").hexdigest()


def sources_of(intents: Intents) -> tuple[str, ...]:
    """Sources in the order of docs/kpis.md. Commands come as interactions, which need no intent.

    Removals are covered by what is fetched of the audit log (audit_recorder.py), whatever comes live.
    """
    voice = ("voice",) if Intents.GUILD_VOICE_STATES in intents else ()
    members = ("members",) if Intents.GUILD_MEMBERS in intents else ()
    events = ("events",) if Intents.GUILD_SCHEDULED_EVENTS in intents else ()
    text = ("text",) if Intents.GUILD_MESSAGES in intents else ()
    return (*voice, *members, *events, "commands", *text)
