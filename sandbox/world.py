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
from sandbox.gateway import Gateway
from sandbox.guild import Guild
from sandbox.interaction_book import InteractionBook
from sandbox.limits import Limits
from sandbox.message_book import MessageBook
from sandbox.moments import Clock, Snowflakes

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

    def note_operation(self, operation: ReceivedOperation) -> None:
        self.operations.append(operation)
        self.changed.notify()
