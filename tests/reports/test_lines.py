from __future__ import annotations

from dataclasses import replace

import pytest

from reports.comparison import judged
from reports.finding import LONGEST, finding
from reports.growth import for_channel, is_small
from reports.lines import beside_limit, line
from reports.periods import parse_period
from reports.report import Bridge, Change, Kpi, Limit, Measure, Section, Side, Verdict, Worth

WEEK = parse_period("2025-W46", "Europe/Berlin", "monday", 0)


def change(difference: float, p_value: float, gained: int = 20, lost: int = 5) -> Change:
    worth = Worth.BETTER if difference > 0 else Worth.WORSE
    return Change(difference, gained, lost, p_value, Verdict.WITHIN_NOISE, worth)


def active(now: int, then: int, p_value: float, exposed: int = 331) -> Kpi:
    gained, lost = (20, 5) if now > then else (5, 20)
    return Kpi(
        "weekly_active_members",
        Measure(now, now, exposed),
        Measure(then, then, exposed),
        change(now - then, p_value, gained, lost),
    )


def voice(now: int, then: int, p_value: float, of: int = 100) -> Kpi:
    gained, lost = (20, 5) if now > then else (5, 20)
    return Kpi(
        "voice_activity_rate",
        Measure(now / of, now, of),
        Measure(then / of, then, of),
        change((now - then) / of, p_value, gained, lost),
    )


def verdicts(*kpis: Kpi) -> list[Verdict]:
    (section,) = judged([Section("Community", kpis)])
    return [kpi.change.verdict for kpi in section.kpis if kpi.change]


def says(*kpis: Kpi) -> str:
    return finding(judged([Section("Community", kpis)]), WEEK, is_open=False)


def test_two_changes_are_judged_together() -> None:
    # alone each p-value is below 0.05; of two the smaller has to be below 0.025
    assert verdicts(active(187, 178, 0.03), voice(30, 20, 0.04)) == [Verdict.WITHIN_NOISE] * 2
    assert verdicts(active(187, 178, 0.03)) == [Verdict.CLEAR]
    assert verdicts(active(187, 178, 0.02), voice(30, 20, 0.04)) == [Verdict.CLEAR] * 2


def test_a_rate_that_fell_while_people_came_is_not_clear() -> None:
    shrunk = voice(20, 30, 0.001)
    assert shrunk.change
    assert verdicts(replace(shrunk, change=replace(shrunk.change, gained=20, lost=5))) == [
        Verdict.WITHIN_NOISE
    ]
    assert verdicts(shrunk) == [Verdict.CLEAR]


def test_the_finding_names_the_largest_clear_change() -> None:
    assert says(active(187, 178, 0.001), voice(45, 30, 0.001)).replace("\u00a0", " ") == (
        "The share of people in voice rose to 45 % (45 of 100); the week before 30 %: clearly better."
    )
    assert says(active(120, 178, 0.001), voice(45, 44, 0.9)) == (
        "120 people were active, 58 fewer than the week before: clearly worse."
    )


def test_without_a_clear_change_it_tells_the_active_people() -> None:
    assert says(active(187, 178, 0.3), voice(45, 30, 0.2)) == (
        "187 people were active, 9 more than the week before: within noise."
    )


def test_one_person_is_spoken_of_as_one() -> None:
    assert says(active(1, 2, 0.9)) == "1 person was active, 1 fewer than the week before: within noise."


@pytest.mark.parametrize("size", [1, 10, 1_000, 100_000, 10_000_000])
def test_a_finding_is_never_longer_than_a_notification_shows(size: int) -> None:
    assert len(says(active(size, 0, 0.001, size))) <= LONGEST
    told = says(active(5, 5, 1.0), voice(size, 1, 0.001, size * 2))
    assert told.startswith("The share of people in voice") or size == 1
    assert len(told) <= LONGEST


@pytest.mark.parametrize(
    ("kpi", "plain"),
    [
        (active(187, 178, 0.3), "Active members 187 of 331 · was 178 · △ within noise"),
        (active(178, 178, 1.0), "Active members 178 of 331 · was 178 · within noise"),
        (voice(20, 30, 0.001), "In voice 20 % (20/100) · was 30 % · ▼ clearly worse"),
        (Kpi("quick_ratio", Measure(1.305), Measure(0.8)), "Gains / losses 1.30 · was 0.80"),
        (Kpi("soft_attrition", Measure(None, 3, 8)), "Went quiet 3/8"),
        (Kpi("came_in", Measure(38, 38), parts=(("back", 20), ("new", 18), ("first seen", 0))),
         "Came in 38 (20 back, 18 new)"),
        (Kpi("recording_coverage", Measure(1.0), cut="voice"), "Recorded, voice 100 %"),
    ],
)  # fmt: skip
def test_a_kpi_is_one_line(kpi: Kpi, plain: str) -> None:
    (section,) = judged([Section("Community", (kpi,))])
    assert line(section.kpis[0]).plain().replace("\u00a0", " ") == plain


def test_what_is_not_compared_shows_no_previous_value() -> None:
    kpi = active(187, 178, 0.3)
    not_compared = Change(None, None, None, None, Verdict.NOT_COMPARED, Worth.NEUTRAL)
    assert line(replace(kpi, change=not_compared)).plain() == "Active members 187 of 331"


BRIDGE = Bridge(
    previous=100, lost=30, dormant=26, left=4, returning=70, gained=12, resurrected=6, new=6, first_seen=0,
    current=82, quick_ratio=0.4,
)  # fmt: skip


def test_a_small_part_is_withheld_with_the_other_part_of_its_sum() -> None:
    shown = for_channel(BRIDGE, 5)
    assert (shown.dormant, shown.left, shown.lost) == (None, None, 30)
    assert (shown.resurrected, shown.new, shown.first_seen) == (6, 6, 0)
    assert for_channel(BRIDGE, 0) == BRIDGE


def test_an_empty_part_speaks_of_nobody() -> None:
    assert not is_small((0, 5, None), 5)
    assert is_small((0, 4), 5)
    assert not is_small((1, 2), 0)


@pytest.mark.parametrize(
    ("name", "side", "value", "limit", "texts"),
    [
        ("no_show_rate", Side.ABOVE, 0.31, 0.25, ("31 %", "25 %")),
        ("no_show_rate", Side.ABOVE, 0.8, 0.8, ("80 %", "80 %")),
        ("no_show_rate", Side.BELOW, 0.796, 0.8, ("79.6 %", "80 %")),
        ("no_show_rate", Side.BELOW, 0.79996, 0.8, ("79.996 %", "80 %")),
        ("no_show_rate", Side.ABOVE, 0.2004, 0.2004001, ("20.04 %", "20.04001 %")),
        ("weekly_active_members", Side.BELOW, 99.0, 99.4, ("99", "99.4")),
        ("weekly_active_members", Side.FALLS_BY, 0.2004, 0.2, ("−20.04 %", "−20 %")),
        ("no_show_rate", Side.RISES_BY, 0.1001, 0.1, ("+10.01 points", "+10 points")),
        ("no_show_rate", Side.RISES_BY, 0.15, 0.1, ("+15 points", "+10 points")),
        ("voice_session_mean", Side.BELOW, 59.8, 60, ("59.8 min", "60 min")),
        ("effective_hosts", Side.BELOW, 1.98, 2, ("1.98", "2")),
        ("quick_ratio", Side.BELOW, 0.999, 1, ("0.999", "1")),
    ],
)
def test_a_value_beside_its_limit_has_the_digits_that_tell_them_apart(
    name: str, side: Side, value: float, limit: float, texts: tuple[str, str]
) -> None:
    now, bound = beside_limit(name, value, Limit(side, limit))
    assert (now.replace("\u00a0", " "), bound.replace("\u00a0", " ")) == texts


def test_the_line_of_a_checked_number_never_looks_like_its_limit() -> None:
    checked = Kpi("no_show_rate", Measure(0.796, 39, 49), limit=Limit(Side.BELOW, 0.8))
    assert line(checked).plain().replace("\u00a0", " ") == "No-shows 79.6 % (39/49) · alert below 80 %"
    assert line(replace(checked, limit=None)).value == "80\u00a0%"
