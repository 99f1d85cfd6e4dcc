"""Events as Discord keeps them: their status, their occurrences, who has answered, what is dispatched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.event_automation import EMPTY_FOR, UNSTARTED_FOR
from sandbox.event_state import EventStatus, Response, ScheduledEvent, WrongStatus
from sandbox.guild import Guild, VoiceStay
from sandbox.permissions import Overwrite, Permission
from sandbox.recurrence import RecurrenceRule
from sandbox.scheduled_events import EventBook
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed

NOW = datetime(2025, 11, 17, 8, tzinfo=UTC)
WEDNESDAY = datetime(2025, 11, 19, 19, tzinfo=UTC)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
GUILD, BOT, HOST, GUEST = 2000, 1000, 5000, 5001
VOICE, STAGE, HIDDEN, TEXT = 3001, 3002, 3003, 3004


@pytest.fixture
def guild() -> Guild:
    hides = Overwrite(GUILD, deny=Permission.VIEW_CHANNEL)
    return Guild(
        GuildSeed(
            guild_id=GUILD,
            owner_id=HOST,
            created_at=NOW,
            channels=[
                ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
                ChannelSeed(STAGE, "stage", ChannelKind.STAGE),
                ChannelSeed(HIDDEN, "staff", ChannelKind.VOICE, overwrites=[hides]),
                ChannelSeed(TEXT, "general"),
            ],
            members=[MemberSeed(HOST, NOW), MemberSeed(GUEST, NOW)],
        )
    )


@pytest.fixture
def book(guild: Guild) -> EventBook:
    return guild.events


def plan(book: EventBook, **fields: Any) -> ScheduledEvent:
    """One more event; by default a single one in the lobby."""
    place = {} if "location" in fields else {"channel_id": VOICE}
    book.create(HOST, **{"name": "Inhouse", "start": WEDNESDAY, "at": NOW, **place, **fields})
    return book.upcoming()[-1]


def weekly(book: EventBook, **fields: Any) -> ScheduledEvent:
    return plan(book, end=WEDNESDAY + 2 * HOUR, recurrence=RecurrenceRule.weekly(WEDNESDAY), **fields)


def told(dispatches: Any) -> list[str]:
    return [name.removeprefix("GUILD_SCHEDULED_EVENT_") for name, _ in dispatches]


# ---- planning
def test_a_new_event_carries_the_moment_of_its_creation_in_its_id(book):
    ((name, shape),) = book.create(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE, at=NOW)
    assert name == "GUILD_SCHEDULED_EVENT_CREATE"
    assert (int(shape["id"]) >> 22) + 1420070400000 == NOW.timestamp() * 1000
    assert (shape["scheduled_start_time"], shape["status"], shape["entity_type"]) == (
        "2025-11-19T19:00:00+00:00",
        1,
        2,
    )


@pytest.mark.parametrize(
    ("place", "kind", "metadata"),
    [
        ({"channel_id": STAGE}, 1, None),
        ({"channel_id": VOICE}, 2, None),
        ({"location": "Riverside Park", "end": WEDNESDAY + HOUR}, 3, {"location": "Riverside Park"}),
    ],
)
def test_the_place_makes_the_kind(book, place, kind, metadata):
    ((_, shape),) = book.create(HOST, "Meeting", WEDNESDAY, at=NOW, **place)
    assert (shape["entity_type"], shape["entity_metadata"]) == (kind, metadata)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"start": NOW},
        {"end": WEDNESDAY},
        {"channel_id": TEXT},
        {"channel_id": 1},
        {"channel_id": None},
        {"location": "Park", "channel_id": VOICE},
        {"location": "Park"},
        {"location": "x" * 101, "end": WEDNESDAY + HOUR},
    ],
)
def test_what_discord_would_not_take_is_not_planned(book, wrong):
    with pytest.raises(ValueError, match=r"."):
        plan(book, **wrong)
    assert book.upcoming() == []


def test_nobody_unknown_plans_an_event(book):
    with pytest.raises(LookupError):
        book.create(9999, "Inhouse", WEDNESDAY, channel_id=VOICE, at=NOW)


def test_a_guild_has_at_most_a_hundred_events_that_are_not_over(book):
    events = [plan(book) for _ in range(100)]
    with pytest.raises(ValueError, match="at most 100"):
        plan(book)
    book.cancel(events[0].event_id)
    assert plan(book).is_upcoming


def test_an_edit_changes_what_it_names_and_nothing_else(book):
    event = weekly(book)
    ((_, shape),) = book.edit(event.event_id, name="Draft night", channel_id=STAGE)
    assert (shape["name"], shape["channel_id"], shape["entity_type"]) == ("Draft night", str(STAGE), 1)
    assert shape["scheduled_end_time"] == "2025-11-19T21:00:00+00:00"
    assert shape["recurrence_rule"]["start"] == "2025-11-19T19:00:00+00:00"


def test_a_wrong_edit_leaves_the_event_as_it_was(book):
    event = plan(book, end=WEDNESDAY + HOUR)
    with pytest.raises(ValueError, match="ends after"):
        book.edit(event.event_id, name="Later", start=WEDNESDAY + 2 * HOUR)
    assert (event.name, event.start) == ("Inhouse", WEDNESDAY)


def test_a_moved_series_begins_anew_and_loses_its_exceptions(book):
    event = weekly(book)
    book.make_exception(event.event_id, WEDNESDAY + WEEK, is_cancelled=True)
    thursday = WEDNESDAY + timedelta(days=1)
    gone, update = book.edit(event.event_id, start=thursday, end=thursday + HOUR)
    assert gone == (
        "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE",
        {"event_id": str(event.event_id), "guild_id": str(GUILD)},
    )
    assert update[1]["recurrence_rule"]["start"] == "2025-11-20T19:00:00+00:00"
    assert update[1]["guild_scheduled_event_exceptions"] == []


# ---- status
def test_an_event_is_started_and_completed(book):
    event = plan(book)
    assert [shape["status"] for _, shape in book.start(event.event_id)] == [2]
    assert [shape["status"] for _, shape in book.end(event.event_id)] == [3]
    assert book.upcoming() == []


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ([], "end"),
        (["start"], "start"),
        (["start"], "cancel"),
        (["start"], "skip"),
        (["cancel"], "start"),
        (["start", "end"], "start"),
        (["start", "end"], "cancel"),
    ],
)
def test_every_other_change_of_status_is_refused(book, before, then):
    event = plan(book)
    for step in before:
        getattr(book, step)(event.event_id)
    status = event.status
    with pytest.raises(WrongStatus):
        getattr(book, then)(event.event_id)
    assert event.status is status


def test_what_is_over_can_neither_be_edited_nor_answered(book):
    event = weekly(book)
    book.cancel(event.event_id)
    with pytest.raises(WrongStatus):
        book.edit(event.event_id, name="Again")
    with pytest.raises(WrongStatus):
        book.answer(GUEST, event.event_id)
    with pytest.raises(WrongStatus):
        book.make_exception(event.event_id, WEDNESDAY, is_cancelled=True)


def test_a_deleted_event_is_gone_with_the_status_that_it_had(book):
    """The client's "Cancel Event" is a deletion (discord-api-docs, issue 4105)."""
    event = plan(book)
    ((name, shape),) = book.delete(event.event_id)
    assert (name, shape["status"]) == ("GUILD_SCHEDULED_EVENT_DELETE", 1)
    with pytest.raises(LookupError):
        book.start(event.event_id)


# ---- occurrences
def test_a_recurring_event_is_scheduled_again_at_its_end(book):
    """No COMPLETED is sent (discord-api-docs, issue 6885)."""
    event = weekly(book)
    book.start(event.event_id)
    ((_, shape),) = book.end(event.event_id)
    assert (shape["status"], shape["scheduled_start_time"], shape["scheduled_end_time"]) == (
        1,
        "2025-11-26T19:00:00+00:00",
        "2025-11-26T21:00:00+00:00",
    )
    assert shape["recurrence_rule"]["start"] == "2025-11-19T19:00:00+00:00", "the rule stays"


def test_moving_on_passes_over_cancelled_occurrences(book):
    event = weekly(book)
    for weeks in (1, 2):
        book.make_exception(event.event_id, WEDNESDAY + weeks * WEEK, is_cancelled=True)
    ((_, shape),) = book.skip(event.event_id)
    assert shape["scheduled_start_time"] == "2025-12-10T19:00:00+00:00"


def test_a_single_event_has_no_next_occurrence(book):
    event = plan(book)
    with pytest.raises(ValueError, match="does not recur"):
        book.skip(event.event_id)


def test_a_moved_occurrence_is_named_in_the_exceptions_only(book):
    event = weekly(book)
    later = WEDNESDAY + 2 * HOUR
    ((name, shape),) = book.make_exception(event.event_id, WEDNESDAY, start=later)
    assert name == "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE"
    assert (int(shape["event_exception_id"]) >> 22) + 1420070400000 == WEDNESDAY.timestamp() * 1000
    assert (shape["scheduled_start_time"], shape["scheduled_end_time"]) == ("2025-11-19T21:00:00+00:00", None)
    assert event.start == WEDNESDAY
    assert (event.planned_start, event.planned_end) == (later, later + 2 * HOUR)


def test_an_exception_is_made_once_then_changed_then_removed(book):
    event = weekly(book)
    dispatches = [
        *book.make_exception(event.event_id, WEDNESDAY, is_cancelled=True),
        *book.make_exception(event.event_id, WEDNESDAY, start=WEDNESDAY + HOUR),
        *book.remove_exception(event.event_id, WEDNESDAY),
    ]
    assert told(dispatches) == ["EXCEPTION_CREATE", "EXCEPTION_UPDATE", "EXCEPTION_DELETE"]
    assert event.exceptions == {}
    with pytest.raises(LookupError):
        book.remove_exception(event.event_id, WEDNESDAY)


@pytest.mark.parametrize(
    ("original", "change"),
    [(WEDNESDAY + HOUR, {"is_cancelled": True}), (WEDNESDAY - WEEK, {"is_cancelled": True}), (WEDNESDAY, {})],
)
def test_an_exception_needs_an_occurrence_and_a_change(book, original, change):
    event = weekly(book)
    with pytest.raises(ValueError, match=r"no occurrence|moves its occurrence"):
        book.make_exception(event.event_id, original, **change)
    assert event.exceptions == {}


def test_a_cancelled_occurrence_does_not_start(book):
    event = weekly(book)
    book.make_exception(event.event_id, WEDNESDAY, is_cancelled=True)
    with pytest.raises(WrongStatus):
        book.start(event.event_id)


# ---- answers
def test_interest_in_the_whole_event_and_an_answer_to_one_occurrence(book):
    event = weekly(book)
    assert book.answer(GUEST, event.event_id) == [
        (
            "GUILD_SCHEDULED_EVENT_USER_ADD",
            {
                "guild_scheduled_event_id": str(event.event_id),
                "user_id": str(GUEST),
                "guild_id": str(GUILD),
            },
        )
    ]
    ((_, shape),) = book.answer(GUEST, event.event_id, interested=False, original_start=WEDNESDAY)
    assert shape["response"] == 0
    assert (int(shape["guild_scheduled_event_exception_id"]) >> 22) + 1420070400000 == (
        WEDNESDAY.timestamp() * 1000
    )
    assert event.interested == {GUEST}
    assert event.responses == {WEDNESDAY: {GUEST: Response.UNINTERESTED}}


def test_the_same_answer_again_is_nothing_and_another_one_is_told(book):
    event = weekly(book)
    book.answer(GUEST, event.event_id)
    assert book.answer(GUEST, event.event_id) == []
    book.answer(GUEST, event.event_id, original_start=WEDNESDAY)
    assert book.answer(GUEST, event.event_id, original_start=WEDNESDAY) == []
    assert told(book.answer(GUEST, event.event_id, interested=False, original_start=WEDNESDAY)) == [
        "USER_ADD"
    ]


def test_an_answer_can_be_withdrawn_once(book):
    event = weekly(book)
    book.answer(GUEST, event.event_id)
    book.answer(GUEST, event.event_id, original_start=WEDNESDAY)
    assert told(book.withdraw_answer(GUEST, event.event_id)) == ["USER_REMOVE"]
    ((_, shape),) = book.withdraw_answer(GUEST, event.event_id, original_start=WEDNESDAY)
    assert shape["response"] == 1
    for original_start in (None, WEDNESDAY):
        with pytest.raises(LookupError):
            book.withdraw_answer(GUEST, event.event_id, original_start=original_start)


def test_only_a_single_occurrence_can_be_declined(book):
    event = weekly(book)
    with pytest.raises(ValueError, match="withdraw"):
        book.answer(GUEST, event.event_id, interested=False)


def test_nobody_answers_what_they_do_not_see(book):
    event = plan(book, channel_id=HIDDEN)
    book.answer(HOST, event.event_id)
    for stranger in (GUEST, 9999):
        with pytest.raises(LookupError, match="sees no event"):
            book.answer(stranger, event.event_id)


def test_interest_in_a_series_lasts_from_one_occurrence_to_the_next(book):
    event = weekly(book)
    book.answer(GUEST, event.event_id)
    book.skip(event.event_id)
    assert event.interested == {GUEST}


def test_whoever_is_forgotten_has_answered_nothing(book):
    event = weekly(book)
    for user_id in (HOST, GUEST):
        book.answer(user_id, event.event_id)
        book.answer(user_id, event.event_id, original_start=WEDNESDAY)
    book.forget(GUEST)
    assert event.interested == {HOST}
    assert event.responses == {WEDNESDAY: {HOST: Response.INTERESTED}}


# ---- what the bot cannot see
def test_of_a_hidden_event_nothing_is_told(book, guild):
    event = weekly(book, channel_id=HIDDEN)
    dispatches = [
        *book.make_exception(event.event_id, WEDNESDAY + WEEK, is_cancelled=True),
        *book.answer(HOST, event.event_id),
        *book.start(event.event_id),
        *book.end(event.event_id),
        *book.edit(event.event_id, start=WEDNESDAY + 3 * WEEK, end=WEDNESDAY + 4 * WEEK),
        *book.withdraw_answer(HOST, event.event_id),
    ]
    assert dispatches == []
    assert book.objects() == []
    assert told(book.edit(event.event_id, channel_id=VOICE)) == ["UPDATE"], "now it can be seen"
    assert [shape["id"] for shape in book.objects()] == [str(event.event_id)]
    assert guild.events.visible() == [event]


def test_only_what_is_not_over_comes_with_the_guild(book):
    scheduled, active, over, cancelled = (plan(book) for _ in range(4))
    for event in (active, over):
        book.start(event.event_id)
    book.end(over.event_id)
    book.cancel(cancelled.event_id)
    assert [shape["id"] for shape in book.objects()] == [str(scheduled.event_id), str(active.event_id)]


# ---- by the clock
def test_a_voice_event_ends_minutes_after_its_channel_has_emptied(book, guild):
    event = plan(book)
    guild.voice[GUEST] = VoiceStay("s", VOICE)
    book.start(event.event_id)
    assert book.tick_events(WEDNESDAY + HOUR) == []
    guild.voice[GUEST] = VoiceStay("s", STAGE)
    emptied = WEDNESDAY + 2 * HOUR
    book.watch_channels(emptied)
    assert book.tick_events(emptied + EMPTY_FOR - timedelta(seconds=1)) == []
    assert [shape["status"] for _, shape in book.tick_events(emptied + EMPTY_FOR)] == [3]


def test_somebody_who_comes_back_keeps_the_event_going(book, guild):
    event = plan(book)
    book.start(event.event_id)
    book.watch_channels(WEDNESDAY)
    guild.voice[GUEST] = VoiceStay("s", VOICE)
    book.watch_channels(WEDNESDAY + EMPTY_FOR / 2)
    del guild.voice[GUEST]
    assert book.tick_events(WEDNESDAY + EMPTY_FOR) == []
    assert told(book.tick_events(WEDNESDAY + 2 * EMPTY_FOR)) == ["UPDATE"]


def test_an_emptied_recurring_event_goes_on_to_its_next_occurrence(book):
    event = weekly(book)
    book.start(event.event_id)
    book.watch_channels(WEDNESDAY + HOUR)
    ((_, shape),) = book.tick_events(WEDNESDAY + HOUR + EMPTY_FOR)
    assert (shape["status"], shape["scheduled_start_time"]) == (1, "2025-11-26T19:00:00+00:00")


def test_an_external_event_starts_and_ends_by_the_clock(book):
    plan(book, location="Riverside Park", end=WEDNESDAY + HOUR)
    assert book.tick_events(WEDNESDAY - timedelta(seconds=1)) == []
    assert [shape["status"] for _, shape in book.tick_events(WEDNESDAY)] == [2]
    assert [shape["status"] for _, shape in book.tick_events(WEDNESDAY + HOUR)] == [3]


def test_a_moved_external_occurrence_starts_and_ends_at_its_new_times(book):
    event = weekly(book, location="Riverside Park")
    book.make_exception(event.event_id, WEDNESDAY, start=WEDNESDAY + 5 * HOUR, end=WEDNESDAY + 6 * HOUR)
    assert book.tick_events(WEDNESDAY + 4 * HOUR) == []
    assert [shape["status"] for _, shape in book.tick_events(WEDNESDAY + 5 * HOUR)] == [2]
    ((_, shape),) = book.tick_events(WEDNESDAY + 6 * HOUR)
    assert (shape["status"], shape["scheduled_start_time"]) == (1, "2025-11-26T19:00:00+00:00")


def test_what_nobody_starts_is_cancelled_hours_later(book):
    event = plan(book)
    assert book.tick_events(WEDNESDAY + UNSTARTED_FOR - timedelta(seconds=1)) == []
    assert [shape["status"] for _, shape in book.tick_events(WEDNESDAY + UNSTARTED_FOR)] == [4]
    assert event.status is EventStatus.CANCELED


def test_a_recurring_event_that_nobody_starts_moves_on_once_a_week(book):
    weekly(book)
    dispatches = book.tick_events(WEDNESDAY + 2 * WEEK + HOUR)
    assert [shape["scheduled_start_time"][:10] for _, shape in dispatches] == ["2025-11-26", "2025-12-03"]
    assert book.tick_events(WEDNESDAY + 2 * WEEK + HOUR) == []


def test_a_cancelled_occurrence_is_passed_over_at_its_start(book):
    event = weekly(book)
    book.make_exception(event.event_id, WEDNESDAY, is_cancelled=True)
    assert book.tick_events(WEDNESDAY - timedelta(seconds=1)) == []
    ((_, shape),) = book.tick_events(WEDNESDAY)
    assert shape["scheduled_start_time"] == "2025-11-26T19:00:00+00:00"
