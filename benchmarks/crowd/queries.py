"""What the reports compute, as DuckDB computes it from daily rows. Weeks are numbered from 0.

$first: the first day of the year. Who is outside (bots, withdrawn) is in no stay, and in no number.
"""

from __future__ import annotations

# one row per week: active, exposed, growth, attrition
GROWTH = """
WITH active AS MATERIALIZED (
    SELECT member, was_here, (day - $first) // 7 AS week
    FROM active_days GROUP BY ALL
),
around AS MATERIALIZED (
    SELECT member, was_here, week, lag(week) OVER own AS before, lead(week) OVER own AS after
    FROM active WINDOW own AS (PARTITION BY member ORDER BY week)
),
gained AS (
    SELECT week, count(*) AS active,
        count(*) FILTER (before = week - 1) AS stayed,
        count(*) FILTER (before < week - 1) AS resurrected,
        count(*) FILTER (before IS NULL AND NOT was_here) AS new,
        count(*) FILTER (before IS NULL AND was_here) AS first_seen
    FROM around GROUP BY week
),
stopped AS MATERIALIZED (
    SELECT member, week + 1 AS week, $first + 7 * week + 13 AS last_day
    FROM around WHERE after IS DISTINCT FROM week + 1
),
dormant AS (
    SELECT week, count(*) AS dormant FROM stopped JOIN stays USING (member)
    WHERE NOT is_raid AND stays.first_day <= stopped.last_day AND stays.last_day > stopped.last_day
    GROUP BY week
),
lost AS (SELECT week, count(*) AS lost FROM stopped GROUP BY week),
exposed AS (
    SELECT week, count(DISTINCT member) AS exposed
    FROM stays, unnest(generate_series(
        greatest(0, (first_day - $first) // 7), least(51, (last_day - $first) // 7))) AS weeks(week)
    WHERE NOT is_raid AND first_day <= $first + 363 GROUP BY week
)
SELECT week, active, exposed, stayed, resurrected, new, first_seen,
    coalesce(dormant, 0), coalesce(lost, 0) - coalesce(dormant, 0)
FROM gained JOIN exposed USING (week) LEFT JOIN dormant USING (week) LEFT JOIN lost USING (week)
ORDER BY week
"""

# one row per week: sizes of the segments when its last day ended
SEGMENTS = """
WITH done AS (
    SELECT member, (day - $first) // 7 AS week, max(day) AS last_active,
        sum(duration_ms) FILTER (activity = 'voice') AS voice_ms,
        sum(count) FILTER (activity = 'event') AS events
    FROM active_days GROUP BY ALL
),
here AS (
    SELECT member, week, first_day
    FROM stays, unnest(generate_series(
        greatest(0, (first_day - $first) // 7), least(51, (last_day - 1 - $first) // 7))) AS weeks(week)
    WHERE NOT is_raid AND first_day <= $first + 7 * week + 6 AND last_day > $first + 7 * week + 6
),
known AS (
    SELECT member, week, first_day, last_active, voice_ms, events
    FROM here FULL JOIN done USING (member, week)
),
recent AS (
    SELECT week, first_day, $first + 7 * week + 6 AS day,
        count(last_active) OVER last4 AS blocks,
        sum(voice_ms) OVER last4 AS voice_ms,
        sum(events) OVER last4 AS events,
        max(last_active) OVER (PARTITION BY member ORDER BY week) AS last_active
    FROM known
    WINDOW last4 AS (PARTITION BY member ORDER BY week RANGE BETWEEN 3 PRECEDING AND CURRENT ROW)
),
placed AS (
    SELECT week, CASE
        WHEN first_day >= day + 2 - 14 THEN 'fresh'
        WHEN week < 3 THEN 'unclassified'
        WHEN blocks >= 3 AND (voice_ms >= 4 * 3600000 OR events >= 2) THEN 'core'
        WHEN blocks = 0 AND first_day < day + 2 - 60 AND coalesce(last_active, 0) < day - 59
            THEN CASE WHEN week < 6 THEN 'unclassified' ELSE 'alumni' END
        WHEN blocks = 0 AND first_day < day + 2 - 28 THEN 'dormant'
        WHEN first_day >= day + 2 - 56 THEN 'new'
        ELSE 'regular' END AS segment, last_active IS NOT NULL AS was_active
    FROM recent WHERE first_day IS NOT NULL
),
begun AS (SELECT min(week) AS week FROM done GROUP BY member),
ever AS (SELECT week, sum(count(*)) OVER (ORDER BY week) AS ever FROM begun GROUP BY week)
SELECT week, count(*) FILTER (segment = 'core'), count(*) FILTER (segment = 'regular'),
    count(*) FILTER (segment = 'new'), count(*) FILTER (segment = 'fresh'),
    count(*) FILTER (segment = 'dormant'), count(*) FILTER (segment = 'alumni'),
    count(*) FILTER (segment = 'unclassified'), any_value(ever) - count(*) FILTER (was_active)
FROM placed JOIN ever USING (week) GROUP BY week ORDER BY week
"""

# gone within a day, without doing anything or entering voice meanwhile
RAIDS_FOUND = """
brief AS MATERIALIZED (FROM stays WHERE left_ms - joined_ms <= 86400000),
raids AS MATERIALIZED (
    FROM brief
    WHERE NOT EXISTS (FROM daily WHERE daily.member = brief.member AND day BETWEEN first_day AND last_day)
    AND NOT EXISTS (
        FROM sessions WHERE sessions.member = brief.member AND start_ms BETWEEN joined_ms AND left_ms)
)"""
RAIDS_TOLD = "raids AS (FROM stays WHERE is_raid)"
# one row per joining week and own week: those retained, those for whom that week is past, those for whom not
COHORTS = """
WITH {raids},
joined AS MATERIALIZED (
    SELECT member, join_day FROM members
    WHERE NOT is_outside AND NOT was_here
    AND member IN (SELECT member FROM stays ANTI JOIN raids USING (member, joined_ms))
),
again AS (
    SELECT member, any_value(join_day) AS join_day, bit_or(1::BIGINT << ((day - join_day) // 7)) AS weeks
    FROM daily JOIN joined USING (member)
    WHERE (activity <> 'voice' OR duration_ms >= 300000) AND day BETWEEN join_day AND join_day + 7 * 27 - 1
    GROUP BY member
),
of_day AS (
    SELECT join_day, week, count(*) AS retained FROM again, range(27) AS own(week)
    WHERE weeks & (1::BIGINT << week) <> 0 GROUP BY ALL
),
sizes AS (SELECT join_day, count(*) AS size FROM joined GROUP BY join_day),
cells AS (
    SELECT join_day, week, size, retained, join_day + 7 * week + 6 <= $first + 363 AS is_past
    FROM sizes CROSS JOIN range(27) AS own(week) LEFT JOIN of_day USING (join_day, week)
)
SELECT (join_day - $first) // 7 AS cohort, week,
    coalesce(sum(retained) FILTER (is_past), 0)::BIGINT AS retained,
    coalesce(sum(size) FILTER (is_past), 0)::BIGINT AS eligible,
    coalesce(sum(size) FILTER (NOT is_past), 0)::BIGINT AS pending
FROM cells GROUP BY ALL ORDER BY ALL
"""

# one row per week
VOICE_HOURS = """
SELECT (day - $first) // 7 AS week, sum(duration_ms)::BIGINT AS voice_ms
FROM active_days WHERE activity = 'voice'
GROUP BY week ORDER BY week
"""
