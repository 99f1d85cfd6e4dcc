"""How the community is doing."""

from __future__ import annotations

from storage.views.values import of_values
from storage.views.view import View

COHORTS = View(
    "leadership_cohorts_v1",
    "One row for each week of joining, week of the members' own clock, and group of people, as of the newest "
    "closed week. Groups are a partition: sum over those that you do not ask for, then divide.",
    {
        "guild_id": "the server's id",
        "joined_from": "the first day of the week of joining, a local date",
        "own_week": "0 to 26: days 7k to 7k + 6 after joining",
        "tier": "of config.toml, or member: when that week ended; who had left keeps the last one",
        "platform": "of an account linked by then, the first by name; discord where there is none",
        "event_type": "of the first event attended; other where it has none, empty where none was attended",
        "eligible": "people for whom that own week is past, and was recorded to at least 80 %",
        "retained": "of those: active in it",
        "pending": "people for whom it is not past",
        "as_of": "the last day that was looked at, a local date",
        "computed_at": "when (UTC)",
        "rules": "the fingerprint of the rules that the tables stood under",
        "settings": "the fingerprint of the settings and formulas that it was computed under",
    },
    """
    SELECT
        guild_id,
        DAY(cohort_first_day) AS joined_from,
        own_week,
        tier,
        platform,
        event_type,
        eligible,
        retained,
        pending,
        DAY(as_of_day) AS as_of,
        MOMENT(computed_at_ms) AS computed_at,
        rules,
        settings
    FROM cohort_values
    """,
)

DAYS = View(
    "leadership_days_v1",
    "One row for each local day and activity: the raw counts, without bots and people who withdrew.",
    {
        "guild_id": "the server's id",
        "day": "a local date",
        "activity": "voice, event, command, text where it counts, or what was imported",
        "members": "people with any of it, whether they passed the activity's threshold or not",
        "times": "how often: sessions in voice, events, commands, messages",
        "hours": "how long, where that is known: qualifying time in voice, presence at events",
    },
    """
    SELECT
        d.guild_id,
        DAY(d.local_day) AS day,
        d.activity,
        COUNT(*) AS members,
        SUM(d.count) AS times,
        SUM(d.duration_ms) / 3600000.0 AS hours
    FROM daily_activity AS d
    JOIN members AS m ON m.guild_id = d.guild_id AND m.member_no = d.member_no
    WHERE d.count > 0 AND NOT m.is_bot AND m.withdrawn_at_ms IS NULL
    GROUP BY d.guild_id, d.local_day, d.activity
    """,
)

DAILY = View(
    "leadership_daily_v1",
    "One row for each local day of the closed weeks: who was active, who joined and who left, without bots, "
    "raids and people who withdrew. Days of fewer than `privacy.min_group` people are withheld, and of joins "
    "and leaves others of their week with them, until none can be computed from the week's sum.",
    {
        "guild_id": "the server's id",
        "day": "a local date",
        "week": "that it is published with: 2026-W46",
        "active": "daily_active_members of docs/kpis.md",
        "joins": "daily_joins of docs/kpis.md; somebody who was away for less than 7 days did not join again",
        "leaves": "daily_leaves of docs/kpis.md; of the last 7 days some may be back in time",
        "is_withheld": "whether any of the three is null because it is of too few people, or would tell one",
        "active_recorded": "the share of the day in which everything that makes active was recorded, 0 to 1",
        "members_recorded": "likewise joins and leaves; null numbers of a day with 0 are not known",
        "is_corrected": "whether any of the three that is shown is another than it was first",
        "computed_at": "when they were computed (UTC)",
        "rules": "the fingerprint of the rules that the tables stood under",
        "settings": "the fingerprint of the settings and formulas that they were computed under",
    },
    """
    SELECT
        guild_id,
        DATE(cut) AS day,
        period AS week,
        MAX(CASE WHEN kpi = 'daily_active_members' AND NOT is_withheld THEN numerator END) AS active,
        MAX(CASE WHEN kpi = 'daily_joins' AND NOT is_withheld THEN numerator END) AS joins,
        MAX(CASE WHEN kpi = 'daily_leaves' AND NOT is_withheld THEN numerator END) AS leaves,
        MAX(CASE WHEN is_withheld THEN 1 ELSE 0 END) = 1 AS is_withheld,
        MAX(CASE WHEN kpi = 'daily_active_members' THEN coverage END) AS active_recorded,
        MAX(CASE WHEN kpi = 'daily_joins' THEN coverage END) AS members_recorded,
        MAX(CASE WHEN corrected_at_ms IS NOT NULL AND NOT is_withheld THEN 1 ELSE 0 END) = 1 AS is_corrected,
        MOMENT(computed_at_ms) AS computed_at,
        rules,
        settings
    FROM kpi_values
    WHERE period_kind = 'week' AND cut_by = 'day'
    GROUP BY guild_id, cut, period, computed_at_ms, rules, settings
    """,
)

LEADERSHIP = (
    of_values("leadership_weekly_v1", "week", ("community",)),
    of_values("leadership_monthly_v1", "month", ("community",)),
    COHORTS,
    DAYS,
    DAILY,
)
