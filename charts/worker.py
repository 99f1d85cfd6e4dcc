"""The process that draws: figures come in, pictures go out. Started by charts/drawing.py, never imported."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import warnings
from datetime import date
from typing import BinaryIO

from charts.bridge import bridge_canvas
from charts.canvas import Canvas
from charts.coverage import coverage_canvas
from charts.digest import digest_canvas
from charts.event import event_canvas
from charts.events import events_canvas
from charts.funnel import funnel_canvas
from charts.hosts import hosts_canvas
from charts.retention import retention_canvas
from charts.segments import segments_canvas
from charts.trend import draw_trend, trend_canvas
from reports import figures
from reports.figures import PointState, TrendFigure, TrendPoint

LENGTH = struct.Struct(">I")
DRAWN, FAILED = b"+", b"-"


def draw(figure: object) -> bytes:
    return canvas_of(figure).png()


def canvas_of(figure: object) -> Canvas:  # noqa: PLR0911 - one line a kind
    match figure:
        case figures.TrendFigure():
            return trend_canvas(figure)
        case figures.BridgeFigure():
            return bridge_canvas(figure)
        case figures.SegmentsFigure():
            return segments_canvas(figure)
        case figures.RetentionFigure():
            return retention_canvas(figure)
        case figures.EventFigure():
            return event_canvas(figure)
        case figures.EventsFigure():
            return events_canvas(figure)
        case figures.FunnelFigure():
            return funnel_canvas(figure)
        case figures.HostsFigure():
            return hosts_canvas(figure)
        case figures.CoverageFigure():
            return coverage_canvas(figure)
        case figures.DigestFigure():
            return digest_canvas(figure)
    raise TypeError(f"no chart is drawn of a {type(figure).__name__}")


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer until the other side closes: also when it was killed, so that no process is left behind."""
    while header := requests.read(LENGTH.size):
        request = requests.read(LENGTH.unpack(header)[0])
        _write(replies, _answer(request))


def _answer(request: bytes) -> bytes:
    try:
        return DRAWN + draw(pickle.loads(request))  # noqa: S301 - written by our own parent process
    except Exception as error:  # whatever goes wrong is the caller's to know, and the process stays warm
        return FAILED + f"{type(error).__name__}: {error}".encode(errors="replace")


def _write(replies: BinaryIO, reply: bytes) -> None:
    replies.write(LENGTH.pack(len(reply)) + reply)
    replies.flush()


def _warm_up() -> None:
    """Load fonts and code, so that the first picture is as quick as the next."""
    day = date(2000, 1, 3)
    point = TrendPoint(day, day, 1, 0, 2, 1, PointState.RECORDED)
    draw_trend(TrendFigure("0", "0", "0", "", (point,), "0", None))


def main() -> None:
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody's print may land among the replies
    warnings.simplefilter("ignore")  # a character without a glyph is drawn as a box
    _warm_up()
    try:
        _write(replies, DRAWN)
        serve(sys.stdin.buffer, replies)
    except BrokenPipeError:
        sys.exit(1)  # the parent is gone


if __name__ == "__main__":
    main()
