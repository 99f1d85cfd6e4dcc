"""Who attended an event: interval arithmetic and the judgement over it, pure.

`window` concludes whether and when an occurrence was held, `answers` what people had answered by then,
`presence` who was there long enough, `claims` whose presence it is where occurrences overlap, `told` what
files say of a person's attendance.
"""

from __future__ import annotations

from storage.attendance.answers import Answer, Rsvp, answers_at
from storage.attendance.claims import Claim, claim_of, telling, unclaimed
from storage.attendance.intervals import (
    Span,
    Step,
    clipped,
    headcount,
    merged,
    outside,
    times_with,
    total_ms,
)
from storage.attendance.presence import Attendance, Attended, attendances
from storage.attendance.told import ToldAttendance, so_long
from storage.attendance.window import Clock, Judgement, Outcome, Stay, judged

__all__ = [
    "Answer",
    "Attendance",
    "Attended",
    "Claim",
    "Clock",
    "Judgement",
    "Outcome",
    "Rsvp",
    "Span",
    "Stay",
    "Step",
    "ToldAttendance",
    "answers_at",
    "attendances",
    "claim_of",
    "clipped",
    "headcount",
    "judged",
    "merged",
    "outside",
    "so_long",
    "telling",
    "times_with",
    "total_ms",
    "unclaimed",
]
