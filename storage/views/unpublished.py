"""The numbers of docs/kpis.md that no view has of closed weeks and months, and why; in docs/views.md."""

from __future__ import annotations

from typing import NamedTuple


class Unpublished(NamedTuple):
    names: tuple[str, ...]
    why: str  # and where they are


UNPUBLISHED = (
    Unpublished(
        (
            *("attendees", "show_rate", "partial_shows", "unknown_shows", "walk_ins", "standing_shows"),
            *("late_cancels", "attendance_per_interest", "attendance_of_members", "overflow"),
            *("attendee_minutes_median", "attendee_minutes_mean", "early_attendees", "presence_at"),
            *("drop_off", "first_timers", "came_to_the_one_before", "regular_attendees"),
            *("returned_next", "returned_next_two"),
        ),
        "are of one event and of no period: `organizer_occurrences_v1` has its counts and minutes, `insights "
        "report event` all of them",
    ),
    Unpublished(
        ("daily_messages", "daily_commands", "daily_voice_hours"),
        "are in `leadership_days_v1` as they happen, with the days in voice that are too short to count",
    ),
    Unpublished(
        ("retention_of_cohort",),
        "is of a cohort and its own weeks, and of no calendar's: `leadership_cohorts_v1` has them",
    ),
    Unpublished(
        ("host_hours_of_4_weeks",),
        "is of single hosts, and views name nobody; of each tier the numbers of hosts are there",
    ),
    Unpublished(("member_attendance",), "is of one member, and views name nobody"),
    Unpublished(
        ("series_best_time", "series_own_time"),
        "are advice for planning, from the 12 weeks before it is asked for, and not a number to follow: "
        "`insights report series`",
    ),
)
