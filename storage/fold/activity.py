"""What people did elsewhere, added to their days under its own name."""

from __future__ import annotations

from storage.facts import ActivityNoted
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes


class Elsewhere:
    def __init__(self, changes: Changes, calendar: Calendar) -> None:
        self._changes = changes
        self._calendar = calendar

    def noted(self, fact: ActivityNoted) -> None:
        day = self._calendar.day_of(fact.at_ms).number
        self._changes.add(day, fact.activity, fact.member_no, fact.count, fact.duration_ms)
