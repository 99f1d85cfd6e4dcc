"""Where members stand, and what becomes of newcomers."""

from __future__ import annotations

from reports.catalogue.definition import QUALIFYING, UNTESTED, WILSON, Definition, Grain, Unit
from reports.report import Worth

_SEGMENTS = (
    (
        "core",
        "Core",
        "Active in at least {core_blocks} of the last four blocks of 7 days, and in these 28 days with at "
        "least {core_amounts}.",
        "not fresh & active in >= {core_blocks} of 4 blocks & at least {core_amounts}",
        Worth.BETTER,
    ),
    (
        "regular",
        "Regular",
        "Everyone who is in no other segment: active in the last 28 days, but not core.",
        "P - every other segment",
        Worth.NEUTRAL,
    ),
    (
        "new",
        "New",
        "Here for less than {new_days}, or without any of the roles that mark who has been promoted.",
        "tenure < {new_days} or no promoted role; not core, alumni or dormant",
        Worth.NEUTRAL,
    ),
    ("fresh", "Fresh", "Here for less than {fresh_days}.", "tenure < {fresh_days}", Worth.NEUTRAL),
    (
        "dormant",
        "Dormant",
        "Inactive for 28 days, and here for at least that long.",
        "no activity in 28 days & tenure >= 28 days; not alumni",
        Worth.WORSE,
    ),
    (
        "alumni",
        "Silent alumni",
        "Still here, but inactive for {alumni_days}, and here for at least that long.",
        "no activity in {alumni_days} & tenure >= {alumni_days}",
        Worth.NEUTRAL,
    ),
    (
        "unclassified",
        "Unclassified",
        "Who cannot be told: less than 80 % of the days that decide it were recorded.",
        "coverage of the 28 days (of the {alumni_days}, where alumni and dormant must be told apart) < 80 %",
        Worth.NEUTRAL,
    ),
)


def _segment(name: str, label: str, meaning: str, formula: str, rise_is: Worth) -> Definition:
    return Definition(
        name=f"segment_{name}",
        version=2,
        label=label,
        unit=Unit.PEOPLE,
        grain=Grain.MOMENT,
        meaning=meaning,
        formula=formula,
        numerator="people of P at the end of the period's last day; the first fitting segment counts",
        denominator="none; all segments together are P",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
        rise_is=rise_is,
    )


def _retention(week: int) -> Definition:
    return Definition(
        name=f"retention_week_{week}",
        version=2,
        label=f"Active in week {week}",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning=(
            f"Of those who joined in the last 32 weeks, the share that was active in week {week} of their "
            "own clock. Leavers count, and for whom that week is not past are pending, not lost."
        ),
        formula=f"active on any of days {7 * week} to {7 * week + 6} after joining / joiners whose day "
        f"{7 * week + 6} is past; pooled over join days",
        numerator="joiners active in that week of their own clock",
        denominator="joiners for whom that week is past and at least 80 % recorded",
        uncertainty=WILSON,
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
    )


_WAITS = (
    ("command", "Command after, median", "joining", "the first command", ("commands",)),
    ("event", "Event after, median", "the first command", "the first event", ("commands", "voice")),
    ("either", "Either after, median", "joining", "the first command or event", ("commands", "voice")),
    ("both", "Other after, median", "the first of both", "the other", ("commands", "voice")),
    ("any_event", "Any event after, median", "joining", "the first event", ("voice",)),
)


def _wait(step: str, label: str, start: str, end: str, sources: tuple[str, ...]) -> Definition:
    return Definition(
        name=f"funnel_days_to_{step}",
        can_be_watched=False,
        label=label,
        unit=Unit.DAYS,
        grain=Grain.COHORT,
        meaning=f"How many days lay between {start} and {end}, of those who took that step: the median.",
        formula=f"median over them of local day of {end} - local day of {start}",
        numerator="none: a median",
        denominator="joiners who took the step",
        uncertainty=UNTESTED,
        sources=(*sources, "members"),
    )


_FISHER = "Wilson 95 % interval; the change by Fisher's exact test, for the cohorts are different people"

LIFECYCLE = (
    *(_segment(*segment) for segment in _SEGMENTS),
    Definition(
        name="departed_alumni",
        version=2,
        label="Left after being active",
        unit=Unit.PEOPLE,
        grain=Grain.MOMENT,
        meaning="Who was once active, as far as recorded, and is not here any more.",
        formula="ever active - P - those who were never known as members",
        numerator="once active and once known as members, not in P at the end of the period's last day",
        denominator="none",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
    ),
    Definition(
        name="classification_coverage",
        version=2,
        label="In a segment",
        unit=Unit.SHARE,
        grain=Grain.MOMENT,
        meaning="The share of the people here that could be told to be in a segment.",
        formula="(P - unclassified) / P",
        numerator="people of P in any other segment",
        denominator="P at the end of the period's last day",
        uncertainty=UNTESTED,
        sources=(QUALIFYING, "members"),
    ),
    *(_retention(week) for week in (4, 8, 12)),
    Definition(
        name="newcomers_still_here",
        label="Newcomers still here",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning="Of the same people as “Active in week 8”, the share that is still in the server.",
        formula="joiners whose day 62 is past & P / joiners whose day 62 is past",
        numerator="joiners in P at the end of the period's last day",
        denominator="joiners of the last 32 weeks whose week 8 is past",
        uncertainty=WILSON,
        sources=("members",),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="funnel_first_command",
        can_be_watched=False,
        label="Newcomers at a command",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning="Of those who joined, who ran a command within {funnel_days}. Only closed windows count.",
        formula="first command on days 0 to {funnel_last_day} after joining / joined",
        numerator="joiners with a tracked command that succeeded",
        denominator="joiners of the newest four weeks of which both steps' days are past",
        uncertainty=_FISHER,
        sources=("commands", "members"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="funnel_first_event",
        can_be_watched=False,
        label="… and then at an event",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning="Of those, who attended an event within the {funnel_days} from that command on.",
        formula="first event on days 0 to {funnel_last_day} after the first command / first command",
        numerator="of those, attendees of any event",
        denominator="joiners with a first command",
        uncertainty=_FISHER,
        sources=("commands", "voice", "members"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="funnel_any_event",
        can_be_watched=False,
        label="Newcomers at an event",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning=(
            "Of those who joined, who attended an event within {both_funnel_days}, after a command or "
            "without."
        ),
        formula="first event on days 0 to {both_funnel_last_day} after joining / joined",
        numerator="joiners who attended any event",
        denominator="joiners of the newest four weeks of which both steps' days are past",
        uncertainty=_FISHER,
        sources=("voice", "members"),
        rise_is=Worth.BETTER,
    ),
)

# What only the report on retention shows, as a table of its own.
COHORTS_ALONE = (
    Definition(
        name="retention_of_cohort",
        compared_with="nothing: each cohort has its own line, and what is past of it does not change",
        can_be_watched=False,
        label="Active in a week",
        cut_label="{cut}",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning=(
            "The matrix: of those who joined in the same week, the share that was active in each week, 0 to "
            "26, of their own clock. The newest week of joining ends with the period, and there are 32: "
            "together they are whom “Active in week 4” speaks of. Where fewer than 20 join in a week on "
            "average, four weeks are one cohort. Leavers count; for whom that week is not past are pending, "
            "never 0; of whom less than 80 % of that week was recorded are in neither number."
        ),
        formula="active on any of days 7k to 7k + 6 after joining / joiners whose day 7k + 6 is past",
        numerator="joiners active in that week of their own clock",
        denominator="joiners for whom that week is past and at least 80 % recorded",
        uncertainty=WILSON.partition(";")[0],
        sources=(QUALIFYING, "members"),
        rise_is=Worth.BETTER,
    ),
)

# What only the report on the funnel shows.
FUNNEL_ALONE = (
    Definition(
        name="funnel_joined",
        can_be_watched=False,
        label="Joined",
        unit=Unit.PEOPLE,
        grain=Grain.COHORT,
        meaning=(
            "The newest four weeks of joiners of which both steps' days are past; beside them the four weeks "
            "before."
        ),
        formula="joiners of 28 days, of which {both_funnel_last_day} days are past for the last",
        numerator="people whose first ever join lies in these days",
        denominator="none",
        uncertainty=UNTESTED,
        sources=("members",),
    ),
    Definition(
        name="funnel_either",
        can_be_watched=False,
        label="At a command or an event",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning=(
            "Of those who joined, who ran a command or attended an event within {funnel_days}, whichever "
            "came first."
        ),
        formula="first command or event on days 0 to {funnel_last_day} after joining / joined",
        numerator="joiners with a tracked command that succeeded, or at any event",
        denominator="joiners of the newest four weeks of which both steps' days are past",
        uncertainty=WILSON,
        sources=("commands", "voice", "members"),
        rise_is=Worth.BETTER,
    ),
    Definition(
        name="funnel_both",
        can_be_watched=False,
        label="At both",
        unit=Unit.SHARE,
        grain=Grain.COHORT,
        meaning=(
            "The funnel in any order: of those who joined, who did both, the second within the {funnel_days} "
            "from the first on."
        ),
        formula="the other of both on days 0 to {funnel_last_day} after the first / joined",
        numerator="joiners with a tracked command that succeeded and at any event",
        denominator="joiners of the newest four weeks of which both steps' days are past",
        uncertainty=WILSON,
        sources=("commands", "voice", "members"),
        rise_is=Worth.BETTER,
    ),
    *(_wait(*wait) for wait in _WAITS),
)
