"""What the digest says of the week's events, of limits that were crossed, and its four panels."""

from __future__ import annotations

from typing import Any

import pytest

from reports.alerts import alerts
from reports.catalogue import CATALOGUE, WATCHABLE
from reports.figures import DigestFigure, MiniBars, MiniBridge, MiniIntervals, MiniLine
from reports.finding import standing_out
from reports.json import to_json
from reports.lines import line
from reports.periods import date_of, parse_period
from reports.report import Change, Kpi, Measure, Section, Side, Verdict, Worth
from reports.settings import AlertRule
from reports.text import to_text

NOW = "2025-11-20 14:00"
NB = "\u00a0"
NO_SHOWS = AlertRule("no_show_rate", above=0.25)


@pytest.fixture
def club(guild: Any) -> Any:
    """A hundred people, fifty of them active in each week since 6 October."""
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for number in range(1, 101):
        guild.spell(number, 0)
    for week in range(6):
        guild.did("voice", guild.day("2025-10-08") + 7 * week, range(1, 51))
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def report(key: str = "2025-W46", now: str = NOW, **settings: Any) -> Any:
        await club.write(warehouse)
        period = parse_period(key, club.zone, "monday", club.ms(now))
        return await club.weekly(warehouse, period, now, **settings)

    return report


def hold(guild: Any, day: str, came: Any, absent: Any = (), title: str = "Sunday Inhouse") -> Any:
    event_id = len(guild.occurrences) + 1
    key = guild.event(event_id, f"{day} 20:00", f"{day} 22:00", series=f"title:{title}", title=title)
    guild.came(key, came, "interested")
    guild.came(key, absent, "interested", "absent")
    return key


def lines(report: Any, name: str) -> list[str]:
    kpis = [kpi for section in report.sections for kpi in section.kpis if kpi.name == name]
    return [line(kpi).plain().replace(NB, " ") for kpi in kpis]


def digest(report: Any) -> Any:
    assert isinstance(report.figures[0], DigestFigure)
    return report.figures[0]


async def test_the_weeks_events_stand_in_their_order_beside_the_ones_before(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 25))
    hold(club, "2025-11-12", range(40, 55), title="Scrims")
    hold(club, "2025-11-16", range(1, 28))
    club.event(9, "2025-11-13 20:00", "2025-11-13 22:00", "not_held")
    report = await told()
    assert [section.title for section in report.sections] == ["Community", "Events", "Data"]
    assert lines(report, "attendees") == ["Scrims 15", "Sunday Inhouse 27 · last time 24"]
    assert lines(report, "events_held") == ["Events held 2 (1 not held) · was 1"]
    # 1–27 and 40–54, before 1–24: 18 gained, none lost
    assert lines(report, "event_people") == ["At an event 42 · was 24 · ▲ clearly better"]
    assert lines(report, "event_completeness") == ["Complete events 67 % (2/3) · was 100 %"]


async def test_an_event_belongs_to_the_week_in_which_it_began(club: Any, told: Any) -> None:
    key = hold(club, "2025-11-16", range(1, 28))
    row = club.occurrences[-1]
    row["window_start_ms"] = row["actual_start_ms"] = club.ms("2025-11-17 00:00")
    row["window_end_ms"] = club.ms("2025-11-17 01:00")
    assert key.original_start_ms == club.ms("2025-11-16 20:00")
    report = await told()
    assert lines(report, "attendees") == []
    row["window_start_ms"] = row["actual_start_ms"] = club.ms("2025-11-16 23:59")
    club.guild_id += 1_000_000
    assert lines(await told(), "attendees") == ["Sunday Inhouse 27"]


async def test_no_shows_are_pooled_over_the_week(club: Any, told: Any, warehouse: Any) -> None:
    hold(club, "2025-11-05", range(1, 21), range(21, 26))
    hold(club, "2025-11-12", range(1, 11), range(11, 16))
    hold(club, "2025-11-16", range(1, 12), range(12, 16))
    report = await told()
    # 5 of 15 and 4 of 15; 12–15 stayed away twice. Before 5 of 25
    kpi = next(k for s in report.sections for k in s.kpis if k.name == "no_show_rate")
    assert (kpi.current.numerator, kpi.current.denominator) == (9, 30)
    assert lines(report, "no_show_rate")[0].startswith("No-shows 30 % (9/30) · was 20 % · ")
    assert kpi.caveats == ("“Interested” is not a promise.",)
    assert "“Interested” is not a promise." in report.caveats
    growth = await club.detail(warehouse, "growth", report.period, NOW)
    assert "“Interested” is not a promise." not in growth.caveats  # it shows no no-shows
    low, high = kpi.current.interval
    assert low < 0.15 < 0.45 < high  # fifteen people, not thirty: wider than Wilson's 17–48 %


async def test_two_of_a_title_are_told_apart_by_their_days(club: Any, told: Any) -> None:
    hold(club, "2025-11-12", range(1, 11))
    hold(club, "2025-11-16", range(1, 12))
    report = await told()
    assert lines(report, "attendees") == ["Sunday Inhouse, Wed 10", "Sunday Inhouse, Sun 11 · last time 10"]


async def test_of_many_events_the_largest_eight_are_listed(club: Any, told: Any) -> None:
    for number in range(10):
        hold(club, "2025-11-12", range(1, 20 + number), title=f"Event {number}")
    report = await told()
    assert lines(report, "attendees") == [f"Event {number} {19 + number}" for number in range(2, 10)]
    assert lines(report, "events_held") == ["Events held 10 · was 0"]


async def test_an_event_of_few_people_is_not_counted_out_in_a_channel(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 4))
    hold(club, "2025-11-16", range(1, 11))
    hold(club, "2025-11-12", range(1, 5), title="Scrims")
    report = await told()
    # neither the 4 of the scrims nor the 3 of the inhouse before
    assert lines(report, "attendees") == ["Scrims –", "Sunday Inhouse 10"]
    club.guild_id += 1_000_000
    assert lines(await told(min_group=0), "attendees") == ["Scrims 4", "Sunday Inhouse 10 · last time 3"]


async def test_a_week_without_events_has_no_section_of_them(club: Any, told: Any) -> None:
    report = await told()
    assert [section.title for section in report.sections] == ["Community", "Data"]
    assert not any("no_show" in kpi.name for section in report.sections for kpi in section.kpis)


async def test_a_crossed_limit_comes_first(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 46), range(46, 51))
    hold(club, "2025-11-16", range(11, 41), (*range(1, 11), *range(41, 51)))
    report = await told(alerts=(NO_SHOWS,))
    (alert,) = report.alerts
    assert (alert.kpi, alert.side, alert.limit, alert.value) == ("no_show_rate", Side.ABOVE, 0.25, 0.4)
    assert alert.sentence == f"No-shows 40{NB}%: over the limit of 25{NB}%."
    # 5 of 50 before, 20 of 50 now, of the same fifty people
    assert report.finding.replace(NB, " ") == (
        "No-shows rose to 40 % (20 of 50); the week before 10 %: clearly worse."
    )
    assert to_json(report)["alerts"] == [
        {"kpi": "no_show_rate", "side": "above", "limit": 0.25, "value": 0.4, "sentence": alert.sentence}
    ]
    assert f"{alert.sentence}\n" in to_text(report)


async def test_a_crossed_limit_without_a_clear_change_is_said_with_the_limit(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 36), range(36, 50))
    hold(club, "2025-11-16", range(1, 35), range(35, 51))
    report = await told(alerts=(NO_SHOWS,))
    assert report.finding.replace(NB, " ") == (
        "No-shows 32 % (16 of 50), over the limit of 25 %; the week before 29 %."
    )
    assert digest(report).headline == f"A steady week, but no-shows at 32{NB}%"
    assert to_text(report).count("over the limit") == 1


async def test_the_health_report_checks_numbers_against_their_limits(club: Any, warehouse: Any) -> None:
    hold(club, "2025-11-16", range(1, 35), range(35, 51))
    club.did("voice", "2025-11-19", range(1, 51))
    await club.write(warehouse)
    rules = (NO_SHOWS, AlertRule("weekly_active_members", below=40))
    report = await club.health(warehouse, NOW, alerts=rules)
    assert [section.title for section in report.sections][:2] == ["Checks", "Community"]
    checks = [line(kpi).plain().replace(NB, " ") for kpi in report.sections[0].kpis]
    assert checks == [
        "Active members 50 of 100 · alert below 40 · was 50 · within noise",
        "No-shows 32 % (16/50) · alert above 25 %",
    ]
    assert [alert.kpi for alert in report.alerts] == ["no_show_rate"]


def kpi(value: float | None, coverage: float = 1.0, cut: str = "") -> Kpi:
    return Kpi("no_show_rate", Measure(value, 3, 10, coverage=coverage), cut=cut)


@pytest.mark.parametrize(
    ("found", "rule", "is_crossed"),
    [
        (kpi(0.26), NO_SHOWS, True),
        (kpi(0.25), NO_SHOWS, False),  # at the limit
        (kpi(None), NO_SHOWS, False),
        (kpi(0.5, coverage=0.79), NO_SHOWS, False),
        (kpi(0.5, coverage=0.80), NO_SHOWS, True),
        (kpi(0.5, coverage=0.85), AlertRule("no_show_rate", above=0.25, min_coverage=0.9), False),
        (kpi(0.2), AlertRule("no_show_rate", below=0.25), True),
        (kpi(0.5), AlertRule("no_show_rate", above=0.25, only_when_clear=True), False),
        (kpi(0.5, cut="Sunday Inhouse"), NO_SHOWS, False),
        (kpi(0.5), AlertRule("quick_ratio", above=0.25), False),
    ],
)
def test_a_limit_is_crossed_on_its_side_and_where_enough_was_recorded(
    found: Kpi, rule: AlertRule, is_crossed: bool
) -> None:
    sections = (Section("Events", (found,)),)
    assert bool(alerts(sections, (rule,), is_open=False)) is is_crossed
    assert alerts(sections, (rule,), is_open=True) == ()


def test_the_limit_crossed_furthest_comes_first() -> None:
    sections = (Section("", (kpi(0.5), Kpi("quick_ratio", Measure(0.2)))),)
    rules = (NO_SHOWS, AlertRule("quick_ratio", below=0.8))
    # 0.5 is 100 % over 0.25; 0.2 is 75 % under 0.8
    assert [alert.kpi for alert in alerts(sections, rules, is_open=False)] == ["no_show_rate", "quick_ratio"]
    assert (
        alerts(sections, rules, is_open=False)[1].sentence == "Gains / losses 0.20: under the limit of 0.80."
    )


def changed(name: str, now: float, then: float, worth: Worth | None = None) -> Kpi:
    """Clearly, where it is better or worse."""
    verdict = Verdict.CLEAR if worth else Verdict.WITHIN_NOISE
    change = Change(now - then, None, None, 0.001, verdict, worth or Worth.NEUTRAL)
    return Kpi(name, Measure(now, 3, 10), Measure(then, 3, 10), change)


STILL = changed("top_two_hosts_share", 0.84, 0.82)  # was beyond its limit of 60 % before
NEWLY = changed("no_show_rate", 0.3, 0.2)
WORSE = changed("no_show_rate", 0.4, 0.26, Worth.WORSE)
BETTER = changed("event_people", 60, 30, Worth.BETTER)
LESS = changed("voice_activity_rate", 0.4, 0.5, Worth.WORSE)
LIMITS = (NO_SHOWS, AlertRule("top_two_hosts_share", above=0.6))


@pytest.mark.parametrize(
    ("kpis", "gravest"),
    [
        ((STILL, BETTER, WORSE, LESS), WORSE),  # clearly worse, beyond its limit
        ((STILL, NEWLY, BETTER), NEWLY),
        ((STILL, LESS, BETTER), BETTER),  # the larger of two clear changes
        ((STILL, changed("no_show_rate", 0.2, 0.2)), STILL),
        ((changed("no_show_rate", 0.2, 0.2),), None),
    ],
)
def test_what_stands_out_most_is_said_first(kpis: tuple[Kpi, ...], gravest: Kpi | None) -> None:
    crossed = alerts((Section("", kpis),), LIMITS, is_open=False)
    assert standing_out(kpis, crossed) is gravest


async def test_hosts_of_hardly_recorded_weeks_cross_no_limit(club: Any, told: Any) -> None:
    club.covered.clear()
    club.recorded("2025-11-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    key = hold(club, "2025-11-16", range(1, 28))
    club.hosts.append({**key._asdict(), "member_no": 1, "reason": "creator"})
    report = await told(alerts=(AlertRule("top_two_hosts_share", above=0.6),))
    # 16 of the 28 days
    assert lines(report, "top_two_hosts_share") == ["One host carries 100 % in 4 weeks"]
    assert report.alerts == ()


async def test_many_more_at_an_event_is_said_so(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 25))
    hold(club, "2025-11-16", range(1, 45))
    report = await told()
    assert report.finding == "44 people were at an event; the week before 24: clearly better."
    assert digest(report).headline == "A steady week, and 44 at an event, was 24"


async def test_four_panels(club: Any, told: Any) -> None:
    for week in range(6):
        day = date_of(club.day("2025-10-12") + 7 * week).isoformat()
        hold(club, day, range(1, 31), range(31, 36 if week < 5 else 41))
    for number in range(101, 121):
        club.joins(number, "2025-10-02")
        club.did("voice", "2025-10-31", {number} if number < 111 else set())  # day 29
    club.present(club.days("2025-10-02", "2025-11-20"), range(101, 121))
    report = await told(alerts=(AlertRule("no_show_rate", above=0.2),))
    active, net, no_shows, retained = digest(report).panels
    assert (active.label, active.value, active.span) == ("Active members", "50", "6 weeks")
    assert active.note == "was 50 · within noise"
    assert isinstance(active.drawing, MiniLine)
    assert active.drawing.values == (50, 50, 50, 60, 50, 50)
    assert (net.label, net.value, net.note) == ("Net change", "0", "0 in, 0 out · was −10")
    assert net.drawing == MiniBridge(50, (0, 0, 0, 0), 50)
    # 5 of 35 in each week, 10 of 40 in the last
    assert (no_shows.label, no_shows.value, no_shows.is_worse) == ("No-shows", f"25{NB}%", True)
    assert no_shows.note == f"△ was 14{NB}% · alert above 20{NB}%"
    assert isinstance(no_shows.drawing, MiniBars)
    assert no_shows.drawing.values == pytest.approx((1 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 7, 1 / 4))
    assert (retained.label, retained.value, retained.drawing) == ("Active in week 4", f"50{NB}%", None)
    assert digest(report).subtitle == "10–16 Nov 2025, compared with the week before"
    assert digest(report).footer == f"Recorded 100{NB}% of the week · no-shows: 10 of 40, was 5 of 35"


async def test_week_eight_of_each_cohort_has_its_interval(club: Any, told: Any) -> None:
    club.covered.clear()
    club.recorded("2025-06-01 00:00", NOW)
    for cohort, (day, active_on) in enumerate((("2025-08-10", "2025-10-06"), ("2025-07-15", "2025-09-10"))):
        people = range(200 + 20 * cohort, 220 + 20 * cohort)
        for number in people:
            club.joins(number, day)
        club.present(club.days(day, "2025-11-20"), people)
        club.did("voice", active_on, list(people)[: 5 + 5 * cohort])  # day 57 of each
    report = await told()
    panel = digest(report).panels[-1]
    assert (panel.label, panel.value, panel.span) == (
        "Active in week 8",
        f"38{NB}%",
        "2 cohorts, line: all",
    )  # 15 of 40
    assert isinstance(panel.drawing, MiniIntervals)
    assert panel.drawing.values == (0.5, 0.25)
    assert panel.drawing.together == 15 / 40  # what the number says


async def test_a_series_that_clearly_fades_has_the_panel(club: Any, told: Any) -> None:
    for week, day in enumerate(("09-28", "10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16")):
        hold(club, f"2025-{day}", range(1, 31 if week < 4 else 16), title="Beginner Night")
    report = await told()
    assert lines(report, "series_mean") == ["Beginner Night, average 15 · was 30 · ▼ clearly worse"]
    panel = digest(report).panels[2]
    assert (panel.label, panel.value, panel.note) == ("Beginner Night", "15", "▼ was 30 · clearly worse")
    assert panel.is_worse
    assert panel.drawing == MiniBars((30, 30, 30, 30, 15, 15, 15, 15))
    assert digest(report).headline == "A steady week, but Beginner Night halved"
    assert report.finding == "Beginner Night, average halved from 30 to 15: clearly worse."


@pytest.mark.parametrize(
    ("stayed", "said"),
    [
        # of 25 regulars at the first four 7 missed the three after: 28 %; or 4: 16 %, which is no news
        (range(1, 19), ["Raid, regulars who stopped 28 % (7/25)"]),
        (range(1, 22), []),
    ],
)
async def test_a_series_that_loses_many_regulars_is_spoken_of(
    club: Any, told: Any, stayed: Any, said: list[str]
) -> None:
    for week, day in enumerate(("10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16")):
        hold(club, f"2025-{day}", range(1, 26) if week < 4 else stayed, title="Raid")
    assert lines(await told(), "series_regulars_stopped") == said


async def test_few_regulars_who_stopped_are_not_told_of_in_a_channel(club: Any, told: Any) -> None:
    for week, day in enumerate(("10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16")):
        hold(club, f"2025-{day}", range(1, 13) if week < 4 else range(1, 9), title="Raid")
    assert lines(await told(), "series_regulars_stopped") == []
    club.guild_id += 1_000_000
    assert lines(await told(min_group=0), "series_regulars_stopped") == [
        "Raid, regulars who stopped 33 % (4/12)"
    ]


async def test_the_first_week_has_what_there_is(guild: Any, warehouse: Any) -> None:
    guild.recorded("2025-11-10 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-11-10", "2025-11-20"), range(1, 31))
    guild.did("voice", "2025-11-15", range(1, 16))
    hold(guild, "2025-11-16", range(1, 12), range(12, 17))
    await guild.write(warehouse)
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    report = await guild.weekly(warehouse, period, NOW)
    assert [(panel.label, panel.value, panel.note, panel.drawing) for panel in digest(report).panels] == [
        ("Active members", "15", "nothing to compare with", None),
        ("No-shows", f"31{NB}%", "nothing to compare with", None),
    ]
    assert digest(report).headline == "15 active, nothing to compare with"
    assert digest(report).subtitle == "10–16 Nov 2025, compared with nothing"
    assert lines(report, "attendees") == ["Sunday Inhouse 11"]


async def test_a_gap_in_the_week_is_not_an_alert(club: Any, told: Any) -> None:
    hold(club, "2025-11-09", range(1, 46), range(46, 51))
    hold(club, "2025-11-16", range(11, 41), (*range(1, 11), *range(41, 51)))
    club.covered.clear()
    club.recorded("2025-10-01 00:00", "2025-11-11 00:00", sources=("voice", "members", "commands", "events"))
    club.recorded("2025-11-14 00:00", NOW, sources=("voice", "members", "commands", "events"))
    report = await told(alerts=(NO_SHOWS,))
    assert report.alerts == ()
    kpi = next(k for s in report.sections for k in s.kpis if k.name == "no_show_rate")
    assert kpi.change.verdict is Verdict.NOT_COMPARED
    assert digest(report).headline == "That week was not recorded well enough"
    no_shows = next(panel for panel in digest(report).panels if panel.label == "No-shows")
    assert no_shows.drawing is None or no_shows.drawing.left_out == {len(no_shows.drawing.values) - 1}


@pytest.mark.parametrize("size", [0, 1, 5, 100_000])
async def test_everything_fits_its_place_whatever_the_data(
    guild: Any, sqlite_warehouse: Any, size: int
) -> None:
    guild.recorded("2025-06-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    everybody = range(1, size + 1)
    for day in guild.days("2025-06-01", "2025-11-20"):
        guild.sets[(day, "present")] = guild.sets[(day, "present_at_end")] = everybody
    for week in range(24):
        guild.sets[(guild.day("2025-06-04") + 7 * week, "voice")] = range(1, size // (1 + week % 3) + 1)
    for week in range(12):
        for number in range(6):
            start = guild.rules.day_start_ms(guild.day("2025-08-28") + 7 * week + number)
            key = guild.event(
                week * 6 + number,
                start,
                start + 7_200_000,
                title="W" * 100,
                series=f"title:{number}",
                hosts=range(1, min(size, 9) + 1),
            )
            guild.came(key, range(1, min(size, 30 - 2 * week) + 1), "interested")
    rules = tuple(
        AlertRule(name, above=-1) for name in ("no_show_rate", "top_two_hosts_share", "events_held")
    )
    await guild.write(sqlite_warehouse)
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    reports = [await guild.weekly(sqlite_warehouse, period, NOW, alerts=rules)]
    details = ("growth", "segments", "retention", "events", "coverage")
    reports += [await guild.detail(sqlite_warehouse, name, period, NOW) for name in details]
    for report in reports:
        assert 0 < len(report.finding) <= 120
        for figure in report.figures:
            assert 0 < len(figure.headline) <= 44
            assert 0 < len(figure.subtitle) <= 68
            assert len(figure.footer) <= 76
            assert 0 < len(figure.alt_text) <= 1024
        digests = [figure for figure in report.figures if isinstance(figure, DigestFigure)]
        for panel in (panel for figure in digests for panel in figure.panels):
            assert len(panel.label) <= 24
            assert len(panel.note) <= 40


def test_a_value_that_would_read_like_its_limit_has_a_decimal() -> None:
    (alert,) = alerts((Section("", (kpi(0.2535),)),), (NO_SHOWS,), is_open=False)
    assert alert.sentence == f"No-shows 25.4{NB}%: over the limit of 25{NB}%."


DAYS = ("09-28", "10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16")


async def test_two_series_whose_titles_begin_alike_are_told_apart(club: Any, told: Any) -> None:
    for week, day in enumerate(DAYS):
        hold(club, f"2025-{day}", range(50, 90), title="Community Tournament Night America")
        hold(club, f"2025-{day}", range(1, 41 if week < 4 else 11), title="Community Tournament Night Europe")
    report = await told()
    assert lines(report, "attendees") == [
        "Community Tourna…America 40 · last time 40",
        "Community T…Night Europe 10 · last time 10",
    ]
    assert lines(report, "series_mean") == ["Community T…Night Europe, average 10 · was 40 · ▼ clearly worse"]
    panel = digest(report).panels[2]
    assert (panel.label, panel.value) == ("Community T…Night Europe", "10")
    assert panel.drawing == MiniBars((40, 40, 40, 40, 10, 10, 10, 10))


async def test_two_series_of_the_same_title_have_their_own_numbers(club: Any, told: Any) -> None:
    for week, day in enumerate(DAYS):
        for event_id, people in ((1, range(50, 90)), (2, range(1, 41 if week < 4 else 11))):
            start = f"2025-{day} {18 + event_id}:00"
            key = club.event(event_id, start, f"2025-{day} 22:00", series=f"event:{event_id}", title="Draft")
            club.came(key, people, "interested")
    report = await told()
    assert lines(report, "attendees") == [
        "Draft, Sun 19:00 40 · last time 40",
        "Draft, Sun 20:00 10 · last time 10",
    ]
    assert lines(report, "series_mean") == ["Draft (2), average 10 · was 40 · ▼ clearly worse"]
    assert digest(report).panels[2].drawing == MiniBars((40, 40, 40, 40, 10, 10, 10, 10))


async def test_two_of_a_title_on_one_day_are_told_apart_by_their_time(club: Any, told: Any) -> None:
    for number, hour in enumerate(("14:00", "20:00")):
        start, end = f"2025-11-12 {hour}", f"2025-11-12 {hour[:2]}:59"
        key = club.event(number, start, end, series="title:scrims", title="Scrims")
        club.came(key, range(1, 12 - number), "interested")
    hold(club, "2025-11-16", range(1, 9), title="Scrims")
    report = await told()
    assert lines(report, "attendees")[0] == "Scrims, Wed 14:00 11"
    assert [line.split(" · ")[0] for line in lines(report, "attendees")[1:]] == [
        "Scrims, Wed 20:00 10",
        "Scrims, Sun 8",
    ]


async def test_in_a_month_a_title_is_told_apart_by_its_date(club: Any, told: Any) -> None:
    hold(club, "2025-10-05", range(1, 11))
    hold(club, "2025-10-12", range(1, 12))
    report = await told("2025-10")
    assert [line.split(" · ")[0] for line in lines(report, "attendees")] == [
        "Sunday Inhouse, 5 Oct 10",
        "Sunday Inhouse, 12 Oct 11",
    ]


async def test_an_event_of_few_people_is_told_of_in_no_other_number_either(club: Any, told: Any) -> None:
    key = hold(club, "2025-11-12", range(1, 4), range(4, 6), title="Support group")
    club.hosts.append({**key._asdict(), "member_no": 1, "reason": "creator"})
    names = ("attendees", "event_people", "no_show_rate", "attendee_hours", "top_two_hosts_share")
    report = await told(alerts=(NO_SHOWS, AlertRule("event_people", below=50)))
    assert [lines(report, name) for name in names] == [
        ["Support group –"],
        ["At an event –"],
        ["No-shows –"],
        ["Hours at events –"],
        ["Two hosts carry –"],
    ]
    shown = [
        kpi for section in to_json(report)["sections"] for kpi in section["kpis"] if kpi["name"] in names
    ]
    assert len(shown) == 5
    for kpi in shown:
        counts = {key: number for key, number in kpi["current"].items() if key != "coverage"}
        assert set(counts.values()) == {None}
        assert (kpi["previous"], kpi["change"]) == (None, None)
    assert lines(report, "events_held") == ["Events held 1 · was 0"]
    assert report.alerts == ()
    picture = digest(report)
    assert [panel.label for panel in picture.panels] == ["Active members", "Net change"]
    assert picture.footer == f"Recorded 100{NB}% of the week"
    for text in (picture.alt_text, picture.headline, report.finding):
        assert not any(word in text for word in ("event", "Support", "o-shows"))
    club.guild_id += 1_000_000
    exact = await told(min_group=0)
    assert [lines(exact, name) for name in names[:4]] == [
        ["Support group 3"],
        ["At an event 3 · was 0 · too few"],
        ["No-shows 2/5"],
        ["Hours at events 3 h in 4 weeks"],
    ]


@pytest.mark.parametrize(
    ("scrims", "line"),
    [
        (range(50, 53), "At an event –"),  # 13 less the 10 shown are those 3
        ((10, 50, 51), "At an event –"),
        (range(1, 4), "At an event 10 · was 0 · too few"),  # nobody was only there
        (range(50, 55), "At an event 15 · was 0 · too few"),
    ],
)
async def test_all_together_are_not_told_where_they_tell_of_the_few(
    club: Any, told: Any, scrims: Any, line: str
) -> None:
    hold(club, "2025-11-12", scrims, title="Scrims")
    hold(club, "2025-11-16", range(1, 11))
    assert lines(await told(), "event_people") == [line]


@pytest.mark.parametrize(
    ("came", "absent", "line"),
    [
        (range(1, 21), range(21, 25), "No-shows –"),
        (range(1, 5), range(5, 25), "No-shows –"),
        (range(1, 21), range(21, 26), "No-shows 20 % (5/25)"),
        (range(1, 21), (), "No-shows 0 % (0/20)"),
    ],
)
async def test_few_who_stayed_away_or_few_who_did_not_are_not_told_of(
    club: Any, told: Any, came: Any, absent: Any, line: str
) -> None:
    hold(club, "2025-11-16", came, absent)
    assert lines(await told(), "no_show_rate") == [line]


async def test_few_people_who_stayed_away_often_are_few_people(club: Any, told: Any) -> None:
    for day in ("11-12", "11-14", "11-16"):
        hold(club, f"2025-{day}", range(1, 21), range(21, 24))
    report = await told()
    assert lines(report, "no_show_rate") == ["No-shows –"]  # 9 of 69, but three people


async def test_few_people_the_week_before_are_not_compared_with(club: Any, told: Any) -> None:
    key = hold(club, "2025-11-09", range(1, 4), range(50, 52), title="Support group")
    hold(club, "2025-11-16", range(1, 21), range(21, 31))
    club.hosts.append({**key._asdict(), "member_no": 1, "reason": "creator"})
    report = await told()
    assert lines(report, "event_people") == ["At an event 20"]
    assert lines(report, "no_show_rate") == ["No-shows 33 % (10/30)"]
    panel = next(panel for panel in digest(report).panels if panel.label == "No-shows")
    assert (panel.drawing, panel.note) == (None, "nothing to compare with")
    assert digest(report).footer == f"Recorded 100{NB}% of the week · no-shows: 10 of 30"


async def test_every_limit_that_can_be_set_is_on_a_number_that_digests_have(club: Any, told: Any) -> None:
    for day in ("11-09", "11-16"):
        key = hold(club, f"2025-{day}", range(1, 21), range(21, 31))
        club.hosts.append({**key._asdict(), "member_no": 1, "reason": "creator"})
    club.tracked = ("show_profile",)
    for number in range(1, 11):
        club.ran(number, "2025-11-12 20:00")
        club.did("command", "2025-11-12", {number})
    report = await told()
    kpis = {kpi.name: kpi for section in report.sections for kpi in section.kpis if not kpi.cut}
    assert set(kpis) <= set(WATCHABLE)
    of_months = {"monthly_active_members", "stickiness", "hard_churn", "soft_churn", "bounced"}
    assert set(WATCHABLE) - set(kpis) - of_months <= {"segment_unclassified"}  # there is nobody
    # only_when_clear lets nothing pass that is not tested
    assert {name for name, kpi in kpis.items() if kpi.change} == {
        name for name in WATCHABLE if CATALOGUE[name].is_tested and name not in of_months
    }
