"""Digests with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import DigestFigure, DigestPanel, MiniBars, MiniBridge, MiniIntervals, MiniLine

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

ACTIVE = (169, 172, 175, 171, 181, 178, 187)
RATES = (0.32, 0.31, 0.28, 0.29, 0.35)
LINE = MiniLine(ACTIVE, tuple((value - 17, value + 17) for value in ACTIVE))
BRIDGE = MiniBridge(178, (-24, -5, 20, 18), 187)
BARS = MiniBars((0.16, 0.12, 0.18, 0.15, 0.11, 0.17, 0.14, 0.31))
INTERVALS = MiniIntervals(RATES, tuple((rate - 0.12, rate + 0.14) for rate in RATES), 0.33)
CLUB = (
    DigestPanel("Active members", "8 weeks", "187", "△ was 178 · within noise", LINE),
    DigestPanel("Net change", "last week", "+9", "38 in, 29 out · was −3", BRIDGE),
    DigestPanel("No-shows", "8 weeks", "31 %", "▲ was 14 % · clearly worse", BARS, is_worse=True),
    DigestPanel("Active in week 8", "5 cohorts, line: all", "33 %", "△ was 32 % · within noise", INTERVALS),
)


def digest(panels: Sequence[DigestPanel] = CLUB, **texts: str) -> DigestFigure:
    figure = DigestFigure(
        headline="A steady week, but no-shows doubled",
        subtitle="10–16 Nov 2025, compared with the week before",
        footer="Recorded 100 % of the week · no-shows: 20 of 64 RSVPs, was 10 of 70",
        alt_text="",
        panels=tuple(panels),
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def drawn(*drawings: MiniLine | MiniBridge | MiniBars | MiniIntervals | None) -> DigestFigure:
    return digest([replace(panel, drawing=drawing) for panel, drawing in zip(CLUB, drawings, strict=True)])


def _digests() -> dict[str, DigestFigure]:
    gaps = (169.0, None, 175.0, None, None, 178.0, None)
    return {
        "ordinary": digest(),
        "nothing": digest([]),
        "one panel": digest(CLUB[:1]),
        "two panels": digest(CLUB[:2]),
        "three panels": digest(CLUB[:3]),
        "forty panels": digest(CLUB * 10),
        "no drawings": drawn(None, None, None, None),
        "empty drawings": drawn(MiniLine((), ()), MiniBridge(0, (), 0), MiniBars(()), MiniIntervals((), ())),
        "single values": drawn(
            MiniLine((5,), ((3, 7),)),
            MiniBridge(5, (1,), 6),
            MiniBars((0.3,)),
            MiniIntervals((0.3,), ((0.1, 0.6),)),
        ),
        "nobody": drawn(
            MiniLine((0,) * 8, ((0, 0),) * 8),
            MiniBridge(0, (0, 0, 0, 0), 0),
            MiniBars((0.0,) * 8),
            MiniIntervals((0.0,) * 5, ((0, 0),) * 5),
        ),
        "gaps": drawn(
            MiniLine(gaps, (None,) * 7),
            MiniBridge(5, (-5, 0, 0, 100_000), 100_000),
            MiniBars((0.1, None, None, 0.2, 0.3, None), frozenset({1})),
            INTERVALS,
        ),
        "a year of gaps": drawn(
            MiniLine((None,) * 52, (None,) * 52),
            None,
            MiniBars((None,) * 52, frozenset(range(52))),
            INTERVALS,
        ),
        "never held": drawn(LINE, BRIDGE, MiniBars((None,) * 8), INTERVALS),
        "a year": drawn(
            MiniLine(ACTIVE * 8, (None,) * 56),
            MiniBridge(9, (1, -1) * 20, 9),
            MiniBars((0.1, 0.2, 0.3, None) * 13),
            MiniIntervals(RATES * 8, INTERVALS.intervals * 8),
        ),
        "wide values": digest(
            [
                replace(panel, value=value)
                for panel, value in zip(
                    CLUB, ("100,000", "−1,234,567", "12 of 100,000", "2 h 10 min"), strict=True
                )
            ]
        ),
        "all worse": digest([replace(panel, is_worse=True) for panel in CLUB]),
        "long texts": digest(
            [DigestPanel(WIDE, FORTY, WIDE, FORTY, panel.drawing, panel.is_worse) for panel in CLUB],
            **LONG_TEXTS,
        ),
        "odd texts": digest(
            [
                DigestPanel(text, text, text, text, panel.drawing)
                for panel, text in zip(CLUB, (ODD, "", ONLY_EMOJI, "$\ud800"), strict=True)
            ],
            **ODD_TEXTS,
        ),
    }


DIGESTS = _digests()
