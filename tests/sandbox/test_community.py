from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.community import tell
from sandbox.community_calendar import DAY_MS, HOUR_MS
from sandbox.community_cast import RAIDERS, STAND_IN, TIRED_HOST, Kind
from sandbox.community_history import History
from sandbox.community_place import (
    AFK,
    HOST,
    MUSIC_BOT_ID,
    PROFILE_BOT_ID,
    TEAM_DIRE,
    TEAM_RADIANT,
    ZONE,
)
from sandbox.community_programme import Gathering

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture(scope="module")
def story():
    return tell(1, NOW)


@pytest.fixture(scope="module")
def history(story):
    history = History(story, NOW_MS)
    return history, list(history.dispatches())


@pytest.fixture(scope="module")
def dispatches(history):
    return history[1]


@pytest.fixture(scope="module")
def stays(dispatches):
    """Voice session → its states."""
    found = defaultdict(list)
    for dispatch in dispatches:
        if dispatch.type == "VOICE_STATE_UPDATE":
            found[dispatch.data["session_id"]].append(dispatch)
    return found


def local(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, ZONE)


def test_the_same_seed_and_moment_tell_the_same_story():
    first, again = (list(History(tell(1, NOW, 40), NOW_MS).dispatches()) for _ in range(2))
    assert len(first) > 5000
    assert first == again


def test_another_seed_tells_another_story():
    assert tell(2, NOW, 20).moves[:100] != tell(1, NOW, 20).moves[:100]


def test_dispatches_come_in_the_order_of_time_and_are_numbered_within_their_session(dispatches):
    moments = [dispatch.at_ms for dispatch in dispatches]
    assert moments == sorted(moments)
    for session in {dispatch.session for dispatch in dispatches}:
        numbers = [dispatch.sequence for dispatch in dispatches if dispatch.session == session]
        assert numbers == list(range(2, len(numbers) + 2))


def test_a_year_has_the_size_of_a_busy_club(story, dispatches):
    assert 120_000 <= len(dispatches) <= 200_000
    people = [person for person in story.people if person.kind is not Kind.RAIDER]
    members = [p for p in people if p.spells[0][0] <= NOW_MS]
    assert 300 <= len(members) <= 450
    assert dispatches[0].type == "GUILD_CREATE"
    assert dispatches[1].type == "GUILD_MEMBERS_CHUNK"


def test_nobody_acts_who_is_not_a_member(dispatches):
    members: set[str] = set()
    for dispatch in dispatches:
        data = dispatch.data
        if dispatch.type == "GUILD_MEMBERS_CHUNK":
            members = {member["user"]["id"] for member in data["members"]}
        elif dispatch.type == "GUILD_MEMBER_ADD":
            assert data["user"]["id"] not in members
            members.add(data["user"]["id"])
        elif dispatch.type == "GUILD_MEMBER_REMOVE":
            members.remove(data["user"]["id"])
        elif dispatch.type == "VOICE_STATE_UPDATE":
            assert data["user_id"] in members
        elif dispatch.type in {"GUILD_MEMBER_UPDATE", "INTERACTION_CREATE"}:
            assert data.get("member", data)["user"]["id"] in members


def test_nobody_is_in_two_stays_at_once(dispatches):
    stay_of: dict[str, str] = {}
    for dispatch in dispatches:
        data = dispatch.data
        if dispatch.type == "GUILD_CREATE":
            stay_of = {state["user_id"]: state["session_id"] for state in data["voice_states"]}
        elif dispatch.type == "GUILD_MEMBER_REMOVE":
            stay_of.pop(data["user"]["id"], None)
        elif dispatch.type == "VOICE_STATE_UPDATE" and data["channel_id"] is None:
            assert stay_of.pop(data["user_id"]) == data["session_id"]
        elif dispatch.type == "VOICE_STATE_UPDATE":
            assert stay_of.setdefault(data["user_id"], data["session_id"]) == data["session_id"]


def test_nothing_is_dispatched_during_the_outage_and_a_new_session_begins_after_it(story, dispatches):
    lost_ms, back_ms = story.outage
    assert DAY_MS < back_ms - lost_ms < DAY_MS + 8 * HOUR_MS
    assert not [d for d in dispatches if lost_ms <= d.at_ms < back_ms]
    after = [d for d in dispatches if d.at_ms >= back_ms]
    assert [d.type for d in after[:2]] == ["GUILD_CREATE", "GUILD_MEMBERS_CHUNK"]
    assert after[0].session != dispatches[0].session


def test_the_recorded_spans_leave_the_outage_out(story, history):
    lost_ms, back_ms = story.outage
    assert history[0].recorded == [(story.begin_ms, lost_ms), (back_ms, NOW_MS)]


def test_evenings_run_over_midnight(stays):
    over = [s for s in stays.values() if local(s[0].at_ms).date() < local(s[-1].at_ms).date()]
    assert len(over) > 500


def test_inhouses_split_into_two_teams_of_five(story, stays):
    games = defaultdict(Counter)
    for states in stays.values():
        for state in states:
            channel = int(state.data["channel_id"] or 0)
            if channel in {TEAM_RADIANT, TEAM_DIRE}:
                games[local(state.at_ms).date(), state.data["user_id"]][channel] += 1
    planned = {
        local(occasion.start_ms).date()
        for occasion in story.attended
        if occasion.gathering in {Gathering.INHOUSE, Gathering.DRAFT}
    }
    late = {day + timedelta(days=1) for day in planned}  # games after midnight
    nights = {day for day, _ in games}
    assert len(nights) > 100
    assert nights <= planned | late
    assert all(count >= 10 for count in Counter(day for day, _ in games if day.weekday() == 6).values())


def test_people_mute_deafen_doze_off_and_a_bot_plays_music(stays):
    states = [state.data for states in stays.values() for state in states]
    assert sum(state["self_mute"] for state in states) > 10_000
    assert sum(state["self_deaf"] for state in states) > 1_000
    assert sum(state["channel_id"] == str(AFK) for state in states) > 200
    assert sum(state["user_id"] == str(MUSIC_BOT_ID) for state in states) > 400


def test_august_is_quiet(dispatches):
    heard = defaultdict(set)
    for dispatch in dispatches:
        if dispatch.type == "VOICE_STATE_UPDATE":
            at = local(dispatch.at_ms)
            heard[at.isocalendar().year, at.isocalendar().week].add(dispatch.data["user_id"])
    august = [len(heard[2026, week]) for week in (33, 34, 35)]
    october = [len(heard[2026, week]) for week in (42, 43, 44)]
    assert sum(august) < 0.75 * sum(october)


def test_raiders_come_at_once_and_are_gone_within_the_day(story, dispatches):
    raiders = {str(p.user_id) for p in story.people if p.kind is Kind.RAIDER}
    joined = {
        d.data["user"]["id"]: d.at_ms
        for d in dispatches
        if d.type == "GUILD_MEMBER_ADD" and d.data["user"]["id"] in raiders
    }
    removed = {d.data["user"]["id"]: d.at_ms for d in dispatches if d.type == "GUILD_MEMBER_REMOVE"}
    assert len(joined) == RAIDERS
    assert max(joined.values()) - min(joined.values()) < HOUR_MS
    assert all(removed[user] - at_ms < DAY_MS for user, at_ms in joined.items())
    assert not [d for d in dispatches if d.type == "VOICE_STATE_UPDATE" and d.data["user_id"] in raiders]


def test_a_host_burns_out_and_somebody_takes_over(story, dispatches):
    hosts = defaultdict(list)
    for dispatch in dispatches:
        if dispatch.type == "GUILD_MEMBER_UPDATE":
            hosts[int(dispatch.data["user"]["id"])].append(str(HOST) in dispatch.data["roles"])
    assert hosts[story.people[TIRED_HOST].user_id][-1] is False
    assert hosts[story.people[STAND_IN].user_id][-1] is True
    wednesdays = {
        local(d.at_ms).date()
        for d in dispatches
        if d.type == "VOICE_STATE_UPDATE" and d.data["channel_id"] == str(TEAM_DIRE)
    }
    weeks_without = [
        story.year.host_gone + timedelta(days=n)
        for n in range(21)
        if (story.year.host_gone + timedelta(days=n)).weekday() == 2
    ]
    assert not wednesdays & set(weeks_without)


def test_some_come_back_after_leaving_and_most_who_drift_away_stay_members(story):
    assert [p for p in story.people if len(p.spells) == 2]
    drifting = [p for p in story.people if p.fades_after_days is not None]
    assert sum(p.spells[-1][1] is None for p in drifting) > len(drifting) / 2


def test_the_server_after_the_history_has_exactly_the_members_left_over(story, history):
    guild = history[0].guild
    here = {p.user_id for p in story.people if p.in_guild(NOW_MS)}
    assert set(guild.members) - {guild.bot_user_id, MUSIC_BOT_ID, PROFILE_BOT_ID} == here


def test_the_story_goes_on_after_now(story):
    assert [m for m in story.moves if m.at_ms > NOW_MS + 7 * DAY_MS]


@pytest.mark.parametrize("now", [datetime(2024, 2, 29, tzinfo=UTC), datetime(2031, 3, 30, 1, 30, tzinfo=UTC)])
def test_other_years_can_be_told(now):
    story = tell(3, now)
    assert story.moves[0].at_ms > story.begin_ms
    assert story.year.last == now.astimezone(ZONE).date()


@pytest.mark.parametrize(
    ("seed", "now", "days"),
    [
        (
            748,
            datetime(2028, 3, 22, 1, 30, tzinfo=UTC),
            2,
        ),  # begins after some of the showcase's wave have gone
        (321, datetime(2025, 12, 6, 23, 30, tzinfo=UTC), 21),
        (5, datetime(2026, 10, 27, 18, 30, tzinfo=UTC), 9),  # the clocks change in it
    ],
)
def test_short_stories_can_be_told_at_any_moment_and_go_on_after_it(seed, now, days):
    story = tell(seed, now, days)
    sent = list(History(story, story.now_ms + 14 * DAY_MS).dispatches())
    assert sent[-1].at_ms > story.now_ms + 13 * DAY_MS


def test_the_audit_log_names_raiders_and_kicks_and_counts_those_who_were_pruned(story, dispatches):
    entries = [d.data for d in dispatches if d.type == "GUILD_AUDIT_LOG_ENTRY_CREATE"]
    raiders = {str(p.user_id) for p in story.people if p.kind is Kind.RAIDER}
    banned = {entry["target_id"] for entry in entries if entry["action_type"] == 22}
    kicked = {entry["target_id"] for entry in entries if entry["action_type"] == 20}
    assert banned <= raiders <= banned | kicked
    assert len(banned) > len(raiders) / 2
    assert kicked - raiders
    (prune,) = [entry for entry in entries if entry["action_type"] == 21]
    gone = sum(p.spells[-1][1] == story.year.clearing_ms for p in story.people)
    assert prune["target_id"] is None
    assert int(prune["options"]["members_removed"]) == gone > 3


def test_a_removal_during_the_outage_is_read_from_the_audit_log_afterwards():
    for seed in range(1, 40):
        story = tell(seed, NOW, 60)
        lost_ms, back_ms = story.outage
        entries = [d for d in History(story, NOW_MS).dispatches() if d.type == "GUILD_AUDIT_LOG_ENTRY_CREATE"]
        assert not [d for d in entries if lost_ms <= d.at_ms < back_ms]
        if [d for d in entries if d.at_ms == back_ms]:
            return
    pytest.fail("nobody was removed during any outage")


def test_people_write_and_ask_the_profile_bot(story, dispatches):
    messages = [d.data for d in dispatches if d.type == "MESSAGE_CREATE"]
    answers = [message for message in messages if message["author"]["id"] == str(PROFILE_BOT_ID)]
    assert Counter(message["interaction"]["name"] for message in answers).keys() == {
        "show_profile",
        "show_my_profile",
    }
    writers = {int(message["author"]["id"]) for message in messages} - {PROFILE_BOT_ID}
    assert len(writers) > 60
    assert writers <= {person.user_id for person in story.people}
    assert len({message["id"] for message in messages}) == len(messages)
