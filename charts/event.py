"""Who came, and when did they go? The answers given before as a bar, presence as steps over the clock."""

from __future__ import annotations

from charts import theme
from charts.canvas import Canvas
from charts.event_answers import draw_answers
from charts.event_presence import draw_presence
from reports.figures import EventFigure

PLOT_TOP, PLOT_TOP_WITHOUT_ANSWERS = 346.0, 206.0


def draw_event(figure: EventFigure) -> bytes:
    return event_canvas(figure).png()


def event_canvas(figure: EventFigure) -> Canvas:
    canvas = Canvas(theme.TALL_HEIGHT)
    canvas.frame(figure.headline, figure.subtitle, figure.footer)
    has_answers = draw_answers(canvas, figure)
    draw_presence(canvas, figure, PLOT_TOP if has_answers else PLOT_TOP_WITHOUT_ANSWERS)
    return canvas
