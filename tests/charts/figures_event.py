"""Single events with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sin
from typing import Any

from reports.figures import EventFigure, PresenceMark

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, WIDE

MINUTE, HOUR = 60_000, 3_600_000
AT_20 = 1_763_319_600_000  # 16 November 2025, 20:00 in Berlin
CAME = (
    -19,
    -19,
    -18,
    -17,
    -17,
    -15,
    -9,
    -7,
    -7,
    -3,
    -2,
    -2,
    -1,
    -1,
    0,
    1,
    3,
    3,
    5,
    5,
    7,
    7,
    8,
    11,
    11,
    20,
    22,
    25,
)
WENT = (21, 35, 50.5, 52, 58, 66, 70, 74, 81, 84, 88, 90, 92, 95, 100, 104, 108, 110, 115, 118, 120, 121)
WENT += (121.2, 122, 123, 125, 125.1, 125.2)


def steps(
    came: Sequence[float] = CAME, went: Sequence[float] = WENT, t0: int = AT_20
) -> tuple[tuple[int, int], ...]:
    changes = sorted([(at, 1) for at in came] + [(at, -1) for at in went])
    people, found = 0, []
    for at, change in changes:
        people += change
        found.append((t0 + round(at * MINUTE), people))
    return tuple(found)


def clock(first: int, last: int, every: int) -> tuple[tuple[int, str], ...]:
    """Ticks with the time in Berlin in winter."""
    times = range(first, last + 1, every)
    return tuple((at, f"{(at // HOUR + 1) % 24:02}:{at // MINUTE % 60:02}") for at in times)


def event(**changes: Any) -> EventFigure:
    figure = EventFigure(
        headline="27 came; 10 of 34 interested did not",
        subtitle="Sunday Inhouse, 16 Nov 2025, 20:00–22:05 · 6 walk-ins",
        footer="15 were early · median stay 92 min · 9 of 27 gone before the last quarter",
        alt_text="",
        interested_label="34 interested",
        attended=21,
        partial=3,
        no_show=10,
        unknown=0,
        walk_ins=6,
        steps=steps(),
        window=(AT_20, AT_20 + 125 * MINUTE),
        axis=(AT_20 - 30 * MINUTE, AT_20 + 130 * MINUTE),
        ticks=clock(AT_20 - 30 * MINUTE, AT_20 + 130 * MINUTE, 30 * MINUTE),
        marks=(
            PresenceMark(AT_20 + 25 * MINUTE, 27, "peak 27"),
            PresenceMark(AT_20 + 62 * MINUTE, 23, "23 at 50 %"),
            PresenceMark(AT_20 + 94 * MINUTE, 15, "15 at 75 %"),
        ),
    )
    return replace(figure, **changes)


def answers(
    attended: int, partial: int, no_show: int, unknown: int, walk_ins: int, standing: int = 0
) -> EventFigure:
    interested = attended + partial + no_show + unknown
    return event(
        interested_label=f"{interested:,} interested" if interested else "",
        attended=attended,
        partial=partial,
        no_show=no_show,
        unknown=unknown,
        walk_ins=walk_ins,
        standing=standing,
    )


def lasting(minutes: float, people: int = 12, every: int = 30 * MINUTE, **changes: Any) -> EventFigure:
    length = round(minutes * MINUTE)
    quarter, end = length // 4, AT_20 + length
    level = (
        (AT_20 - quarter // 2, people // 2),
        (AT_20, people),
        (AT_20 + 3 * quarter, people // 2),
        (end, 0),
    )
    marks = (
        PresenceMark(AT_20, people, f"peak {people:,}"),
        PresenceMark(AT_20 + 2 * quarter, people, f"{people:,} at 50 %"),
        PresenceMark(AT_20 + 3 * quarter, people // 2, f"{people // 2:,} at 75 %"),
    )
    axis = (AT_20 - quarter, end + quarter // 4)
    whole: dict[str, Any] = {
        "steps": level,
        "window": (AT_20, end),
        "axis": axis,
        "ticks": clock(AT_20, end, every),
        "marks": marks,
    }
    return event(**(whole | changes))


def _events() -> dict[str, EventFigure]:
    now = AT_20 + 50 * MINUTE
    until_now = tuple(step for step in steps() if step[0] <= now)
    restless = tuple((AT_20 + n * 15_000, 40 + round(20 * sin(n / 9) + 9 * sin(n * 2.3))) for n in range(500))
    hole = (AT_20 + 30 * MINUTE, AT_20 + 55 * MINUTE)
    everything = (AT_20 - 30 * MINUTE, AT_20 + 130 * MINUTE)
    return {
        "ordinary": event(),
        "nobody had answered": answers(0, 0, 0, 0, 24),
        "nobody came": event(attended=0, partial=0, no_show=34, walk_ins=0, steps=(), marks=()),
        "nothing at all": event(
            interested_label="", attended=0, partial=0, no_show=0, walk_ins=0, steps=(), marks=(), ticks=()
        ),
        "one person": lasting(120, people=1, attended=1, partial=0, no_show=0, walk_ins=0),
        "all came": answers(34, 0, 0, 0, 0),
        "all unknown": answers(0, 0, 0, 12, 0),
        "all kinds, many": answers(12_345, 1_234, 5_678, 987, 100_000),
        "one of each kind and many walk-ins": answers(1, 1, 1, 1, 500),
        "one of each kind and many attended": answers(5_000, 1, 1, 1, 1),
        "one of each kind and few walk-ins": answers(1, 1, 1, 1, 1),
        "one of each kind and many no-shows": answers(1, 1, 5_000, 1, 30),
        "walk-ins as many as interested": answers(12, 3, 4, 2, 21),
        "some from the series": answers(19, 3, 7, 0, 5, standing=4),
        "one from the series": answers(19, 3, 7, 0, 0, standing=1),
        "most from the series": answers(2, 0, 1, 0, 3, standing=600),
        "most walked in, one from the series": answers(1, 1, 1, 1, 90_000, standing=1),
        "many of every kind": answers(12_345, 1_234, 5_678, 987, 100_000, standing=100_000),
        "one of every kind": answers(1, 1, 1, 1, 1, standing=1),
        "100,000 people": lasting(120, people=100_000),
        "5 minutes": lasting(5, every=MINUTE),
        "14 hours": lasting(14 * 60),
        "14 hours, a tick a quarter of an hour": lasting(14 * 60, every=15 * MINUTE),
        "500 steps": event(steps=restless, marks=(PresenceMark(AT_20 + 21 * MINUTE, 60, "peak 68"),)),
        "running": event(
            is_running=True,
            attended=21,
            partial=0,
            no_show=0,
            not_yet=13,
            known_until_ms=now,
            steps=until_now,
            marks=(PresenceMark(AT_20 + 25 * MINUTE, 27, "peak 27"), PresenceMark(now, 25, "25 now")),
        ),
        "just begun": event(
            is_running=True,
            attended=1,
            partial=0,
            no_show=0,
            not_yet=33,
            known_until_ms=AT_20,
            steps=steps()[:14],
            marks=(PresenceMark(AT_20, 14, "14 now"),),
        ),
        "running to the axis' end": event(is_running=True, axis=(AT_20 - 30 * MINUTE, now), steps=until_now),
        "a gap": event(gaps=(hole,)),
        "three gaps": event(
            gaps=(
                hole,
                (AT_20 - 30 * MINUTE, AT_20 - 10 * MINUTE),
                (AT_20 + 80 * MINUTE, AT_20 + 81 * MINUTE),
            )
        ),
        "a gap of a minute": event(gaps=((hole[0], hole[0] + MINUTE),)),
        "not recorded": event(gaps=(everything,), steps=(), marks=()),
        "marks on top of each other": event(
            marks=tuple(PresenceMark(AT_20 + 62 * MINUTE, 23, f"mark number {n}") for n in range(6))
        ),
        "marks at both ends": event(
            marks=(
                PresenceMark(everything[0], 0, "0 before it began"),
                PresenceMark(everything[1], 0, "0 at the end"),
            )
        ),
        "stayed on": event(window=(AT_20, AT_20 + 60 * MINUTE)),
        "an axis of no length": event(axis=(AT_20, AT_20), marks=()),
        "long texts": event(
            interested_label=WIDE,
            marks=(PresenceMark(AT_20 + 25 * MINUTE, 27, FORTY), PresenceMark(AT_20 + 62 * MINUTE, 25, WIDE)),
            **LONG_TEXTS,
        ),
        "odd texts": event(
            interested_label=ODD,
            marks=(PresenceMark(AT_20 + 25 * MINUTE, 27, ODD), PresenceMark(AT_20 + 62 * MINUTE, 25, "")),
            ticks=((AT_20, ODD), (AT_20 + HOUR, "")),
            **ODD_TEXTS,
        ),
    }


SINGLE_EVENTS = _events()
