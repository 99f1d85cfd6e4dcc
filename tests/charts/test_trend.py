from __future__ import annotations

from datetime import date

import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle

from charts.theme import Colour
from charts.trend import trend_canvas
from reports.figures import PointState, TrendFigure, TrendPoint

from .looking import artists, words

NO_BREAK = "\u00a0"


def test_it_names_the_latest_the_lowest_and_the_open_value(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["ordinary"]))
    assert {"187", "10–16 Nov", "132", "121 so far", "Mon–Thu"} <= set(said)


def test_it_says_what_the_band_is_once(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["gaps at both ends"]))
    assert said.count(f"band: 95{NO_BREAK}% interval") == 1


def test_a_band_too_thin_to_be_seen_is_not_named(trends: dict[str, TrendFigure]) -> None:
    assert not any("interval" in text for text in words(trend_canvas(trends["100,000 people"])))


def test_the_line_is_broken_at_a_gap_and_does_not_reach_the_open_week(trends: dict[str, TrendFigure]) -> None:
    lines = artists(trend_canvas(trends["ordinary"]), Line2D)
    assert [len(line.get_xdata()) for line in lines] == [18, 7]


def test_a_gap_names_its_share(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["ordinary"]))
    assert f"62{NO_BREAK}% recorded," in said
    assert "so left out" in said


def test_what_is_left_out_for_being_below_80_percent_never_reads_as_80(
    trends: dict[str, TrendFigure],
) -> None:
    assert f"0–79{NO_BREAK}% recorded," in words(trend_canvas(trends["four weeks missing"]))


def test_many_gaps_are_named_together(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["a year with every second week missing"]))
    assert "26 weeks left out," in said


def test_a_year_of_gaps_shows_no_value_and_says_why(trends: dict[str, TrendFigure]) -> None:
    canvas = trend_canvas(trends["a year of gaps"])
    assert {"–", "52 weeks left out", f"30{NO_BREAK}% recorded,"} <= set(words(canvas))
    assert not artists(canvas, Circle)


def test_where_last_week_is_left_out_the_last_sure_value_is_named(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["last week missing"]))
    assert "178" in said
    assert "187" not in said


def test_an_open_week_of_unknown_value_has_no_number(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["open week of unknown value"]))
    assert "not over" in said
    assert not any("so far" in text for text in said)


def test_partly_recorded_weeks_are_hollow(trends: dict[str, TrendFigure]) -> None:
    discs = artists(trend_canvas(trends["partly recorded"]), Circle)
    middles = {}
    for disc in discs:
        middles.setdefault(disc.center, []).append(disc)
    hollow = [stack for stack in middles.values() if len(stack) == 3]
    assert len(hollow) == 4  # three partly recorded weeks and the open one


def test_a_hollow_dot_is_explained(trends: dict[str, TrendFigure]) -> None:
    assert f"94{NO_BREAK}% recorded" in words(trend_canvas(trends["one week partly recorded"]))
    assert f"hollow: 80–95{NO_BREAK}% recorded" in words(trend_canvas(trends["partly recorded"]))


@pytest.mark.parametrize(
    ("name", "said"), [("an open week just begun", "9 so far"), ("an open week far above", "900 so far")]
)
def test_an_open_week_far_off_points_out_of_the_scale_and_does_not_squeeze_it(
    trends: dict[str, TrendFigure], name: str, said: str
) -> None:
    canvas = trend_canvas(trends[name])
    assert {"220", "100", said} <= set(words(canvas))
    tip, left, _, _ = artists(canvas, Polygon)[-1].get_xy()
    assert (tip[1] < left[1]) == (name == "an open week far above")


def test_a_point_without_neighbours_has_a_bar_and_keeps_its_dot(trends: dict[str, TrendFigure]) -> None:
    canvas = trend_canvas(trends["islands"])
    assert f"bar: 95{NO_BREAK}% interval" in words(canvas)
    assert len({disc.center for disc in artists(canvas, Circle)}) == 7  # six sure weeks and the open one


def test_a_young_community_is_not_stretched_over_half_a_year(trends: dict[str, TrendFigure]) -> None:
    said = words(trend_canvas(trends["a young community"]))
    assert {"recording began", "10 Nov"} <= set(said)
    assert "Jun" not in said


def test_nothing_at_all_says_so(trends: dict[str, TrendFigure]) -> None:
    for name in ("nothing", "only before recording"):
        assert "nothing recorded yet" in words(trend_canvas(trends[name]))


def test_the_open_week_is_hatched(trends: dict[str, TrendFigure]) -> None:
    hatched = [patch for patch in artists(trend_canvas(trends["ordinary"]), Rectangle) if patch.get_hatch()]
    assert [patch.get_edgecolor()[:3] for patch in hatched] == [
        pytest.approx((0x5C / 255, 0x61 / 255, 0x6B / 255))
    ]


def test_a_gap_is_a_grey_column_as_wide_as_its_week(trends: dict[str, TrendFigure]) -> None:
    canvas = trend_canvas(trends["ordinary"])
    grey = [
        p
        for p in artists(canvas, Rectangle)
        if p.get_facecolor()[:3] == pytest.approx(rgb(Colour.GAP)) and p.get_height() > 100
    ]
    first, second = (line.get_xdata() for line in artists(canvas, Line2D))
    step = first[1] - first[0]
    assert [column.get_width() for column in grey] == [pytest.approx(step)]
    assert grey[0].get_x() + step / 2 == pytest.approx((first[-1] + second[0]) / 2)


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def test_days_and_other_spans_are_called_by_their_names() -> None:
    days = [
        TrendPoint(date(2025, 11, n), date(2025, 11, n), None, None, None, 0.5, PointState.GAP)
        for n in range(1, 25)
    ]
    figure = TrendFigure("h", "s", "f", "a", tuple(days), "24 Nov", None)
    assert "24 days left out" in words(trend_canvas(figure))
