from __future__ import annotations

from pathlib import Path

import font_roboto
import pytest
from matplotlib.font_manager import fontManager

from charts import theme
from charts.theme import BOLD, MEDIUM, Colour, Weight, contrast


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [
        (Colour.INK, 14.8),
        (Colour.TEXT, 12.2),
        (Colour.MUTED, 8.4),
        (Colour.BETTER, 7.7),
        (Colour.WORSE, 8.2),
        (Colour.NEUTRAL, 5.4),
    ],
)
def test_colours_have_their_contrast_on_the_background(colour: str, ratio: float) -> None:
    assert contrast(colour, Colour.BACKGROUND) == pytest.approx(ratio, abs=0.06)


def test_contrast_follows_its_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("weight", [MEDIUM, BOLD])
def test_the_packaged_roboto_is_used_whatever_the_machine_has(weight: Weight) -> None:
    found = Path(fontManager.findfont(theme.font(30, weight), fallback_to_default=False))
    assert found == Path(font_roboto.font_directory) / weight.file


def test_only_fonts_that_exist_are_named() -> None:
    named = set(theme.families())
    assert named <= {entry.name for entry in fontManager.ttflist}


@pytest.mark.parametrize("colour", theme.HEAT)
def test_numbers_on_every_heat_step_can_be_read(colour: str) -> None:
    assert contrast(theme.text_on(colour), colour) >= 4.8


@pytest.mark.parametrize(
    ("percentage", "step"), [(0, 0), (0.4, 0), (19, 0), (20, 1), (30, 2), (40, 3), (50, 4), (100, 4)]
)
def test_heat_goes_by_tens(percentage: float, step: int) -> None:
    assert theme.heat(percentage) == theme.HEAT[step]


def test_a_faded_colour_lies_half_way_to_its_background() -> None:
    assert theme.faded("#ffffff", background="#000000") == "#808080"
    assert theme.faded("#123456", 1.0) == "#123456"
