"""Text: how many messages somebody wrote on a day, and from when to when. Nothing of it makes anybody active
unless a report counts it (`activity.qualifying`).
"""

from __future__ import annotations

from storage.activities import TEXT
from storage.facts import MessageSent
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, TextDay


class Text:
    def __init__(self, changes: Changes, calendar: Calendar) -> None:
        self._changes = changes
        self._calendar = calendar

    def sent(self, fact: MessageSent) -> None:
        """Messages may become known in any order: sums, the first and the last are the same in each."""
        at_ms = fact.from_ms
        day = self._calendar.day_of(at_ms).number
        self._changes.add(day, TEXT, fact.member_no, count=1, duration_ms=0)
        key = (day, fact.member_no)
        written = self._changes.text_days.get(key)
        if written is None:
            written = self._changes.text_days[key] = TextDay(at_ms, at_ms)
        written.first_ms = min(written.first_ms, at_ms)
        written.last_ms = max(written.last_ms, at_ms)
        written.messages += 1
