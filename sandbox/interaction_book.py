"""Interactions in flight: their tokens, their deadlines, what has been answered.

Source: Interactions, "Receiving and Responding".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sandbox.limits import Limits
from sandbox.message_book import StoredMessage


class InteractionKind(IntEnum):
    PING = 1
    APPLICATION_COMMAND = 2
    MESSAGE_COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackKind(IntEnum):
    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE_RESULT = 8
    MODAL = 9


@dataclass
class Interaction:
    """`original` is the message of the first response, or the one whose component was pressed.

    `focused_kind` is the type of the option that an autocomplete is for.
    """

    interaction_id: int
    token: str
    kind: InteractionKind
    user_id: int
    channel_id: int
    started_at: float
    name: str = ""
    focused_kind: int | None = None
    source: StoredMessage | None = None
    acknowledged_at: float | None = None
    callback: CallbackKind | None = None
    original: StoredMessage | None = None
    waiting: bool = False
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    messages: list[StoredMessage] = field(default_factory=list)


class InteractionBook:
    def __init__(self, monotonic: Callable[[], float], limits: Limits) -> None:
        self._by_token: dict[str, Interaction] = {}
        self._monotonic = monotonic
        self._limits = limits

    def open(self, interaction: Interaction) -> None:
        self._by_token[interaction.token] = interaction

    def to_acknowledge(self, interaction_id: int, token: str) -> Interaction | None:
        """The interaction, while it can be responded to; None once its 3 seconds are over."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.interaction_id != interaction_id:
            return None
        if interaction.acknowledged_at is None and self.is_overdue(interaction):
            return None
        return interaction

    def to_follow_up(self, token: str) -> Interaction | None:
        """The interaction, while its token lives."""
        interaction = self._by_token.get(token)
        if interaction is None or self.age_s(interaction) > self._limits.token_lives_s:
            return None
        return interaction

    def acknowledge(self, interaction: Interaction, callback: CallbackKind) -> None:
        interaction.acknowledged_at = self._monotonic()
        interaction.callback = callback

    def is_overdue(self, interaction: Interaction) -> bool:
        late = self.age_s(interaction) > self._limits.acknowledge_within_s
        return interaction.acknowledged_at is None and late

    def tokens(self) -> list[str]:
        return list(self._by_token)

    def age_s(self, interaction: Interaction) -> float:
        return self._monotonic() - interaction.started_at
