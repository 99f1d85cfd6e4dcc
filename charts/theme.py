"""Sizes, colours and fonts of every chart. Other files draw, this one says how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import font_roboto
import matplotlib
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.ft2font import FT2Font

WIDTH, HEIGHT = 1200, 675  # pixels; drawn at 72 dpi, so that a point is a pixel
TALL_HEIGHT = 800  # with rows or panels
DPI = 72

LEFT, RIGHT = 40, 20
HEADLINE_BASELINE = 79
SUBTITLE_BASELINE = 127
PLOT_TOP = 160
FOOTER_RISE = 33  # from the footer's baseline to the lower edge

SMALLEST = 27
HEADLINE_SIZE, SUBTITLE_SIZE, LABEL_SIZE, FOOTER_SIZE = 46, 30, 30, 27
VALUE_SIZE, BIG_VALUE_SIZE, PANEL_SIZE = 34, 56, 84
CAP_HEIGHT, ASCENT, DESCENT = 0.711, 1.048, 0.271  # of Roboto, as shares of its size

DATA_LINE, GRID_LINE, BASELINE, OUTLINE, HATCH_LINE = 5, 2, 3, 7, 3.5
END_DOT, DOT, DOT_RING, HOLLOW_EDGE = 17, 13, 3, 4


class Colour:
    """Roles, not hues: two hues carry meaning, blue and orange."""

    BACKGROUND = "#1e1f22"
    PANEL = "#26282c"
    INK = "#f2f3f5"
    TEXT = "#dbdee1"
    MUTED = "#b5bac1"
    BETTER = "#5cb8ff"
    WORSE = "#f5a742"
    WORSE_HATCH = "#b8761c"
    NEUTRAL = "#8e949e"
    PARTIAL = "#a9d8ff"
    BAND = "#2f6fa8"
    GAP = "#3a3d44"
    GRID = "#3a3d44"
    AXIS = "#5c616b"
    RECORDED = "#27557f"
    DARK = "#111214"  # text on what is bright


BAND_OPACITY = 0.45
PAST_OPACITY = 0.5  # of what is past beside the latest
HEAT = ("#223a52", "#27517a", "#2f6fa0", "#6cb8f5", "#c9e7ff")
HEAT_FROM = (0, 20, 30, 40, 50)  # the percentage from which on each of them is used


@dataclass(frozen=True, slots=True)
class Weight:
    name: str
    value: int
    file: str


MEDIUM = Weight("medium", 500, "Roboto-Medium.ttf")
BOLD = Weight("bold", 700, "Roboto-Bold.ttf")

# Entered under a name of our own: a Roboto or DejaVu that the machine happens to have must not be picked
# instead, or two machines would draw different bytes.
FAMILY = "Guild Insights Roboto"
SYMBOLS = "Guild Insights DejaVu"
CJK_FAMILIES = ("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK TC", "Noto Sans CJK KR")


@cache
def families() -> tuple[str, ...]:
    """The chain of fonts, each falling back to the next; only families that exist are named."""
    for weight in (MEDIUM, BOLD):
        _register(Path(font_roboto.font_directory) / weight.file, FAMILY, weight)
    matplotlib_fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    _register(matplotlib_fonts / "DejaVuSans.ttf", SYMBOLS, MEDIUM)
    _register(matplotlib_fonts / "DejaVuSans-Bold.ttf", SYMBOLS, BOLD)
    present = {entry.name for entry in fontManager.ttflist}
    return (FAMILY, SYMBOLS, *[name for name in CJK_FAMILIES if name in present][:1])


def _register(file: Path, family: str, weight: Weight) -> None:
    fontManager.ttflist.append(
        FontEntry(fname=str(file), name=family, style="normal", variant="normal", weight=weight.value)
    )


@cache
def characters() -> frozenset[int]:
    """Every code point that some font of the chain has a glyph for."""
    files = (fontManager.findfont(FontProperties(family=name, weight=MEDIUM.value)) for name in families())
    return frozenset(code for file in files for code in FT2Font(file).get_charmap())


@cache
def font(size: float, weight: Weight) -> FontProperties:
    return FontProperties(family=list(families()), weight=weight.value, size=size)


def heat(percentage: float) -> str:
    return next(
        colour for colour, least in zip(HEAT[::-1], HEAT_FROM[::-1], strict=True) if percentage >= least
    )


def text_on(colour: str) -> str:
    """Dark or bright, whichever stands out more."""
    return max((Colour.DARK, Colour.INK), key=lambda text: contrast(text, colour))


def faded(colour: str, opacity: float = PAST_OPACITY, background: str = Colour.BACKGROUND) -> str:
    """The opaque colour that looks like `colour` at this opacity on a plain background."""
    mixed = (
        round(over * opacity + under * (1 - opacity))
        for over, under in zip(_channels(colour), _channels(background), strict=True)
    )
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def contrast(colour: str, background: str) -> float:
    """WCAG 2.2 contrast ratio of two sRGB colours, 1 to 21."""
    lighter, darker = sorted((_luminance(colour), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (channel / 255 for channel in _channels(colour))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
