"""Settings with a few keys changed: what may be tried, and what is said of what may not."""

from __future__ import annotations

import copy

import pytest

from bot.config import ConfigProblem
from bot.tried_settings import Assignment, CannotBeTried, tried

CONTENT = {
    "community": {"zone": "Europe/Berlin"},
    "segments": {"fresh_days": 10, "core": {"min_events": 3}},
    "alert": [{"kpi": "no_show_rate", "above": 0.3}],
}


def settings(*typed: str, content=CONTENT):
    return tried(content, "config.toml", [Assignment.of(one) for one in typed])


def test_a_key_of_segments_is_changed_and_nothing_else():
    before = copy.deepcopy(CONTENT)
    then, (change,) = settings("segments.core.min_events=4")
    assert (then.segments.core.min_events, then.segments.fresh_days) == (4, 10)
    assert (change.key, change.now, change.then) == ("segments.core.min_events", "3", "4")
    assert before == CONTENT


def test_several_are_changed_at_once_even_where_one_alone_would_be_refused():
    then, _ = settings("segments.fresh_days=60", "segments.new_days = 90")
    assert (then.segments.fresh_days, then.segments.new_days) == (60, 90)


@pytest.mark.parametrize(
    ("typed", "now", "limits"),
    [
        ("alert.no_show_rate.above=0.2", "0.3", [("no_show_rate", 0.2, None)]),
        ("alert.no_show_rate.below=0.1", "not set", [("no_show_rate", None, 0.1)]),
        (
            "alert.weekly_active_members.below=40",
            "not set",
            [("no_show_rate", 0.3, None), ("weekly_active_members", None, 40)],
        ),
    ],
)
def test_an_alert_is_named_by_its_kpi(typed, now, limits):
    then, (change,) = settings(typed)
    assert [(alert.kpi, alert.above, alert.below) for alert in then.alert] == limits
    assert change.now == now


TWICE = {**CONTENT, "alert": [*CONTENT["alert"], {"kpi": "no_show_rate", "above": 0.5, "min_coverage": 0.9}]}


def test_of_several_alerts_of_a_kpi_one_is_named_by_its_place():
    then, (change,) = settings("alert.no_show_rate.2.above=0.4", content=TWICE)
    assert [(alert.above, alert.min_coverage) for alert in then.alert] == [(0.3, 0.8), (0.4, 0.9)]
    assert (change.key, change.now, change.then) == ("alert.no_show_rate.2.above", "0.5", "0.4")
    then, _ = settings("alert.no_show_rate.1.above=0.2", "alert.no_show_rate.2.above=0.4", content=TWICE)
    assert [alert.above for alert in then.alert] == [0.2, 0.4]


def test_the_only_alert_of_a_kpi_has_a_place_too():
    then, _ = settings("alert.no_show_rate.1.above=0.2")
    assert [alert.above for alert in then.alert] == [0.2]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "alert.no_show_rate.above=0.4",
            "config.toml has 2 [[alert]] of no_show_rate: say which by its place, as in "
            "alert.no_show_rate.1.above=0.4",
        ),
        (
            "alert.no_show_rate.3.above=0.4",
            "alert.no_show_rate.3.above names no [[alert]]: config.toml has 2 of no_show_rate, "
            "counted from 1 in the order of the file",
        ),
        (
            "alert.no_show_rate.0.above=0.4",
            "alert.no_show_rate.0.above names no [[alert]]: config.toml has 2 of no_show_rate, "
            "counted from 1 in the order of the file",
        ),
        (
            "alert.voice_activity_rate.1.below=0.4",
            "alert.voice_activity_rate.1.below names no [[alert]]: "
            "config.toml has none of voice_activity_rate, counted from 1 in the order of the file",
        ),
    ],
)
def test_an_alert_that_could_be_another_or_is_none_is_refused(typed, sentence):
    with pytest.raises(CannotBeTried) as refused:
        settings(typed, content=TWICE)
    assert str(refused.value) == sentence


def test_values_are_read_as_toml():
    then, (change, _) = settings(
        'activity.qualifying=["voice", "event"]', "alert.no_show_rate.min_coverage=0.9"
    )
    assert then.activity.qualifying == ("voice", "event")
    assert (change.now, change.then) == ("[voice, event, command]", '["voice", "event"]')


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "segments.core.min_event=3",
            "config.toml: segments.core.min_event is not a key that exists here; did you mean min_events?",
        ),
        (
            "segments.core.min_events=0",
            "config.toml: segments.core.min_events must be a whole number of events from 1 to 100, not 0",
        ),
        (
            "segments.core.min_events=many",
            "config.toml: segments.core.min_events must be a whole number of events from 1 to 100, "
            'not "many"',
        ),
        (
            "segments.core.min_events=3\nfoo=1",
            "config.toml: segments.core.min_events must be a whole number of events from 1 to 100, "
            'not "3 foo=1"',
        ),
        (
            "segment.fresh_days=3",
            "config.toml: segment is not a key that exists here; did you mean segments?",
        ),
    ],
)
def test_what_is_no_setting_is_refused_in_the_configurations_own_words(typed, sentence):
    with pytest.raises(ConfigProblem) as problem:
        settings(typed)
    assert str(problem.value) == sentence


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("voice.min_voice_minutes=10", "cannot be tried: the tables are made by it"),
        ("events.attend_minutes=20", "cannot be tried: the tables are made by it"),
        ("community.bridge_days=3", "cannot be tried: the tables are made by it"),
        ("privacy.min_group=3", "cannot be tried: segments and alerts do not depend on it"),
        ("segments", "sets nothing: write KEY=VALUE, as in segments.core.min_events=3"),
        ("segments.core.min_events=", "sets nothing"),
        ("=3", "sets nothing"),
        ("alert.no_show_rate=3", "name an alert by its KPI, as in alert.no_show_rate.above=0.2"),
        ("alert.no_show_rate.above.much=3", "name an alert by its KPI"),
        ("alert.no_show_rates.above=0.3", "“no_show_rates” is no KPI; did you mean no_show_rate?"),
        (
            "alert.nope.above=0.3",
            "“nope” is no KPI; docs/kpis.md names them, as in alert.no_show_rate.above=0.2",
        ),
        ("alert.hard_churn.above=0.1", "hard_churn is of whole months, and only weeks are tried"),
    ],
)
def test_what_cannot_be_tried_is_one_sentence(typed, words):
    with pytest.raises(CannotBeTried) as refused:
        settings(typed)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_two_values_of_one_key_are_refused():
    with pytest.raises(CannotBeTried, match=r"segments.core.min_events is given 2 values: try one of them"):
        settings("segments.core.min_events=3", "segments.core.min_events=4")
