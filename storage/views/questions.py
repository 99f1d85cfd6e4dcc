"""What analysts ask, and the views' answers: in docs/views.md, and each runs on both databases."""

from __future__ import annotations

from typing import NamedTuple


class Question(NamedTuple):
    asks: str
    note: str  # how to read the answer
    query: str  # as people may copy it


QUESTIONS = (
    Question(
        "How many of those who joined in a month are still active, by tier?",
        "A week of joining counts to the month in which it began. Without `tier`, or with `platform` or "
        "`event_type` in its place, the sums are as exact: groups add up.",
        """
SELECT
    SUBSTR(CAST(joined_from AS TEXT), 1, 7) AS joined_in,
    tier,
    own_week,
    SUM(retained) AS retained,
    SUM(eligible) AS eligible,
    SUM(retained) * 1.0 / SUM(eligible) AS retention
FROM leadership_cohorts_v1
WHERE own_week IN (4, 8, 12)
GROUP BY SUBSTR(CAST(joined_from AS TEXT), 1, 7), tier, own_week
HAVING SUM(eligible) > 0
ORDER BY joined_in, tier, own_week
""",
    ),
    Question(
        "Who answers “interested” and stays away, by type of event over the months?",
        "`numerator` of `denominator` interests of which the outcome is known; below 10 without a rate.",
        """
SELECT period, event_type, numerator, denominator, value, low, high, is_withheld
FROM organizer_monthly_v1
WHERE kpi = 'no_show_rate' AND cut_by = 'event_type'
ORDER BY first_day, event_type
""",
    ),
    Question(
        "How many are active each week, by platform?",
        "Who is on two platforms is in both rows, who is on none in `discord`. Likewise by `tier`, `segment` "
        "and `joined`.",
        """
SELECT period, cut AS platform, value AS active, denominator AS exposed, recorded, is_withheld
FROM leadership_weekly_v1
WHERE kpi = 'weekly_active_members' AND cut_by = 'platform'
ORDER BY first_day, cut
""",
    ),
    Question(
        "In which segments are the captains, the hosts and all others?",
        "When the week ended. With `cut_by = 'segment'`: what became of those who were core before it began.",
        """
SELECT period, cut AS tier, SUBSTR(kpi, 9) AS segment, value AS members, is_withheld
FROM leadership_weekly_v1
WHERE kpi LIKE 'segment_%' AND cut_by = 'tier'
ORDER BY first_day, cut, kpi
""",
    ),
    Question(
        "How many join and leave, day by day?",
        "Null where `is_withheld`: of too few people, or it would tell of too few.",
        """
SELECT day, joins, leaves, members_recorded, is_withheld
FROM leadership_daily_v1
ORDER BY day
""",
    ),
    Question(
        "Which commands fail, and in which weeks?",
        "Of the invocations whose outcome was told: those of other bots often are not.",
        """
SELECT
    period,
    cut AS command,
    numerator AS failed,
    denominator AS told,
    numerator * 1.0 / NULLIF(denominator, 0) AS error_rate
FROM engineering_weekly_v1
WHERE kpi = 'command_failures' AND cut_by = 'command'
ORDER BY first_day, cut
""",
    ),
    Question(
        "How much of each source was recorded, week by week?",
        "Below 0.8 nothing of that week is compared. The gaps themselves are in `engineering_coverage_v1`.",
        """
SELECT period, cut AS source, value AS recorded
FROM engineering_weekly_v1
WHERE kpi = 'recording_coverage' AND cut_by = 'source'
ORDER BY first_day, cut
""",
    ),
)
