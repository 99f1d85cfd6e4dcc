"""The last weeks under other thresholds: worked out by hand, and nothing written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reports.settings import AlertRule, CoreRule, SegmentSettings
from reports.what_if import Changed, WhatIf, what_if, what_if_to_json, what_if_to_text

NOW = "2025-11-20 14:00"
CHANGES = (Changed("segments.core.min_voice_hours", "4", "7"),)


@pytest.fixture
async def club(guild: Any, warehouse: Any) -> Any:
    """Recorded since 22 September. 1 to 4 are in voice for two hours each Wednesday, from 15 October on;
    5 and 6 for one hour. 7 to 20 do nothing. In week 46 (10–16 November) only 1 and 2 are.
    """
    guild.recorded("2025-09-22 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-09-22", "2025-11-20"), range(1, 21))
    for number in range(1, 21):
        guild.spell(number, "2025-01-01 12:00")
    for day in ("2025-10-15", "2025-10-22", "2025-10-29", "2025-11-05"):
        for number in range(1, 7):
            length = 120 if number < 5 else 60
            guild.voice(number, f"{day} 20:00", f"{day} {20 + length // 60}:00", {day: length})
    for number in (1, 2):
        guild.voice(number, "2025-11-12 20:00", "2025-11-12 22:00", {"2025-11-12": 120})
    await guild.write(warehouse)
    return guild


@pytest.fixture
def told(club: Any, warehouse: Any) -> Any:
    async def make(now: Any = None, **then: Any) -> WhatIf:
        settings = club.settings(**(now or {}))
        async with warehouse.reading() as conn:
            return await what_if(
                conn, club.guild_id, settings, replace(settings, **then), club.rules, CHANGES, club.ms(NOW)
            )

    return make


SEVEN_HOURS = SegmentSettings(core=CoreRule(min_voice_hours=7))


async def test_segments_are_told_side_by_side(told):
    outcome = await told(segments=SEVEN_HOURS)
    weeks = {week.period.key: week for week in outcome.weeks}
    # as of 9 November: 1 to 4 had eight hours in four blocks, 5 and 6 had four; as of 16 November 1 and 2
    # had eight and 3 and 4 six, in three blocks, 5 and 6 had three
    assert [weeks["2025-W45"].now.sizes["core"], weeks["2025-W45"].then.sizes["core"]] == [6, 4]
    assert [weeks["2025-W46"].now.sizes["core"], weeks["2025-W46"].then.sizes["core"]] == [4, 2]
    assert [weeks["2025-W46"].now.sizes["regular"], weeks["2025-W46"].then.sizes["regular"]] == [2, 4]
    assert weeks["2025-W45"].moved == ("core", "regular")
    assert outcome.finding == (
        "Last week: core 2 instead of 4, regular 4 instead of 2. A limit crossed in 0 of 8 weeks, as now."
    )


async def test_only_weeks_that_were_recorded_are_told_of(told):
    outcome = await told(segments=SEVEN_HOURS)
    assert [week.period.key for week in outcome.weeks] == [f"2025-W{number}" for number in range(39, 47)]


async def test_alerts_are_told_side_by_side(told):
    def below(limit: float) -> dict[str, Any]:
        return {"alerts": (AlertRule("weekly_active_members", below=limit),)}

    outcome = await told(below(3), **below(1))
    crossed = {
        week.period.key: (len(week.now.crossed), len(week.then.crossed))
        for week in outcome.weeks
        if week.now.crossed
    }
    # nobody was active in weeks 39 to 41, two were in week 46
    assert crossed == {
        **{f"2025-W{number}": (1, 1) for number in (39, 40, 41)},
        "2025-W46": (1, 0),
    }
    assert outcome.finding == (
        "No segment would have been different. A limit crossed in 3 of 8 weeks, instead of 4."
    )
    text = what_if_to_text(outcome)
    assert "  10–16 Nov\n    now: Active members 2: under the limit of 3.\n    tried: none." in text
    assert "27 Oct – 2 Nov" not in text, "where nothing differs nothing is said"


async def test_it_is_read_as_text_and_as_json(told):
    outcome = await told(segments=SEVEN_HOURS)
    text = what_if_to_text(outcome)
    assert "segments.core.min_voice_hours: 4 now, 7 tried" in text
    assert "  10–16 Nov: core 4 → 2, regular 2 → 4" in text
    assert "Nothing was changed." in text
    as_json = what_if_to_json(outcome)
    assert as_json["changes"] == [{"key": "segments.core.min_voice_hours", "now": "4", "then": "7"}]
    last = as_json["weeks"][-1]
    assert (last["period"]["key"], last["now"]["segments"]["core"], last["then"]["segments"]["core"]) == (
        *("2025-W46", 4),
        2,
    )
