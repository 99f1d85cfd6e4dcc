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
