from __future__ import annotations

import pytest

from charts.coverage import coverage_canvas
from charts.theme import Colour
from reports.figures import CoverageFigure

from .looking import filled, hatched, words


def test_holes_are_as_long_as_they_were(coverages: dict[str, CoverageFigure]) -> None:
    canvas = coverage_canvas(coverages["ordinary"])
    week = filled(canvas, Colour.RECORDED)[-1].get_width()
    long, short = (gap.get_width() / week for gap in hatched(canvas, Colour.WORSE))
    assert (long, short) == pytest.approx((0.094, 0.0114), rel=0.01)
    assert len(filled(canvas, Colour.PARTIAL)) == 1


def test_holes_worth_naming_are_named(coverages: dict[str, CoverageFigure]) -> None:
    said = words(coverage_canvas(coverages["ordinary"]))
    assert {"15 h 50 min lost", "1 h 55 min lost", "5 h late, complete", "20 Oct", "Mon", "Sun"} <= set(said)


def test_a_minute_can_still_be_seen(coverages: dict[str, CoverageFigure]) -> None:
    canvas = coverage_canvas(coverages["a minute"])
    (gap,) = hatched(canvas, Colour.WORSE)
    assert gap.get_width() >= 6
    assert gap.get_x() + gap.get_width() <= 1180


def test_a_name_goes_where_it_hides_no_other_hole(coverages: dict[str, CoverageFigure]) -> None:
    canvas = coverage_canvas(coverages["a hole beside a hole"])
    long, short = hatched(canvas, Colour.WORSE)
    (name,) = (box for text, box in canvas.text_boxes() if text.get_text() == "10 h lost")
    assert name.right < long.get_x() < short.get_x()


def test_where_every_place_would_hide_a_hole_there_is_no_name(coverages: dict[str, CoverageFigure]) -> None:
    canvas = coverage_canvas(coverages["a gap every day"])
    assert len(hatched(canvas, Colour.WORSE)) == 6 * 7
    assert "1 h 41 min lost" not in words(canvas)


def test_a_whole_week_lost_says_so_in_the_hole(coverages: dict[str, CoverageFigure]) -> None:
    assert words(coverage_canvas(coverages["nothing recorded"])).count("the whole week lost") == 6


def test_what_is_before_recording_is_neither_recorded_nor_lost(coverages: dict[str, CoverageFigure]) -> None:
    canvas = coverage_canvas(coverages["only before recording"])
    assert not filled(canvas, Colour.RECORDED, Colour.PARTIAL)
    assert not hatched(canvas, Colour.WORSE)


def test_of_many_weeks_the_last_six_are_drawn(coverages: dict[str, CoverageFigure]) -> None:
    labels = {week.label for week in coverages["ordinary"].weeks}
    assert sum(text in labels for text in words(coverage_canvas(coverages["a year of weeks"]))) == 6
