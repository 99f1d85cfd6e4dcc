"""What is told before anybody has told whether it may be kept (docs/decisions/0015, 0018).

An event, or a channel of which nobody knows whether it is a thread, may be in an excluded one, and then
nothing of it may be kept. That is so after a RESUME in a new process, until it is told of: until then this is
kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.draft import Received
from bot.excerpt import Kept
from bot.intake import Intake


class HeldBack:
    def __init__(self, intake: Intake, append: Callable[[Received], None]) -> None:
        self._intake = intake
        self._append = append
        self.held: list[Received] = []

    def place_before(self, session_id: str | None) -> tuple[int, int] | None:
        """Up to where a session is recorded whole, its sequence and moment. None: nothing of it is held."""
        for first in self.held:
            if first.session_id == session_id:
                return first.sequence - 1, first.occurred_from_ms
        return None

    def hold(self, received: Received) -> None:
        self.held.append(received)

    def release(self, will_hear_of: Callable[[Kept], bool]) -> None:
        """Records what may be kept by now, and forgets what may not.

        `will_hear_of`: whether somebody is still to tell about it. Nobody will: it is forgotten, too.
        """
        held, self.held = self.held, []
        for received in held:
            if self._intake.is_untold(received.kept):
                if will_hear_of(received.kept):
                    self.held.append(received)
            elif not self._intake.hides(received.kept):
                self._append(received)
