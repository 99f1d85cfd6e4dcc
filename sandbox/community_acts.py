"""The story's moves on events, carried out on a server's book: for the rendered history and live alike."""

from __future__ import annotations

from typing import assert_never

from sandbox.community_moves import (
    AnswersEvent,
    CancelsEvent,
    CreatesEvent,
    DiscordActs,
    EditsEvent,
    EndsEvent,
    EventMove,
    MakesException,
    StartsEvent,
    WithdrawsAnswer,
)
from sandbox.community_seed import moment
from sandbox.event_dispatches import Dispatches
from sandbox.recurrence import RecurrenceRule
from sandbox.scheduled_events import EventBook


class EventActs:
    """`ids` is what became of the story's plans: their events' ids."""

    def __init__(self, book: EventBook, ids: dict[str, int] | None = None) -> None:
        self._book = book
        self.ids: dict[str, int] = dict(ids or {})

    def act(self, move: EventMove) -> Dispatches:
        """What Discord sends when this happens."""
        match move:
            case CreatesEvent():
                told = self._create(move)
            case EditsEvent():
                told = self._book.edit(self.ids[move.plan], start=moment(move.start_ms))
            case MakesException():
                told = self._make_exception(move)
            case StartsEvent():
                told = self._start(move)
            case EndsEvent():
                told = self._book.end(self.ids[move.plan])
            case CancelsEvent():
                told = self._book.cancel(self.ids[move.plan])
            case DiscordActs():
                told = self._book.tick_events(moment(move.at_ms))
            case AnswersEvent() | WithdrawsAnswer():
                told = self._answer(move)
            case _:
                assert_never(move)
        return told

    def _create(self, move: CreatesEvent) -> Dispatches:
        start = moment(move.start_ms)
        told = self._book.create(
            move.user_id,
            move.title,
            start,
            end=None if move.end_ms is None else moment(move.end_ms),
            channel_id=move.channel_id,
            location=move.location,
            recurrence=None if move.every_weeks is None else RecurrenceRule.weekly(start, move.every_weeks),
            at=moment(move.at_ms),
        )
        self.ids[move.plan] = int(told[0][1]["id"])
        return told

    def _start(self, move: StartsEvent) -> Dispatches:
        now = moment(move.at_ms)
        told = self._book.start(self.ids[move.plan], now)
        self._book.watch_channels(now)
        return told

    def _make_exception(self, move: MakesException) -> Dispatches:
        start = None if move.start_ms is None else moment(move.start_ms)
        return self._book.make_exception(
            self.ids[move.plan], moment(move.original_ms), start, is_cancelled=start is None
        )

    def _answer(self, move: AnswersEvent | WithdrawsAnswer) -> Dispatches:
        event_id = self.ids[move.plan]
        original_start = None if move.original_ms is None else moment(move.original_ms)
        if isinstance(move, WithdrawsAnswer):
            return self._book.withdraw_answer(move.user_id, event_id, original_start=original_start)
        return self._book.answer(
            move.user_id, event_id, interested=move.interested, original_start=original_start
        )
