from __future__ import annotations

import pytest

from charts import theme
from charts.text import clamped, drawable, member_text


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Sunday Inhouse", "Sunday Inhouse"),
        ("🎮 Dota 👩‍👩‍👧 night ⚔️", "Dota night"),
        ("\u202eevil\u2066", "evil"),
        ("two\nlines\tand  more", "two lines and more"),
        ("nul\x00 and \ud800 alone", "nul and alone"),
        ("▲ △ × ° · – 5\u00a0%", "▲ △ × ° · – 5\u00a0%"),
        ("cafe\u0301", "café"),
    ],
)
def test_only_what_a_font_can_show_is_drawn(written: str, drawn: str) -> None:
    assert drawable(written) == drawn


@pytest.mark.parametrize(("has_font", "drawn"), [(True, "Café 語り場"), (False, "Café")])
def test_a_title_without_a_font_for_it_leaves_no_boxes(
    has_font: bool, drawn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    japanese = frozenset(map(ord, "語り場"))
    known = theme.characters() | japanese if has_font else theme.characters() - japanese
    monkeypatch.setattr(theme, "characters", lambda: known)
    assert drawable("Café 語り場") == drawn


def test_member_text_has_at_most_20_characters() -> None:
    assert member_text("An event title that has forty characters") == "An event title that…"
    assert member_text("x" * 20) == "x" * 20


def test_a_cut_text_ends_with_an_ellipsis_and_no_loose_space() -> None:
    assert clamped("one · two", 6) == "one…"
