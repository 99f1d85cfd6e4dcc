"""Limits on values and on changes, and which of them have newly been crossed."""

from __future__ import annotations

import pytest

from reports.alerts import State, alerts, state_of, states, with_checks
from reports.crossings import newly_crossed, undecided
from reports.lines import line
from reports.report import Change, Kpi, Limit, Measure, Section, Side, Verdict, Worth
from reports.settings import AlertRule

NB = "\u00a0"
ACTIVE, SHARE = "weekly_active_members", "no_show_rate"
CROSSED, WITHIN, UNKNOWN = State.CROSSED, State.WITHIN, State.UNKNOWN


def kpi(name, now, then=None, verdict=Verdict.WITHIN_NOISE, *, coverage=1.0, coverage_before=1.0):
    previous = None if then is None else Measure(then, coverage=coverage_before)
    change = Change(None, None, None, None, verdict, Worth.WORSE)
    return Kpi(name, Measure(now, coverage=coverage), previous, change)


@pytest.mark.parametrize(
    ("rule", "number", "state"),
    [
        (AlertRule(ACTIVE, above=100), kpi(ACTIVE, 101), CROSSED),
        (AlertRule(ACTIVE, above=100), kpi(ACTIVE, 100), WITHIN),
        (AlertRule(ACTIVE, below=100), kpi(ACTIVE, 99), CROSSED),
        (AlertRule(ACTIVE, below=100), kpi(ACTIVE, 100), WITHIN),
        # a fifth of 150 is 30
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 119, 150), CROSSED),
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 120, 150), WITHIN),
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 200, 150), WITHIN),
        (AlertRule(ACTIVE, rises_by=0.2), kpi(ACTIVE, 181, 150), CROSSED),
        (AlertRule(ACTIVE, rises_by=0.2), kpi(ACTIVE, 100, 150), WITHIN),
        # of a share the difference counts: 20 % to 31 % are eleven points
        (AlertRule(SHARE, rises_by=0.1), kpi(SHARE, 0.31, 0.2), CROSSED),
        (AlertRule(SHARE, rises_by=0.1), kpi(SHARE, 0.29, 0.2), WITHIN),
        (AlertRule(SHARE, falls_by=0.1), kpi(SHARE, 0.05, 0.2), CROSSED),
        # what is not known is neither crossed nor not
        (AlertRule(ACTIVE, above=100), kpi(ACTIVE, None), UNKNOWN),
        (AlertRule(ACTIVE, above=100), kpi(ACTIVE, 101, coverage=0.79), UNKNOWN),
        (AlertRule(ACTIVE, above=100, min_coverage=0.5), kpi(ACTIVE, 101, coverage=0.79), CROSSED),
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 1), UNKNOWN),
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 1, 150, Verdict.NOT_COMPARED), UNKNOWN),
        (AlertRule(ACTIVE, falls_by=0.2), kpi(ACTIVE, 1, 150, coverage_before=0.7), UNKNOWN),
        (AlertRule(ACTIVE, rises_by=0.2), kpi(ACTIVE, 5, 0), UNKNOWN),
        (AlertRule(SHARE, rises_by=0.2), kpi(SHARE, 0.3, 0.0), CROSSED),
        # only when clear
        (AlertRule(ACTIVE, falls_by=0.2, only_when_clear=True), kpi(ACTIVE, 9, 150), WITHIN),
        (AlertRule(ACTIVE, falls_by=0.2, only_when_clear=True), kpi(ACTIVE, 9, 150, Verdict.CLEAR), CROSSED),
    ],
)
def test_where_a_value_stands_to_its_limit(rule, number, state):
    assert state_of(number, rule) is state
    crossed = alerts([Section("", (number,))], [rule], is_open=False)
    assert bool(crossed) == (state is CROSSED)
    assert alerts([Section("", (number,))], [rule], is_open=True) == ()


@pytest.mark.parametrize(
    ("rule", "number", "sentence"),
    [
        (AlertRule(SHARE, above=0.25), kpi(SHARE, 0.31), "No-shows 31 %: over the limit of 25 %."),
        (
            AlertRule(ACTIVE, falls_by=0.2),
            kpi(ACTIVE, 120, 160),
            "Active members 120, was 160: −25 %, beyond the limit of −20 %.",
        ),
        (
            AlertRule(ACTIVE, rises_by=0.5),
            kpi(ACTIVE, 320, 160),
            "Active members 320, was 160: +100 %, beyond the limit of +50 %.",
        ),
        (
            AlertRule(SHARE, rises_by=0.1),
            kpi(SHARE, 0.35, 0.2),
            "No-shows 35 %, was 20 %: +15 points, beyond the limit of +10 points.",
        ),
    ],
)
def test_a_crossed_limit_is_one_sentence(rule, number, sentence):
    (alert,) = alerts([Section("", (number,))], [rule], is_open=False)
    assert alert.sentence.replace(NB, " ") == sentence


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (Limit(Side.BELOW, 100), "alert below 100"),
        (Limit(Side.FALLS_BY, 0.2), "alert if down more than 20 %"),
        (Limit(Side.RISES_BY, 0.2), "alert if up more than 20 %"),
        (Limit(Side.ABOVE, 1_200), "alert above 1,200"),
    ],
)
def test_a_limit_stands_beside_its_number(limit, text):
    number = Kpi(ACTIVE, Measure(9), limit=limit)
    assert line(number).limit.replace(NB, " ") == text


RULE, OTHER = AlertRule(ACTIVE, below=10), AlertRule(SHARE, above=0.3)


@pytest.mark.parametrize(
    ("now", "earlier", "is_new"),
    [
        (CROSSED, [], True),  # the very first check
        (CROSSED, [WITHIN], True),
        (CROSSED, [WITHIN, CROSSED], True),
        (CROSSED, [CROSSED], False),
        (CROSSED, [CROSSED, WITHIN], False),
        (CROSSED, [UNKNOWN, CROSSED], False),  # a gap between ends no crossing
        (CROSSED, [UNKNOWN, UNKNOWN, WITHIN], True),
        (CROSSED, [UNKNOWN], True),
        (WITHIN, [WITHIN], False),
        (WITHIN, [CROSSED], False),
        (UNKNOWN, [WITHIN], False),
    ],
)
def test_a_crossing_is_new_where_it_was_none_at_the_last_check_that_knew(now, earlier, is_new):
    told = [{RULE: state, OTHER: CROSSED} for state in earlier]
    found = newly_crossed({RULE: now, OTHER: WITHIN}, told)
    assert found == ((RULE,) if is_new else ())


def test_earlier_checks_are_needed_only_until_they_know():
    assert undecided({RULE: CROSSED, OTHER: CROSSED}, [{RULE: WITHIN, OTHER: UNKNOWN}]) == (OTHER,)
    assert undecided({RULE: CROSSED}, [{RULE: UNKNOWN}, {RULE: CROSSED}]) == ()
    assert undecided({RULE: WITHIN}, []) == ()


def test_a_limit_whose_number_is_not_in_the_report_is_unknown():
    assert states([Section("", (kpi(ACTIVE, 9),))], [RULE, OTHER]) == {RULE: CROSSED, OTHER: UNKNOWN}


@pytest.mark.parametrize(("now", "limit"), [(0.35, 0.3), (0.05, 0.1), (0.2, 0.3)])
def test_of_several_limits_the_one_that_was_crossed_stands_beside_the_number(now, limit):
    rules = (AlertRule(SHARE, above=0.3), AlertRule(SHARE, below=0.1))
    (checks,) = with_checks((Section("Events", (kpi(SHARE, now),)),), rules)
    assert checks.kpis[0].limit.value == limit
