"""What every KPI has in common, as docs/kpis.md says it. The code beside each rule keeps it."""

from __future__ import annotations

SHARED_RULES: tuple[tuple[str, str], ...] = (
    (
        "Periods",
        "A week runs from Monday to Sunday in the guild's time zone (`week_start` changes it). Periods "
        "are half-open spans of local days: a week in which the clocks change has 167 or 169 hours. "
        "Everything is built from local days, and any longer period is the union of its days, so a closed "
        "week and the trailing 7 days agree. The trailing 7 days are the last 7 complete days; today is "
        "shown apart.",
    ),
    (
        "Open, closed, corrected",
        "A period that is not over is *open*, and compared with nothing. A closed week or month is kept with "
        "the values that it had first: where late data or a correction made a number another one, the period "
        "is *corrected*, and reports say since when and what the number was. Other rules, settings or "
        "formulas, and somebody who withdraws, begin all numbers anew.",
    ),
    (
        "Population",
        "P at a moment: in the guild, not a bot, not withdrawn (opted out or erased). *Exposed* in a "
        "period: in P on any of its days. A withdrawn member leaves both sides of every comparison. Where "
        "nobody's membership was recorded there is no P: active people are still counted, but out of "
        "nothing. On a day of which the record of members has a gap, whoever did anything counts as present "
        "too: nobody but members can, and who joined unseen is not lost from what was done.",
    ),
    (
        "Active",
        "A member is active on a day by an activity when that day's total passes the activity's "
        "threshold. Which activities make a member active is configured (`activity.qualifying`): text is "
        "recorded and makes nobody active unless it is named there. A command of another bot of which nobody "
        "told the outcome counts as successful, unless that bot tells how others of its commands ended and "
        "no answer was seen in the channel: then it came to no end (decision 0027). A report says of "
        "how many commands nobody told the outcome.",
    ),
    (
        "Qualifying voice",
        "Not in an AFK or ignored channel, with at least one other human, not deafened (muted counts), "
        "and at least `min_voice_minutes` (5) in the day. Each can be switched.",
    ),
    (
        "Voice session",
        "One unbroken stay in voice: whoever changes the channel is still in the same session. It counts "
        "where its qualifying time reaches a day on which the member passed the threshold. Its length is "
        "its qualifying time within the period.",
    ),
    (
        "Raids",
        "Accounts that leave or are removed within 24 hours of joining, without any activity and without "
        "entering voice, are counted apart and are in no denominator.",
    ),
    (
        "Spells",
        "A spell is every join to leave. Spells less than 7 days apart count as one, so what is said "
        "about leaving in the last 7 days is provisional.",
    ),
    (
        "Why people left",
        "Discord's audit log tells, where an entry names the person and lies within a minute of when they "
        "can have gone: *kicked* or *banned*. A prune names nobody: *pruned* are those who left within a "
        "minute of one, if they and all who had withdrawn from being recorded are exactly as many as it "
        "removed; else nobody knows which, and all of them are *unknown*. Where no entry tells, they *left* "
        "if the whole log was read for that time; else why is *unknown*. An entry that is read later, up to "
        "45 days, still decides.",
    ),
    (
        "Tiers",
        "A member is of the first `[[tier]]` of `config.toml` of whose roles they hold one, else a *member*. "
        "Who left keeps the tier that they had.",
    ),
    (
        "Growth accounting",
        "active[this] = new + first seen + returning + resurrected, and active[last] = returning + "
        "dormant + left, exactly. *New*: the first activity ever. *First seen*: the same, of a member who "
        "was here before recording began. *Resurrected*: active this, not last, but some time before. "
        "*Dormant*: in P(end); *left*: not.",
    ),
    (
        "Occurrence",
        "One holding of an event. T0: seen active, else the scheduled start. T1: seen completed, else the "
        "scheduled end, else T0 and the usual duration of its type; trimmed to the last moment with two "
        "humans. Never started, but at least 3 humans for half of the planned time: *held, not started*; "
        "those in the channels of another that was started meanwhile are not counted for it. Otherwise it "
        "was not held, or a gap could decide it. Staff may tell of one afterwards, and correct its type, "
        "hosts, channels, whether it was held and who was there: what they told last and did not take back "
        "wins. Elsewhere than in a channel people are checked in; once it is over, whoever was interested "
        "and is not checked in was absent, and without any check-in nobody knows. While it runs it keeps "
        "every channel that it had. In an excluded channel it counts nowhere. It belongs to the period in "
        "which T0 lies.",
    ),
    (
        "Series and hosts",
        "Holdings of a recurring event are a series, and so are events of the same title. A host is who "
        "its event type's rule names, else whoever created it. Of a series only occurrences of which at "
        "least 80 % were recorded count, and who came before or again is said of those of whom no gap hides "
        "it.",
    ),
    (
        "Interested",
        "What Discord calls so: it is not a promise. Who is counted is a human and was a member at T0. An "
        "answer to the occurrence goes before one to the whole series, which is shown apart as a standing "
        "interest. Whoever came without an interest walked in.",
    ),
    (
        "Segments",
        "Everyone in P is in exactly one, the first that fits: fresh, core, alumni, dormant, new, regular. "
        "Tenure is counted in local days from the joining day of the bridged spell, which is one of them. "
        "Where less than 80 % of the days that decide it were recorded, somebody is unclassified. All "
        "thresholds are in `[segments]`.",
    ),
    (
        "Cohorts",
        "A member's cohort is the local date of the first ever join, and the own clock's day 0. Leavers "
        "stay in it. A week of the own clock that is not past is pending, never 0, and one of which less "
        "than 80 % was recorded is in neither number. Bots, withdrawn people, raids, and people who were "
        "there before recording began are in no cohort.",
    ),
    (
        "Cuts",
        "A report can be of some people only, and then every P, n and N in it is theirs. A segment is that "
        "of the day before the period began: what people do in it has no part in who they are, and as they "
        "were chosen by what they did before, nothing is compared with the period before. A tier follows "
        "from the roles held when the period ended; whoever had left counts in their last one. A platform "
        "is one on which an account is linked, `discord` is none. A join cohort is as above. An event type "
        "cuts events, and no people. Bots and withdrawn people are in no cut, and limits are held against "
        "everybody's numbers only. The report `segments` shows by tier and by platform at once what it says "
        "with each of these cuts.",
    ),
    (
        "One member",
        "`insights report member` says of each of twelve weeks, this one among them, whether somebody joined "
        "a voice call: yes where any stay in voice was recorded, whether it counts or not; unknown where "
        "none was, and voice was not recorded for a minute or more while they were here; else no. Whether "
        "they were active is answered alike. Attendance is of the events held while they were here, of the "
        "last 400 days. It is for those who have the database, and in no channel and no table. Of bots, and "
        "of people who opted out or were erased, nothing is told.",
    ),
    (
        "Drivers",
        "What stands out among those who dropped out or came in: who came to an event series in the 8 "
        "weeks before (of who came in: in the period), who joined in one of the last 6 months, a tier, who "
        "was active by one thing only, the fresh and the new. It is said only where the share of those who "
        "moved is clearly above that of all who were active: Fisher's exact test against those who did not "
        "move, Holm-corrected over everything tried, below 0.05. The base share stands beside it. It is "
        "what goes together, and not why.",
    ),
    (
        "Limits",
        "`[[alert]]` sets a limit to a KPI's value (`above`, `below`), or to its change from the period "
        "before (`falls_by`, `rises_by`: a share of the value before; of a KPI that is a share, the "
        "difference). It is crossed where the value or the change lies beyond it, the period is over and "
        "recorded well enough (`min_coverage`; of a change the period before too), and, where "
        "`only_when_clear` is set, its change is clear and goes to the limit's side: up for `above` and "
        "`rises_by`, down for `below` and `falls_by`. A value at its limit has not crossed it. Every day "
        "the last seven are checked, and a limit that is crossed and was not at the last check that knew "
        "where it stood is posted, once.",
    ),
    (
        "What a limit can name",
        "Every KPI that is one number of the whole period, as its table below says: none of one event, one "
        "series, one command, one host, one day or one step of the funnel. The daily check speaks of seven "
        "days, so a limit on a KPI of months (churn, stickiness, monthly active members) is checked in the "
        "monthly digest alone; `insights check-config` names which limits are checked when. `drift`, "
        "`dead_letters`, `id_coverage`, `events_with_times` and `events_with_attendance` are in health and "
        "in the digests where a limit names them.",
    ),
    (
        "Coverage",
        "For each source (voice, members, commands, events) every second is recorded, late or missed. What "
        "came late counts as recorded. A gap that overlaps an event's window, or of more than an hour, puts "
        "a caveat on every KPI whose values it can have touched. A period of which less than 80 % was "
        "recorded is not compared and not drawn as a trend; 80 to 95 % is drawn as partly recorded. A KPI's "
        "coverage is the share of the time that its value is made of in which all of its sources were "
        "recorded: of the period, of the days before it that segments, cohorts and hosts reach back to, or "
        "of the events of a series. What is made of a period's events has no more than was recorded of "
        "those on average: from T0 to T1 of who was there, of how many were held of whether they were; one "
        "of which a gap hides that counts as 0.",
    ),
    (
        "Logging health",
        "What is in the log and what was set aside can be counted at any time. What only a running bot knows "
        "since its start is no KPI and stands in `/insights quality` alone: repeats that were turned away, "
        "what waits in the journal, and how long an event takes to its tables (median and 95 %). None of "
        "them follows from the log, so that none could be counted again "
        "([why](decisions/0044-what-only-a-running-bot-knows.md)).",
    ),
    (
        "Intervals",
        "Wilson 95 % on rates; of fewer than 10 people only counts are shown. A change is tested on the "
        "people gained and lost between the two periods (exact McNemar), a rate's change on those exposed "
        "in both. A rate that is pooled over several events, at which the same people are counted again, has "
        "an interval by bootstrap over members, and so is its change tested; a series' attendance by a "
        "permutation test on each person's attendances; cohorts, which are different people, by Fisher's "
        "exact test. A change is *clear* if its p-value, after Holm's correction over all changes tested in "
        "the report, is below 0.05 and the number moved the way the people did; else it is *within "
        "noise*.",
    ),
    (
        "Open periods",
        "A period that is not over is labelled so and compared with nothing.",
    ),
    (
        "Small groups",
        "In channel posts and exports a sum is shown without its parts where one of them is made of fewer "
        "than `privacy.min_group` (5) people, and so are the rates that would give it away. An event of "
        "fewer is not counted out, nor is what it could be worked out from: who was at any event, no-shows, "
        "hours, and the numbers of its series. Answers that only staff see are exact. Of segments, which "
        "add up to P, others are withheld with a small one until it cannot be computed; by tier or "
        "platform, neither from its row nor from its column. Exports are cut by segment, tier or platform "
        "alone, one at a time, and without every number that is small or would tell a small one of the "
        "rest. Hosts are single people: never shown in a channel, and in a file by member number, without "
        "the hours, attendance and return of few people; in views by tier, and not of a tier in which fewer "
        "ever hosted. Of closed periods the views (docs/views.md) withhold the numbers of the people of a "
        "segment, tier, platform or month of joining likewise, where all parts stand beside each other, and "
        "of days how many joined, left or were active. A mean of some people (stickiness, time in voice) is "
        "withheld where the number of its people is.",
    ),
)
