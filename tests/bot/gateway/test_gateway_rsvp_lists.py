"""Who is interested in an event, asked of Discord page by page. The real client on the sandbox."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.intake import IntakeOptions
from sandbox.faults import Held, RateLimit, Reset, Status
from sandbox.recurrence import RecurrenceRule
from sandbox.seed import ChannelKind, ChannelSeed, GuildSeed, MemberSeed
from storage.withdrawals import Kind

GUILD, OWNER, VOICE, HIDDEN = 2000, 5000, 3001, 3002
FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
CROWD = range(OWNER + 1, OWNER + 231)  # three pages
USERS = "/guilds/*/scheduled-events/*/users"


@pytest.fixture
def seed() -> GuildSeed:
    return GuildSeed(
        guild_id=GUILD,
        owner_id=OWNER,
        created_at=FOUNDED,
        channels=[
            ChannelSeed(VOICE, "lobby", ChannelKind.VOICE),
            ChannelSeed(HIDDEN, "council", ChannelKind.VOICE),
        ],
        members=[MemberSeed(OWNER, FOUNDED), *[MemberSeed(user_id, FOUNDED) for user_id in CROWD]],
    )


@pytest.fixture
def plan(sandbox, clock):
    """Plans an event in an hour in which some people are interested."""

    def planned(people=(), channel_id=VOICE, **more):
        start = (clock.now() + timedelta(hours=1)).replace(microsecond=0)
        rule = RecurrenceRule.weekly(start) if more.get("weekly") else None
        event = sandbox.create_event(OWNER, "Inhouse", start, channel_id=channel_id, recurrence=rule)
        for user_id in people:
            sandbox.answer_event(user_id, event.event_id)
        return event

    return planned


async def ends(station, count: int) -> list[dict]:
    return [msgspec.json.decode(event.body) for event in await station.recorded("SNAPSHOT_RSVPS_END", count)]


async def listed(station, end: dict) -> list[int]:
    """Who is in the list that ends so."""
    rows = await station.events("SNAPSHOT_RSVP")
    return sorted(row.person for row in rows if msgspec.json.decode(row.body)["snapshot"] == end["snapshot"])


def asked(sandbox) -> list[str]:
    """The lists' requests so far, each as its path's end and its query."""
    return [
        f"{request.path.partition('scheduled-events/')[2].partition('/')[2]}?after={request.query['after']}"
        for request in sandbox.requests
        if request.path.endswith("/users")
    ]


async def test_a_fresh_session_lists_every_event_page_by_page(station, sandbox, plan):
    crowded, empty = plan(CROWD), plan()
    await station.start()
    first, second = await ends(station, 2)
    assert [int(end["event_id"]) for end in (first, second)] == [crowded.event_id, empty.event_id]
    assert first["complete"]
    assert second["complete"]
    assert await listed(station, first) == list(CROWD)
    assert await listed(station, second) == []
    assert asked(sandbox) == ["users?after=0", "users?after=5100", "users?after=5200", "users?after=0"]


async def test_a_list_is_taken_when_an_event_begins_and_at_the_first_sign_of_its_end(station, sandbox, plan):
    await station.start()
    event = plan([OWNER + 1])
    sandbox.start_event(event.event_id)
    (began,) = await ends(station, 1)
    sandbox.answer_event(OWNER + 2, event.event_id)
    sandbox.end_event(event.event_id)
    _, over = await ends(station, 2)
    assert await listed(station, began) == [OWNER + 1]
    assert (over["complete"], await listed(station, over)) == (False, []), "Discord lists no completed event"
    updates = await station.events("GUILD_SCHEDULED_EVENT_UPDATE")
    rows = await station.events("SNAPSHOT_RSVPS_END")
    for update, row in zip(updates, rows, strict=True):
        assert 0 <= row.occurred_to_ms - update.occurred_to_ms < 1000
        assert row.occurred_from_ms == row.occurred_to_ms


async def test_an_occurrence_that_ends_is_still_listed_with_its_own_answers(station, sandbox, plan):
    await station.start()
    event = plan([OWNER + 1, OWNER + 2], weekly=True)
    start = event.start
    sandbox.answer_event(OWNER + 2, event.event_id, interested=False, original_start=start)
    sandbox.start_event(event.event_id)
    await ends(station, 2)
    sandbox.end_event(event.event_id)
    *_, whole, one = await ends(station, 4)
    assert await listed(station, whole) == [OWNER + 1, OWNER + 2]
    assert one["original_start_ms"] == int(start.timestamp() * 1000)
    assert await listed(station, one) == [OWNER + 2]
    (row,) = [
        body
        for body in map(msgspec.json.decode, [row.body for row in await station.events("SNAPSHOT_RSVP")])
        if body["snapshot"] == one["snapshot"]
    ]
    assert row["response"] == 0


@pytest.mark.parametrize(("status", "level"), [(404, logging.INFO), (403, logging.WARNING)])
async def test_a_list_that_discord_denies_is_not_complete_and_one_line_says_so(
    station, sandbox, plan, caplog, status, level
):
    event = plan(CROWD)
    sandbox.faults.next_rest("GET", USERS, Status(status))
    with caplog.at_level(logging.INFO):
        await station.start()
        (end,) = await ends(station, 1)
    assert (end["complete"], await listed(station, end)) == (False, [])
    sentence = f"A list of those interested in an event is not complete (status {status})."
    lines = [record for record in caplog.records if record.getMessage().startswith("A list")]
    assert [(line.levelno, line.getMessage()) for line in lines] == [(level, sentence)]
    sandbox.start_event(event.event_id)
    _, next_end = await ends(station, 2)
    assert next_end["complete"]


@pytest.mark.parametrize(
    "fault", [RateLimit(0.05), Status(503), Reset()], ids=["rate limit", "unavailable", "lost"]
)
async def test_trouble_between_two_pages_is_waited_out(station, sandbox, plan, fault):
    await station.start()
    await station.recorded("GUILD_CREATE", 1)
    event = plan(CROWD)
    sandbox.faults.next_rest("GET", USERS, fault)
    sandbox.start_event(event.event_id)
    (end,) = await ends(station, 1)
    assert end["complete"]
    assert await listed(station, end) == list(CROWD)
    sandbox.voice(OWNER, VOICE)
    await station.recorded("VOICE_STATE_UPDATE", 1)


async def test_trouble_that_does_not_end_leaves_what_came_so_far(station, sandbox, plan):
    await station.start()
    event = plan(CROWD)
    page = Held()
    sandbox.faults.next_rest("GET", USERS, page)
    sandbox.start_event(event.event_id)
    await station.until(lambda: len(asked(sandbox)) == 1)
    sandbox.faults.next_rest("GET", USERS, Status(503), times=3)
    page.let_go.set()
    (end,) = await ends(station, 1)
    assert not end["complete"]
    assert await listed(station, end) == list(CROWD[:100])


async def test_recording_goes_on_while_a_list_is_on_its_way_and_later_answers_win(station, sandbox, plan):
    await station.start()
    event = plan(CROWD)
    page = Held()
    sandbox.faults.next_rest("GET", USERS, page)
    sandbox.start_event(event.event_id)
    await station.until(lambda: len(asked(sandbox)) == 1)
    sandbox.voice(OWNER, VOICE)
    sandbox.withdraw_answer(CROWD[0], event.event_id)
    sandbox.answer_event(OWNER, event.event_id)
    await station.recorded("VOICE_STATE_UPDATE", 1)
    assert await station.events("SNAPSHOT_RSVPS_END") == []
    page.let_go.set()
    (end,) = await ends(station, 1)
    assert await listed(station, end) == [OWNER, *CROWD[1:]]


async def test_a_restart_in_the_middle_of_a_list_asks_for_it_again(station, sandbox, plan):
    await station.start()
    event = plan(CROWD)
    sandbox.faults.next_rest("GET", USERS, Held())
    sandbox.start_event(event.event_id)
    await station.until(lambda: len(asked(sandbox)) == 1)
    await station.stop()
    sandbox.answer_event(OWNER, event.event_id)
    await station.start()
    assert station.recorder.resumed
    (end,) = await ends(station, 1)
    assert end["complete"]
    assert await listed(station, end) == [OWNER, *CROWD]
    assert len({row.key for row in await station.events()}) == len(await station.events())


async def test_an_event_that_began_while_the_bot_was_away_is_listed_after_the_resume(station, sandbox, plan):
    await station.start()
    event = plan([OWNER + 1])
    await station.recorded("GUILD_SCHEDULED_EVENT_USER_ADD", 1)
    sandbox.faults.op7()
    sandbox.start_event(event.event_id)
    await station.reconnected(resumed=1)
    (end,) = await ends(station, 1)
    assert await listed(station, end) == [OWNER + 1]


async def test_a_planned_start_that_passes_is_noticed_with_the_next_heartbeat(station, sandbox, clock, plan):
    await station.start()
    plan([OWNER + 1])
    await station.recorded("GUILD_SCHEDULED_EVENT_USER_ADD", 1)
    clock.advance(hours=1, seconds=1)
    sandbox.faults.ask_heartbeat()
    (end,) = await ends(station, 1)
    assert await listed(station, end) == [OWNER + 1]


async def test_of_withdrawn_people_and_excluded_channels_no_list_tells(station, sandbox, plan):
    station.options = IntakeOptions(GUILD, excluded_channels=frozenset([HIDDEN]))
    station.withdrawals.withdraw(GUILD, OWNER + 1, Kind.OPTED_OUT, 0)
    plan([OWNER + 1, OWNER + 2])
    plan([OWNER + 3], channel_id=HIDDEN)
    await station.start()
    (end,) = await ends(station, 1)
    assert await listed(station, end) == [OWNER + 2]
    assert str(OWNER + 3) not in repr([e for e in await station.events() if "RSVP" in e.type])
    assert len(asked(sandbox)) == 1


async def test_after_a_cold_resume_only_answers_to_events_that_may_be_kept_are(station, sandbox, plan):
    """What Discord sends again names the event only, and this process has not been told of any."""
    station.options = IntakeOptions(GUILD, excluded_channels=frozenset([HIDDEN]))
    shown, hidden = plan(), plan(channel_id=HIDDEN)
    await station.start()
    await ends(station, 1)
    await station.stop()
    for event in (hidden, shown):
        sandbox.answer_event(OWNER + 1, event.event_id)
    await station.start()
    assert station.recorder.resumed
    (answer,) = await station.recorded("GUILD_SCHEDULED_EVENT_USER_ADD", 1)
    assert msgspec.json.decode(answer.body)["event_id"] == str(shown.event_id)
    await ends(station, 2)
    told = [event for event in await station.events() if str(hidden.event_id).encode() in event.body]
    assert {event.type for event in told} == {"EVENT_HIDDEN"}


async def test_every_event_dispatch_is_recorded_as_it_comes(station, sandbox, plan):
    await station.start()
    event = plan([OWNER + 1], weekly=True)
    later = event.start + timedelta(weeks=1)
    sandbox.make_exception(event.event_id, later, start=later + timedelta(hours=1))
    sandbox.edit_event(event.event_id, name="Inhouse <@123>", recurrence=None)
    sandbox.withdraw_answer(OWNER + 1, event.event_id)
    sandbox.delete_event(event.event_id)
    await station.recorded("GUILD_SCHEDULED_EVENT_DELETE", 1)
    kinds = [event.type.removeprefix("GUILD_SCHEDULED_EVENT_") for event in await station.events()]
    assert [
        kind
        for kind in kinds
        if kind
        in ("CREATE", "USER_ADD", "EXCEPTION_CREATE", "EXCEPTIONS_DELETE", "UPDATE", "USER_REMOVE", "DELETE")
    ] == ["CREATE", "USER_ADD", "EXCEPTION_CREATE", "EXCEPTIONS_DELETE", "UPDATE", "USER_REMOVE", "DELETE"]
    assert [event.problem for event in await station.events() if event.problem] == []
