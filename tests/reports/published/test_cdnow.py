"""A published data set, read as activity: every purchase is something that somebody did on a day.

All of it is told of 28 years later, after which the calendar repeats: what was before Discord is refused.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.command_line import invoke
from bot.clock import SystemClock
from reports.gather import Reach, gather
from reports.material import Material
from reports.newcomer_kpis import retention_kpis
from reports.periods import day_number, parse_period
from reports.retention import Window
from reports.settings import ReportSettings
from storage.database import Warehouse
from storage.rules import Rules
from storage.secrets import load_or_create

DATA = Path(__file__).parent / "cdnow" / "purchases.csv"
GUILD = 81384788765712384
CONFIG = f"""
[community]
guild_id = {GUILD}
[activity]
qualifying = ["purchase"]
"""
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
CALIBRATION = date(2025, 9, 30)  # its last day
SETTINGS = ReportSettings(qualifying=("purchase",), min_group=0)
Customers = dict[int, set[date]]


@pytest.fixture(scope="module")
def customers() -> Customers:
    """On which days each of them bought something."""
    found: Customers = defaultdict(set)
    with DATA.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["day"])
            found[int(row["customer"])].add(day.replace(year=day.year + 28))
    return dict(found)


def lines(customers: Customers) -> Iterator[dict[str, Any]]:
    """What `insights import` reads. Whoever buys for the first time has joined."""
    for source in ("voice", "members", "events", "commands", "text"):
        yield {"kind": "coverage", "source": source, "start": "2024-11-01", "end": "2026-07-01"}
    for number, days in customers.items():
        person = 80351110224678912 + number
        yield {"kind": "join", "person": person, "at": f"{min(days)}T09:00:00Z"}
        for day in sorted(days):
            yield {"kind": "activity", "person": person, "activity": "purchase", "at": f"{day}T12:00:00Z"}


@pytest.fixture(scope="module")
def folder(customers: Customers, tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Path:
    """A data folder that the purchases were imported into."""
    place = tmp_path_factory.mktemp("cdnow")
    shutil.copyfile(_sqlite_template, place / "warehouse.db")
    load_or_create(place / "secret")
    (place / "config.toml").write_text(CONFIG, encoding="utf-8")
    text = "\n".join(json.dumps(line) for line in lines(customers))
    (place / "purchases.jsonl").write_text(text + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "now", lambda _self: NOW)
        patch.setenv("INSIGHTS_DATA", str(place))
        patch.delenv("DATABASE_URL", raising=False)
        patch.chdir(place)
        assert invoke(["import", "purchases.jsonl"]) == 0
    return place


async def material(folder: Path, period: str) -> Material:
    warehouse = await Warehouse.open(f"sqlite+aiosqlite:///{folder}/warehouse.db")
    now_ms = int(NOW.timestamp() * 1000)
    try:
        async with warehouse.reading() as conn:
            return await gather(
                conn,
                GUILD,
                SETTINGS,
                Rules(),
                period=parse_period(period, "UTC", "monday", now_ms),
                now_ms=now_ms,
                smallest_part=0,
                reach=Reach.SHORT,
            )
    finally:
        await warehouse.close()


async def test_its_customers_and_its_repeaters_are_those_that_were_published(folder: Path) -> None:
    found = await material(folder, "2025-09")
    people, cohorts = found.basis.populations, found.lifecycle.retention().cohorts
    first, last = day_number(date(2025, 1, 1)), day_number(CALIBRATION)
    assert len(cohorts.joined(first, last)) == 2357
    came_again = sum(
        len(cohort & people.active_on(range(day + 1, last + 1))) for day, cohort in cohorts.by_day.items()
    )
    assert came_again == 946
    days_of_purchases = sum(len(people.active_on([day])) for day in range(first, last + 1))
    assert days_of_purchases - 2357 == 2457


async def test_every_customer_is_new_once(folder: Path, customers: Customers) -> None:
    new = {}
    for month in ("2025-01", "2025-02", "2025-03", "2025-04"):
        bridge = (await material(folder, month)).growth.bridge
        assert bridge is not None
        new[month] = bridge.new
    first = [f"{min(days):%Y-%m}" for days in customers.values()]
    assert new == {month: first.count(month) for month in new}
    assert (sum(number or 0 for number in new.values()), new["2025-04"]) == (2357, 0)


async def test_who_buys_again_in_which_week_is_what_a_loop_over_the_file_counts(
    folder: Path, customers: Customers
) -> None:
    told, as_of = (await material(folder, "2025-07")).lifecycle.retention(), date(2025, 7, 31)
    pending = 0
    for first in (date(2025, 1, 1) + timedelta(days=28 * number) for number in range(3)):
        last = first + timedelta(days=27)
        for week in range(27):
            cell = told.cell(Window(day_number(first), day_number(last)), week)
            retained, eligible, later = counted(customers, first, last, week, as_of)
            assert (cell.retained, cell.eligible, cell.pending) == (retained, eligible, later), (first, week)
            pending += cell.pending
    assert pending > 0, "some weeks were not over for everybody"
    whole = told.cell(Window(day_number(date(2025, 1, 1)), day_number(date(2025, 3, 25))), 0)
    assert (whole.retained, whole.eligible) == (2357, 2357)


def counted(customers: Customers, first: date, last: date, week: int, as_of: date) -> tuple[int, int, int]:
    """Who bought in that week after their first day, of whom, and for how many it was not past."""
    retained = eligible = pending = 0
    for days in customers.values():
        joined = min(days)
        if first <= joined <= last:
            begins = joined + timedelta(days=7 * week)
            own = {begins + timedelta(days=number) for number in range(7)}
            if max(own) > as_of:
                pending += 1
            else:
                eligible += 1
                retained += bool(days & own)
    return retained, eligible, pending


async def test_the_retention_that_is_reported_is_the_same(folder: Path, customers: Customers) -> None:
    found = await material(folder, "2025-09")
    told = {kpi.name: kpi.current for kpi in retention_kpis(found.lifecycle, found.pair.last.last_day)}
    for week in (4, 8, 12):
        recent = CALIBRATION - timedelta(days=7 * 32 - 1)  # those who joined in the last 32 weeks
        retained, eligible, _ = counted(customers, recent, CALIBRATION, week, CALIBRATION)
        measure = told[f"retention_week_{week}"]
        assert (measure.numerator, measure.denominator) == (retained, eligible)
        assert measure.value == pytest.approx(retained / eligible)
