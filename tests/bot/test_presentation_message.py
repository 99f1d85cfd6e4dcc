from __future__ import annotations

import ast
import inspect
from collections import Counter
from dataclasses import replace

import pytest

from bot.presentation.counted import OF_AN_EVENT, counted_messages
from bot.presentation.message import (
    ALT_TEXT,
    CONTENT,
    DESCRIPTION,
    Accent,
    Button,
    Embed,
    Enclosure,
    Menu,
    Message,
    Option,
    Picture,
    Roll,
)
from bot.presentation.report_message import report_message
from bot.presentation.to_discord import send_arguments
from reports import event_kpis
from reports.catalogue import DEFINITIONS
from reports.periods import parse_period, previous
from reports.report import Alert, Bridge, Change, Kpi, Limit, Measure, Report, Section, Side, Verdict, Worth
from reports.settings import CoreRule, ReportSettings, SegmentSettings
from storage.rules import EventRules, Rules

WEEK = parse_period("2025-W46", "Europe/Berlin", "monday", 0)


def change(difference, verdict=Verdict.WITHIN_NOISE, worth=Worth.NEUTRAL, p_value=0.4):
    return Change(difference, None, None, p_value, verdict, worth)


ACTIVE = Kpi("weekly_active_members", Measure(187, 187, 331), Measure(178, 178, 330), change(9))
CAME_IN = Kpi("came_in", Measure(38), Measure(31), parts=(("back", 20), ("new", 18)))
QUIET_WORSE = Kpi(
    "soft_attrition",
    Measure(0.31, 20, 64),
    Measure(0.14, 10, 70),
    change(0.17, Verdict.CLEAR, Worth.WORSE, p_value=0.001),
)
RECORDED = Kpi("recording_coverage", Measure(0.99, coverage=0.99))
WEEKLY = Report(
    name="weekly",
    guild_id=1000,
    period=WEEK,
    previous_period=previous(WEEK),
    zone="Europe/Berlin",
    as_of_ms=WEEK.end_ms,
    finding="187 people were active, 9 more than the week before: within noise.",
    sections=(Section("Community", (ACTIVE, CAME_IN)), Section("Data", (RECORDED,))),
    bridge=Bridge(178, 29, 24, 5, 149, 38, 20, 18, 0, 187, 1.3),
    gaps=(),
    caveats=("Voice: not recorded Wed 12 Nov, 04:10–05:10 (60 min).",),
    excluded={"bots": 3, "withdrawn": 0},
    rules="3f2a91c0ffee",
)


TABLE = Enclosure("attendance.csv", b"a,b", "text/csv")


def lines(message: Message) -> list[str]:
    return message.embed.description.replace("\u00a0", " ").split("\n")


def test_a_weekly_message_says_finding_period_and_each_number_with_what_it_was():
    message = report_message(WEEKLY, marker="weekly 2025-W46")

    assert message.content == WEEKLY.finding
    assert message.embed.title == "Week 46 · 10–16 Nov 2025"
    assert lines(message) == [
        "**Community** · **changes within noise**",
        "Active members **187** of 331 · was 178",
        "Came in **38** (20 back, 18 new) · was 31",
        "",
        "**Data**",
        "Recorded **99 %**",
        "",
        "Voice: not recorded Wed 12 Nov, 04:10–05:10 (60 min).",
        "In no number: 3 bots.",
    ]
    assert message.embed.footer == "Europe/Berlin · 95 % intervals · rules 3f2a91c0ffee · weekly 2025-W46"
    assert message.embed.accent is Accent.BLUE


def test_a_clear_change_is_worth_a_look_is_said_once_and_makes_the_stripe_orange():
    report = replace(WEEKLY, sections=(Section("Community", (ACTIVE, QUIET_WORSE)),))
    message = report_message(report)

    assert lines(message)[:2] == [
        "**Worth a look**",
        "⚠️ Went quiet **31 %** (20/64) · was 14 % · ▲ **clearly worse**",
    ]
    assert message.embed.description.count("Went quiet") == 1
    assert message.embed.accent is Accent.ORANGE


def test_a_number_its_unit_and_an_arrow_stay_together_on_a_narrow_screen():
    report = replace(WEEKLY, sections=(Section("Community", (ACTIVE, QUIET_WORSE)),))
    first = report_message(report).embed.description.split("\n")[1]
    assert first == "⚠️ Went quiet **31\u00a0%** (20/64) · was\u00a014\u00a0% · ▲\u00a0**clearly\u00a0worse**"


def test_at_most_three_changes_are_worth_a_look_the_surest_first():
    kpis = tuple(
        replace(QUIET_WORSE, cut=str(n), change=replace(QUIET_WORSE.change, p_value=n)) for n in (4, 2, 3, 1)
    )
    message = report_message(replace(WEEKLY, sections=(Section("Community", kpis),)))

    block = message.embed.description.split("\n\n")[0].split("\n")
    assert [line.split("**")[0] for line in block[1:]] == [f"⚠️ Went quiet, {n} " for n in (1, 2, 3)]


LIMIT = Alert("soft_attrition", 0.25, Side.ABOVE, 0.31, "Went quiet is above its limit of 25 %.")


def test_a_crossed_limit_stands_before_every_change_and_makes_the_stripe_orange():
    surer = replace(QUIET_WORSE, name="hard_attrition", change=replace(QUIET_WORSE.change, p_value=0.0))
    within_noise = replace(QUIET_WORSE, change=change(0.17))
    report = replace(WEEKLY, sections=(Section("Community", (ACTIVE, surer, within_noise)),), alerts=(LIMIT,))
    message = report_message(report)

    assert lines(message)[:3] == [
        "**Worth a look**",
        "⚠️ Went quiet **31 %** (20/64) · alert above 25 % · was 14 % · within noise",
        "⚠️ Left **31 %** (20/64) · was 14 % · ▲ **clearly worse**",
    ]
    assert message.embed.description.count("Went quiet") == 1
    assert message.embed.accent is Accent.ORANGE


def test_a_limit_on_a_number_that_is_not_shown_is_its_sentence_and_makes_the_stripe_orange():
    alert = Alert("recording_coverage", 0.9, Side.BELOW, 0.5, "Only 50 % was [recorded].")
    message = report_message(replace(WEEKLY, alerts=(alert,)))

    assert lines(message)[:2] == ["**Worth a look**", r"⚠️ Only 50 % was \[recorded\]."]
    assert message.embed.accent is Accent.ORANGE


@pytest.mark.parametrize(
    ("limit", "coverage", "crossed", "mark"),
    [
        (Limit(Side.ABOVE, 0.31), 1.0, (), "✅"),
        (Limit(Side.BELOW, 0.2), 1.0, (), "✅"),
        (Limit(Side.ABOVE, 0.25), 1.0, (), "➖"),  # beyond it, but not surely
        (Limit(Side.ABOVE, 0.4), 0.7, (), "➖"),
        (Limit(Side.ABOVE, 0.25), 1.0, (LIMIT,), "⚠️"),
    ],
)
def test_a_number_held_against_a_limit_is_marked(limit, coverage, crossed, mark):
    measure = replace(QUIET_WORSE.current, coverage=coverage)
    checked = replace(QUIET_WORSE, current=measure, change=None, limit=limit)
    others = tuple(Alert("recording_coverage", 0.9, Side.BELOW, 0.5, "Limit.") for _ in range(3))
    alerts = (*others, *crossed) if crossed else ()
    report = replace(WEEKLY, sections=(Section("Checks", (checked,)),), alerts=alerts)
    shown = lines(report_message(report))

    words = f"alert {limit.side} "
    assert shown[shown.index("**Checks**") + 1].startswith(f"{mark} Went quiet **31 %** (20/64) · {words}")


def test_of_many_crossed_limits_and_clear_changes_three_are_worth_a_look():
    kpis = tuple(
        replace(QUIET_WORSE, cut=str(n), change=replace(QUIET_WORSE.change, p_value=n)) for n in (1, 2)
    )
    alerts = tuple(Alert("recording_coverage", 0.9, Side.BELOW, 0.5, f"Limit {n}.") for n in range(5))
    report = replace(WEEKLY, sections=(Section("Community", kpis),))
    few, many = (report_message(replace(report, alerts=some)) for some in (alerts[:1], alerts))

    assert few.embed.description.split("\n\n")[0].count("\n") == 3
    assert lines(many)[1:4] == ["⚠️ Limit 0.", "⚠️ Limit 1.", "⚠️ Limit 2."]
    assert lines(many)[4:7] == ["… and 2 more limits crossed", "", "**Community**"]


def test_what_is_said_about_the_message_itself_is_said_however_much_there_is():
    report = replace(WEEKLY, caveats=tuple(f"Caveat number {n}, which is quite long." for n in range(100)))
    description = report_message(report, notes=["Posted late."]).embed.description

    assert len(description) <= DESCRIPTION
    assert description.split("\n")[-2].endswith(" lines more")
    assert description.endswith("\nPosted late.")


def test_below_four_fifths_recorded_the_stripe_is_grey_and_nothing_is_compared():
    kpi = replace(
        ACTIVE, current=Measure(87, 87, 331, coverage=0.62), change=change(None, Verdict.NOT_COMPARED)
    )
    message = report_message(replace(WEEKLY, sections=(Section("Community", (kpi,)),)))

    assert message.embed.accent is Accent.GREY
    assert lines(message)[:2] == ["**Community** · **not compared**", "Active members **87** of 331"]


def test_a_rate_of_few_people_is_shown_as_its_counts():
    few = change(None, Verdict.TOO_FEW)
    kpi = Kpi("soft_attrition", Measure(None, 3, 8), Measure(None, 2, 9), few)
    message = report_message(replace(WEEKLY, sections=(Section("Community", (kpi,)),)))

    assert "Went quiet **3/8** · was 2/9 · too few" in lines(message)


def test_what_has_no_value_is_no_number():
    kpi = Kpi("quick_ratio", Measure(None), Measure(1.3))
    message = report_message(
        replace(WEEKLY, sections=(Section("Community", (kpi,)), Section("Data", (RECORDED,))))
    )

    assert lines(message)[0] == "**Data**"


def test_health_shows_the_bridge_and_the_moment_that_it_speaks_of():
    period = replace(WEEK, key="trailing-7d")
    as_of_ms = WEEK.end_ms + 14 * 3_600_000
    message = report_message(replace(WEEKLY, name="health", period=period, as_of_ms=as_of_ms))

    assert message.embed.title == "Health · 7 days to 16 Nov · as of 14:00"
    assert "**178** − 29 out + 38 in = **187** active" in lines(message)


def test_a_source_is_named_only_where_it_was_recorded_less_than_others():
    sources = [replace(RECORDED, cut="commands"), replace(RECORDED, current=Measure(1.0), cut="voice")]
    message = report_message(replace(WEEKLY, sections=(Section("Data", (RECORDED, *sources)),)))

    assert lines(message)[:3] == ["**Data**", "Recorded **99 %**", "Recorded, voice **100 %**"]


def test_notes_about_the_message_come_last_and_an_open_week_is_labelled():
    message = report_message(replace(WEEKLY, is_open=True), notes=["Posted late."])

    assert lines(message)[-1] == "Posted late."
    assert message.embed.title.endswith(" · still open")


def test_what_does_not_fit_is_left_out_from_the_end_and_said_to_be():
    report = replace(WEEKLY, caveats=tuple(f"Caveat number {n}, which is quite long." for n in range(100)))
    description = report_message(report).embed.description

    assert len(description) <= DESCRIPTION
    shown = description.count("Caveat number")
    assert description.endswith(f"… and {100 - shown + 1} lines more")  # the caveats and who is in no number


def test_text_in_a_report_cannot_be_markup_and_a_finding_is_cut_to_its_limit():
    report = replace(WEEKLY, finding="**" + "x" * 200, caveats=("[click](https://evil.example)",))
    message = report_message(report)

    assert message.content.startswith(r"\*\*xxx")
    assert r"\[click\](https\://evil.example)" in lines(message)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Message("x" * (CONTENT + 1)),
        lambda: Embed("t", "x" * (DESCRIPTION + 1), Accent.BLUE, "f"),
        lambda: Picture("a.png", b"", "x" * (ALT_TEXT + 1)),
        lambda: Button("x" * 81, "id"),
        lambda: Button("label", "x" * 101),
        lambda: Message("x", buttons=(Button("a", "b"),) * 6),
        lambda: Message("x", pictures=(Picture("a.png", b"", "a"),) * 6, files=(TABLE,) * 5),
        lambda: Roll("t", "x" * 4097, Accent.BLUE, "f"),
        lambda: Option("x" * 101, "v", "d"),
        lambda: Option("x", "v", "d" * 101),
        lambda: Menu("m" * 101, "p"),
        lambda: Menu("m", "p" * 151),
        lambda: Menu("m", "p", (Option("x", "v", "d"),) * 26),
        lambda: Roll("t" * 256, "x" * 4096, Accent.BLUE, "f" * 2048),
    ],
)
def test_a_message_beyond_a_limit_cannot_be_made(make):
    with pytest.raises(ValueError, match=r"characters|buttons|pictures|options"):
        make()


def test_how_counted_says_what_every_number_means_within_the_limits():
    messages = counted_messages(DEFINITIONS * 3, Rules(), ReportSettings())
    text = "\n".join(message.embed.description for message in messages)

    assert len(messages) > 1
    for label, number in Counter(definition.label for definition in DEFINITIONS).items():
        assert text.count(f"**{label}**: ") == 3 * number
    assert "{" not in text


def test_how_counted_explains_every_number_that_an_event_may_show():
    named = {node.value for node in ast.walk(ast.parse(inspect.getsource(event_kpis))) if is_text(node)}
    shown = named & {definition.name for definition in DEFINITIONS}
    assert {"attendees", "overflow"} <= shown
    assert shown == {definition.name for definition in OF_AN_EVENT}


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_how_counted_says_what_the_thresholds_are_set_to():
    rules = Rules(
        events=EventRules(attend_minutes=25, break_minutes=1, held_people=6, late_cancel_minutes=90)
    )
    core = CoreRule(min_blocks=2, min_events=1, min_voice_hours=7.5, min_counts=(("dota_match", 8),))
    segments = SegmentSettings(fresh_days=10, new_days=40, alumni_days=90, core=core)
    settings = ReportSettings(segments=segments, funnel_days=21)

    messages = counted_messages(DEFINITIONS, rules, settings)
    text = "\n".join(message.embed.description for message in messages).replace("\\", "")

    for words in (
        "for at least 25 minutes, or half",
        "absences of up to 1 minute are",
        "at least 6 people were there",
        "withdrew in the last 90 minutes",
        "less than 90 minutes before",
        "at least 2 of the last four blocks",
        "with at least 1 event, 8 dota_match or 7.5 hours in voice.",
        "less than 10 days",
        "less than 40 days",
        "inactive for 90 days",
        "within 21 days",
        "within the 21 days",
        "within 42 days",
    ):
        assert words in text


def test_several_pictures_and_files_are_sent_in_their_order():
    pictures = tuple(Picture(f"{name}.png", name.encode(), name) for name in ("one", "two"))
    arguments = send_arguments(Message("x", pictures=pictures, files=(TABLE,)))

    sent = [(file.file_name, file.open_file().read(), file.content_type) for file in arguments["files"]]
    assert sent == [
        ("one.png", b"one", "image/png"),
        ("two.png", b"two", "image/png"),
        ("attendance.csv", b"a,b", "text/csv"),
    ]
    assert [file.description for file in arguments["files"]] == ["one", "two", None]


def test_what_is_sent_can_ping_nobody_and_a_picture_can_be_read_again_for_a_retry():
    picture = Picture("trend.png", b"PNG", "Line chart")
    arguments = send_arguments(replace(report_message(WEEKLY), pictures=(picture,)))

    assert arguments["allowed_mentions"] == {"parse": []}
    assert [arguments["files"][0].open_file().read() for _ in range(2)] == [b"PNG", b"PNG"]
    assert arguments["files"][0].description == "Line chart"
    (row,) = arguments["components"]
    labels = ["Growth", "Segments", "Retention", "Events", "How counted"]
    assert [(button.style, button.label) for button in row.components] == [(2, label) for label in labels]
