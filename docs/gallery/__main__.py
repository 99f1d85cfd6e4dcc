"""`python -m docs.gallery OUT`: play the demo's story at a fixed moment and write every picture of it.

The charts are the very files that the bot attached, and come out the same every time. The screenshots are of
the demo's page in a Chromium, whose letters differ a little from one machine to the next.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bot.cli.progress import progress_bar
from bot.logs import logs_into
from docs.gallery.moment import PLAY
from docs.gallery.screens import screens
from docs.gallery.sheet import contact_sheet
from sandbox.demo import Demo, DemoFolder
from sandbox.demo_show import begun
from sandbox.demo_stage import CALM, Stage
from sandbox.demo_tour import tour

# a chart's name here, and what the bot called the file
CHARTS = {
    "digest": "weekly-2026-W47.png",
    "trend": "growth-2026-W47.png",
    "bridge": "growth-2026-W47-2.png",
    "segments": "segments-2026-W47.png",
    "retention": "retention-2026-W47.png",
    "funnel": "retention-2026-W47-2.png",
    "events": "events-2026-W47.png",
    "hosts": "events-2026-W47-2.png",
    "coverage": "coverage-2026-W47.png",
    "event": "event-",
}


async def make(out: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="guild-insights-gallery-") as scratch:
        folder = DemoFolder(Path(scratch))
        with logs_into(folder.folder / "insights.log"):
            async with begun(PLAY, folder, progress_bar, CALM) as (demo, _):
                await demo.arrive()
                with progress_bar("Playing the last days") as step:
                    await demo.play_until(demo.stage.story.now_ms, step)
                await screens(demo, out)
                await _charts(demo, out)
    contact_sheet(out, list(CHARTS))


async def _charts(demo: Demo, out: Path) -> None:
    await tour(demo)
    attached = dict(_attached(demo.stage))
    for name, file in CHARTS.items():
        chart = attached[file] if file in attached else _newest(attached, file)
        (out / f"{name}.png").write_bytes(chart)


def _newest(attached: dict[str, bytes], beginning: str) -> bytes:
    """Of the charts called like that: an event's is called by a number that nobody knows before."""
    return [content for called, content in attached.items() if called.startswith(beginning)][-1]


def _attached(stage: Stage) -> Iterator[tuple[str, bytes]]:
    for message in stage.said():
        for attachment in message["attachments"]:
            yield attachment["filename"], stage.sandbox.attachment(attachment["id"])[0]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder that the pictures go to: python -m docs.gallery OUT")
    OUT = Path(sys.argv[1])
    OUT.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(OUT))
