from __future__ import annotations

from dataclasses import replace

from charts import theme
from charts.retention import retention_canvas
from charts.theme import Colour
from reports.figures import RetentionCell, RetentionFigure

from .looking import borders, filled, hatched, hex_of, words


def cells(figure: RetentionFigure, *cells: RetentionCell) -> RetentionFigure:
    return replace(
        figure, rows=(replace(figure.rows[0], cells=cells),), pooled=replace(figure.pooled, cells=())
    )


def test_rows_have_their_dates_their_number_and_whole_percentages(
    retentions: dict[str, RetentionFigure],
) -> None:
    said = words(retention_canvas(retentions["ordinary"]))
    start = said.index("28 Apr–25 May")
    assert said[start - 1 : start + 4] == ["44", "28 Apr–25 May", "61", "55", "48"]
    assert {"All together", "282"} <= set(said)


def test_pending_cells_are_hatched_and_have_no_number(retentions: dict[str, RetentionFigure]) -> None:
    canvas = retention_canvas(cells(retentions["ordinary"], RetentionCell(0, 0, 44)))
    assert len(hatched(canvas, Colour.GRID)) == 1
    assert not filled(canvas, *theme.HEAT)


def test_partly_pending_cells_have_a_dashed_border(retentions: dict[str, RetentionFigure]) -> None:
    canvas = retention_canvas(
        cells(retentions["ordinary"], RetentionCell(5, 30, 14), RetentionCell(5, 44, 0))
    )
    pending, whole = filled(canvas, *theme.HEAT)
    (border,) = borders(canvas, dashed=True)
    assert pending.get_x() < border.get_x() < pending.get_x() + pending.get_width() < whole.get_x()


def test_below_ten_there_is_no_percentage_and_no_colour(retentions: dict[str, RetentionFigure]) -> None:
    canvas = retention_canvas(cells(retentions["ordinary"], RetentionCell(3, 8, 0), RetentionCell(4, 10, 0)))
    assert {"3/8", "40"} <= set(words(canvas))
    assert len(filled(canvas, *theme.HEAT)) == 1
    assert [hex_of(p.get_edgecolor()) for p in borders(canvas, dashed=False)] == [Colour.NEUTRAL]


def test_cells_below_80_percent_recorded_are_grey_and_have_no_number(
    retentions: dict[str, RetentionFigure],
) -> None:
    canvas = retention_canvas(cells(retentions["ordinary"], RetentionCell(5, 30, 0, 0.79)))
    assert len(filled(canvas, Colour.GAP)) == 1
    assert "17" not in words(canvas)


def test_a_cells_colour_follows_the_number_that_is_read(retentions: dict[str, RetentionFigure]) -> None:
    canvas = retention_canvas(
        cells(retentions["ordinary"], RetentionCell(13, 44, 0), RetentionCell(12, 44, 0))
    )
    assert [hex_of(p.get_facecolor()) for p in filled(canvas, *theme.HEAT)] == [theme.HEAT[2], theme.HEAT[1]]


def test_weeks_4_8_and_12_of_all_together_are_framed(retentions: dict[str, RetentionFigure]) -> None:
    frames = [
        p for p in borders(retention_canvas(retentions["ordinary"]), dashed=False) if p.get_linewidth() == 4
    ]
    assert len(frames) == 3
    assert len({round(frame.get_y()) for frame in frames}) == 1


def test_nothing_is_framed_where_nobody_is_that_far(retentions: dict[str, RetentionFigure]) -> None:
    assert not borders(retention_canvas(retentions["one cohort, all pending"]), dashed=False)


def test_of_more_than_eight_cohorts_the_last_are_drawn(retentions: dict[str, RetentionFigure]) -> None:
    said = words(retention_canvas(retentions["twelve cohorts"]))
    assert said.count("18 Aug–14 Sep") == 2
    assert said.count("28 Apr–25 May") == 1
