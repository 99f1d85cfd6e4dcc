"""What staff are told of the record itself: what was missed of which source, and what was set aside."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from reports.data_quality import DataQuality, data_quality
from reports.data_quality_lines import paragraphs, warnings
from reports.periods import parse_period
from reports.report import NothingRecorded
from reports.vitals import Vitals
from storage import dead_letters, event_log
from storage.dead_letters import DeadLetter
from storage.event_log import NewRow
from storage.tables import reconciliations

NOW = "2025-11-20 12:00"  # a Thursday
SINCE = "2025-10-01 00:00"
SOURCES = ("voice", "members", "events", "commands")
HOUR_MS = 3_600_000
OFF = "switched off in config.toml"


@pytest.fixture
def quality_of(warehouse: Any) -> Any:
    async def report(guild: Any) -> DataQuality:
        await guild.write(warehouse)
        async with warehouse.reading() as conn:
            return await data_quality(conn, guild.guild_id, guild.settings(), guild.rules, guild.ms(NOW))

    return report


def away(guild: Any, start: str, end: str, sources: tuple[str, ...] = SOURCES) -> Any:
    """Recorded but for this time."""
    others = [source for source in SOURCES if source not in sources]
    guild.recorded(SINCE, NOW, sources=others)
    guild.recorded(SINCE, start, sources=sources)
    guild.recorded(start, end, "gap", "the bot was not running", sources)
    guild.recorded(end, NOW, sources=sources)
    return guild


def lines(quality: DataQuality, title: str, vitals: Vitals | None = None) -> list[str]:
    (found,) = [each for each in paragraphs(quality, vitals) if each.title.startswith(title)]
    return [line.plain().replace("\u00a0", " ") for line in found.lines]


async def test_each_source_says_how_much_was_recorded_and_what_was_lost(guild: Any, quality_of: Any) -> None:
    away(guild, "2025-11-12 13:00", "2025-11-12 15:30", ("voice",))
    quality = await quality_of(guild)
    # three weeks, and this one up to Thursday noon
    assert lines(quality, "Recorded since Mon 27 Oct") == [
        "Voice 99.6 % (586/588 h) · 1 gap, 2 h 30 min",
        "Members (joins, leaves, roles) 100 % (588/588 h)",
        "Events (plans, answers) 100 % (588/588 h)",
        "Commands 100 % (588/588 h)",
    ]
    assert lines(quality, "Gaps") == ["Wed 12 Nov, 13:00–15:30 2 h 30 min · voice · the bot was not running"]
    assert warnings(quality, None) == ()
    assert quality.finding.startswith("99.6")
    voice = quality.sources[0]
    # from Monday 27 October to Thursday noon: 24 days and 12 hours
    assert (voice.whole_ms, voice.missed_ms, voice.late_ms) == (588 * HOUR_MS, int(2.5 * HOUR_MS), 0)
    assert voice.recorded_ms == 585.5 * HOUR_MS


async def test_what_was_lost_of_all_sources_at_once_is_one_line(guild: Any, quality_of: Any) -> None:
    quality = await quality_of(away(guild, "2025-11-12 13:00", "2025-11-12 15:30"))
    assert lines(quality, "Gaps") == [
        "Wed 12 Nov, 13:00–15:30 2 h 30 min · everything · the bot was not running"
    ]


async def test_what_was_switched_off_is_no_gap(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    guild.recorded(SINCE, "2025-11-12 12:00", sources=("text",))
    guild.recorded("2025-11-12 12:00", "2025-11-18 12:00", "gap", OFF, ("text",))
    guild.recorded("2025-11-18 12:00", "2025-11-19 12:00", "gap", "the bot was not running", ("text",))
    guild.recorded("2025-11-19 12:00", NOW, "gap", OFF, ("text",))
    quality = await quality_of(guild)
    assert lines(quality, "Recorded since")[-1] == (
        "Messages (counts, no text) 94 % (396/420 h) · 1 gap, 24 h · 168 h switched off in config.toml"
    )
    assert lines(quality, "Gaps") == [
        "Tue 18 Nov, 12:00 – Wed 19 Nov, 12:00 24 h · messages · the bot was not running"
    ]
    assert warnings(quality, None) == ()


async def test_what_was_switched_off_all_the_time_has_no_share(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    guild.recorded(SINCE, "2025-10-02 00:00", sources=("text",))
    guild.recorded("2025-10-02 00:00", NOW, "gap", OFF, ("text",))
    quality = await quality_of(guild)
    assert "Messages (counts, no text) –" in lines(quality, "Recorded since")[-1]
    assert quality.finding == "Everything was recorded since Mon 27 Oct."


async def test_what_was_never_switched_on_is_not_spoken_of(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    guild.recorded(SINCE, NOW, "gap", OFF, ("text",))
    assert [one.source for one in (await quality_of(guild)).sources] == list(SOURCES)


async def test_what_was_recorded_in_part_only_later_does_not_make_everything_less(
    guild: Any, quality_of: Any
) -> None:
    away(guild, "2025-11-12 13:00", "2025-11-12 15:30")
    guild.recorded("2025-11-19 12:00", NOW, sources=("text",))
    assert "everything" in lines(await quality_of(guild), "Gaps")[0]


async def test_the_newest_gaps_are_listed_and_older_ones_counted(guild: Any, quality_of: Any) -> None:
    end = SINCE
    for day in range(1, 13):
        start, after = f"2025-11-{day:02} 10:00", f"2025-11-{day:02} 11:00"
        guild.recorded(end, start, sources=SOURCES)
        guild.recorded(start, after, "gap", "Discord had an outage", SOURCES)
        end = after
    guild.recorded(end, NOW, sources=SOURCES)
    told = lines(await quality_of(guild), "Gaps")
    assert len(told) == 9
    assert told[0].startswith("Wed 12 Nov, 10:00–11:00")
    assert told[-1] == "… and 4 older ones, 4 h"


async def test_a_source_that_is_silent_now_is_to_be_seen_to(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=("voice", "commands"))
    guild.recorded(SINCE, "2025-11-10 00:00", sources=("removals",))
    guild.recorded("2025-11-10 00:00", NOW, "gap", "View Audit Log is not granted", ("removals",))
    assert warnings(await quality_of(guild), None) == (
        "Removals: not recorded now, View Audit Log is not granted.",
    )


async def test_a_source_that_is_recorded_since_lately_does_not_look_lost_before(
    guild: Any, quality_of: Any
) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    guild.recorded("2025-11-19 12:00", NOW, sources=("text",))
    quality = await quality_of(guild)
    assert quality.finding.startswith("Everything was recorded")
    assert lines(quality, "Recorded")[-1] == "Messages (counts, no text) 100 % (24/24 h)"


async def test_what_the_finding_says_of_tables_that_ended_the_lines_say_too(
    guild: Any, warehouse: Any
) -> None:
    guild.recorded(SINCE, "2025-11-16 12:00", sources=SOURCES)
    await guild.write(warehouse)
    about = guild.guild_id, guild.settings(), guild.rules, guild.ms(NOW)
    week = parse_period("2025-W46", guild.zone, "monday", guild.ms(NOW))
    async with warehouse.reading() as conn:
        of_week, recent = await data_quality(conn, *about, week), await data_quality(conn, *about)
    # noon to midnight is 12 of 168 hours
    assert (
        of_week.finding.replace("\u00a0", " ") == "93 % recorded in week 46; nothing since Sun 16 Nov, 12:00."
    )
    assert lines(of_week, "Recorded in week 46")[0] == "Voice 93 % (156/168 h) · 1 gap, 12 h"
    assert recent.finding == "Everything was recorded until Sun 16 Nov, 12:00; nothing since."
    assert lines(recent, "Recorded since")[0] == "Voice 100 % (492/492 h)"


async def test_late_time_is_told_and_is_no_gap(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, "2025-11-12 13:00", sources=SOURCES)
    guild.recorded("2025-11-12 13:00", "2025-11-12 13:40", "late", "the bot was not running", SOURCES)
    guild.recorded("2025-11-12 13:40", NOW, sources=SOURCES)
    quality = await quality_of(guild)
    assert lines(quality, "Recorded")[0] == "Voice 100 % (588/588 h) · 40 min late, complete"
    assert quality.gaps == ()


async def test_dead_letters_are_counted_with_their_reasons(
    guild: Any, quality_of: Any, warehouse: Any
) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    rows = [
        NewRow(bytes([number]) * 16, "gateway", "ODD", None, None, 1, 1, number, "{}") for number in range(3)
    ]
    reasons = ("it is not known", "it is not known", "its body is not UTF-8")
    async with warehouse.writing() as conn:
        await event_log.append(conn, guild.guild_id, [*rows[:1], *rows[:1], rows[1]])  # one of them twice
        letters = [DeadLetter(row, reason) for row, reason in zip(rows, reasons, strict=True)]
        await dead_letters.set_aside(conn, guild.guild_id, letters)
    told = lines(await quality_of(guild), "From Discord")
    assert told[:2] == [
        "In the log 2 events since Wed 1 Oct 2025",
        "Not understood 3 · kept as dead letters: it is not known; its body is not UTF-8",
    ]


async def test_stays_with_an_estimated_end_are_a_share_of_all(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    for number in range(1, 5):
        start, end = f"2025-11-1{number} 20:00", f"2025-11-1{number} 21:00"
        guild.voice(number, start, end, {f"2025-11-1{number}": 60}, estimated=number == 1)
    guild.voice(9, "2025-10-10 20:00", "2025-10-10 21:00", {}, estimated=True)  # before these days
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 10))
    assert "Estimated sessions 25 % (1/4)" in lines(await quality_of(guild), "From Discord")


async def test_what_the_running_bot_knows_is_told_where_there_is_one(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    quality = await quality_of(guild)
    vitals = Vitals(
        since_ms=guild.ms("2025-11-20 09:05"),
        loaded=1234,
        duplicates=1,
        waiting=7,
        lag_ms=(420, 15_000),
        listed=(40_000, 100_000),
        warnings=("The journal's disk has 150 MB left: free some, or recording stops when it is full.",),
    )
    assert lines(quality, "From Discord", vitals)[2:] == [
        "Since the start (09:05) 1,234 events · 1 repeat turned away",
        "Waiting in the journal 7 events",
        "From an event to its tables 0.4 s at the median · 95 % in 15 s",
        "The list of members is being compared 40,000 of 100,000",
    ]
    assert lines(quality, "To be seen to", vitals) == list(vitals.warnings)


async def test_tables_that_stand_still_are_to_be_seen_to(guild: Any, quality_of: Any) -> None:
    guild.recorded(SINCE, "2025-11-20 11:30", sources=SOURCES)
    guild.progress = None
    quality = await quality_of(guild)
    assert warnings(quality, Vitals(since_ms=0)) == ("The tables stand at 11:30.",)
    assert warnings(quality, None) == ()


async def test_drift_and_lists_that_were_not_believed_are_told(
    guild: Any, quality_of: Any, warehouse: Any
) -> None:
    guild.recorded(SINCE, NOW, sources=SOURCES)
    lists = [
        ("2025-10-01 00:00", 980, 0, 0, 980, "taken"),
        ("2025-11-12 09:00", 400, 981, 581, 0, "refused"),
        ("2025-11-13 09:00", 981, 980, 1, 2, "taken"),
    ]
    columns = ("listed", "believed", "absent", "unexpected", "verdict")
    rows = [
        {"guild_id": guild.guild_id, "source": "members", "at_ms": guild.ms(at)}
        | dict(zip(columns, numbers, strict=True))
        for at, *numbers in lists
    ]
    async with warehouse.writing() as conn:
        await conn.execute(insert(reconciliations), rows)
    told = lines(await quality_of(guild), "Beside")
    assert told[0] == "Members apart 0.3 % (3/981)"
    assert "lacks 581 of 981: nobody was removed by it." in told[1]


async def test_before_anything_is_recorded_there_is_one_sentence(guild: Any, quality_of: Any) -> None:
    with pytest.raises(NothingRecorded):
        await quality_of(guild)
