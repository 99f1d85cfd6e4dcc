"""Whether an event was in a channel at a time."""

from __future__ import annotations

from typing import Any

import pytest

from reports.overlaps import overlapping

CHANNEL, OTHER_CHANNEL = 7, 8
USUAL_MINUTES = 120


async def found(guild: Any, warehouse: Any, start: str, end: str, channels: Any = (CHANNEL,)) -> str | None:
    async with warehouse.reading() as conn:
        span = (guild.ms(start), guild.ms(end))
        choice = await overlapping(conn, guild.guild_id, channels, *span, USUAL_MINUTES)
    return choice.title if choice else None


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("2025-11-16 19:00", "2025-11-16 20:00", False),
        ("2025-11-16 19:00", "2025-11-16 20:01", True),
        ("2025-11-16 20:30", "2025-11-16 20:40", True),
        ("2025-11-16 21:59", "2025-11-16 23:00", True),
        ("2025-11-16 22:00", "2025-11-16 23:00", False),
        ("2025-11-16 19:00", "2025-11-16 23:00", True),
    ],
)
async def test_spans_that_share_a_moment_overlap(
    guild: Any, warehouse: Any, start: str, end: str, overlaps: bool
) -> None:
    guild.event(1, "2025-11-16 20:00", "2025-11-16 22:00")
    await guild.write(warehouse)

    assert await found(guild, warehouse, start, end) == ("Sunday Inhouse" if overlaps else None)


async def test_only_in_one_of_its_channels(guild: Any, warehouse: Any) -> None:
    guild.event(1, "2025-11-16 20:00", "2025-11-16 22:00", channels=(CHANNEL, 9))
    await guild.write(warehouse)
    span = ("2025-11-16 20:30", "2025-11-16 21:00")

    assert await found(guild, warehouse, *span, channels=(OTHER_CHANNEL,)) is None
    assert await found(guild, warehouse, *span, channels=(OTHER_CHANNEL, 9)) == "Sunday Inhouse"


async def test_what_was_held_elsewhere_goes_by_its_title(guild: Any, warehouse: Any) -> None:
    guild.event(1, "2025-11-16 20:00", "2025-11-16 22:00", channels=())
    await guild.write(warehouse)
    span = ("2025-11-16 20:30", "2025-11-16 21:00")

    assert await found(guild, warehouse, *span, channels="sunday INHOUSE") == "Sunday Inhouse"
    assert await found(guild, warehouse, *span, channels="Picnic") is None
    assert await found(guild, warehouse, *span) is None
    later = ("2025-11-16 22:00", "2025-11-16 23:00")
    assert await found(guild, warehouse, *later, channels="Sunday Inhouse") is None


@pytest.mark.parametrize(
    ("outcome", "overlaps"),
    [("cancelled", False), ("not_held", False), ("unknown", True), ("held_unstarted", True)],
)
async def test_what_was_not_held_was_nowhere(
    guild: Any, warehouse: Any, outcome: str, overlaps: bool
) -> None:
    guild.event(1, "2025-11-16 20:00", "2025-11-16 22:00", outcome)
    await guild.write(warehouse)
    title = await found(guild, warehouse, "2025-11-16 20:30", "2025-11-16 21:00")

    assert title == ("Sunday Inhouse" if overlaps else None)


async def test_when_it_was_really_held_decides(guild: Any, warehouse: Any) -> None:
    early = guild.ms("2025-11-16 18:00")
    guild.event(
        1, "2025-11-16 20:00", "2025-11-16 22:00", window_start_ms=early, window_end_ms=early + 3_600_000
    )
    await guild.write(warehouse)

    assert await found(guild, warehouse, "2025-11-16 18:30", "2025-11-16 18:40") == "Sunday Inhouse"
    assert await found(guild, warehouse, "2025-11-16 20:30", "2025-11-16 21:00") is None


async def test_without_an_end_it_lasts_as_long_as_usual(guild: Any, warehouse: Any) -> None:
    guild.event(1, "2025-11-16 20:00", None, "unknown")
    await guild.write(warehouse)

    assert await found(guild, warehouse, "2025-11-16 21:59", "2025-11-16 23:00") == "Sunday Inhouse"
    assert await found(guild, warehouse, "2025-11-16 22:00", "2025-11-16 23:00") is None


@pytest.mark.parametrize(
    ("start", "end", "outcome", "overlaps"),
    [
        ("2025-10-16 20:00", "2025-11-30 22:00", "unknown", True),  # six weeks
        ("2025-10-16 20:00", "2025-11-15 22:00", "unknown", False),
        ("2025-10-16 20:00", "2025-10-16 22:00", "running", True),  # nobody has ended it
    ],
)
async def test_one_of_any_length_is_found(
    guild: Any, warehouse: Any, start: str, end: str, outcome: str, overlaps: bool
) -> None:
    guild.event(1, start, end, outcome)
    await guild.write(warehouse)
    title = await found(guild, warehouse, "2025-11-16 20:30", "2025-11-16 21:00")

    assert title == ("Sunday Inhouse" if overlaps else None)


async def test_one_that_began_long_before_it_was_to_begin_is_found(guild: Any, warehouse: Any) -> None:
    really = guild.ms("2025-11-16 20:00")
    guild.event(
        1, "2025-12-24 20:00", "2025-12-24 22:00", window_start_ms=really, window_end_ms=really + 3_600_000
    )
    await guild.write(warehouse)

    assert await found(guild, warehouse, "2025-11-16 20:30", "2025-11-16 21:00") == "Sunday Inhouse"
