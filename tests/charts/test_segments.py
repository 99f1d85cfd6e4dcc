from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.lines import Line2D

from charts.segments import segments_canvas
from charts.theme import Colour
from reports.figures import SegmentsFigure

from .looking import artists, filled, words


def test_each_segment_has_its_name_its_size_and_its_change(segments: dict[str, SegmentsFigure]) -> None:
    said = words(segments_canvas(segments["ordinary"]))
    assert said[3:7] == ["38", "Core", "3 of 4 weeks, events", "+2 in 4 weeks"]
    assert {"95", "−11 in 4 weeks", "126 in Aug"} <= set(said)


def test_alumni_are_numbers_without_a_line(segments: dict[str, SegmentsFigure]) -> None:
    canvas = segments_canvas(segments["ordinary"])
    assert {"212", "165 left the server", "47 here, silent", "+9 in 4 weeks"} <= set(words(canvas))
    assert len(artists(canvas, Line2D)) == 5


def test_all_panels_share_one_scale_from_0(segments: dict[str, SegmentsFigure]) -> None:
    panels = segments["ordinary"].panels
    halved = replace(panels[0], values=(50, 50), peak=None), replace(panels[1], values=(100, 100), peak=None)
    canvas = segments_canvas(replace(segments["ordinary"], panels=halved))
    (half,), (whole,) = ({float(y) for y in line.get_ydata()} for line in artists(canvas, Line2D))
    foot = 156 + 222
    assert foot - whole == pytest.approx(2 * (foot - half))
    assert foot - whole == pytest.approx(120)  # the largest fills its panel


def test_one_person_does_not_look_like_a_crowd(segments: dict[str, SegmentsFigure]) -> None:
    (line, *_) = artists(segments_canvas(segments["one person"]), Line2D)
    assert max(line.get_ydata()) - min(line.get_ydata()) < 20


def test_a_line_is_broken_where_weeks_are_left_out(segments: dict[str, SegmentsFigure]) -> None:
    canvas = segments_canvas(segments["weeks left out"])
    assert [len(line.get_xdata()) for line in artists(canvas, Line2D)[:3]] == [3, 10, 8]
    assert len(filled(canvas, Colour.GAP)) == 4 * 5
    assert "not compared" in words(canvas)


def test_a_size_that_is_not_known_is_no_0(segments: dict[str, SegmentsFigure]) -> None:
    said = words(segments_canvas(segments["a year of gaps"]))
    assert said.count("–") == 5
