"""Is it growing? One value over time, with its interval, its gaps and the period that is not over."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas
from charts.theme import Colour
from charts.trend_labels import label_axes, label_sides
from charts.trend_notes import write_notes
from charts.trend_plot import TrendPlot, plot_of
from reports.figures import PointState, TrendFigure, TrendPoint


def draw_trend(figure: TrendFigure) -> bytes:
    return trend_canvas(figure).png()


def trend_canvas(figure: TrendFigure) -> Canvas:
    canvas = Canvas()
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    plot = plot_of(canvas, figure)
    _draw_grid(plot)
    _draw_columns(plot)
    _draw_values(plot)
    label_axes(plot)
    label_sides(plot)
    write_notes(plot)
    return canvas


def _draw_grid(plot: TrendPlot) -> None:
    area = plot.area
    for _, y in plot.grid():
        plot.canvas.level(area.left, area.right, y, Colour.GRID, theme.GRID_LINE)
    plot.canvas.level(area.left, area.right, area.bottom, Colour.AXIS, theme.BASELINE)


def _draw_columns(plot: TrendPlot) -> None:
    for block in plot.gap_blocks():
        plot.canvas.rectangle(plot.columns(block), Colour.GAP)
    if plot.open_point is not None:
        plot.canvas.rectangle(plot.columns([plot.open_point]), Colour.BACKGROUND, hatch=Colour.AXIS)


def _draw_values(plot: TrendPlot) -> None:
    runs = plot.runs()
    for run in runs:
        outline = plot.band(run)
        if outline:
            plot.canvas.area(outline, Colour.BAND, theme.BAND_OPACITY)
    for run in runs:
        if len(run) > 1:
            plot.canvas.line(plot.line(run), Colour.BETTER)
    _draw_dots(plot)


def _draw_dots(plot: TrendPlot) -> None:
    latest, named = plot.latest, [*plot.lone_points(), *plot.named_points()]
    for point in plot.closed:
        x, y = plot.at(point)
        if point == latest:
            plot.canvas.dot(x, y, Colour.BETTER, hollow=point.state is PointState.PARTLY)
        elif point.state is PointState.PARTLY or point in named:
            hollow = point.state is PointState.PARTLY
            plot.canvas.dot(x, y, Colour.BETTER, theme.DOT, hollow=hollow)
    if plot.open_point is not None and plot.open_point.value is not None:
        _draw_open(plot, plot.open_point)


def _draw_open(plot: TrendPlot, point: TrendPoint) -> None:
    """A hollow dot, or a hollow arrow at the edge towards a value beyond the scale."""
    (x, y), beyond = plot.at(point), plot.beyond(point)
    if beyond:
        plot.canvas.arrow(x, y, Colour.BETTER, upwards=beyond > 0)
    else:
        plot.canvas.dot(x, y, Colour.BETTER, hollow=True)
