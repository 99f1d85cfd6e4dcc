"""All charts on one sheet, each as wide as a phone shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLUMNS, WIDTH, HEIGHT, GAP, CAPTION = 3, 400, 267, 16, 30
COLOURS = 256


def contact_sheet(folder: Path, names: Sequence[str]) -> None:
    rows = -(-len(names) // COLUMNS)
    size = (GAP + COLUMNS * (WIDTH + GAP), GAP + rows * (CAPTION + HEIGHT + GAP))
    sheet = Image.new("RGB", size, "#313338")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(18)
    for place, name in enumerate(names):
        row, column = divmod(place, COLUMNS)
        left, top = GAP + column * (WIDTH + GAP), GAP + row * (CAPTION + HEIGHT + GAP)
        draw.text((left, top), name, fill="#f2f3f5", font=font)
        with Image.open(folder / f"{name}.png") as chart:
            small = chart.convert("RGB")
        small.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        sheet.paste(Image.new("RGB", (WIDTH, HEIGHT), "#1e1f22"), (left, top + CAPTION))
        sheet.paste(small, (left, top + CAPTION))
    save_small(sheet, folder / "sheet.png")


def save_small(picture: Image.Image, path: Path) -> None:
    """With a palette: a third of the size. `kmeans` keeps the few pixels of a colour of their own."""
    flat = picture.convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE
    )
    flat.save(path, optimize=True)
