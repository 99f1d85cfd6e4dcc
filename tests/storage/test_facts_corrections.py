"""What the rows of corrections say."""

from __future__ import annotations

import pytest

from storage.corrections import Subject
from storage.event import LogRow
from storage.facts import CorrectionMade, CorrectionTakenBack, Unparseable, parse

NOON = 1_772_452_800_000


def row(type: str, body: str, others: str | None = None) -> LogRow:
    return LogRow(1, 1, "staff", type, None, others, NOON, NOON, NOON, body)


def made(subject: str, value: str = "", others: str = '{"made_by":[7]}') -> CorrectionMade:
    body = f'{{"correction_id":"800","event_id":"900","original_start_ms":5,"subject":"{subject}"{value}}}'
    fact = parse(row("CORRECTION_MADE", body, others))
    assert isinstance(fact, CorrectionMade)
    return fact


def test_a_correction_says_who_told_what_of_which_occurrence() -> None:
    fact = made("type", ',"value":"Raid","part":2')
    assert fact == CorrectionMade(NOON, NOON, 800, 2, 7, 900, 5, Subject.TYPE, None, "Raid")


@pytest.mark.parametrize(
    ("subject", "value", "others", "kept"),
    [
        ("type", ',"value":null', "{}", (None, None)),
        ("hosts", "", '{"hosts":[4,3,4]}', (None, "[3,4]")),
        ("hosts", "", "{}", (None, "[]")),
        ("channels", ',"value":["51","50"]', "{}", (None, "[50,51]")),
        ("held", ',"value":true', "{}", (None, "yes")),
        ("held", ',"value":false', "{}", (None, "no")),
        ("attendance", ',"value":false', '{"member":[4]}', (4, "no")),
        ("attendance", ',"value":true', "{}", (None, "yes")),  # they do not want to be recorded
        ("type", ',"value":"' + "x" * 101 + '"', "{}", (None, "x" * 100)),
    ],
)
def test_each_subject_has_its_value(
    subject: str, value: str, others: str, kept: tuple[int | None, str | None]
) -> None:
    fact = made(subject, value, others)
    assert (fact.member_no, fact.value) == kept


def test_a_check_in_and_a_taking_back() -> None:
    body = '{"correction_id":"800","part":3,"event_id":"900","original_start_ms":5}'
    checked_in = parse(row("CHECKED_IN", body, '{"checked_in_by":[7],"member":[4]}'))
    assert checked_in == CorrectionMade(NOON, NOON, 800, 3, 7, 900, 5, Subject.CHECK_IN, 4, None)
    back = parse(row("CORRECTION_TAKEN_BACK", '{"correction_id":"800","part":3}', '{"taken_back_by":[8]}'))
    assert back == CorrectionTakenBack(NOON, NOON, 800, 3, 8)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('"subject":"colour","value":"red"', "Invalid value 'colour'"),
        ('"subject":"held"', "missing required field `value`"),
        ('"subject":"held","value":"perhaps"', "bool"),
        ('"subject":"channels","value":[]', "names no channel"),
        ('"subject":"type","value":"Raid","part":256', "<= 255"),
        ('"value":"Raid"', "missing required field `subject`"),
    ],
)
def test_what_makes_no_sense_is_set_aside_with_its_reason(body: str, reason: str) -> None:
    with pytest.raises(Unparseable, match=reason):
        parse(
            row("CORRECTION_MADE", f'{{"correction_id":"800","event_id":"9","original_start_ms":5,{body}}}')
        )
