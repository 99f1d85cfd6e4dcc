"""How rows of derived tables are found otherwise than by their key, and what only few of them meet.

A condition is text, and a query asks for it as it stands here: a database takes an index with a condition
only where the query has the very same one. Such an index has all columns that are asked for, or another
index of the guild may be walked through instead.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, TextClause, text

from storage.tables import (
    activity_sessions,
    attendance,
    attendance_days,
    audit_entries,
    command_invocations,
    event_occurrences,
    imported_stay_days,
    members,
    membership_spells,
)

IS_LATER_PIECE = text("(is_imported AND start_ms > session_start_ms)")  # of a stay that a file tells of
IS_BRIEF_SPELL = text("left_ms - joined_ms <= 86400000")
IS_APART = text("(is_bot OR withdrawn_at_ms IS NOT NULL)")  # of members: they are in no number


def _of_the_few(name: str, condition: TextClause, *columns: Column[Any]) -> None:
    Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


_session, _spell, _member = activity_sessions.c, membership_spells.c, members.c

Index("activity_sessions_by_start", _session.guild_id, _session.start_ms)
_of_the_few("activity_sessions_later_pieces", IS_LATER_PIECE, _session.guild_id, _session.end_ms)
# Who was in a channel during an event.
Index("activity_sessions_by_channel", _session.guild_id, _session.channel_id, _session.end_ms)
Index("imported_stay_days_by_day", imported_stay_days.c.guild_id, imported_stay_days.c.local_day)

Index("membership_spells_by_end", _spell.guild_id, _spell.left_ms)
Index("membership_spells_by_latest_end", _spell.guild_id, _spell.left_to_ms)
_of_the_few(
    "membership_spells_brief",
    IS_BRIEF_SPELL,
    *(_spell.guild_id, _spell.member_no, _spell.joined_ms, _spell.left_ms),
)
_of_the_few(
    "members_apart",
    IS_APART,
    *(_member.guild_id, _member.member_no, _member.is_bot, _member.withdrawn_at_ms),
)

Index("command_invocations_by_time", command_invocations.c.guild_id, command_invocations.c.invoked_ms)
Index("occurrences_by_start", event_occurrences.c.guild_id, event_occurrences.c.scheduled_start_ms)
Index("occurrences_by_series", event_occurrences.c.guild_id, event_occurrences.c.series)
Index(
    "attendance_days_by_occurrence",
    *(attendance_days.c.guild_id, attendance_days.c.event_id, attendance_days.c.original_start_ms),
)
Index("attendance_by_member", attendance.c.guild_id, attendance.c.member_no)
# Of a person, and of nobody: the prunes.
Index("audit_entries_by_member", audit_entries.c.guild_id, audit_entries.c.member_no, audit_entries.c.at_ms)
