"""Events as the bot hears of them over the gateway, and as the real client plans and reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import interactions
import pytest
from interactions.api.http.route import Route

from sandbox.permissions import ORDINARY, Overwrite, Permission
from sandbox.recurrence import RecurrenceRule
from sandbox.seed import ChannelKind, ChannelSeed, RoleSeed

VOICE, OTHER_VOICE, HOST, GUEST = 3001, 3002, 5000, 5001
WEDNESDAY = datetime(2025, 11, 19, 19, tzinfo=UTC)
WEEK = timedelta(weeks=1)
INTENTS = interactions.Intents.new(guilds=True, guild_members=True, guild_scheduled_events=True)


@pytest.fixture
async def bot(sandbox, connect):
    return await connect(sandbox, intents=INTENTS)


def about_events(bot) -> list[str]:
    prefix = "GUILD_SCHEDULED_EVENT_"
    return [name.removeprefix(prefix) for name in bot.names() if name.startswith(prefix)]


async def test_everything_that_happens_to_an_event_is_heard_under_its_intent(sandbox, bot):
    rule = RecurrenceRule.weekly(WEDNESDAY)
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE, recurrence=rule)
    sandbox.edit_event(event.event_id, name="Draft night")
    sandbox.make_exception(event.event_id, WEDNESDAY + WEEK, is_cancelled=True)
    sandbox.make_exception(event.event_id, WEDNESDAY + WEEK, start=WEDNESDAY + WEEK + timedelta(hours=1))
    sandbox.remove_exception(event.event_id, WEDNESDAY + WEEK)
    sandbox.answer_event(GUEST, event.event_id)
    sandbox.answer_event(GUEST, event.event_id, interested=False, original_start=WEDNESDAY)
    sandbox.withdraw_answer(GUEST, event.event_id, original_start=WEDNESDAY)
    sandbox.start_event(event.event_id)
    sandbox.end_event(event.event_id)
    sandbox.skip_event(event.event_id)
    sandbox.delete_event(event.event_id)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert about_events(bot) == [
        "CREATE",
        "UPDATE",
        "EXCEPTION_CREATE",
        "EXCEPTION_UPDATE",
        "EXCEPTION_DELETE",
        "USER_ADD",
        "USER_ADD",
        "USER_REMOVE",
        "UPDATE",
        "UPDATE",
        "UPDATE",
        "DELETE",
    ]
    assert {data["guild_id"] for name, data in bot.seen if name.startswith("GUILD_SCHEDULED")} == {"2000"}


async def test_without_the_intent_nothing_is_heard(sandbox, connect):
    bot = await connect(sandbox)
    rule = RecurrenceRule.weekly(WEDNESDAY)
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE, recurrence=rule)
    sandbox.make_exception(event.event_id, WEDNESDAY, is_cancelled=True)
    sandbox.answer_event(GUEST, event.event_id)
    sandbox.edit_event(event.event_id, recurrence=None)
    sandbox.cancel_event(event.event_id)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert about_events(bot) == []


async def test_a_new_connection_is_told_what_is_planned_where_it_may_look(sandbox, connect):
    hidden = Overwrite(2000, deny=Permission.VIEW_CHANNEL)
    sandbox.put_channel(ChannelSeed(OTHER_VOICE, "staff", ChannelKind.VOICE, overwrites=[hidden]))
    planned = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE)
    sandbox.create_event(HOST, "Council", WEDNESDAY, channel_id=OTHER_VOICE)
    over = sandbox.create_event(HOST, "Called off", WEDNESDAY, channel_id=VOICE)
    sandbox.cancel_event(over.event_id)
    bot = await connect(sandbox, intents=INTENTS)
    (created,) = await bot.sees("GUILD_CREATE")
    assert [event["id"] for event in created["guild_scheduled_events"]] == [str(planned.event_id)]


async def test_whoever_leaves_loses_their_answers_without_a_word(sandbox, bot):
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE)
    sandbox.answer_event(GUEST, event.event_id)
    sandbox.member_leaves(GUEST)
    sandbox.member_joins(GUEST)
    sandbox.dispatch_raw("END", {})
    await bot.sees("END")
    assert about_events(bot) == ["CREATE", "USER_ADD"]
    assert event.interested == set()


async def test_discord_acts_by_the_clock_once_it_is_let(sandbox, bot, clock):
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE)
    clock.moment = WEDNESDAY
    sandbox.voice(GUEST, VOICE)
    sandbox.start_event(event.event_id)
    clock.advance(hours=1)
    sandbox.member_leaves(GUEST)  # which empties the channel
    clock.advance(minutes=5)
    sandbox.tick_events()
    *_, last = await bot.sees("GUILD_SCHEDULED_EVENT_UPDATE", 2)
    assert last["status"] == 3


async def test_an_event_to_which_nobody_comes_ends_minutes_after_its_start(sandbox, clock):
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE)
    clock.moment = WEDNESDAY
    sandbox.start_event(event.event_id)
    clock.advance(minutes=5)
    sandbox.tick_events()
    assert not event.is_upcoming


async def test_an_event_goes_on_for_minutes_after_the_last_person_has_left(sandbox, clock):
    event = sandbox.create_event(HOST, "Inhouse", WEDNESDAY, channel_id=VOICE)
    clock.moment = WEDNESDAY
    sandbox.start_event(event.event_id)
    sandbox.voice(GUEST, VOICE)
    clock.advance(minutes=1)
    sandbox.voice(GUEST, None)
    clock.advance(minutes=4)
    sandbox.tick_events()
    assert event.is_upcoming, "it has been empty for four minutes"
    clock.advance(minutes=1)
    sandbox.tick_events()
    assert not event.is_upcoming


async def test_the_real_client_plans_an_event_and_reads_it_back(sandbox, bot):
    sandbox.put_role(RoleSeed(2000, "@everyone", ORDINARY | Permission.CREATE_EVENTS))
    guild = bot.get_guild(2000)
    made = await guild.create_scheduled_event(
        "Inhouse",
        interactions.ScheduledEventType.VOICE,
        interactions.Timestamp.fromdatetime(WEDNESDAY),
        channel_id=str(VOICE),
    )
    await bot.sees("GUILD_SCHEDULED_EVENT_CREATE")
    sandbox.answer_event(GUEST, int(made.id))
    (listed,) = await guild.list_scheduled_events(with_user_count=True)
    assert (listed.id, listed.name, listed.user_count) == (made.id, "Inhouse", 1)
    users = await bot.http.request(Route("GET", f"/guilds/2000/scheduled-events/{made.id}/users"))
    assert [(user["user_id"], user["response"]) for user in users] == [(str(GUEST), 1)]
    await made.delete()
    await bot.sees("GUILD_SCHEDULED_EVENT_DELETE")
