from __future__ import annotations

import pytest

from charts import theme
from charts.events import events_canvas
from charts.theme import Colour
from reports.figures import EventsFigure

from .looking import filled, words

BLUE, PAST_BLUE = Colour.BETTER, theme.faded(Colour.BETTER)


def test_a_row_has_its_name_its_latest_value_and_its_average(events: dict[str, EventsFigure]) -> None:
    said = words(events_canvas(events["ordinary"]))
    start = said.index("Beginner Night")
    assert said[start : start + 4] == ["Beginner Night", "9", "12", "was 17 · clear"]


def test_all_rows_share_one_scale_from_0(events: dict[str, EventsFigure]) -> None:
    latest = filled(events_canvas(events["two series"]), BLUE)
    assert [bar.get_height() / latest[0].get_height() for bar in latest] == pytest.approx([1, 19 / 27])


def test_only_the_latest_is_bright(events: dict[str, EventsFigure]) -> None:
    canvas = events_canvas(events["one series"])
    assert len(filled(canvas, Colour.WORSE)) == 1
    assert len(filled(canvas, theme.faded(Colour.WORSE))) == 7


def test_what_was_not_held_is_a_cross_and_no_bar(events: dict[str, EventsFigure]) -> None:
    canvas = events_canvas(events["two series"])
    assert words(canvas).count("×") == 1
    assert len(filled(canvas, BLUE, PAST_BLUE)) == 15


def test_held_with_nobody_is_a_thin_bar_and_no_cross(events: dict[str, EventsFigure]) -> None:
    canvas = events_canvas(events["nobody"])
    assert "×" not in words(canvas)
    assert len(filled(canvas, BLUE, PAST_BLUE, higher_than=2)) == 6 * 8


def test_a_gap_is_a_grey_column(events: dict[str, EventsFigure]) -> None:
    canvas = events_canvas(events["a year of gaps"])
    assert len(filled(canvas, Colour.GAP)) == 6 * 8
    assert "×" not in words(canvas)


def test_a_series_held_twice_is_grey_and_has_no_average(events: dict[str, EventsFigure]) -> None:
    canvas = events_canvas(events["ordinary"])
    said = words(canvas)
    assert said[said.index("Captains’ Draft") + 2 :][:2] == ["–", "2 held: no rank"]
    assert len(filled(canvas, Colour.NEUTRAL)) == 1


def test_a_title_of_forty_characters_is_cut_and_one_of_emoji_is_untitled(
    events: dict[str, EventsFigure],
) -> None:
    assert "a label of forty ch…" in words(events_canvas(events["long texts"]))
    assert "untitled" in words(events_canvas(events["odd texts"]))


def test_of_more_than_six_series_the_first_are_drawn(events: dict[str, EventsFigure]) -> None:
    said = words(events_canvas(events["forty series"]))
    assert "Series 5" in said and "Series 6" not in said


def test_without_series_it_says_so(events: dict[str, EventsFigure]) -> None:
    assert "nothing recorded yet" in words(events_canvas(events["nothing"]))
