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
EVENT = '{"event_id":"900","title":"%s","status":1,"entity_type":2,"scheduled_start_ms":5%s}'


def row(type: str, body: str, person: int | None = None, others: str | None = None) -> LogRow:
    return LogRow(1, 1, "gateway", type, person, others, NOON, NOON, NOON, body)


def test_an_event_as_it_stands() -> None:
    cancelled = '{"original_start_ms":5,"is_cancelled":true}'
    more = f',"channel_id":"50","recurrence_start_ms":4,"exceptions":[{cancelled}]'
    fact = parse(row("GUILD_SCHEDULED_EVENT_CREATE", EVENT % ("Inhouse", more), others='{"creator":[7]}'))
    assert fact == EventSeen(
        from_ms=NOON,
        to_ms=NOON,
        event_id=900,
        title="Inhouse",
        status=1,
        entity_type=2,
        scheduled_start_ms=5,
        scheduled_end_ms=None,
        channel_id=50,
        recurrence_start_ms=4,
        departures=(Departure(5, None, None, True),),
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
    body = '{"event_id":"9","title":"Raid","channel_ids":["50","51"],"from_ms":10,"to_ms":20}'
    fact = parse(row("EVENT_DECLARED", body, others='{"host":[4,3],"declared_by":[1]}'))
    assert fact == EventDeclared(NOON, NOON, 9, "Raid", (50, 51), 10, 20, (4, 3))


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
        ("GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", '{"event_id":"900"}', None, "original_start_ms"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":"900"}', None, "without a person"),
        ("GUILD_SCHEDULED_EVENT_USER_ADD", '{"event_id":"900","response":2}', 3, "response"),
        ("SNAPSHOT_RSVP", '{"event_id":"900"}', 3, "SNAPSHOT_RSVP of no list"),
        ("SNAPSHOT_SCHEDULED_EVENTS_END", '{"snapshot":"e","events":["x"]}', None, "events[0]"),
        (
            "EVENT_DECLARED",
            '{"event_id":"9","title":"Raid","channel_ids":[],"from_ms":20,"to_ms":20}',
            None,
            "EVENT_DECLARED ends before it starts",
        ),
        (
            "EVENT_DECLARED",
            f'{{"event_id":"9","title":"Raid","channel_ids":{list(range(65))},"from_ms":1,"to_ms":2}}',
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
