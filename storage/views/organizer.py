"""How the events fare."""

from __future__ import annotations

from functools import partial

from storage.views.values import of_values
from storage.views.view import View

of_events = partial(
    of_values,
    layers=("events",),
    joins="""
    LEFT JOIN event_series AS s
        ON s.guild_id = v.guild_id AND v.cut_by = 'series' AND s.series = v.cut
    """,
    further={
        "series_title": "s.title",
        "event_type": "CASE WHEN v.cut_by = 'event_type' THEN SUBSTR(v.cut, 6) ELSE s.event_type END",
    },
    columns={
        "series_title": "of a number of one series: what it is called; null: of no series",
        "event_type": (
            "of a number of one series: its type in config.toml; of a number of one type: that one, empty "
            "for events of none"
        ),
    },
)

# Who answered or came; of what has no such rows (it was not held, or not yet) the answers that stood when it
# was to begin, or stand now: as reports take them. An answer to the holding beats the one to the whole event.
ANSWERED = """
    SELECT guild_id, event_id, original_start_ms, member_no, rsvp, status, presence_ms, is_early
    FROM attendance
    UNION ALL
    SELECT
        t.guild_id,
        t.event_id,
        t.original_start_ms,
        r.member_no,
        CASE
            WHEN NOT r.interested THEN 'declined'
            WHEN r.original_start_ms = 0 AND t.is_recurring THEN 'standing'
            ELSE 'interested'
        END AS rsvp,
        'none' AS status,
        0 AS presence_ms,
        FALSE AS is_early
    FROM (
        SELECT
            o.guild_id,
            o.event_id,
            o.original_start_ms,
            SUBSTR(o.series, 1, 6) = 'event:' AS is_recurring,
            CASE
                WHEN p.folded_to_ms < COALESCE(o.window_start_ms, o.actual_start_ms, o.scheduled_start_ms)
                THEN p.folded_to_ms
                ELSE COALESCE(o.window_start_ms, o.actual_start_ms, o.scheduled_start_ms)
            END AS at_ms
        FROM event_occurrences AS o
        LEFT JOIN fold_progress AS p ON p.guild_id = o.guild_id
        WHERE NOT EXISTS (
            SELECT 1 FROM attendance AS a
            WHERE a.guild_id = o.guild_id
                AND a.event_id = o.event_id
                AND a.original_start_ms = o.original_start_ms
        )
    ) AS t
    JOIN rsvps AS r
        ON r.guild_id = t.guild_id
        AND r.event_id = t.event_id
        AND r.original_start_ms IN (0, t.original_start_ms)
        AND r.from_ms <= t.at_ms
        AND (r.to_ms IS NULL OR r.to_ms > t.at_ms)
    WHERE r.original_start_ms <> 0
        OR (
            r.interested
            AND NOT EXISTS (
                SELECT 1 FROM rsvps AS own
                WHERE own.guild_id = t.guild_id
                    AND own.event_id = t.event_id
                    AND own.original_start_ms = t.original_start_ms
                    AND own.member_no = r.member_no
                    AND own.from_ms <= t.at_ms
                    AND (own.to_ms IS NULL OR own.to_ms > t.at_ms)
            )
        )
"""

# `was_held`, `tells_who_came` and `was_in_channels` are 1 or null: what nobody can know comes out as null.
OCCURRENCES = View(
    "organizer_occurrences_v1",
    "One row for each holding of an event, past or to come. People are counted who are no bots, did not "
    "withdraw, and had not left when it began.",
    {
        "guild_id": "the server's id",
        "event_id": "Discord's id of the event",
        "original_start": "as first planned (UTC): with the event's id, which holding it is",
        "series": "what it belongs to",
        "title": "as members wrote it",
        "event_type": "of config.toml; null: of none",
        "outcome": "coming, running, held, held_unstarted, not_held, cancelled, unknown",
        "scheduled_start": "UTC",
        "started_at": "T0 of docs/kpis.md (UTC); null: it was not held, or not yet",
        "ended_at": "T1 of docs/kpis.md (UTC)",
        "minutes": "from T0 to T1",
        "interested": (
            "interested in it at T0; of what was not held when it was to begin, of what is to come so far"
        ),
        "standing": "likewise: interested in the series, without an answer for this holding",
        "late_cancels": (
            "withdrew less than an hour before; null: it was not held, is not over, or nobody knows whether "
            "it was held"
        ),
        "attended": (
            "attended, whatever they had answered; null, as what follows up to attended_minutes_mean, where "
            "it was not held, is not over (who stays long enough is settled by its end; the report says who "
            "came so far) or nobody knows whether it was held, and where nobody looked: elsewhere than in a "
            "channel, and without check-in"
        ),
        "walk_ins": "of those: had not answered",
        "partial": "were there, for too short",
        "no_shows": "of the interested: not there",
        "unknown": "of the interested: a gap could decide it",
        "early": "of the attended: there when it began; null also elsewhere, where people were checked in",
        "attended_minutes_mean": (
            "mean presence of the attended who were seen there; null: nobody was, as elsewhere than in a "
            "channel"
        ),
        "hosts": "how many hosted it",
        "recorded": "the share of its window in which voice was recorded, 0 to 1",
        "is_declared": "told of afterwards, by staff or a file",
    },
    """
    SELECT
        o.guild_id,
        o.event_id,
        MOMENT(o.original_start_ms) AS original_start,
        o.series,
        o.title,
        o.event_type,
        o.outcome,
        MOMENT(o.scheduled_start_ms) AS scheduled_start,
        MOMENT(o.window_start_ms) AS started_at,
        MOMENT(o.window_end_ms) AS ended_at,
        (o.window_end_ms - o.window_start_ms) / 60000.0 AS minutes,
        COALESCE(people.interested, 0) AS interested,
        COALESCE(people.standing, 0) AS standing,
        o.was_held * COALESCE(people.late_cancels, 0) AS late_cancels,
        o.tells_who_came * COALESCE(people.attended, 0) AS attended,
        o.tells_who_came * COALESCE(people.walk_ins, 0) AS walk_ins,
        o.tells_who_came * COALESCE(people.partial, 0) AS partial,
        o.tells_who_came * COALESCE(people.no_shows, 0) AS no_shows,
        o.tells_who_came * COALESCE(people.unknown, 0) AS unknown,
        o.was_in_channels * COALESCE(people.early, 0) AS early,
        o.tells_who_came * people.attended_minutes_mean AS attended_minutes_mean,
        COALESCE(led.hosts, 0) AS hosts,
        CASE
            WHEN o.window_end_ms > o.window_start_ms
            THEN 1.0 - o.voice_gap_ms * 1.0 / (o.window_end_ms - o.window_start_ms)
        END AS recorded,
        o.is_declared
    FROM (
        SELECT
            every.*,
            CASE WHEN outcome IN ('held', 'held_unstarted') THEN 1 END AS was_held,
            CASE WHEN outcome IN ('held', 'held_unstarted') AND (channels <> '[]' OR has_check_ins) THEN 1 END
                AS tells_who_came,
            CASE WHEN outcome IN ('held', 'held_unstarted') AND channels <> '[]' THEN 1 END AS was_in_channels
        FROM event_occurrences AS every
    ) AS o
    LEFT JOIN (
        SELECT
            a.guild_id,
            a.event_id,
            a.original_start_ms,
            SUM(CASE WHEN a.rsvp = 'interested' THEN 1 ELSE 0 END) AS interested,
            SUM(CASE WHEN a.rsvp = 'standing' THEN 1 ELSE 0 END) AS standing,
            SUM(CASE WHEN a.rsvp = 'late_cancel' THEN 1 ELSE 0 END) AS late_cancels,
            SUM(CASE WHEN a.status = 'attended' THEN 1 ELSE 0 END) AS attended,
            SUM(CASE WHEN a.status = 'attended' AND a.rsvp IS NULL THEN 1 ELSE 0 END) AS walk_ins,
            SUM(CASE WHEN a.status = 'partial' THEN 1 ELSE 0 END) AS partial,
            SUM(CASE WHEN a.status = 'absent' AND a.rsvp = 'interested' THEN 1 ELSE 0 END) AS no_shows,
            SUM(CASE WHEN a.status = 'unknown' AND a.rsvp = 'interested' THEN 1 ELSE 0 END) AS unknown,
            SUM(CASE WHEN a.status = 'attended' AND a.is_early THEN 1 ELSE 0 END) AS early,
            AVG(CASE WHEN a.status = 'attended' AND a.presence_ms > 0 THEN a.presence_ms / 60000.0 END)
                AS attended_minutes_mean
        FROM ({answered}) AS a
        JOIN members AS m ON m.guild_id = a.guild_id AND m.member_no = a.member_no
        JOIN event_occurrences AS of_it
            ON of_it.guild_id = a.guild_id
            AND of_it.event_id = a.event_id
            AND of_it.original_start_ms = a.original_start_ms
        WHERE NOT m.is_bot
            AND m.withdrawn_at_ms IS NULL
            AND (
                a.status IN ('attended', 'partial')
                OR NOT EXISTS (
                    SELECT 1 FROM membership_spells AS s
                    WHERE s.guild_id = a.guild_id AND s.member_no = a.member_no
                )
                OR EXISTS (
                    SELECT 1 FROM membership_spells AS s
                    WHERE s.guild_id = a.guild_id
                        AND s.member_no = a.member_no
                        AND s.joined_ms <= COALESCE(
                            of_it.window_start_ms, of_it.actual_start_ms, of_it.scheduled_start_ms
                        )
                        AND (
                            s.left_ms IS NULL
                            OR s.left_ms > COALESCE(
                                of_it.window_start_ms, of_it.actual_start_ms, of_it.scheduled_start_ms
                            )
                        )
                )
            )
        GROUP BY a.guild_id, a.event_id, a.original_start_ms
    ) AS people
        ON people.guild_id = o.guild_id
        AND people.event_id = o.event_id
        AND people.original_start_ms = o.original_start_ms
    LEFT JOIN (
        SELECT h.guild_id, h.event_id, h.original_start_ms, COUNT(*) AS hosts
        FROM occurrence_hosts AS h
        JOIN members AS m ON m.guild_id = h.guild_id AND m.member_no = h.member_no
        WHERE NOT m.is_bot AND m.withdrawn_at_ms IS NULL
        GROUP BY h.guild_id, h.event_id, h.original_start_ms
    ) AS led
        ON led.guild_id = o.guild_id
        AND led.event_id = o.event_id
        AND led.original_start_ms = o.original_start_ms
    """.replace("{answered}", ANSWERED),
)

ORGANIZER = (
    of_events("organizer_weekly_v1", "week"),
    of_events("organizer_monthly_v1", "month"),
    OCCURRENCES,
)
