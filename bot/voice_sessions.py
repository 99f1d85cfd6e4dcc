"""With which of Discord's voice sessions each person is in voice, as far as this process has seen."""

from __future__ import annotations


class VoiceSessions:
    """In memory only. Whoever leaves the server leaves voice, and Discord may tell only of the server."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[int, int], str] = {}

    def seen(self, guild_id: int, user_id: int, session: str, *, is_in_voice: bool) -> None:
        if is_in_voice:
            self._sessions[guild_id, user_id] = session
        else:
            self._sessions.pop((guild_id, user_id), None)

    def ended(self, guild_id: int, user_id: int) -> str | None:
        """The session of somebody who is gone; None: they were not seen in voice."""
        return self._sessions.pop((guild_id, user_id), None)
