"""What rows about events say, and which say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from storage.event import LogRow
from storage.facts import (
    Departure,
    EventDeclared,
    EventSeen,
    RsvpGiven,
    RsvpListed,
    RsvpsListed,
    Unparseable,
    parse,
)

NOON = 1_772_452_800_000
EVENT = '{"event_id":"900","title":"%s","status":1,"entity_type":2,"scheduled_start_ms":1800000000005%s}'
START, RULE = 1_800_000_000_005, 1_800_000_000_004


def row(type: str, body: str, person: int | None = None, others: str | None = None) -> LogRow:
    return LogRow(1, 1, "gateway", type, person, others, NOON, NOON, NOON, body)


def test_an_event_as_it_stands() -> None:
    cancelled = '{"original_start_ms":1800000000005,"is_cancelled":true}'
    more = f',"channel_id":"50","recurrence_start_ms":1800000000004,"exceptions":[{cancelled}]'
    fact = parse(row("GUILD_SCHEDULED_EVENT_CREATE", EVENT % ("Inhouse", more), others='{"creator":[7]}'))
    assert fact == EventSeen(
        from_ms=NOON,
        to_ms=NOON,
        event_id=900,
        title="Inhouse",
        status=1,
        entity_type=2,
        scheduled_start_ms=START,
        scheduled_end_ms=None,
        channel_id=50,
        recurrence_start_ms=RULE,
        departures=(Departure(START, None, None, True),),
        creator_no=7,
        snapshot=None,
    )


def test_exceptions_that_are_not_told_are_not_none() -> None:
    silent = parse(row("GUILD_SCHEDULED_EVENT_UPDATE", EVENT % ("x", "")))
    none = parse(row("GUILD_SCHEDULED_EVENT_UPDATE", EVENT % ("x", ',"exceptions":[]')))
    assert isinstance(silent, EventSeen)
    assert isinstance(none, EventSeen)
    assert (silent.departures, none.departures) == (None, ())
    assert silent.creator_no is None


@pytest.mark.parametrize(("end_ms", "kept"), [(START - 1, None), (START, None), (START + 1, START + 1)])
def test_an_end_that_does_not_come_after_the_start_is_none(end_ms: int, kept: int | None) -> None:
    moved = f'{{"original_start_ms":{RULE},"scheduled_start_ms":{START},"scheduled_end_ms":{end_ms}}}'
    more = f',"scheduled_end_ms":{end_ms},"exceptions":[{moved}]'
    fact = parse(row("GUILD_SCHEDULED_EVENT_UPDATE", EVENT % ("x", more)))
    assert isinstance(fact, EventSeen)
    assert fact.scheduled_end_ms == kept
    assert fact.departures == (Departure(RULE, START, kept, False),)


def test_titles_are_cut_to_what_the_tables_hold() -> None:
    fact = parse(row("GUILD_SCHEDULED_EVENT_UPDATE", EVENT % ("a\\u0000" + "b" * 200, "")))
    assert isinstance(fact, EventSeen)
    assert fact.title == "a" + "b" * 127


def test_an_answer_is_to_an_occurrence_or_to_the_whole_event() -> None:
    whole = parse(row("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":"900"}', 3))
    one = parse(
        row("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":900,"original_start_ms":5,"response":0}', 3)
    )
    assert whole == RsvpGiven(NOON, NOON, 3, 900, 0, True)
    assert one == RsvpGiven(NOON, NOON, 3, 900, 5, False)
    listed = parse(row("SNAPSHOT_RSVP", '{"event_id":900,"snapshot":"r"}', 3))
    assert listed == RsvpListed(NOON, NOON, 3, 900, 0, True, "r")
    end = parse(row("SNAPSHOT_RSVPS_END", '{"event_id":900,"snapshot":"r","complete":true}'))
    assert end == RsvpsListed(NOON, NOON, 900, 0, "r", True)


def test_what_staff_told_of_an_event() -> None:
    place = '"channel_ids":["50","51"],"from_ms":1800000000010,"to_ms":1800000000020'
    body = f'{{"event_id":"9","title":"Raid",{place}}}'
    fact = parse(row("EVENT_DECLARED", body, others='{"host":[4,3],"declared_by":[1]}'))
    assert fact == EventDeclared(NOON, NOON, 9, "Raid", (50, 51), 1800000000010, 1800000000020, (4, 3), 1)


@pytest.mark.parametrize(
    ("type", "body", "person", "reason"),
    [
        (
            "GUILD_SCHEDULED_EVENT_CREATE",
            EVENT.replace('"status":1', '"status":5') % ("x", ""),
            None,
            "status",
        ),
        ("GUILD_SCHEDULED_EVENT_UPDATE", '{"event_id":"900"}', None, "missing required field `title`"),
        ("GUILD_SCHEDULED_EVENT_UPDATE", EVENT % ("x", ',"scheduled_end_ms":-1'), None, "scheduled_end_ms"),
        (
            "GUILD_SCHEDULED_EVENT_UPDATE",
            EVENT % ("x", ',"scheduled_end_ms":253402300799000'),
            None,
            "scheduled_end_ms",
        ),
        ("GUILD_SCHEDULED_EVENT_UPDATE", EVENT.replace("1800000000005", "0") % ("x", ""), None, "start_ms"),
        ("GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", '{"event_id":"900"}', None, "original_start_ms"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":"900"}', None, "without a person"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":"900","response":2}', 3, "response"),
        ("SNAPSHOT_RSVP", '{"event_id":"900"}', 3, "SNAPSHOT_RSVP of no list"),
        ("SNAPSHOT_SCHEDULED_EVENTS_END", '{"snapshot":"e","events":["x"]}', None, "events[0]"),
        (
            "EVENT_DECLARED",
            '{"event_id":"9","title":"Raid","channel_ids":[],"from_ms":1800000000020,"to_ms":1800000000020}',
            None,
            "EVENT_DECLARED ends before it starts",
        ),
        (
            "EVENT_DECLARED",
            f'{{"event_id":"9","title":"Raid","channel_ids":{list(range(65))},'
            f'"from_ms":{START},"to_ms":{START + 1}}}',
            None,
            "EVENT_DECLARED in more than 64 channels",
        ),
    ],
)
def test_what_cannot_be_understood_has_a_reason(
    type: str, body: str, person: int | None, reason: str
) -> None:
    with pytest.raises(Unparseable) as problem:
        parse(row(type, body, person))
    assert reason in str(problem.value)


def test_an_event_that_says_nothing_changes_nothing(history: Any) -> None:
    history.row("GUILD_SCHEDULED_EVENT_CREATE", None, {"event_id": "x"}, "2026-03-02 10:00")
    changes = history.folded()
    assert changes.occurrences == {}
    assert [letter.position for letter in history.set_aside] == [1]
