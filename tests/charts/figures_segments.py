"""Segments with ordinary and with extreme data."""

from __future__ import annotations

from dataclasses import replace
from math import sin

from reports.figures import AlumniPanel, SegmentPanel, SegmentsFigure

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

DORMANT = (92, 92, 93, 91, 91, 95, 97, 99, 104, 109, 115, 121, 125, 126, 123, 120, 117, 114, 111, 109, 107)
DORMANT += (106, 104, 102, 99, 97, 95)


def waves(value: int, size: float = 3) -> tuple[int, ...]:
    return (*(round(value - 2 + size * sin(n / 3)) for n in range(26)), value)


PANELS = (
    SegmentPanel("Core", "3 of 4 weeks, events", 38, waves(38, 2), 2),
    SegmentPanel("Regular", "active, not core", 96, waves(96, 6), 3),
    SegmentPanel("New", "under 8 weeks here", 37, waves(37, 2), -1),
    SegmentPanel("Fresh", "under 2 weeks here", 18, waves(18, 2), 1),
    SegmentPanel("Dormant", "silent 4 weeks", 95, DORMANT, -11, is_concern=True, peak=(13, "126 in Aug")),
)
ALUMNI = AlumniPanel(212, 165, 47, 9, "left, or silent 60 days")


def segments(
    panels: tuple[SegmentPanel, ...] = PANELS, alumni: AlumniPanel = ALUMNI, **texts: str
) -> SegmentsFigure:
    figure = SegmentsFigure(
        headline="31 fewer dormant than in August; core at a high",
        subtitle="Members per segment, May to November, one scale from 0",
        footer="19 May – 16 Nov 2025 · 331 members = 284 drawn + 47 silent alumni",
        alt_text="",
        panels=panels,
        alumni=alumni,
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def of(*values: int | None, change: int | None = None, peak: tuple[int, str] | None = None) -> SegmentsFigure:
    panels = (replace(panel, values=values, value=values[-1], change=change, peak=peak) for panel in PANELS)
    return segments(tuple(panels), AlumniPanel(0, 0, 0, change))


def _segments() -> dict[str, SegmentsFigure]:
    peaks = tuple(
        replace(panel, peak=(at, "peak 126 in August 2025"))
        for panel, at in zip(PANELS, (0, 26, 13, 25, 1), strict=True)
    )
    gaps = tuple(None if n in {0, 4, 5, 6, 17, 26} else value for n, value in enumerate(DORMANT))
    every_second = tuple(None if n % 2 else value for n, value in enumerate(DORMANT))
    return {
        "ordinary": segments(),
        "nobody": of(*[0] * 26, change=0),
        "one person": of(0, 1, 0, 1, 1, change=1, peak=(1, "1 in Aug")),
        "100,000 people": of(
            *(100_000 - n * 777 for n in range(26)), change=-3_108, peak=(0, "100,000 in May")
        ),
        "from 1 to 100,000": segments(
            (
                *PANELS[:4],
                replace(PANELS[4], values=(1, 100_000, 3), value=100_000, peak=(1, "100,000 in Aug")),
            ),
            AlumniPanel(1_234_567, 1_000_000, 234_567, 99_999),
        ),
        "one week": of(42, peak=(0, "42")),
        "two weeks": of(42, 17, change=None),
        "no week": segments(tuple(replace(panel, values=(), peak=(3, "x")) for panel in PANELS)),
        "weeks left out": segments(tuple(replace(panel, values=gaps, change=None) for panel in PANELS)),
        "every second week left out": segments(
            tuple(replace(panel, values=every_second, change=None, peak=None) for panel in PANELS)
        ),
        "a year of gaps": of(*[None] * 52),
        "peaks everywhere": segments(peaks),
        "two segments": segments(PANELS[:2]),
        "no segment": segments(()),
        "long texts": segments(
            tuple(replace(panel, name=WIDE, detail=FORTY, value=1_000_000) for panel in PANELS),
            replace(ALUMNI, detail=WIDE),
            **LONG_TEXTS,
        ),
        "odd texts": segments(
            tuple(
                replace(panel, name=name, detail=name, peak=(2, name))
                for panel, name in zip(PANELS, (ODD, "", ONLY_EMOJI, "$", "\ud800"), strict=True)
            ),
            **ODD_TEXTS,
        ),
    }


SEGMENTS = _segments()
