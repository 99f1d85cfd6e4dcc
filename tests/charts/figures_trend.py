"""Trends with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import sin, sqrt

from reports.figures import PointState, TrendFigure, TrendPoint

from .figures_texts import FOOTER, HEADLINE, SUBTITLE

WEEK = timedelta(days=7)
CLUB = [163, 167, 160, 165, 171, 168, 159, 161, 154, 149, 141, 136, 132, 138, 147, 152, 161, 166, 150, 169]
CLUB += [172, 175, 171, 181, 178, 187]


def closed(value: float, half: float | None, start: date, recorded: float = 1.0) -> TrendPoint:
    low, high = (None, None) if half is None else (max(0, value - half), value + half)
    state = (
        PointState.RECORDED if recorded >= 0.95 else PointState.PARTLY if recorded >= 0.8 else PointState.GAP
    )
    return TrendPoint(start, start + WEEK - timedelta(days=1), value, low, high, recorded, state)


def weeks(
    values: Sequence[float],
    *,
    recorded: Mapping[int, float] | None = None,
    half: Callable[[float], float | None] = lambda value: 1.3 * sqrt(value),
    before: int = 0,
    start: date = date(2025, 5, 19),
) -> list[TrendPoint]:
    empty = [
        TrendPoint(
            start + n * WEEK,
            start + (n + 1) * WEEK - timedelta(days=1),
            None,
            None,
            None,
            0,
            PointState.BEFORE,
        )
        for n in range(before)
    ]
    shares = recorded or {}
    return empty + [
        closed(value, half(value), start + (before + n) * WEEK, shares.get(n, 1.0))
        for n, value in enumerate(values)
    ]


def with_open(points: list[TrendPoint], value: float | None) -> list[TrendPoint]:
    start = points[-1].start + WEEK if points else date(2025, 11, 17)
    end = start + timedelta(days=6)
    return [*points, TrendPoint(start, end, value, None, None, 0.5, PointState.OPEN)]


def trend(points: Sequence[TrendPoint], **texts: str | None) -> TrendFigure:
    figure = TrendFigure(
        headline="187 active last week, 9 more: within noise",
        subtitle="Weekly active members, 26 closed weeks and the open one",
        footer="19 May – 20 Nov 2025 · recorded 98 % · grey: gap · hatched: week not over",
        alt_text="",
        points=tuple(points),
        latest_label="10–16 Nov",
        open_label="Mon–Thu",
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _trends() -> dict[str, TrendFigure]:
    half_gaps = {n: n / 66 for n in range(1, 52, 2)}
    return {
        "ordinary": trend(with_open(weeks(CLUB, recorded={18: 0.62}), 121)),
        "no open week": trend(weeks(CLUB), open_label=None),
        "open week of unknown value": trend(with_open(weeks(CLUB), None)),
        "nobody": trend(with_open(weeks([0] * 26, half=lambda _: 0.0), 0)),
        "one person": trend(with_open(weeks([1, 0, 1, 1, 0, 1, 0, 0, 1], half=lambda _: 2.0), 1)),
        "100,000 people": trend(
            with_open(weeks([1e5 + 9e3 * sin(n) for n in range(26)], recorded={3: 0.1}), 61234)
        ),
        "from 0 to 100,000": trend(with_open(weeks([0, 100_000] * 13), 100_000)),
        "no interval": trend(with_open(weeks(CLUB, half=lambda _: None), 121)),
        "wide interval": trend(with_open(weeks(CLUB, half=lambda _: 150.0), 121)),
        "long texts": trend(
            with_open(weeks(CLUB, recorded={18: 0.62}), 121),
            headline="W" * HEADLINE,
            subtitle="W" * SUBTITLE,
            footer="W" * FOOTER,
            latest_label="29 December 2025 – 4 January 2026 inclusive",
            open_label="Monday to Thursday of the week now open",
        ),
        "odd texts": trend(
            weeks(CLUB),
            headline="Ba$$in {{{{ \ud800 語り場 \u202e 👩‍👩‍👧 $\\frac{a}{b}$",
            subtitle="",
            footer="▲ worse\n△ noise",
        ),
        "a year with every second week missing": trend(
            with_open(
                weeks([150 + 20 * sin(n) for n in range(52)], recorded=half_gaps, start=date(2024, 11, 18)),
                100,
            )
        ),
        "a year of gaps": trend(with_open(weeks([0] * 52, recorded=dict.fromkeys(range(52), 0.3)), None)),
        "gaps and an open value": trend(
            with_open(weeks([5] * 26, recorded=dict.fromkeys(range(26), 0.0)), 33)
        ),
        "last week missing": trend(with_open(weeks(CLUB, recorded={25: 0.41}), 121)),
        "four weeks missing": trend(with_open(weeks(CLUB, recorded={5: 0.4, 6: 0, 7: 0.62, 8: 0.796}), 121)),
        "gaps at both ends": trend(with_open(weeks(CLUB, recorded={0: 0.41, 25: 0.003}), 121)),
        "gaps beside the lowest": trend(with_open(weeks(CLUB, recorded={11: 0.4, 13: 0.5}), 121)),
        "islands": trend(with_open(weeks(CLUB, recorded={n: 0.5 for n in range(26) if n % 5}), 140)),
        "partly recorded": trend(with_open(weeks(CLUB, recorded={3: 0.9, 12: 0.85, 25: 0.81}), 190)),
        "one week partly recorded": trend(with_open(weeks(CLUB, recorded={18: 0.9499}), 121)),
        "an open week just begun": trend(with_open(weeks(CLUB), 9), open_label="Mon"),
        "an open week far above": trend(with_open(weeks(CLUB), 900)),
        "one point": trend(weeks([42], start=date(2025, 11, 10)), open_label=None),
        "one point and an open one": trend(with_open(weeks([42], start=date(2025, 11, 10)), 17)),
        "no closed point": trend(with_open([], 17)),
        "nothing": trend([]),
        "a young community": trend(with_open(weeks([42, 50, 47], before=23, start=date(2025, 6, 2)), 17)),
        "only before recording": trend(weeks([], before=26)),
        "steep": trend(with_open(weeks([20, 200, 20, 20, 200, 20, 200, 200, 20, 200] * 2), 199)),
        "rising": trend(with_open(weeks([20 + 9 * n for n in range(26)]), 30)),
        "falling": trend(with_open(weeks([300 - 9 * n for n in range(26)]), 30)),
    }


TRENDS = _trends()
