"""When things can have happened, what was missed, and from where a session goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.disk_note import DiskNote
from bot.intake import Intake, IntakeOptions
from bot.recorder import LIST_DUE, Recorder
from bot.rsvp_lists import ListRequest
from storage.event import Event
from storage.event_key import KeyMaker
from storage.fact_bodies import DeclaredEventBody, RsvpBody, RsvpsEndBody
from storage.journal import GatewaySession

GUILD, GONE = 2000, 666
ALL = ("voice", "members", "events", "commands")


class SetClock:
    def __init__(self) -> None:
        self.moment = datetime(2025, 11, 17, 8, tzinfo=UTC)
        self.ticks_s = 0.0

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> int:
        """Time passes; below zero the clock is set back instead."""
        self.moment += timedelta(**by)
        self.ticks_s += max(0.0, timedelta(**by).total_seconds())
        return self.ms

    @property
    def ms(self) -> int:
        return int(self.moment.timestamp() * 1000)


class InstantJournal:
    """Everything is durable at once; `notes` is the order of all that was handed over."""

    is_overfull = False

    def __init__(self) -> None:
        self.notes: list[object] = []
        self.session: GatewaySession | None = None

    def append(self, item, mark=None):
        if item is not None:
            self.notes.append(item)
        if mark and self.session and self.session.session_id == mark.session_id:
            self._change(sequence=mark.sequence, live_at_ms=mark.live_at_ms)

    def durable(self, shard_id):
        return self.session if self.session and self.session.session_id else None

    def last_session(self, shard_id):
        return self.session

    def open_session(self, session):
        self.notes.append(session)
        self.session = session

    def forget_session(self, shard_id):
        self._change(session_id=None)

    def covered(self, shard_id, to_ms):
        self._change(covered_to_ms=to_ms)

    async def flushed(self):
        pass

    problem = None

    def _change(self, **fields):
        if self.session:
            self.session = msgspec.structs.replace(self.session, **fields)


class Kept:
    """What outlives the process beside the journal."""

    value = None

    def read(self):
        return self.value

    def write(self, value):
        self.value = value


class Withdrawn:
    def is_withdrawn(self, guild_id, user_id):
        return user_id == GONE


class Scene:
    """A recorder that is told what a gateway would tell it."""

    def __init__(self) -> None:
        self.clock = SetClock()
        self.journal = InstantJournal()
        self.place, self.note = Kept(), Kept()
        self.restart()

    def restart(self, *excluded: int) -> None:
        """Another process on the same journal; nothing in memory stays."""
        options = IntakeOptions(GUILD, excluded_channels=frozenset(excluded))
        self.intake = Intake(KeyMaker(b"k" * 32), Withdrawn(), options)
        self.recorder = Recorder(
            self.intake,
            self.journal,
            self.clock,
            audit_place=self.place,
            disk_note=self.note,
            ticks_s=lambda: self.clock.ticks_s,
        )
        self.sequence = self.journal.session.sequence if self.journal.session else 0

    def gets(self, dispatch_type: str, data: object = None, sequence: int | None = None) -> bool:
        self.sequence = self.sequence + 1 if sequence is None else sequence
        return self.recorder.on_dispatch(self.sequence, dispatch_type, data)

    def identify(self, session_id: str = "one", sources=ALL, **guild: object) -> None:
        self.recorder.identifying("who", sources)
        self.gets("READY", {"session_id": session_id, "resume_gateway_url": "ws://x"}, sequence=1)
        self.gets("GUILD_CREATE", {"id": str(GUILD), "afk_channel_id": None, "voice_states": [], **guild})

    def resume(self, sources=ALL) -> None:
        self.recorder.resuming(sources)

    def voice(self, user_id: int = 5000, channel: str | None = "3001", **at: int) -> bool:
        state = {"guild_id": str(GUILD), "user_id": str(user_id), "channel_id": channel, "session_id": "s"}
        return self.gets("VOICE_STATE_UPDATE", state, **at)

    def chunk(self, nonce: str, users: list[object], index: int = 0, count: int = 1) -> bool:
        at = "2025-01-01T00:00:00+00:00"
        members = [{"user": {"id": user}, "roles": [], "joined_at": at} for user in users]
        place = {"chunk_index": index, "chunk_count": count, "nonce": nonce}
        return self.gets("GUILD_MEMBERS_CHUNK", {"guild_id": str(GUILD), "members": members, **place})

    def events(self, event_type: str | None = None) -> list[Event]:
        items = [item for item in self.journal.notes if not isinstance(item, GatewaySession)]
        events = [event for item in items for event in self.intake.encode(item)]
        return [event for event in events if event_type in (None, event.type)]

    def coverage(self) -> list[tuple[str, float, float, str | None]]:
        """State, from, to in seconds since the scene began, and cause."""
        start = int(datetime(2025, 11, 17, 8, tzinfo=UTC).timestamp() * 1000)
        return [
            (
                body["state"],
                (event.occurred_from_ms - start) / 1000,
                (event.occurred_to_ms - start) / 1000,
                body["cause"],
            )
            for event in self.events("COVERAGE")
            for body in [msgspec.json.decode(event.body)]
        ]


@pytest.fixture
def scene() -> Scene:
    return Scene()


# ------------------------------------------------------------------ bounds


def test_what_comes_live_happened_now(scene):
    scene.identify()
    at = scene.clock.advance(seconds=7)
    scene.voice()
    (event,) = scene.events("VOICE_STATE_UPDATE")
    assert (event.occurred_from_ms, event.occurred_to_ms, event.recorded_at_ms) == (at, at, at)
    assert scene.journal.session.live_at_ms == at


def test_what_a_resume_brings_happened_between_the_last_live_moment_and_now(scene):
    scene.identify()
    live = scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.clock.advance(seconds=5)
    scene.recorder.lost("the connection was lost")
    now = scene.clock.advance(seconds=30)
    scene.resume()
    scene.voice()
    (event,) = scene.events("VOICE_STATE_UPDATE")
    assert (event.occurred_from_ms, event.occurred_to_ms) == (live, now)
    assert scene.journal.session.live_at_ms == live, "not live before RESUMED"
    scene.gets("RESUMED")
    assert scene.coverage() == [("recorded", 0, 10, None), ("late", 10, 45, "the connection was lost")]
    at = scene.clock.advance(seconds=1)
    scene.voice(channel=None)
    assert scene.events("VOICE_STATE_UPDATE")[1].occurred_from_ms == at


def test_after_a_crash_the_bounds_start_at_the_last_durable_live_moment(scene):
    scene.identify()
    live = scene.clock.advance(seconds=60)
    scene.recorder.acknowledged()
    scene.clock.advance(hours=1)
    scene.restart()
    assert scene.recorder.resumable("who").sequence == 2
    scene.resume()
    scene.voice()
    scene.gets("RESUMED")
    assert scene.events("VOICE_STATE_UPDATE")[0].occurred_from_ms == live
    assert scene.coverage() == [("recorded", 0, 60, None), ("late", 60, 3660, "the bot was not running")]


def test_an_event_with_its_own_time_keeps_it_however_late_it_comes(scene):
    scene.identify()
    scene.recorder.lost("x")
    scene.clock.advance(hours=1)
    scene.resume()
    user, at = {"id": "5000"}, "2025-11-17T08:10:00+00:00"
    scene.gets("GUILD_MEMBER_ADD", {"guild_id": str(GUILD), "user": user, "roles": [], "joined_at": at})
    (event,) = scene.events("GUILD_MEMBER_ADD")
    assert event.occurred_from_ms == event.occurred_to_ms == 1_763_367_000_000


def test_what_was_received_before_is_neither_recorded_nor_handed_on_again(scene):
    scene.identify()
    assert scene.voice(sequence=3)
    scene.recorder.lost("x")
    scene.resume()
    assert not scene.voice(sequence=3)
    assert scene.voice(channel=None, sequence=4)
    assert len(scene.events("VOICE_STATE_UPDATE")) == 2


def test_a_clock_that_is_corrected_a_little_never_makes_time_run_backwards(scene):
    scene.identify()
    at = scene.clock.advance(seconds=10)
    scene.voice()
    scene.clock.advance(seconds=-3)
    scene.voice(channel=None)
    assert scene.events("VOICE_STATE_UPDATE")[1].occurred_from_ms == at


def test_a_clock_that_was_far_ahead_is_not_believed_for_ever(scene):
    scene.clock.advance(days=365)
    scene.identify()
    scene.voice()
    at = scene.clock.advance(days=-365)
    scene.voice(channel=None)
    assert scene.events("VOICE_STATE_UPDATE")[1].occurred_to_ms == at


# ------------------------------------------------------------------ sessions and coverage


def test_the_first_start_has_no_gap(scene):
    scene.identify()
    scene.clock.advance(minutes=1)
    scene.recorder.stopped()
    assert [row[0] for row in scene.coverage()] == []
    scene.restart()
    scene.resume()
    scene.gets("RESUMED")
    assert scene.coverage() == [("late", 0, 60, "the bot was not running")]


def test_a_new_session_after_an_old_one_is_a_gap_that_stands_before_the_new_state(scene):
    scene.identify("one")
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.clock.advance(seconds=20)
    scene.recorder.session_ended("Discord had ended the session")
    scene.clock.advance(seconds=30)
    scene.identify("two")
    assert scene.coverage() == [
        ("recorded", 0, 10, None),
        ("gap", 10, 60, "Discord had ended the session"),
    ]
    types = [event.type for event in scene.events()]
    assert types.index("COVERAGE") < len(types) - 1 - types[::-1].index("GUILD_CREATE")


def test_a_session_is_worth_resuming_only_once_the_guilds_state_is_in(scene):
    scene.identify("one")
    scene.recorder.session_ended("x")
    scene.recorder.identifying("who", ALL)
    scene.gets("READY", {"session_id": "two"}, sequence=1)
    assert scene.recorder.resumable("who") is None
    assert scene.recorder.durable_sequence("two") is None
    scene.gets("GUILD_CREATE", {"id": str(GUILD), "voice_states": []})
    assert scene.recorder.resumable("who").session_id == "two"
    assert scene.recorder.durable_sequence("two") == 2


def test_a_crash_before_the_guilds_state_is_in_leaves_the_whole_gap_to_the_next_start(scene):
    scene.identify("one")
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.recorder.session_ended("Discord had ended the session")
    scene.recorder.identifying("who", ALL)
    scene.clock.advance(seconds=10)
    scene.gets("READY", {"session_id": "two"}, sequence=1)
    scene.restart()
    scene.clock.advance(seconds=10)
    scene.identify("three")
    assert scene.coverage() == [("recorded", 0, 10, None), ("gap", 10, 30, "the bot was not running")]


def test_a_session_of_another_token_or_other_intents_is_not_resumed(scene):
    scene.identify()
    assert scene.recorder.resumable("somebody else") is None
    assert scene.recorder.resumable("who") is not None


def test_coverage_is_written_every_five_minutes_while_heartbeats_are_answered(scene):
    scene.identify()
    for _ in range(15):
        scene.clock.advance(seconds=41)
        scene.recorder.acknowledged()
    assert scene.coverage() == [("recorded", 0, 328, None)]
    scene.clock.advance(hours=1)
    scene.recorder.lost("x")
    scene.recorder.acknowledged()
    assert len(scene.coverage()) == 1, "nothing is known of an hour without an answer"


async def test_a_report_may_ask_for_coverage_until_now(scene):
    scene.identify()
    scene.clock.advance(seconds=30)
    scene.voice()
    await scene.recorder.cover_until_now()
    assert scene.coverage() == [("recorded", 0, 30, None)]


def test_an_outage_of_the_guild_is_a_gap_until_it_is_back(scene):
    scene.identify()
    scene.clock.advance(seconds=10)
    scene.gets("GUILD_DELETE", {"id": str(GUILD), "unavailable": True})
    assert scene.recorder.resumable("who") is None, "a restart now must not claim to have heard everything"
    scene.clock.advance(seconds=50)
    scene.recorder.acknowledged()
    scene.gets("GUILD_CREATE", {"id": str(GUILD), "unavailable": True})
    scene.clock.advance(seconds=40)
    scene.gets("GUILD_CREATE", {"id": str(GUILD), "voice_states": []})
    assert scene.coverage() == [
        ("recorded", 0, 10, None),
        ("gap", 10, 100, "Discord had an outage"),
    ]
    assert scene.recorder.resumable("who").sequence == 5


def test_an_outage_within_what_a_resume_brings_is_a_gap_and_not_late(scene):
    scene.identify()
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.recorder.lost("the connection was lost")
    scene.clock.advance(seconds=90)
    scene.resume()
    scene.gets("GUILD_DELETE", {"id": str(GUILD), "unavailable": True})
    scene.gets("GUILD_CREATE", {"id": str(GUILD), "voice_states": []})
    scene.clock.advance(seconds=2)
    scene.gets("RESUMED")
    assert scene.coverage() == [
        ("recorded", 0, 10, None),
        ("gap", 10, 100, "Discord had an outage"),
        ("late", 100, 102, "Discord had an outage"),
    ]


def test_a_process_that_has_no_session_yet_tells_of_no_coverage(scene):
    """It does not know what was heard: its first session does, also where options change before it."""
    scene.identify()
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.restart()
    scene.recorder.use_options(IntakeOptions(GUILD))
    scene.recorder.stopped()
    scene.restart()
    scene.clock.advance(seconds=90)
    scene.resume()
    scene.gets("RESUMED")
    assert scene.coverage() == [
        ("recorded", 0, 10, None),
        ("late", 10, 100, "the bot was not running"),
    ]


@pytest.mark.parametrize("since_s", [-60, 0])
def test_what_a_clock_set_back_hides_is_a_gap_of_a_moment(scene, since_s):
    scene.identify()
    scene.clock.advance(seconds=120)
    scene.recorder.acknowledged()
    scene.recorder.session_ended("Discord had ended the session")
    scene.clock.advance(seconds=since_s)
    scene.identify("two")
    scene.clock.advance(seconds=60 - since_s)
    scene.recorder.acknowledged()
    scene.recorder.stopped()
    assert scene.coverage() == [
        ("recorded", 0, 120, None),
        ("gap", 120, 120.001, "Discord had ended the session"),
        ("recorded", 120.001, 180, None),
    ]


def test_what_comes_late_has_bounds_also_where_the_clock_was_set_back(scene):
    scene.identify()
    scene.clock.advance(seconds=120)
    scene.recorder.acknowledged()
    scene.recorder.lost("the connection was lost")
    scene.clock.advance(seconds=-60)
    scene.resume()
    scene.voice()
    (late,) = scene.events("VOICE_STATE_UPDATE")
    assert late.occurred_from_ms < late.occurred_to_ms


def test_without_the_members_intent_members_are_a_gap_all_along(scene):
    scene.identify(sources=("voice", "commands"))
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.recorder.stopped()
    bodies = [msgspec.json.decode(event.body) for event in scene.events("COVERAGE")]
    assert [(body["state"], body["sources"]) for body in bodies] == [
        ("recorded", ["voice", "commands"]),
        ("gap", ["members"]),
    ]
    assert scene.recorder.member_lists_due() == []


def test_the_same_coverage_written_twice_is_one_row(scene):
    scene.identify()
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    scene.recorder.stopped()
    first = scene.events("COVERAGE")[0]
    scene.journal.session = msgspec.structs.replace(
        scene.journal.session, covered_to_ms=first.occurred_from_ms
    )
    scene.restart()
    scene.resume()
    scene.gets("RESUMED")
    assert len({event.key for event in scene.events("COVERAGE")}) == 1


def test_without_the_events_intent_the_list_of_events_means_nothing(scene):
    scene.identify("one", sources=("voice", "members", "commands"), guild_scheduled_events=[])
    assert scene.events("SNAPSHOT_SCHEDULED_EVENTS_END") == []
    assert not scene.recorder.events_unknown
    scene.identify("two", guild_scheduled_events=[planned()])
    (end,) = scene.events("SNAPSHOT_SCHEDULED_EVENTS_END")
    assert msgspec.json.decode(end.body)["events"] == ["7000"]


# ------------------------------------------------------------------ who is interested


def planned(**more: object) -> dict:
    event = {"id": "7000", "guild_id": str(GUILD), "name": "x", "status": 1, "entity_type": 2}
    event |= {"channel_id": "3001", "scheduled_start_time": "2025-11-18T19:00:00+00:00"}
    return event | more


def answered(user_id: int, **more: object) -> dict:
    return {"guild_id": str(GUILD), "guild_scheduled_event_id": "7000", "user_id": str(user_id), **more}


def begun(scene: Scene, **more: object) -> ListRequest:
    """The list that is due when the event begins."""
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(status=2, **more))
    request = scene.recorder.rsvp_list_due()
    assert request is not None
    return request


def due(scene: Scene) -> list[int]:
    """Events whose list is due, each asked for."""
    events = []
    while (request := scene.recorder.rsvp_list_due()) is not None:
        events.append(request.event_id)
    return events


def test_a_list_speaks_of_the_moment_at_which_it_was_asked_for(scene):
    scene.identify(guild_scheduled_events=[])
    request = begun(scene)
    asked_ms = scene.clock.ms
    scene.clock.advance(seconds=30)
    scene.recorder.rsvp_list_taken(request, {5001: 1, 5000: 1, GONE: 1}, complete=True)
    listed = scene.events("SNAPSHOT_RSVP")
    assert [event.person for event in listed] == [5001, 5000]
    (end,) = scene.events("SNAPSHOT_RSVPS_END")
    assert {(event.occurred_from_ms, event.occurred_to_ms) for event in (*listed, end)} == {
        (asked_ms, asked_ms)
    }
    assert {event.recorded_at_ms for event in (*listed, end)} == {scene.clock.ms}
    assert len({event.key for event in (*listed, end)}) == 3
    answer = msgspec.json.decode(listed[0].body, type=RsvpBody, strict=False)
    ended = msgspec.json.decode(end.body, type=RsvpsEndBody, strict=False)
    assert (answer.event_id, answer.original_start_ms, answer.response) == (7000, None, 1)
    assert (ended.event_id, ended.original_start_ms, ended.complete) == (7000, None, True)
    assert answer.snapshot == ended.snapshot


def test_a_list_that_is_not_complete_says_so_and_keeps_what_came(scene):
    scene.identify(guild_scheduled_events=[])
    scene.recorder.rsvp_list_taken(begun(scene), {5001: 1}, complete=False)
    (end,) = scene.events("SNAPSHOT_RSVPS_END")
    assert msgspec.json.decode(end.body)["complete"] is False
    assert len(scene.events("SNAPSHOT_RSVP")) == 1


def test_who_answers_while_a_list_is_on_its_way_is_in_it_as_they_answered(scene):
    scene.identify(guild_scheduled_events=[])
    request = begun(scene)
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5001))
    scene.gets("GUILD_SCHEDULED_EVENT_USER_REMOVE", answered(5002))
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered("x"))
    scene.recorder.rsvp_list_taken(request, {5002: 1, 5003: 1}, complete=True)
    assert {event.person for event in scene.events("SNAPSHOT_RSVP")} == {5001, 5003}


def test_the_answers_to_an_occurrence_are_asked_for_by_its_original_start(scene):
    scene.identify(guild_scheduled_events=[])
    start_ms = 1_763_492_400_000
    exception = {"event_id": "7000", "event_exception_id": str((start_ms - 1_420_070_400_000) << 22)}
    exception |= {"scheduled_start_time": None, "scheduled_end_time": None, "is_canceled": False}
    rule = {"recurrence_rule": {"start": "2025-11-04T19:00:00+00:00"}}
    scene.gets("GUILD_SCHEDULED_EVENT_CREATE", planned(**rule))
    scene.gets("GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", exception)
    scene.clock.advance(hours=36)
    whole, one = scene.recorder.rsvp_list_due(), scene.recorder.rsvp_list_due()
    assert [whole.place, one.place] == [(7000, None), (7000, start_ms)]
    scene.recorder.rsvp_list_taken(one, {5001: 0}, complete=True)
    (listed,) = scene.events("SNAPSHOT_RSVP")
    answer = msgspec.json.decode(listed.body, type=RsvpBody, strict=False)
    assert (answer.original_start_ms, answer.response) == (start_ms, 0)


def test_a_new_session_tells_anew_which_events_there_are(scene):
    scene.identify("one", guild_scheduled_events=[planned()])
    scene.identify("two", guild_scheduled_events=[])
    scene.clock.advance(hours=36)
    assert scene.recorder.rsvp_list_due() is None


def test_nothing_is_asked_for_while_dispatches_may_be_missing(scene):
    scene.identify(guild_scheduled_events=[planned()])
    scene.recorder.lost("x")
    assert scene.recorder.rsvp_list_due() is None
    scene.resume()
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(status=2))
    assert scene.recorder.rsvp_list_due() is None
    scene.gets("RESUMED")
    assert scene.recorder.rsvp_list_due().event_id == 7000


def test_a_list_that_a_lost_connection_interrupts_is_asked_for_again(scene):
    scene.identify(guild_scheduled_events=[])
    request = begun(scene)
    scene.recorder.lost("x")
    scene.recorder.rsvp_list_taken(request, {5001: 1}, complete=True)
    assert scene.events("SNAPSHOT_RSVP") == []
    scene.resume()
    scene.gets("RESUMED")
    assert scene.recorder.rsvp_list_due().place == request.place


def test_a_new_process_that_resumes_has_to_be_told_which_events_there_are(scene):
    scene.identify(guild_scheduled_events=[planned()])
    assert not scene.recorder.events_unknown
    scene.restart()
    assert not scene.recorder.events_unknown, "nothing is known before the replay is over"
    scene.resume()
    scene.gets("RESUMED")
    assert scene.recorder.events_unknown
    rows = len(scene.events())
    scene.recorder.events_told([planned(), planned(id="7001", guild_id="2001"), planned(id="x"), None])
    assert not scene.recorder.events_unknown
    assert len(scene.events()) == rows, "the gateway has told all of it"
    assert [scene.recorder.rsvp_list_due().event_id, scene.recorder.rsvp_list_due()] == [7000, None]


def test_of_an_event_in_an_excluded_channel_no_list_is_asked_for(scene):
    scene.intake.options = IntakeOptions(GUILD, excluded_channels=frozenset([3999]))
    scene.identify(guild_scheduled_events=[planned(id="7001", channel_id="3999"), planned()])
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(channel_id="3999"))
    assert scene.recorder.rsvp_list_due() is None


def test_a_channel_that_is_excluded_meanwhile_hides_its_events_at_once(scene):
    scene.identify(guild_scheduled_events=[planned(), planned(id="7001", channel_id="3002")])
    request = begun(scene)
    scene.intake.options = IntakeOptions(GUILD, excluded_channels=frozenset([3001]))
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5000))
    scene.recorder.rsvp_list_taken(request, {5000: 1}, complete=True)
    scene.recorder.acknowledged()
    assert scene.events("GUILD_SCHEDULED_EVENT_USER_ADD") == []
    assert scene.events("SNAPSHOT_RSVPS_END") == []
    assert due(scene) == [7001]
    (silent,) = scene.events("EVENT_HIDDEN")
    assert msgspec.json.decode(silent.body) == {"event_id": "7000"}


def test_of_an_event_that_moves_into_an_excluded_channel_the_record_says_that_it_is_silent(scene):
    scene.restart(3999)
    scene.identify(guild_scheduled_events=[planned()])
    scene.gets("GUILD_SCHEDULED_EVENT_CREATE", planned(id="7001", channel_id="3999"))
    rows = len(scene.events())
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(channel_id="3999", name="private"))
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(channel_id="3999", status=2))
    (silent,) = scene.events()[rows:]
    assert (silent.type, silent.person, silent.others) == ("EVENT_HIDDEN", None, None)
    assert msgspec.json.decode(silent.body) == {"event_id": "7000"}
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned())
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(channel_id="3999"))
    assert len(scene.events("EVENT_HIDDEN")) == 2, "it was shown in between"


def resumed_cold(scene: Scene) -> None:
    """A new process in which answers are sent again before anybody tells of the event."""
    scene.identify(guild_scheduled_events=[planned()])
    scene.restart(3999)
    scene.resume()
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5000))
    scene.clock.advance(seconds=5)
    scene.gets("RESUMED")
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5001))


@pytest.mark.parametrize(("channel", "people"), [("3001", [5000, 5001]), ("3999", [])])
def test_in_a_new_process_an_answer_is_recorded_once_its_event_may_be(scene, channel, people):
    resumed_cold(scene)
    assert scene.events("GUILD_SCHEDULED_EVENT_USER_ADD") == []
    before = scene.journal.session.sequence
    scene.voice()
    scene.recorder.acknowledged()
    assert scene.journal.session.sequence == before, "what is held back would be lost in a crash"
    scene.recorder.events_told([planned(channel_id=channel)])
    scene.gets("GUILD_SCHEDULED_EVENT_USER_REMOVE", answered(5000))
    answers = [event for event in scene.events() if "EVENT_USER" in event.type]
    assert [event.person for event in answers] == people + [5000] * bool(people)
    assert [event.occurred_to_ms - event.occurred_from_ms for event in answers] == [0] * len(answers)
    assert scene.journal.session.sequence == scene.sequence
    assert len(scene.events("EVENT_HIDDEN")) == (0 if people else 1)


def test_what_is_held_back_comes_before_what_tells_of_its_event(scene):
    resumed_cold(scene)
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(status=3))
    assert [event.type for event in scene.events()][-3:] == [
        "GUILD_SCHEDULED_EVENT_USER_ADD",
        "GUILD_SCHEDULED_EVENT_USER_ADD",
        "GUILD_SCHEDULED_EVENT_UPDATE",
    ]


def test_what_is_held_back_in_a_crash_is_sent_again(scene):
    resumed_cold(scene)
    scene.restart(3999)
    scene.resume()
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5000))
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5001))
    scene.gets("RESUMED")
    scene.recorder.events_told([planned()])
    assert [event.person for event in scene.events("GUILD_SCHEDULED_EVENT_USER_ADD")] == [5000, 5001]


def test_an_answer_to_an_event_of_which_nobody_ever_tells_is_forgotten(scene):
    resumed_cold(scene)
    scene.recorder.events_told([])
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned())
    assert scene.events("GUILD_SCHEDULED_EVENT_USER_ADD") == []


def test_once_all_events_are_told_nothing_is_held_back_of_one_that_is_none_of_them(scene):
    resumed_cold(scene)
    scene.recorder.events_told([planned()])
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5002, guild_scheduled_event_id="7009"))
    assert scene.journal.session.sequence == scene.sequence
    assert len(scene.events("GUILD_SCHEDULED_EVENT_USER_ADD")) == 2


def test_what_was_seen_of_an_event_is_newer_than_the_list_that_was_asked_for(scene):
    resumed_cold(scene)
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(channel_id="3999"))
    scene.recorder.events_told([planned()])
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5002))
    assert scene.events("GUILD_SCHEDULED_EVENT_USER_ADD") == []
    assert scene.recorder.rsvp_list_due() is None


def test_without_excluded_channels_nothing_is_held_back(scene):
    scene.identify(guild_scheduled_events=[planned()])
    scene.restart()
    scene.resume()
    scene.gets("GUILD_SCHEDULED_EVENT_USER_ADD", answered(5000))
    assert len(scene.events("GUILD_SCHEDULED_EVENT_USER_ADD")) == 1
    assert scene.journal.session.sequence == scene.sequence


def test_without_the_events_intent_no_list_is_asked_for(scene):
    scene.identify(sources=("voice", "members", "commands"), guild_scheduled_events=[planned()])
    scene.gets("GUILD_SCHEDULED_EVENT_UPDATE", planned(status=2))
    assert scene.recorder.rsvp_list_due() is None


# ------------------------------------------------------------------ member lists


def test_a_new_sessions_member_list_is_asked_for_once_and_ended(scene):
    scene.identify(member_count=2)
    ((guild_id, nonce),) = scene.recorder.member_lists_due()
    assert guild_id == GUILD
    assert scene.recorder.member_lists_due() == []
    assert scene.journal.session.identity.endswith(LIST_DUE)
    scene.chunk(nonce, ["5000"], 0, 2)
    scene.chunk(nonce, ["5001"], 1, 2)
    assert [event.person for event in scene.events("SNAPSHOT_MEMBER")] == [5000, 5001]
    (end,) = scene.events("SNAPSHOT_MEMBERS_END")
    assert msgspec.json.decode(end.body) == {"snapshot": nonce, "members": 2, "complete": True}
    assert end.source == "gateway"
    assert scene.journal.session.identity == "who"
    assert scene.recorder.resumable("who")


@pytest.mark.parametrize(
    ("users", "index", "count", "member_count", "complete"),
    [
        (["5000"], 1, 2, 1, False),  # the first chunk never came
        (["5000", None], 0, 1, 2, False),  # one entry cannot be read
        (["5000"], 0, 1, 2, False),  # half of the members would be removed
        (["5000"], 0, 1, 1, True),
        (["5000"], 0, 1, None, True),
    ],
)
def test_a_list_that_is_not_complete_says_so(scene, users, index, count, member_count, complete):
    scene.identify(member_count=member_count)
    ((_, nonce),) = scene.recorder.member_lists_due()
    scene.chunk(nonce, users, index, count)
    (end,) = scene.events("SNAPSHOT_MEMBERS_END")
    assert msgspec.json.decode(end.body)["complete"] is complete


def test_a_list_that_stops_is_asked_for_again(scene):
    scene.identify(member_count=2)
    ((_, first),) = scene.recorder.member_lists_due()
    scene.chunk(first, ["5000"], 0, 2)
    scene.clock.advance(seconds=59)
    assert scene.recorder.member_lists_due() == []
    scene.clock.advance(seconds=2)
    ((_, second),) = scene.recorder.member_lists_due()
    assert second != first


def test_a_list_that_a_crash_interrupted_is_asked_for_after_the_resume(scene):
    scene.identify(member_count=2)
    ((_, nonce),) = scene.recorder.member_lists_due()
    scene.chunk(nonce, ["5000"], 0, 2)
    scene.restart()
    scene.resume()
    scene.chunk(nonce, ["5001"], 1, 2)
    scene.gets("RESUMED")
    assert len(scene.events("SNAPSHOT_MEMBER")) == 1, "the rest of a list that will never end is no use"
    assert len(scene.recorder.member_lists_due()) == 1


def test_a_settled_list_is_not_asked_for_after_a_resume(scene):
    scene.identify(member_count=1)
    ((_, nonce),) = scene.recorder.member_lists_due()
    scene.chunk(nonce, ["5000"])
    scene.restart()
    scene.resume()
    scene.gets("RESUMED")
    scene.clock.advance(minutes=5)
    assert scene.recorder.member_lists_due() == []


def test_who_joins_while_the_list_is_sent_is_in_it(scene):
    scene.identify(member_count=1)
    ((_, nonce),) = scene.recorder.member_lists_due()
    user, at = {"id": "7000"}, "2025-11-17T08:00:00+00:00"
    scene.gets("GUILD_MEMBER_ADD", {"guild_id": str(GUILD), "user": user, "roles": [], "joined_at": at})
    scene.chunk(nonce, ["5000"])
    listed = scene.events("SNAPSHOT_MEMBER")
    assert {event.person for event in listed} == {5000, 7000}
    assert {msgspec.json.decode(event.body)["snapshot"] for event in listed} == {nonce}


def test_a_refused_request_is_repeated_after_discords_delay(scene):
    scene.identify(member_count=1)
    scene.recorder.member_lists_due()
    scene.gets("RATE_LIMITED", {"opcode": 8, "retry_after": 12.5, "meta": {"guild_id": str(GUILD)}})
    scene.clock.advance(seconds=12)
    assert scene.recorder.member_lists_due() == []
    scene.clock.advance(seconds=1)
    assert len(scene.recorder.member_lists_due()) == 1


@pytest.mark.parametrize("minutes", [5, 90])
def test_a_clock_that_is_set_back_does_not_keep_a_list_waiting(scene, minutes):
    scene.identify(member_count=2)
    ((_, first),) = scene.recorder.member_lists_due()
    scene.gets("RATE_LIMITED", {"opcode": 8, "retry_after": 12.5, "meta": {"guild_id": str(GUILD)}})
    scene.clock.advance(minutes=-minutes)
    scene.clock.advance(seconds=13)
    ((_, second),) = scene.recorder.member_lists_due()
    assert second != first
    scene.chunk(second, ["5000"], 0, 2)
    scene.clock.advance(minutes=-minutes)
    scene.clock.advance(seconds=59)
    assert scene.recorder.member_lists_due() == []
    scene.clock.advance(seconds=2)
    assert len(scene.recorder.member_lists_due()) == 1


def test_how_far_a_list_has_come_is_told_while_it_comes(scene):
    scene.identify(member_count=2500)
    ((_, nonce),) = scene.recorder.member_lists_due()
    assert scene.recorder.member_list_progress is None
    scene.chunk(nonce, [str(5000 + k) for k in range(1000)], 0, 3)
    assert str(scene.recorder.member_list_progress) == "1,000 of 2,500 members"
    scene.chunk(nonce, [str(6000 + k) for k in range(1000)], 1, 3)
    scene.chunk(nonce, [str(7000 + k) for k in range(500)], 2, 3)
    assert scene.recorder.member_list_progress is None


# ------------------------------------------------------------------ removals, read from the audit log


def entry(entry_id: int = 1_300_000_000_000_000_000, **more: object) -> dict:
    return {"id": str(entry_id), "target_id": "5000", "user_id": "5999", "action_type": 20, **more}


async def read(scene: Scene, *entries: object) -> None:
    await scene.recorder.audit_log_taken(scene.recorder.audit_log_due(), entries)


def removals(scene: Scene) -> list[tuple[str, str | None, int, int]]:
    rows = [(event, msgspec.json.decode(event.body)) for event in scene.events("COVERAGE")]
    return [
        (body["state"], body["cause"], event.occurred_from_ms, event.occurred_to_ms)
        for event, body in rows
        if body["sources"] == ["removals"]
    ]


async def test_what_was_read_is_recorded_before_what_it_covers(scene):
    scene.identify()
    at = scene.clock.ms
    await read(scene, entry(), entry(2, action_type=25), entry(3, target_id="x"), None)
    kept, broken, covered = scene.events()[-3:]
    assert (kept.type, kept.person, kept.guild_id, kept.problem) == (
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        5000,
        GUILD,
        None,
    )
    assert "target_id" in broken.problem
    assert (covered.type, removals(scene)) == ("COVERAGE", [("recorded", None, at - 1, at)])
    assert scene.place.value == at


async def test_an_entry_that_was_told_live_and_is_read_is_the_same_event(scene):
    scene.identify()
    scene.gets("GUILD_AUDIT_LOG_ENTRY_CREATE", entry(guild_id=str(GUILD)))
    scene.clock.advance(seconds=5)
    await read(scene, entry())
    live, fetched = scene.events("GUILD_AUDIT_LOG_ENTRY_CREATE")
    assert live.key == fetched.key
    assert live.occurred_from_ms == fetched.occurred_from_ms


async def test_broken_entries_of_several_readings_are_different_dead_letters(scene):
    scene.identify()
    await read(scene, entry(target_id="x", id=None), entry(target_id="y", id=None))
    scene.clock.advance(hours=1)
    await read(scene, entry(target_id="x", id=None))
    assert len({event.key for event in scene.events("GUILD_AUDIT_LOG_ENTRY_CREATE")}) == 3


async def test_the_audit_log_is_read_in_fresh_sessions_and_new_processes_only(scene):
    assert scene.recorder.audit_log_due() is None
    scene.identify()
    await read(scene)
    scene.recorder.lost("the connection was lost")
    scene.resume()
    assert scene.recorder.audit_log_due() is None, "nothing is asked during a replay"
    scene.gets("RESUMED")
    assert scene.recorder.audit_log_due() is None
    scene.restart()
    scene.resume()
    scene.gets("RESUMED")
    scene.clock.advance(seconds=3)
    await read(scene)
    (first, second) = removals(scene)
    assert second[2] == first[3], "it goes on where it ended"
    scene.identify("two")
    assert scene.recorder.audit_log_due() is not None


def test_a_reading_that_never_came_about_is_made_good_by_the_next_process(scene):
    scene.identify()
    began = scene.clock.ms
    assert scene.recorder.audit_log_due() is not None
    scene.clock.advance(minutes=5)
    scene.recorder.acknowledged()
    scene.restart()
    scene.resume()
    scene.gets("RESUMED")
    assert scene.recorder.audit_log_due().from_ms == began - 1 - 5 * 60_000


async def test_a_leave_is_looked_up_unless_an_entry_names_who_left(scene):
    scene.identify()
    await read(scene)
    gone = {"guild_id": str(GUILD), "user": {"id": "5000"}}
    scene.gets("GUILD_MEMBER_REMOVE", gone)
    scene.gets("GUILD_AUDIT_LOG_ENTRY_CREATE", entry(guild_id=str(GUILD)))
    scene.clock.advance(minutes=2)
    assert scene.recorder.audit_log_due() is None
    scene.gets("GUILD_MEMBER_REMOVE", {"guild_id": str(GUILD), "user": {"id": "5001"}})
    scene.clock.advance(minutes=2)
    assert scene.recorder.audit_log_due() is not None


async def test_the_permission_that_is_missing_is_the_cause_of_a_gap(scene):
    scene.identify()
    at = scene.clock.advance(seconds=1)
    scene.recorder.audit_log_missed(scene.recorder.audit_log_due(), is_denied=True)
    assert removals(scene) == [("gap", "View Audit Log is not granted", at - 1001, at)]


# ------------------------------------------------------------------ text


def written(channel: str = "3000") -> dict:
    author = {"id": "5000"}
    ids = {"id": str(1_400_000_000_000_000_000), "guild_id": str(GUILD), "channel_id": channel}
    return {**ids, "type": 0, "author": author}


def test_in_a_new_process_a_message_is_recorded_once_its_channel_may_be(scene):
    scene.identify(channels=[{"id": "3000", "type": 0}])
    scene.restart(3999)
    scene.resume()
    scene.gets("MESSAGE_CREATE", written("4000"))
    scene.gets("MESSAGE_CREATE", written("4001"))
    scene.gets("MESSAGE_CREATE", written("4002"))
    before = scene.journal.session.sequence
    scene.gets("RESUMED")
    scene.recorder.acknowledged()
    assert scene.journal.session.sequence == before, "what is held back would be lost in a crash"
    assert scene.recorder.channels_unknown
    threads = [
        {"id": "4000", "type": 11, "parent_id": "3000"},
        {"id": "4001", "type": 11, "parent_id": "3999"},
    ]
    scene.recorder.channels_told([{"id": "3000", "type": 0}, {"id": "3999", "type": 0}], threads)
    (kept,) = scene.events("MESSAGE_CREATE")
    assert msgspec.json.decode(kept.body) == {"channel_id": "4000"}
    assert not scene.recorder.channels_unknown
    scene.recorder.acknowledged()
    assert scene.journal.session.sequence == scene.sequence
    scene.gets("MESSAGE_CREATE", written("4003"))
    assert len(scene.events("MESSAGE_CREATE")) == 1, "what nobody told of is not kept"


def test_a_thread_that_tells_of_itself_brings_back_what_was_held(scene):
    scene.identify(channels=[])
    scene.restart(3999)
    scene.resume()
    scene.gets("MESSAGE_CREATE", written("4000"))
    scene.gets("THREAD_UPDATE", {"id": "4000", "type": 11, "parent_id": "3000", "guild_id": str(GUILD)})
    assert len(scene.events("MESSAGE_CREATE")) == 1


def test_text_is_a_source_only_while_it_is_recorded(scene):
    scene.identify(sources=(*ALL, "text"))
    scene.clock.advance(minutes=6)
    scene.recorder.acknowledged()
    scene.recorder.use_options(IntakeOptions(GUILD, records_text=False))
    scene.clock.advance(minutes=6)
    scene.recorder.acknowledged()
    scene.recorder.use_options(IntakeOptions(GUILD))
    scene.clock.advance(minutes=6)
    scene.recorder.acknowledged()
    bodies = [msgspec.json.decode(event.body) for event in scene.events("COVERAGE")]
    assert [(body["cause"], "text" in body["sources"], "voice" in body["sources"]) for body in bodies] == [
        (None, True, True),
        (None, False, True),
        ("switched off in config.toml", True, False),
        (None, True, True),
    ]


def test_while_the_bot_was_away_what_is_switched_off_was_not_missed(scene):
    scene.recorder.use_options(IntakeOptions(GUILD, records_text=False))
    scene.identify()
    scene.restart()
    scene.recorder.use_options(IntakeOptions(GUILD, records_text=False))
    scene.clock.advance(minutes=30)
    scene.identify("two")
    bodies = [msgspec.json.decode(event.body) for event in scene.events("COVERAGE")]
    assert [(body["cause"], body["sources"]) for body in bodies] == [
        ("the bot was not running", list(ALL)),
        ("switched off in config.toml", ["text"]),
    ]


# ------------------------------------------------------------------ a full disk


FULL = "The journal has no space left: free some on its disk."


@pytest.mark.parametrize(
    ("problem", "cause"), [(FULL, "the disk is full"), ("It is gone.", "the journal could not be written")]
)
def test_what_comes_late_while_nothing_could_be_written_says_why(scene, problem, cause):
    scene.identify()
    scene.journal.problem = problem
    scene.recorder.acknowledged()
    scene.recorder.lost("the connection was lost")
    scene.journal.problem = None
    scene.clock.advance(seconds=30)
    scene.resume()
    scene.gets("RESUMED")
    assert scene.coverage()[-1] == ("late", 0, 30, cause)


def test_what_a_process_could_not_write_before_it_ended_says_why_in_the_next_one(scene):
    scene.identify()
    scene.journal.problem = FULL
    scene.recorder.acknowledged()
    scene.restart()
    scene.journal.problem = None
    scene.clock.advance(minutes=30)
    scene.identify("two")
    assert scene.coverage()[-1] == ("gap", 0, 1800, "the disk is full")
    scene.recorder.acknowledged()
    assert scene.note.value is None
    scene.restart()
    scene.clock.advance(minutes=5)
    scene.identify("three")
    assert scene.coverage()[-1][3] == "the bot was not running"


def test_a_note_of_a_full_disk_takes_no_more_room_than_it_had(tmp_path):
    note = DiskNote(tmp_path / "disk_note")
    assert note.read() is None
    note.write(None)
    before = note.path.stat()
    note.write("the disk is full")
    after = note.path.stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)
    assert (note.read(), after.st_mode & 0o077) == ("the disk is full", 0)
    note.write(None)
    assert note.read() is None


# ------------------------------------------------------------------ the bot's own observations


def test_what_the_bot_did_with_a_command_is_recorded_under_its_id(scene):
    scene.recorder.access_checked(1 << 60, 5000, "insights health", granted=True)
    scene.recorder.command_completed(1 << 60, 5000, "success", None, 412)
    checked, completed = scene.events()
    assert (checked.type, checked.person, checked.guild_id) == ("ACCESS_CHECKED", 5000, GUILD)
    assert msgspec.json.decode(checked.body) == {
        "interaction_id": str(1 << 60),
        "resource": "insights health",
        "granted": True,
    }
    assert (completed.type, completed.source) == ("COMMAND_COMPLETED", "recorder")
    assert msgspec.json.decode(completed.body)["latency_ms"] == 412
    assert checked.key != completed.key


def test_of_someone_who_withdrew_nothing_is_observed(scene):
    scene.recorder.access_checked(1 << 60, GONE, "insights health", granted=True)
    assert scene.events() == []


def test_an_event_that_staff_tell_of_is_recorded_with_its_people_apart(scene):
    span = {"from_ms": scene.clock.ms - 7_200_000, "to_ms": scene.clock.ms}
    scene.recorder.event_declared(
        1 << 60, 5000, hosts=[5001, GONE], title="Film night\x00 " + "x" * 200, channel_ids=[3001], **span
    )
    (declared,) = scene.events()
    assert (declared.type, declared.source, declared.person) == ("EVENT_DECLARED", "staff", None)
    assert declared.others == {"declared_by": [5000], "host": [5001]}
    body = msgspec.json.decode(declared.body, type=DeclaredEventBody, strict=False)
    assert (body.event_id, body.channel_ids) == (1 << 60, (3001,))
    assert (body.from_ms, body.to_ms) == (span["from_ms"], span["to_ms"])
    assert body.title.startswith("Film night xx")
    assert len(body.title) == 100


def test_who_stands_in_the_title_of_a_declared_event_is_not_recorded_by_it(scene):
    scene.recorder.event_declared(
        1 << 60, 5000, hosts=[], title="1:1 with <@80351110224678912>", channel_ids=[3001], from_ms=1, to_ms=2
    )
    (declared,) = scene.events()
    assert msgspec.json.decode(declared.body)["title"] == "1:1 with <@(left out)>"


def test_of_a_declared_event_an_excluded_channel_is_left_out(scene):
    scene.intake.options = IntakeOptions(GUILD, excluded_channels=frozenset([3999]))
    scene.recorder.event_declared(
        1 << 60, 5000, hosts=[], title="x", channel_ids=[3001, 3999], from_ms=1, to_ms=2
    )
    (declared,) = scene.events()
    assert msgspec.json.decode(declared.body)["channel_ids"] == ["3001"]
    assert declared.others == {"declared_by": [5000]}
