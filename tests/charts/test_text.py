from __future__ import annotations

import pytest

from charts.text import clamped, drawable, member_text, people, percent, signed_people


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("Sunday Inhouse", "Sunday Inhouse"),
        ("🎮 Dota 👩‍👩‍👧 night ⚔️", "Dota night"),
        ("\u202eevil\u2066", "evil"),
        ("two\nlines\tand  more", "two lines and more"),
        ("nul\x00 and \ud800 alone", "nul and alone"),
        ("Café 語り場", "Café 語り場"),
        ("▲ △ × ° · – 5\u00a0%", "▲ △ × ° · – 5\u00a0%"),
        ("cafe\u0301", "café"),
    ],
)
def test_only_what_a_font_can_show_is_drawn(written: str, drawn: str) -> None:
    assert drawable(written) == drawn


def test_member_text_has_at_most_20_characters() -> None:
    assert member_text("An event title that has forty characters") == "An event title that…"
    assert member_text("x" * 20) == "x" * 20


def test_a_cut_text_ends_with_an_ellipsis_and_no_loose_space() -> None:
    assert clamped("one · two", 6) == "one…"


def test_numbers_are_written_as_people_read_them() -> None:
    assert [people(1234), people(-5), people(0.6)] == ["1,234", "−5", "1"]
    assert [signed_people(n) for n in (20, 0, -1234)] == ["+20", "0", "−1,234"]


def test_percentages_are_whole_except_at_the_ends() -> None:
    shares = (0, 0.0004, 0.003, 0.01, 0.624, 0.985, 0.996, 0.99999, 1)
    expected = ("0", "0.1", "0.3", "1", "62", "98", "99.6", "99.9", "100")
    assert [percent(share) for share in shares] == [f"{text}\u00a0%" for text in expected]
