"""Every number of the catalogue is published of closed periods, or docs/views.md says why it is not.

The club has sixty people, one tier beside everybody else, and an event each Sunday that 1 and 2 host.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from reports import statistics
from reports.asked import Asked
from reports.catalogue import CATALOGUE
from reports.hosts_report import hosts_asked
from reports.periods import parse_period
from reports.publishing import Value, computed
from reports.quality_report import quality_asked
from reports.settings import ReportSettings
from storage.rules import Rules, TierRule
from storage.views.unpublished import UNPUBLISHED

from .test_gap_of_every_kpi import GAP, MONTH, NOW, QUALIFYING, WEEK, club

CAPTAIN = 900
HOST_KPIS = ("host_hours", "host_events", "host_attendance", "host_returned")


@pytest.fixture
def rules(guild: Any) -> Rules:
    return Rules(
        zone=guild.zone, tracked_commands=("show_profile",), tiers=(TierRule("captain", (CAPTAIN,)),)
    )


@pytest.fixture
def settings(guild: Any, monkeypatch: pytest.MonkeyPatch) -> ReportSettings:
    monkeypatch.setattr(statistics, "DRAWS", 20)
    return ReportSettings(zone=guild.zone, qualifying=QUALIFYING)


@pytest.fixture
async def values(guild: Any, warehouse: Any, rules: Rules, settings: ReportSettings) -> Any:
    club(guild, GAP)
    guild.role(1, CAPTAIN, "2025-09-01 00:00")
    guild.progress = {
        **{"folded_to_ms": guild.ms(NOW), "position": 1, "state": b""},
        "rules": rules.fingerprint(),
    }
    await guild.write(warehouse)

    async def make(key: str) -> dict[tuple[str, str, str], Value]:
        period = parse_period(key, guild.zone, "monday", guild.ms(NOW))
        async with warehouse.reading() as conn:
            made = await computed(conn, guild.guild_id, settings, rules, period, guild.ms(NOW))
        assert len({value.key for value in made.values}) == len(made.values)
        return {value.key: value for value in made.values}

    return make


@pytest.fixture
def report(guild: Any, warehouse: Any, rules: Rules, settings: ReportSettings) -> Any:
    """The KPIs of a report of a closed week, exact unless it is handed on."""

    async def make(asked: Any, min_group: int = 0) -> Any:
        period = parse_period(WEEK, guild.zone, "monday", guild.ms(NOW))
        of = ReportSettings(zone=guild.zone, qualifying=QUALIFYING, min_group=min_group)
        async with warehouse.reading() as conn:
            made = await asked(conn, guild.guild_id, of, rules, Asked(period, guild.ms(NOW)))
        return [kpi for section in made.sections for kpi in section.kpis]

    return make


async def test_what_is_not_published_is_what_the_page_names(values: Any) -> None:
    told = [name for one in UNPUBLISHED for name in one.names]
    assert max(Counter(told).values()) == 1
    published = {kpi for key in (WEEK, MONTH) for kpi, _, _ in await values(key)}
    unfit = {"segment_unclassified"}  # a size that is told where anybody is in it
    assert CATALOGUE.keys() - published - unfit == set(told)


async def test_how_good_the_record_was_is_published_as_the_report_says(values: Any, report: Any) -> None:
    published = await values(WEEK)
    told = [kpi for kpi in await report(quality_asked) if kpi.name != "id_coverage"]
    for kpi in told:
        one = published[kpi.name, "source" if kpi.cut else "", kpi.cut]
        assert (one.value, one.numerator, one.denominator) == (
            kpi.current.value,
            kpi.current.numerator,
            kpi.current.denominator,
        ), kpi
    assert published["gap_seconds", "source", "voice"].value == 4800  # from 21:40 to 23:00
    assert {"events_recorded", "dead_letters", "recording_lag_p95", "events_with_times"} <= {
        kpi.name for kpi in told
    }


async def test_hosts_are_published_by_tier_and_nobody_is_named(values: Any, report: Any) -> None:
    published = await values(WEEK)
    assert {(by, cut) for kpi, by, cut in published if kpi in HOST_KPIS} == {
        ("tier", "captain"),
        ("tier", "member"),
    }
    of_tiers = [kpi for kpi in await report(hosts_asked) if kpi.subject.startswith("tier:")]
    assert len(of_tiers) == 2 * len(HOST_KPIS)
    for kpi in of_tiers:
        one = published[kpi.name, "tier", kpi.subject.removeprefix("tier:")]
        assert (one.value, one.numerator, one.denominator, one.coverage) == (
            kpi.current.value,
            kpi.current.numerator,
            kpi.current.denominator,
            kpi.current.coverage,
        )
        assert one.is_withheld, "one captain is one person, and so is the other host"
