"""Slash commands: who runs them, how often, and what becomes of it."""

from __future__ import annotations

from reports.catalogue.definition import QUALIFYING, TESTED, UNTESTED, WILSON, Definition, Unit
from reports.report import Worth

PLATFORM = (
    Definition(
        name="profile_adoption",
        is_tested=True,
        label="Profile command use",
        unit=Unit.SHARE,
        meaning=(
            "The share of the active members that ran a profile command (`commands.profile`), whatever came "
            "of it."
        ),
        formula="active & ran a profile command / active",
        numerator="active members who ran a profile command in the period",
        denominator="people of P active on any day of the period",
        uncertainty=TESTED,
        sources=("commands", QUALIFYING),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
)

_HOW_OFTEN = (
    Definition(
        name="profile_invocations",
        can_be_watched=False,
        label="Profile commands run",
        unit=Unit.COUNT,
        meaning=(
            "How often people ran a profile command, whatever came of it: in all, and by day, or by week "
            "where the period is longer than one."
        ),
        formula="invocations of profile commands by exposed people, by the local day of each",
        numerator="invocations of profile commands",
        denominator="none",
        uncertainty=UNTESTED,
        sources=("commands",),
        base_sources=("members",),
    ),
    Definition(
        name="profile_one_time_users",
        can_be_watched=False,
        label="Ran it once",
        unit=Unit.PEOPLE,
        meaning="Of the active members who ran a profile command, who ran one once in the period.",
        formula="exactly 1 invocation of a profile command / active & ran a profile command",
        numerator="of those, who have one invocation in the period",
        denominator="active members who ran a profile command in the period",
        uncertainty=WILSON,
        sources=("commands", QUALIFYING),
        base_sources=("members",),
    ),
    Definition(
        name="profile_repeat_users",
        can_be_watched=False,
        label="Ran it again",
        unit=Unit.PEOPLE,
        meaning="Of the active members who ran a profile command, who ran one at least twice in the period.",
        formula="at least 2 invocations of profile commands / active & ran a profile command",
        numerator="of those, who have two invocations or more in the period",
        denominator="active members who ran a profile command in the period",
        uncertainty=WILSON,
        sources=("commands", QUALIFYING),
        base_sources=("members",),
        rise_is=Worth.BETTER,
    ),
)

_TAKEN = (
    "A command of another bot of which nobody told the outcome counts as successful, unless that bot tells "
    "how others of its commands ended and no answer was seen in the channel."
)


def _of_a_command(  # noqa: PLR0917  what differs between them
    name: str,
    label: str,
    unit: Unit,
    meaning: str,
    formula: str,
    numerator: str,
    denominator: str,
    uncertainty: str = UNTESTED,
    rise_is: Worth = Worth.NEUTRAL,
    sources: tuple[str, ...] = ("commands",),
) -> Definition:
    return Definition(
        name=name,
        can_be_watched=False,
        label=label,
        cut_label="{label}",
        unit=unit,
        meaning=meaning,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        uncertainty=uncertainty,
        sources=sources,
        base_sources=("members",),
        rise_is=rise_is,
    )


_EACH = (
    _of_a_command(
        "command_penetration",
        "Reached",
        Unit.SHARE,
        f"The share of the community for which the command worked at least once. {_TAKEN}",
        "unique successful users / exposed",
        "exposed people with a successful invocation",
        "exposed: people of P present on any day of the period",
        f"{TESTED}; of the commands with the most users",
        Worth.BETTER,
        ("commands", "members"),
    ),
    _of_a_command(
        "command_users",
        "Users",
        Unit.PEOPLE,
        "How many different people ran the command, whatever came of it.",
        "unique users & exposed",
        "exposed people with an invocation",
        "exposed: people of P present on any day of the period",
        WILSON,
        Worth.BETTER,
    ),
    _of_a_command(
        "command_invocations",
        "Times run",
        Unit.COUNT,
        "How often they ran it, whatever came of it.",
        "invocations by exposed people",
        "invocations",
        "none",
    ),
    _of_a_command(
        "command_failures",
        "Failures",
        Unit.COUNT,
        "How often it was denied or ended in an error, by the error's type.",
        "invocations with the outcome denied or error",
        "invocations that failed",
        "invocations of which the outcome is known",
        rise_is=Worth.WORSE,
    ),
    _of_a_command(
        "command_unknown_outcomes",
        "Outcome not known",
        Unit.COUNT,
        "How often nobody told how it ended: taken for successful where it is another bot's that never "
        "tells, or was answered in the channel, else not.",
        "invocations without an outcome",
        "invocations of which nobody told the outcome",
        "invocations",
    ),
    _of_a_command(
        "command_latency_p50",
        "Answered in, median",
        Unit.MILLISECONDS,
        "How long the answer took: half of those whose time is known were at most as slow.",
        "the ⌈n / 2⌉-th smallest latency",
        "latencies in milliseconds",
        "invocations of which the latency is known",
        rise_is=Worth.WORSE,
    ),
    _of_a_command(
        "command_latency_p95",
        "Answered in, 95 %",
        Unit.MILLISECONDS,
        "How long all but the slowest twentieth took at most.",
        "the ⌈95 n / 100⌉-th smallest latency",
        "latencies in milliseconds",
        "invocations of which the latency is known",
        rise_is=Worth.WORSE,
    ),
)

# What only the report on the commands shows.
COMMANDS_ALONE = (*_HOW_OFTEN, *_EACH)
