"""The gallery shows every kind of chart, names every picture that it holds, and stays small."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from PIL import Image

from docs.gallery.__main__ import CHARTS
from docs.gallery.sheet import HEIGHT, WIDTH, contact_sheet
from reports.figures import AnyFigure

GALLERY = Path(__file__).parents[2] / "docs" / "gallery"
LARGEST = 3 * 1024 * 1024


def test_every_kind_of_figure_has_its_chart():
    kinds = {kind.__name__.removesuffix("Figure").lower() for kind in get_args(AnyFigure)}
    assert set(CHARTS) == kinds


def test_the_page_names_every_picture_and_no_other():
    pictures = {path.name for path in GALLERY.glob("*.png")}
    assert {f"{name}.png" for name in CHARTS} < pictures
    assert set(re.findall(r"\]\(([^)]+\.png)\)", (GALLERY / "README.md").read_text("utf-8"))) == pictures


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in GALLERY.glob("*.png")) < LARGEST


def test_the_sheet_holds_each_chart_as_wide_as_a_phone_shows_it(tmp_path):
    for name, colour in (("one", "#ff0000"), ("two", "#00ff00")):
        Image.new("RGB", (1200, 800), colour).save(tmp_path / f"{name}.png")
    contact_sheet(tmp_path, ["one", "two"])
    with Image.open(tmp_path / "sheet.png") as sheet:
        seen = {colour: count for count, colour in sheet.convert("RGB").getcolors(sheet.width * sheet.height)}
    for colour in ((255, 0, 0), (0, 255, 0)):
        assert abs(seen[colour] - WIDTH * HEIGHT) <= WIDTH
