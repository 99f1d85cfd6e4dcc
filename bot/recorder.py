"""Writes down what the gateway brings, with when it can have happened, and what was missed.

Everything here runs on the event loop in the order in which Discord sent it, and only appends to the journal.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from time import monotonic
from typing import Any, Final, Protocol

from bot.audit_log import EntriesRequest
from bot.audit_recorder import ENTRY, AuditRecorder, Place
from bot.clock import Clock, in_milliseconds
from bot.continuity import Loss
from bot.coverage import event_hidden, member_list_ended
from bot.coverage_ledger import CoverageLedger
from bot.disk_watch import NOT_WRITABLE, DiskWatch, Note
from bot.draft import Received
from bot.excerpt import Kept
from bot.held_back import HeldBack
from bot.hidden_events import LIST_AT, with_events
from bot.intake import Intake, IntakeOptions
from bot.observing import Observing
from bot.reconcile import ListProgress, MemberLists
from bot.rsvp_lists import ListRequest
from bot.rsvp_recorder import FOLLOWED, RsvpRecorder
from bot.well_formed import ABSENT
from storage.journal import GatewayMark, GatewaySession

COVER_EVERY_MS: Final = 5 * 60_000  # how far the tables may trail behind what is known to be recorded
CORRECTION_MS: Final = 10 * 60_000  # a clock that is set back by more was wrong before, and is believed now
MEMBER_LIST: Final = 8  # "Gateway Opcodes" in Discord's reference: Request Guild Members
PROGRESS_EVERY: Final = 10_000  # members of a long list between two lines in the log
SETTLE_S: Final = 1.0  # a RESUME from an older place brings more again, and is no harm
# All others are a row each, or nothing: most of what comes.
MORE_THAN_A_ROW: Final = frozenset(
    {
        "GUILD_CREATE",
        "GUILD_DELETE",
        "GUILD_MEMBERS_CHUNK",
        "GUILD_MEMBER_REMOVE",
        "RATE_LIMITED",
        ENTRY,
        *FOLLOWED,
    }
)
LIST_DUE: Final = " member list due"  # a session that is resumed still owes its member list

log = logging.getLogger(__name__)


class Log(Protocol):
    """What the recorder needs of storage.journal.Journal."""

    def append(self, item: object, mark: GatewayMark | None = None) -> None: ...
    def durable(self, shard_id: int) -> GatewaySession | None: ...
    def last_session(self, shard_id: int) -> GatewaySession | None: ...
    def open_session(self, session: GatewaySession) -> None: ...
    def forget_session(self, shard_id: int) -> None: ...
    def covered(self, shard_id: int, to_ms: int) -> None: ...
    async def flushed(self) -> None: ...

    @property
    def is_overfull(self) -> bool: ...

    @property
    def problem(self) -> str | None: ...


class Link(Enum):
    """What a dispatch that comes now would be."""

    DOWN = auto()
    FRESH = auto()  # a new session, whose guild has not been seen yet
    REPLAYING = auto()  # missed before, sent again by a RESUME
    LIVE = auto()


DOWN, FRESH, REPLAYING, LIVE = Link  # to look one up in an enumeration costs as much as a call


class Recorder(Observing):
    _journal: Log

    def __init__(
        self,
        intake: Intake,
        journal: Log,
        clock: Clock,
        *,
        shard_id: int = 0,
        audit_place: Place | None = None,
        disk_note: Note | None = None,
        ticks_s: Callable[[], float] = monotonic,
    ) -> None:
        """`ticks_s` tells how long to wait: the clock may be set."""
        self._intake = intake
        self._journal = journal
        self._clock_ms = in_milliseconds(clock)
        self._ticks_s = ticks_s
        self._shard_id = shard_id
        self._lists = MemberLists()
        self._rsvps = RsvpRecorder(intake, journal.append)
        self._held_back = HeldBack(intake, journal.append)
        self._newly_hidden = intake.newly_hidden
        self._link = DOWN
        self.connection = 0  # which one is heard: each that is opened ends the one before
        last = journal.last_session(shard_id)
        self._session_id = last.session_id if last else None
        self._resume_url = last.resume_url if last else ""
        self._identity = last.identity if last else ""
        self._started_ms = last.started_at_ms if last else 0
        self._received = last.sequence if last else 0
        self._live_ms = last.live_at_ms if last else None  # until here nothing is missing
        self._is_adopted = bool(last and last.session_id)  # the journal knows this session
        self.has_refused = False  # dispatches of this session, for which there was no room
        self.new_session_wanted = asyncio.Event()  # only its lists tell what the record has lost
        self._answered = 0  # the last sequence that was refused: whoever asked has had their answer
        self._is_new_process = True  # which has not heard what there is
        self._heard: tuple[str, ...] = ()  # the sources that the session's intents bring
        since_ms = last.covered_to_ms or last.started_at_ms if last else None
        self._audit = AuditRecorder(intake, journal, audit_place, since_ms)
        self._coverage = CoverageLedger(
            intake.keys,
            journal,
            shard_id,
            covered_to_ms=last.covered_to_ms if last else None,
            is_open=self._is_adopted,
        )
        self._disk = DiskWatch(journal, disk_note)
        self._coverage.cause = self._disk.cause or self._coverage.cause

    # ------------------------------------------------------------ what the gateway asks and tells

    @property
    def live_at_ms(self) -> int | None:
        """The last moment until which nothing that Discord sent is missing."""
        return self._live_ms

    @property
    def received(self) -> int:
        """The last sequence that came in the present session."""
        return self._received

    @property
    def is_live(self) -> bool:
        return self._link is LIVE

    def resumable(self, identity: str) -> GatewaySession | None:
        """The session to resume, up to what is on disk. None: a new one is needed."""
        session = self._journal.durable(self._shard_id)
        if session is None or session.identity.removesuffix(LIST_DUE) != identity:
            return None
        return session

    async def settled(self) -> None:
        """What was received is on disk, or the disk is too slow to be waited for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._journal.flushed(), SETTLE_S)

    def durable_sequence(self, session_id: str | None) -> int | None:
        session = self._journal.durable(self._shard_id)
        return session.sequence if session and session.session_id == session_id else None

    @property
    def wants_resume(self) -> bool:
        """What there was no room for is to be sent again, now that there is."""
        return self.has_refused and not self._journal.is_overfull

    def identifying(self, identity: str, sources: Sequence[str]) -> None:
        """A new session is asked for; whatever is left of the one before will not be sent any more."""
        self.connection += 1
        self._identity = identity
        self.has_refused = False
        self.new_session_wanted.clear()
        self._hear(sources)

    def resuming(self, sources: Sequence[str]) -> None:
        """The session goes on: until RESUMED comes, dispatches are late."""
        self.connection += 1
        self._hear(sources)
        self.has_refused = False
        self._link = REPLAYING

    def lost(self, cause: str) -> None:
        """The connection is gone. The cause is what people read beside the gap; the first one tells most."""
        cause = self._disk.look() or cause
        if self._link is LIVE and self._coverage.is_open:
            self._coverage.cause = cause
        self._link = DOWN
        self._rsvps.lists.interrupted()

    def session_ended(self, cause: str) -> None:
        """Discord does not have the session any more. Times stay: they bound the gap."""
        self.lost(cause)
        self._cover()
        self._journal.forget_session(self._shard_id)
        self._is_adopted = False

    def record_lost(self, loss: Loss) -> None:
        """The record does not have what Discord was told we have: a new session tells what there is now."""
        if loss.removals_from_ms is not None:
            self._audit.again_from(loss.removals_from_ms)
        if loss.is_of_session:
            self.session_ended(loss.cause)
            self.new_session_wanted.set()

    def acknowledged(self) -> None:
        """Discord answered a heartbeat, so everything that it sent before has arrived."""
        self._hide_events()
        if self._link is LIVE:
            self._disk.look()
            self._live_ms = self._now()
            self._journal.append(None, self._mark())
            if self._live_ms - (self._coverage.covered_to_ms or 0) >= COVER_EVERY_MS:
                self._cover()

    def member_lists_due(self) -> list[tuple[int, str]]:
        """Guilds to ask for all their members now, each with the nonce to ask with."""
        if self._link is not LIVE or "members" not in self._coverage.sources:
            return []
        return self._lists.due(self._now(), self._ticks_ms)

    def want_members_again(self) -> bool:
        """Asks for a second list of members. False while none can be asked for, or one is on its way."""
        if self._link is not LIVE or "members" not in self._coverage.sources or not self._lists.settled:
            return False
        self._lists.again(self._guild_id)
        return True

    def use_options(self, options: IntakeOptions) -> None:
        """What was recorded until now was recorded under the options before."""
        self._cover()
        self._intake.options = options
        self._hear(self._heard)

    def audit_log_due(self) -> EntriesRequest | None:
        return self._audit.log.next(self._now()) if self._link is LIVE else None

    async def audit_log_taken(self, request: EntriesRequest, entries: Iterable[object]) -> None:
        """All entries that were asked for. Returns when they are durable."""
        await self._audit.taken(request, entries, self._now())

    def audit_log_missed(self, request: EntriesRequest, *, is_denied: bool = False) -> None:
        """`is_denied`: the permission is missing."""
        self._audit.missed(request, is_denied=is_denied)

    @property
    def events_unknown(self) -> bool:
        """Whether nobody told this process yet which scheduled events there are."""
        return self._hears_events and not self._rsvps.lists.knows_events

    def events_told(self, events: Iterable[object]) -> None:
        """Every scheduled event that there is, as REST tells it. What is recorded comes from the gateway."""
        self._rsvps.told(events)
        self._hide_events()
        self._held_back.release(self._will_hear_of)

    @property
    def member_list_progress(self) -> ListProgress | None:
        """How far the list of members has come; None while none is being sent."""
        return self._lists.progress(self._guild_id)

    @property
    def channels_unknown(self) -> bool:
        """Whether nobody told this process yet which channels there are, and some are excluded."""
        return self._link is LIVE and self._intake.excludes and not self._intake.knows_channels

    def channels_told(self, channels: Iterable[object], threads: Iterable[object]) -> None:
        """Every channel and active thread that there is, as REST tells it."""
        self._intake.channels_told(channels, threads)
        self._held_back.release(self._will_hear_of)

    def rsvp_list_due(self) -> ListRequest | None:
        """The list of those interested in an event to ask for now."""
        self._hide_events()
        return self._rsvps.due(self._now()) if self._hears_events else None

    def rsvp_list_taken(self, request: ListRequest, answers: Mapping[int, int], *, complete: bool) -> None:
        """`complete`: nobody else is interested. Without it nobody is removed."""
        self._hide_events()
        self._rsvps.taken(request, answers, complete=complete, now_ms=self._now())

    def stopped(self) -> None:
        """A clean end: the session is kept, and what is known until now is written down."""
        self._cover()
        self.lost("the bot was not running")

    async def cover_until_now(self) -> None:
        """Write down what is known until now, durably: for a report that is about to be made."""
        self._cover()
        await self._journal.flushed()

    def on_dispatch(self, sequence: int, dispatch_type: str, data: Any) -> bool:
        """Record one dispatch. False: it came before in this process, and is only sent again."""
        if (self.has_refused or self._journal.is_overfull) and self._is_refused(dispatch_type):
            self._answered = max(sequence, self._answered)
            return True
        if dispatch_type == "READY":
            self._began(sequence, data)
            return True
        if sequence <= self._received and dispatch_type != "RESUMED":
            return False
        if dispatch_type == "RESUMED":
            self._received = max(sequence, self._received)
            self._resumed()
        else:
            self._received = sequence
            self._record(dispatch_type, data)
        return sequence > self._answered

    def _is_refused(self, dispatch_type: str) -> bool:
        """While memory is full nothing more is taken, nor told to Discord as received: a RESUME brings it."""
        if self._journal.is_overfull and not self.has_refused:
            self.has_refused = True
            self.lost(NOT_WRITABLE)
            log.error("The journal cannot be written, and memory is full: nothing more is recorded for now.")
        return self.has_refused and dispatch_type != "READY"

    # ------------------------------------------------------------ dispatches

    def _record(self, dispatch_type: str, data: Any) -> None:
        kept = self._intake.extract(dispatch_type, data)
        now_ms = self._now()
        if self._newly_hidden:
            self._hide_events()
        if self._held_back.held:
            lists_all = kept is not None and kept.type == "GUILD_CREATE" and kept.lists[LIST_AT] is not None
            self._held_back.release(self._will_hear_of_channel if lists_all else self._will_hear_of)
        if dispatch_type in MORE_THAN_A_ROW:
            self._record_and_follow(dispatch_type, data, kept, now_ms)
        else:
            self._append(kept, now_ms)

    def _record_and_follow(self, dispatch_type: str, data: Any, kept: Kept | None, now_ms: int) -> None:
        is_our_guild = kept is not None and kept.guild == str(self._guild_id)
        if kept and is_our_guild and dispatch_type == "GUILD_CREATE" and not _is_unavailable(data):
            now_ms = self._coverage.open(self._guild_id, now_ms)
            if "events" not in self._coverage.sources:  # without its intent the list means nothing
                kept = with_events(kept, None)
            self._append(kept, now_ms)
            self._adopt(data.get("member_count"))
        elif dispatch_type == "GUILD_MEMBERS_CHUNK":
            self._record_chunk(kept, data, now_ms)
        else:
            self._append(kept, now_ms)
        if kept and is_our_guild:
            self._audit.follow(kept, now_ms)
        if is_our_guild and dispatch_type == "GUILD_DELETE":
            self._guild_lost(_is_unavailable(data))
        if kept and (is_our_guild or kept.guild is ABSENT) and "events" in self._coverage.sources:
            self._rsvps.follow(kept, now_ms)
        if dispatch_type == "RATE_LIMITED" and isinstance(data, dict) and data.get("opcode") == MEMBER_LIST:
            self._lists.refused(self._guild_id, _milliseconds(data.get("retry_after")), self._ticks_ms)

    def _append(self, kept: Kept | None, now_ms: int, snapshot: str | None = None) -> None:
        from_ms, to_ms = now_ms, now_ms
        if self._link is REPLAYING and self._live_ms is not None:
            from_ms = min(self._live_ms, now_ms)
            to_ms = now_ms + self._hidden_ms
        elif self._link is not DOWN:
            self._live_ms = now_ms
        is_untold = kept is not None and self._intake.is_untold(kept)
        if kept is None or (is_untold and not self._will_hear_of(kept)):
            self._journal.append(None, self._mark())
            return
        if kept.type == "GUILD_MEMBER_ADD":
            snapshot = self._lists.under_way(self._guild_id)
        session, started, sequence = str(self._session_id), self._started_ms, self._received
        received = Received(kept, session, started, sequence, from_ms, to_ms, now_ms, snapshot)
        if is_untold:
            self._held_back.hold(received)
            return
        self._journal.append(received, self._mark())

    def _record_chunk(self, kept: Kept | None, chunk: Any, now_ms: int) -> None:
        """A part of a member list that this process asked for; any other would never end."""
        nonce = chunk.get("nonce") if isinstance(chunk, dict) else None
        if kept is None or nonce is None or nonce != self._lists.under_way(self._guild_id):
            self._append(None, now_ms)
            return
        self._append(kept, now_ms, nonce)
        (rows,) = kept.lists
        rows = rows or ()
        readable = all(isinstance(row.person, str) for row in rows)
        place = chunk.get("chunk_index"), chunk.get("chunk_count")
        ended = self._lists.chunk(nonce, place, members=len(rows), readable=readable, ticks_ms=self._ticks_ms)
        if ended is None:
            self._tell_progress(len(rows))
            return
        if not ended.complete:
            log.warning("The member list was not complete (%d members): nobody is removed.", ended.members)
        self._journal.append(member_list_ended(self._intake.keys, ended, now_ms))
        if self._lists.settled and self._is_adopted:
            self._open_session()

    def _tell_progress(self, newest: int) -> None:
        progress = self.member_list_progress
        if progress and progress.members // PROGRESS_EVERY > (progress.members - newest) // PROGRESS_EVERY:
            log.info("The list of members is coming: %s.", progress)

    # ------------------------------------------------------------ sessions

    def _began(self, sequence: int, ready: Any) -> None:
        """A new session: what happened since the last live moment is lost."""
        ready = ready if isinstance(ready, dict) else {}
        self._coverage.close(self._guild_id, self._live_ms)
        self._lists.forget()
        self._rsvps.lists.forget()
        self._is_new_process = self.has_refused = False
        self._answered = 0
        self._session_id = str(ready.get("session_id"))
        self._resume_url = str(ready.get("resume_gateway_url") or "")
        self._started_ms = self._now()
        self._received = sequence
        self._is_adopted = False
        self._link = FRESH

    def _adopt(self, member_count: object) -> None:
        """The guild's state is in: from here on the journal's place in this session is worth resuming."""
        self._link = LIVE if self._link is FRESH else self._link
        if "members" in self._coverage.sources:
            self._lists.want(self._guild_id, member_count if isinstance(member_count, int) else None)
        self._audit.want(self._now())
        self._is_adopted = True
        self._open_session()

    def _open_session(self) -> None:
        sequence, live_ms = self._whole_until
        self._journal.open_session(
            GatewaySession(
                shard_id=self._shard_id,
                session_id=self._session_id,
                resume_url=self._resume_url,
                sequence=sequence,
                started_at_ms=self._started_ms,
                live_at_ms=live_ms,
                covered_to_ms=self._coverage.covered_to_ms or 0,
                identity=self._identity.removesuffix(LIST_DUE) + ("" if self._lists.settled else LIST_DUE),
            )
        )

    def _resumed(self) -> None:
        """The replay is over; it belongs to the time between the last live moment and now."""
        now_ms = self._now()
        self._link = LIVE
        if self._live_ms is not None:
            self._coverage.late_until(self._guild_id, self._live_ms, now_ms)
        self._live_ms = now_ms
        self._journal.append(None, self._mark())
        if self._is_new_process:
            self._is_new_process = False
            self._audit.want(now_ms)
        if self._identity.endswith(LIST_DUE) and self._lists.settled:
            self._lists.want(self._guild_id, None)

    def _guild_lost(self, unavailable: bool) -> None:
        """An outage, or the bot was removed. The session brings nothing of this guild until it is back."""
        self._coverage.close(self._guild_id, self._live_ms)
        cause = "Discord had an outage" if unavailable else "the bot was removed"
        self._coverage.cause = self._disk.look() or cause
        self._journal.forget_session(self._shard_id)
        self._is_adopted = False

    # ------------------------------------------------------------ small things

    @property
    def _hears_events(self) -> bool:
        return self._link is LIVE and "events" in self._coverage.sources

    def _hear(self, sources: Sequence[str]) -> None:
        self._heard = tuple(sources)
        switched_off = () if self._intake.options.records_text else ("text",)
        self._coverage.switched_off = switched_off
        self._coverage.sources = tuple(source for source in self._heard if source not in switched_off)

    def _cover(self) -> None:
        self._coverage.recorded_until(self._guild_id, self._live_ms)

    def _will_hear_of(self, kept: Kept) -> bool:
        """Whether all channels, or events, are yet to be told of. New ones come before what is in them."""
        if self._intake.is_in_untold_channel(kept):
            return self._will_hear_of_channel(kept)
        return "events" in self._coverage.sources and not self._rsvps.lists.knows_events

    def _will_hear_of_channel(self, kept: Kept) -> bool:
        return self._intake.is_in_untold_channel(kept) and not self._intake.knows_channels

    def _hide_events(self) -> None:
        """Of an event that is in an excluded channel now, the record says once that it is silent of it."""
        for event_id in self._newly_hidden:
            self._rsvps.lists.drop(event_id)
            self._journal.append(event_hidden(self._intake.keys, self._guild_id, event_id, self._now()))
        self._newly_hidden.clear()

    def _mark(self) -> GatewayMark | None:
        if not self._is_adopted or self._session_id is None or self._live_ms is None:
            return None
        sequence, live_ms = self._received, self._live_ms
        if self._held_back.held:
            sequence, live_ms = self._whole_until
        return GatewayMark(self._shard_id, self._session_id, sequence, live_ms)

    @property
    def _whole_until(self) -> tuple[int, int]:
        """Up to where nothing is missing in the journal: what is held back would be sent again."""
        return self._held_back.place_before(self._session_id) or (self._received, self._live_ms or 0)

    def _now(self) -> int:
        """Not before the last live moment when this machine's clock is corrected by a little."""
        now_ms, live_ms = self._clock_ms(), self._live_ms or 0
        return live_ms if now_ms < live_ms <= now_ms + CORRECTION_MS else now_ms

    @property
    def _ticks_ms(self) -> int:
        return int(self._ticks_s() * 1000)

    @property
    def _hidden_ms(self) -> int:
        """A moment, where a clock that was set back hides that time has passed since the last live one."""
        return int(self._clock_ms() < self._now())


def _is_unavailable(guild: Mapping[str, object] | object) -> bool:
    return isinstance(guild, dict) and guild.get("unavailable") is True


def _milliseconds(seconds: object) -> int:
    return int(seconds * 1000) if isinstance(seconds, int | float) else 0
