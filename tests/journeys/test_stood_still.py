"""The process stands still while the evening goes on, and something waits in its socket when it wakes."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

from bot.gateway.hearing import STOOD_STILL
from sandbox.limits import Limits
from storage.tables import activity_sessions, coverage

from .conftest import CHANNELS, EVENING, OWNER
from .tables import differences, rows

HUNG_UP, CAME = OWNER + 1, OWNER + 2
STILL_S = 3.0
SHORT_OF_SILENCE = Limits(heartbeat_interval_ms=2000)  # after two of them Discord ends the session


def minute(number: int):
    return EVENING + timedelta(minutes=number)


def ms(number: int) -> int:
    return int(minute(number).timestamp() * 1000)


async def evening(journey) -> None:
    """Somebody is in voice; the process stops at 10, another comes at 11, the first goes at 30."""
    await journey.start()
    await journey.settled_in()
    await journey.go_to(minute(1))
    journey.act(("enters", HUNG_UP, CHANNELS[0]))
    await journey.heard_everything()
    await journey.go_to(minute(10))
    await journey.heard_everything()
    journey.running.send(signal.SIGSTOP)
    journey.clock.put(minute(11))
    journey.act(("enters", CAME, CHANNELS[0]))


async def wakes(journey) -> None:
    """At 130, and goes on until 140."""
    journey.clock.put(minute(130))
    journey.running.send(signal.SIGCONT)
    await journey.until(lambda: STOOD_STILL in log_of(journey), "that it stood still")
    await journey.until(journey._is_connected, "a connection")
    await journey.go_to(minute(140))
    await journey.in_tables()
    await journey.stop()


def log_of(journey) -> str:
    return (journey.folder / "bot.log").read_text().lower()


async def voice_coverage(journey) -> list[tuple]:
    found = await rows(journey, coverage, "source", "from_ms", "to_ms", "state", "cause")
    return [row[1:] for row in found if row[0] == "voice" and row[2] > ms(10)]


async def stays(journey) -> list[tuple]:
    columns = ("member_no", "start_ms", "end_ms", "start_estimated", "end_estimated")
    return await rows(journey, activity_sessions, *columns)


async def test_what_waited_in_the_socket_is_late_where_the_session_goes_on(begin):
    journey = await begin("late", still_s=STILL_S)
    await evening(journey)
    journey.clock.put(minute(30))
    journey.act(("hangs_up", HUNG_UP, None))
    await asyncio.sleep(STILL_S + 0.5)  # so long it stands still
    await wakes(journey)
    late, *since = await voice_coverage(journey)
    assert late == (ms(10), ms(130), "late", STOOD_STILL)
    assert {row[2] for row in since} <= {"recorded"}
    first, second = await stays(journey)
    assert first == (HUNG_UP, ms(1), ms(10), 0, 1)
    assert second == (CAME, ms(130), None, 1, 0)
    assert await differences(journey) == []


async def test_what_waited_in_the_socket_is_not_live_where_the_session_has_ended(begin):
    journey = await begin("gap", still_s=STILL_S, limits=SHORT_OF_SILENCE)
    await evening(journey)
    await journey.until(lambda: not journey._is_connected(), "Discord gives the connection up")
    journey.clock.put(minute(30))
    journey.act(("hangs_up", HUNG_UP, None))
    journey.act(("hangs_up", CAME, None))
    await wakes(journey)
    gap, *since = await voice_coverage(journey)
    assert gap == (ms(10), ms(130), "gap", STOOD_STILL)
    assert {row[2] for row in since} <= {"recorded"}
    (only,) = await stays(journey)
    assert only == (HUNG_UP, ms(1), ms(10), 0, 1)
    assert await differences(journey) == []
