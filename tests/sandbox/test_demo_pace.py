"""The demo's time: calm while something is on, quick through a night, and never past what happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest_asyncio

from bot.clock import milliseconds
from sandbox.community import tell
from sandbox.community_history import History
from sandbox.community_moves import Speaks
from sandbox.community_place import AFK, CAFE
from sandbox.demo_clock import DemoClock
from sandbox.demo_pace import BEFORE_MS, CALMLY, QUICKLY, speed_at
from sandbox.demo_stage import Stage

NOW = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)
NOW_MS = milliseconds(NOW)
HOUR_MS = 3_600_000


@pytest_asyncio.fixture
async def stage():
    history = History(tell(3, NOW, 9), NOW_MS)
    list(history.dispatches())
    made = await Stage.after(history, DemoClock(NOW_MS))
    yield made
    await made.stop()


def test_time_is_quick_only_while_nothing_is_on_and_nothing_is_near():
    far, near = NOW_MS + HOUR_MS, NOW_MS + BEFORE_MS
    assert speed_at(NOW_MS, far, is_quiet=True) == QUICKLY
    assert speed_at(NOW_MS, far, is_quiet=False) == CALMLY
    assert speed_at(NOW_MS, near, is_quiet=True) == CALMLY


async def test_an_evening_is_calm_and_the_night_after_it_takes_seconds(stage):
    """Through a whole day, as the live demo would."""
    seconds = {CALMLY: 0.0, QUICKLY: 0.0}
    stage.hand_over()
    while stage.clock.now_ms < NOW_MS + 24 * HOUR_MS:
        gathering_ms = stage.next_gathering_ms
        speed = speed_at(stage.clock.now_ms, gathering_ms, is_quiet=stage.is_quiet)
        until_ms = min(stage.next_ms, gathering_ms - BEFORE_MS if speed == QUICKLY else stage.next_ms)
        seconds[speed] += (until_ms - stage.clock.now_ms) / 1000 / speed
        stage.clock.put(until_ms)
        for move in stage.due(until_ms):
            came = isinstance(move, Speaks) and move.channel_id not in (None, AFK)
            assert speed == CALMLY or not came or move.user_id in stage.played_ids
            stage.play_along(move)
        stage.sandbox.tick_events()
    assert 200 < seconds[CALMLY] < 1000
    assert 15 < seconds[QUICKLY] < 60


async def test_whoever_sits_in_voice_at_the_page_has_their_time(stage):
    for user_id in list(stage.sandbox.world.guild.voice):
        stage.sandbox.voice(user_id, None)
    for event in stage.sandbox.world.guild.events.upcoming():
        stage.sandbox.delete_event(event.event_id)
    assert stage.is_quiet
    stage.sandbox.voice(stage.viewer_id, AFK)
    assert stage.is_quiet
    stage.sandbox.voice(stage.viewer_id, CAFE)
    assert not stage.is_quiet
    stage.sandbox.voice(stage.viewer_id, None)
    begins = NOW + timedelta(minutes=2)
    event = stage.sandbox.create_event(stage.viewer_id, "Cup", begins, channel_id=CAFE)
    assert stage.next_gathering_ms <= milliseconds(begins)
    stage.sandbox.start_event(event.event_id)
    assert not stage.is_quiet
