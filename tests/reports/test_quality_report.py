"""The quality of the record, small enough to be counted on paper. Week 46 is 10 to 16 November 2025."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import insert

from reports.asked import Asked
from reports.catalogue_page import JSON_KEYS, QUALITY_KEYS
from reports.csv import to_csv
from reports.data_quality import data_quality
from reports.data_quality_lines import to_json, to_text
from reports.json import to_json as report_to_json
from reports.lines import line
from reports.periods import parse_period
from reports.quality_report import quality_asked
from reports.report import Verdict
from reports.small_groups import WITHHELD
from reports.statistics import wilson
from storage import dead_letters, event_log
from storage.dead_letters import DeadLetter
from storage.event_log import NewRow
from storage.tables import accounts

NOW = "2025-11-20 12:00"
SINCE = "2025-10-01 00:00"
SOURCES = ("voice", "members", "events", "commands")
WEEK = 7 * 24 * 3600
NB = "\u00a0"


@pytest.fixture
def club(guild: Any) -> Any:
    """Twenty people, of whom 1–12 were active in week 46 and 1–10 in week 45."""
    guild.recorded(SINCE, NOW, sources=SOURCES)
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 21))
    for number in range(1, 21):
        guild.spell(number, 0)
    guild.did("voice", "2025-11-05", range(1, 11))
    guild.did("voice", "2025-11-12", range(1, 13))
    return guild


class Written:
    """The guild in a warehouse, with its log and its accounts."""

    def __init__(self, guild: Any, warehouse: Any) -> None:
        self.guild, self.warehouse = guild, warehouse
        self.log: list[NewRow] = []
        self.letters: list[NewRow] = []
        self.links: list[dict[str, Any]] = []
        self.is_written = False

    def logged(self, at: str, lag_ms: int, kind: str = "MESSAGE_CREATE", source: str = "gateway") -> NewRow:
        recorded_ms = self.guild.ms(at)
        key = len(self.log) + len(self.letters)
        row = NewRow(key.to_bytes(16), source, kind, 1, None, *(recorded_ms - lag_ms,) * 2, recorded_ms, "{}")
        self.log.append(row)
        return row

    def linked(self, member_no: int, platform: str, at: str) -> None:
        self.links.append(
            {
                "guild_id": self.guild.guild_id,
                "member_no": member_no,
                "platform": platform,
                "external_id": str(member_no),
                "linked_at_ms": self.guild.ms(at),
            }
        )

    async def report(self, key: str = "2025-W46", min_group: int = 0) -> Any:
        await self._write()
        async with self.warehouse.reading() as conn:
            return await quality_asked(*self._about(conn, min_group), self._asked(key))

    async def record(self, key: str = "2025-W46") -> Any:
        await self._write()
        async with self.warehouse.reading() as conn:
            asked = self._asked(key)
            return await data_quality(*self._about(conn, 0), asked.now_ms, asked.period)

    def _asked(self, key: str) -> Asked:
        now_ms = self.guild.ms(NOW)
        return Asked(parse_period(key, self.guild.zone, "monday", now_ms), now_ms)

    def _about(self, conn: Any, min_group: int) -> tuple[Any, ...]:
        return conn, self.guild.guild_id, self.guild.settings(min_group=min_group), self.guild.rules

    async def _write(self) -> None:
        if self.is_written:
            return
        self.is_written = True
        await self.guild.write(self.warehouse)
        async with self.warehouse.writing() as conn:
            await event_log.append(conn, self.guild.guild_id, self.log)
            letters = [DeadLetter(row, "it is odd") for row in self.letters]
            await dead_letters.set_aside(conn, self.guild.guild_id, letters)
            if self.links:
                await conn.execute(insert(accounts), self.links)


@pytest.fixture
def written(club: Any, warehouse: Any) -> Written:
    return Written(club, warehouse)


def plain(report: Any, name: str, cut: str = "") -> str:
    kpis = [kpi for section in report.sections for kpi in section.kpis]
    return line(next(kpi for kpi in kpis if (kpi.name, kpi.cut) == (name, cut))).plain().replace(NB, " ")


def miss(guild: Any, start: str, end: str, state: str = "gap", sources: tuple[str, ...] = ("voice",)) -> None:
    """Something else than recorded at this time."""
    guild.covered = [row for row in guild.covered if row["source"] not in sources]
    guild.recorded(SINCE, start, sources=sources)
    guild.recorded(start, end, state, "the bot was not running", sources)
    guild.recorded(end, NOW, sources=sources)


async def test_a_sources_seconds_are_recorded_late_or_lost(club: Any, written: Written, kpi: Any) -> None:
    """Of week 46 voice lost 12 to 13 November, a day, and members came two hours late."""
    miss(club, "2025-11-12 00:00", "2025-11-13 00:00")
    miss(club, "2025-11-14 10:00", "2025-11-14 12:00", "late", ("members",))
    report = await written.report()
    seconds = {
        source: tuple(
            int(kpi(report, f"{state}_seconds", source).current.value)
            for state in ("recorded", "late", "gap")
        )
        for source in SOURCES
    }
    assert seconds == {
        "voice": (WEEK - 86_400, 0, 86_400),
        "members": (WEEK - 7200, 7200, 0),
        "events": (WEEK, 0, 0),
        "commands": (WEEK, 0, 0),
    }
    assert kpi(report, "gap_seconds", "voice").current.denominator == WEEK
    assert kpi(report, "recording_coverage", "voice").current.value == pytest.approx(6 / 7)
    assert plain(report, "gap_seconds", "voice") == "Not recorded, voice 24 h · was 0 s"
    assert any(
        "Voice: not recorded Wed 12 Nov" in text for text in kpi(report, "gap_seconds", "voice").caveats
    )
    (gap,) = report.gaps
    assert (gap.source, gap.cause) == ("voice", "the bot was not running")


async def test_the_hour_that_a_clock_change_adds_is_recorded_too(written: Written, kpi: Any) -> None:
    """Week 43 of 2025 ends on 26 October, a day of 25 hours."""
    recorded = kpi(await written.report("2025-W43"), "recorded_seconds", "voice")
    assert recorded.current.value == WEEK + 3600


async def test_a_source_that_is_no_part_of_any_number_has_its_share_too(
    club: Any, written: Written, kpi: Any
) -> None:
    club.recorded(SINCE, "2025-11-13 00:00", sources=("removals",))
    club.recorded("2025-11-13 00:00", NOW, "gap", "View Audit Log is not granted", ("removals",))
    recorded = kpi(await written.report(), "recording_coverage", "removals")
    assert recorded.current.value == pytest.approx(3 / 7)


async def test_id_coverage(written: Written, kpi: Any) -> None:
    """Active are 1–12: linked before the week's end are 1, 2 and 3 to dota, 3 and 4 to steam; 4 in all.

    5's link is a day younger, and 20 is not active. Before the end of week 45, when 1–10 were active: 1, 2.
    """
    for number, platform, at in (
        *((1, "dota", "2025-10-01 00:00"), (2, "dota", "2025-11-09 23:59"), (3, "dota", "2025-11-10 00:00")),
        *(
            (3, "steam", "2025-11-11 00:00"),
            (4, "steam", "2025-11-16 23:59"),
            (5, "dota", "2025-11-17 00:00"),
        ),
        (20, "dota", "2025-10-01 00:00"),
    ):
        written.linked(number, platform, at)
    report = await written.report()
    assert plain(report, "id_coverage") == "Linked account 33 % (4/12) · was 20 %"
    assert plain(report, "id_coverage", "dota") == "Linked account, dota 25 % (3/12) · was 20 %"
    assert plain(report, "id_coverage", "steam") == "Linked account, steam 17 % (2/12) · was 0 %"
    assert kpi(report, "id_coverage").current.interval == wilson(4, 12)
    table = await written.report(min_group=5)
    for cut in ("", "dota", "steam"):
        assert kpi(table, "id_coverage", cut).current.numerator is None
        assert WITHHELD in kpi(table, "id_coverage", cut).caveats


async def test_classification_coverage(club: Any, written: Written, kpi: Any) -> None:
    """Of the 28 days to 16 November the first 7, 20 to 26 October, were not recorded: 169 of 673 hours, for
    one of these days has 25. Only who is fresh is in a segment: 21–23 of 23. A week before, 20 were here, and
    14 of the 28 days were lost.
    """
    miss(club, "2025-10-13 00:00", "2025-10-27 00:00", sources=SOURCES)
    for number in (21, 22, 23):
        club.joins(number, "2025-11-12")
    club.present(club.days("2025-11-12", "2025-11-20"), (21, 22, 23))
    classified = kpi(await written.report(), "classification_coverage")
    assert (classified.current.numerator, classified.current.denominator) == (3, 23)
    assert classified.current.value == 3 / 23
    assert classified.current.coverage == pytest.approx(504 / 673)
    assert (classified.previous.numerator, classified.previous.denominator) == (0, 20)
    assert any("not recorded Mon 13 Oct" in caveat for caveat in classified.caveats)


async def test_of_how_many_events_everything_is_known(club: Any, written: Written) -> None:
    """Six were due: one whole with attendees, one whole without, one not started with attendees, one of which
    the start is estimated, with attendees, one not held, and one still unknown. One was cancelled.
    """
    for number, (outcome, people, columns) in enumerate(
        (
            ("held", (1, 2), {}),
            ("held", (), {}),
            ("held_unstarted", (1, 2, 3), {}),
            ("held", (1,), {"start_estimated": True}),
            ("not_held", (), {}),
            ("unknown", (), {}),
            ("cancelled", (), {}),
        ),
        1,
    ):
        key = club.event(
            number, f"2025-11-1{number - 1} 20:00", f"2025-11-1{number - 1} 22:00", outcome, **columns
        )
        club.came(key, people)
    club.came(club.key(2), (5,), "interested", "absent")
    report = await written.report()
    assert plain(report, "events_with_times") == "Events seen whole 2/6"
    assert plain(report, "events_with_attendance") == "Events with attendees 3/6"
    assert plain(report, "event_completeness") == "Complete events 1/6"


async def test_the_log_of_the_period(written: Written) -> None:
    """Recorded in week 46 are 4 messages, a join, a change of voice and an observation: 7, with two of the
    ends of the week. Of the 5 that carry their moment the lags are 100, 200, 300, 400 and 6,000 ms.
    """
    for at, lag_ms in (
        *(("2025-11-10 00:00", 300), ("2025-11-12 12:00", 6000), ("2025-11-13 12:00", 100)),
        *(("2025-11-16 23:59", 400), ("2025-11-09 23:59", 9000), ("2025-11-17 00:00", 9000)),
    ):
        written.logged(at, lag_ms)
    written.logged("2025-11-12 12:00", 200, "GUILD_MEMBER_ADD")
    written.logged("2025-11-12 12:00", 80_000, "VOICE_STATE_UPDATE")
    written.logged("2025-11-12 12:00", 90_000, "MESSAGE_CREATE", "import")
    report = await written.report()
    assert plain(report, "events_recorded") == "Events in the log 7 · was 1"
    assert plain(report, "recording_lag_p50") == "Heard of after, median 0.3 s · was 9.0 s"
    assert plain(report, "recording_lag_p95") == "Heard of after, 95 % 6.0 s · was 9.0 s"


async def test_dead_letters_of_the_period(written: Written) -> None:
    for at in ("2025-11-09 23:59", "2025-11-10 00:00", "2025-11-16 23:59"):
        written.letters.append(written.logged(at, 0))
    assert plain(await written.report(), "dead_letters") == "Not understood 2 · was 1"


async def test_a_clock_that_is_behind_hears_of_nothing_before_it_happens(written: Written, kpi: Any) -> None:
    written.logged("2025-11-12 12:00", -500)
    assert kpi(await written.report(), "recording_lag_p50").current.value == 0


async def test_where_nothing_was_logged_no_lag_is_known(written: Written, kpi: Any) -> None:
    lag = kpi(await written.report(), "recording_lag_p95")
    assert (lag.current.value, lag.current.denominator) == (None, 0)


async def test_a_gap_lowers_the_coverage_of_what_it_can_have_touched_and_is_named(
    club: Any, written: Written, kpi: Any
) -> None:
    miss(club, "2025-11-12 00:00", "2025-11-13 00:00", sources=SOURCES)
    for number in (1, 2):
        club.came(club.event(number, f"2025-11-1{number} 20:00", f"2025-11-1{number} 22:00"), (1,))
    report = await written.report()
    for name in (
        *("recording_coverage", "estimated_sessions", "id_coverage", "events_with_times"),
        *("events_with_attendance", "event_completeness", "events_recorded", "dead_letters"),
        *("recording_lag_p50", "recording_lag_p95"),
    ):
        each = kpi(report, name)
        assert each.current.coverage == pytest.approx(6 / 7), name
        assert any("not recorded Wed 12 Nov" in caveat for caveat in each.caveats), name


async def test_a_week_hardly_recorded_is_compared_with_nothing(club: Any, written: Written, kpi: Any) -> None:
    miss(club, "2025-11-03 00:00", "2025-11-06 00:00", sources=SOURCES)
    report = await written.report()
    for name in ("id_coverage", "events_recorded", "recording_lag_p50"):
        assert kpi(report, name).change.verdict is Verdict.NOT_COMPARED, name


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("2025-W46", "86 % recorded in week 46; one gap hides Wed 12 Nov."),
        ("2025-W45", "Everything was recorded in week 45."),
        ("2025-11", "95 % recorded in November so far; one gap hides Wed 12 Nov."),
        ("trailing-7d", "Everything was recorded in 7 days."),
        ("2025-W33", "Nothing of 11–17 Aug was recorded."),
    ],
)
async def test_the_finding_speaks_of_the_period(club: Any, written: Written, key: str, sentence: str) -> None:
    miss(club, "2025-11-12 00:00", "2025-11-13 00:00")
    assert (await written.report(key)).finding.replace(NB, " ") == sentence
    assert (await written.record(key)).finding.replace(NB, " ") == sentence


async def test_terminal_programs_and_tables_get_the_same(club: Any, written: Written) -> None:
    miss(club, "2025-11-12 13:00", "2025-11-12 15:30")
    written.letters.append(written.logged("2025-11-12 12:00", 0))
    record, report = await written.record(), await written.report()
    text = to_text(record, report)
    assert text.splitlines()[:3] == [record.finding, "", "Week 46 · 10–16 Nov 2025"]
    assert "  Voice 99 % (166/168 h) · 1 gap, 2 h 30 min" in text.replace(NB, " ")
    assert f"  Linked account 0{NB}% (0/12)" in text
    assert text.count("Estimated sessions") <= 1
    assert "only a running bot knows, /insights quality." in text
    printed = to_json(record, report)
    assert any("only a running bot knows" in caveat for caveat in printed["caveats"])
    assert printed["sources"][0]["gap_seconds"] == printed["sources"][0]["gaps"][0]["seconds"] == 9000
    assert printed["dead_letter_reasons"] == [{"reason": "it is odd", "number": 1}]
    rows = {(row["kpi"], row["cut"]): row["value"] for row in csv.DictReader(StringIO(to_csv(report)))}
    told = {
        (kpi["name"], kpi["cut"]): kpi["current"]["value"]
        for section in printed["sections"]
        for kpi in section["kpis"]
    }
    assert rows.keys() == told.keys()
    assert float(rows["gap_seconds", "voice"]) == told["gap_seconds", "voice"] == 9000
    assert json.loads(json.dumps(printed)) == printed


async def test_the_json_keeps_its_documented_keys(written: Written) -> None:
    printed = to_json(await written.record(), await written.report())
    documented = " ".join(f"{keys} {text}" for keys, text in (*JSON_KEYS, *QUALITY_KEYS))
    assert not {key for key in printed if f"`{key}`" not in documented}
    assert not {key for key in printed["sources"][0] if f"`{key}`" not in documented}


@pytest.mark.postgres
async def test_both_databases_give_equal_numbers(club: Any, both_warehouses: Any) -> None:
    miss(club, "2025-11-12 13:00", "2025-11-12 15:30")
    made = []
    for warehouse in both_warehouses:
        written = Written(club, warehouse)
        for place in range(40):
            written.logged("2025-11-12 12:00", 37 * place % 101)
        written.linked(1, "dota", "2025-10-01 00:00")
        made.append(report_to_json(await written.report()))
    assert made[0] == made[1]


async def test_lists_of_events_and_answers_that_were_not_believed_are_told(
    club: Any, written: Written, kpi: Any
) -> None:
    """One of events and three of answers, one of them in the week before; two of them at one moment."""
    club.listed("2025-11-11 09:00", 0, absent=6, verdict="refused", source="events")
    club.listed("2025-11-11 09:30", 5, absent=1, source="events")
    for moment, event_id in (("2025-11-09 20:00", 1), ("2025-11-12 20:00", 1), ("2025-11-12 20:00", 2)):
        club.listed(moment, 2, absent=38, verdict="refused", source="rsvps", event_id=event_id)
    club.listed("2025-11-13 20:00", 0, absent=38, verdict="partial", source="rsvps", event_id=1)
    told = (
        "The list of events of Tue 11 Nov, 09:00 lacks 6 of 6: none was taken for gone by it.",
        "The list of who is interested in an event, of Wed 12 Nov, 20:00 lacks 38 of 40: no answer was ended "
        "by it. One before it was no better.",
    )
    report = await written.report()
    assert [caveat for caveat in report.caveats if "list of" in caveat] == list(told)
    assert "lacks" not in " ".join(kpi(report, "drift").caveats), "they are not of the members"
    text = to_text(await written.record(), report).replace(NB, " ")
    assert all(sentence in text for sentence in told)
    before = await written.report("2025-W45")
    assert [caveat for caveat in before.caveats if "list of" in caveat] == [
        "The list of who is interested in an event, of Sun 9 Nov, 20:00 lacks 38 of 40: no answer was ended "
        "by it."
    ]
