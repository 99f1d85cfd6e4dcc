"""Where newcomers stop on the way to their first event, as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from reports import wording
from reports.figures import FunnelFigure, FunnelStep
from reports.funnel import Funnel
from reports.growth import is_small
from reports.lifecycle import Lifecycle
from reports.lines import value_text_of
from reports.periods import date_of, describe_days
from reports.populations import People
from reports.report import Kpi, Verdict


def funnel_figure(lifecycle: Lifecycle, kpis: Mapping[str, Kpi], smallest: int) -> FunnelFigure | None:
    """None where nobody joined in the cohort, or where a step is of too few people to be shown.

    Where no command was ever recorded, the way leads from joining to the first event at once.
    """
    now, then = lifecycle.funnel(), lifecycle.funnel(back=1)
    has_commands, funnel_days = lifecycle.knows_commands, lifecycle.settings.funnel_days
    reached = (now.commanded, now.attended) if has_commands else (now.attended_any,)
    if not now.joined or _is_small([now.joined, *reached], smallest):
        return None
    was = f"was {wording.people(len(then.joined))}" if then.joined else ""
    joined = FunnelStep("Joined", "", len(now.joined), wording.percent(1), was)
    return FunnelFigure(
        headline=_headline(now),
        subtitle=_subtitle(now, funnel_days, has_commands=has_commands),
        footer=_footer(
            kpis["funnel_both" if has_commands else "funnel_any_event"], has_commands=has_commands
        ),
        alt_text=_alt_text(now, has_commands=has_commands),
        steps=(joined, *(_steps(now, kpis) if has_commands else _step(now, kpis["funnel_any_event"]))),
    )


def _steps(of: Funnel, kpis: Mapping[str, Kpi]) -> tuple[FunnelStep, ...]:
    command, event = kpis["funnel_first_command"], kpis["funnel_first_event"]
    commanded, attended = len(of.commanded), len(of.attended)
    to_command, to_event = _later(of.in_order.days_to_first), _later(of.in_order.days_to_second)
    return (
        FunnelStep("First command", to_command, commanded, _share(command, "joined"), _was(command)),
        FunnelStep("First event", to_event, attended, _share(event, "those"), _was(event)),
    )


def _step(of: Funnel, anyhow: Kpi) -> tuple[FunnelStep, ...]:
    later, reached = _later(of.days_to_any_event), len(of.attended_any)
    return (FunnelStep("First event", later, reached, _share(anyhow, "joined"), _was(anyhow)),)


def _is_small(steps: Sequence[People], smallest: int) -> bool:
    """Whether so few reached a step, or stopped before it."""
    sizes = [len(people) for people in steps]
    return is_small((*sizes, *(before - after for before, after in pairwise(sizes))), smallest)


def _headline(of: Funnel) -> str:
    joined, commanded, attended = len(of.joined), len(of.commanded), len(of.attended)
    if joined < 10:
        return f"Only {wording.people(joined)} joined: too few to judge"
    if not commanded:
        return f"{wording.percent(len(of.attended_any) / joined)} of newcomers reach an event"
    without = joined - commanded
    if commanded < 10 or without / joined >= (commanded - attended) / commanded:
        return f"{wording.percent(without / joined)} of newcomers run no command"
    share = (commanded - attended) / commanded
    return wording.first_fitting(44, f"{wording.percent(share)} of first-command users reach no event")


def _subtitle(of: Funnel, funnel_days: int, *, has_commands: bool) -> str:
    days = (date_of(of.joined_in.first_day), date_of(of.joined_in.last_day))
    limit = f"each step within {funnel_days} days" if has_commands else f"within {2 * funnel_days} days"
    return f"Joined {describe_days(*days, year=True)}: {limit}"


def _later(days: float | None) -> str:
    """“median 2.5 days later”, “median the same day”."""
    if days is None:
        return ""
    return f"median {wording.days(days)}{' later' if days else ''}".replace(wording.NO_BREAK, " ")


def _share(kpi: Kpi, whole: str) -> str:
    return f"{value_text_of(kpi)} of {whole}" if kpi.current.denominator else ""


def _was(kpi: Kpi) -> str:
    """“was 58 % · noise”."""
    if not kpi.previous or not kpi.change or kpi.change.verdict is Verdict.NOT_COMPARED:
        return ""
    text = f"was {value_text_of(kpi, kpi.previous)}"
    words = {Verdict.CLEAR: "clear", Verdict.WITHIN_NOISE: "noise", Verdict.TOO_FEW: "too few"}
    return f"{text} · {words[kpi.change.verdict]}"


def _footer(anyhow: Kpi, *, has_commands: bool) -> str:
    """Who got there in any order; of too few people to be shown there is nothing to say."""
    part, whole = anyhow.current.numerator, anyhow.current.denominator
    if part is None or whole is None:
        return "All had that much time"
    did = "did both" if has_commands else "reached an event"
    text = f"In any order: {wording.whole(part)} of {wording.whole(whole)} {did}"
    text = text if has_commands else text.removeprefix("In any order: ")
    if anyhow.current.interval and anyhow.current.value is not None:
        low, high = anyhow.current.interval
        share = wording.percent(anyhow.current.value)
        text += f" ({share}, interval {wording.whole(low * 100)}–{wording.whole(high * 100)})"
    return wording.first_fitting(76, f"{text} · all had that much time", text)


def _alt_text(of: Funnel, *, has_commands: bool) -> str:
    days = (date_of(of.joined_in.first_day), date_of(of.joined_in.last_day))
    joined, commanded, attended, attended_any = (
        wording.whole(len(people)) for people in (of.joined, of.commanded, of.attended, of.attended_any)
    )
    reached = f"{attended_any} attended an event"
    if has_commands:
        reached = f"{commanded} ran a first command, {attended} of those attended a first event"
    return f"Bars, newcomers who joined {describe_days(*days, year=True)}: {joined} joined, {reached}."
