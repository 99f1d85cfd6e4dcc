"""A weekly inhouse from its planning to what is told of it; the bot is killed while it goes on.

Everything that is expected here was reckoned by hand from evening.TOLD.
"""

from __future__ import annotations

import csv
import io

from storage.tables import attendance, attendance_days, event_occurrences, occurrence_hosts, rsvps

from . import evening as e
from .evening import at, ms
from .tables import active_by_day, rows

THURSDAY, FRIDAY = 20_538, 20_539  # 26 and 27 March 2026; midnight in Berlin is 23:00 UTC
WHOLE_SERIES = 0
ENDS = at(23, 40)  # the last moment with two people
KILLED, BACK = at(22), at(22, 10)

# who: answer at the start, what became of it, first and last seen, minutes, there at the start, estimated
ATTENDANCE = {
    e.HOST: ("interested", "attended", e.START, ENDS, 130, True, False),
    e.ONCE: ("interested", "attended", e.START, ENDS, 130, True, False),  # four minutes away are a break
    e.ALWAYS: ("standing", "attended", e.START, at(23, 15), 105, True, False),
    e.LATE: ("interested", "attended", BACK, ENDS, 90, False, True),  # came while the bot was dead
    e.BRIEF: ("interested", "partial", at(21, 40), at(21, 43), 3, False, False),
    e.WALK_IN: (None, "attended", at(21, 35), at(23, 30), 115, False, False),
    e.ABSENT: ("interested", "absent", None, None, 0, False, False),
    e.SERIES_ONLY: ("standing", "absent", None, None, 0, False, False),
    e.DECLINED: ("declined", "absent", None, None, 0, False, False),
    e.CANCELLED_LATE: ("late_cancel", "absent", None, None, 0, False, False),
    e.ANSWERED_LAST: ("interested", "absent", None, None, 0, False, False),
    e.WITHDREW_LAST: ("late_cancel", "absent", None, None, 0, False, False),
}

# who: minutes before and after midnight
DAYS = {e.HOST: (90, 40), e.ONCE: (90, 40), e.ALWAYS: (90, 15), e.LATE: (50, 40), e.WALK_IN: (85, 30)}

# who: to what, from, to, interested
ANSWERS = [
    *((who, e.START, at(20), None, True) for who in (e.HOST, e.ONCE, e.LATE, e.BRIEF, e.ABSENT)),
    (e.CANCELLED_EARLY, e.START, at(20), at(20, 10), True),
    (e.CANCELLED_LATE, e.START, at(20), at(21), True),
    (e.ANSWERED_LAST, e.START, at(21, 28), None, True),
    (e.WITHDREW_LAST, e.START, at(20), at(21, 29), True),
    (e.DECLINED, e.START, at(20), None, False),
    *((who, None, at(20), None, True) for who in (e.ALWAYS, e.SERIES_ONLY, e.DECLINED)),
]


async def test_an_evening_is_told_of_as_it_was_though_the_bot_is_killed_in_it(begin):
    journey = await begin("evening")
    event_id = await e.live_through(journey, goes=KILLED, comes_back=BACK)
    assert len(journey.sandbox.world.gateway.sessions) == 1, "the session went on"

    await the_tables_are_as_reckoned(journey, event_id)
    message = await the_answer_says_the_same(journey, event_id)
    await the_lists_and_the_file_say_the_same(journey, message)
    await others_are_told_less(journey, message)

    await journey.stop()
    status, said = await journey.insights("rebuild", "--verify")
    assert status == 0, said
    assert "Every table is the same" in said


async def the_tables_are_as_reckoned(journey, event_id):
    key = ("event_id", "original_start_ms")
    occurrences = await rows(
        journey,
        event_occurrences,
        *(*key, "series", "title", "event_type", "channels", "actual_start_ms", "actual_end_ms"),
        *("start_estimated", "end_estimated", "status", "outcome", "window_start_ms", "window_end_ms"),
        *("creator_no", "voice_gap_ms", "rsvps_listed"),
    )
    event = (f"event:{event_id}", e.TITLE, "Inhouse", f"[{e.LOBBY},{e.RED},{e.BLUE}]")
    held = (ms(e.START), ms(e.END), False, False, "completed", "held", ms(e.START), ms(ENDS))
    coming = (None, None, False, False, "planned", "coming", None, None)
    assert occurrences == [
        (event_id, ms(e.START), *event, *held, e.HOST, 0, True),
        (event_id, ms(e.NEXT), *event, *coming, e.HOST, 0, False),
    ]
    assert await rows(journey, occurrence_hosts, *key, "member_no", "reason") == [
        (event_id, ms(e.START), e.HOST, "creator")
    ]

    came = await rows(
        journey,
        attendance,
        *(*key, "member_no", "rsvp", "status", "first_join_ms", "last_leave_ms", "presence_ms"),
        *("is_early", "is_estimated"),
    )
    assert {row[2]: row[3:] for row in came} == {
        who: (rsvp, status, first and ms(first), last and ms(last), minutes * 60_000, early, estimated)
        for who, (rsvp, status, first, last, minutes, early, estimated) in ATTENDANCE.items()
    }
    assert {row[:2] for row in came} == {(event_id, ms(e.START))}

    days = await rows(journey, attendance_days, "member_no", "local_day", "presence_ms")
    assert days == sorted(
        (who, day, minutes * 60_000)
        for who, parts in DAYS.items()
        for day, minutes in zip((THURSDAY, FRIDAY), parts, strict=True)
    )
    assert await active_by_day(journey, "event") == {THURSDAY: set(DAYS), FRIDAY: set(DAYS)}

    answers = ("member_no", "original_start_ms", "from_ms", "to_ms", "interested")
    given = await rows(journey, rsvps, *answers, "from_estimated", "to_estimated")
    expected = [
        (who, (to and ms(to)) or WHOLE_SERIES, ms(first), last and ms(last), interested, False, False)
        for who, to, first, last, interested in ANSWERS
    ]
    assert given == sorted(expected, key=repr)


async def the_answer_says_the_same(journey, event_id):
    typed = await journey.sandbox.autocomplete(e.ORGANIZER, "insights event", "event", "inhouse 26").settled()
    (choice,) = typed.choices
    assert choice["name"] == "Thursday *Inhouse* 🎮 · Thu 26 Mar, 22:30"
    message = await e.ask(journey, e.ORGANIZER, event=choice["value"])
    (embed,) = message["embeds"]
    assert message["content"] == "5 came, 1 of 2 from the series."
    assert embed["title"] == r"Thursday \*Inhouse\* 🎮 · Thu 26 Mar 2026, 22:30–00:40"
    said = embed["description"].replace("\u00a0", " ").splitlines()
    assert said[0] == f"Hosted by <@{e.HOST}>"
    for line in (
        "Came **5** (3 interested, 1 from the series, 1 walked in)",
        "No-shows **2/6**",
        "Interested who came **3/6**",
        "Only partly **1**, walk-ins **1**",
        "From the series who came **1/2**",
        "Late cancels **2**",
        "Of the whole server **20 %** (5/25)",
        "Stayed, median **115 min**, mean **114 min**",
        "There at the start **3** of 5",
        "There at 25 % **4**",
        "There at 75 % **5**",
        "Gone before 75 % **0/5**",
        "The times of 1 person are estimated.",
    ):
        assert line in said
    return message


async def the_lists_and_the_file_say_the_same(journey, message):
    (came,) = await e.press(journey, e.ORGANIZER, message, "Who came")
    attended = " ".join(f"<@{who}>" for who in (e.HOST, e.ONCE, e.ALWAYS, e.LATE))
    assert came["embeds"][0]["description"].split("\n\n") == [
        f"**Attended** · 4\n{attended}",
        f"**Walk-ins** · 1\n<@{e.WALK_IN}>",
        f"**Only partly** · 1\n<@{e.BRIEF}>",
    ]
    (no_shows,) = await e.press(journey, e.ORGANIZER, message, "No-shows")
    absent = f"<@{e.ABSENT}> <@{e.ANSWERED_LAST}>"
    assert no_shows["embeds"][0]["description"] == f"**Interested, did not come** · 2\n{absent}"
    (answer,) = await e.press(journey, e.ORGANIZER, message, "CSV")
    content, _ = journey.sandbox.attachment(answer["attachments"][0]["id"])
    lines = list(csv.DictReader(io.StringIO(content.decode())))
    assert {int(line["user_id"]): (line["answer"], line["status"], line["minutes"]) for line in lines} == {
        who: (rsvp or "", status, str(minutes))
        for who, (rsvp, status, _, _, minutes, *_) in ATTENDANCE.items()
    }
    (late,) = (line for line in lines if line["user_id"] == str(e.LATE))
    assert (late["first_join"], late["early"]) == ("2026-03-26T23:10:00+01:00", "no")
    for told in (message, came, no_shows, answer):
        assert not told["mentions"], "nobody is notified"


async def others_are_told_less(journey, message):
    """Organizers are told of events and not of the community, members of neither: in one sentence."""
    for person, command, whom in (
        (e.ORGANIZER, "insights health", "staff"),
        (e.MEMBER, "insights health", "staff"),
        (e.MEMBER, "insights event", "organizers and staff"),
    ):
        refused = await e.ask(journey, person, command)
        asks = "ask someone who runs this server for such a role."
        assert refused["content"] == f"“{command}” is for {whom}: {asks}"
        assert not refused["embeds"] and not refused["attachments"] and not refused["components"]
    offered = await journey.sandbox.autocomplete(e.MEMBER, "insights event", "event", "").settled()
    assert offered.choices == []
    allowed = await e.ask(journey, e.OWNER)
    assert allowed["content"] == message["content"]
