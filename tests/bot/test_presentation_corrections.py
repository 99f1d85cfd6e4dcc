"""Messages about corrections fit whatever was corrected, ping nobody and format nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyroaring import BitMap

from bot.corrections import Said
from bot.presentation.check_in import check_in_message, checked_in_message
from bot.presentation.corrections import (
    change_of,
    corrected_message,
    name_of,
    stands_text,
    taken_back_message,
    trail_message,
)
from bot.presentation.to_discord import send_arguments
from reports.corrections import Deed, State, TrailEntry
from reports.event_report import OccurrenceKey
from reports.occurrence_records import AttendanceRow, Occurrence
from storage.corrections import CorrectionKey, Subject

KEY = OccurrenceKey(2**62, 1_763_319_600_000)
LONGEST = "*_~`|<>[]@" * 12
USERS = {number: 2**62 + number for number in range(500)}
CALLED = dict.fromkeys(USERS, LONGEST)
CHANNELS = tuple(2**62 + number for number in range(64))
ZONE = "America/Argentina/ComodRivadavia"


def occurrence(**columns) -> Occurrence:
    row = {
        "key": KEY,
        "series": "title:x",
        "title": LONGEST,
        "event_type": LONGEST[:100],
        "channels": CHANNELS,
        "scheduled": (KEY.original_start_ms, None),
        "outcome": "held_unstarted",
        "began_ms": KEY.original_start_ms,
        "window": (KEY.original_start_ms, KEY.original_start_ms + 7_200_000),
        "voice_gap_ms": 0,
        "rsvps_listed": True,
        "is_declared": False,
        "is_from_file": False,
        "is_estimated": False,
        "is_seen_whole": True,
        "told_held": None,
        "has_check_ins": False,
        "capacity": None,
    }
    return Occurrence(**{**row, **columns})


def state(people: int = 300, **columns) -> State:
    rows = tuple(
        AttendanceRow(number, "interested", "attended", 0, False, False, is_told=True)
        for number in range(people)
    )
    everybody = tuple(range(people + 100))
    return State(occurrence(**columns), KEY.original_start_ms, everybody[:40], rows, everybody, BitMap())


def entry(subject: Subject, number: int = 0, **fields) -> TrailEntry:
    deed = Deed(number + 1, KEY.original_start_ms)
    told = TrailEntry(
        CorrectionKey(2**62 + number, 255),
        KEY,
        LONGEST,
        KEY.original_start_ms,
        subject,
        3,
        (),
        None,
        deed,
        deed,
    )
    return replace(told, **fields)


WHATEVER = [
    entry(Subject.TYPE, value=LONGEST[:100]),
    entry(Subject.TYPE, value=None),
    entry(Subject.HOSTS, numbers=tuple(range(40))),
    entry(Subject.CHANNELS, numbers=CHANNELS),
    entry(Subject.HELD, value="no"),
    entry(Subject.ATTENDANCE, value="yes"),
    entry(Subject.CHECK_IN, member_no=None),
    entry(Subject.DECLARED, title=None),
]


def test_the_longest_correction_fits():
    said = [
        Said(Subject.TYPE, LONGEST[:100]),
        Said(Subject.HOSTS, people=[2**62, 2**62 + 1]),
        Said(Subject.CHANNELS, CHANNELS[:3]),
        Said(Subject.HELD, True),
        Said(Subject.ATTENDANCE, False, [2**62]),
    ]
    before = state()
    changes = [change_of(one, before, USERS, 999) for one in said]
    message = corrected_message(name_of(before, ZONE), 2**62, changes, stands_text(before))
    assert changes[2].before.endswith(" and 59 others")
    assert message.embed.description.count("\n") == 9
    assert send_arguments(message)["allowed_mentions"] == {"parse": []}


@pytest.mark.parametrize("told", WHATEVER, ids=lambda told: str(told.subject))
@pytest.mark.parametrize("about", [None, LONGEST])
def test_the_longest_trail_fits(told, about):
    entries = [replace(told, key=CorrectionKey(2**62 + number, 255)) for number in range(10)]
    message = trail_message(entries, USERS, entries, CALLED, ZONE, about=about)
    assert message.embed.description.startswith("**1** · ~~")
    assert len(message.menu.options) == 10
    assert taken_back_message(entries[:1] * 25, USERS, ZONE, stands_text(state())).embed


@pytest.mark.parametrize(
    ("taken_back", "says"),
    [
        ([False], "1 correction."),
        ([True], "1 correction, taken back."),
        ([False, True], "2 corrections, newest first, 1 of them taken back."),
        ([True, True], "2 corrections, newest first, taken back."),
    ],
)
def test_the_head_line_says_what_was_taken_back(taken_back, says):
    entries = [
        entry(Subject.HELD, number, value="no", **({} if is_gone else {"taken_back": None}))
        for number, is_gone in enumerate(taken_back)
    ]
    assert trail_message(entries, USERS, [], {}, ZONE, about=None).content == says


def test_a_title_formats_nothing_and_mentions_nobody():
    told = entry(Subject.DECLARED, title="@everyone **<@1>**", taken_back=None)
    message = trail_message([told], USERS, [], {}, ZONE, about=None)
    assert r"\@everyone \*\*\<\@1>\*\*" in message.embed.description
    assert message.menu is None


@pytest.mark.parametrize("people", [0, 1, 300])
def test_however_many_are_there_the_list_fits(people):
    there = state(people, channels=(), outcome="running", has_check_ins=True)
    begun = check_in_message(there, USERS, ZONE)
    assert begun.menu.custom_id == f"checkin:{KEY.event_id}@{KEY.original_start_ms}"
    done = checked_in_message(there, USERS, ZONE, "25 people checked in, 300 in all.", None)
    assert done.buttons == ()
    if people == 300:
        assert "more: see the CSV of /insights event" in done.embed.description


def test_how_it_counts_is_one_sentence():
    assert stands_text(state(2)) == "It counts as held, though nobody pressed start, 2 people came."
    assert stands_text(state(1, outcome="running")) == "It is running, 1 person came so far."
    assert stands_text(state(0, outcome="running", channels=())) == "It is running."
    assert stands_text(state(0, outcome="unknown")) == "Whether it was held is not known."
