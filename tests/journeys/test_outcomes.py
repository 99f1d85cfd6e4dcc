"""An evening of events that did not go as planned: what is concluded of each, and what is told of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.recurrence import RecurrenceRule
from storage.tables import attendance, event_occurrences, occurrence_hosts

from . import evening as e
from .evening import at, ms
from .tables import differences, rows

ADA, BEN, CLEO, DORA, FINN = (e.OWNER + number for number in range(1, 6))
WEEK = timedelta(days=7)
PLANNED, MOVED = at(20, 30), at(22)


async def test_what_did_not_go_as_planned_is_concluded_from_what_was_seen(begin):
    journey = await begin("outcomes")
    await journey.start()
    await journey.settled_in()
    await journey.sandbox.commands_synced()
    plan(journey.sandbox)
    await live_through(journey)
    await staff_tell_of_chess(journey)

    outcomes = ("title", "original_start_ms", "status", "outcome", "window_start_ms", "window_end_ms")
    assert await rows(journey, event_occurrences, *outcomes) == [
        occurrence("Bingo", at(20, 40), "cancelled", "not_held"),  # by Discord, after three hours
        occurrence("Chess", at(20, 10), "completed", "held", at(20, 10), at(20, 50)),  # declared
        occurrence("Draft", PLANNED, "completed", "held", at(22, 5), at(22, 40)),  # moved, keeps its key
        occurrence("Draft", PLANNED + WEEK, "cancelled", "cancelled"),
        occurrence("Draft", PLANNED + 2 * WEEK, "planned", "coming"),
        occurrence("LAN", at(21), "completed", "held", at(21), at(22)),  # elsewhere, by the clock
        occurrence("Movie", at(22), "cancelled", "cancelled"),  # deleted by people
        occurrence("Scrims", PLANNED, "cancelled", "held_unstarted", PLANNED, at(21, 10)),
    ]
    assert await who_came(journey) == {
        "Scrims": {ADA: "attended", BEN: "attended", CLEO: "attended", DORA: "absent"},
        "Draft": {ADA: "absent", BEN: "attended", CLEO: "attended", DORA: "absent"},
        "LAN": dict.fromkeys((ADA, BEN, CLEO, DORA), "unknown"),  # there is no check-in yet
        "Chess": {DORA: "attended", FINN: "attended"},
    }
    hosts = await rows(journey, occurrence_hosts, "reason", "member_no")
    assert hosts == [("creator", ADA), ("creator", ADA), ("creator", BEN), ("told", DORA)]
    await each_is_told_of_in_its_own_words(journey)
    assert await differences(journey) == []


def occurrence(title: str, original: datetime, *said: str | datetime) -> tuple:
    status, outcome, *window = said
    begins, ends = map(ms, window) if window else (None, None)
    return (title, ms(original), status, outcome, begins, ends)


def plan(sandbox) -> None:
    sandbox.set_roles(e.ORGANIZER, [e.CAPTAIN])
    scrims = sandbox.create_event(ADA, "Scrims", PLANNED, end=at(21, 30), channel_id=e.LOBBY)
    weekly = RecurrenceRule.weekly(PLANNED)
    draft = sandbox.create_event(BEN, "Draft", PLANNED, end=at(21, 30), channel_id=e.RED, recurrence=weekly)
    sandbox.make_exception(draft.event_id, PLANNED, start=MOVED, end=at(23))
    sandbox.make_exception(draft.event_id, PLANNED + WEEK, is_cancelled=True)
    sandbox.create_event(ADA, "Movie", at(22), channel_id=e.BLUE)
    sandbox.create_event(ADA, "Bingo", at(20, 40), channel_id=e.BLUE)
    lan = sandbox.create_event(ADA, "LAN", at(21), end=at(22), location="Kiel")
    for event in (scrims, draft, lan):
        for who in (ADA, BEN, CLEO, DORA):
            sandbox.answer_event(who, event.event_id)


def event_id(sandbox, title: str) -> int:
    return next(event.event_id for event in sandbox.world.guild.events.upcoming() if event.name == title)


async def live_through(journey) -> None:
    sandbox = journey.sandbox

    async def at_once(moment: datetime, channel: int | None = None, *people: int) -> None:
        """Discord does what the clock says, then these people enter a channel, or go."""
        await journey.go_to(moment)
        sandbox.tick_events()
        for who in people:
            sandbox.voice(who, channel)

    await at_once(at(20, 10), e.BLUE, DORA, FINN)  # a game of chess that nobody had planned
    sandbox.delete_event(event_id(sandbox, "Movie"))
    await at_once(PLANNED, e.LOBBY, ADA, BEN, CLEO)  # the scrims, which nobody starts
    await at_once(at(20, 50), None, DORA, FINN)
    await at_once(at(21))
    await at_once(at(21, 10), None, ADA, BEN, CLEO)
    await at_once(MOVED, e.RED, BEN, CLEO)
    await at_once(at(22, 5))
    sandbox.start_event(event_id(sandbox, "Draft"))
    await at_once(at(22, 40), None, BEN, CLEO)
    await at_once(at(22, 45))  # the draft's channel has been empty for five minutes
    await at_once(at(23, 40))  # the scrims and the bingo should have begun three hours ago
    await journey.in_tables()


async def staff_tell_of_chess(journey) -> None:
    """In Berlin it is the next day by now."""
    chess = {"title": "Chess", "channel": e.BLUE, "minutes": 40, "host": DORA}
    refused = await e.ask(journey, e.ORGANIZER, "insights declare", start="yesterday 21:10", **chess)
    assert refused["content"].startswith("“insights declare” is for staff:")
    too_soon = await e.ask(journey, e.OWNER, "insights declare", start="today 21:10", **chess)
    assert too_soon["content"] == "That is not over yet: an event is declared afterwards."
    told = await e.ask(journey, e.OWNER, "insights declare", start="yesterday 21:10", **chess)
    assert told["content"] == "2 came."
    assert told["embeds"][0]["title"] == "Chess · Thu 26 Mar 2026, 21:10–21:50"
    again = await e.ask(journey, e.OWNER, "insights declare", start="yesterday 21:30", **chess)
    assert again["content"].startswith("“Chess” (Thu 26 Mar, 21:10) was in that channel then")


async def who_came(journey) -> dict[str, dict[int, str]]:
    titles = dict(await rows(journey, event_occurrences, "event_id", "title"))
    came: dict[str, dict[int, str]] = {}
    for event, who, status in await rows(journey, attendance, "event_id", "member_no", "status"):
        came.setdefault(titles[event], {})[who] = status
    return came


async def each_is_told_of_in_its_own_words(journey) -> None:
    typed = await journey.sandbox.autocomplete(e.ORGANIZER, "insights event", "event", "").settled()
    told = {}
    for choice in typed.choices:
        message = await e.ask(journey, e.ORGANIZER, event=choice["value"])
        told[choice["name"]] = message["content"]
    assert told == {
        "Draft · Thu 9 Apr, 22:30 · coming": (
            "0 interested so far, 4 in the whole series; it begins Thu 9 Apr, 22:30."
        ),
        "Draft · Thu 2 Apr, 22:30 · cancelled": "It was cancelled.",
        "Draft · Thu 26 Mar, 23:05": "2 came, 2 of 4 from the series.",
        "Movie · Thu 26 Mar, 23:00 · cancelled": "It was cancelled.",
        "LAN · Thu 26 Mar, 22:00": (
            "It was held elsewhere: who came is not recorded. 4 people were interested."
        ),
        "Bingo · Thu 26 Mar, 21:40 · not held": "It was not held.",
        "Scrims · Thu 26 Mar, 21:30": "3 came.",
        "Chess · Thu 26 Mar, 21:10": "2 came.",
    }
