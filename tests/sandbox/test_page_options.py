"""Options of a typed command: what is sent of them, and what is said where that cannot be."""

from __future__ import annotations

import pytest

from sandbox.guild import Guild
from sandbox.page_options import Unfit, checked_options

TEXT, VOICE, PERSON, ROLE = 3000, 3001, 5001, 4001


@pytest.fixture
def guild(seed):
    return Guild(seed)


def option(kind, **more):
    return {"name": "it", "description": "What it is", "type": kind, **more}


@pytest.mark.parametrize(
    ("asked", "typed", "sent"),
    [
        (option(3), "a text", "a text"),
        (option(3, choices=[{"name": "One", "value": "1"}]), "1", "1"),
        (option(4), "12", 12),
        (option(4), -3, -3),
        (option(5), True, True),
        (option(5), False, False),
        (option(6), str(PERSON), str(PERSON)),
        (option(7), str(TEXT), str(TEXT)),
        (option(7, channel_types=[2]), str(VOICE), str(VOICE)),
        (option(8), str(ROLE), str(ROLE)),
        (option(9), str(ROLE), str(ROLE)),
        (option(10), "1.5", 1.5),
    ],
)
def test_what_fits_is_sent_as_its_kind(guild, asked, typed, sent):
    assert checked_options([asked], {"it": typed}, guild) == {"it": sent}


@pytest.mark.parametrize(
    ("asked", "typed", "sentence"),
    [
        (option(3, required=True), "", "This command needs “it”."),
        (option(3, max_length=3), "long", "“it” must have 0 to 3 characters."),
        (option(3, choices=[{"name": "One", "value": "1"}]), "2", "Choose one of the suggestions for “it”."),
        (option(4), "1.5", "“it” must be a whole number."),
        (option(4), "99999999999999999999", "“it” must be a whole number."),
        (option(4), "9" * 400, "“it” must be a whole number."),
        (option(4), 10**400, "“it” must be a whole number."),
        (option(10), 10**400, "“it” must be a number."),
        (option(10), "-inf", "“it” must be a number."),
        (option(6), "9" * 5000, "Choose a person for “it” from the suggestions."),
        (option(4, min_value=1), "0", "“it” must be at least 1."),
        (option(4, max_value=9), "10", "“it” must be at most 9."),
        (option(5), "yes", "“it” must be True or False."),
        (option(6), "Anna", "Choose a person for “it” from the suggestions."),
        (option(6), "42", "Choose a person for “it” from the suggestions."),
        (option(7, channel_types=[2]), str(TEXT), "Choose a channel for “it” from the suggestions."),
        (option(8), str(PERSON), "Choose a role for “it” from the suggestions."),
        (option(10), "nan", "“it” must be a number."),
        (option(10), "many", "“it” must be a number."),
    ],
)
def test_what_does_not_fit_is_said(guild, asked, typed, sentence):
    with pytest.raises(Unfit, match=f"^{sentence}$") as refused:
        checked_options([asked], {"it": typed}, guild)
    assert refused.value.option == "it"


def test_what_is_missing_or_unknown_is_said(guild):
    with pytest.raises(Unfit, match="This command needs “it”"):
        checked_options([option(3, required=True)], {}, guild)
    with pytest.raises(Unfit, match="This command has no option “other”"):
        checked_options([option(3)], {"other": 1}, guild)


def test_empty_optional_values_are_not_sent(guild):
    assert checked_options([option(3)], {"it": ""}, guild) == {}
    assert checked_options([option(6)], {"it": None}, guild) == {}
