from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, Polygon

from charts.digest import digest_canvas
from charts.theme import Colour
from reports.figures import DigestFigure

from .looking import artists, filled, hatched, hex_of, words


def test_a_panel_has_a_label_a_span_a_number_and_a_note(digests: dict[str, DigestFigure]) -> None:
    said = words(digest_canvas(digests["ordinary"]))
    assert said[3:7] == ["8 weeks", "Active members", "187", "was 178 · within noise"]


def test_what_is_clearly_worse_is_orange_and_says_so(digests: dict[str, DigestFigure]) -> None:
    canvas = digest_canvas(digests["ordinary"])
    orange = [text.get_text() for text in canvas.texts if text.get_color() == Colour.WORSE]
    assert orange == ["31 %", "was 14 % · clearly worse"]


def test_a_clear_change_has_a_filled_triangle_and_noise_a_hollow_one(
    digests: dict[str, DigestFigure],
) -> None:
    insides = [hex_of(each.get_facecolor()) for each in artists(digest_canvas(digests["ordinary"]), Polygon)]
    assert insides[::2] == [Colour.PANEL, Colour.WORSE, Colour.PANEL]


@pytest.mark.parametrize(("mark", "upwards"), [("▲", True), ("▼", False), ("△", True), ("▽", False)])
def test_a_triangle_points_as_its_sign_does(
    digests: dict[str, DigestFigure], mark: str, upwards: bool
) -> None:
    panel = replace(digests["ordinary"].panels[0], note=f"{mark} was 178")
    triangle = artists(digest_canvas(replace(digests["ordinary"], panels=(panel,))), Polygon)[-1]
    tip, foot, *_ = (y for _, y in triangle.get_xy())
    assert (tip < foot) == upwards


def test_losses_in_the_small_bridge_are_hatched_and_true_to_length(digests: dict[str, DigestFigure]) -> None:
    quiet, left = hatched(digest_canvas(digests["ordinary"]), Colour.WORSE_HATCH)
    assert left.get_height() / quiet.get_height() == pytest.approx(5 / 24)


def test_small_bars_begin_at_0_and_only_the_latest_is_coloured(digests: dict[str, DigestFigure]) -> None:
    canvas = digest_canvas(digests["ordinary"])
    *past, latest = [bar for bar in filled(canvas, Colour.NEUTRAL, Colour.WORSE) if bar.get_width() < 100]
    assert past[0].get_height() / latest.get_height() == pytest.approx(0.16 / 0.31)
    assert hex_of(latest.get_facecolor()) == Colour.WORSE


def test_what_was_left_out_is_grey_and_what_was_not_held_a_cross(digests: dict[str, DigestFigure]) -> None:
    canvas = digest_canvas(digests["gaps"])
    assert words(canvas).count("×") == 2
    assert len(filled(canvas, Colour.GAP)) == 4  # three in the line, one among the bars


def test_a_small_line_is_broken_at_a_gap(digests: dict[str, DigestFigure]) -> None:
    assert [len(line.get_xdata()) for line in artists(digest_canvas(digests["ordinary"]), Line2D)] == [7]
    assert not artists(digest_canvas(digests["gaps"]), Line2D)


def test_it_never_has_more_than_four_panels(digests: dict[str, DigestFigure]) -> None:
    assert len(filled(digest_canvas(digests["forty panels"]), Colour.PANEL)) == 4
    for count, name in enumerate(("nothing", "one panel", "two panels", "three panels")):
        assert len(filled(digest_canvas(digests[name]), Colour.PANEL)) == count


def test_a_wide_number_leaves_room_for_its_drawing(digests: dict[str, DigestFigure]) -> None:
    canvas = digest_canvas(digests["wide values"])
    box = next(box for text, box in canvas.text_boxes() if text.get_text() == "−1,234,567")
    first = hatched(canvas, Colour.WORSE_HATCH)[0]
    assert box.right < first.get_x()


@pytest.mark.parametrize(("is_worse", "colour"), [(False, Colour.INK), (True, Colour.WORSE)])
def test_the_number_beside_cohorts_is_a_line_across_them_and_none_of_their_dots(
    digests: dict[str, DigestFigure], is_worse: bool, colour: str
) -> None:
    cohorts = replace(digests["ordinary"].panels[3], is_worse=is_worse)
    canvas = digest_canvas(replace(digests["ordinary"], panels=(cohorts,)))
    (line,) = [each for each in filled(canvas, colour, higher_than=1) if each.get_height() < 8]
    bars = filled(canvas, Colour.BAND)
    # 0.33 on the scale from 0.28 - 0.12 to 0.35 + 0.14
    top, bottom = min(bar.get_y() for bar in bars), max(bar.get_y() + bar.get_height() for bar in bars)
    middle = line.get_y() + line.get_height() / 2
    assert (bottom - middle) / (bottom - top) == pytest.approx((0.33 - 0.16) / 0.33, abs=0.02)
    assert line.get_x() < bars[0].get_x()
    assert line.get_x() + line.get_width() > bars[-1].get_x() + bars[-1].get_width()
    dots = [hex_of(each.get_facecolor()) for each in artists(canvas, Ellipse)]
    assert set(dots) <= {Colour.BETTER, Colour.PANEL, Colour.BACKGROUND}
