"""What a row says, and which rows say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from storage.event import LogRow
from storage.facts import (
    CommandInvoked,
    CoverageNoted,
    GuildSeen,
    MemberChanged,
    Unparseable,
    VoiceStateSeen,
    parse,
)

NOON = 1_772_452_800_000


def row(type: str, body: str, person: int | None = 1, until: int = NOON, recorded: int = NOON) -> LogRow:
    return LogRow(1, 1, "gateway", type, person, None, NOON, until, recorded, body)


def test_ids_are_numbers_whether_discord_writes_them_as_text_or_not() -> None:
    fact = parse(row("VOICE_STATE_UPDATE", '{"channel_id":"50","deaf":true,"bot":false}'))
    assert fact == VoiceStateSeen(NOON, NOON, 1, 50, True, False)
    assert parse(row("VOICE_STATE_UPDATE", '{"channel_id":50,"deaf":true,"bot":false}')) == fact


def test_fields_that_the_fold_does_not_know_are_passed_over() -> None:
    body = '{"roles":["4"],"joined_at_ms":null,"bot":false,"banner":"x"}'
    fact = parse(row("GUILD_MEMBER_UPDATE", body))
    assert fact == MemberChanged(NOON, NOON, 1, None, frozenset({4}), False)


def test_a_field_that_is_missing_is_not_a_field_that_is_empty() -> None:
    with_channel = parse(row("GUILD_UPDATE", '{"afk_channel_id":null}', person=None))
    without = parse(row("GUILD_UPDATE", "{}", person=None))
    assert isinstance(with_channel, GuildSeen)
    assert isinstance(without, GuildSeen)
    assert with_channel.afk_channel_id is None
    assert without.afk_channel_id is not None


def test_options_are_written_the_same_way_whatever_their_order() -> None:
    start = '{"interaction_id":"1","application_id":"2","command":"profile","options":'
    one = parse(row("INTERACTION_CREATE", start + '{"b":1,"a":"x"}}'))
    two = parse(row("INTERACTION_CREATE", start + '{ "a": "x", "b": 1 }}'))
    assert isinstance(one, CommandInvoked)
    assert one == two
    assert one.options == '{"a":"x","b":1}'


def test_texts_are_cut_to_what_the_tables_hold() -> None:
    body = '{"interaction_id":"1","application_id":"2","command":"a\\u0000%s"}' % ("b" * 200)
    fact = parse(row("INTERACTION_CREATE", body))
    assert isinstance(fact, CommandInvoked)
    assert fact.command == "a" + "b" * 127
    covered = parse(row("COVERAGE", '{"state":"gap","cause":"%s","sources":["voice"]}' % ("c" * 99), None))
    assert isinstance(covered, CoverageNoted)
    assert covered.cause == "c" * 64


@pytest.mark.parametrize(
    ("type", "body", "person", "reason"),
    [
        ("TYPING_START", "{}", 1, "unknown event type TYPING_START"),
        ("GUILD_MEMBER_REMOVE", "{}", None, "GUILD_MEMBER_REMOVE without a person"),
        ("VOICE_STATE_UPDATE", '{"channel_id":"5"}', None, "VOICE_STATE_UPDATE without a person or an occ"),
        ("VOICE_STATE_UPDATE", '{"channel_id":"here"}', 1, "`$.channel_id`"),
        ("VOICE_STATE_UPDATE", '{"channel_id":"99999999999999999999"}', 1, "`$.channel_id`"),
        ("VOICE_STATE_UPDATE", '{"deaf":false}', 1, "missing required field `channel_id`"),
        ("GUILD_MEMBER_ADD", '{"roles":[null]}', 1, "`$.roles[0]`"),
        ("COVERAGE", '{"state":"perhaps","sources":[]}', None, "`$.state`"),
        ("COVERAGE", '{"state":"gap","sources":["smell"]}', None, "`$.sources[0]`"),
        ("COMMAND_COMPLETED", '{"interaction_id":"1","outcome":"error","latency_ms":-1}', 1, "latency_ms"),
        ("ACCESS_CHECKED", "not json", 1, "ACCESS_CHECKED: JSON is malformed"),
        ("GUILD_UPDATE", "[]", None, "Expected `object`"),
    ],
)
def test_what_cannot_be_understood_has_a_reason(
    type: str, body: str, person: int | None, reason: str
) -> None:
    with pytest.raises(Unparseable) as problem:
        parse(row(type, body, person))
    assert reason in str(problem.value)


def test_a_moment_that_ends_before_it_starts_is_none() -> None:
    with pytest.raises(Unparseable, match="ends before it starts"):
        parse(row("GUILD_MEMBER_REMOVE", "{}", until=NOON - 1))


def test_the_future_has_not_happened() -> None:
    parse(row("GUILD_MEMBER_REMOVE", "{}", recorded=NOON - 86_400_000))
    with pytest.raises(Unparseable, match="more than a day after it was recorded"):
        parse(row("GUILD_MEMBER_REMOVE", "{}", recorded=NOON - 86_400_001))


def test_a_row_that_says_nothing_changes_nothing(history: Any) -> None:
    history.row("VOICE_STATE_UPDATE", 1, {"channel_id": "here"}, "2026-03-02 10:00")
    changes = history.folded()
    assert (changes.members, changes.days) == ({}, {})
    assert [letter.position for letter in history.set_aside] == [1]
