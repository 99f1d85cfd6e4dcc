from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest

from charts.bridge import draw_bridge
from charts.drawing import Drawing, DrawingFailed
from charts.worker import draw
from reports.figures import AnyFigure, BridgeFigure, TrendFigure

LONG = 60.0  # a busy machine


class Unpickled:
    """Does something else in the drawing process than being drawn."""

    def __init__(self, function: Any, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def misbehaving(function: Any, *arguments: object) -> BridgeFigure:
    return cast(BridgeFigure, Unpickled(function, *arguments))


@pytest.fixture
async def drawing() -> AsyncIterator[Drawing]:
    drawing = Drawing()
    await drawing.start()
    yield drawing
    await drawing.close()


async def test_a_picture_is_the_same_as_drawn_in_process(
    drawing: Drawing, bridges: dict[str, BridgeFigure], trends: dict[str, TrendFigure]
) -> None:
    pictures = await asyncio.gather(
        drawing.draw(bridges["ordinary"], LONG),
        drawing.draw(trends["odd texts"], LONG),
        drawing.draw(bridges["nobody"], LONG),
    )
    assert pictures[0] == draw_bridge(bridges["ordinary"])
    assert pictures[2] == draw_bridge(bridges["nobody"])
    assert pictures[1].startswith(b"\x89PNG")


async def test_every_kind_of_picture_is_drawn_in_the_process(
    drawing: Drawing, ordinary_figures: dict[str, AnyFigure]
) -> None:
    for figure in ordinary_figures.values():
        assert await drawing.draw(figure, LONG) == draw(figure)


async def test_a_figure_that_cannot_be_drawn_is_one_sentence_and_the_next_one_is_drawn(
    drawing: Drawing, bridges: dict[str, BridgeFigure]
) -> None:
    with pytest.raises(DrawingFailed, match=r"^The picture could not be drawn\.$") as failure:
        await drawing.draw(replace(bridges["ordinary"], current=1), LONG)
    assert "add up" in (failure.value.detail or "")
    assert (await drawing.draw(bridges["ordinary"], LONG)).startswith(b"\x89PNG")


async def test_a_process_that_hangs_is_killed_and_replaced(
    drawing: Drawing, bridges: dict[str, BridgeFigure]
) -> None:
    await drawing.draw(bridges["ordinary"], LONG)
    began = time.monotonic()
    with pytest.raises(DrawingFailed, match="in time"):
        await drawing.draw(misbehaving(time.sleep, 3600), timeout_s=0.2)
    assert time.monotonic() - began < 10
    assert await drawing.draw(bridges["ordinary"], LONG) == draw_bridge(bridges["ordinary"])


async def test_a_process_that_dies_is_replaced(drawing: Drawing, bridges: dict[str, BridgeFigure]) -> None:
    with pytest.raises(DrawingFailed, match="stopped"):
        await drawing.draw(misbehaving(os._exit, 9), LONG)
    assert (await drawing.draw(bridges["ordinary"], LONG)).startswith(b"\x89PNG")


async def test_a_picture_nobody_waits_for_any_more_is_not_given_to_the_next(
    drawing: Drawing, bridges: dict[str, BridgeFigure]
) -> None:
    await drawing.draw(bridges["ordinary"], LONG)
    abandoned = asyncio.create_task(drawing.draw(misbehaving(time.sleep, 3600), LONG))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    abandoned.cancel()
    with pytest.raises(asyncio.CancelledError):
        await abandoned
    assert await drawing.draw(bridges["nobody"], LONG) == draw_bridge(bridges["nobody"])


async def test_waiting_for_a_cold_start_counts_but_does_not_kill_it(bridges: dict[str, BridgeFigure]) -> None:
    drawing = Drawing()
    with pytest.raises(DrawingFailed, match="in time"):
        await drawing.draw(bridges["ordinary"], timeout_s=0.05)
    assert (await drawing.draw(bridges["ordinary"], LONG)).startswith(b"\x89PNG")
    await drawing.close()


def test_the_bots_own_process_never_imports_matplotlib() -> None:
    code = "import sys, charts.drawing; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_drawing_process_ends_with_its_parent() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "charts.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    assert process.wait(timeout=LONG) == 0
    process.stdout.close()
