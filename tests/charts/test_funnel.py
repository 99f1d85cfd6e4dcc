from __future__ import annotations

import pytest

from charts.funnel import BARS, funnel_canvas
from charts.theme import Colour
from reports.figures import FunnelFigure

from .looking import filled, words


def test_bars_are_as_long_as_their_people_from_one_left_edge(funnels: dict[str, FunnelFigure]) -> None:
    bars = filled(funnel_canvas(funnels["ordinary"]), Colour.BETTER)
    assert [bar.get_width() / bars[0].get_width() for bar in bars] == pytest.approx([1, 31 / 52, 15 / 52])
    assert {bar.get_x() for bar in bars} == {BARS[0]}
    assert bars[0].get_x() + bars[0].get_width() == pytest.approx(BARS[1])


def test_a_step_has_its_number_its_share_and_its_median(funnels: dict[str, FunnelFigure]) -> None:
    said = words(funnel_canvas(funnels["ordinary"]))
    assert {"31", "First command", "median 1 day later", "60 % of joined", "was 58 % · noise"} <= set(said)


def test_a_number_that_does_not_fit_its_bar_stands_beside_it(funnels: dict[str, FunnelFigure]) -> None:
    canvas = funnel_canvas(funnels["100,000 people"])
    colours = {text.get_text(): text.get_color() for text in canvas.texts}
    assert colours["100,000"] == Colour.DARK
    assert colours["1"] == colours["0"] == Colour.INK


def test_nobody_is_no_bar_and_one_of_many_can_be_seen(funnels: dict[str, FunnelFigure]) -> None:
    bars = filled(funnel_canvas(funnels["100,000 people"]), Colour.BETTER)
    assert len(bars) == 3
    assert bars[2].get_width() == 3
