"""Texts that try a chart: as long as a figure may have them, or odd."""

from __future__ import annotations

HEADLINE, SUBTITLE, FOOTER = 44, 68, 76  # the most that a figure's texts may have
LONG_TEXTS = {"headline": "W" * HEADLINE, "subtitle": "W" * SUBTITLE, "footer": "W" * FOOTER}
FORTY = "a label of forty characters is too long!"
WIDE = "W" * 40
ODD = "Ba$$in {{ \ud800 語り場 \u202e 👩‍👩‍👧 $\\frac{a}{b}$"
ODD_TEXTS = {"headline": ODD, "subtitle": "", "footer": "▲ worse\n△ noise"}
ONLY_EMOJI = "👩‍👩‍👧🎮"
