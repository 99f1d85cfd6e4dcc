"""The club's events: who comes, who says so, what the hosts do, and what Discord would have sent of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from sandbox.community import tell
from sandbox.community_calendar import DAY_MS, HOUR_MS, MINUTE_MS, day_of
from sandbox.community_cast import CAFE_HOST, STAND_IN, TIRED_HOST
from sandbox.community_history import History
from sandbox.community_moves import AnswersEvent, DeclaresEvent, Speaks, WithdrawsAnswer
from sandbox.community_place import CAFE, COACHING_ROOM, LOBBY
from sandbox.community_programme import Fate, Gathering, programme

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
SCHEDULED, ACTIVE, COMPLETED, CANCELLED = 1, 2, 3, 4


@pytest.fixture(scope="module", params=[1, 3, 8])
def any_story(request):
    return tell(request.param, NOW)


@pytest.fixture(scope="module")
def story():
    return tell(3, NOW)


@pytest.fixture(scope="module")
def history(story):
    history = History(story, NOW_MS)
    return history, list(history.dispatches())


@pytest.fixture(scope="module")
def dispatches(history):
    return history[1]


def held(story, gathering):
    """The evenings of a kind up to now, with how many came."""
    return [
        (occasion, len(attended.arrivals))
        for occasion, attended in story.attended.items()
        if occasion.gathering is gathering and attended.over_ms <= NOW_MS
    ]


def said_so(story):
    """(plan, original start) → who was interested in just that when it began, by when they had said so."""
    found = defaultdict(dict)
    for move in story.moves:
        if isinstance(move, AnswersEvent) and move.interested:
            found[move.plan, move.original_ms][move.user_id] = move.at_ms
        elif isinstance(move, WithdrawsAnswer):
            found[move.plan, move.original_ms].pop(move.user_id, None)
    return found


def answered(occasion, answers):
    return answers[occasion.plan.name, occasion.original_ms if occasion.plan.every_weeks else None]


def share_of_no_shows(story, occasions):
    answers = said_so(story)
    interested = missing = 0
    for occasion in occasions:
        said, came = set(answered(occasion, answers)), set(story.attended[occasion].arrivals)
        interested, missing = interested + len(said), missing + len(said - came)
    return missing / interested


@pytest.mark.parametrize(
    ("gathering", "least", "most"),
    [
        (Gathering.INHOUSE, 20, 31),
        (Gathering.LESSON, 14, 19),
        (Gathering.DRAFT, 16, 26),
        (Gathering.CAFE, 6, 12),
    ],
)
def test_each_kind_of_event_has_its_size(any_story, gathering, least, most):
    assert least <= mean(came for _, came in held(any_story, gathering)) <= most


def test_beginner_nights_fade_over_the_last_eight(any_story):
    numbers = [came for _, came in held(any_story, Gathering.LESSON)][-8:]
    assert mean(numbers[:3]) > mean(numbers[-3:]) + 3
    assert numbers[0] >= 15
    assert numbers[-1] <= 14


def test_the_wednesday_inhouse_thins_out_stops_and_comes_back(any_story):
    year = any_story.year
    came = {o.day: n for o, n in held(any_story, Gathering.INHOUSE) if o.plan.name == "wednesday"}
    before = [n for day, n in came.items() if year.before(weeks=36) <= day < year.before(weeks=20)]
    assert came[year.host_gone - timedelta(days=5)] < 0.75 * mean(before)
    assert not [day for day in came if year.host_gone <= day < year.stand_in]
    assert came[year.stand_in + timedelta(days=2)] > mean(before)


def test_some_who_said_so_do_not_come_and_more_of_them_on_the_latest_sunday(any_story):
    inhouses = [occasion for occasion, _ in held(any_story, Gathering.INHOUSE)]
    latest = any_story.year.latest_week + timedelta(days=6)
    assert 0.12 <= share_of_no_shows(any_story, inhouses) < 0.2
    assert 0.27 <= share_of_no_shows(any_story, [o for o in inhouses if o.day == latest]) <= 0.42


def test_most_who_come_have_said_so_before_and_some_walk_in(any_story):
    answers, before, walk_ins, standing = said_so(any_story), 0, 0, 0
    for occasion, attended in any_story.attended.items():
        if occasion.plan is None:
            continue
        said = answered(occasion, answers)
        for user_id, arrived_ms in attended.arrivals.items():
            if user_id in said:
                assert said[user_id] < arrived_ms
                before += 1
            elif user_id in answers[occasion.plan.name, None]:
                standing += 1
            else:
                walk_ins += 1
    came = before + walk_ins + standing
    assert 0.6 < before / came < 0.85
    assert walk_ins / came > 0.1
    assert standing / came > 0.02


def test_some_take_their_answer_back_a_few_of_them_within_the_last_hour(any_story):
    starts = {
        (o.plan.name, o.original_ms if o.plan.every_weeks else None): o.start_ms
        for o in programme(any_story.year)
        if o.plan is not None
    }
    leads = [
        starts[move.plan, move.original_ms] - move.at_ms
        for move in any_story.moves
        if isinstance(move, WithdrawsAnswer) and (move.plan, move.original_ms) in starts
    ]
    assert len(leads) > 100
    assert min(leads) > 0
    assert 20 < sum(lead < HOUR_MS for lead in leads) < len(leads) / 2


def test_nobody_who_is_elsewhere_with_the_club_is_in_voice(any_story):
    lan, attended = next((o, a) for o, a in any_story.attended.items() if o.gathering is Gathering.LAN)
    assert len(attended.arrivals) > 5
    entered = [
        move
        for move in any_story.moves
        if isinstance(move, Speaks) and move.user_id in attended.arrivals and move.channel_id
    ]
    assert not [move for move in entered if lan.start_ms <= move.at_ms < attended.over_ms]


def test_the_rooms_of_lessons_and_cafes_are_not_used_for_anything_else_meanwhile(story):
    evenings = {
        CAFE: {day_of(o.start_ms) for o in story.attended if o.gathering is Gathering.CAFE},
        COACHING_ROOM: {day_of(o.start_ms) for o in story.attended if o.gathering is Gathering.LESSON},
    }
    came = defaultdict(set)
    for occasion, attended in story.attended.items():
        came[occasion.gathering, day_of(occasion.start_ms)] |= set(attended.arrivals)
    for move in story.moves:
        if isinstance(move, Speaks) and move.channel_id == CAFE:
            assert move.user_id in came[Gathering.CAFE, day_of(move.at_ms - 4 * HOUR_MS)]
        elif isinstance(move, Speaks) and move.channel_id == COACHING_ROOM:
            day = day_of(move.at_ms - 4 * HOUR_MS)
            assert day not in evenings[COACHING_ROOM] or move.user_id in came[Gathering.LESSON, day]


def test_one_inhouse_is_moved_to_another_day_and_people_come_then(story):
    (moved,) = [
        o for o in programme(story.year) if o.plan and o.plan.every_weeks and o.start_ms != o.original_ms
    ]
    assert (moved.day.weekday(), day_of(moved.start_ms).weekday()) == (6, 5)
    arrivals = story.attended[moved].arrivals.values()
    assert len(arrivals) >= 10
    assert max(abs(at_ms - moved.start_ms) for at_ms in arrivals) < 2 * HOUR_MS


def test_an_evening_that_nobody_scheduled_is_told_of_the_day_after(story):
    (told,) = [move for move in story.moves if isinstance(move, DeclaresEvent)]
    (marathon,) = [o for o in story.attended if o.gathering is Gathering.MARATHON]
    assert marathon.plan is None
    assert told.start_ms == marathon.start_ms
    assert 8 * HOUR_MS < told.at_ms - told.end_ms < DAY_MS
    assert len(story.attended[marathon].arrivals) >= 5


def test_a_short_story_has_events_too():
    short = tell(3, NOW, days=9)
    assert {o.plan.name for o in short.attended if o.plan} >= {"sunday", "wednesday", "lesson", "café"}
    assert Counter(d.type for d in History(short, NOW_MS).dispatches())["GUILD_SCHEDULED_EVENT_CREATE"] >= 4


# ---- what Discord would have sent


def updates(dispatches, title):
    """(moment, status, start) at each dispatch about an event of that title."""
    return [
        (d.at_ms, d.data["status"], datetime.fromisoformat(d.data["scheduled_start_time"]).timestamp() * 1000)
        for d in dispatches
        if d.type in {"GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE"}
        and d.data["name"] == title
    ]


def test_events_are_created_by_their_hosts_with_rules_channels_and_places(story, dispatches):
    created = [d.data for d in dispatches if d.type == "GUILD_SCHEDULED_EVENT_CREATE"]
    by_title = Counter(data["name"] for data in created)
    assert by_title.pop("Captains’ Draft") >= 12
    assert by_title == dict.fromkeys(
        ("Sunday Inhouse", "Wednesday Inhouse", "Beginner Night", "Café 語り場 ☕", "Moonlit LAN"), 1
    )
    places = {data["name"]: data for data in created}
    assert places["Sunday Inhouse"]["channel_id"] == str(LOBBY)
    assert places["Beginner Night"]["recurrence_rule"]["interval"] == 2
    assert places["Wednesday Inhouse"]["creator_id"] == str(story.people[TIRED_HOST].user_id)
    assert places["Café 語り場 ☕"]["creator_id"] == str(story.people[CAFE_HOST].user_id)
    assert places["Moonlit LAN"]["entity_metadata"]["location"]


def test_a_series_starts_and_moves_on_each_week_at_the_same_local_hour(story, dispatches):
    seen = updates(dispatches, "Sunday Inhouse")
    assert {status for _, status, _ in seen} == {SCHEDULED, ACTIVE}
    starts = {o.original_ms for o in programme(story.year) if o.plan and o.plan.name == "sunday"}
    after = [start for at_ms, _, start in seen if start > at_ms and start not in starts]
    assert len(after) <= 2  # an hour off when the clocks change, until the series is edited
    assert 45 <= sum(status == ACTIVE for _, status, _ in seen) <= 53


def test_hosts_are_mostly_on_time_and_sometimes_early_or_late(story, dispatches):
    planned = {o.original_ms: o.start_ms for o in programme(story.year) if o.plan and o.plan.name == "sunday"}
    off = [
        (at_ms - planned[int(start)]) / MINUTE_MS
        for at_ms, status, start in updates(dispatches, "Sunday Inhouse")
        if status == ACTIVE
    ]
    assert sum(-3 <= minutes <= 9 for minutes in off) > 0.7 * len(off)
    assert min(off) < -5
    assert max(off) > 9
    assert all(-15 < minutes < 25 for minutes in off)


def test_nights_without_the_button_pass_unstarted_though_people_came(story, dispatches):
    forgotten = [o for o in story.attended if o.fate is Fate.FORGOTTEN and o.start_ms < NOW_MS]
    assert len(forgotten) >= 4
    for occasion in forgotten:
        around = [
            (status, start)
            for at_ms, status, start in updates(dispatches, occasion.plan.title)
            if abs(at_ms - occasion.start_ms) < 4 * HOUR_MS
        ]
        assert [status for status, _ in around] == [SCHEDULED]
        assert around[0][1] > occasion.start_ms
        assert len(story.attended[occasion].arrivals) >= 5


def test_without_its_host_the_wednesday_is_called_off_once_and_then_passes(story, dispatches):
    year = story.year
    from_ms, to_ms = (
        datetime.combine(day, datetime.min.time(), UTC).timestamp() * 1000
        for day in (year.host_gone, year.stand_in)
    )
    seen = [
        (status, start)
        for at_ms, status, start in updates(dispatches, "Wednesday Inhouse")
        if from_ms <= at_ms < to_ms
    ]
    assert {status for status, _ in seen} == {SCHEDULED}
    assert len({start for _, start in seen}) >= 3  # it moved on three times
    exceptions = [d for d in dispatches if d.type.endswith("EXCEPTION_CREATE") and d.data["is_canceled"]]
    assert any(from_ms - 3 * DAY_MS <= d.at_ms < from_ms + 3 * DAY_MS for d in exceptions)
    assert (
        story.people[STAND_IN].user_id
        in story.attended[
            next(o for o in story.attended if o.plan and o.plan.name == "wednesday" and o.day > year.stand_in)
        ].arrivals
    )


def test_the_exceptions_are_one_move_and_some_cancellations(dispatches):
    made = [d.data for d in dispatches if d.type == "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE"]
    assert sum(data["scheduled_start_time"] is not None for data in made) == 1
    assert sum(data["is_canceled"] for data in made) >= 2


def test_the_meeting_elsewhere_starts_and_ends_by_the_clock(story, dispatches):
    lan = next(o for o in story.attended if o.gathering is Gathering.LAN)
    moments = {status: at_ms for at_ms, status, _ in updates(dispatches, "Moonlit LAN")}
    assert moments[ACTIVE] - lan.start_ms < MINUTE_MS
    assert moments[COMPLETED] - lan.plan.end_ms < MINUTE_MS


def test_drafts_are_completed_one_in_august_cancelled_and_one_put_off(story, dispatches):
    seen = updates(dispatches, "Captains’ Draft")
    statuses = Counter(status for _, status, _ in seen)
    assert statuses[COMPLETED] == statuses[ACTIVE] >= 10
    assert statuses[CANCELLED] >= 1
    put_off = [
        o for o in programme(story.year) if o.gathering is Gathering.DRAFT and o.start_ms > o.original_ms
    ]
    assert [start for _, _, start in seen].count(put_off[0].start_ms) >= 3


def test_a_session_begins_with_what_is_planned(story, dispatches):
    first, after_the_outage = [
        d.data["guild_scheduled_events"] for d in dispatches if d.type == "GUILD_CREATE"
    ]
    assert first == []
    titles = {event["name"] for event in after_the_outage}
    assert titles >= {"Sunday Inhouse", "Wednesday Inhouse", "Beginner Night", "Café 語り場 ☕"}


def test_answers_are_given_to_occurrences_by_those_who_are_members(dispatches):
    answers = [d.data for d in dispatches if d.type == "GUILD_SCHEDULED_EVENT_USER_ADD"]
    to_occurrences = [data for data in answers if "guild_scheduled_event_exception_id" in data]
    assert len(answers) > 3000
    assert len(to_occurrences) > 0.8 * len(answers)
    assert any(data["response"] == 0 for data in to_occurrences)
    assert any("guild_scheduled_event_exception_id" not in data for data in answers)


def test_the_server_after_the_history_has_the_coming_events(history):
    titles = {event.name for event in history[0].guild.events.upcoming()}
    assert titles >= {"Sunday Inhouse", "Wednesday Inhouse", "Beginner Night", "Café 語り場 ☕"}
