"""What staff tell, as events: whole, and each under a key of its own."""

from __future__ import annotations

import msgspec

from bot.corrections import Said, correction_taken_back, corrections_made
from reports.event_report import OccurrenceKey
from storage.corrections import Subject
from storage.event import Source
from storage.event_key import KeyMaker

KEYS = KeyMaker(b"s" * 32)
GUILD, STAFF, NOW = 2000, 500, 1_763_370_000_000
INTERACTION = 1_439_000_000_000_000_000
OCCURRENCE = OccurrenceKey(900, 1_763_319_600_000)
SAID = [
    Said(Subject.TYPE, "Raid\0"),
    Said(Subject.TYPE),
    Said(Subject.HOSTS, people=[501, 502]),
    Said(Subject.CHANNELS, [303, 304]),
    Said(Subject.HELD, False),
    Said(Subject.ATTENDANCE, True, [501]),
    Said(Subject.CHECK_IN, people=[501]),
]


def made(interaction: int = INTERACTION):
    return list(corrections_made(KEYS, GUILD, interaction, STAFF, OCCURRENCE, SAID, NOW))


def test_each_thing_that_is_told_is_an_event_of_its_own():
    told = [(event.type, msgspec.json.decode(event.body), event.others) for event in made()]
    start = {"correction_id": str(INTERACTION), "event_id": "900", "original_start_ms": 1_763_319_600_000}
    by = {"made_by": [STAFF]}
    assert told == [
        ("CORRECTION_MADE", {**start, "part": 0, "subject": "type", "value": "Raid"}, by),
        ("CORRECTION_MADE", {**start, "part": 1, "subject": "type", "value": None}, by),
        (
            "CORRECTION_MADE",
            {**start, "part": 2, "subject": "hosts", "value": None},
            {**by, "hosts": [501, 502]},
        ),
        ("CORRECTION_MADE", {**start, "part": 3, "subject": "channels", "value": ["303", "304"]}, by),
        ("CORRECTION_MADE", {**start, "part": 4, "subject": "held", "value": False}, by),
        (
            "CORRECTION_MADE",
            {**start, "part": 5, "subject": "attendance", "value": True},
            {**by, "member": [501]},
        ),
        ("CHECKED_IN", {**start, "part": 6}, {"checked_in_by": [STAFF], "member": [501]}),
    ]
    assert {event.source for event in made()} == {Source.STAFF}


def test_the_same_told_again_has_the_same_keys_and_nothing_else_has():
    keys = [event.key for event in made()]
    assert [event.key for event in made()] == keys
    others = [event.key for event in made(INTERACTION + 1)]
    back = [correction_taken_back(KEYS, GUILD, INTERACTION, part, STAFF, NOW).key for part in range(7)]
    assert len({*keys, *others, *back}) == 21


def test_whoever_takes_back_twice_has_taken_back_once():
    first = correction_taken_back(KEYS, GUILD, INTERACTION, 2, STAFF, NOW)
    again = correction_taken_back(KEYS, GUILD, INTERACTION, 2, STAFF + 1, NOW + 5)
    assert first.key == again.key
    assert first.others == {"taken_back_by": [STAFF]}
    assert msgspec.json.decode(first.body) == {"correction_id": str(INTERACTION), "part": 2}
