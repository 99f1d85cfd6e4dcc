"""The same evening, and the bot is away when it begins: its session is lost, and what happened is not sent
again. Reckoned by hand from evening.TOLD, of which it misses 21:25 to 22:10.
"""

from __future__ import annotations

import csv
import io

from storage.tables import attendance, attendance_days, coverage, event_occurrences, rsvps

from . import evening as e
from .evening import at, ms
from .tables import differences, rows

GONE, BACK, ENDS = at(21, 25), at(22, 10), at(23, 40)
THURSDAY, FRIDAY = 20_538, 20_539

# who: answer at the start, what became of it, minutes that are sure
ATTENDANCE = {
    e.HOST: ("interested", "attended", 90),
    e.ONCE: ("interested", "attended", 90),
    e.ALWAYS: ("standing", "attended", 65),
    e.LATE: ("interested", "attended", 90),
    e.WALK_IN: (None, "attended", 80),
    e.BRIEF: ("interested", "unknown", 0),  # was there for three minutes, which nobody saw
    e.ABSENT: ("interested", "unknown", 0),
    e.SERIES_ONLY: ("standing", "unknown", 0),
    e.DECLINED: ("declined", "unknown", 0),
    e.CANCELLED_LATE: ("late_cancel", "unknown", 0),
    e.ANSWERED_LAST: ("interested", "unknown", 0),  # only the list told of the answer
    e.WITHDREW_LAST: ("late_cancel", "unknown", 0),  # only the list no longer had it
}


async def test_what_the_gap_could_decide_is_unknown_and_the_answer_names_the_gap(begin):
    journey = await begin("away")
    event_id = await e.live_through(journey, goes=GONE, comes_back=BACK, session_is_lost=True)
    key = (event_id, ms(e.START))

    gaps = await rows(journey, coverage, "source", "from_ms", "to_ms", "state")
    assert [row for row in gaps if row[3] == "gap"] == [
        (source, ms(GONE), ms(BACK), "gap") for source in ("commands", "events", "members", "text", "voice")
    ]
    window = ("window_start_ms", "window_end_ms", "voice_gap_ms")
    held, _ = await rows(
        journey,
        event_occurrences,
        *("event_id", "original_start_ms", "outcome", "start_estimated", "end_estimated"),
        *(*window, "rsvps_listed"),
    )
    assert held == (*key, "held", True, False, ms(e.START), ms(ENDS), 40 * 60_000, True)
    await answers_are_known_from_the_list(journey)
    await whoever_may_have_come_is_unknown(journey)
    await the_answer_names_the_gap(journey)
    assert await differences(journey) == []


async def answers_are_known_from_the_list(journey):
    asked = [r for r in journey.sandbox.requests if r.path.endswith("/users") and "events" in r.path]
    assert {r.path.count("/") for r in asked[:2]} == {5, 6}, "the series and this evening, on coming back"
    given = await rows(journey, rsvps, "member_no", "from_ms", "to_ms", "from_estimated", "to_estimated")
    assert [row for row in given if row[0] == e.ANSWERED_LAST] == [
        (e.ANSWERED_LAST, ms(GONE), None, True, False)
    ]
    assert [row for row in given if row[0] == e.WITHDREW_LAST] == [
        (e.WITHDREW_LAST, ms(at(20)), ms(GONE), False, True)
    ]
    others = [row for row in given if row[0] not in (e.ANSWERED_LAST, e.WITHDREW_LAST)]
    assert len(others) == 11
    assert not any(from_estimated or to_estimated for *_, from_estimated, to_estimated in others)


async def whoever_may_have_come_is_unknown(journey):
    columns = ("member_no", "rsvp", "status", "presence_ms", "first_join_ms", "is_early", "is_estimated")
    came = {who: rest for who, *rest in await rows(journey, attendance, *columns)}
    assert {who: tuple(row[:3]) for who, row in came.items()} == {
        who: (rsvp, status, minutes * 60_000) for who, (rsvp, status, minutes) in ATTENDANCE.items()
    }
    attended = [who for who, (_, status, _) in ATTENDANCE.items() if status == "attended"]
    assert all(came[who][3:] == [ms(BACK), False, True] for who in attended)
    days = await rows(journey, attendance_days, "local_day", "member_no")
    assert days == [(day, who) for day in (THURSDAY, FRIDAY) for who in sorted(attended)]


async def the_answer_names_the_gap(journey):
    message = await e.ask(journey, e.ORGANIZER)
    assert message["content"].replace("\u00a0", " ") == (
        "At least 5 came: only 69 % of it was recorded, so it is not compared."
    )
    said = message["embeds"][0]["description"].replace("\u00a0", " ").splitlines()
    for line in (
        "Came **5** (3 interested, 1 from the series, 1 walked in)",
        "No-shows **0/3**",
        "Not known **3**",
        "There at 50 % **5**",
        "Voice: not recorded Thu 26 Mar, 22:30–23:10 (40 min).",
        "When it began or ended is estimated.",
        "The times of 5 people are estimated.",
    ):
        assert line in said
    in_the_gap = ("There at the start", "There at 25 %")
    assert not [line for line in said if line.startswith(in_the_gap)], "nobody knows who was there"
    (no_shows,) = await e.press(journey, e.ORGANIZER, message, "No-shows")
    unknown = " ".join(f"<@{who}>" for who in (e.BRIEF, e.ABSENT, e.ANSWERED_LAST))
    title = "Not known: not all was recorded"
    assert no_shows["embeds"][0]["description"] == f"**{title}** · 3\n{unknown}"
    (answer,) = await e.press(journey, e.ORGANIZER, message, "CSV")
    content, _ = journey.sandbox.attachment(answer["attachments"][0]["id"])
    lines = list(csv.DictReader(io.StringIO(content.decode())))
    assert {line["early"] for line in lines} == {""}, "nobody knows who was there when it began"
