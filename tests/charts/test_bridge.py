from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.patches import Rectangle

from charts.bridge import bridge_canvas
from charts.canvas import Canvas
from reports.figures import BridgeFigure

from .looking import artists, words


def bars(canvas: Canvas) -> list[Rectangle]:
    return [patch for patch in artists(canvas, Rectangle) if 8 < patch.get_height() < 600]


def test_bars_are_as_long_as_their_changes(bridges: dict[str, BridgeFigure]) -> None:
    heights = [bar.get_height() for bar in bars(bridge_canvas(bridges["ordinary"]))]
    assert [height / heights[0] for height in heights] == pytest.approx([1, 5 / 24, 20 / 24, 18 / 24])


def test_each_bar_begins_where_the_one_before_ended(bridges: dict[str, BridgeFigure]) -> None:
    quiet, left, back, first = bars(bridge_canvas(bridges["ordinary"]))
    assert quiet.get_y() + quiet.get_height() == pytest.approx(left.get_y())
    assert left.get_y() + left.get_height() == pytest.approx(back.get_y() + back.get_height())
    assert back.get_y() == pytest.approx(first.get_y() + first.get_height())


def test_losses_are_hatched_and_gains_are_not(bridges: dict[str, BridgeFigure]) -> None:
    assert [bool(bar.get_hatch()) for bar in bars(bridge_canvas(bridges["ordinary"]))] == [
        True,
        True,
        False,
        False,
    ]


def test_changes_carry_typographic_signs(bridges: dict[str, BridgeFigure]) -> None:
    said = words(bridge_canvas(bridges["ordinary"]))
    assert {"178", "−24", "−5", "+20", "+18", "187", "went quiet", "week before", "last week"} <= set(said)


def test_one_person_is_no_landslide(bridges: dict[str, BridgeFigure]) -> None:
    assert max(bar.get_height() for bar in bars(bridge_canvas(bridges["one person"]))) < 50


def test_changes_that_do_not_add_up_are_refused(bridges: dict[str, BridgeFigure]) -> None:
    with pytest.raises(ValueError, match="add up"):
        bridge_canvas(replace(bridges["ordinary"], current=186))


def test_long_labels_take_two_lines(bridges: dict[str, BridgeFigure]) -> None:
    said = words(bridge_canvas(bridges["five changes"]))
    assert said[said.index("first seen") : said.index("first seen") + 2] == ["first seen", "here"]
