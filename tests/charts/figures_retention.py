"""Retention with ordinary and with extreme data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.figures import RetentionCell, RetentionFigure, RetentionRow

from .figures_texts import FORTY, LONG_TEXTS, ODD, ODD_TEXTS, WIDE

CLUB = (
    ("28 Apr–25 May", 44, (27, 24, 21, 18, 18, 16, 16, 16, 14, 13, 14, 13)),
    ("26 May–22 Jun", 38, (22, 18, 17, 17, 14, 14, 12, 12, 11, 11, 10, 11)),
    ("23 Jun–20 Jul", 31, (17, 15, 12, 12, 11, 11, 9, 9, 8, 8, 9, 8)),
    ("21 Jul–17 Aug", 27, (13, 12, 10, 10, 9, 8, 7, 8, 8, 6, 7, 6)),
    ("18 Aug–14 Sep", 43, (26, 26, 22, 18, 18, 17, 16, 16)),
    ("15 Sep–12 Oct", 51, (37, 29, 27, 24)),
    ("13 Oct–9 Nov", 48, ()),
)
PARTLY = {4: ((14, 41), (8, 25), (2, 7)), 5: ((15, 33), (9, 23), (3, 9)), 6: ((22, 33), (13, 22), (4, 8))}


def row(
    label: str, joined: int, closed: Sequence[int], partly: Sequence[tuple[int, int]] = ()
) -> RetentionRow:
    cells = [RetentionCell(retained, joined, 0) for retained in closed]
    cells += [RetentionCell(retained, eligible, joined - eligible) for retained, eligible in partly]
    cells += [RetentionCell(0, 0, joined)] * (12 - len(cells))
    return RetentionRow(label, joined, tuple(cells))


def pooled(rows: Sequence[RetentionRow], label: str = "All together") -> RetentionRow:
    weeks = zip(*(each.cells for each in rows), strict=True)
    cells = (
        RetentionCell(sum(cell.retained for cell in week), sum(cell.eligible for cell in week), 0)
        for week in weeks
    )
    return RetentionRow(label, sum(each.joined for each in rows), tuple(cells))


def retention(rows: Sequence[RetentionRow], **texts: str) -> RetentionFigure:
    figure = RetentionFigure(
        headline="1 in 3 newcomers is still active in week 8",
        subtitle="Share active in each week after joining, %, by join date",
        footer="Week 8: 61 of 183 (33 %, interval 27–40) · dashed: partly, hatched: not yet",
        alt_text="",
        rows=tuple(rows),
        pooled=pooled(rows),
    )
    return replace(figure, **texts)  # type: ignore[arg-type]  # mypy cannot see which fields the names mean


def _retentions() -> dict[str, RetentionFigure]:
    club = [row(*cohort, PARTLY.get(n, ())) for n, cohort in enumerate(CLUB)]
    first = club[0]
    nearly = (99_999, 99_600, 400, 1, 0, 100_000, 50_000, 30_000, 20_000, 19_999, 9_999, 50)
    many = row("28 Apr–25 May", 100_000, nearly)
    partly = row("18 Aug–14 Sep", 200_000, (), [(retained, 100_000) for retained in nearly])
    gaps = replace(first, cells=tuple(cell._replace(recorded=n / 12) for n, cell in enumerate(first.cells)))
    return {
        "ordinary": retention(club),
        "eight cohorts": retention([club[0], *club]),
        "one cohort": retention(club[:1]),
        "one cohort, all pending": retention([row("10–16 Nov", 21, ())]),
        "twelve cohorts": retention([*club, *club][:12]),
        "nobody joined": retention([row("10–16 Nov", 0, ())]),
        "one joined": retention([row("10–16 Nov", 1, (1, 0, 1))]),
        "nobody stayed": retention([row("28 Apr–25 May", 30, [0] * 12)] * 7),
        "everybody stayed": retention([row("28 Apr–25 May", 30, [30] * 12)] * 7),
        "100,000 people": retention([many, partly] * 4),
        "few in each": retention([row("10–16 Nov", 9, range(9), [(n, 8) for n in range(3)])] * 8),
        "a year of gaps": retention([gaps] * 8),
        "young server": retention([replace(first, cells=first.cells[:4])] * 3),
        "nothing": retention([]),
        "long texts": retention(
            [replace(first, label=label, joined=100_000_000) for label in (FORTY, WIDE)], **LONG_TEXTS
        ),
        "odd texts": retention([replace(first, label=label) for label in (ODD, "")], **ODD_TEXTS),
    }


RETENTIONS = _retentions()
