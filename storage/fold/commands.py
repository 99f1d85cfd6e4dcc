"""Slash commands: who ran which, how it ended, and whether it counts as activity."""

from __future__ import annotations

from msgspec import Struct

from storage.facts import CommandCompleted, CommandImported, CommandInvoked
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, Invocation
from storage.rules import Rules

ACTIVITY = "command"
# An interaction can be answered for 15 minutes; whoever has not said how a command ended by then never will.
ANSWER_MS = 3_600_000


class WaitingCommands(Struct):
    """Halves of commands: invoked without an end yet, or ended before their invocation was seen."""

    invoked: dict[int, Invocation] = {}
    completed: dict[int, CommandCompleted] = {}
    own_applications: list[int] = []  # those that tell how their commands end


class Commands:
    def __init__(self, changes: Changes, calendar: Calendar, rules: Rules, waiting: WaitingCommands) -> None:
        self._changes = changes
        self._calendar = calendar
        self._tracked = frozenset(rules.tracked_commands)
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
        ended_early = self.waiting.completed.pop(fact.interaction_id, None)
        if ended_early is not None:
            self.completed(ended_early)

    def completed(self, fact: CommandCompleted) -> None:
        invocation = self.waiting.invoked.pop(fact.interaction_id, None)
        if invocation is None:
            self.waiting.completed[fact.interaction_id] = fact
            return
        if invocation.application_id not in self.waiting.own_applications:
            self.waiting.own_applications.append(invocation.application_id)
        invocation.outcome = fact.outcome
        invocation.error_type = fact.error_type
        invocation.latency_ms = fact.latency_ms
        self._settle(invocation)

    def told(self, fact: CommandImported) -> None:
        """A file tells of a command, and of its end as far as that is known."""
        self._settle(
            Invocation(
                interaction_id=fact.interaction_id,
                member_no=fact.member_no,
                application_id=fact.application_id,
                command=fact.command,
                options="{}",
                invoked_ms=fact.from_ms,
                outcome=fact.outcome,
            )
        )

    def _settle(self, invocation: Invocation) -> None:
        self._changes.invocations[invocation.interaction_id] = invocation
        counts = self._is_activity(invocation)
        if invocation.member_no is not None and counts != invocation.is_counted:
            day = self._calendar.day_of(invocation.invoked_ms).number
            self._changes.add(day, ACTIVITY, invocation.member_no, 1 if counts else -1, 0)
            invocation.is_counted = counts

    def _is_activity(self, invocation: Invocation) -> bool:
        """Tracked, and successful. Of another application's command nobody tells the end: it counts."""
        if self._tracked.isdisjoint((invocation.command, invocation.command.split(" ")[0])):
            return False
        if invocation.outcome is None:
            return invocation.application_id not in self.waiting.own_applications
        return invocation.outcome == "success"

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
