"""From the log to what is published of closed periods, and what changes it afterwards; on both databases.

Twelve people are there from 2 February 2026 on, a Monday; each Tuesday and Thursday ten of them are in voice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from reports.asked import Asked
from reports.health import health_asked
from reports.json import to_json
from reports.keeping_up import forget_strays, publish_next
from reports.periods import parse_period
from reports.publishing import Published, computed, publish
from reports.report import State
from reports.settings import ReportSettings
from reports.stale_periods import stale_periods
from reports.text import to_text
from reports.weekly import weekly
from storage.database import Warehouse
from storage.fold import Folder
from storage.rebuild import rebuild, verify
from storage.rules import Rules
from storage.tables import changed_days, cohort_values, kpi_values

RULES = Rules()
SETTINGS = ReportSettings(qualifying=("voice", "dota_match"), min_group=0)
FIRST, LAST = date(2026, 2, 2), date(2026, 3, 9)
NOW = "2026-03-10 12:00"
WEEKS = ["2026-W06", "2026-W07", "2026-W08", "2026-W09", "2026-W10"]
ALL = sorted([*WEEKS, "2026-02"])


def tell(history: Any) -> None:
    history.covered("2026-02-02 00:00", "2026-02-02 00:01")
    history.lists_members("2026-02-02 00:01", dict.fromkeys(range(1, 13), "2025-01-01 00:00"))
    day = FIRST
    while day <= LAST:
        if day.weekday() in (1, 3):
            for number in range(1, 11):
                history.voice(number, 50, f"{day} 20:{number:02}")
            for number in range(1, 11):
                history.voice(number, None, f"{day} 21:{number:02}")
        history.covered(f"{day} 00:00", f"{day + timedelta(days=1)} 00:00")
        day += timedelta(days=1)
    history.covered("2026-03-10 00:00", NOW)


class Kept:
    """A warehouse that follows a story, and what is published of it."""

    def __init__(self, warehouse: Warehouse, history: Any, at: Callable[[str], int]) -> None:
        self.warehouse, self.history, self.at = warehouse, history, at
        self.settings = SETTINGS
        self.folder = Folder(warehouse, RULES)
        self.logged = 0

    async def follows(self, limit: int = 7) -> None:
        """What was told since, in small batches."""
        rows, self.history.rows = self.history.rows, self.history.rows[self.logged :]
        await self.history.logged(self.warehouse)
        self.history.rows, self.logged = rows, len(rows)
        while not (await self.folder.advance(1, limit)).caught_up:
            pass

    async def stale(self, now: str = NOW) -> list[str]:
        async with self.warehouse.reading() as conn:
            found = await stale_periods(conn, 1, self.settings, RULES, self.at(now))
        return sorted(one.period.key for one in found)

    async def keeps(self, now: str = NOW) -> list[Published]:
        done: list[Published] = []
        while one := await publish_next(self.warehouse, 1, self.settings, RULES, self.at(now)):
            done.append(one)
        return done

    async def forgets(self, now: str = NOW) -> list[str]:
        return list(await forget_strays(self.warehouse, 1, self.settings, RULES, self.at(now)))

    async def starts_weeks_on(self, weekday: str) -> None:
        """As a run of the bot does after such a change."""
        self.settings = replace(self.settings, week_start=weekday)
        await self.forgets()
        await self.keeps()

    async def values(self, kpi: str = "weekly_active_members") -> dict[str, Any]:
        v = kpi_values.c
        query = select(kpi_values).where(v.kpi == kpi, v.cut_by == "")
        async with self.warehouse.reading() as conn:
            return {row.period: row for row in await conn.execute(query)}

    async def cut(self, cut_by: str, cut: str, kpi: str = "weekly_active_members") -> dict[str, Any]:
        v = kpi_values.c
        query = select(kpi_values).where(v.kpi == kpi, v.cut_by == cut_by, v.cut == cut)
        async with self.warehouse.reading() as conn:
            return {row.period: row for row in await conn.execute(query)}

    async def cohort_weeks(self) -> set[int]:
        """The first days of the weeks of joining."""
        async with self.warehouse.reading() as conn:
            return set((await conn.execute(select(cohort_values.c.cohort_first_day))).scalars())

    async def report(self, key: str, now: str = NOW) -> Any:
        period = parse_period(key, "UTC", "monday", self.at(now))
        async with self.warehouse.reading() as conn:
            return await health_asked(conn, 1, self.settings, RULES, Asked(period, self.at(now)))


@pytest.fixture
async def kept(warehouse: Warehouse, history: Any, at: Any) -> Kept:
    tell(history)
    kept = Kept(warehouse, history, at)
    await kept.follows(limit=5000)
    return kept


async def test_every_closed_week_and_month_is_published_as_reports_have_it(kept: Kept) -> None:
    assert await kept.stale() == ALL
    assert sorted(one.period for one in await kept.keeps()) == ALL
    assert await kept.stale() == []
    assert {key: row.value for key, row in (await kept.values()).items()} == dict.fromkeys(WEEKS, 10)
    month = (await kept.values("monthly_active_members"))["2026-02"]
    report = await kept.report("2026-02")
    kpi = next(k for s in report.sections for k in s.kpis if k.name == "monthly_active_members")
    assert (month.value, month.numerator, month.denominator) == (10, 10, 12)
    assert (month.low, month.high) == pytest.approx(kpi.current.interval)
    assert (month.period_kind, month.first_day, month.last_day) == ("month", 20485, 20512)
    assert (month.layer, month.rules, month.version) == ("community", RULES.fingerprint(), 1)
    assert month.coverage == kpi.current.coverage
    assert report.state is State.CLOSED


async def test_a_period_is_published_an_hour_after_its_end(kept: Kept) -> None:
    assert "2026-W10" not in await kept.stale("2026-03-09 00:59")
    assert "2026-W10" in await kept.stale("2026-03-09 01:00")


async def test_what_goes_on_today_makes_no_closed_period_stale(kept: Kept) -> None:
    await kept.keeps()
    kept.history.voice(1, 50, "2026-03-10 13:00")
    kept.history.voice(2, 50, "2026-03-10 13:00")
    kept.history.joins(20, "2026-03-10 13:10")
    kept.history.leaves(3, "2026-03-10 13:20")
    kept.history.changes(4, "2026-03-10 13:25", roles=[4], joined="2025-01-01 00:00")
    kept.history.voice(1, None, "2026-03-10 14:00")
    kept.history.covered(NOW, "2026-03-10 14:00")
    kept.history.lists_members(
        "2026-03-10 14:30",
        {**dict.fromkeys([1, 2, *range(4, 13)], "2025-01-01 00:00"), 20: "2026-03-10 13:10"},
        snapshot="n",
    )
    await kept.follows()
    assert await kept.stale() == []


async def test_a_late_event_rewrites_exactly_the_periods_that_it_can_have_reached(kept: Kept) -> None:
    await kept.keeps()
    before = await kept.values()
    kept.history.notes(11, "dota_match", "2026-02-18 20:00")  # a Wednesday in the eighth week
    await kept.follows()
    assert await kept.stale() == ["2026-02", "2026-W08", "2026-W09", "2026-W10"]

    done = {one.period: one for one in await kept.keeps("2026-03-10 13:00")}
    assert done["2026-W08"].corrected
    after = await kept.values()
    assert after["2026-W06"] == before["2026-W06"]
    assert after["2026-W07"] == before["2026-W07"]
    eighth = after["2026-W08"]
    assert (eighth.value, eighth.first_value) == (11, 10)
    assert eighth.corrected_at_ms == kept.at("2026-03-10 13:00")
    assert eighth.first_computed_at_ms == before["2026-W08"].computed_at_ms
    cut = await kept.cut("tier", "member")
    assert (cut["2026-W08"].value, cut["2026-W08"].first_value) == (11, 10)
    assert (cut["2026-W07"].value, cut["2026-W07"].corrected_at_ms) == (10, None)
    tenth = after["2026-W10"]  # computed again, and the same
    assert (tenth.value, tenth.first_value, tenth.corrected_at_ms) == (10, 10, None)


async def test_a_report_says_that_its_period_was_corrected(kept: Kept) -> None:
    await kept.keeps()
    kept.history.notes(11, "dota_match", "2026-02-18 20:00")
    await kept.follows()
    await kept.keeps("2026-03-10 13:00")
    report = await kept.report("2026-W08", "2026-03-12 13:00")
    assert report.state is State.CORRECTED
    text = to_text(report)
    assert "Week 8 · 16–22 Feb 2026 · closed, and corrected since" in text
    assert "Corrected since Tue 10 Mar: Active members, was 10" in text
    told = to_json(report)
    assert told["state"] == "corrected"
    assert {
        "kpi": "weekly_active_members",
        "cut": "",
        "was": 10.0,
        "since": "2026-03-10T13:00:00.000Z",
    } in told["corrections"]
    assert (await kept.report("2026-W07")).state is State.CLOSED
    assert (await kept.report("2026-W11")).state is State.OPEN


async def test_a_digest_says_that_the_week_it_compares_with_was_told_otherwise(kept: Kept) -> None:
    await kept.keeps()
    kept.history.notes(11, "dota_match", "2026-02-18 20:00")
    await kept.follows()
    period = parse_period("2026-W09", "UTC", "monday", kept.at(NOW))

    async def digest() -> Any:
        async with kept.warehouse.reading() as conn:
            settings = replace(SETTINGS, min_group=5)
            return await weekly(conn, 1, settings, RULES, period, kept.at("2026-03-12 13:00"))

    said = "16–22 Feb was corrected since {}: Active members, was 10."
    assert said.format("Thu 12 Mar") in (await digest()).caveats  # though it is not computed again yet
    await kept.keeps("2026-03-10 13:00")
    report = await digest()
    assert said.format("Tue 10 Mar") in report.caveats
    active = next(kpi for section in report.sections for kpi in section.kpis)
    assert (active.previous.value, active.current.value) == (11, 10)
    assert report.state is State.CLOSED, "it is no number of this week"
    assert not [note for note in (await kept.report("2026-W08")).caveats if "9–15 Feb was" in note]


async def test_what_was_taken_back_is_no_correction_any_more(kept: Kept) -> None:
    await kept.keeps()
    kept.history.notes(11, "dota_match", "2026-02-18 20:00")
    await kept.follows()
    await kept.keeps()
    kept.history.withdraws(11, "2026-03-10 12:00")
    await kept.follows()
    assert await kept.stale() == ALL  # who withdrew leaves every number
    await kept.keeps()
    eighth = (await kept.values())["2026-W08"]
    assert (eighth.value, eighth.corrected_at_ms) == (10, None)


async def test_who_withdraws_is_in_no_number_that_is_kept(kept: Kept) -> None:
    """Else the difference would tell when they had been active."""
    await kept.keeps()
    kept.history.withdraws(4, "2026-03-10 12:00")
    await kept.follows()
    assert (await kept.report("2026-W08")).state is State.CLOSED  # though it is not computed again yet
    assert sorted(one.period for one in await kept.keeps()) == ALL
    for row in (await kept.values()).values():
        assert (row.value, row.first_value, row.corrected_at_ms) == (9, 9, None)
    assert await kept.stale() == []


async def test_what_breaks_off_between_computing_and_writing_leaves_the_period_stale(kept: Kept) -> None:
    period = parse_period("2026-W08", "UTC", "monday", kept.at(NOW))
    async with kept.warehouse.reading() as conn:
        old = await computed(conn, 1, SETTINGS, RULES, period, kept.at(NOW))
    assert "2026-W08" in await kept.stale()  # killed here

    kept.history.notes(11, "dota_match", "2026-02-18 20:00")
    await kept.follows()
    await kept.keeps()
    with pytest.raises(KeyboardInterrupt):
        async with kept.warehouse.writing() as conn:
            await publish(conn, 1, replace(old, position=10**9))
            raise KeyboardInterrupt  # or within the transaction
    assert (await kept.values())["2026-W08"].value == 11
    async with kept.warehouse.writing() as conn:
        assert await publish(conn, 1, old) is None  # another process was quicker, and saw more
    assert (await kept.values())["2026-W08"].value == 11


async def test_other_settings_compute_everything_anew_and_correct_nothing(kept: Kept) -> None:
    await kept.keeps()
    kept.settings = replace(SETTINGS, qualifying=("dota_match",))
    assert await kept.stale() == ALL
    assert not any(one.corrected for one in await kept.keeps())
    assert (await kept.values())["2026-W08"].value == 0


async def test_another_smallest_group_settles_anew_what_is_withheld_and_changes_no_number(kept: Kept) -> None:
    await kept.keeps()
    before = await kept.values()
    kept.settings = replace(SETTINGS, min_group=7)
    assert await kept.stale() == ALL
    assert not any(one.corrected for one in await kept.keeps("2026-03-10 13:00"))
    after = await kept.values()
    told = ("value", "first_value", "first_computed_at_ms", "settings")
    for key in WEEKS:
        assert [getattr(after[key], name) for name in told] == [getattr(before[key], name) for name in told]
    assert await kept.stale() == []


async def test_what_a_version_without_cuts_published_is_published_again(kept: Kept) -> None:
    await kept.keeps()
    async with kept.warehouse.writing() as conn:
        await conn.execute(update(kpi_values).where(kpi_values.c.period == "2026-W08").values(min_group=None))
    assert await kept.stale() == ["2026-W08"]
    assert not any(one.corrected for one in await kept.keeps())


async def test_a_number_that_is_no_more_goes(kept: Kept) -> None:
    await kept.keeps()
    period = parse_period("2026-W08", "UTC", "monday", kept.at(NOW))
    async with kept.warehouse.reading() as conn:
        found = await computed(conn, 1, SETTINGS, RULES, period, kept.at(NOW))
    less = replace(found, values=tuple(one for one in found.values if one.kpi != "quick_ratio"))
    async with kept.warehouse.writing() as conn:
        await publish(conn, 1, less)
    assert "2026-W08" not in await kept.values("quick_ratio")
    assert "2026-W07" in await kept.values("quick_ratio")


async def test_rebuilding_touches_nothing_that_was_published(kept: Kept) -> None:
    await kept.keeps()
    async with kept.warehouse.reading() as conn:
        noted = (await conn.execute(select(changed_days))).all()
    assert await verify(kept.warehouse, 1, RULES) == []
    async with kept.warehouse.reading() as conn:
        assert (await conn.execute(select(changed_days))).all() == noted
    before = await kept.values()
    await rebuild(kept.warehouse, 1, RULES)
    assert await kept.values() == before
    assert await kept.stale() == []
    assert not any(one.corrected for one in await kept.keeps())


async def test_nothing_is_published_while_the_tables_stand_under_other_rules(kept: Kept) -> None:
    async with kept.warehouse.reading() as conn:
        assert await stale_periods(conn, 1, SETTINGS, Rules(min_voice_minutes=9), kept.at(NOW)) == []


async def test_cohorts_are_published_with_the_newest_week(kept: Kept) -> None:
    """Three join on Wednesday 11 February; two of them play in their second own week."""
    for number in (21, 22, 23):
        kept.history.joins(number, f"2026-02-11 10:{number}")
    for number in (21, 22):
        kept.history.notes(number, "dota_match", "2026-02-19 20:00")
    await kept.follows()
    await kept.keeps()
    async with kept.warehouse.reading() as conn:
        rows = (await conn.execute(select(cohort_values))).all()
    cells = {row.own_week: (row.retained, row.eligible, row.pending) for row in rows}
    assert {row.cohort_first_day for row in rows} == {20493}  # Monday 9 February
    assert {(row.tier, row.platform, row.event_type) for row in rows} == {("member", "discord", "")}
    assert cells[0] == (0, 3, 0)
    assert cells[1] == (2, 3, 0)
    assert cells[4] == (0, 0, 3)  # not over by 8 March


async def test_a_week_that_the_calendar_has_no_more_goes_and_with_it_who_was_erased(kept: Kept) -> None:
    """Nobody computes it again: who withdraws later would be counted in it for ever."""
    await kept.starts_weeks_on("wednesday")
    odd = {"2026-W05", *WEEKS[:-1]}  # 28 January to 3 February first; 4–10 March is not over
    assert set(await kept.values()) == odd
    kept.settings = SETTINGS
    assert await kept.forgets() == sorted(odd)
    assert await kept.values() == {}, "at once, not one after the other: weeks of two kinds overlap"
    assert set(await kept.values("monthly_active_members")) == {"2026-02"}
    kept.history.withdraws(4, "2026-03-10 12:00")
    await kept.follows()
    await kept.keeps()
    assert {key: row.value for key, row in (await kept.values()).items()} == dict.fromkeys(WEEKS, 9)
    assert await kept.forgets() == []


async def test_a_week_that_is_not_over_in_the_other_calendar_goes_until_it_is(kept: Kept) -> None:
    await kept.keeps()
    await kept.starts_weeks_on("thursday")  # week 10 is 5–11 March then
    weeks = await kept.values()
    assert set(weeks) == {"2026-W05", *WEEKS[:-1]}
    assert {row.first_day % 7 for row in weeks.values()} == {0}  # 1 January 1970 was a Thursday


async def test_the_cohorts_of_another_calendar_go_with_its_weeks(kept: Kept) -> None:
    kept.history.joins(21, "2026-02-11 10:00")
    await kept.follows()
    await kept.keeps()
    kept.settings = replace(SETTINGS, week_start="wednesday")
    await kept.forgets()
    assert await kept.cohort_weeks() == set()
    await kept.keeps()
    assert await kept.cohort_weeks() == {20495}  # Wednesday 11 February


async def test_what_is_older_than_the_recording_goes(kept: Kept) -> None:
    await kept.keeps()
    async with kept.warehouse.writing() as conn:
        await conn.execute(
            update(kpi_values)
            .where(kpi_values.c.period == "2026-W06")
            .values(period="2026-W05", first_day=20479, last_day=20485)
        )
    assert await kept.forgets() == ["2026-W05"]
    assert "2026-W05" not in await kept.values()
    assert await kept.stale() == ["2026-W06"]


async def test_a_clock_that_was_set_back_loses_nothing(kept: Kept) -> None:
    await kept.keeps()
    assert await kept.forgets("2026-02-20 12:00") == []
    assert set(await kept.values()) == set(WEEKS)


async def test_nothing_goes_while_the_tables_stand_under_other_rules(kept: Kept) -> None:
    await kept.keeps()
    settings = replace(SETTINGS, week_start="wednesday")
    other = Rules(min_voice_minutes=9)
    assert await forget_strays(kept.warehouse, 1, settings, other, kept.at(NOW)) == ()
