"""Brings the simulated year in by the bot's own door: intake, journal, loader, event log, fold.

Only the gateway is left out. What the recorder would have noted about its own presence is noted here:
recorded spans, the gap of the outage, that a member list had ended, and who was interested in an event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from bot.coverage import coverage, event_declared, member_list_ended
from bot.draft import Received
from bot.intake import Intake
from bot.reconcile import ListEnded
from sandbox.community_calendar import HOUR_MS
from sandbox.community_history import NO_OUTAGE, Dispatch, History
from sandbox.community_moves import DeclaresEvent
from sandbox.community_place import GUILD_ID
from sandbox.demo_answers import AskedAnswers
from storage.database import Warehouse
from storage.event import Event
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import load_batch
from storage.withdrawals import Withdrawals

Step = Callable[[int, int], None]  # done, in all

SOURCES = ("voice", "members", "events", "commands", "removals")
COVER_EVERY_MS = 6 * HOUR_MS
BATCH = 4000


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: every dispatch, the recorder's own notes, and the log's rows that were made of them."""

    dispatches: int
    notes: int
    rows: int


class HistoryImport:
    def __init__(
        self,
        history: History,
        intake: Intake,
        journal: Journal,
        warehouse: Warehouse,
        withdrawals: Withdrawals,
    ) -> None:
        self._history = history
        self._intake = intake
        self._journal = journal
        self._warehouse = warehouse
        self._withdrawals = withdrawals
        self._answers = AskedAnswers(history.guild.events, intake)
        self._covered_ms = history.story.begin_ms
        self._dispatches = 0
        self._notes = 0

    async def run(self, step: Step) -> Imported:
        """Journal and load everything. `step` hears how many of the story's moves are in."""
        total = self._history.moves
        items = self._items()
        rows = 0
        while batch := await asyncio.to_thread(list, islice(items, BATCH)):
            for item in batch:
                self._notes += isinstance(item, Event)
                self._journal.append(item)
            rows += await self._load()
            step(min(self._dispatches, total), total)
        step(total, total)
        return Imported(self._dispatches, self._notes, rows)

    async def _load(self) -> int:
        await self._journal.flushed()
        rows = 0
        while (loaded := await load_batch(self._warehouse, self._journal, self._withdrawals, BATCH)).read:
            rows += loaded.loaded
        return rows

    def _items(self) -> Iterator[Received | Event]:
        """What a running bot would have given its journal."""
        lost_ms, back_ms = self._history.story.outage or NO_OUTAGE
        for dispatch in self._history.dispatches():
            if self._covered_ms <= lost_ms and dispatch.at_ms >= back_ms:
                yield from self._cover(lost_ms)
                yield self._coverage("gap", lost_ms, back_ms, "the bot was not running")
                self._covered_ms = back_ms
            elif dispatch.at_ms - self._covered_ms >= COVER_EVERY_MS:
                yield from self._cover(dispatch.at_ms)
            self._dispatches += 1
            yield from self._received(dispatch)
        yield from self._cover(self._history.until_ms)

    def _cover(self, to_ms: int) -> Iterator[Event]:
        if self._covered_ms < to_ms:
            yield self._coverage("recorded", self._covered_ms, to_ms, None)
            self._covered_ms = to_ms

    def _coverage(self, state: str, from_ms: int, to_ms: int, cause: str | None) -> Event:
        return coverage(self._intake.keys, GUILD_ID, state, SOURCES, from_ms, to_ms, cause)

    def _received(self, dispatch: Dispatch) -> Iterator[Received | Event]:
        kept = self._intake.extract(dispatch.type, dispatch.data)
        if kept is None:
            return
        snapshot = f"{dispatch.session}-members" if dispatch.type == "GUILD_MEMBERS_CHUNK" else None
        at_ms = dispatch.at_ms
        yield Received(
            kept,
            dispatch.session,
            dispatch.session_started_at_ms,
            dispatch.sequence,
            at_ms,
            at_ms,
            at_ms,
            snapshot,
        )
        if dispatch.declared is not None:
            yield self._declared(dispatch, dispatch.declared)
        if snapshot and dispatch.data["chunk_index"] == dispatch.data["chunk_count"] - 1:
            began_ms = dispatch.session_started_at_ms
            ended = ListEnded(snapshot, GUILD_ID, began_ms, len(dispatch.data["members"]), complete=True)
            yield member_list_ended(self._intake.keys, ended, at_ms)
        yield from self._answers.after(dispatch, kept)

    def _declared(self, dispatch: Dispatch, move: DeclaresEvent) -> Event:
        return event_declared(
            self._intake.keys,
            GUILD_ID,
            int(dispatch.data["id"]),
            move.user_id,
            hosts=[move.host_id],
            title=move.title,
            channel_ids=[move.channel_id],
            from_ms=move.start_ms,
            to_ms=move.end_ms,
            now_ms=dispatch.at_ms,
        )


async def fold_everything(folder: Folder, step: Step, rows: int) -> None:
    """Make the tables follow the log to its end."""
    folded = 0
    while True:
        progress = await folder.advance(GUILD_ID)
        folded += progress.folded
        step(folded, rows)
        if progress.caught_up:
            return
