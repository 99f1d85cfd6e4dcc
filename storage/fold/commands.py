"""Slash commands: who ran which, how it ended, and whether it counts as activity."""

from __future__ import annotations

from msgspec import Struct

from storage.activities import COMMAND
from storage.facts import CommandCompleted, CommandImported, CommandInvoked
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, Invocation
from storage.rules import Rules

# An interaction can be answered for 15 minutes. What is told later comes from another process, which could
# not reach the database: that end is looked up among the rows (late_outcomes.py).
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
        self._give_up(fact.from_ms)
        invocation = Invocation(
            interaction_id=fact.interaction_id,
            member_no=fact.member_no,
            application_id=fact.application_id,
            command=fact.command,
            options=fact.options,
            invoked_ms=fact.from_ms,
        )
        self._settle(invocation)
        self.waiting.invoked[fact.interaction_id] = invocation
        self._changes.late_endings.pop(fact.interaction_id, None)  # it came before, and waits
        ended_early = self.waiting.completed.pop(fact.interaction_id, None)
        if ended_early is not None:
            self.completed(ended_early)

    def completed(self, fact: CommandCompleted) -> None:
        invocation = self.waiting.invoked.pop(fact.interaction_id, None)
        if invocation is None:
            self.waiting.completed[fact.interaction_id] = fact
            self._changes.late_endings.setdefault(fact.interaction_id, fact)
            return
        if invocation.application_id not in self.waiting.own_applications:
            self.waiting.own_applications.append(invocation.application_id)
        end(invocation, fact)
        self._settle(invocation)

    def told(self, fact: CommandImported) -> None:
        """A file tells of a command, and of its end as far as that is known."""
        self._settle(
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

    def _settle(self, invocation: Invocation) -> None:
        counts = self._rules.tracks(invocation.command) and self._succeeded(invocation)
        day = self._calendar.day_of(invocation.invoked_ms).number
        settle(self._changes, invocation, counts, day)

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


def end(invocation: Invocation, fact: CommandCompleted) -> None:
    invocation.outcome = fact.outcome
    invocation.error_type = fact.error_type
    invocation.latency_ms = fact.latency_ms


def settle(changes: Changes, invocation: Invocation, counts: bool, day: int) -> None:
    """Notes an invocation as it is now, and whether it counts as activity of its local day."""
    changes.invocations[invocation.interaction_id] = invocation
    if counts != invocation.is_counted and invocation.member_no is not None:
        changes.add(day, COMMAND, invocation.member_no, 1 if counts else -1, 0)
    invocation.is_counted = counts
