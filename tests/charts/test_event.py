from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from charts.canvas import Canvas
from charts.event import event_canvas
from charts.theme import Colour
from reports.figures import EventFigure

from .looking import artists, borders, filled, hatched, words


def line(canvas: Canvas) -> list[list[tuple[float, float]]]:
    return [list(zip(each.get_xdata(), each.get_ydata(), strict=True)) for each in artists(canvas, Line2D)]


def test_what_became_of_those_interested_is_true_to_length(single_events: dict[str, EventFigure]) -> None:
    canvas = event_canvas(single_events["ordinary"])
    attended, partly = filled(canvas, Colour.BETTER)[0], filled(canvas, Colour.PARTIAL)[0]
    (no_show,) = hatched(canvas, Colour.WORSE_HATCH)
    widths = [bar.get_width() for bar in (attended, partly, no_show)]
    assert [width / widths[0] for width in widths] == pytest.approx([1, 3 / 21, 10 / 21], rel=0.02)
    assert {"21 attended", "3", "partly", "10 no-show", "34 interested"} <= set(words(canvas))


def test_walk_ins_stand_apart_and_are_not_filled(single_events: dict[str, EventFigure]) -> None:
    canvas = event_canvas(single_events["ordinary"])
    (box,) = borders(canvas, dashed=False)
    (no_show,) = hatched(canvas, Colour.WORSE_HATCH)
    assert box.get_x() > no_show.get_x() + no_show.get_width() + 10
    assert {"+6", "walked in"} <= set(words(canvas))


def test_who_came_from_the_series_has_a_box_beside_those_who_walked_in(
    single_events: dict[str, EventFigure],
) -> None:
    canvas = event_canvas(single_events["some from the series"])
    series, walked_in = sorted(borders(canvas, dashed=False), key=lambda box: box.get_x())
    assert walked_in.get_x() > series.get_x() + series.get_width() + 10
    assert {"19 attended", "+4", "from the series", "+5", "walked in"} <= set(words(canvas))


def test_without_answers_there_is_no_bar_and_more_room_for_the_curve(
    single_events: dict[str, EventFigure],
) -> None:
    with_bar, without = (event_canvas(single_events[name]) for name in ("ordinary", "nobody had answered"))
    assert not filled(without, Colour.BETTER)
    assert not borders(without, dashed=False)
    tops = [min(y for run in line(canvas) for _, y in run) for canvas in (with_bar, without)]
    assert tops[0] - tops[1] > 100


def test_where_labels_would_crowd_each_other_they_become_a_sentence(
    single_events: dict[str, EventFigure],
) -> None:
    said = words(event_canvas(single_events["one of each kind and many attended"]))
    assert "5,003 interested: 5,000 attended, 1 partly, 1 no-show, 1 unknown" in said


def test_presence_goes_in_steps(single_events: dict[str, EventFigure]) -> None:
    (run,) = line(event_canvas(single_events["ordinary"]))
    for (x0, y0), (x1, y1) in pairwise(run):
        assert x0 == x1 or y0 == y1


def test_the_peak_and_the_quarters_are_named(single_events: dict[str, EventFigure]) -> None:
    said = words(event_canvas(single_events["ordinary"]))
    assert {"start", "end", "peak 27", "23 at 50 %", "15 at 75 %", "19:30", "22:00"} <= set(said)


def test_the_line_is_broken_at_a_gap_and_the_gap_is_named(single_events: dict[str, EventFigure]) -> None:
    canvas = event_canvas(single_events["a gap"])
    before, after = line(canvas)
    (gap,) = filled(canvas, Colour.GAP)
    assert before[-1][0] == pytest.approx(gap.get_x())
    assert after[0][0] == pytest.approx(gap.get_x() + gap.get_width())
    assert "gap" in words(canvas)
    assert "not recorded" in words(event_canvas(single_events["not recorded"]))


def test_after_the_gap_the_line_goes_on_at_what_is_then_known(single_events: dict[str, EventFigure]) -> None:
    whole, parts = (line(event_canvas(single_events[name])) for name in ("ordinary", "a gap"))
    assert parts[1][-3:] == whole[0][-3:]


def test_what_has_not_come_yet_is_hatched_and_now_is_hollow(single_events: dict[str, EventFigure]) -> None:
    canvas = event_canvas(single_events["running"])
    assert len(hatched(canvas, Colour.GRID)) == 1
    assert "end" not in words(canvas)
    middles = [disc.center for disc in artists(canvas, Circle)]
    assert sorted(middles.count(middle) for middle in set(middles)) == [2, 3]


def test_while_it_runs_nobody_attended_or_failed_to(single_events: dict[str, EventFigure]) -> None:
    said = set(words(event_canvas(single_events["running"])))
    assert {"34 interested", "21 there so far", "13 not yet"} <= said
    assert not any("attended" in text or "no-show" in text for text in said)


def test_ticks_too_near_each_other_are_thinned_out(single_events: dict[str, EventFigure]) -> None:
    said = words(event_canvas(single_events["14 hours, a tick a quarter of an hour"]))
    assert 4 <= sum(":" in text for text in said[3:]) <= 14


def test_nobody_there_is_said_and_not_taken_for_a_gap(single_events: dict[str, EventFigure]) -> None:
    assert "nobody was there" in words(event_canvas(single_events["nobody came"]))
    said = words(event_canvas(single_events["not recorded"]))
    assert "nobody was there" not in said and "not recorded" in said


def test_a_mark_that_is_still_to_come_is_left_out(single_events: dict[str, EventFigure]) -> None:
    running = replace(single_events["running"], marks=single_events["ordinary"].marks)
    assert "15 at 75 %" not in words(event_canvas(running))
