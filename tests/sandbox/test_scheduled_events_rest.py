"""Scheduled events over REST: what is read and changed, who may, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.permissions import EVERYTHING, ORDINARY, Overwrite, OverwriteKind, Permission
from sandbox.recurrence import RecurrenceRule
from sandbox.seed import ChannelKind, ChannelSeed, RoleSeed

EVENTS = "/guilds/2000/scheduled-events"
BOT, HOST, GUEST, VOICE, OTHER_VOICE, STAGE, TEXT = 1000, 5000, 5001, 3001, 3002, 3010, 3000
WEDNESDAY = datetime(2025, 11, 19, 19, tzinfo=UTC)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
START, END = "2025-11-19T19:00:00+00:00", "2025-11-19T21:00:00+00:00"
IN_VOICE = {
    "name": "Inhouse",
    "privacy_level": 2,
    "scheduled_start_time": START,
    "entity_type": 2,
    "channel_id": str(VOICE),
}
OUTSIDE = {
    "name": "Barbecue",
    "privacy_level": 2,
    "scheduled_start_time": START,
    "scheduled_end_time": END,
    "entity_type": 3,
    "entity_metadata": {"location": "Riverside Park"},
}
WEEKLY = {"start": START, "frequency": 2, "interval": 1, "by_weekday": [2]}


@pytest.fixture
async def sandbox(start):
    """One in which the bot may plan events. Wrong requests are meant, so they stay out of the record."""
    sandbox = await start(keep_requests=False)
    sandbox.put_role(RoleSeed(2000, "@everyone", ORDINARY | Permission.CREATE_EVENTS))
    sandbox.put_channel(ChannelSeed(STAGE, "stage", ChannelKind.STAGE))
    return sandbox


def exception_id(original_start: datetime) -> int:
    return (int(original_start.timestamp() * 1000) - 1420070400000) << 22


def plan(sandbox: Any, creator: int = HOST, **fields: Any) -> str:
    """The path of one more weekly event in the lobby."""
    rule = RecurrenceRule.weekly(WEDNESDAY)
    planned = {"channel_id": VOICE, "recurrence": rule, "end": WEDNESDAY + 2 * HOUR, **fields}
    event = sandbox.create_event(creator, "Inhouse", WEDNESDAY, **planned)
    return f"{EVENTS}/{event.event_id}"


def leaves(tree: dict[str, Any], at: str = "") -> dict[str, str]:
    if "_errors" in tree:
        return {at: tree["_errors"][0]["code"]}
    return {
        path: code
        for key, inner in tree.items()
        for path, code in leaves(inner, f"{at}.{key}".lstrip(".")).items()
    }


# ---- planning and reading
async def test_what_is_created_can_be_listed_and_read(sandbox, ask):
    status, made = await ask(sandbox, "POST", EVENTS, {**IN_VOICE, "recurrence_rule": WEEKLY})
    assert (status, made["creator_id"], made["creator"]["id"]) == (200, str(BOT), str(BOT))
    assert made["recurrence_rule"]["by_weekday"] == [2]
    assert await ask(sandbox, "GET", EVENTS) == (200, [made])
    assert await ask(sandbox, "GET", f"{EVENTS}/{made['id']}") == (200, made)


async def test_the_number_of_those_interested_comes_where_it_is_asked_for(sandbox, ask):
    path = plan(sandbox)
    sandbox.answer_event(GUEST, int(path.rpartition("/")[2]))
    counted = {"with_user_count": "true"}
    assert (await ask(sandbox, "GET", path, params=counted))[1]["user_count"] == 1
    assert (await ask(sandbox, "GET", EVENTS, params=counted))[1][0]["user_count"] == 1
    assert "user_count" not in (await ask(sandbox, "GET", path))[1]


async def test_an_event_in_a_hidden_channel_is_neither_listed_nor_read(sandbox, ask):
    path = plan(sandbox)
    hidden = Overwrite(2000, deny=Permission.VIEW_CHANNEL)
    sandbox.put_channel(ChannelSeed(VOICE, "lobby", ChannelKind.VOICE, overwrites=[hidden]))
    assert await ask(sandbox, "GET", EVENTS) == (200, [])
    for below in ("", "/users", "/users/counts", f"/{exception_id(WEDNESDAY)}/users"):
        assert (await ask(sandbox, "GET", path + below))[1]["code"] == 50001


async def test_what_is_over_is_unknown_and_cannot_be_updated(sandbox, ask):
    path = plan(sandbox, recurrence=None)
    event_id = int(path.rpartition("/")[2])
    sandbox.start_event(event_id)
    sandbox.end_event(event_id)
    assert await ask(sandbox, "GET", EVENTS) == (200, [])
    for below in ("", "/users", "/users/counts"):
        status, answer = await ask(sandbox, "GET", path + below)
        assert (status, answer["code"]) == (404, 10070)
    assert (await ask(sandbox, "PATCH", path, {"name": "Again"}))[1]["code"] == 180000
    assert (await ask(sandbox, "GET", f"{EVENTS}/1"))[1]["code"] == 10070


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {},
            dict.fromkeys(
                ("name", "privacy_level", "scheduled_start_time", "entity_type"), "BASE_TYPE_REQUIRED"
            ),
        ),
        ({**IN_VOICE, "name": ""}, {"name": "BASE_TYPE_MIN_LENGTH"}),
        ({**IN_VOICE, "name": "x" * 101}, {"name": "BASE_TYPE_MAX_LENGTH"}),
        ({**IN_VOICE, "description": "x" * 1001}, {"description": "BASE_TYPE_MAX_LENGTH"}),
        ({**IN_VOICE, "privacy_level": 1}, {"privacy_level": "BASE_TYPE_CHOICES"}),
        ({**IN_VOICE, "entity_type": 9}, {"entity_type": "BASE_TYPE_CHOICES"}),
        ({**IN_VOICE, "channel_id": None}, {"channel_id": "BASE_TYPE_REQUIRED"}),
        ({**IN_VOICE, "channel_id": "here"}, {"channel_id": "NUMBER_TYPE_COERCE"}),
        ({**IN_VOICE, "channel_id": str(TEXT)}, {"channel_id": "GUILD_SCHEDULED_EVENT_INVALID_CHANNEL_TYPE"}),
        ({**IN_VOICE, "entity_type": 1}, {"channel_id": "GUILD_SCHEDULED_EVENT_INVALID_CHANNEL_TYPE"}),
        ({**IN_VOICE, "scheduled_start_time": "soon"}, {"scheduled_start_time": "DATE_TIME_TYPE_PARSE"}),
        (
            {**IN_VOICE, "scheduled_start_time": "2025-11-17T08:00:00Z"},
            {"scheduled_start_time": "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST"},
        ),
        (
            {**IN_VOICE, "scheduled_end_time": START},
            {"scheduled_end_time": "GUILD_SCHEDULED_EVENT_END_BEFORE_START"},
        ),
        ({**OUTSIDE, "scheduled_end_time": None}, {"scheduled_end_time": "BASE_TYPE_REQUIRED"}),
        ({**OUTSIDE, "entity_metadata": None}, {"entity_metadata.location": "BASE_TYPE_REQUIRED"}),
        (
            {**OUTSIDE, "entity_metadata": {"location": "x" * 101}},
            {"entity_metadata.location": "BASE_TYPE_MAX_LENGTH"},
        ),
        (
            {**OUTSIDE, "channel_id": str(VOICE)},
            {"channel_id": "GUILD_SCHEDULED_EVENT_INVALID_CHANNEL_TYPE"},
        ),
    ],
)
async def test_an_event_that_discord_would_not_plan(sandbox, ask, body, expected):
    status, answer = await ask(sandbox, "POST", EVENTS, body)
    assert (status, answer["code"]) == (400, 50035)
    assert leaves(answer["errors"]) == expected
    assert await ask(sandbox, "GET", EVENTS) == (200, [])


async def test_a_channel_that_does_not_exist(sandbox, ask):
    assert (await ask(sandbox, "POST", EVENTS, {**IN_VOICE, "channel_id": "1"}))[1]["code"] == 10003


@pytest.mark.parametrize(
    "rule",
    [
        {"frequency": 2},
        {"start": START},
        {"start": START, "frequency": 4},
        {**WEEKLY, "interval": 3},
        {**WEEKLY, "by_weekday": [7]},
        {**WEEKLY, "by_weekday": [2, 3]},
        {**WEEKLY, "count": 3},
        {**WEEKLY, "end": END},
        {**WEEKLY, "by_n_weekday": [{"n": 1, "day": 2}]},
        {"start": START, "frequency": 3, "interval": 2},
        {"start": START, "frequency": 3, "by_weekday": [0, 2]},
        {"start": START, "frequency": 1, "by_weekday": [2]},
        {"start": START, "frequency": 1, "by_n_weekday": [{"n": 6, "day": 2}]},
        {"start": START, "frequency": 1, "by_n_weekday": [{"n": 1, "day": 2}, {"n": 2, "day": 2}]},
        {"start": START, "frequency": 0, "by_month": [7]},
        {"start": START, "frequency": 0, "by_month": [2], "by_month_day": [30]},
        "weekly",
    ],
)
async def test_a_rule_beyond_the_documented_limits(sandbox, ask, rule):
    status, answer = await ask(sandbox, "POST", EVENTS, {**IN_VOICE, "recurrence_rule": rule})
    assert (status, answer["code"]) == (400, 50035)
    assert all(path.startswith("recurrence_rule") for path in leaves(answer["errors"]))


@pytest.mark.parametrize(
    "rule",
    [
        WEEKLY,
        {**WEEKLY, "interval": 2},
        {"start": START, "frequency": 3, "by_weekday": [0, 1, 2, 3, 4]},
        {"start": START, "frequency": 1, "by_n_weekday": [{"n": 4, "day": 2}]},
        {"start": START, "frequency": 0, "by_month": [7], "by_month_day": [24]},
    ],
)
async def test_the_documented_examples_of_rules(sandbox, ask, rule):
    _, made = await ask(sandbox, "POST", EVENTS, {**IN_VOICE, "recurrence_rule": rule})
    assert made["recurrence_rule"] == made["recurrence_rule"] | rule


async def test_a_hundred_events_are_the_most(sandbox, ask):
    for _ in range(100):
        plan(sandbox)
    status, answer = await ask(sandbox, "POST", EVENTS, IN_VOICE)
    assert (status, answer["code"]) == (400, 30038)


# ---- changing
async def test_what_a_change_names_is_changed_and_one_update_tells_of_it(sandbox, ask, dial):
    path = plan(sandbox, creator=BOT)
    line = await dial(sandbox)
    await line.identify(sandbox, intents=1 << 16)
    status, changed = await ask(sandbox, "PATCH", path, {"name": "Draft night", "status": 2})
    assert (status, changed["name"], changed["status"]) == (200, "Draft night", 2)
    assert changed["scheduled_start_time"] == START
    assert (await line.next())["d"]["name"] == "Draft night"
    sandbox.dispatch_raw("END", {})
    assert (await line.next())["t"] == "END"


async def test_an_event_moves_out_of_discord_and_back_in(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    outside = {"entity_type": 3, "channel_id": None, "entity_metadata": {"location": "Park"}}
    _, changed = await ask(sandbox, "PATCH", path, outside)
    assert (changed["entity_type"], changed["channel_id"], changed["entity_metadata"]) == (
        3,
        None,
        {"location": "Park"},
    )
    back = {"entity_type": 2, "channel_id": str(OTHER_VOICE), "entity_metadata": {"location": "discarded"}}
    _, changed = await ask(sandbox, "PATCH", path, back)
    assert (changed["channel_id"], changed["entity_metadata"]) == (str(OTHER_VOICE), None)


async def test_a_recurring_event_that_is_completed_is_scheduled_again(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    await ask(sandbox, "PATCH", path, {"status": 2})
    _, changed = await ask(sandbox, "PATCH", path, {"status": 3})
    assert (changed["status"], changed["scheduled_start_time"]) == (1, "2025-11-26T19:00:00+00:00")


async def test_a_cancelled_series_is_over(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    assert (await ask(sandbox, "PATCH", path, {"status": 4}))[1]["status"] == 4
    assert (await ask(sandbox, "GET", path))[0] == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"status": 3}, {"status": "TRANSITION_INVALID"}),
        ({"status": 9}, {"status": "BASE_TYPE_CHOICES"}),
        ({"name": "x" * 101}, {"name": "BASE_TYPE_MAX_LENGTH"}),
        (
            {"scheduled_start_time": "2025-11-16T19:00:00Z"},
            {"scheduled_start_time": "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST"},
        ),
        (
            {"scheduled_start_time": "2025-11-19T22:00:00Z"},
            {"scheduled_end_time": "GUILD_SCHEDULED_EVENT_END_BEFORE_START"},
        ),
        ({"entity_type": 3}, {"entity_metadata.location": "BASE_TYPE_REQUIRED"}),
        ({"entity_type": 1}, {"channel_id": "BASE_TYPE_REQUIRED"}),
        ({"recurrence_rule": {**WEEKLY, "interval": 9}}, {"recurrence_rule.interval": "NUMBER_TYPE_MAX"}),
    ],
)
async def test_a_change_that_discord_would_not_take_changes_nothing(sandbox, ask, body, expected):
    path = plan(sandbox, creator=BOT)
    before = await ask(sandbox, "GET", path)
    status, answer = await ask(sandbox, "PATCH", path, {"description": "new", **body})
    assert (status, leaves(answer["errors"])) == (400, expected)
    assert await ask(sandbox, "GET", path) == before


async def test_the_start_of_a_running_event_stays(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    await ask(sandbox, "PATCH", path, {"status": 2})
    _, answer = await ask(sandbox, "PATCH", path, {"scheduled_start_time": "2025-11-19T20:00:00Z"})
    assert leaves(answer["errors"]) == {
        "scheduled_start_time": "GUILD_SCHEDULED_EVENT_INVALID_START_BY_STATUS"
    }


async def test_a_deleted_event_is_gone(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    assert await ask(sandbox, "DELETE", path) == (204, None)
    assert (await ask(sandbox, "DELETE", path))[1]["code"] == 10070


# ---- who may
def allow(sandbox: Any, permissions: Permission) -> None:
    sandbox.put_role(RoleSeed(2000, "@everyone", permissions))


CREATE, MANAGE, SEE = Permission.CREATE_EVENTS, Permission.MANAGE_EVENTS, Permission.VIEW_CHANNEL
IN_STAGE = Permission.MANAGE_CHANNELS | Permission.MUTE_MEMBERS | Permission.MOVE_MEMBERS
ON_STAGE = {**IN_VOICE, "entity_type": 1, "channel_id": str(STAGE)}


@pytest.mark.parametrize(
    ("body", "granted", "code"),
    [
        (IN_VOICE, SEE | Permission.CONNECT | CREATE, None),
        (IN_VOICE, SEE | Permission.CONNECT | MANAGE, 50013),
        (IN_VOICE, SEE | CREATE, 50013),
        (ON_STAGE, SEE | IN_STAGE | CREATE, None),
        (ON_STAGE, SEE | IN_STAGE & ~Permission.MOVE_MEMBERS | CREATE, 50013),
        (OUTSIDE, CREATE, None),
        (OUTSIDE, SEE | MANAGE, 50013),
        (OUTSIDE, EVERYTHING & ~CREATE & ~Permission.ADMINISTRATOR, 50013),
    ],
)
async def test_what_planning_needs(sandbox, ask, body, granted, code):
    allow(sandbox, granted)
    _, answer = await ask(sandbox, "POST", EVENTS, body)
    assert answer.get("code") == code


@pytest.mark.parametrize(
    ("creator", "granted", "may"),
    [
        (BOT, CREATE, True),
        (BOT, MANAGE, True),
        (BOT, Permission.NONE, False),
        (HOST, CREATE, False),
        (HOST, MANAGE, True),
    ],
)
async def test_what_changing_needs(sandbox, ask, creator, granted, may):
    path = plan(sandbox, creator=creator)
    allow(sandbox, ORDINARY | granted)
    cancelled = {"original_scheduled_start_time": START, "is_canceled": True}
    asked = [
        await ask(sandbox, "PATCH", path, {"name": "Draft night"}),
        await ask(sandbox, "POST", f"{path}/exceptions", cancelled),
        await ask(sandbox, "DELETE", path),
    ]
    codes = {(answer or {}).get("code") for _, answer in asked}
    assert codes == ({None} if may else {50013})


async def test_an_event_cannot_be_moved_to_where_the_bot_may_not_host(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    closed = Overwrite(BOT, OverwriteKind.MEMBER, deny=Permission.CONNECT)
    sandbox.put_channel(ChannelSeed(OTHER_VOICE, "arena", ChannelKind.VOICE, overwrites=[closed]))
    _, answer = await ask(sandbox, "PATCH", path, {"channel_id": str(OTHER_VOICE)})
    assert answer["code"] == 50013
    assert (await ask(sandbox, "GET", path))[1]["channel_id"] == str(VOICE)


# ---- single occurrences
async def test_an_occurrence_is_moved_cancelled_and_set_back(sandbox, ask):
    path = plan(sandbox, creator=BOT)
    moved = {"original_scheduled_start_time": START, "scheduled_start_time": "2025-11-19T20:00:00Z"}
    status, made = await ask(sandbox, "POST", f"{path}/exceptions", moved)
    at = f"{path}/exceptions/{exception_id(WEDNESDAY)}"
    assert (status, made) == (
        200,
        {
            "event_id": path.rpartition("/")[2],
            "event_exception_id": str(exception_id(WEDNESDAY)),
            "scheduled_start_time": "2025-11-19T20:00:00+00:00",
            "scheduled_end_time": None,
            "is_canceled": False,
        },
    )
    _, changed = await ask(sandbox, "PATCH", at, {"is_canceled": True})
    assert changed == made | {"is_canceled": True}
    assert (await ask(sandbox, "GET", path))[1]["guild_scheduled_event_exceptions"] == [changed]
    assert await ask(sandbox, "DELETE", at) == (204, None)
    assert (await ask(sandbox, "DELETE", at))[1]["code"] == 10070
    assert (await ask(sandbox, "GET", path))[1]["guild_scheduled_event_exceptions"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"original_scheduled_start_time": START}, 180005),
        ({"is_canceled": True}, 50035),
        ({"original_scheduled_start_time": "2025-11-20T19:00:00Z", "is_canceled": True}, 50035),
        ({"original_scheduled_start_time": START, "is_canceled": "yes"}, 50035),
        ({"original_scheduled_start_time": START, "scheduled_start_time": "later"}, 50035),
        ({"original_scheduled_start_time": START, "scheduled_end_time": START}, 50035),
    ],
)
async def test_an_exception_that_discord_would_not_take(sandbox, ask, body, code):
    path = plan(sandbox, creator=BOT)
    assert (await ask(sandbox, "POST", f"{path}/exceptions", body))[1]["code"] == code
    assert (await ask(sandbox, "GET", path))[1]["guild_scheduled_event_exceptions"] == []


# ---- answers
async def test_answers_are_paged_by_ascending_user_id(sandbox, ask):
    path = plan(sandbox)
    for user_id in (5009, 5003, 5001, 5006):
        sandbox.answer_event(user_id, int(path.rpartition("/")[2]))

    async def page(**query: int) -> list[int]:
        _, users = await ask(sandbox, "GET", f"{path}/users", params=query)
        return [int(user["user_id"]) for user in users]

    assert await page() == [5001, 5003, 5006, 5009]
    assert await page(limit=2) == [5001, 5003]
    assert await page(limit=2, after=5003) == [5006, 5009]
    assert await page(limit=2, before=5009) == [5003, 5006]
    assert await page(after=5003, before=5003) == [5001], "only before is respected"
    for limit in (0, 101):
        assert (await ask(sandbox, "GET", f"{path}/users", params={"limit": limit}))[1]["code"] == 50035


async def test_an_answer_comes_with_its_account_and_its_member_where_asked_for(sandbox, ask):
    path = plan(sandbox)
    sandbox.answer_event(GUEST, int(path.rpartition("/")[2]))
    _, (plain,) = await ask(sandbox, "GET", f"{path}/users")
    assert (plain["user"]["id"], plain["response"], "member" in plain) == (str(GUEST), 1, False)
    _, (whole,) = await ask(sandbox, "GET", f"{path}/users", params={"with_member": "true"})
    assert whole["member"]["user"]["id"] == str(GUEST)


@pytest.mark.parametrize("below", ["", "/exceptions"])
async def test_the_answers_to_one_occurrence_stand_apart(sandbox, ask, below):
    path = plan(sandbox)
    event_id = int(path.rpartition("/")[2])
    sandbox.answer_event(5002, event_id)
    sandbox.answer_event(GUEST, event_id, original_start=WEDNESDAY)
    sandbox.answer_event(5003, event_id, interested=False, original_start=WEDNESDAY)
    occurrence = exception_id(WEDNESDAY)
    _, users = await ask(sandbox, "GET", f"{path}{below}/{occurrence}/users")
    assert [(user["user_id"], user["response"]) for user in users] == [("5001", 1), ("5003", 0)]
    assert {user["guild_scheduled_event_exception_id"] for user in users} == {str(occurrence)}
    assert await ask(sandbox, "GET", f"{path}{below}/{exception_id(WEDNESDAY + WEEK)}/users") == (200, [])
    _, nowhere = await ask(sandbox, "GET", f"{path}{below}/{exception_id(WEDNESDAY + HOUR)}/users")
    assert nowhere["code"] == 10070


async def test_answers_are_counted_for_the_event_and_for_occurrences(sandbox, ask):
    path = plan(sandbox)
    event_id = int(path.rpartition("/")[2])
    sandbox.answer_event(5002, event_id)
    sandbox.answer_event(GUEST, event_id, original_start=WEDNESDAY)
    sandbox.answer_event(5003, event_id, interested=False, original_start=WEDNESDAY)
    first, second = str(exception_id(WEDNESDAY)), str(exception_id(WEDNESDAY + WEEK))
    expected = {
        "guild_scheduled_event_count": 1,
        "guild_scheduled_event_exception_counts": {first: 1, second: 0},
    }
    key = "guild_scheduled_event_exception_ids"
    for query in ([(key, first), (key, second)], [(key, f"{first},{second}")]):
        assert await ask(sandbox, "GET", f"{path}/users/counts", params=query) == (200, expected)
    _, refused = await ask(sandbox, "GET", f"{path}/users/counts", params=[(key, first)] * 11)
    assert refused["code"] == 50035
