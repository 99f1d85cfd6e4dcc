"""Who attended an event: interval arithmetic and the judgement over it, pure.

`window` concludes whether and when an occurrence was held, `answers` what people had answered by then,
`presence` who was there long enough.
"""

from __future__ import annotations

from storage.attendance.answers import Answer, Rsvp, answers_at
from storage.attendance.intervals import Span, Step, clipped, headcount, merged, times_with, total_ms
from storage.attendance.presence import Attendance, Attended, attendances
from storage.attendance.window import Clock, Judgement, Outcome, Stay, judged

__all__ = [
    "Answer",
    "Attendance",
    "Attended",
    "Clock",
    "Judgement",
    "Outcome",
    "Rsvp",
    "Span",
    "Stay",
    "Step",
    "answers_at",
    "attendances",
    "clipped",
    "headcount",
    "judged",
    "merged",
    "times_with",
    "total_ms",
]
