"""How the platform's commands are used, and how good the record is."""

from __future__ import annotations

from functools import partial

from storage.views.values import of_values
from storage.views.view import View

COMMANDS = View(
    "engineering_commands_v1",
    "One row for each day in UTC, application and command: everything that was seen of it, tracked or not.",
    {
        "guild_id": "the server's id",
        "utc_day": "a date in UTC, for a command has a moment and no local day",
        "application_id": "whose command it is",
        "command": "with its subcommand",
        "invocations": "how often it was run",
        "members": "by how many people; nobody is counted of whom only the answer was seen",
        "succeeded": "of the invocations",
        "failed": "of the invocations: with an error",
        "denied": "of the invocations: to somebody who may not",
        "unknown": "of the invocations: nobody told how they ended",
        "latency_ms_mean": "of those of which it is known",
        "latency_ms_max": "of those of which it is known",
    },
    """
    SELECT
        c.guild_id,
        DAY(c.utc_day) AS utc_day,
        c.application_id,
        c.command,
        COUNT(*) AS invocations,
        COUNT(DISTINCT c.member_no) AS members,
        SUM(CASE WHEN c.outcome = 'success' THEN 1 ELSE 0 END) AS succeeded,
        SUM(CASE WHEN c.outcome = 'error' THEN 1 ELSE 0 END) AS failed,
        SUM(CASE WHEN c.outcome = 'denied' THEN 1 ELSE 0 END) AS denied,
        SUM(CASE WHEN c.outcome IS NULL THEN 1 ELSE 0 END) AS unknown,
        AVG(c.latency_ms * 1.0) AS latency_ms_mean,
        MAX(c.latency_ms) AS latency_ms_max
    FROM (
        SELECT
            i.guild_id,
            CAST(i.invoked_ms / 86400000 AS INTEGER) AS utc_day,
            i.application_id,
            i.command,
            i.member_no,
            i.outcome,
            i.latency_ms
        FROM command_invocations AS i
        LEFT JOIN members AS m ON m.guild_id = i.guild_id AND m.member_no = i.member_no
        WHERE m.member_no IS NULL OR (NOT m.is_bot AND m.withdrawn_at_ms IS NULL)
    ) AS c
    GROUP BY c.guild_id, c.utc_day, c.application_id, c.command
    """,
)

COVERAGE = View(
    "engineering_coverage_v1",
    "One row for each unbroken span in which a source was recorded, came late, or was missed.",
    {
        "guild_id": "the server's id",
        "source": "voice, members, events, commands, text, removals (the audit log)",
        "from_at": "UTC",
        "to_at": "UTC; the newest span ends where nothing later is known",
        "seconds": "its length",
        "state": "recorded, late, gap",
        "cause": "of a gap, as far as it is known",
    },
    """
    SELECT
        guild_id,
        source,
        MOMENT(from_ms) AS from_at,
        MOMENT(to_ms) AS to_at,
        (to_ms - from_ms) / 1000.0 AS seconds,
        state,
        cause
    FROM coverage
    """,
)

LISTS = View(
    "engineering_lists_v1",
    "One row for each list of members, voice, events or answers that Discord gave, held against what the log "
    "believed when it came. The drift of the members is in the weekly and monthly numbers, too.",
    {
        "guild_id": "the server's id",
        "source": "members, voice, events, rsvps (who is interested in an event)",
        "at": "when the list ended (UTC)",
        "listed": "by Discord",
        "believed": "by the log",
        "absent": "believed, and not listed",
        "unexpected": "listed, and not believed",
        "verdict": "taken; refused: it would have removed too many; partial: it was not whole",
        "reason": "of one that was not taken",
        "event_id": "of a list of answers; null for another",
    },
    """
    SELECT
        guild_id,
        source,
        MOMENT(at_ms) AS at,
        listed,
        believed,
        absent,
        unexpected,
        verdict,
        reason,
        CASE WHEN event_id <> 0 THEN event_id END AS event_id
    FROM reconciliations
    """,
)

of_layers = partial(
    of_values,
    layers=("platform", "quality"),
    further={"layer": "v.layer"},
    columns={"layer": "platform or quality"},
)

ENGINEERING = (
    of_layers("engineering_weekly_v1", "week"),
    of_layers("engineering_monthly_v1", "month"),
    COMMANDS,
    COVERAGE,
    LISTS,
)
