"""Everything that one sandbox holds, handed to whoever answers for it."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.application import Application
from sandbox.attachments import Attachments
from sandbox.changes import Changes
from sandbox.command_book import CommandBook
from sandbox.event_dispatches import Dispatches
from sandbox.gateway import Gateway
from sandbox.guild import Guild
from sandbox.intents import Intent
from sandbox.interaction_book import InteractionBook
from sandbox.limits import Limits
from sandbox.message_book import MessageBook
from sandbox.moments import Clock, Snowflakes
from sandbox.seed import GuildSeed

KEPT_OPERATIONS = 10_000


@dataclass(frozen=True)
class ReceivedOperation:
    """What a client sent over the gateway."""

    code: int
    data: Any


@dataclass
class World:
    clock: Clock
    monotonic: Callable[[], float]
    entropy: random.Random
    limits: Limits
    snowflakes: Snowflakes
    application: Application
    guild: Guild
    gateway: Gateway
    messages: MessageBook
    attachments: Attachments
    commands: CommandBook
    interactions: InteractionBook
    changed: Changes
    operations: deque[ReceivedOperation] = field(default_factory=lambda: deque(maxlen=KEPT_OPERATIONS))

    @classmethod
    def of(
        cls,
        seed: GuildSeed,
        *,
        token: str,
        privileged: Intent,
        shards_required: int,
        clock: Clock,
        monotonic: Callable[[], float],
        entropy: random.Random,
        limits: Limits,
    ) -> World:
        """Everything as it is before anybody has done anything."""
        snowflakes = Snowflakes(clock)
        guild = Guild(seed, snowflakes.next)
        application_id = seed.bot_user_id
        return cls(
            clock=clock,
            monotonic=monotonic,
            entropy=entropy,
            limits=limits,
            snowflakes=snowflakes,
            application=Application(
                application_id, guild.bot.user, seed.owner_id, token, privileged, shards_required
            ),
            guild=guild,
            gateway=Gateway(
                guild_id=seed.guild_id,
                bot_user_id=seed.bot_user_id,
                limits=limits,
                monotonic=monotonic,
                entropy=entropy,
            ),
            messages=MessageBook(monotonic, limits.nonce_remembered_s),
            attachments=Attachments(snowflakes),
            commands=CommandBook(application_id, snowflakes),
            interactions=InteractionBook(monotonic, limits),
            changed=Changes(),
        )

    def tell(self, told: Dispatches) -> None:
        """Let the sessions know of what a change has led to."""
        for dispatch, data in told:
            self.gateway.dispatch(dispatch, data)
        self.changed.notify()

    def note_operation(self, operation: ReceivedOperation) -> None:
        self.operations.append(operation)
        self.changed.notify()
