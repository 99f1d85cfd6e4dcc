"""What was lost of the period's events lowers the coverage of what is made of them, and is told of."""

from __future__ import annotations

from typing import Any

import pytest

from reports import statistics
from reports.alerts import State, state_of
from reports.asked import Asked
from reports.named import NAMED
from reports.periods import parse_period
from reports.report import Verdict
from reports.settings import AlertRule
from storage.database import Warehouse

NOW = "2025-11-20 12:00"
BEGAN, PEOPLE = "2025-09-01 00:00", range(1, 41)
SOURCES = ("voice", "members", "commands", "events")
MINUTE = 60_000
NB = "\u00a0"


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "DRAWS", 20)  # no interval is looked at here


def club(guild: Any, *gap: str) -> Any:
    """Forty people who were here before recording began. Nothing was recorded within the gap."""
    if gap:
        guild.recorded(BEGAN, gap[0], sources=SOURCES)
        guild.recorded(*gap, "gap", "not connected", SOURCES)
    guild.recorded(gap[1] if gap else BEGAN, NOW, sources=SOURCES)
    guild.present(guild.days(BEGAN[:10], NOW[:10]), PEOPLE)
    for number in PEOPLE:
        guild.spell(number, 0)
    return guild


def hold(guild: Any, day: str, lost_minutes: int = 0, kind: str = "Inhouse", **columns: Any) -> None:
    """From 20:00 to 22:00: thirty were interested, twenty of them came."""
    key = guild.event(
        len(guild.occurrences) + 1,
        f"{day} 20:00",
        f"{day} 22:00",
        hosts=(1,) if kind == "Inhouse" else (2,),
        series=f"title:{kind.lower()}",
        title=kind,
        event_type=kind,
        voice_gap_ms=lost_minutes * MINUTE,
        **columns,
    )
    if columns.get("outcome") != "unknown":
        guild.came(key, range(1, 21), "interested")
        guild.came(key, range(21, 31), "interested", "absent")


async def told(guild: Any, warehouse: Warehouse, *reports: str) -> dict[tuple[str, str], Any]:
    """The KPIs of these reports of week 46, 10 to 16 November, by name and subject."""
    period = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    found = {}
    for one in NAMED:
        if one.name in reports:
            async with warehouse.reading() as conn:
                asked = Asked(period, guild.ms(NOW))
                report = await one.make(conn, guild.guild_id, guild.settings(min_group=0), guild.rules, asked)
            kpis = [kpi for section in report.sections for kpi in section.kpis]
            found |= {(kpi.name, kpi.subject or kpi.cut): kpi for kpi in kpis}
    return found


async def test_of_a_week_whose_only_event_was_lost_nothing_is_compared(
    guild: Any, warehouse: Warehouse
) -> None:
    # 90 of the event's 120 minutes, but of the week's 168 hours only 1.5
    club(guild, "2025-11-12 20:10", "2025-11-12 21:40")
    hold(guild, "2025-11-05")
    hold(guild, "2025-11-12", lost_minutes=90)
    await guild.write(warehouse)
    kpis = await told(guild, warehouse, "events", "hosts")
    whole_week = ("event_people", "no_show_rate", "events_per_attendee")
    for kpi in (*(kpis[name, ""] for name in whole_week), kpis["type_people", "type:Inhouse"]):
        assert kpi.current.coverage == pytest.approx(0.25)
        assert kpi.previous.coverage == 1
        assert kpi.change.verdict is Verdict.NOT_COMPARED
        left_out = f"25{NB}% of the events of 10–16 Nov was recorded, so it is left out of the comparison."
        assert left_out in kpi.caveats
    for rule in (AlertRule("event_people", below=100), AlertRule("event_people", falls_by=0.2)):
        assert state_of(kpis["event_people", ""], rule) is State.UNKNOWN
    # of what is over four weeks or twelve, one of two is whole
    for name in ("attendee_hours", "top_two_hosts_share", "effective_hosts"):
        assert kpis[name, ""].current.coverage == pytest.approx((0.25 + 1) / 2)
    assert kpis["host_attendance", "member:1"].current.coverage == pytest.approx((0.25 + 1) / 2)
    # that it was held is known
    assert kpis["events_held", ""].current.coverage == pytest.approx(1 - 1.5 / 168)


async def test_an_event_is_compared_with_none_of_which_less_than_80_percent_was_recorded(
    guild: Any, warehouse: Warehouse
) -> None:
    club(guild)
    for day, lost in (("2025-11-05", 0), ("2025-11-12", 25), ("2025-11-14", 24), ("2025-11-15", 0)):
        hold(guild, day, lost)
    await guild.write(warehouse)
    kpis = [kpi for (name, _), kpi in (await told(guild, warehouse, "events")).items() if name == "attendees"]
    # 95 of 120 minutes are 79 %, 96 of 120 are 80 %
    assert [kpi.change and kpi.change.verdict for kpi in kpis] == [Verdict.NOT_COMPARED] * 2 + [None]


async def test_what_was_lost_of_one_type_is_not_missing_in_another(guild: Any, warehouse: Warehouse) -> None:
    club(guild)
    for day in ("2025-11-05", "2025-11-12"):
        hold(guild, day, kind="Café")
    hold(guild, "2025-11-06")
    hold(guild, "2025-11-13", lost_minutes=90)
    await guild.write(warehouse)
    kpis = await told(guild, warehouse, "events", "hosts")
    assert kpis["event_people", ""].current.coverage == pytest.approx((0.25 + 1) / 2)
    assert kpis["type_people", "type:Inhouse"].current.coverage == pytest.approx(0.25)
    assert kpis["type_people", "type:Café"].current.coverage == 1
    assert kpis["type_people", "type:Café"].change is None
    assert kpis["host_hours", "member:1"].current.coverage == pytest.approx(0.25)
    assert kpis["host_hours", "member:2"].current.coverage == 1


async def test_how_many_were_held_is_not_known_where_a_gap_hides_it_of_one(
    guild: Any, warehouse: Warehouse
) -> None:
    club(guild)
    for day in ("2025-11-05", "2025-11-07", "2025-11-12"):
        hold(guild, day)
    hold(guild, "2025-11-14", outcome="unknown")
    await guild.write(warehouse)
    kpis = await told(guild, warehouse, "events")
    held = kpis["events_held", ""]
    assert (held.current.value, held.current.coverage) == (1, 0.5)
    assert held.change.verdict is Verdict.NOT_COMPARED
    assert kpis["type_held", "type:Inhouse"].current.coverage == 0.5
    assert kpis["event_people", ""].current.coverage == 0.5  # who was there, if it was


SHORT = f"not recorded Wed 12 Nov, 20:30–20:50 (20{NB}min), not connected"


@pytest.mark.parametrize("report", ["health", "growth", "events", "series", "hosts"])
async def test_a_short_gap_within_an_event_is_told_of_in_every_report_that_it_can_have_touched(
    new_guild: Any, warehouse: Warehouse, report: str
) -> None:
    guild = club(new_guild(), "2025-11-12 20:30", "2025-11-12 20:50")
    for day in ("2025-10-22", "2025-10-29", "2025-11-05", "2025-11-12"):
        hold(guild, day, lost_minutes=20 if day == "2025-11-12" else 0)
    await guild.write(warehouse)
    made = await told(guild, warehouse, report)
    untold = [of for of, kpi in made.items() if not any(SHORT in caveat for caveat in kpi.caveats)]
    asked = Asked(parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW)), guild.ms(NOW))
    make = next(one.make for one in NAMED if one.name == report)
    async with warehouse.reading() as conn:
        whole = await make(conn, guild.guild_id, guild.settings(min_group=0), guild.rules, asked)
    assert len([caveat for caveat in whole.caveats if SHORT in caveat]) == 1
    assert untold == []


async def test_a_short_gap_outside_events_is_told_of_nowhere(guild: Any, warehouse: Warehouse) -> None:
    club(guild, "2025-11-12 19:40", "2025-11-12 20:00")  # until it began
    hold(guild, "2025-11-12")
    await guild.write(warehouse)
    kpis = await told(guild, warehouse, "health", "events", "hosts")
    assert not [of for of, kpi in kpis.items() if any("not recorded" in caveat for caveat in kpi.caveats)]


async def test_a_short_gap_in_an_event_of_another_type_is_told_of_in_its_own_numbers_only(
    guild: Any, warehouse: Warehouse
) -> None:
    club(guild, "2025-11-12 20:30", "2025-11-12 20:50")
    hold(guild, "2025-11-12", lost_minutes=20)
    hold(guild, "2025-11-13", kind="Café")
    await guild.write(warehouse)
    kpis = await told(guild, warehouse, "events", "hosts")
    told_of = {of for of, kpi in kpis.items() if any(SHORT in caveat for caveat in kpi.caveats)}
    (inhouse,) = (of for of in kpis if of[0] == "attendees" and of[1].startswith("1@"))
    for own, another in (
        (("type_people", "type:Inhouse"), ("type_people", "type:Café")),
        (("host_hours", "member:1"), ("host_hours", "member:2")),
    ):
        assert own in told_of and another in kpis and another not in told_of
    assert {of for of in told_of if of[0] == "attendees"} == {inhouse}
