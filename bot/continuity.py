"""Whether what is loaded goes on where the log ends, and what is noted where it does not.

A warehouse that was put back to an earlier moment lacks what Discord was told we have, and so does a journal
some of whose bytes changed. That time is a gap. Who is in voice, who is a member and what is planned is known
again only from the lists of a new session; commands and messages are from the next event on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, in_milliseconds
from bot.coverage import coverage
from bot.draft import Keys
from storage.event import Event, Source
from storage.event_log import known_keys
from storage.fact_bodies import CoverageBody
from storage.journal import Journal
from storage.journal_format import NOT_KNOWN
from storage.tables import event_log

RESTORED: Final = "the record was put back to an earlier moment"
DAMAGED: Final = "the journal was damaged"
CAUSES: Final = frozenset({RESTORED, DAMAGED})
LISTED: Final = ("voice", "members", "events")
PASSING: Final = ("commands", "text")
REMOVALS: Final = "removals"
NOTE: Final = "COVERAGE"
NEWEST: Final = 60  # notes of the log: they reach back more than the hour between two of removals

_body_of = msgspec.json.Decoder(CoverageBody)


class Loss(NamedTuple):
    """What the recorder has to make good."""

    cause: str
    is_of_session: bool  # False: the session is newer than the loss, and has told what there is
    removals_from_ms: int | None  # from where the audit log has to be read again


class _Note(NamedTuple):
    from_ms: int
    to_ms: int
    body: CoverageBody

    @property
    def is_of_session(self) -> bool:
        """Of what the gateway brings, and not of the audit log or of another bot's commands alone."""
        return "voice" in self.body.sources


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far the log knows what was recorded."""

    noted_to_ms: int | None = None
    sources: tuple[str, ...] = ()  # of the newest note that was no gap
    removals_to_ms: int | None = None
    lost_to_ms: Mapping[str, int] = field(default_factory=dict)  # a note of time before is about what is lost
    seen_ms: int | None = None  # of the last event that the gateway brought
    key: bytes | None = None  # of the last note

    def after(self, note: _Note, key: bytes | None) -> _Standing:
        body = note.body
        if REMOVALS in body.sources and body.state == "gap":
            return self
        if REMOVALS in body.sources:
            return replace(self, removals_to_ms=max(note.to_ms, self.removals_to_ms or 0))
        if not note.is_of_session:
            return self
        sources = self.sources if body.state == "gap" else body.sources
        return replace(self, noted_to_ms=max(note.to_ms, self.noted_to_ms or 0), sources=sources, key=key)

    def losing(self, to_ms: Mapping[str, int]) -> _Standing:
        return replace(self, lost_to_ms={**self.lost_to_ms, **to_ms})


class Continuity:
    """Of one guild, whose bot alone loads from this journal."""

    def __init__(
        self, journal: Journal, keys: Keys, guild_id: int, clock: Clock, on_loss: Callable[[Loss], None]
    ) -> None:
        """`on_loss` comes before the journal forgets what showed the loss: after a crash it comes again."""
        self._journal = journal
        self._keys = keys
        self._guild_id = guild_id
        self._now_ms = in_milliseconds(clock)
        self._on_loss = on_loss
        self._standing: _Standing | None = None
        self._next: tuple[_Standing, Loss | None] | None = None

    async def mended(self, conn: AsyncConnection, places: Sequence[Event | None]) -> list[Event]:
        standing, loss = self._standing, None
        events: list[Event] = []
        if standing is None or not await self._goes_on(conn):
            standing = await self._look(conn)
            if not await self._goes_on(conn):
                first = next(event for event in places if event is not None)
                is_of_session = self._journal.last_note is not None
                removals_from_ms = standing.removals_to_ms or standing.noted_to_ms
                standing, notes = self._restored(standing, first, is_of_session)
                events += notes
                if notes or is_of_session:
                    loss = Loss(RESTORED, is_of_session, removals_from_ms)
        is_missing = False
        for event in places:
            if event is None:
                is_missing = True
                continue
            if is_missing:
                standing, notes = self._damaged(standing, event)
                events += notes
                loss = Loss(DAMAGED, True, standing.removals_to_ms)
                is_missing = False
            standing, told = self._taken(standing, event)
            events += told
        self._next = standing, loss
        return events

    def loaded(self) -> None:
        if self._next is None:
            return
        (self._standing, loss), self._next = self._next, None
        if loss is not None:
            self._on_loss(loss)
        key = self._standing.key
        if key is None and loss is not None:
            key = NOT_KNOWN  # of an empty log: until it has a first note
        if key is not None and key != self._journal.last_note:
            self._journal.note_loaded(key)

    # ------------------------------------------------------------ what the log has

    async def _goes_on(self, conn: AsyncConnection) -> bool:
        """Whether the log has the last note that was loaded from this journal."""
        key = self._journal.last_note
        if key is None:  # a new journal: its first events are held against the log, once
            return self._standing is not None
        return key == NOT_KNOWN or bool(await known_keys(conn, self._guild_id, [key]))

    async def _look(self, conn: AsyncConnection) -> _Standing:
        log = event_log.c
        query = (
            select(log.key, log.occurred_from_ms, log.occurred_to_ms, log.body)
            .where(log.guild_id == self._guild_id, log.type == NOTE, log.source == Source.RECORDER.value)
            .order_by(log.position.desc())
            .limit(NEWEST)
        )
        standing = _Standing()
        for key, from_ms, to_ms, body in reversed((await conn.execute(query)).all()):
            note = _note(from_ms, to_ms, body)
            if note is None:
                continue
            standing = standing.after(note, bytes(key))
            if note.body.cause in CAUSES:
                standing = standing.losing(dict.fromkeys(note.body.sources, to_ms))
        return standing

    # ------------------------------------------------------------ what is missing

    def _restored(
        self, standing: _Standing, first: Event, is_of_session: bool
    ) -> tuple[_Standing, list[Event]]:
        """A log that ends before what is loaded begins. A new journal's first session has told of itself."""
        if standing.noted_to_ms is None:
            return standing, []
        seen_again_ms = self._now_ms() if is_of_session else first.recorded_at_ms
        return self._lost(standing, standing.noted_to_ms, seen_again_ms, first.recorded_at_ms, RESTORED)

    def _damaged(self, standing: _Standing, following: Event) -> tuple[_Standing, list[Event]]:
        """Until the last event before it all was recorded, and from the next one on."""
        moments = [ms for ms in (standing.noted_to_ms, standing.seen_ms) if ms is not None]
        if not moments:
            return standing, []
        from_ms, noted_to_ms = max(moments), standing.noted_to_ms
        told = []
        if noted_to_ms is not None and noted_to_ms < from_ms and standing.sources:
            told = [self._note("recorded", standing.sources, noted_to_ms, from_ms, None)]
        standing, lost = self._lost(standing, from_ms, self._now_ms(), following.recorded_at_ms, DAMAGED)
        return standing, told + lost

    def _lost(
        self, standing: _Standing, from_ms: int, seen_again_ms: int, heard_again_ms: int, cause: str
    ) -> tuple[_Standing, list[Event]]:
        told = []
        for sources, to_ms in (LISTED, max(seen_again_ms, heard_again_ms)), (PASSING, heard_again_ms):
            if from_ms < to_ms:
                told.append(self._note("gap", sources, from_ms, to_ms, cause))
                standing = standing.losing(dict.fromkeys(sources, to_ms))
        if told:
            standing = replace(standing, key=told[0].key, noted_to_ms=told[0].occurred_to_ms)
        return standing, told

    # ------------------------------------------------------------ what was recorded

    def _taken(self, standing: _Standing, event: Event) -> tuple[_Standing, Sequence[Event]]:
        if event.source == Source.GATEWAY:
            standing = replace(standing, seen_ms=event.occurred_from_ms)
        if event.type != NOTE or event.source != Source.RECORDER or event.guild_id != self._guild_id:
            return standing, (event,)
        note = _note(event.occurred_from_ms, event.occurred_to_ms, event.body)
        if note is None:
            return standing, (event,)
        known = list(self._known(standing.lost_to_ms, event, note))
        return standing.after(note, known[0].key if known else standing.key), known

    def _known(self, lost_to_ms: Mapping[str, int], event: Event, note: _Note) -> Iterator[Event]:
        """A note without the time that was lost after it had been recorded."""
        by_start: dict[int, list[str]] = {}
        for source in note.body.sources:
            from_ms = min(max(note.from_ms, lost_to_ms.get(source, 0)), note.to_ms)
            by_start.setdefault(from_ms, []).append(source)
        if list(by_start) == [note.from_ms]:
            yield event
            return
        for from_ms, sources in by_start.items():
            if from_ms < note.to_ms:
                yield self._note(note.body.state, sources, from_ms, note.to_ms, note.body.cause)

    def _note(self, state: str, sources: Sequence[str], from_ms: int, to_ms: int, cause: str | None) -> Event:
        return coverage(self._keys, self._guild_id, state, sources, from_ms, to_ms, cause)


def _note(from_ms: int, to_ms: int, body: str | bytes) -> _Note | None:
    """None: it cannot be read, and will be a dead letter."""
    try:
        return _Note(from_ms, to_ms, _body_of.decode(body))
    except msgspec.MsgspecError:
        return None
