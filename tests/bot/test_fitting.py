"""Text on a terminal of any width."""

from __future__ import annotations

import pytest

from bot.cli.fitting import fitted

TEXT = "Active members 140 of 309 · alert below 100\n  Not recorded Thu 26 Nov, 19:30\u00a0min\n"


def test_what_fits_is_left_alone():
    assert fitted(TEXT, 80) == TEXT


@pytest.mark.parametrize("columns", [20, 30])
def test_lines_break_between_words_and_go_on_further_in(columns):
    lines = fitted(TEXT, columns).split("\n")
    assert max(map(len, lines)) <= columns
    assert " ".join(lines).split() == TEXT.split()
    indents = [len(line) - len(line.lstrip()) for line in lines if line]
    assert indents[0] == 0
    assert set(indents) == {0, 2, 4}


def test_what_was_before_stands_with_its_number():
    lines = fitted("  Two hosts carry 78\u00a0% in 4 weeks · was 83\u00a0%", 40).split("\n")
    assert [line.replace("\u00a0", " ") for line in lines] == [
        "  Two hosts carry 78 % in 4 weeks",
        "    · was 83 %",
    ]


def test_a_word_that_is_longer_than_the_line_stays_whole():
    assert fitted("see https://example.org/" + "x" * 40, 20).split("\n")[1].strip().startswith("https")
