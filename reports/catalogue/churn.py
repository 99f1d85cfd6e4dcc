"""What only a month tells: who was active in it, how often they came, and who was lost."""

from __future__ import annotations

from reports.catalogue.definition import QUALIFYING, TESTED, UNTESTED, WILSON, Count, Definition, Grain, Unit
from reports.report import Worth

CHURN = (
    Definition(
        name="monthly_active_members",
        version=2,
        is_tested=True,
        label="Active members",
        unit=Unit.PEOPLE,
        grain=Grain.MONTH,
        meaning="How many different people took part in the month.",
        formula="active = union of the days' active sets & exposed; rate = active / exposed",
        numerator="people of P active on any day of the month",
        denominator="exposed: people of P present on any day of the month",
        uncertainty=TESTED,
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="stickiness",
        version=2,
        label="Stickiness",
        unit=Unit.SHARE,
        grain=Grain.MONTH,
        meaning=(
            "How much of the month's active members is there on a day, on average. Of a month that is not "
            "over, the days so far without today."
        ),
        formula="mean over the month's local days of active[day] / active[month]",
        numerator="days on which a member was active, summed over the active members",
        denominator="active members of the month, times its days",
        uncertainty=UNTESTED,
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="hard_churn",
        label="Left the server",
        unit=Unit.SHARE,
        grain=Grain.MONTH,
        meaning=(
            "Of everybody who was here when the month began, the share that is gone at its end: left, "
            "kicked, banned or pruned, as far as Discord's audit log tells; unknown where it was not read, "
            "or where it can be read in two ways."
        ),
        formula="(P(start) - P(end)) / P(start)",
        numerator="in P(start), not in P(end)",
        denominator="P(start): people of P when the day before the month ended",
        uncertainty=WILSON,
        sources=("members",),
        rise_is=Worth.WORSE,
    ),
    Definition(
        name="soft_churn",
        label="Went quiet",
        unit=Unit.SHARE,
        grain=Grain.MONTH,
        meaning="Of those active in the month before, the share that is still here at the end but inactive.",
        formula="dormant / active[last month]",
        numerator="active in the month before, not in this one, in P(end)",
        denominator="active in the month before",
        uncertainty=WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="bounced",
        label="Joined and left",
        unit=Unit.SHARE,
        grain=Grain.MONTH,
        meaning=(
            "Of the month's joins, the share that ended in the same month. Raids are no joins; who comes "
            "back within {bridge_days} has not left."
        ),
        formula="joins of the month whose bridged spell ends in it / joins of the month",
        numerator="joins followed by leaving within the month",
        denominator="bridged spells of people of P that begin in the month, without raids",
        uncertainty=WILSON,
        sources=("members",),
        rise_is=Worth.WORSE,
    ),
)

DAILY_ACTIVE = Definition(
    name="daily_active_members",
    version=2,
    compared_with="nothing: the days stand beside each other",
    can_be_watched=False,
    label="Active today",
    cut_label="Active, {cut}",
    unit=Unit.PEOPLE,
    grain=Grain.DAY,
    meaning=("How many different people took part on a day. Today is so far, and compared with nothing."),
    formula="active = the day's active set & exposed",
    numerator="people of P active on the day",
    denominator="exposed: people of P present on the day; withheld where small groups are",
    uncertainty="Wilson 95 % interval of a day that is over",
    sources=(QUALIFYING,),
    base_sources=("members",),
    rise_is=Worth.BETTER,
)

COUNTS_OF_DAYS = (
    Definition(
        name="daily_joins",
        compared_with="nothing: the days stand beside each other",
        can_be_watched=False,
        label="Joins",
        unit=Unit.COUNT,
        grain=Grain.DAY,
        meaning="How many people joined on a day, without raids.",
        formula="bridged spells that begin on the day, without raids",
        numerator="joins of people who are no bots and did not withdraw",
        denominator="none",
        uncertainty="none",
        sources=("members",),
    ),
    Definition(
        name="daily_leaves",
        compared_with="nothing: the days stand beside each other",
        can_be_watched=False,
        label="Leaves",
        unit=Unit.COUNT,
        grain=Grain.DAY,
        meaning=(
            "How many people left on a day, or were removed, without raids. "
            "Who comes back within {bridge_days} has not left."
        ),
        formula="bridged spells that end on the day, without raids",
        numerator="leaves of people who are no bots and did not withdraw",
        denominator="none",
        uncertainty="none",
        sources=("members",),
    ),
    Definition(
        name="daily_messages",
        compared_with="nothing: the days stand beside each other",
        can_be_watched=False,
        label="Messages",
        unit=Unit.COUNT,
        grain=Grain.DAY,
        meaning="How many messages were written on a day where text is recorded.",
        formula="sum of the day's messages",
        numerator="messages of people who are no bots and did not withdraw",
        denominator="none",
        uncertainty="none",
        sources=("text",),
    ),
    Definition(
        name="daily_commands",
        compared_with="nothing: the days stand beside each other",
        can_be_watched=False,
        label="Commands",
        unit=Unit.COUNT,
        grain=Grain.DAY,
        meaning="How many tracked commands were run on a day, without those that failed.",
        formula="sum of the day's commands",
        numerator="tracked commands that succeeded, or of which nobody told the outcome",
        denominator="none",
        uncertainty="none",
        sources=("commands",),
    ),
    Definition(
        name="daily_voice_hours",
        compared_with="nothing: the days stand beside each other",
        in_seconds=(Count.NUMERATOR,),
        can_be_watched=False,
        label="Voice time",
        unit=Unit.HOURS,
        grain=Grain.DAY,
        meaning="How long people were in voice on a day, all together.",
        formula="sum of the day's qualifying time of whoever passed the day's threshold",
        numerator="qualifying time on the day",
        denominator="none",
        uncertainty="none",
        sources=("voice",),
    ),
)

DAILY = (DAILY_ACTIVE, *COUNTS_OF_DAYS)
