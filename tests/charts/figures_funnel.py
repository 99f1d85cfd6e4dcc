"""Funnels with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import FunnelFigure, FunnelStep

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

CLUB = (
    FunnelStep("Joined", "", 52, "100 %", "was 47 people"),
    FunnelStep("First command", "median 1 day later", 31, "60 % of joined", "was 58 % · noise"),
    FunnelStep("First event", "median 9 days later", 15, "48 % of those", "was 51 % · noise"),
)
FOURTH = FunnelStep("Second event", "median 16 days later", 9, "9 of 15 of those", "was 7 of 12")


def funnel(steps: Sequence[FunnelStep] = CLUB, **texts: str) -> FunnelFigure:
    figure = FunnelFigure(
        headline="Half of first-command users reach no event",
        subtitle="Joined 22 Sep – 19 Oct 2025: each step within 28 days",
        footer="Any order: 22 of 52 reached an event (42 %, interval 30–56) · closed windows",
        alt_text="",
        steps=tuple(steps),
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def of(*people: int) -> FunnelFigure:
    return funnel(
        [replace(step, people=number) for step, number in zip((*CLUB, FOURTH), people, strict=False)]
    )


def _funnels() -> dict[str, FunnelFigure]:
    return {
        "ordinary": funnel(),
        "four steps": funnel([*CLUB, FOURTH]),
        "two steps": funnel(CLUB[:2]),
        "one step": funnel(CLUB[:1]),
        "nothing": funnel([]),
        "nobody": of(0, 0, 0),
        "one person": of(1, 1, 0),
        "everybody": of(52, 52, 52, 52),
        "100,000 people": of(100_000, 99_999, 1, 0),
        "every length": funnel(
            [replace(FOURTH, people=n) for n in (9_999_999, 1_600_000, 1_100_000, 900_000)]
        ),
        "long texts": funnel(
            [FunnelStep(label, FORTY, 52, WIDE, FORTY) for label in (FORTY, WIDE, FORTY)], **LONG_TEXTS
        ),
        "odd texts": funnel(
            [FunnelStep(text, text, 52, text, text) for text in (ODD, "", ONLY_EMOJI, "\ud800$")], **ODD_TEXTS
        ),
    }


FUNNELS = _funnels()
