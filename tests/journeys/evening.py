"""The evening of a weekly inhouse, moment by moment, and who is who in it. Times are UTC; Berlin is an hour
ahead, so that the event goes on over midnight there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.discord import Sandbox
from sandbox.recurrence import RecurrenceRule

GUILD, OWNER, STAFF, CAPTAIN = 2000, 410_000_000_000_005_000, 7001, 7002
LOBBY, RED, BLUE = 3001, 3002, 3003
HOST, ONCE, ALWAYS, LATE, BRIEF, WALK_IN = (OWNER + number for number in range(1, 7))
ABSENT, SERIES_ONLY, DECLINED, CANCELLED_LATE, CANCELLED_EARLY = (OWNER + number for number in range(7, 12))
ANSWERED_LAST, WITHDREW_LAST, ORGANIZER, MEMBER = (OWNER + number for number in range(12, 16))
TITLE = "Thursday *Inhouse* 🎮"


def at(hour: int, minute: int = 0, day: int = 26) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


MONDAY, MONDAY_AFTER = at(7, day=23), at(7, day=30)  # of that week; the clocks change at its end
NEVER = datetime.max.replace(tzinfo=UTC)
START, END, NEXT = at(21, 30), at(23, 45), datetime(2026, 4, 2, 21, 30, tzinfo=UTC)


def plan(sandbox: Sandbox) -> int:
    """At eight the host plans it, and people answer: to this evening, or to the series."""
    sandbox.set_roles(ORGANIZER, [CAPTAIN])
    event = sandbox.create_event(
        HOST, TITLE, START, end=END, channel_id=LOBBY, recurrence=RecurrenceRule.weekly(START)
    )
    for who in (HOST, ONCE, LATE, BRIEF, ABSENT, CANCELLED_LATE, CANCELLED_EARLY, WITHDREW_LAST):
        sandbox.answer_event(who, event.event_id, original_start=START)
    for who in (ALWAYS, SERIES_ONLY, DECLINED):
        sandbox.answer_event(who, event.event_id)
    sandbox.answer_event(DECLINED, event.event_id, interested=False, original_start=START)
    return event.event_id


Act = Callable[[Sandbox, int], None]


def enter(channel: int | None, *people: int) -> Act:
    def act(sandbox: Sandbox, _event_id: int) -> None:
        for who in people:
            sandbox.voice(who, channel)

    return act


def answer(who: int) -> Act:
    return lambda sandbox, event_id: sandbox.answer_event(who, event_id, original_start=START)


def withdraw(who: int) -> Act:
    return lambda sandbox, event_id: sandbox.withdraw_answer(who, event_id, original_start=START)


def start(sandbox: Sandbox, event_id: int) -> None:
    sandbox.start_event(event_id)


def end(sandbox: Sandbox, event_id: int) -> None:
    sandbox.end_event(event_id)


def nothing(sandbox: Sandbox, event_id: int) -> None:
    """A moment at which the bot goes or comes back."""


TOLD: list[tuple[datetime, Act]] = [
    (at(20, 10), withdraw(CANCELLED_EARLY)),
    (at(21, 0), withdraw(CANCELLED_LATE)),
    (at(21, 20), enter(LOBBY, HOST, ONCE, ALWAYS)),
    (at(21, 25), nothing),
    (at(21, 28), answer(ANSWERED_LAST)),
    (at(21, 29), withdraw(WITHDREW_LAST)),
    (START, start),
    (at(21, 35), enter(LOBBY, WALK_IN)),
    (at(21, 40), enter(LOBBY, BRIEF)),
    (at(21, 43), enter(None, BRIEF)),
    (at(21, 45), enter(RED, HOST)),
    (at(21, 45), enter(BLUE, ALWAYS, WALK_IN)),
    (at(21, 45), enter(None, ONCE)),
    (at(21, 49), enter(RED, ONCE)),
    (at(22, 0), nothing),
    (at(22, 5), enter(RED, LATE)),
    (at(22, 10), nothing),
    (at(23, 15), enter(None, ALWAYS)),
    (at(23, 30), enter(None, WALK_IN)),
    (at(23, 40), enter(None, HOST, ONCE, LATE)),
    (END, end),
]


async def live_through(journey, goes: datetime, comes_back: datetime, **lost: bool) -> int:
    """From the bot's first start on. Returns the event's id."""
    await journey.start()
    await journey.settled_in()
    await journey.removals_read()
    return await be_told(journey, goes, comes_back, **lost)


async def be_told(
    journey, goes: datetime = NEVER, comes_back: datetime = NEVER, *, session_is_lost: bool = False
) -> int:
    """The bot is killed at one moment and started again at a later one."""
    sandbox = journey.sandbox
    await journey.go_to(at(20))
    await journey.removals_followed()
    event_id = plan(sandbox)
    for moment, act in TOLD:
        is_away = goes < moment <= comes_back
        if is_away:
            journey.clock.put(moment)
        else:
            await journey.go_to(moment)
            await journey.removals_followed()
        asked = lists(journey, event_id)
        if moment == comes_back:
            await journey.start()
            await sandbox.connected()
            await lists_asked(journey, event_id, asked + 2)
            await journey.removals_read()
        act(sandbox, event_id)
        if act in (start, end) and not is_away:
            await lists_asked(journey, event_id, asked + 2)
        if moment == goes:
            await journey.heard_everything()
            await journey.kill()
            if session_is_lost:
                sandbox.faults.forget_sessions()
    await journey.in_tables()
    return event_id


def lists(journey, event_id: int) -> int:
    """How many pages of lists of those interested Discord has given."""
    asked = [r for r in journey.sandbox.requests if f"/scheduled-events/{event_id}/" in r.path and r.status]
    return len(asked)


async def lists_asked(journey, event_id: int, number: int) -> None:
    await journey.until(lambda: lists(journey, event_id) >= number, f"{number} lists of those interested")


async def ask(journey, person: int, command: str = "insights event", **options: object) -> dict:
    """The one message that somebody gets for an answer."""
    invocation = await journey.sandbox.run_command(person, command, options).settled()
    (message,) = invocation.messages_seen_by(person)
    assert message["flags"] & 64, "nobody else sees it"
    return message


async def press(journey, person: int, message: dict, label: str) -> list[dict]:
    buttons = [button for row in message["components"] for button in row["components"]]
    custom_id = next(button["custom_id"] for button in buttons if button["label"] == label)
    pressed = await journey.sandbox.press(person, message["id"], custom_id).settled()
    return pressed.messages_seen_by(person)
