"""Coverage with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import CoverageFigure, CoverageSpan, CoverageState, CoverageWeek

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, ONLY_EMOJI, WIDE

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LATE, GAP, BEFORE = CoverageState.LATE, CoverageState.GAP, CoverageState.BEFORE


def week(label: str, *holes: tuple[float, float, CoverageState, str]) -> CoverageWeek:
    """Recorded but for the holes, which are given in order."""
    spans, at = [], 0.0
    for start, end, state, said in holes:
        spans += [CoverageSpan(at, start, CoverageState.RECORDED), CoverageSpan(start, end, state, said)]
        at = end
    spans.append(CoverageSpan(at, 1.0, CoverageState.RECORDED))
    return CoverageWeek(label, tuple(span for span in spans if span.start < span.end))


CLUB = (
    week("20 Oct", (0.743, 0.774, LATE, "5 h late, complete")),
    week("27 Oct", (0.243, 0.337, GAP, "15 h 50 min lost")),
    week("3 Nov", (0.586, 0.5974, GAP, "1 h 55 min lost")),
    week("10 Nov"),
)


def coverage(weeks: Sequence[CoverageWeek] = CLUB, **changes: object) -> CoverageFigure:
    figure = CoverageFigure(
        headline="97 % recorded; one gap hides Tuesday evening",
        subtitle="What was recorded, 20 Oct – 16 Nov 2025",
        footer="Hatched: lost · pale: recorded late · 27 Oct – 2 Nov: 91 %, compare with care",
        alt_text="",
        days=DAYS,
        weeks=tuple(weeks),
    )
    return replace(figure, **changes)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _coverages() -> dict[str, CoverageFigure]:
    every_day = [(n / 7 + 0.05, n / 7 + 0.06, GAP, "1 h 41 min lost") for n in range(7)]
    many = [(n / 60, n / 60 + 0.002, (GAP, LATE)[n % 2], f"{n} min") for n in range(60)]
    return {
        "ordinary": coverage(),
        "six weeks": coverage([*CLUB, CLUB[1], week("17 Nov", (0.4, 1.0, BEFORE, ""))]),
        "a year of weeks": coverage([CLUB[n % 4] for n in range(52)]),
        "one week": coverage(CLUB[:1]),
        "nothing": coverage([]),
        "empty weeks": coverage([CoverageWeek("20 Oct", ()), CoverageWeek("", ())]),
        "nothing recorded": coverage([week("20 Oct", (0, 1, GAP, "the whole week lost"))] * 6),
        "only before recording": coverage([week("20 Oct", (0, 1, BEFORE, "not recorded yet"))] * 2),
        "a minute": coverage(
            [week("20 Oct", (0.9999, 1, GAP, "1 min lost")), week("27 Oct", (0, 1e-4, LATE, "1 min"))]
        ),
        "a gap every day": coverage([week("20 Oct", *every_day)] * 6),
        "a hole beside a hole": coverage(
            [week("20 Oct", (0.3, 0.36, GAP, "10 h lost"), (0.4, 0.41, GAP, ""))]
        ),
        "sixty spans": coverage([week("20 Oct", *many)] * 6),
        "wide gaps": coverage(
            [week("20 Oct", (0.02, 0.5, GAP, "3 days lost"), (0.5, 0.97, LATE, "3 days late"))]
        ),
        "long texts": coverage(
            [week(label, (0.4, 0.5, GAP, label)) for label in (FORTY, WIDE)], days=(FORTY,) * 7, **LONG_TEXTS
        ),
        "odd texts": coverage(
            [week(text, (0.4, 0.5, GAP, text)) for text in (ODD, "", ONLY_EMOJI, "\ud800$")],
            days=(ODD, "", "$"),
            **ODD_TEXTS,
        ),
        "no days": coverage(days=()),
    }


COVERAGES = _coverages()
