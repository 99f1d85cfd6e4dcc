from __future__ import annotations

from dataclasses import replace

import pytest

from bot.presentation.report_message import report_message
from bot.presentation.selection import BEHIND_BUTTONS, NOTHING_AMISS, TOGETHER
from reports.catalogue import CATALOGUE
from reports.periods import parse_period, previous
from reports.report import Alert, Change, Kpi, Limit, Measure, Report, Section, Side, Verdict, Worth

WEEK = parse_period("2025-W46", "Europe/Berlin", "monday", 0)
CORE = Kpi("segment_core", Measure(112), Measure(109))
REGULAR = Kpi("segment_regular", Measure(76), Measure(78))
WEEK_4 = Kpi("retention_week_4", Measure(0.29, 29, 99), Measure(0.28, 28, 100))
HELD = Kpi("events_held", Measure(5), Measure(3), parts=(("not held", 1),))
PEOPLE = Kpi("event_people", Measure(97), Measure(46))
QUIET = Change(1, None, None, 0.5, Verdict.WITHIN_NOISE, Worth.NEUTRAL)
CLEAR = Change(0.1, None, None, 0.001, Verdict.CLEAR, Worth.BETTER)


def lines(*kpis, name="weekly", alerts=(), is_table=False):
    report = Report(
        name=name,
        guild_id=1,
        period=WEEK,
        previous_period=previous(WEEK),
        zone="Europe/Berlin",
        as_of_ms=WEEK.end_ms,
        finding="It was a week.",
        sections=(Section("Community", kpis, is_table=is_table),),
        bridge=None,
        gaps=(),
        caveats=(),
        excluded={},
        rules="3f2a91c0ffee",
        alerts=alerts,
    )
    return report_message(report).embed.description.replace("\u00a0", " ").split("\n")


def test_two_numbers_that_are_read_together_are_one_line():
    assert lines(CORE, REGULAR)[1:] == ["Core **112**, regular **76** · was 109, 78"]
    assert lines(HELD, replace(PEOPLE, change=QUIET))[1:] == [
        "Events held **5** (1 not held), people **97** · was 3, 46"
    ]


def test_of_a_table_each_row_is_a_line_without_what_is_none_of_it():
    core, regular = (replace(kpi, cut="Captain") for kpi in (CORE, REGULAR))
    nobody, hidden = (replace(core, cut="Host", current=Measure(value)) for value in (0, None))
    other = replace(regular, cut="Host", current=Measure(7))
    assert lines(core, regular, nobody, other, hidden, is_table=True)[1:] == [
        "Captain **112** core, **76** regular",
        "Host **7** regular",
    ]


@pytest.mark.parametrize(
    ("means", "medians", "was"),
    [
        ((103, 108), (98, 97), "was 108, 97 min"),
        ((142, 150), (98, 97), "was 2 h 30 min, 97 min"),
        ((142, 150), (140, 149), "was 2 h 30 min, 2 h 29 min"),
    ],
)
def test_a_unit_that_two_numbers_share_is_said_once(means, medians, was):
    mean, median = (
        Kpi(name, *(Measure(minutes) for minutes in values))
        for name, values in (("voice_session_mean", means), ("voice_session_median", medians))
    )
    assert lines(mean, median)[1].endswith(was)


@pytest.mark.parametrize(
    "second",
    [
        Kpi("segment_new", Measure(7), Measure(7)),
        replace(REGULAR, previous=None),
        replace(REGULAR, limit=Limit(Side.BELOW, 50)),
        replace(REGULAR, change=replace(QUIET, verdict=Verdict.TOO_FEW)),
    ],
)
def test_of_which_something_is_to_be_said_alone_has_a_line_of_its_own(second):
    shown = lines(CORE, second)

    assert any(line.endswith("Core **112** · was 109") for line in shown)
    assert not any(", " in line for line in shown)


def test_a_digest_leaves_to_its_buttons_what_they_show():
    waiting = tuple(Kpi(name, Measure(1.0), Measure(1.0)) for name in sorted(BEHIND_BUTTONS))

    assert lines(CORE, *waiting)[1:] == ["Core **112** · was 109"]
    assert len(lines(CORE, *waiting, name="health")) == len(waiting) + 2


@pytest.mark.parametrize("name", ["weekly", "health"])
def test_where_nothing_is_amiss_nothing_is_said(name):
    fine = tuple(Kpi(kpi, Measure(value)) for kpi, value in NOTHING_AMISS.items())
    amiss = tuple(Kpi(kpi, Measure(0.5)) for kpi in NOTHING_AMISS)

    assert lines(CORE, *fine, name=name)[1:] == ["Core **112** · was 109"]
    assert len(lines(CORE, *amiss, name=name)) == len(amiss) + 2
    assert len(lines(CORE, *fine, name="coverage")) == len(fine) + 2


@pytest.mark.parametrize(("complete", "is_said"), [(5, False), (4, True)])
def test_of_few_events_their_counts_say_whether_anything_is_amiss(complete, is_said):
    of_few = Kpi("event_completeness", Measure(None, complete, 5))

    assert (len(lines(CORE, of_few)[1:]) == 2) == is_said


def test_what_stands_out_is_never_left_to_a_button():
    alert = Alert("retention_week_4", 0.3, Side.BELOW, 0.29, "Active in week 4 29 %.")

    assert (
        "Active in week 4 **29 %** (29/99) · alert below 30 % · was 28 %" in lines(WEEK_4, alerts=(alert,))[1]
    )
    assert "clearly better" in lines(replace(WEEK_4, change=CLEAR))[1]


def test_every_number_that_is_treated_apart_is_in_the_catalogue():
    named = {*BEHIND_BUTTONS, *NOTHING_AMISS, *(name for pair in TOGETHER for name in pair)}

    assert named <= set(CATALOGUE)
