"""Slash commands: who ran which, how it ended, and whether it counts as activity."""

from __future__ import annotations

from msgspec import Struct

from storage.activities import COMMAND
from storage.facts import CommandCompleted, CommandImported, CommandInvoked
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, Invocation
from storage.rules import Rules

# An interaction can be answered for 15 minutes. What is told later comes from another process, which could
# not reach the database: what it belongs to is looked up among the rows (late_halves.py).
ANSWER_MS = 3_600_000
SUCCESS = "success"


class WaitingCommands(Struct):
    """Halves of commands: invoked without an end yet, or ended before their invocation was seen."""

    invoked: dict[int, Invocation] = {}
    completed: dict[int, CommandCompleted] = {}
    own_applications: list[int] = []  # those that tell how their commands end


class Commands:
    def __init__(self, changes: Changes, calendar: Calendar, rules: Rules, waiting: WaitingCommands) -> None:
        self._changes = changes
        self._calendar = calendar
        self._rules = rules
        self.waiting = waiting

    def invoked(self, fact: CommandInvoked) -> None:
        """Seen by itself or by its answer: whichever comes later adds what it knows."""
        self._give_up(fact.from_ms)
        invocation = self._joined(
            Invocation(
                interaction_id=fact.interaction_id,
                member_no=fact.member_no,
                application_id=fact.application_id,
                command=fact.command,
                options=fact.options,
                invoked_ms=fact.from_ms,
            )
        )
        self.waiting.invoked[fact.interaction_id] = invocation
        ended_early = self.waiting.completed.pop(fact.interaction_id, None)
        if ended_early is not None:
            self.completed(ended_early)

    def completed(self, fact: CommandCompleted) -> None:
        invocation = self.waiting.invoked.pop(fact.interaction_id, None)
        if invocation is None:
            self.waiting.completed[fact.interaction_id] = fact
            self._ended_late(fact)
            return
        if invocation.application_id not in self.waiting.own_applications:
            self.waiting.own_applications.append(invocation.application_id)
        self._end(invocation, fact)

    def told(self, fact: CommandImported) -> None:
        """A file tells of a command, and of its end as far as that is known."""
        self._joined(
            Invocation(
                interaction_id=fact.interaction_id,
                member_no=fact.member_no,
                application_id=fact.application_id,
                command=fact.command,
                options=None,
                invoked_ms=fact.from_ms,
                outcome=fact.outcome,
            )
        )

    def _joined(self, half: Invocation) -> Invocation:
        """With what is known of the same command, so far as this batch or the fold's memory reaches."""
        interaction_id = half.interaction_id
        is_success = self._rules.tracks(half.command) and self._succeeded(half)
        known = self.waiting.invoked.get(interaction_id) or self._changes.invocations.get(interaction_id)
        if known is None:
            self._changes.begun.add(interaction_id)
            self._settle(half, is_success)
            return half
        join(known, half)
        self._settle(known, counts(self._rules, known, known.is_counted or is_success))
        return known

    def _ended_late(self, fact: CommandCompleted) -> None:
        """Of what came before in this batch, or else of what is written: not of what is still to come."""
        known = self._changes.invocations.get(fact.interaction_id)
        if known is None:
            self._changes.late_endings.setdefault(fact.interaction_id, fact)
        else:
            self._end(known, fact)

    def _end(self, invocation: Invocation, fact: CommandCompleted) -> None:
        if invocation.outcome is None:
            end(invocation, fact)
            self._settle(invocation, counts(self._rules, invocation, invocation.is_counted))

    def _settle(self, invocation: Invocation, is_counted: bool) -> None:
        """Notes it as it is now."""
        self._changes.invocations[invocation.interaction_id] = invocation
        count(self._changes, invocation, is_counted, self._calendar.day_of(invocation.invoked_ms).number)

    def _succeeded(self, invocation: Invocation) -> bool:
        """Where nobody tells the end, an answer is taken for success, and so is a command of an application
        that has never told."""
        if invocation.outcome is not None:
            return invocation.outcome == SUCCESS
        return invocation.options is None or invocation.application_id not in self.waiting.own_applications

    def _give_up(self, now_ms: int) -> None:
        waiting = self.waiting
        for interaction_id, invocation in list(waiting.invoked.items()):
            if invocation.invoked_ms >= now_ms - ANSWER_MS:
                break  # they stand in the order of their arrival
            del waiting.invoked[interaction_id]
        for interaction_id, completed in list(waiting.completed.items()):
            if completed.from_ms >= now_ms - ANSWER_MS:
                break
            del waiting.completed[interaction_id]


def join(invocation: Invocation, half: Invocation) -> None:
    """Adds what another half of the same command tells. Who runs the application knows the options, an
    answer does not; the first outcome stands."""
    if invocation.options is None and half.options is not None:
        invocation.application_id, invocation.command = half.application_id, half.command
        invocation.options = half.options
    if invocation.outcome is None:
        invocation.outcome, invocation.error_type = half.outcome, half.error_type
        invocation.latency_ms = half.latency_ms


def end(invocation: Invocation, fact: CommandCompleted) -> None:
    invocation.outcome = fact.outcome
    invocation.error_type = fact.error_type
    invocation.latency_ms = fact.latency_ms


def counts(rules: Rules, invocation: Invocation, is_success: bool) -> bool:
    """As activity. `is_success`: what it is taken for as long as nobody has told the outcome."""
    if invocation.outcome is not None:
        is_success = invocation.outcome == SUCCESS
    return is_success and rules.tracks(invocation.command)


def count(changes: Changes, invocation: Invocation, is_counted: bool, day: int) -> None:
    """Whether it counts as activity of its local day."""
    if is_counted != invocation.is_counted and invocation.member_no is not None:
        changes.add(day, COMMAND, invocation.member_no, 1 if is_counted else -1, 0)
    invocation.is_counted = is_counted
