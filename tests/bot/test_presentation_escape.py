from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.presentation.escape import clamp, clean, escape, member_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "**bold** _it_ ~~gone~~ ||hidden|| `code`",
            r"\*\*bold\*\* \_it\_ \~\~gone\~\~ \|\|hidden\|\| \`code\`",
        ),
        ("@everyone <@42> <#7> <t:0>", r"\@everyone \<\@42> \<#7> \<t:0>"),
        ("[prize](https://evil.example)", r"\[prize\](https\://evil.example)"),
        ("# Loud", r"\# Loud"),
        ("> quoted", r"\> quoted"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("C:\\", r"C:\\"),
        ("62 % of that week, 10–16 Nov: within noise.", "62 % of that week, 10–16 Nov: within noise."),
    ],
)
def test_nothing_that_members_wrote_is_markup(written, shown):
    assert escape(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("two\n\tlines", "two lines"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\u200bb\ufeffc", "abc"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("nul\x00", "nul"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
    ],
)
def test_what_cannot_be_seen_is_removed_and_emoji_stay_whole(written, shown):
    assert clean(written) == shown


def test_cutting_keeps_emoji_and_accents_whole():
    assert clamp("Club 👨‍👩‍👧 night", 8) == "Club…"
    assert clamp("e\u0301e\u0301e\u0301", 4) == "e\u0301…"
    assert clamp("👍🏽👍🏽", 3) == "👍🏽…"


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_member_text_stays_one_line_within_its_limit_and_nothing_in_it_pings_or_links(text, limit):
    shown = member_text(text, limit)
    read = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", shown)

    assert len(read) <= limit
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)[*_~`|<\[@]", re.sub(r"\\\\", "", shown))
