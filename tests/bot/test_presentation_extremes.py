from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presentation.message import BUTTONS, CONTENT, DESCRIPTION, EMBED
from bot.presentation.report_message import report_message
from bot.presentation.to_discord import send_arguments
from reports.catalogue import DEFINITIONS
from reports.periods import parse_period, previous
from reports.report import Alert, Bridge, Report, Side

from .extreme_reports import sections, texts

WEEK = parse_period("2025-W46", "Europe/Berlin", "monday", 0)
REPORT = Report(
    name="weekly",
    guild_id=1,
    period=WEEK,
    previous_period=previous(WEEK),
    zone="Europe/Berlin",
    as_of_ms=WEEK.end_ms,
    finding="",
    sections=(),
    bridge=None,
    gaps=(),
    caveats=(),
    excluded={},
    rules="3f2a91c0ffee",
)

people = st.integers(0, 10**7)
bridges = st.builds(
    Bridge,
    previous=people,
    lost=people,
    dormant=st.one_of(st.none(), people),
    left=st.one_of(st.none(), people),
    returning=people,
    gained=people,
    resurrected=st.none(),
    new=st.none(),
    first_seen=st.none(),
    current=people,
    quick_ratio=st.none(),
)
alerts = st.builds(
    Alert,
    kpi=st.sampled_from([definition.name for definition in DEFINITIONS]),
    limit=st.floats(-1e9, 1e9),
    side=st.sampled_from(Side),
    value=st.floats(-1e9, 1e9),
    sentence=texts,
)
reports = st.builds(
    replace,
    st.just(REPORT),
    name=st.sampled_from(["weekly", "health", "growth", "segments", "retention", "events", "coverage"]),
    finding=texts,
    sections=st.lists(sections, max_size=6).map(tuple),
    bridge=st.one_of(st.none(), bridges),
    caveats=st.lists(texts, max_size=30).map(tuple),
    excluded=st.dictionaries(st.sampled_from(["bots", "withdrawn", "raids"]), people),
    is_open=st.booleans(),
    alerts=st.lists(alerts, max_size=6).map(tuple),
)


@settings(max_examples=40)
@given(reports, st.lists(texts, max_size=2))
def test_whatever_was_recorded_the_message_is_within_every_limit_and_pings_nobody(report, notes):
    message = report_message(report, marker="weekly 2025-W46", notes=notes)
    embed = message.embed

    assert len(message.content) <= CONTENT
    assert len(embed.description) <= DESCRIPTION
    assert len(embed.title + embed.description + embed.footer) <= EMBED
    assert len(message.buttons) <= BUTTONS
    assert embed.footer.endswith(" · weekly 2025-W46")
    assert send_arguments(message)["allowed_mentions"] == {"parse": []}


def test_without_any_history_there_is_still_a_message():
    message = report_message(replace(REPORT, finding="Nothing was recorded yet."))

    assert message.content == "Nothing was recorded yet."
    assert message.embed.title == "Week 46 · 10–16 Nov 2025"
