"""Commands of other bots count as successful though nobody told how they ended: a report says so."""

from __future__ import annotations

from typing import Any

import pytest

from reports.periods import parse_period

NOW = "2025-11-20 14:00"  # the trailing seven days are 13 to 19 November
NOTE = "Nobody told how {} commands ended: they are taken for successful."


@pytest.fixture
def busy(guild: Any) -> Any:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 31))
    guild.ran(1, "2025-11-13 00:00")
    guild.ran(2, "2025-11-14 10:00", None)
    guild.ran(3, "2025-11-19 23:59", None)
    guild.ran(3, "2025-11-12 23:59", None)  # the day before
    guild.ran(4, "2025-11-14 10:00", "error", is_counted=False)
    guild.ran(5, "2025-11-14 10:00", None, is_counted=False)  # not tracked
    return guild


async def test_a_report_says_how_many(busy: Any, warehouse: Any) -> None:
    await busy.write(warehouse)
    report = await busy.health(warehouse, NOW)
    assert NOTE.format("2 of 3") in report.caveats


async def test_of_bots_and_of_those_who_withdrew_nothing_is_said(busy: Any, warehouse: Any) -> None:
    busy.member(2, is_bot=True)
    busy.member(3, withdrawn_at_ms=busy.ms("2025-11-20 10:00"))
    await busy.write(warehouse)
    report = await busy.health(warehouse, NOW)
    assert not [caveat for caveat in report.caveats if "Nobody told how" in caveat]


async def test_where_commands_make_nobody_active_there_is_nothing_to_say(busy: Any, warehouse: Any) -> None:
    await busy.write(warehouse)
    report = await busy.health(warehouse, NOW, qualifying=("voice",))
    assert not [caveat for caveat in report.caveats if "Nobody told how" in caveat]


async def test_a_post_names_no_number_of_a_few_people(busy: Any, warehouse: Any) -> None:
    await busy.write(warehouse)
    period = parse_period("2025-W46", busy.zone, "monday", busy.ms(NOW))
    post = await busy.weekly(warehouse, period, NOW)
    assert NOTE.format("some") in post.caveats


@pytest.mark.parametrize(("name", "is_said"), [("growth", True), ("events", False)])
async def test_it_is_said_beside_numbers_that_commands_are_in_and_no_others(
    busy: Any, warehouse: Any, name: str, is_said: bool
) -> None:
    busy.event(1, "2025-11-12 20:00", "2025-11-12 22:00")
    await busy.write(warehouse)
    period = parse_period("2025-W46", busy.zone, "monday", busy.ms(NOW))
    report = await busy.detail(warehouse, name, period, NOW)
    assert any(section.kpis for section in report.sections)
    assert any("Nobody told how" in caveat for caveat in report.caveats) == is_said
