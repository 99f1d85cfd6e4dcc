"""The KPIs of `/insights health` in DuckDB's words, each of this week and of the one before.

$this, $last, $before: the first days of the three weeks; whoever is outside is in no number.
"""

from __future__ import annotations

SETS = """
CREATE OR REPLACE TEMP TABLE active AS
SELECT DISTINCT member, was_here, (day - $before) // 7 AS week, activity = 'voice' AS in_voice
FROM active_days WHERE day BETWEEN $before AND $this + 6
"""

WEEKS = """
CREATE OR REPLACE TEMP TABLE weeks AS
SELECT member, was_here, week, bool_or(in_voice) AS in_voice FROM active GROUP BY ALL
"""

# active, in voice, exposed of both weeks
PEOPLE = """
SELECT week, active, in_voice, exposed
FROM (SELECT week, count(*) AS active, count(*) FILTER (in_voice) AS in_voice FROM weeks GROUP BY week)
JOIN (
    SELECT week, count(DISTINCT member) AS exposed FROM stays, (VALUES (1), (2)) AS numbers(week)
    WHERE NOT is_raid AND first_day <= $before + 7 * week + 6 AND last_day >= $before + 7 * week
    GROUP BY week
) USING (week) ORDER BY week
"""

# who of this week's and last week's active people is gained and lost, for the change's test
CHANGES = """
SELECT count(*) FILTER (is_now AND NOT was), count(*) FILTER (was AND NOT is_now),
    count(*) FILTER (in_voice_now AND NOT in_voice_then AND is_in_both),
    count(*) FILTER (in_voice_then AND NOT in_voice_now AND is_in_both)
FROM (
    SELECT member, bool_or(week = 2) AS is_now, bool_or(week = 1) AS was,
        bool_or(week = 2 AND in_voice) AS in_voice_now, bool_or(week = 1 AND in_voice) AS in_voice_then
    FROM weeks WHERE week > 0 GROUP BY member
) JOIN (
    SELECT member, bool_or(first_day <= $this + 6 AND last_day >= $this)
        AND bool_or(first_day <= $last + 6 AND last_day >= $last) AS is_in_both
    FROM stays WHERE NOT is_raid GROUP BY member
) USING (member)
"""

# growth into this week and into the last: back, new, first seen, quiet, left
GROWTH = """
WITH moved AS (
    SELECT w.week, w.member, w.was_here, 'in' AS way FROM weeks AS w
    WHERE w.week > 0 AND NOT EXISTS (FROM weeks WHERE member = w.member AND week = w.week - 1)
    UNION ALL
    SELECT w.week + 1, w.member, w.was_here, 'out' FROM weeks AS w
    WHERE w.week < 2 AND NOT EXISTS (FROM weeks WHERE member = w.member AND week = w.week + 1)
),
earlier AS (
    SELECT member, min(day) AS first_active FROM active_days
    WHERE member IN (SELECT member FROM moved WHERE way = 'in') GROUP BY member
),
still AS (
    SELECT DISTINCT week, member FROM moved JOIN stays USING (member)
    WHERE NOT is_raid AND stays.first_day <= $before + 7 * week + 6 AND last_day > $before + 7 * week + 6
)
SELECT moved.week,
    count(*) FILTER (way = 'in' AND first_active < $before + 7 * moved.week),
    count(*) FILTER (way = 'in' AND first_active >= $before + 7 * moved.week AND NOT was_here),
    count(*) FILTER (way = 'in' AND first_active >= $before + 7 * moved.week AND was_here),
    count(*) FILTER (way = 'out' AND still.member IS NOT NULL),
    count(*) FILTER (way = 'out' AND still.member IS NULL)
FROM moved LEFT JOIN earlier USING (member)
LEFT JOIN still ON still.member = moved.member AND still.week = moved.week
GROUP BY moved.week ORDER BY moved.week
"""

# per week: members in voice, sessions, estimated ones, milliseconds, mean and median of their own means
VOICE = """
WITH passed AS (
    SELECT member, day, (day - $before) // 7 AS week, duration_ms
    FROM active_days WHERE day BETWEEN $last AND $this + 6 AND activity = 'voice'
),
counted AS (
    SELECT week, sessions.member, sessions.start_ms, any_value(is_estimated) AS is_estimated
    FROM sessions JOIN days ON sessions.start_ms < days.end_ms AND sessions.end_ms > days.start_ms
    JOIN passed ON passed.member = sessions.member AND passed.day = days.day
    WHERE days.day BETWEEN $last AND $this + 6
    AND sessions.end_ms > (SELECT start_ms FROM days WHERE day = $last)
    AND sessions.start_ms < (SELECT end_ms FROM days WHERE day = $this + 6)
    GROUP BY ALL
),
each AS (
    SELECT week, member, count(*) AS sessions, count(*) FILTER (is_estimated) AS estimated
    FROM counted GROUP BY ALL
),
spent AS (SELECT week, member, sum(duration_ms) AS voice_ms FROM passed GROUP BY ALL)
SELECT week, count(*), sum(sessions)::BIGINT, sum(estimated)::BIGINT, sum(voice_ms)::BIGINT,
    avg(voice_ms / sessions / 60000), median(voice_ms / sessions / 60000)
FROM spent LEFT JOIN each USING (week, member) GROUP BY week ORDER BY week
"""

# sizes of the segments at the end of either week
SEGMENTS = """
WITH ends AS (FROM (VALUES ($last + 6), ($this + 6)) AS ends(last_day)),
done AS (
    SELECT ends.last_day, member, max(day) AS last_active,
        count(DISTINCT (ends.last_day - day) // 7) FILTER (day > ends.last_day - 28) AS blocks,
        sum(duration_ms) FILTER (activity = 'voice' AND day > ends.last_day - 28) AS voice_ms,
        sum(count) FILTER (activity = 'event' AND day > ends.last_day - 28) AS events
    FROM active_days JOIN ends ON day BETWEEN ends.last_day - 59 AND ends.last_day
    GROUP BY ALL
),
here AS (
    SELECT ends.last_day AS as_of, member, first_day FROM stays, ends
    WHERE NOT is_raid AND first_day <= ends.last_day AND stays.last_day > ends.last_day
),
placed AS (
    SELECT as_of, here.member, CASE
        WHEN first_day >= as_of + 2 - 14 THEN 'fresh'
        WHEN blocks >= 3 AND (voice_ms >= 4 * 3600000 OR events >= 2) THEN 'core'
        WHEN coalesce(blocks, 0) = 0 AND first_day < as_of + 2 - 60 AND last_active IS NULL THEN 'alumni'
        WHEN coalesce(blocks, 0) = 0 AND first_day < as_of + 2 - 28 THEN 'dormant'
        WHEN first_day >= as_of + 2 - 56 THEN 'new'
        ELSE 'regular' END AS segment
    FROM here LEFT JOIN done ON done.member = here.member AND done.last_day = here.as_of
)
SELECT as_of, count(*) FILTER (segment = 'core'), count(*) FILTER (segment = 'regular'),
    count(*) FILTER (segment = 'new'), count(*) FILTER (segment = 'fresh'),
    count(*) FILTER (segment = 'dormant'), count(*) FILTER (segment = 'alumni')
FROM placed GROUP BY as_of ORDER BY as_of
"""

DEPARTED = """
SELECT count(*) FILTER (first_active <= $last + 6 AND NOT was_there),
    count(*) FILTER (NOT is_there)
FROM (
    SELECT member, min(day) AS first_active FROM active_days GROUP BY member
) LEFT JOIN (
    SELECT member, bool_or(first_day <= $last + 6 AND last_day > $last + 6) AS was_there,
        bool_or(last_day > $this + 6) AS is_there
    FROM stays WHERE NOT is_raid GROUP BY member
) USING (member)
"""

# at the end of either week: eligible and retained in the weeks 4, 8, 12 of the members' own clocks
RETENTION = """
WITH ends AS (FROM (VALUES ($last + 6), ($this + 6)) AS ends(last_day)),
due AS (
    SELECT last_day, number, member, join_day FROM members, ends, (VALUES (4), (8), (12)) AS weeks(number)
    WHERE NOT is_outside AND NOT was_here AND join_day > last_day - 224
    AND join_day + 7 * number + 6 <= last_day
    AND EXISTS (FROM stays WHERE stays.member = members.member AND NOT is_raid)
),
back AS (
    SELECT DISTINCT number, due.member FROM due JOIN daily ON daily.member = due.member
    AND day BETWEEN join_day + 7 * number AND join_day + 7 * number + 6
    WHERE activity <> 'voice' OR duration_ms >= 300000
)
SELECT last_day, due.number, count(*), count(back.member)
FROM due LEFT JOIN back ON back.number = due.number AND back.member = due.member
GROUP BY ALL ORDER BY ALL
"""

STILL_HERE = """
SELECT count(*), count(*) FILTER (EXISTS (
    FROM stays WHERE stays.member = members.member AND NOT is_raid AND last_day > $this + 6))
FROM members WHERE NOT is_outside AND NOT was_here
AND join_day > $this + 6 - 224 AND join_day + 62 <= $this + 6
AND EXISTS (FROM stays WHERE stays.member = members.member AND NOT is_raid)
"""

# the newest cohort of four weeks with both steps' days behind it, and the one before
FUNNEL = """
WITH cohort AS (
    SELECT member, join_day, ($this + 6 - 55 - join_day) // 28 AS back FROM members
    WHERE NOT is_outside AND NOT was_here AND join_day BETWEEN $this + 6 - 55 - 55 AND $this + 6 - 55
    AND EXISTS (FROM stays WHERE stays.member = members.member AND NOT is_raid)
),
commands AS (
    SELECT cohort.member, min(day) AS command_day FROM cohort JOIN daily USING (member)
    WHERE activity = 'command' AND day BETWEEN join_day AND join_day + 27 GROUP BY ALL
),
events AS (
    SELECT commands.member, min(day) AS event_day FROM commands JOIN daily USING (member)
    WHERE activity = 'event' AND day BETWEEN command_day AND command_day + 27 GROUP BY ALL
),
any_event AS (
    SELECT DISTINCT cohort.member FROM cohort JOIN daily USING (member)
    WHERE activity = 'event' AND day BETWEEN join_day AND join_day + 55
)
SELECT back, count(*), count(commands.member), count(events.member), count(any_event.member)
FROM cohort LEFT JOIN commands USING (member) LEFT JOIN events USING (member)
LEFT JOIN any_event USING (member) GROUP BY back ORDER BY back
"""

# per week: events, people, no-shows, known interests
EVENTS = """
WITH came AS (
    SELECT *, CASE WHEN start_ms >= (SELECT start_ms FROM days WHERE day = $this) THEN 2 ELSE 1 END AS week
    FROM attendance ANTI JOIN (FROM members WHERE is_outside) USING (member)
    WHERE start_ms >= (SELECT start_ms FROM days WHERE day = $last)
    AND start_ms < (SELECT end_ms FROM days WHERE day = $this + 6)
)
SELECT week, count(DISTINCT (event, start_ms)), count(DISTINCT member) FILTER (attended),
    count(*) FILTER (is_interested AND NOT attended AND EXISTS (
        FROM stays WHERE stays.member = came.member AND joined_ms <= start_ms AND left_ms > start_ms)),
    count(*) FILTER (is_interested AND attended)
FROM came GROUP BY week ORDER BY week
"""

# per series the people at each of its last eight events
SERIES = """
SELECT event, start_ms, count(*) AS people
FROM attendance ANTI JOIN (FROM members WHERE is_outside) USING (member)
WHERE attended AND start_ms >= (SELECT start_ms FROM days WHERE day = $this + 6) - 56 * 86400000::BIGINT
GROUP BY ALL ORDER BY ALL
"""
