"""Who is active, who is in voice, who came in and who dropped out."""

from __future__ import annotations

from reports.catalogue.definition import QUALIFYING, TESTED, UNTESTED, WILSON, Count, Definition, Grain, Unit
from reports.report import Worth

COMMUNITY = (
    Definition(
        name="weekly_active_members",
        is_tested=True,
        label="Active members",
        unit=Unit.PEOPLE,
        grain=Grain.WEEK,
        meaning="How many different people took part in the seven days.",
        formula="active = union of the days' active sets & exposed; rate = active / exposed",
        numerator="people of P active on any day of the period",
        denominator="exposed: people of P present on any day of the period",
        uncertainty=TESTED,
        sources=(QUALIFYING,),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="voice_activity_rate",
        is_tested=True,
        label="In voice",
        unit=Unit.SHARE,
        meaning="The share of the community that spent qualifying time in voice.",
        formula="voice = union of the days' voice sets & exposed; rate = voice / exposed",
        numerator="people of P with qualifying voice on any day of the period",
        denominator="exposed: people of P present on any day of the period",
        uncertainty=TESTED,
        sources=("voice", "members"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="voice_session_mean",
        label="Voice session, mean",
        unit=Unit.MINUTES,
        meaning="How long a stay in voice was: each member's mean, averaged over the members.",
        formula=(
            "mean over members of (qualifying time on days that pass the threshold / sessions that reach "
            "such a day)"
        ),
        numerator="none: a mean of what each member's sessions lasted on average",
        denominator="people with qualifying voice",
        uncertainty=UNTESTED,
        sources=("voice",),
        base_sources=("members",),
    ),
    Definition(
        name="voice_session_median",
        label="Voice session, median",
        unit=Unit.MINUTES,
        meaning="The same, of the member in the middle: half of the members have longer sessions on average.",
        formula=(
            "median over members of (qualifying time on days that pass the threshold / sessions that reach "
            "such a day)"
        ),
        numerator="none: a median of what each member's sessions lasted on average",
        denominator="people with qualifying voice",
        uncertainty=UNTESTED,
        sources=("voice",),
        base_sources=("members",),
    ),
    Definition(
        name="voice_sessions_per_active_member",
        version=2,
        label="Voice sessions each",
        unit=Unit.PER_PERSON,
        meaning="How often an active member was in voice.",
        formula="voice sessions / active",
        numerator="sessions that reach a day that passes the threshold, within the period",
        denominator="active members",
        uncertainty=UNTESTED,
        sources=("voice", QUALIFYING),
        base_sources=("members",),
    ),
    Definition(
        name="voice_hours_per_active_member",
        version=2,
        in_seconds=(Count.NUMERATOR,),
        label="Voice time each",
        unit=Unit.HOURS,
        meaning="How long an active member was in voice.",
        formula="qualifying voice hours / active",
        numerator="qualifying time on days that pass the threshold, within the period",
        denominator="active members",
        uncertainty=UNTESTED,
        sources=("voice", QUALIFYING),
        base_sources=("members",),
    ),
    Definition(
        name="came_in",
        label="Came in",
        unit=Unit.PEOPLE,
        meaning="Who is active and was not in the period before: for the first time, first seen, or back.",
        formula=(
            "gained = active[this] - active[last]; new and first seen = gained - ever active before, "
            "first seen where the member was here before recording; resurrected = gained & ever active before"
        ),
        numerator="new + first seen + resurrected",
        denominator="none",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
        looks_back=1,
    ),
    Definition(
        name="dropped_out",
        label="Dropped out",
        unit=Unit.PEOPLE,
        meaning="Who was active in the period before and is not now: went quiet (still here) or left.",
        formula="dormant = active[last] & present_at_end - active[this]; left = lost - present_at_end",
        numerator="dormant + left",
        denominator="active in the period before",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="soft_attrition",
        label="Went quiet",
        unit=Unit.SHARE,
        meaning="Of those active in the period before, the share that is still here at the end but inactive.",
        formula="dormant / active[last]",
        numerator="active in the period before, not in this one, in P(end)",
        denominator="active in the period before",
        uncertainty=WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="hard_attrition",
        label="Left",
        unit=Unit.SHARE,
        meaning=(
            "Of those active in the period before, the share that was inactive in this one and is gone at "
            "its end: left, kicked, banned or pruned, as far as Discord's audit log tells; unknown where it "
            "was not read, or where it can be read in two ways."
        ),
        formula="left / active[last]",
        numerator="active in the period before, not in this one, not in P(end)",
        denominator="active in the period before",
        uncertainty=WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.WORSE,
        looks_back=1,
    ),
    Definition(
        name="quick_ratio",
        label="Gains / losses",
        unit=Unit.RATIO,
        meaning="Above 1 more people came in than dropped out. Not defined where nobody dropped out.",
        formula="(new + first seen + resurrected) / lost",
        numerator="came in",
        denominator="dropped out",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
        looks_back=1,
    ),
)
