"""Time in voice, by hand. The last 7 days are 13–19 November, the 7 before 6–12 November."""

from __future__ import annotations

from typing import Any

import pytest

from reports.lines import line

NOW = "2025-11-20 12:00"


@pytest.fixture
def talking(guild: Any) -> Any:
    guild.recorded("2025-10-01 00:00", NOW)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    return guild


async def test_each_members_own_mean_is_averaged(talking: Any, warehouse: Any, kpi: Any) -> None:
    talking.voice(1, "2025-11-13 20:00", "2025-11-13 21:00", {"2025-11-13": 60})
    talking.voice(1, "2025-11-14 20:00", "2025-11-14 20:30", {"2025-11-14": 30})
    talking.voice(2, "2025-11-15 20:00", "2025-11-15 23:00", {"2025-11-15": 180})
    talking.voice(3, "2025-11-15 20:00", "2025-11-15 20:12", {"2025-11-15": 12})
    talking.did("command", "2025-11-16", {4})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # own means: 1: (60 + 30)/2 = 45; 2: 180; 3: 12. Mean (45 + 180 + 12)/3 = 79, median 45
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(79)
    assert kpi(report, "voice_session_mean").current.denominator == 3
    assert kpi(report, "voice_session_median").current.value == pytest.approx(45)
    # 4 sessions and 60 + 30 + 180 + 12 = 282 minutes among 4 active members
    assert kpi(report, "voice_sessions_per_active_member").current.value == pytest.approx(4 / 4)
    assert kpi(report, "voice_hours_per_active_member").current.value == pytest.approx(282 / 60 / 4)
    assert line(kpi(report, "voice_hours_per_active_member")).value == "71\u00a0min"


async def test_a_session_over_the_border_counts_with_its_part(talking: Any, warehouse: Any, kpi: Any) -> None:
    # from Wednesday evening into the first of the last 7 days
    talking.voice(1, "2025-11-12 23:00", "2025-11-13 00:30", {"2025-11-12": 60, "2025-11-13": 30})
    await talking.write(warehouse)
    mean = kpi(await talking.health(warehouse, NOW), "voice_session_mean")
    assert (mean.current.value, mean.previous.value) == (pytest.approx(30), pytest.approx(60))


async def test_a_session_whose_part_is_below_the_threshold_does_not_count(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-12 23:00", "2025-11-13 00:04", {"2025-11-12": 60, "2025-11-13": 4})
    talking.voice(1, "2025-11-16 20:00", "2025-11-16 21:00", {"2025-11-16": 60})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(60)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 1


async def test_a_session_over_midnight_counts_by_its_day_above_the_threshold(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-14 23:56", "2025-11-15 00:30", {"2025-11-14": 4, "2025-11-15": 30})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(30)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 1


async def test_a_change_of_channel_begins_no_other_session(talking: Any, warehouse: Any, kpi: Any) -> None:
    begun, split = "2025-11-15 20:00", "2025-11-15 20:10"
    talking.voice(1, begun, split, {"2025-11-15": 10})
    talking.voice(
        1, split, "2025-11-15 21:00", {"2025-11-15": 50}, channel_id=8, session_start=begun, estimated=True
    )
    talking.voice(1, "2025-11-15 22:00", "2025-11-15 22:30", {"2025-11-15": 30})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 2
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(45)
    estimated = kpi(report, "estimated_sessions").current
    assert (estimated.numerator, estimated.denominator) == (1, 2)


async def test_an_open_session_reaches_to_the_latest_moment(talking: Any, warehouse: Any, kpi: Any) -> None:
    talking.voice(1, "2025-11-19 22:00", None, {"2025-11-19": 120, "2025-11-20": 720})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(120)


async def test_time_of_people_outside_the_population_does_not_count(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 21:00", {"2025-11-15": 60})
    talking.voice(2, "2025-11-15 20:00", "2025-11-15 23:00", {"2025-11-15": 180})
    talking.member(2, withdrawn_at_ms=talking.ms("2025-11-18 09:00"))
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(60)
    assert kpi(report, "voice_hours_per_active_member").current.value == pytest.approx(1)


async def test_estimated_sessions_are_told_as_a_share(talking: Any, warehouse: Any, kpi: Any) -> None:
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 21:00", {"2025-11-15": 60}, estimated=True)
    talking.voice(2, "2025-11-15 20:00", "2025-11-15 21:00", {"2025-11-15": 60})
    talking.voice(2, "2025-11-16 20:00", "2025-11-16 21:00", {"2025-11-16": 60})
    await talking.write(warehouse)
    estimated = kpi(await talking.health(warehouse, NOW), "estimated_sessions")
    assert line(estimated).plain().replace("\u00a0", " ") == "Estimated sessions 33 % (1/3)"


async def test_a_session_is_estimated_by_a_part_that_does_not_count_itself(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    # 1: found in voice as recording went on, alone; then 50 minutes with others
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 20:10", {}, estimated=True)
    talking.voice(
        1,
        "2025-11-15 20:10",
        "2025-11-15 21:00",
        {"2025-11-15": 50},
        channel_id=8,
        session_start="2025-11-15 20:00",
    )
    # 2: found on the evening before the 7 days, and over midnight in another channel
    talking.voice(2, "2025-11-12 23:00", "2025-11-12 23:50", {"2025-11-12": 50}, estimated=True)
    talking.voice(
        2,
        "2025-11-12 23:50",
        "2025-11-13 00:30",
        {"2025-11-12": 10, "2025-11-13": 30},
        channel_id=8,
        session_start="2025-11-12 23:00",
    )
    # 3: found alone, and never with anybody
    talking.voice(3, "2025-11-16 20:00", "2025-11-16 21:00", {}, estimated=True)
    talking.voice(4, "2025-11-16 20:00", "2025-11-16 21:00", {"2025-11-16": 60})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    estimated = kpi(report, "estimated_sessions")
    # those of 1, 2 and 4 count; the week before it is that of 2 alone
    assert (estimated.current.numerator, estimated.current.denominator) == (2, 3)
    assert (estimated.previous.numerator, estimated.previous.denominator) == (1, 1)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx((50 + 30 + 60) / 3)


async def test_without_voice_there_is_no_session_length(talking: Any, warehouse: Any, kpi: Any) -> None:
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_median").current.value is None
    assert line(kpi(report, "voice_session_median")).plain() == "Voice session, median –"
    assert kpi(report, "voice_hours_per_active_member").current.value is None  # nobody was active


async def test_a_session_does_not_count_on_a_day_that_it_spends_alone(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    # 4 minutes in company before midnight are too few; then alone into a day that passes by another session
    talking.voice(1, "2025-11-14 23:00", "2025-11-15 00:30", {"2025-11-14": 4})
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 21:00", {"2025-11-15": 60})
    # in company before the week begins, alone into it
    talking.voice(2, "2025-11-12 23:30", "2025-11-13 00:30", {"2025-11-12": 30})
    talking.voice(2, "2025-11-13 20:00", "2025-11-13 20:30", {"2025-11-13": 30})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # 1: 60 minutes in 1 session; 2: 30 in 1; the week before: 2: 30 in 1
    mean = kpi(report, "voice_session_mean")
    assert (mean.current.value, mean.previous.value) == (pytest.approx(45), pytest.approx(30))
    assert kpi(report, "voice_sessions_per_active_member").current.value == pytest.approx(2 / 2)


async def test_sessions_over_one_midnight_after_the_other_are_told_apart(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-14 23:00", "2025-11-15 00:30", {"2025-11-14": 40, "2025-11-15": 20})
    talking.voice(1, "2025-11-15 23:00", "2025-11-16 00:30", {"2025-11-16": 4})  # too few on the 16th
    talking.voice(1, "2025-11-16 23:30", "2025-11-17 01:00", {"2025-11-17": 30})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # the 14th (40), the 15th (20) and the 17th (30) count: 90 minutes in 2 sessions
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(45)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 2


async def test_a_session_in_company_throughout_counts_once_on_both_of_its_days(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-14 23:00", "2025-11-15 00:30", {"2025-11-14": 60, "2025-11-15": 30})
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 20:30", {"2025-11-15": 30})
    talking.voice(
        2, "2025-11-14 23:00", "2025-11-16 01:00", {"2025-11-14": 60, "2025-11-15": 1440, "2025-11-16": 60}
    )
    talking.voice(
        3, "2025-11-12 23:00", "2025-11-13 00:30", {"2025-11-12": 60, "2025-11-13": 30}, estimated=True
    )
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # 1: 120 minutes in 2 sessions; 2: 1560 in 1, over two midnights; 3: the 30 of the week in 1
    assert kpi(report, "voice_session_mean").current.value == pytest.approx((60 + 1560 + 30) / 3)
    assert kpi(report, "voice_sessions_per_active_member").current.value == pytest.approx(4 / 3)
    estimated = kpi(report, "estimated_sessions")
    assert (estimated.current.numerator, estimated.current.denominator) == (1, 4)
    assert (estimated.previous.numerator, estimated.previous.denominator) == (1, 1)


async def test_a_session_that_changed_the_channel_before_midnight_counts_once(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    begun, split = "2025-11-14 22:00", "2025-11-14 23:30"
    talking.voice(1, begun, split, {"2025-11-14": 90})
    talking.voice(1, split, "2025-11-15 00:30", {"2025-11-15": 20}, channel_id=8, session_start=begun)
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 20:10", {"2025-11-15": 10})
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # the 14th (90) and the 15th (30) count: 120 minutes in 2 sessions
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(60)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 2


async def test_a_stay_that_a_file_tells_of_counts_once_on_all_of_its_days(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    talking.voice(1, "2025-11-14 23:00", "2025-11-15 00:30", {"2025-11-14": 60, "2025-11-15": 30}, told=True)
    talking.voice(1, "2025-11-15 20:00", "2025-11-15 20:30", {"2025-11-15": 30}, told=True)
    # into the week, and in company on the second day alone
    talking.voice(2, "2025-11-12 23:00", "2025-11-13 00:30", {"2025-11-13": 30}, told=True)
    # in two pieces: between them it was recorded
    talking.voice(3, "2025-11-16 23:30", "2025-11-16 23:40", {"2025-11-16": 10}, told=True)
    talking.voice(3, "2025-11-16 23:40", "2025-11-16 23:50", {"2025-11-16": 10})
    piece = "2025-11-16 23:50", "2025-11-17 00:20", {"2025-11-16": 10, "2025-11-17": 20}
    talking.voice(3, *piece, session_start="2025-11-16 23:30", told=True)
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # 1: 120 minutes in 2 sessions; 2: 30 in 1; 3: 50 in 2
    mean = kpi(report, "voice_session_mean").current
    assert (mean.value, mean.denominator) == (pytest.approx((60 + 30 + 25) / 3), 3)
    assert kpi(report, "voice_sessions_per_active_member").current.value == pytest.approx(5 / 3)


async def test_two_told_stays_that_begin_at_once_are_one_session(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    begun = "2025-11-15 23:00"
    talking.voice(1, begun, "2025-11-15 23:30", {"2025-11-15": 30}, told=True)
    over = "2025-11-15 23:30", "2025-11-16 00:30", {"2025-11-15": 30, "2025-11-16": 30}
    talking.voice(1, *over, channel_id=8, session_start=begun, told=True)
    talking.voice(1, "2025-11-16 20:00", "2025-11-16 20:30", {"2025-11-16": 30}, estimated=True)
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(120 / 2)
    estimated = kpi(report, "estimated_sessions").current
    assert (estimated.numerator, estimated.denominator) == (1, 2)


async def test_sessions_over_every_midnight_count_where_they_have_time(
    talking: Any, warehouse: Any, kpi: Any
) -> None:
    for day in range(12, 20):  # alone until midnight
        talking.voice(
            1, f"2025-11-{day} 23:30", f"2025-11-{day + 1} 00:30", {f"2025-11-{day + 1}": 30}, channel_id=day
        )
    await talking.write(warehouse)
    report = await talking.health(warehouse, NOW)
    # the first of them came into the week, and the last counts after it
    assert kpi(report, "voice_session_mean").current.value == pytest.approx(30)
    assert kpi(report, "voice_sessions_per_active_member").current.value == 7
