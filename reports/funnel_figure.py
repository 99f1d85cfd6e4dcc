"""Where newcomers stop on the way to their first event, as a figure."""

from __future__ import annotations

from collections.abc import Mapping

from reports import wording
from reports.figures import FunnelFigure, FunnelStep
from reports.funnel import Funnel
from reports.growth import is_small
from reports.lifecycle import Lifecycle
from reports.lines import value_text_of
from reports.periods import date_of, describe_days
from reports.report import Kpi, Verdict


def funnel_figure(lifecycle: Lifecycle, kpis: Mapping[str, Kpi], smallest: int) -> FunnelFigure | None:
    """None where nobody joined in the cohort, or where a step is of too few people to be shown."""
    now, then = lifecycle.funnel(), lifecycle.funnel(back=1)
    joined, commanded, attended = len(now.joined), len(now.commanded), len(now.attended)
    lost = (joined - commanded, commanded - attended)
    if not joined or is_small((joined, commanded, attended, *lost), smallest):
        return None
    command, event = kpis["funnel_first_command"], kpis["funnel_first_event"]
    was = wording.people(len(then.joined))
    return FunnelFigure(
        headline=_headline(now),
        subtitle=_subtitle(now, lifecycle.settings.funnel_days),
        footer=_footer(kpis["funnel_any_event"]),
        alt_text=_alt_text(now),
        steps=(
            FunnelStep("Joined", "", joined, wording.percent(1), f"was {was}" if then.joined else ""),
            FunnelStep(
                "First command",
                _later(now.days_to_command),
                commanded,
                _share(command, "joined"),
                _was(command),
            ),
            FunnelStep(
                "First event", _later(now.days_to_event), attended, _share(event, "those"), _was(event)
            ),
        ),
    )


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


def _subtitle(of: Funnel, funnel_days: int) -> str:
    days = (date_of(of.joined_in.first_day), date_of(of.joined_in.last_day))
    return f"Joined {describe_days(*days, year=True)}: each step within {funnel_days} days"


def _later(days: float | None) -> str:
    if days is None:
        return ""
    if days < 0.5:
        return "median the same day"
    number = int(days + 0.5)
    return f"median {wording.count(number, 'day', 'days')} later"


def _share(kpi: Kpi, whole: str) -> str:
    return f"{value_text_of(kpi)} of {whole}" if kpi.current.denominator else ""


def _was(kpi: Kpi) -> str:
    """“was 58 % · noise”."""
    if not kpi.previous or not kpi.change or kpi.change.verdict is Verdict.NOT_COMPARED:
        return ""
    text = f"was {value_text_of(kpi, kpi.previous)}"
    words = {Verdict.CLEAR: "clear", Verdict.WITHIN_NOISE: "noise", Verdict.TOO_FEW: "too few"}
    return f"{text} · {words[kpi.change.verdict]}"


def _footer(anyhow: Kpi) -> str:
    part, whole = anyhow.current.numerator or 0, anyhow.current.denominator or 0
    text = f"Any order: {wording.whole(part)} of {wording.whole(whole)} reached an event"
    if anyhow.current.interval and anyhow.current.value is not None:
        low, high = anyhow.current.interval
        share = wording.percent(anyhow.current.value)
        text += f" ({share}, interval {wording.whole(low * 100)}–{wording.whole(high * 100)})"
    return wording.first_fitting(76, f"{text} · closed windows only", text)


def _alt_text(of: Funnel) -> str:
    days = (date_of(of.joined_in.first_day), date_of(of.joined_in.last_day))
    steps = (of.joined, of.commanded, of.attended, of.attended_any)
    joined, commanded, attended, attended_any = (wording.whole(len(people)) for people in steps)
    return (
        f"Bars, newcomers who joined {describe_days(*days, year=True)}: {joined} joined, "
        f"{commanded} ran a first command, {attended} of those attended a first event; "
        f"in any order {attended_any} attended one."
    )
