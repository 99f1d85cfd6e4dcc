"""Which checks of menus that fill themselves are written down: Discord asks again at every key pressed."""

from __future__ import annotations

from collections.abc import Callable

REPEAT_SECONDS = 900.0  # as long as Discord lets one interaction be answered


class MenuChecks:
    """Who was granted which menu within the last quarter of an hour: one row in the access log stands for it.

    It ends when they use a command, and when they are denied anything: refusals are all written down.
    """

    def __init__(self, ticks_s: Callable[[], float]) -> None:
        self._ticks_s = ticks_s
        self._written_s: dict[tuple[int, str], float] = {}

    def is_repeat(self, user_id: int, resource: str) -> bool:
        """Whether a row of the same kind is young enough to stand for this check, too."""
        now_s = self._ticks_s()
        self._written_s = {
            key: at_s for key, at_s in self._written_s.items() if now_s - at_s < REPEAT_SECONDS
        }
        if (user_id, resource) in self._written_s:
            return True
        self._written_s[user_id, resource] = now_s
        return False

    def forget(self, user_id: int) -> None:
        self._written_s = {key: at_s for key, at_s in self._written_s.items() if key[0] != user_id}
