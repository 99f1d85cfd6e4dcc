"""What stands out among those who moved a number: counted and tested by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pyroaring import BitMap
from scipy.stats import fisher_exact

from bot.presentation.report_message import report_message
from reports.drivers import Candidate, drivers, shown
from reports.json import to_json
from reports.text import to_text

NOW = "2025-11-20 14:00"
BASE, MOVED = BitMap(range(1, 21)), BitMap(range(1, 9))
REGULARS = BitMap(range(2, 10))  # seven of the eight who moved, and one of the twelve who did not


def test_a_set_of_whom_clearly_more_moved_stands_out():
    (driver,) = drivers(MOVED, BASE, [Candidate("series:a", "came", REGULARS)])
    assert (driver.part, driver.moved, driver.base_part, driver.base) == (7, 8, 8, 20)
    # of the C(20, 8) = 125970 ways to choose who moved, C(8, 7) · C(12, 1) + C(8, 8) = 97 are as uneven;
    # none at all of the set, C(12, 8) = 495 ways, is likelier than what was seen
    assert driver.p_value == pytest.approx(float(Fraction(97, 125970)))


def test_whoever_looks_at_much_finds_something_so_everything_tried_counts():
    others = [Candidate(f"tier:{number}", "were", BitMap([number, number + 8])) for number in range(1, 9)]
    found = drivers(MOVED, BASE, [*others, Candidate("series:a", "came", REGULARS)])
    assert [driver.key for driver in found] == ["series:a"]
    assert found[0].p_value == pytest.approx(float(9 * Fraction(97, 125970)))
    many = [Candidate(f"tier:{number}", "were", BitMap([number % 20 + 1])) for number in range(70)]
    assert drivers(MOVED, BASE, [*many, Candidate("series:a", "came", REGULARS)]) == ()


@pytest.mark.parametrize("people", [BitMap(), BASE, BitMap([30, 31])])
def test_nobody_and_everybody_cannot_stand_out_and_are_not_tried(people):
    found = drivers(MOVED, BASE, [Candidate("tier:x", "were", people), Candidate("a", "came", REGULARS)])
    assert found[0].p_value == pytest.approx(float(Fraction(97, 125970)))


def test_of_whom_clearly_fewer_moved_is_no_driver():
    assert drivers(MOVED, BASE, [Candidate("series:a", "came", BASE - REGULARS)]) == ()


@pytest.mark.parametrize("moved", [BitMap(), BASE])
def test_where_nobody_moved_or_everybody_nothing_stands_out(moved):
    assert drivers(moved, BASE, [Candidate("series:a", "came", REGULARS)]) == ()


@pytest.mark.parametrize("part", range(1, 9))
def test_the_test_is_fishers(part):
    people = BitMap([*range(1, part + 1), *range(9, 12)])
    found = drivers(MOVED, BASE, [Candidate("a", "came", people)])
    p_value = fisher_exact([[part, 8 - part], [3, 9]])[1]
    assert [driver.p_value for driver in found] == ([pytest.approx(p_value)] if p_value < 0.05 else [])


def test_in_a_channel_no_cell_is_small():
    (driver,) = drivers(MOVED, BASE, [Candidate("series:a", "came", REGULARS)])
    assert shown([driver], 0) == (driver,)
    assert shown([driver], 2) == ()  # one of those who moved was not of the set


@pytest.fixture
async def club(guild: Any, warehouse: Any) -> Any:
    """Twenty were active in week 45, without 1 to 8 in week 46. Thursday's inhouse had 2 to 9 in October."""
    guild.recorded("2025-06-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-06-01", "2025-11-20"), range(1, 41))
    for number in range(1, 41):
        guild.spell(number, "2025-01-01 12:00")
    for number in range(1, 21):
        guild.voice(number, "2025-11-05 20:00", "2025-11-05 21:00", {"2025-11-05": 60})
    for number in range(9, 21):
        guild.voice(number, "2025-11-12 20:00", "2025-11-12 21:00", {"2025-11-12": 60})
    title = {"series": "title:thursday inhouse", "title": "Thursday Inhouse"}
    guild.came(guild.event(1, "2025-10-16 20:00", "2025-10-16 22:00", **title), range(2, 10))
    guild.came(guild.event(2, "2025-09-04 20:00", "2025-09-04 22:00", **title), range(10, 20))  # too long ago
    await guild.write(warehouse)
    return guild


SENTENCE = (
    "Active members −8: 0 came in, 8 dropped out (8 quiet, 0 left); 7 of the 8 who dropped out had been at "
    "Thursday Inhouse in the 8 weeks before (8 of all 20 active before)."
)


async def test_the_report_says_what_moved_it(club, warehouse, week_of):
    week = week_of(club, "2025-W46", NOW)
    report = await club.detail(warehouse, "growth", week, NOW)
    assert report.movement.sentence == SENTENCE
    assert f"What moved it\n  {SENTENCE}" in to_text(report)
    (driver,) = to_json(report)["movement"]["dropped_out"]
    assert driver == {
        **{"key": "series:title:thursday inhouse", "part": 7, "moved": 8, "base_part": 8, "base": 20},
        **{"said": "had been at Thursday Inhouse in the 8 weeks before"},
        "p_value": pytest.approx(float(Fraction(97, 125970))),
    }
    description = report_message(report).embed.description.replace("\\", "")
    assert f"**What moved it**\n{SENTENCE.partition('; ')[2]}" in description


async def test_health_says_it_too_and_a_channel_does_not_where_it_tells_of_one_person(
    club, warehouse, week_of
):
    health = await club.health(warehouse, "2025-11-17 10:00")  # of 10 to 16 November
    assert health.movement.sentence == SENTENCE
    assert (await club.weekly(warehouse, week_of(club, "2025-W46", NOW), NOW)).movement is None
    digest = await club.weekly(warehouse, week_of(club, "2025-W46", NOW), NOW, min_group=1)
    assert digest.movement.sentence == SENTENCE


async def test_nothing_is_said_where_nothing_stands_out_or_nothing_is_compared(club, warehouse, week_of):
    report = await club.detail(warehouse, "growth", week_of(club, "2025-W45", NOW), NOW)
    assert (report.movement, to_json(report)["movement"]) == (None, None)
    still_open = await club.detail(warehouse, "growth", week_of(club, "2025-W47", NOW), NOW)
    assert still_open.movement is None
