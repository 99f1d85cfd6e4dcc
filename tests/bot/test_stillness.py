"""A process that stood still takes nothing that waited for what happens now."""

from __future__ import annotations

import asyncio

import pytest

from bot.gateway import hearing
from bot.gateway.hearing import CLOCK_SET, OVERTAKEN, STOOD_STILL, Clocks, Hearing
from bot.gateway.pace import Pace
from bot.gateway.refusals import ConnectionLost

from .test_recorder import ALL, Scene

STILL_S = Pace().still_s


class Passing:
    """What a machine's two clocks show."""

    def __init__(self) -> None:
        self.with_sleep_s = self.of_day_s = 1000.0
        self.clocks = Clocks(lambda: self.with_sleep_s, lambda: self.of_day_s)

    def on(self, seconds: float) -> None:
        self.with_sleep_s += seconds
        self.of_day_s += seconds


@pytest.fixture
def passing() -> Passing:
    return Passing()


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def connection(scene, passing) -> Hearing:
    """Of a session that has just begun."""
    heard = Hearing(scene.recorder, STILL_S, passing.clocks)
    scene.identify()
    heard.opened()
    return heard


def refused(connection: Hearing) -> str | None:
    try:
        connection.check()
    except ConnectionLost as lost:
        return lost.cause
    return None


def test_a_busy_machine_is_heard_however_often_it_stalls(connection, passing):
    for _ in range(1000):
        passing.on(STILL_S - 0.01)
        assert refused(connection) is None


def test_after_standing_still_nothing_more_is_taken_whoever_looks_first(connection, passing):
    passing.on(STILL_S + 0.01)
    assert [refused(connection) for _ in range(3)] == [STOOD_STILL] * 3


def test_a_machine_that_slept_is_noticed_though_its_clock_was_set_back_meanwhile(connection, passing):
    passing.with_sleep_s += 7200
    passing.of_day_s -= 3600
    assert refused(connection) == STOOD_STILL


def test_a_machine_that_was_suspended_from_outside_is_noticed_when_its_clock_is_set(connection, passing):
    """None of its clocks went on meanwhile."""
    passing.of_day_s += 7200
    assert refused(connection) == CLOCK_SET


def test_a_clock_that_is_set_back_is_no_stillness(connection, passing):
    passing.of_day_s -= 7200
    assert refused(connection) is None
    passing.on(1)
    assert refused(connection) is None


async def test_it_is_noticed_where_nothing_waited(connection, passing, monkeypatch):
    """What is still on its way then was sent while the process stood still, too."""
    monkeypatch.setattr(hearing, "LOOK_EVERY_S", 0)
    watching = asyncio.create_task(connection.watch())
    await asyncio.sleep(0)
    passing.on(STILL_S + 1)
    with pytest.raises(ConnectionLost, match=STOOD_STILL):
        await watching


@pytest.mark.parametrize("resumes", [True, False])
def test_a_connection_is_not_heard_once_another_was_opened(connection, scene, passing, resumes):
    scene.recorder.lost("the connection was lost")
    if resumes:
        scene.resume()
    else:
        scene.recorder.identifying("who", ALL)
    newer = Hearing(scene.recorder, STILL_S, passing.clocks)
    newer.opened()
    assert refused(connection) == OVERTAKEN
    assert refused(newer) is None


# ------------------------------------------------------------------ what is recorded then


def stands_still(scene, passing, connection, seconds: float) -> int:
    """The time at which it wakes. The supervision does with what the connection says what it does here."""
    passing.on(seconds)
    now_ms = scene.clock.advance(seconds=seconds)
    with pytest.raises(ConnectionLost) as lost:
        connection.check()
    scene.recorder.lost(lost.value.cause)
    return now_ms


def test_what_waited_is_late_where_the_session_goes_on(scene, passing, connection):
    live = scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    now = stands_still(scene, passing, connection, 7200)
    scene.resume()
    scene.voice()
    scene.gets("RESUMED")
    (event,) = scene.events("VOICE_STATE_UPDATE")
    assert (event.occurred_from_ms, event.occurred_to_ms) == (live, now)
    assert scene.coverage() == [("recorded", 0, 10, None), ("late", 10, 7210, STOOD_STILL)]


def test_the_time_is_a_gap_where_the_session_has_ended(scene, passing, connection):
    scene.clock.advance(seconds=10)
    scene.recorder.acknowledged()
    stands_still(scene, passing, connection, 7200)
    scene.resume()
    scene.recorder.session_ended("Discord had ended the session")
    scene.identify("two")
    assert scene.coverage() == [("recorded", 0, 10, None), ("gap", 10, 7210, STOOD_STILL)]
