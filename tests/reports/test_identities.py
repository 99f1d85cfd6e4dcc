"""What holds of any club: parts add up, shares are shares, a week is seven days, the withheld stays so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports import statistics
from reports.asked import Asked
from reports.catalogue import CATALOGUE
from reports.catalogue.definition import Unit
from reports.cut_withholding import hidden_side_by_side
from reports.named import NAMED
from reports.periods import TRAILING_WEEK, parse_period
from reports.report import Kpi, Measure
from reports.settings import ReportSettings
from reports.small_groups import withheld
from reports.table_withholding import withheld_cells

from .test_lifecycle_reference import NOW, club, fill
from .test_reference import NOW as NOW_OF_HISTORY
from .test_reference import fill as fill_history
from .test_reference import history

WEEK, MONDAY_AFTER = "2025-W46", "2025-11-17 09:00"
SMALL = 5
SEGMENTS = ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")
a_seed = st.integers(0, 2**32)
quick = settings(max_examples=5)
sizes = st.one_of(st.integers(0, 25), st.integers(40, 70))


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "DRAWS", 20)  # no interval by bootstrap is looked at here


async def named(warehouse: Any, guild: Any, key: str, now: str, name: str, min_group: int = 0) -> Any:
    report = next(report for report in NAMED if report.name == name)
    chosen = ReportSettings(zone=guild.zone, min_group=min_group)
    asked = Asked(parse_period(key, guild.zone, "monday", guild.ms(now)), guild.ms(now))
    async with warehouse.reading() as conn:
        return await report.make(conn, guild.guild_id, chosen, guild.rules, asked)


def kpis(report: Any) -> Iterator[Kpi]:
    return (kpi for section in report.sections for kpi in section.kpis)


def counts(report: Any) -> dict[str, int | None]:
    return {kpi.name: kpi.current.numerator for kpi in kpis(report)}


@given(seed=a_seed, size=sizes)
@quick
async def test_parts_add_up_and_shares_are_shares(
    warehouse: Any, new_guild: Any, seed: int, size: int
) -> None:
    guild = new_guild()
    fill(guild, club(seed, size))
    await guild.write(warehouse)
    health = await named(warehouse, guild, WEEK, NOW, "health")
    bridge, numbers = health.bridge, counts(health)
    if bridge:
        assert bridge.current == bridge.new + bridge.first_seen + bridge.returning + bridge.resurrected
        assert bridge.previous == bridge.returning + bridge.dormant + bridge.left
        assert numbers["soft_attrition"] + numbers["hard_attrition"] + bridge.returning == bridge.previous
    segments = await named(warehouse, guild, WEEK, NOW, "segments")
    of_p = next(kpi for kpi in kpis(health) if kpi.name == "classification_coverage").current.denominator
    in_segments = {kpi.name: kpi.current.numerator for kpi in kpis(segments)}
    assert sum(in_segments.get(f"segment_{name}") or 0 for name in SEGMENTS) == of_p
    for report in (health, segments):
        hold_shares(report)
    for other in NAMED:
        hold_shares(await named(warehouse, guild, "2025-11", NOW, other.name))


def hold_shares(report: Any) -> None:
    for kpi in kpis(report):
        for measure in filter(None, (kpi.current, kpi.previous)):
            value, part, whole = measure.value, measure.numerator, measure.denominator
            assert 0 <= measure.coverage <= 1, kpi
            if CATALOGUE[kpi.name].unit is Unit.SHARE:
                assert value is None or 0 <= value <= 1, kpi
                if part is not None and whole is not None:
                    assert 0 <= part <= whole, kpi
                    assert value is None or value == pytest.approx(part / whole), kpi
            if measure.interval and value is not None:
                assert measure.interval[0] <= value + 1e-9, kpi
                assert value <= measure.interval[1] + 1e-9, kpi


@given(seed=a_seed, size=sizes)
@quick
async def test_a_closed_week_is_its_trailing_seven_days_on_the_monday_after(
    warehouse: Any, new_guild: Any, seed: int, size: int
) -> None:
    guild = new_guild()
    fill(guild, club(seed, size))
    guild.covered = [{**row, "to_ms": guild.ms(MONDAY_AFTER)} for row in guild.covered]
    await guild.write(warehouse)
    week = await named(warehouse, guild, WEEK, MONDAY_AFTER, "health")
    days = await named(warehouse, guild, TRAILING_WEEK, MONDAY_AFTER, "health")
    assert (days.period.start_ms, days.period.end_ms) == (week.period.start_ms, week.period.end_ms)
    of_week = {(kpi.name, kpi.cut): kpi for kpi in kpis(week)}
    of_days = {(kpi.name, kpi.cut): kpi for kpi in kpis(days) if kpi.name != "daily_active_members"}
    assert of_days == of_week
    assert days.bridge == week.bridge
    assert days.excluded == week.excluded


# ---- what is withheld


@given(seed=a_seed, size=st.integers(20, 60))
@quick
async def test_who_came_in_and_dropped_out_does_not_follow_from_what_is_shown(
    warehouse: Any, new_guild: Any, seed: int, size: int
) -> None:
    guild = new_guild()
    fill_history(guild, history(seed, size))
    await guild.write(warehouse)
    exact = await named(warehouse, guild, TRAILING_WEEK, NOW_OF_HISTORY, "growth")
    shown = await named(warehouse, guild, TRAILING_WEEK, NOW_OF_HISTORY, "growth", SMALL)
    assert exact.bridge
    assert shown.bridge
    cells = {name: getattr(exact.bridge, name) for name in CELLS}
    told = list(equations_of_growth(shown))
    for name in set(CELLS) - {"returning"}:
        if 0 < cells[name] < SMALL:
            assert not follows(name, CELLS, told), (name, cells, told)


@given(seed=a_seed, size=st.integers(8, 60))
@quick
async def test_a_segment_that_is_withheld_does_not_follow_from_the_others(
    warehouse: Any, new_guild: Any, seed: int, size: int
) -> None:
    guild = new_guild()
    fill(guild, club(seed, size))
    await guild.write(warehouse)
    exact_segments = counts(await named(warehouse, guild, WEEK, NOW, "segments"))
    shown_segments = counts(await named(warehouse, guild, WEEK, NOW, "segments", SMALL))
    names = [f"segment_{name}" for name in SEGMENTS if exact_segments.get(f"segment_{name}") is not None]
    sums: list[dict[str, int]] = [dict.fromkeys(names, 1)]  # P is known from elsewhere
    sums += [{name: 1} for name in names if shown_segments.get(name) is not None]
    hidden = [name for name in names if shown_segments.get(name) is None]
    for name in names:
        if 0 < (exact_segments[name] or 0) < SMALL:
            assert not follows(name, names, sums), (name, exact_segments, shown_segments)
    everybody = sum(exact_segments[name] or 0 for name in names)
    if hidden and everybody >= SMALL:
        assert sum(exact_segments[name] or 0 for name in hidden) >= SMALL, "their sum is small, too"


@given(sizes=st.lists(st.integers(0, 12), min_size=1, max_size=7), min_group=st.integers(2, 6))
@settings(max_examples=200)
def test_no_cell_that_is_withheld_follows_from_the_whole(sizes: list[int], min_group: int) -> None:
    cells = {str(place): size for place, size in enumerate(sizes)}
    hidden = withheld(cells, min_group)
    known = [dict.fromkeys(cells, 1), *({name: 1} for name in cells if name not in hidden)]
    for name, size in cells.items():
        if 0 < size < min_group:
            assert name in hidden
            assert not follows(name, cells, known) or sum(size > 0 for size in sizes) == 1
    if hidden and sum(sizes) >= min_group:
        assert sum(cells[name] for name in hidden) >= min_group


a_size = st.one_of(st.integers(0, 7), st.integers(0, 40))


@example(
    rows=[[4, 6], [7, 0], [1, 0], [5, 7]], min_group=5
)  # all of the 7 is seen, that hid how many the 1 are
@example(rows=[[28, 0, 19], [1, 27, 19], [4, 0, 0], [38, 25, 7]], min_group=5)
@given(
    rows=st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(a_size, min_size=width, max_size=width), min_size=1, max_size=5)
    ),
    min_group=st.integers(2, 6),
)
@settings(max_examples=100)
def test_no_cell_of_a_table_follows_from_its_rows_and_columns(rows: list[list[int]], min_group: int) -> None:
    """Of how many people a row is, is known where it is not withheld itself."""
    table = {
        (str(row), str(column)): size for row, sizes in enumerate(rows) for column, size in enumerate(sizes)
    }
    hidden = withheld_cells(table, min_group)
    people = [cell for cell, size in table.items() if size]  # that there is nobody is said
    names = {cell: "/".join(cell) for cell in people}
    lines = [[cell for cell in people if cell[1] == str(column)] for column in range(len(rows[0]))]
    untold = withheld({str(row): sum(sizes) for row, sizes in enumerate(rows)}, min_group)
    lines += [
        [cell for cell in people if cell[0] == str(row)] for row in range(len(rows)) if str(row) not in untold
    ]
    sums = [{names[cell]: 1 for cell in line} for line in lines if line]
    shown = [{names[cell]: 1} for cell in people if cell not in hidden]
    for cell in people:
        if table[cell] < min_group:
            assert cell in hidden
            if not follows(names[cell], names.values(), sums):  # nothing could keep what its lines tell
                assert not follows(names[cell], names.values(), [*sums, *shown]), (cell, hidden)


def test_a_table_of_two_groups_is_withheld_alike_for_either() -> None:
    dota, others = {"fresh": 1, "new": 6, "dormant": 8, "core": 44}, {"fresh": 5, "new": 5, "core": 63}
    hidden = []
    for names in (("dota", ""), ("", "discord")):
        named = dict(zip(names, (dota, others), strict=True))
        table = {(row, column): size for row, sizes in named.items() for column, size in sizes.items()}
        hidden.append({column for _, column in withheld_cells(table, 5)})
    assert hidden[0] == hidden[1] == {"fresh", "new"}


OF_A_PART = ("stayed", "quiet", "left", "came", "inactive", "in_voice", "ran")
ACTIVE, BEFORE = ("stayed", "came"), ("stayed", "quiet", "left")
EXPOSED = (*ACTIVE, "inactive")  # whoever was in voice or ran a command is among them
MADE_OF: dict[str, tuple[tuple[str, ...] | None, tuple[str, ...] | None]] = {  # numerator, denominator
    "weekly_active_members": (ACTIVE, EXPOSED),
    "voice_activity_rate": (("in_voice",), EXPOSED),
    "profile_adoption": (("ran",), ACTIVE),
    "came_in": (("came",), None),
    "dropped_out": (("quiet", "left"), BEFORE),
    "soft_attrition": (("quiet",), BEFORE),
    "hard_attrition": (("left",), BEFORE),
    "quick_ratio": (("came",), ("quiet", "left")),
    "voice_session_mean": (None, ("in_voice",)),
    "voice_hours_per_active_member": (None, ACTIVE),
    "stickiness": (None, ACTIVE),  # times the month's days
}
TOTALS = {  # whose amount follows from a mean and the number of its people
    "voice_session_mean": ("in_voice",),
    "voice_hours_per_active_member": ("in_voice",),
    "stickiness": ACTIVE,
}


@st.composite
def a_part(draw: st.DrawFn) -> dict[str, int]:
    number = st.one_of(st.integers(0, 7), st.integers(0, 60))
    part = {name: draw(number) for name in OF_A_PART}
    part["in_voice"] = min(part["in_voice"], sum(part[name] for name in EXPOSED))
    part["ran"] = min(part["ran"], sum(part[name] for name in ACTIVE))
    return part


def part_of(*numbers: int) -> dict[str, int]:
    return dict(zip(OF_A_PART, numbers, strict=True))


NOBODY = part_of(*[0] * len(OF_A_PART))


@example(  # 3 active in the first part hide the 10 of the second, that its growth would tell
    parts=[
        part_of(0, 20, 20, 3, 30, 20, 0),
        part_of(0, 10, 10, 10, 30, 20, 0),
        part_of(50, 6, 6, 6, 30, 20, 0),
    ],
    rest=NOBODY,
    min_group=5,
)
@example(  # one of twenty active people was in voice: their mean tells how long that one was
    parts=[part_of(20, 9, 9, 0, 20, 1, 8), part_of(20, 9, 9, 0, 20, 15, 8), part_of(20, 9, 9, 0, 20, 18, 8)],
    rest=NOBODY,
    min_group=5,
)
@given(
    parts=st.lists(a_part(), min_size=2, max_size=5),
    rest=st.one_of(a_part(), st.just(NOBODY)),
    min_group=st.integers(2, 6),
)
@settings(max_examples=150)
def test_what_is_withheld_of_parts_side_by_side_does_not_follow_from_all_that_is_shown(
    parts: list[dict[str, int]], rest: dict[str, int], min_group: int
) -> None:
    of = {f"part {place}": part for place, part in enumerate(parts)}
    everything = {**of, "": rest} if any(rest.values()) else of  # tiers are everybody: of them is no rest
    whole = {name: sum(part[name] for part in everything.values()) for name in OF_A_PART}
    kpis = {name: numbers_of(part) for name, part in of.items()}
    nothing: dict[str, frozenset[Any]] = dict.fromkeys(of, frozenset())
    hidden = hidden_side_by_side(numbers_of(whole), kpis, nothing, min_group)

    cells = [f"{part}/{name}" for part in everything for name in OF_A_PART]
    told: list[dict[str, int]] = []
    for kpi, counted in MADE_OF.items():
        for side in filter(None, counted):
            told.append({f"{part}/{name}": 1 for part in everything for name in side})
            shown = [part for part in of if (kpi, "", "") not in hidden[part]]
            told += [{f"{part}/{name}": 1 for name in side} for part in shown]
    for kpi, counted in MADE_OF.items():
        for part, side in ((part, side) for part in of for side in filter(None, counted)):
            size, others = (sum(one[name] for name in side) for one in (of[part], whole))
            if 0 < size < min_group and others > size:
                assert (kpi, "", "") in hidden[part]
                wanted = {f"{part}/{name}": 1 for name in side}
                assert not sum_follows(wanted, cells, told), (kpi, part)
    for mean, side in TOTALS.items():
        shown = [part for part in of if (mean, "", "") not in hidden[part]]
        amounts = [dict.fromkeys(everything, 1), *({part: 1} for part in shown)]
        sizes = {part: sum(one[name] for name in side) for part, one in everything.items()}
        unknown = [part for part, size in sizes.items() if size]  # the amount of nobody is 0
        known = [{part: 1 for part in row if part in unknown} for row in amounts]
        for part in unknown:
            if sizes[part] < min_group and len(unknown) > 1:
                assert not sum_follows({part: 1}, unknown, known), (mean, part)


def numbers_of(part: dict[str, int]) -> dict[tuple[str, str, str], Kpi]:
    def count(names: tuple[str, ...] | None) -> int | None:
        return None if names is None else sum(part[name] for name in names)

    return {
        (kpi, "", ""): Kpi(kpi, Measure(None, count(part_of), count(whole)))
        for kpi, (part_of, whole) in MADE_OF.items()
    }


CELLS = ("returning", "dormant", "left", "new", "first_seen", "resurrected")
LABELS = {"quiet": "dormant", "left": "left", "back": "resurrected", "new": "new", "first seen": "first_seen"}
GAINED, LOST = ("new", "first_seen", "resurrected"), ("dormant", "left")


def equations_of_growth(report: Any) -> Iterator[dict[str, int]]:
    """Which sums of the six cells somebody who sees the report knows."""
    bridge = report.bridge
    yield from ({name: 1} for name in CELLS if getattr(bridge, name) is not None)
    sums = {
        "previous": ("returning", *LOST),
        "current": ("returning", *GAINED),
        "lost": LOST,
        "gained": GAINED,
    }
    yield from (dict.fromkeys(cells, 1) for name, cells in sums.items() if getattr(bridge, name) is not None)
    for kpi in kpis(report):
        if kpi.name in {"came_in", "dropped_out"}:
            yield from ({LABELS[label]: 1} for label, _ in kpi.parts)
        if kpi.name == "soft_attrition" and (kpi.current.numerator, kpi.current.value) != (None, None):
            yield {"dormant": 1}
        if kpi.name == "hard_attrition" and (kpi.current.numerator, kpi.current.value) != (None, None):
            yield {"left": 1}


def follows(name: str, cells: Iterable[str], known: Iterable[dict[str, int]]) -> bool:
    """Whether a cell can be computed from known sums: its unit vector is a combination of theirs."""
    order = list(cells)
    rows = [[Fraction(row.get(cell, 0)) for cell in order] for row in known]
    wanted = [Fraction(cell == name) for cell in order]
    return rank(rows) == rank([*rows, wanted])


def sum_follows(wanted: dict[str, int], cells: list[str], known: list[dict[str, int]]) -> bool:
    """The same of a sum, and of many sums: they are of whole numbers, small enough for floating point."""
    rows = np.array([[row.get(cell, 0) for cell in cells] for row in [*known, wanted]])
    return bool(np.linalg.matrix_rank(rows[:-1]) == np.linalg.matrix_rank(rows))


def rank(rows: list[list[Fraction]]) -> int:
    left, found = [row[:] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            factor = row[column] / pivot[column]
            row[:] = [one - factor * other for one, other in zip(row, pivot, strict=True)]
        found += 1
    return found


def test_what_follows_is_found() -> None:
    known = [{"dormant": 1, "left": 1}, {"dormant": 1}]
    assert follows("left", CELLS, known)
    assert not follows("left", CELLS, known[:1])
    assert not follows("new", CELLS, known)


def test_the_monday_is_the_day_after_the_week() -> None:
    now = datetime.fromisoformat(MONDAY_AFTER).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert now.date() == date.fromisocalendar(2025, 46, 7) + timedelta(days=1)
