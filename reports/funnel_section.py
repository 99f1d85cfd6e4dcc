"""The newcomers' way from joining to their first event, step by step, and in a sentence."""

from __future__ import annotations

from reports import wording
from reports.finding import LONGEST
from reports.funnel import Funnel
from reports.funnel_kpis import FunnelCohorts
from reports.growth import is_small
from reports.lifecycle import Lifecycle
from reports.periods import date_of, describe_days
from reports.report import Section


def funnel_sections(cohorts: FunnelCohorts) -> tuple[Section, ...]:
    """Where nobody was ever seen running a command there is only the way to an event."""
    step, wait = cohorts.step, cohorts.wait
    any_event = (step("funnel_any_event"), wait("funnel_days_to_any_event"))
    title = f"Joined {_joined_in(cohorts.now)}"
    if not cohorts.lifecycle.knows_commands:
        return (Section(title, (cohorts.joined(), *any_event)),)
    return (
        Section(
            title,
            (
                cohorts.joined(),
                *(step("funnel_first_command"), wait("funnel_days_to_command")),
                *(step("funnel_first_event"), wait("funnel_days_to_event")),
            ),
        ),
        Section(
            "In any order",
            (
                *(step("funnel_either"), wait("funnel_days_to_either")),
                *(step("funnel_both"), wait("funnel_days_to_both")),
            ),
        ),
        Section("With or without a command", any_event),
    )


def _joined_in(of: Funnel) -> str:
    return describe_days(date_of(of.joined_in.first_day), date_of(of.joined_in.last_day))


def funnel_finding(cohorts: FunnelCohorts) -> str:
    """“Of 30 people who joined 3–30 Aug, 12 ran a command, and 6 of those came to an event.”"""
    now, span = cohorts.now, _joined_in(cohorts.now)
    joined, commanded, attended = len(now.joined), len(now.commanded), len(now.attended)
    came = len(now.attended_any)
    if not joined:
        return f"Nobody joined {span}, the newest four weeks whose time for a first event is over."
    steps: tuple[int, ...] = (came,)
    text = f"{wording.whole(came)} came to an event"
    if cohorts.lifecycle.knows_commands:
        steps = (commanded, attended)
        text = (
            f"{wording.whole(commanded)} ran a command, "
            f"and {wording.whole(attended)} of those came to an event"
        )
    stopped = (before - after for before, after in zip((joined, *steps), steps, strict=False))
    if is_small((joined, *steps, *stopped), cohorts.smallest):
        return f"Of those who joined {span}, too few took a step to be told of in a channel."
    return wording.first_fitting(LONGEST, f"Of {wording.people(joined)} who joined {span}, {text}.")


def funnel_caveats(lifecycle: Lifecycle) -> tuple[str, ...]:
    """Whether recording began within the time in which both cohorts took their steps."""
    days = [lifecycle.funnel_days(back) for back in (0, 1)]
    return lifecycle.recording.caveats((), days, days[0].end_ms)
