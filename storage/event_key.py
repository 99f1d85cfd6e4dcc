"""The identity under which a repeated event is nothing new."""

from __future__ import annotations

import hashlib

PREFIX_BYTES = 6  # milliseconds since 1970: until the year 10889
HASH_BYTES = 10
OCCUPANT_BYTES = 8


class KeyMaker:
    """Makes keys that only the holder of the secret can link to a person."""

    def __init__(self, secret: bytes) -> None:
        self._event = hashlib.blake2b(digest_size=HASH_BYTES, key=secret, person=b"event-key")
        self._occupant = hashlib.blake2b(digest_size=OCCUPANT_BYTES, key=secret, person=b"voice-occupant")

    def key(self, prefix_ms: int, *identity: str | int) -> bytes:
        """16 bytes: a time that the event itself carries, so that keys grow, then a hash of its identity.

        An id written as a number and as text is the same identity.
        """
        digest = self._event.copy()
        digest.update(_spelt(identity))
        return prefix_ms.to_bytes(PREFIX_BYTES, "big") + digest.digest()

    def occupant(self, guild_id: int, user_id: int, voice_session_id: str) -> str:
        """16 hex digits that link the coming and going of one stay in voice, and nothing else."""
        digest = self._occupant.copy()
        digest.update(_spelt((guild_id, user_id, voice_session_id)))
        return digest.hexdigest()


def _spelt(identity: tuple[str | int, ...]) -> bytes:
    # each part with its length, so that ("ab", "c") is not ("a", "bc"); surrogates may come from outside
    parts = [str(part).encode("utf-8", "surrogatepass") for part in identity]
    return b"".join([b"%d:%b" % (len(part), part) for part in parts])
