"""Bridges with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import BridgeFigure

from .figures_texts import FOOTER, FORTY, HEADLINE, SUBTITLE, WIDE

BRIDGE_LABELS = ("went quiet", "left", "came back", "first time")


def bridge(previous: int, *changes: int, labels: Sequence[str] = BRIDGE_LABELS, **texts: str) -> BridgeFigure:
    figure = BridgeFigure(
        headline="38 people came in, 29 dropped out: 187 active",
        subtitle="Weekly active members, 3–9 Nov to 10–16 Nov 2025",
        footer="149 stayed active · gains / losses = 1.31 · recorded 100 %",
        alt_text="",
        previous=previous,
        changes=tuple(zip(labels, changes, strict=False)),
        current=previous + sum(changes),
        previous_label="week before",
        current_label="last week",
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _bridges() -> dict[str, BridgeFigure]:
    return {
        "ordinary": bridge(178, -24, -5, 20, 18),
        "five changes": bridge(178, -24, -5, 20, 9, 9, labels=(*BRIDGE_LABELS, "first seen here")),
        "nobody": bridge(0, 0, 0, 0, 0),
        "one person": bridge(1, -1, 0, 0, 1),
        "the first week": bridge(0, 0, 0, 0, 23),
        "100,000 people": bridge(100_000, -100_000, 0, 99_999, 1),
        "millions": bridge(1_234_567, -234_567, -1, 99_999, 1_000_001),
        "all gone": bridge(178, -150, -28, 0, 0),
        "no change": bridge(5),
        "long texts": bridge(
            178,
            -24,
            -5,
            20,
            18,
            labels=(FORTY, WIDE, FORTY, WIDE),
            headline="W" * HEADLINE,
            subtitle="W" * SUBTITLE,
            footer="W" * FOOTER,
            previous_label=FORTY,
            current_label=WIDE,
        ),
        "odd texts": bridge(
            178, -24, -5, 20, 18, labels=("", "Ba$$in", "\ud800語り場", "👩‍👩‍👧"), headline="$\\frac{"
        ),
    }


BRIDGES = _bridges()
