"""Where an event's moments and numbers of people stand on the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from charts import theme
from charts.canvas import Canvas, Style
from charts.placing import Box, first_free
from charts.scale import Scale, scale_for
from charts.theme import Colour
from reports.figures import EventFigure
from reports.wording import whole

BOTTOM = 660.0
TICK_GAP, MARGIN = 14.0, 8.0
ABOVE_PLOT = 56.0  # texts may reach so far above the scale's highest line
NARROWEST_GAP = 3.0
TICK = Style(theme.LABEL_SIZE, colour=Colour.MUTED)

Span = tuple[float, float]  # in ms
Points = list[tuple[float, float]]


@dataclass(slots=True)
class Presence:
    canvas: Canvas
    figure: EventFigure
    area: Box
    scale: Scale
    texts: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)

    @property
    def until(self) -> float:
        """What comes later is not known yet."""
        known = self.figure.known_until_ms
        return self.figure.axis[1] if known is None else min(known, self.figure.axis[1])

    def x(self, at_ms: float) -> float:
        start, end = self.figure.axis
        share = (at_ms - start) / (end - start) if end > start else 0.5
        return self.area.left + min(max(share, 0), 1) * self.area.width

    def column(self, span: Span) -> Box:
        left = self.x(span[0])
        return Box(left, self.area.top, max(self.x(span[1]), left + NARROWEST_GAP), self.area.bottom)

    def recorded(self) -> list[Span]:
        """What the axis shows without the gaps and without what has not come yet."""
        spans, start = [], float(self.figure.axis[0])
        for begin, end in sorted(self.figure.gaps):
            if begin > start:
                spans.append((start, min(begin, self.until)))
            start = max(start, end)
        if start < self.until:
            spans.append((start, self.until))
        return [span for span in spans if span[0] < span[1]]

    def steps(self, span: Span) -> Points:
        """The corners of the line over this span."""
        before = [people for at, people in self.figure.steps if at <= span[0]]
        level = before[-1] if before else 0
        points = [(self.x(span[0]), self.scale.y(level))]
        for at, people in self.figure.steps:
            if span[0] < at <= span[1]:
                points += [(self.x(at), points[-1][1]), (self.x(at), self.scale.y(people))]
        return [*points, (self.x(span[1]), points[-1][1])]

    def write(self, text: str, style: Style, candidates: Iterator[tuple[float, float]], least: int) -> None:
        """At the first free place, given by its left edge and middle; `least` layers stay uncovered."""
        size = self.canvas.extent(0, 0, text, style)
        boxes = (
            Box(left, middle - size.height / 2, left + size.width, middle + size.height / 2)
            for left, middle in candidates
        )
        room = Box(
            theme.LEFT, self.area.top - ABOVE_PLOT, theme.WIDTH - theme.RIGHT, self.area.bottom - MARGIN
        )
        place = first_free(boxes, room, [self.texts, self.dots, self.lines], at_least=least)
        if place is not None:
            self.canvas.text(place.left, style.baseline(place.middle), text, style)
            self.texts.append(place.grown(MARGIN))


def presence_of(canvas: Canvas, figure: EventFigure, top: float) -> Presence:
    most = max([*(people for _, people in figure.steps), *(mark.people for mark in figure.marks)], default=0)
    scale = scale_for([0, most], 0, top, BOTTOM)
    widest = max(canvas.text_width(whole(line), TICK.size, TICK.weight) for line in scale.lines)
    area = Box(round(theme.LEFT + widest + TICK_GAP), top, theme.WIDTH - theme.RIGHT, BOTTOM)
    return Presence(canvas, figure, area, scale)
