from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presentation.attendance import came_message, csv_message, no_shows_message
from bot.presentation.attendance_csv import COLUMNS, attendance_csv
from bot.presentation.buttons import event_asked
from bot.presentation.event_message import event_message
from bot.presentation.message import CONTENT, DESCRIPTION, Accent, Message
from reports.attendance_csv import attendance_to_csv
from reports.event_report import Attendee, EventReport, OccurrenceKey
from reports.report import Change, Kpi, Measure, Section, Verdict, Worth

from .extreme_reports import sections, texts

KEY = OccurrenceKey(2**63 - 1, 2**53)
NO_SHOWS = Kpi("no_show_rate", Measure(0.29, 10, 34), Measure(0.17, 5, 30), is_of_holding=True)
WORSE = Change(0.12, None, None, 0.001, Verdict.CLEAR, Worth.WORSE)
REPORT = EventReport(
    guild_id=1,
    key=KEY,
    series="event:7",
    title="Sunday Inhouse",
    event_type=None,
    zone="Europe/Berlin",
    starts_ms=1_763_319_600_000,
    ends_ms=None,
    when="Sun 16 Nov 2025, 20:00–22:00",
    outcome="held",
    as_of_ms=1_763_323_200_000,
    finding="27 came; 10 of 34 interested did not.",
    sections=(Section("Who came", (NO_SHOWS,)),),
    figures=(),
    caveats=(),
    excluded={},
    rules="3f2a91c0ffee",
    people=(),
    hosts=(),
)


def lines(message):
    return message.embed.description.replace("\u00a0", " ").split("\n")


def test_a_number_of_an_event_is_a_line_with_what_it_was_the_time_before():
    message = event_message(REPORT, {})

    assert lines(message) == ["**Who came**", "No-shows **29 %** (10/34) · last time 17 %"]
    assert message.embed.accent is Accent.BLUE
    assert message.embed.footer == "Europe/Berlin · 95 % intervals · rules 3f2a91c0ffee"


def test_two_numbers_on_one_line_are_beside_those_of_the_last_time():
    stayed = tuple(
        Kpi(f"attendee_minutes_{name}", Measure(now), Measure(then), is_of_holding=True)
        for name, now, then in (("median", 97, 108), ("mean", 90, 101))
    )
    message = event_message(replace(REPORT, sections=(Section("How long", stayed),)), {})

    assert lines(message)[1] == "Stayed, median **97 min**, mean **90 min** · last time 108, 101 min"


def test_what_got_clearly_worse_makes_the_stripe_orange_and_what_was_not_recorded_grey():
    worse = replace(REPORT, sections=(Section("Who came", (replace(NO_SHOWS, change=WORSE),)),))
    partly = replace(NO_SHOWS, current=Measure(0.29, 10, 34, coverage=0.5))

    assert event_message(worse, {}).embed.accent is Accent.ORANGE
    unsure = replace(REPORT, sections=(Section("Who came", (partly,)),))
    assert event_message(unsure, {}).embed.accent is Accent.GREY


@pytest.mark.parametrize(
    ("hosts", "says"),
    [
        ((1,), "Hosted by <@501>"),
        ((1, 2), "Hosted by <@501> and <@502>"),
        ((1, 9), "Hosted by <@501> and 1 other"),
        ((9,), "Hosted by somebody who is not recorded any more"),
        (tuple(range(1, 9)), "Hosted by <@501>, <@502>, <@503>, <@504>, <@505> and 3 others"),
    ],
)
def test_hosts_are_named_if_they_are_known(hosts, says):
    known = {number: 500 + number for number in range(1, 9)}

    assert lines(event_message(replace(REPORT, hosts=hosts), known))[0] == says


def test_the_same_number_at_several_moments_is_several_lines():
    there = tuple(Kpi("presence_at", Measure(27), cut=f"at {share} %") for share in (25, 50, 75))
    message = event_message(replace(REPORT, sections=(Section("How long", there),)), {})

    assert lines(message)[1:] == [f"There at {share} % **27**" for share in (25, 50, 75)]


def test_every_button_says_which_occurrence_it_is_about():
    buttons = event_message(REPORT, {}).buttons

    assert [event_asked(button.custom_id) for button in buttons[:3]] == [
        ("came", KEY),
        ("noshows", KEY),
        ("csv", KEY),
    ]


def test_while_it_runs_nobody_is_called_a_no_show():
    people = (Attendee(1, "absent", "interested", 0, is_early=False, was_there_before=None),)
    message = no_shows_message(replace(REPORT, outcome="running", people=people), {1: 501})

    assert message.content == "1 of 1 interested are not there so far."
    assert "did not come" not in message.embed.description


def test_while_it_runs_they_came_so_far():
    people = (Attendee(1, "attended", "interested", 20, is_early=False, was_there_before=None),)
    report = replace(REPORT, people=people)

    assert came_message(report, {1: 501}).content == "1 person came."
    assert came_message(replace(report, outcome="running"), {1: 501}).content == "1 person came so far."


@pytest.mark.parametrize("present", [came_message, no_shows_message])
@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("not_held", "It was not held, so nobody could come."),
        ("cancelled", "It was cancelled, so nobody could come."),
        ("coming", "It has not begun, so nobody could come yet."),
    ],
)
def test_of_what_was_not_held_only_the_answers_are_told(present, outcome, says):
    answers = ("interested", "interested", "standing", "declined", "late_cancel", None)
    people = tuple(
        Attendee(number, "none", answer, 0, is_early=False, was_there_before=None)
        for number, answer in enumerate(answers, 1)
    )
    known = {number: 500 + number for number in range(1, 7)}
    report = replace(REPORT, outcome=outcome, people=people)

    assert present(report, known).content == says
    assert present(report, known).embed.description == (
        "**Interested** · 2\n<@501> <@502>\n\n**Interested in the series** · 1\n<@503>"
    )
    assert present(report, {4: 504}) == Message(says)
    assert ",none," in csv_message(report, known).files[0].content.decode()


@pytest.mark.parametrize("present", [came_message, no_shows_message, csv_message])
def test_without_anybody_to_name_there_is_one_sentence(present):
    message = present(REPORT, {})

    assert message.content.endswith(".")
    assert message.embed is None
    assert message.files == ()


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\u200b=1", "＝1"])
def test_a_title_is_no_formula(start):
    assert rows_of(TABLE, title=start)[0]["title"].startswith("'")
    assert rows_of(TABLE, title=f"Inhouse {start.strip()}")[0]["title"].startswith("Inhouse")


def test_the_file_and_the_command_lines_table_are_one_form():
    printed = list(csv.DictReader(io.StringIO(attendance_to_csv(TABLE))))
    attached = rows_of(TABLE)
    assert [list(row) for row in attached] == [
        ["user_id" if name == "member_no" else name for name in row] for row in printed
    ]
    for row in (*printed, *attached):
        assert row.pop("member_no", None) == "1" or row.pop("user_id") == "501"
    assert attached == printed
    assert attached[0]["event"] == f"{2**63 - 1}@{2**53}"


TABLE = replace(
    REPORT,
    people=(Attendee(1, "attended", "interested", 20, is_early=False, was_there_before=None),),
    hosts=(1,),
)


def rows_of(report, **changed):
    (file,) = csv_message(replace(report, **changed), {1: 501}).files
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


moments = st.one_of(st.none(), st.integers(0, 4 * 10**12))
people = st.builds(
    Attendee,
    member_no=st.integers(1, 40),
    status=st.sampled_from(["attended", "partial", "absent", "unknown", "none"]),
    rsvp=st.sampled_from(["interested", "standing", "declined", "late_cancel", None]),
    minutes=st.floats(0, 10_000),
    is_early=st.booleans(),
    was_there_before=st.sampled_from([True, False, None]),
    first_join_ms=moments,
    last_leave_ms=moments,
)
attended = st.builds(
    replace,
    st.just(REPORT),
    title=st.text(max_size=128),
    people=st.lists(people, max_size=60).map(tuple),
)
reports = st.builds(
    replace,
    st.just(REPORT),
    title=st.text(max_size=128),
    finding=texts,
    outcome=st.sampled_from(
        ["coming", "running", "held", "held_unstarted", "not_held", "cancelled", "unknown"]
    ),
    sections=st.lists(sections, max_size=5).map(tuple),
    caveats=st.lists(texts, max_size=8).map(tuple),
    hosts=st.lists(st.integers(1, 40), max_size=12).map(tuple),
    people=st.lists(people, max_size=60).map(tuple),
)
identities = st.dictionaries(st.integers(1, 40), st.integers(1, 2**63 - 1))


@settings(max_examples=30)
@given(reports, identities, st.lists(texts, max_size=2))
def test_whatever_an_event_was_like_its_messages_can_be_sent_and_name_nobody_else(report, known, notes):
    message = event_message(report, known, notes=notes)

    assert len(message.content) <= CONTENT
    assert len(message.embed.description) <= DESCRIPTION
    allowed = {f"<@{user_id}>" for user_id in known.values()}
    for told in (message, came_message(report, known), no_shows_message(report, known)):
        shown = told.embed.description if told.embed else ""
        for mark in allowed:
            shown = shown.replace(mark, "")
        assert "<@" not in shown.replace(r"\<\@", "")


@given(attended, identities)
def test_whatever_an_event_was_like_its_file_is_a_table(report, known):
    message = csv_message(report, known)
    named = [person for person in report.people if person.member_no in known]
    rows = [
        row
        for file in message.files
        for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    ]

    assert len(rows) == (len(named) + 1 if named else 0)
    assert all(len(row) == len(COLUMNS) for row in rows)
    assert [row[4] for row in rows[1:]] == [str(known[person.member_no]) for person in named]


def test_a_files_name_is_the_events_local_start():
    assert attendance_csv(REPORT, ()).file_name == "attendance-2025-11-16-2000.csv"
