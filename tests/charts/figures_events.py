"""Series of events with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import EventsFigure, Holding, HoldingState, SeriesRow

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

NOT_HELD, GAP = Holding(None, HoldingState.NOT_HELD), Holding(None, HoldingState.GAP)
NONE = Holding(None, HoldingState.NONE)


def held(*people: int | Holding) -> tuple[Holding, ...]:
    return tuple(each if isinstance(each, Holding) else Holding(each, HoldingState.HELD) for each in people)


CLUB = (
    SeriesRow("Sunday Inhouse", held(24, 22, 25, 28, 23, 26, 25, 27), 25.0, "was 24 · noise"),
    SeriesRow("Wednesday Scrims", held(17, 19, 16, NOT_HELD, 18, 20, 17, 19), 18.0, "was 18 · noise"),
    SeriesRow("Beginner Night", held(16, 15, 14, 13, 12, 10, 9, 9), 12.25, "was 17 · clear", is_worse=True),
    SeriesRow("Café 語り場", held(8, 7, 9, 10, 8, 9, 7, 10), 8.4, "was 8 · noise"),
    SeriesRow("Captains’ Draft", held(*[NONE] * 6, 31, 22), None, "2 held: no rank"),
)


def events(rows: Sequence[SeriesRow] = CLUB, **texts: str) -> EventsFigure:
    figure = EventsFigure(
        headline="Beginner Night is fading: 12 a night, was 17",
        subtitle="People per event, last 8 dates, one scale; brightest: latest",
        footer="× not held · 22 Sep – 16 Nov 2025 · 33 held, 32 fully recorded",
        alt_text="",
        rows=tuple(rows),
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _events() -> dict[str, EventsFigure]:
    six = (*CLUB, replace(CLUB[0], name="Friday Movies"))
    return {
        "ordinary": events(),
        "six series": events(six),
        "forty series": events([replace(CLUB[0], name=f"Series {n}") for n in range(40)]),
        "one series": events(CLUB[2:3]),
        "two series": events(CLUB[:2]),
        "nothing": events([]),
        "nobody": events([replace(CLUB[0], holdings=held(*[0] * 8), average=0.0)] * 6),
        "one person": events([replace(CLUB[0], holdings=held(0, 1, 0, 1, 0, 1, 0, 1), average=0.5)]),
        "100,000 people": events(
            [
                replace(
                    row,
                    holdings=held(*[100_000 - 999 * n] * 8),
                    average=100_000.0,
                    note="was 100,000 · noise",
                )
                for n, row in enumerate(six)
            ]
        ),
        "from 1 to 100,000": events(
            [replace(CLUB[0], holdings=held(*[1] * 7, 2)), replace(CLUB[0], holdings=held(*[99_999] * 8))]
        ),
        "a year of gaps": events([replace(row, holdings=(GAP,) * 8, average=None) for row in six]),
        "never held": events([replace(row, holdings=(NOT_HELD,) * 8, average=None) for row in six]),
        "the latest not held": events([replace(row, holdings=held(9, GAP, 8, NOT_HELD)) for row in six]),
        "no dates": events([replace(row, holdings=(), average=None) for row in six]),
        "many dates": events([replace(row, holdings=held(*range(52))) for row in six]),
        "long texts": events(
            [replace(row, name=name, note=FORTY, average=1e9) for row in CLUB[:3] for name in (FORTY, WIDE)],
            **LONG_TEXTS,
        ),
        "odd texts": events(
            [
                replace(CLUB[0], name=name, note=name)
                for name in (ODD, "", ONLY_EMOJI, "$", "\ud800", "\u202e")
            ],
            **ODD_TEXTS,
        ),
    }


EVENTS = _events()
