"""The gateway's side of a session, by Discord's documented rules, and as little helpful as they allow.

It numbers what it sends, replays after a RESUME from the sequence that it is given, and keeps nothing that it
was told we have. A session that is left alone for too long is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .truth import Moment, Sent

KEPT_MS = 4 * 60_000  # for so long a session without a connection can be resumed
CHUNK = 3  # members a part of a list


@dataclass(slots=True)
class Session:
    number: int
    sequence: int = 0
    kept: list[Sent] = field(default_factory=list)
    told: int = 0
    is_alive: bool = True
    left_ms: int | None = None  # without a connection since then

    @property
    def session_id(self) -> str:
        return f"session-{self.number}"


class Gateway:
    def __init__(self, sent: list[Sent], unheard: list[Moment]) -> None:
        self._all_sent = sent
        self._unheard = unheard
        self._sessions = 0
        self.session: Session | None = None
        self.is_connected = False
        self.wire: list[Sent] = []  # on its way to the client
        self.older: Session | None = None  # has a connection still, beside the newest one
        self.older_wire: list[Sent] = []
        self.is_available = True  # the guild
        self.guild: Callable[[], object] = dict
        self.members: Callable[[], list[object]] = list

    # ------------------------------------------------------------ what the world causes

    def send(
        self,
        name: str,
        data: object,
        at: Moment,
        fact: tuple[object, ...] | None = None,
        person: int | None = None,
    ) -> Sent | None:
        """A dispatch, if there is a session that would be sent it."""
        session = self.session
        if session is None or not session.is_alive or (not self.is_available and name != "GUILD_DELETE"):
            self._unheard.append(at)
            return None
        session.sequence += 1
        sent = Sent(session.number, session.sequence, name, data, at, fact, person)
        session.kept.append(sent)
        self._all_sent.append(sent)
        if self.is_connected:
            self.wire.append(sent)
        if self.older is not None:
            self.older_wire.append(self._again(self.older, sent))
        return sent

    @staticmethod
    def _again(older: Session, sent: Sent) -> Sent:
        """The same by an older connection: of the same session, or of one that has numbers of its own."""
        if older.number == sent.session:
            return sent
        older.sequence += 1
        return replace(sent, session=older.number, sequence=older.sequence)

    def lose_connection(self, now_ms: int) -> None:
        """Whatever was on its way is lost with it."""
        self.is_connected = False
        self.wire.clear()
        if self.session is not None:
            self.session.left_ms = now_ms

    def give_up(self, now_ms: int) -> None:
        """Nobody answers: nothing more is sent. What was is in the client's socket."""
        self.is_connected = False
        if self.session is not None:
            self.session.left_ms = now_ms

    def leave_behind(self, session: Session | None) -> None:
        """Its connection goes on beside the next one; None: it is closed."""
        self.older = session
        self.older_wire.clear()

    def end_session(self) -> None:
        if self.session is not None:
            self.session.is_alive = False

    # ------------------------------------------------------------ what the client asks

    def identify(self, at: Moment) -> str:
        self._sessions += 1
        self.session = Session(self._sessions)
        self.is_connected = True
        ready = {"session_id": self.session.session_id, "resume_gateway_url": "ws://resume"}
        was_available, self.is_available = self.is_available, True
        self.send("READY", ready, at)
        if was_available:
            self.send("GUILD_CREATE", self.guild(), at, ("GUILD_CREATE",))
        self.is_available = was_available
        return self.session.session_id

    def resume(self, session_id: str, sequence: int, at: Moment, now_ms: int) -> bool:
        """False: op 9, the session is gone."""
        session = self.session
        if session is None or session.session_id != session_id or not session.is_alive:
            return False
        if session.left_ms is not None and now_ms - session.left_ms > KEPT_MS:
            session.is_alive = False
            return False
        self._tell(session, sequence)
        self.is_connected, session.left_ms = True, None
        self.wire = [sent for sent in session.kept if sent.sequence > sequence]
        session.sequence += 1
        self.wire.append(Sent(session.number, session.sequence, "RESUMED", {}, at))
        return True

    def heartbeat(self, sequence: int | None) -> None:
        if self.session is not None and sequence is not None:
            self._tell(self.session, sequence)

    def request_members(self, nonce: str, at: Moment) -> None:
        people = self.members()
        parts = [people[start : start + CHUNK] for start in range(0, len(people), CHUNK)]
        for index, part in enumerate(parts):
            place = {"chunk_index": index, "chunk_count": len(parts), "nonce": nonce}
            self.send("GUILD_MEMBERS_CHUNK", {"guild_id": self.guild()["id"], "members": part, **place}, at)

    def _tell(self, session: Session, sequence: int) -> None:
        """The client has everything up to here: it will never be sent again."""
        session.told = max(session.told, sequence)
        for sent in session.kept:
            if sent.sequence <= session.told:
                sent.is_told = True
        session.kept = [sent for sent in session.kept if sent.sequence > session.told]
