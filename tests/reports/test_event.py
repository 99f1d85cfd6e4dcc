"""One occurrence's report: who came of whom, for how long, who they were; in every state it can be in."""

from __future__ import annotations

from typing import Any

import pytest

from reports.event_figure import MINUTE, _ticks
from reports.event_report import OccurrenceKey
from reports.figures import EventFigure
from reports.lines import line
from reports.periods import local_moment
from reports.report import NothingRecorded, Verdict

NOW = "2025-11-20 14:00"
LAST, THIS = "2025-11-09 20:00", "2025-11-16 20:00"
NB = "\u00a0"


def value(report: Any, name: str, cut: str = "") -> Any:
    return next(k for s in report.sections for k in s.kpis if (k.name, k.cut) == (name, cut))


def plain(report: Any, name: str, cut: str = "") -> str:
    return str(line(value(report, name, cut)).plain()).replace(NB, " ")


@pytest.fixture
def inhouse(guild: Any) -> Any:
    """A hundred members. 34 were interested in the inhouse of 16 November: 21 came, 3 partly, 10 did not."""
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for number in range(1, 101):
        guild.spell(number, 0)
    last = guild.event(1, LAST, "2025-11-09 22:00")
    guild.came(last, range(1, 26), "interested")  # 1–25 came
    guild.came(last, range(26, 31), "interested", "absent")  # 26–30 did not
    this = guild.event(2, THIS, "2025-11-16 22:00", hosts=(1, 2))
    guild.came(this, range(1, 12), "interested", minutes=120, early=True)
    guild.came(this, range(12, 22), "interested", minutes=40)
    guild.came(this, range(22, 25), "interested", "partial", minutes=4)
    guild.came(this, range(25, 35), "interested", "absent")
    guild.came(this, range(60, 66), None, minutes=90)
    guild.came(this, (70,), "late_cancel", "absent")
    for number in range(1, 12):
        guild.voice(number, "2025-11-16 19:50", "2025-11-16 22:10", {})
    for number in range(12, 22):
        guild.voice(number, THIS, "2025-11-16 20:40", {})
    for number in range(22, 25):
        guild.voice(number, THIS, "2025-11-16 20:04", {})
    for number in range(60, 66):
        guild.voice(number, "2025-11-16 20:30", "2025-11-16 22:00", {}, channel_id=7)
    guild.this, guild.last = this, last
    return guild


async def test_who_came_of_whom(inhouse: Any, warehouse: Any) -> None:
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    # 21 interested + 6 walk-ins = 27; known = 21 + 3 + 10 = 34, 21/34 = 62 %, 10/34 = 29 %; before 5/30
    # both times interested are 1–30: now absent 25–30, then 26–30: gained 1, lost 0, p = 1
    assert (
        plain(report, "attendees") == "Came 27 (21 interested, 6 walked in) · last time 25 · △ within noise"
    )
    assert plain(report, "no_show_rate") == "No-shows 29 % (10/34) · last time 17 % · △ within noise"
    assert plain(report, "show_rate") == "Interested who came 62 % (21/34) · last time 83 %"
    assert plain(report, "partial_shows") == "Only partly 3 · last time 0"
    assert plain(report, "walk_ins") == "Walk-ins 6 · last time 0"
    assert plain(report, "late_cancels") == "Late cancels 1 · last time 0"
    assert (
        plain(report, "attendance_per_interest") == "Came per interested 0.79 (27/34) · last time 0.83"
    )  # 25/30
    assert plain(report, "attendance_of_members") == "Of the whole server 27 % (27/100) · last time 25 %"
    change = value(report, "no_show_rate").change
    assert (change.gained, change.lost, change.p_value) == (1, 0, 1.0)
    assert report.finding == "27 came; 10 of 34 interested did not, 5 of 30 last time: within noise."
    assert report.when == "Sun 16 Nov 2025, 20:00–22:00"
    assert report.hosts == (1, 2)
    assert report.excluded == {"bots": 0, "withdrawn": 0, "gone": 0}
    assert report.caveats == ("“Interested” is not a promise.",)


async def test_how_long_they_stayed(inhouse: Any, warehouse: Any) -> None:
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    # 10 × 40, 6 × 90, 11 × 120 = 2,260 min / 27 = 83.7; the 14th of 27 is one of the six with 90
    assert plain(report, "attendee_minutes_median").startswith("Stayed, median 90 min")
    assert plain(report, "attendee_minutes_mean").startswith("Stayed, mean 84 min")
    assert plain(report, "early_attendees").startswith("There at the start 11")
    # at 20:30 all 21 and the 6 who came then; at 21:00 and 21:30 those 11 and 6
    assert [value(report, "presence_at", f"at {share}{NB}%").current.value for share in (25, 50, 75)] == [
        27,
        17,
        17,
    ]
    # there before 21:00: all 27; not after 21:30: the ten who left at 20:40
    assert plain(report, "drop_off") == "Gone before 75 % 37 % (10/27)"


async def test_who_they_were(inhouse: Any, warehouse: Any) -> None:
    for index, day in enumerate(("2025-10-19", "2025-10-26", "2025-11-02")):
        earlier = inhouse.event(10 + index, f"{day} 20:00", f"{day} 22:00")
        inhouse.came(earlier, range(10, 20))
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    # 1–21 attended before, 60–65 did not; the one before had 1–25; 10–19 were at all four before
    assert plain(report, "first_timers") == "First time here 22 % (6/27)"
    assert plain(report, "came_to_the_one_before") == "At the one before 78 % (21/27)"
    assert plain(report, "regular_attendees") == "Regulars 37 % (10/27)"
    by_number = {person.member_no: person for person in report.people}
    assert (by_number[1].was_there_before, by_number[60].was_there_before) == (True, False)
    assert (by_number[25].status, by_number[25].rsvp) == ("absent", "interested")
    earlier = await inhouse.occurrence(warehouse, inhouse.last, NOW)
    # of 1–25: 1–21 came to the next one
    assert plain(earlier, "returned_next") == "At the next one 84 % (21/25)"
    assert not any(k.name == "returned_next_two" for s in earlier.sections for k in s.kpis)


async def test_the_figure_says_the_same(inhouse: Any, warehouse: Any) -> None:
    await inhouse.write(warehouse)
    (figure,) = (await inhouse.occurrence(warehouse, inhouse.this, NOW)).figures
    assert isinstance(figure, EventFigure)
    assert figure.headline == "27 came; 10 of 34 interested did not"
    assert figure.subtitle == "Sunday Inhouse, 16 Nov 2025, 20:00–22:00 · 6 walk-ins"
    assert figure.footer == f"11 were early · median stay 90{NB}min · 10 of 27 gone before the last quarter"
    assert (figure.interested_label, figure.attended, figure.partial) == ("34 interested", 21, 3)
    assert (figure.no_show, figure.unknown, figure.walk_ins) == (10, 0, 6)
    at = inhouse.ms
    assert figure.axis == (at("2025-11-16 19:30"), at("2025-11-16 22:10"))
    assert figure.steps == (
        (at("2025-11-16 19:30"), 0),
        (at("2025-11-16 19:50"), 11),
        (at(THIS), 24),
        (at("2025-11-16 20:04"), 21),
        (at("2025-11-16 20:30"), 27),
        (at("2025-11-16 20:40"), 17),
        (at("2025-11-16 22:00"), 11),
        (at("2025-11-16 22:10"), 0),
    )
    assert [label for _, label in figure.ticks] == ["19:30", "20:00", "20:30", "21:00", "21:30", "22:00"]
    assert [mark.text for mark in figure.marks] == ["peak 27", f"17 at 50{NB}%", f"17 at 75{NB}%"]
    assert figure.marks[0].at_ms == at("2025-11-16 20:30")
    assert figure.gaps == ()
    assert "Of 34 interested 21 attended, 3 came partly and 10 did not come; 6 walk-ins." in figure.alt_text


async def test_bots_withdrawn_people_and_who_had_left_are_in_no_number(inhouse: Any, warehouse: Any) -> None:
    inhouse.member(1, withdrawn_at_ms=inhouse.ms(NOW))
    inhouse.member(2, is_bot=True)
    inhouse.spells = [spell for spell in inhouse.spells if spell["member_no"] != 25]
    inhouse.spell(25, 0, "2025-11-01 12:00", "left")
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    assert report.finding == "25 came; 9 of 31 interested did not, 5 of 28 last time: within noise."
    assert report.excluded == {"bots": 1, "withdrawn": 1, "gone": 1}
    assert report.hosts == ()
    assert not {1, 2, 25} & {person.member_no for person in report.people}
    assert report.figures[0].steps[1][1] == 9


async def test_a_clear_change_is_said_with_what_it_was(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    last = guild.event(1, LAST, "2025-11-09 22:00")
    this = guild.event(2, THIS, "2025-11-16 22:00")
    guild.came(last, range(1, 38), "interested")
    guild.came(last, range(38, 41), "interested", "absent")
    guild.came(this, range(21, 41), "interested")
    guild.came(this, range(1, 21), "interested", "absent")
    guild.came(this, range(50, 67))
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, this, NOW)
    # of the same forty 20 stayed away who had come, 3 came who had not: p = 2·P(≤ 3 of 23) = 0.00049
    assert value(report, "no_show_rate").change.verdict is Verdict.CLEAR
    assert report.finding == ("37 came; 20 of 40 interested did not, 3 of 40 last time: clearly worse.")
    assert report.figures[0].headline == "37 came; 20 of 40 interested did not"


async def test_too_few_in_both_are_not_judged(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    last = guild.event(1, LAST, "2025-11-09 22:00")
    this = guild.event(2, THIS, "2025-11-16 22:00")
    guild.came(last, range(1, 21), "interested")
    guild.came(this, range(12, 32), "interested", "absent")  # 12–20, nine people, were interested both times
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, this, NOW)
    assert report.finding == (
        "0 came; 20 of 20 interested did not, 0 of 20 last time: too few were interested both times to judge."
    )


async def test_a_standing_interest_is_shown_apart(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    this = guild.event(2, THIS, "2025-11-16 22:00", series="event:2")
    guild.came(this, range(1, 13), "standing")
    guild.came(this, range(13, 33), "standing", "absent")
    guild.came(this, (40, 41))
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, this, NOW)
    assert plain(report, "attendees") == "Came 14 (12 from the series, 2 walked in)"
    assert plain(report, "standing_shows") == "From the series who came 38 % (12/32)"
    assert not any(k.name == "no_show_rate" for s in report.sections for k in s.kpis)
    assert report.finding == "14 came, 12 of 32 from the series."
    assert report.figures[0].interested_label == ""
    assert report.figures[0].subtitle.endswith("22:00 · 12 of 32 from the series")


async def test_a_gap_in_it_is_said_and_nothing_is_compared(inhouse: Any, warehouse: Any) -> None:
    inhouse.covered.clear()
    inhouse.recorded("2025-10-01 00:00", "2025-11-16 21:15")
    inhouse.recorded("2025-11-16 22:00", NOW)
    inhouse.occurrences[1] |= {"voice_gap_ms": 45 * 60_000, "end_estimated": True, "rsvps_listed": False}
    inhouse.attendance[-1]["status"] = "unknown"
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    # 45 of 120 minutes missed: 62.5 % recorded
    assert report.finding.replace(NB, " ") == (
        "At least 27 came: only 63 % of it was recorded, so it is not compared."
    )
    assert value(report, "attendees").change.verdict is Verdict.NOT_COMPARED
    assert report.caveats == (
        f"Voice: not recorded Sun 16 Nov, 21:15–22:00 (45{NB}min).",
        "Not everybody who was interested is known: the list could not be read when it began.",
        "When it began or ended is estimated.",
        "“Interested” is not a promise.",
    )
    assert report.figures[0].gaps == ((inhouse.ms("2025-11-16 21:15"), inhouse.ms("2025-11-16 22:00")),)
    assert plain(report, "presence_at", f"at 50{NB}%").startswith("There at 50 % 17")
    assert plain(report, "presence_at", f"at 75{NB}%") == "There at 75 % –", "nobody knows who was there"
    assert [mark.text.replace(NB, " ") for mark in report.figures[0].marks] == ["peak 27", "17 at 50 %"]
    assert "at half time" in report.figures[0].alt_text
    assert "three quarters" not in report.figures[0].alt_text
    assert f"recorded 63{NB}%" in report.figures[0].footer
    assert plain(report, "drop_off") == "Gone before 75 % –", "who was there in the last quarter is not known"
    assert "gone before" not in report.figures[0].footer


async def test_of_an_incomplete_list_only_those_known_are_spoken_of(inhouse: Any, warehouse: Any) -> None:
    inhouse.occurrences[1] |= {"rsvps_listed": False}
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    assert report.finding == "27 came; 10 of 34 known to be interested did not."
    assert plain(report, "no_show_rate", "of those known") == "No-shows, of those known 29 % (10/34)"
    assert value(report, "no_show_rate", "of those known").change.verdict is Verdict.NOT_COMPARED


async def test_who_was_there_when_it_began_is_not_known_in_a_gap(inhouse: Any, warehouse: Any) -> None:
    inhouse.covered.clear()
    inhouse.recorded("2025-10-01 00:00", "2025-11-16 19:55", sources=("voice",))
    inhouse.recorded("2025-11-16 20:05", NOW, sources=("voice",))
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    assert plain(report, "early_attendees").startswith("There at the start –")
    assert {person.is_early for person in report.people} == {None}
    assert "early" not in report.figures[0].footer


async def test_who_may_have_come_is_in_no_rate(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    this = guild.event(2, THIS, "2025-11-16 22:00")
    guild.came(this, range(1, 11), "interested")
    guild.came(this, range(11, 16), "interested", "absent")
    guild.came(this, range(16, 23), "interested", "unknown")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, this, NOW)
    assert plain(report, "no_show_rate") == "No-shows 33 % (5/15)"
    assert plain(report, "unknown_shows") == "Not known 7"
    figure = report.figures[0]
    assert (figure.attended, figure.partial, figure.no_show, figure.unknown) == (10, 0, 5, 7)
    assert figure.interested_label == "22 interested"


async def test_a_coming_one_says_who_is_interested_so_far(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, "2025-11-20 20:00", None, "coming")
    guild.answered(5, 0, range(1, 35), "2025-11-18 12:00")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "34 interested so far; it begins Thu 20 Nov, 20:00."
    assert (report.sections, report.figures) == ((), ())
    assert report.when == "Thu 20 Nov 2025, 20:00"
    assert {(person.rsvp, person.status) for person in report.people} == {("interested", "none")}


async def test_answers_to_a_recurring_event_stand_for_its_occurrences(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, "2025-11-20 20:00", None, "coming", series="event:5")
    guild.answered(5, 0, range(1, 21), "2025-11-01 12:00")
    guild.answered(5, key.original_start_ms, range(1, 6), "2025-11-02 12:00")
    guild.answered(5, key.original_start_ms, (6,), "2025-11-02 12:00", interested=False)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "5 interested so far, 14 in the whole series; it begins Thu 20 Nov, 20:00."


async def test_a_running_one_says_who_is_there_now(guild: Any, warehouse: Any) -> None:
    now = "2025-11-16 20:50"
    guild.recorded("2025-10-01 00:00", now)
    key = guild.event(5, THIS, "2025-11-16 22:00", "running")
    guild.came(key, range(1, 3), "interested")
    guild.came(key, (3,), "interested", "partial")
    guild.came(key, (8, 9), "interested", "absent")
    for number in range(1, 4):
        guild.voice(number, "2025-11-16 19:55", None, {})
    guild.voice(4, THIS, "2025-11-16 20:20", {})
    for number in range(5, 9):  # used the channel before, and were gone
        guild.voice(number, "2025-11-16 19:30", "2025-11-16 19:50", {})
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, now)
    assert report.finding == "3 are there now; 4 people came so far."
    (figure,) = report.figures
    assert figure.is_running
    assert figure.window == (guild.ms(THIS), guild.ms(now))
    assert figure.footer == "4 people came so far · it is not over"
    assert figure.alt_text == (
        "Presence so far, Sunday Inhouse, 16 Nov 2025, 20:00: at most 4 people at 20:00, 3 now; "
        "4 people came so far. Of 5 interested 3 were there so far, 2 not yet."
    )
    assert (figure.interested_label, figure.attended, figure.not_yet) == ("5 interested", 3, 2)
    assert (figure.partial, figure.no_show, figure.unknown, figure.walk_ins) == (0, 0, 0, 1)
    assert [mark.text for mark in figure.marks] == ["peak 4", "3 now"]
    # what comes is on the axis, and nobody knows how many will be there
    assert (figure.known_until_ms, figure.axis[1]) == (guild.ms(now), guild.ms("2025-11-16 22:10"))
    assert figure.steps[-1] == (guild.ms("2025-11-16 20:20"), 3)
    assert report.ends_ms == guild.ms("2025-11-16 22:00")
    assert report.when == "Sun 16 Nov 2025, 20:00"


@pytest.mark.parametrize(
    ("planned_end", "ends"),
    [
        ("2025-11-17 02:50", "2025-11-17 03:00"),  # in six hours: all of it is on the axis, and ten minutes
        ("2025-11-17 02:51", "2025-11-16 20:54"),  # later: now, and a twelfth of what was
        ("2045-11-16 22:00", "2025-11-16 20:54"),
        ("2025-11-16 20:30", "2025-11-16 20:54"),  # it runs longer than was planned
        (None, "2025-11-16 20:54"),
    ],
)
async def test_the_axis_of_a_running_one_ends_soon_after_now(
    guild: Any, warehouse: Any, planned_end: str | None, ends: str
) -> None:
    now = "2025-11-16 20:50"
    guild.recorded("2025-10-01 00:00", now)
    key = guild.event(5, THIS, planned_end, "running")
    guild.voice(1, THIS, None, {})
    await guild.write(warehouse)
    (figure,) = (await guild.occurrence(warehouse, key, now)).figures
    assert figure.axis[1] // MINUTE == guild.ms(ends) // MINUTE
    assert 2 <= len(figure.ticks) <= 7


@pytest.mark.parametrize(
    ("length_minutes", "labels"),
    [
        (20, ("20:00", "20:05", "20:10", "20:15", "20:20")),
        (3 * 60, ("20:00", "20:30", "21:00", "21:30", "22:00", "22:30", "23:00")),
        (6 * 24 * 60, ("17.11.", "18.11.", "19.11.", "20.11.", "21.11.", "22.11.")),
        (70 * 24 * 60, ("17.11.", "01.12.", "15.12.", "29.12.", "12.01.")),
    ],
)
def test_ticks_stand_at_full_steps_of_the_clock(guild: Any, length_minutes: int, labels: Any) -> None:
    start = guild.ms(THIS)
    ticks = _ticks((start, start + length_minutes * MINUTE), guild.zone)
    assert tuple(label for _, label in ticks) == labels


def test_the_ticks_of_twenty_years_cost_no_more_than_those_of_an_evening(
    guild: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counting(at_ms: int, zone: str) -> Any:
        asked.append(at_ms)
        return local_moment(at_ms, zone)

    monkeypatch.setattr("reports.event_figure.local_moment", counting)
    start = guild.ms(THIS)
    for years in (1, 20, 2000):
        asked.clear()
        ticks = _ticks((start, start + years * 365 * 1440 * MINUTE), guild.zone)
        assert 2 <= len(ticks) <= 7
        assert len(asked) <= 30


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("cancelled", "It was cancelled. 12 people were interested."),
        ("not_held", "It was not held. 12 people were interested."),
        (
            "unknown",
            "Whether it was held is not known: a gap in the recording could decide it. "
            "12 people were interested.",
        ),
    ],
)
async def test_one_that_nobody_is_known_to_have_come_to(
    guild: Any, warehouse: Any, outcome: str, sentence: str
) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, THIS, "2025-11-16 22:00", outcome)
    guild.answered(5, 0, range(1, 13), "2025-11-10 12:00")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == sentence
    assert (report.sections, report.figures) == ((), ())
    # where nothing was held nobody stayed away, and of nobody is it unknown
    status = "unknown" if outcome == "unknown" else "none"
    assert {(person.rsvp, person.status) for person in report.people} == {("interested", status)}


async def test_who_had_left_before_one_that_was_not_held_is_among_nobody(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.spell(1, 0)
    guild.spell(2, 0, "2025-11-12 12:00", "left")
    key = guild.event(5, THIS, "2025-11-16 22:00", "not_held")
    guild.answered(5, 0, (1, 2), "2025-11-10 12:00")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert [person.member_no for person in report.people] == [1]
    assert report.excluded["gone"] == 1


async def test_one_held_elsewhere_has_no_attendance(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, THIS, "2025-11-16 22:00", channels=())
    guild.came(key, range(1, 13), "interested", "unknown")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "It was held elsewhere: who came is not recorded. 12 people were interested."
    assert (report.sections, report.figures) == ((), ())


async def test_one_held_elsewhere_is_counted_by_who_was_checked_in(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", "2025-11-16 20:30")  # a gap in voice hides nobody there
    guild.recorded("2025-11-16 20:30", NOW, "gap", "test")
    key = guild.event(5, THIS, "2025-11-16 22:00", channels=(), has_check_ins=True)
    guild.came(key, range(1, 11), "interested", told=True)
    guild.came(key, (11, 12), "interested", "absent")
    guild.came(key, (13,), told=True)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "11 came; 2 of 12 interested did not."
    assert [section.title for section in report.sections] == ["Who came"]
    assert plain(report, "show_rate") == "Interested who came 83 % (10/12)"
    assert report.caveats[0] == "Who came was checked in by hand: how long they stayed is not known."
    assert [person.told_by for person in report.people] == ["staff"] * 10 + [None] * 2 + ["staff"]


async def test_while_it_runs_elsewhere_it_says_how_many_are_checked_in(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, THIS, "2025-11-16 22:00", "running", channels=(), has_check_ins=True)
    guild.came(key, (1, 2), told=True)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "It is running elsewhere: 2 people checked in so far."


async def test_whoever_was_there_by_staffs_word_has_no_minutes(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, THIS, "2025-11-16 22:00", told_held=True)
    guild.came(key, (1, 2), minutes=60)
    guild.came(key, (3, 4), told=True)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.finding == "4 came."
    assert value(report, "attendee_minutes_mean").current.value == 60
    assert report.caveats[:2] == (
        "Staff told that it was held.",
        "Whether 2 people came was told by staff.",
    )


async def test_one_that_staff_told_of_and_one_that_nobody_started_say_so(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    told = guild.event(5, LAST, "2025-11-09 22:00", is_declared=True, rsvps_listed=False)
    unstarted = guild.event(6, THIS, "2025-11-16 22:00", "held_unstarted")
    guild.staff_said(told, "declared")
    guild.came(told, range(1, 13))
    guild.came(unstarted, range(1, 13))
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, told, NOW)
    assert report.finding == "12 came."
    assert report.caveats == (
        "Staff told of it afterwards: nobody could answer beforehand.",
        "No earlier one of its series was recorded since Wed 1 Oct 2025, 00:00.",
    )
    report = await guild.occurrence(warehouse, unstarted, NOW)
    assert report.finding == "12 came, 12 last time: within noise."
    assert report.caveats == (
        "Nobody pressed start: that it was held is concluded from who was in its channels.",
    )


@pytest.mark.parametrize(
    ("is_listed", "says"),
    [
        (True, "A file told of it afterwards."),
        (False, "A file told of it afterwards, without everybody who was interested."),
    ],
)
async def test_what_a_file_told_is_called_so_and_not_staffs_word(
    guild: Any, warehouse: Any, is_listed: bool, says: str
) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    key = guild.event(5, LAST, "2025-11-09 22:00", is_declared=True, rsvps_listed=is_listed)
    guild.came(key, range(1, 5), "interested", told=True)
    guild.a_file_said(key, (1, 2, 3))
    for corrected in (3, 4):  # of one of them after a file had told
        guild.staff_said(key, "attendance", corrected)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, key, NOW)
    assert report.caveats[:3] == (
        says,
        "Whether 2 people came was told by staff.",
        "Whether 2 people came was told by a file.",
    )
    assert [person.told_by for person in report.people] == ["file", "file", "staff", "staff"]


async def test_an_unknown_one_and_an_empty_warehouse_are_one_sentence(guild: Any, warehouse: Any) -> None:
    with pytest.raises(NothingRecorded):
        await guild.occurrence(warehouse, OccurrenceKey(1, 2), NOW)
    guild.recorded("2025-10-01 00:00", NOW)
    await guild.write(warehouse)
    with pytest.raises(LookupError, match="choose one from the list"):
        await guild.occurrence(warehouse, OccurrenceKey(1, 2), NOW)


GAP_MS = 20 * MINUTE  # of two hours: 83 % recorded


@pytest.fixture
def weeks(guild: Any) -> Any:
    """Six Sundays on which twenty people came; some columns of each may be said."""

    def hold(*unknown_at: set[int], **columns: Any) -> list[Any]:
        guild.recorded("2025-09-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
        keys = []
        for week, unknown in enumerate(unknown_at):
            day = 12 + 7 * week
            date = f"2025-10-{day:02}" if day <= 31 else f"2025-11-{day - 31:02}"
            lost = columns if unknown else {}
            key = guild.event(week + 1, f"{date} 20:00", f"{date} 22:00", **lost)
            guild.came(key, [number for number in range(1, 21) if number not in unknown], "interested")
            guild.came(key, unknown, "interested", "unknown")
            keys.append(key)
        return keys

    return hold


async def test_whom_a_gap_hid_at_the_next_one_is_in_neither_number(
    guild: Any, warehouse: Any, weeks: Any
) -> None:
    first, _, third = weeks(set(), {1, 2, 3}, set(), voice_gap_ms=GAP_MS)
    guild.attendance = [
        row for row in guild.attendance if (row["event_id"], row["member_no"]) not in {(2, 4), (3, 4), (3, 1)}
    ]
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, first, NOW)
    # of 20 three are unknown, and 4 did not come; at one of the next two only 1 is unknown, and 4 at neither
    assert plain(report, "returned_next") == "At the next one 94 % (16/17)"
    assert plain(report, "returned_next_two") == "At one of the next two 95 % (18/19)"
    report = await guild.occurrence(warehouse, third, NOW)
    # 18 came to the third: all had come to the first; of the second 2 and 3 are not known
    assert plain(report, "first_timers") == "First time here 0 % (0/18)"
    assert plain(report, "came_to_the_one_before") == "At the one before 100 % (16/16)"
    by_number = {person.member_no: person.was_there_before for person in report.people}
    assert (by_number[2], by_number[5]) == (None, True)


async def test_whom_gaps_could_make_a_first_timer_or_a_regular_is_neither(
    guild: Any, warehouse: Any, weeks: Any
) -> None:
    *_, last = weeks({1}, {1, 2}, {1, 2}, {1, 2, 3}, set(), voice_gap_ms=GAP_MS)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, last, NOW)
    # 1 may have been at all four or at none; 2 at one for sure, 3 at three
    assert plain(report, "first_timers") == "First time here 0 % (0/19)"
    assert plain(report, "regular_attendees") == "Regulars 100 % (18/18)"


async def test_where_gaps_hide_too_many_it_is_not_known(guild: Any, warehouse: Any, weeks: Any) -> None:
    first, _ = weeks(set(), set(range(1, 6)), voice_gap_ms=GAP_MS)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, first, NOW)
    assert plain(report, "returned_next") == "At the next one –"  # of 15 of 20 it is known
    (caveat,) = value(report, "returned_next").caveats
    assert caveat == "Of less than 80 % of the attendees it is known: a gap hides the others."


async def test_one_that_was_hardly_recorded_is_not_the_next_one(
    guild: Any, warehouse: Any, weeks: Any
) -> None:
    first, _, _ = weeks(set(), {1}, set(), voice_gap_ms=25 * MINUTE)
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, first, NOW)
    assert plain(report, "returned_next") == "At the next one 100 % (20/20)"
    assert not any(k.name == "returned_next_two" for s in report.sections for k in s.kpis)


async def test_what_lies_after_the_newest_note_is_no_gap(guild: Any, new_guild: Any, warehouse: Any) -> None:
    now = "2025-11-16 22:04"
    guild.recorded("2025-10-01 00:00", "2025-11-16 20:45")
    guild.progress = {"folded_to_ms": guild.ms("2025-11-16 20:50"), "position": 1, "rules": "x", "state": b""}
    running = guild.event(5, THIS, "2025-11-16 22:00", "running")
    guild.voice(1, "2025-11-16 19:55", None, {})
    await guild.write(warehouse)
    (figure,) = (await guild.occurrence(warehouse, running, "2025-11-16 20:50")).figures
    assert (figure.gaps, figure.known_until_ms) == ((), guild.ms("2025-11-16 20:50"))

    over = new_guild()
    over.recorded("2025-10-01 00:00", "2025-11-16 21:59")
    over.progress = {"folded_to_ms": over.ms(now), "position": 1, "rules": "x", "state": b""}
    held = over.event(5, THIS, "2025-11-16 22:00")
    over.came(held, range(1, 3))
    over.voice(1, THIS, None, {})
    await over.write(warehouse)
    report = await over.occurrence(warehouse, held, now)
    (figure,) = report.figures
    assert (figure.gaps, figure.known_until_ms) == ((), over.ms(now))
    assert figure.steps[-1] == (over.ms(THIS), 1), "that it is nobody later is not known"
    assert not any("not recorded" in caveat for caveat in report.caveats)


async def test_the_figures_bar_and_boxes_add_up_to_who_came(inhouse: Any, warehouse: Any) -> None:
    inhouse.came(inhouse.this, range(70, 74), "standing")
    inhouse.came(inhouse.this, (74,), "standing", "absent")
    inhouse.attendance = [
        row for row in inhouse.attendance if row["member_no"] != 70 or row["rsvp"] == "standing"
    ]
    await inhouse.write(warehouse)
    report = await inhouse.occurrence(warehouse, inhouse.this, NOW)
    (figure,) = report.figures
    assert (figure.attended, figure.standing, figure.walk_ins) == (21, 4, 6)
    assert report.finding.startswith("31 came")
    assert figure.subtitle.endswith("4 of 5 from the series")
    assert "did not come; 4 came from the series, 6 walk-ins." in figure.alt_text


async def test_a_clear_change_of_who_came_is_the_finding(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    last = guild.event(1, LAST, "2025-11-09 22:00")
    this = guild.event(2, THIS, "2025-11-16 22:00")
    guild.came(last, range(1, 37), "interested")
    guild.came(this, range(1, 24), "interested")
    guild.came(this, range(24, 26), "interested", "absent")
    await guild.write(warehouse)
    report = await guild.occurrence(warehouse, this, NOW)
    assert value(report, "no_show_rate").change.verdict is Verdict.WITHIN_NOISE
    assert report.finding == "23 came, 13 fewer than last time: clearly worse."
    assert report.figures[0].headline == "23 came, 13 fewer than last time"


async def test_of_few_who_were_interested_no_share_is_told(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    last = guild.event(1, LAST, "2025-11-09 22:00")
    this = guild.event(2, THIS, "2025-11-16 22:00")
    guild.came(last, range(1, 13))
    guild.came(this, range(1, 11))
    guild.came(this, (11, 12), "interested")
    await guild.write(warehouse)
    assert (await guild.occurrence(warehouse, this, NOW)).finding == "12 came, 12 last time: within noise."


async def test_a_verdict_says_of_which_numbers_it_is(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-10-01 00:00", NOW)
    last = guild.event(1, LAST, "2025-11-09 22:00", series="event:2")
    this = guild.event(2, THIS, "2025-11-16 22:00", series="event:2")
    guild.came(last, range(1, 16), "standing")
    guild.came(this, range(1, 13), "standing")
    guild.came(this, range(13, 33), "standing", "absent")
    guild.came(this, (40, 41))
    await guild.write(warehouse)
    finding = (await guild.occurrence(warehouse, this, NOW)).finding
    assert finding == "14 came, 15 last time: within noise; 12 of 32 from the series."
