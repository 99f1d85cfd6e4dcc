"""One use of a command or button, as the person who started it sees it."""

from __future__ import annotations

from typing import Any

from sandbox.interaction_book import Interaction
from sandbox.world import World


class Unanswered(Exception):
    """Discord shows "The application did not respond" to the person."""


class Invocation:
    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self._interaction = interaction

    @property
    def interaction_id(self) -> int:
        return self._interaction.interaction_id

    @property
    def user_id(self) -> int:
        return self._interaction.user_id

    @property
    def acknowledged_after_s(self) -> float | None:
        """Seconds from the dispatch to the first response; None while there is none."""
        acknowledged_at = self._interaction.acknowledged_at
        return None if acknowledged_at is None else acknowledged_at - self._interaction.started_at

    @property
    def is_settled(self) -> bool:
        """Whether there is an answer that is more than "thinking …"."""
        return self._interaction.acknowledged_at is not None and not self._interaction.waiting

    @property
    def modal(self) -> dict[str, Any] | None:
        return self._interaction.modal

    @property
    def choices(self) -> list[dict[str, Any]] | None:
        """What an autocomplete was answered with."""
        return self._interaction.choices

    def messages_seen_by(self, user_id: int) -> list[dict[str, Any]]:
        """The answers that this person can read, oldest first."""
        return [dict(m.body) for m in self._interaction.messages if self._still_there(m.message_id, user_id)]

    async def settled(self, timeout_s: float = 30.0) -> Invocation:
        """Wait for the answer: Unanswered after Discord's 3 s, TimeoutError if only the answer is missing."""
        within_s = self._world.limits.acknowledge_within_s
        try:
            await self._world.changed.until(self._is_acknowledged, min(timeout_s, within_s))
        except TimeoutError:
            raise Unanswered(f"The application did not respond within {within_s:g} s") from None
        await self._world.changed.until(lambda: self.is_settled, timeout_s)
        return self

    def _is_acknowledged(self) -> bool:
        return self._interaction.acknowledged_at is not None

    def _still_there(self, message_id: int, user_id: int) -> bool:
        message = self._world.messages.find(message_id)
        return message is not None and message.seen_by(user_id)
