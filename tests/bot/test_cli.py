"""The command line on a recorded history, without Discord. What cannot be done is one line and a status."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest

from bot.cli.command_line import invoke
from bot.cli.cuts import option_of
from bot.cli.demo import evening_before, until_stopped
from bot.clock import SystemClock
from reports.cuts import BY_EVENT, BY_PEOPLE
from reports.named import NAMED
from sandbox.community import tell
from sandbox.community_history import History
from sandbox.community_place import GUILD_ID
from sandbox.demo import DemoFolder, record_history
from sandbox.demo_config import CONFIG
from storage.journal import Journal
from storage.rebuild import TableDifference

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


@contextmanager
def no_bar(_what: str) -> Iterator:
    yield lambda _done, _total: None


@pytest.fixture(scope="module")
def story():
    return tell(3, NOW, 20)


@pytest.fixture(scope="module")
def recorded(story, tmp_path_factory):
    folder = DemoFolder(tmp_path_factory.mktemp("data"))
    folder.prepare(3)
    asyncio.run(record_history(folder, History(story, story.now_ms), no_bar))
    return folder


@pytest.fixture
def place(recorded, monkeypatch):
    """A shell in which the recorded data is the bot's, at the story's last moment."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: NOW)
    monkeypatch.setenv("INSIGHTS_DATA", str(recorded.folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    return recorded


@pytest.fixture
def insights(place, capsys):
    """Runs a command: status, what it printed, what it said on stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        status = invoke(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def test_the_health_report_is_printed_for_people(insights, place):
    status, out, _ = insights("report", "health", "--config", str(place.config))
    assert status == 0
    assert re.search(r"Active members \d+ of \d+ · alert below 100 · was \d+", out)
    assert "Europe/Berlin" in out


def test_the_health_report_is_printed_for_programs(insights, place):
    status, out, _ = insights("report", "health", "--format", "json", "--config", str(place.config))
    report = json.loads(out)
    assert (status, report["report"]) == (0, "health")


def test_the_health_report_can_be_made_as_of_another_moment(insights, place):
    _, printed, _ = insights("report", "health", "--format", "json", "--now", "2026-11-15T12:00Z")
    assert json.loads(printed)["period"]["last_day"] == "2026-11-14"


def test_the_latest_event_is_printed_for_people(insights, place):
    status, out, _ = insights("report", "event", "--config", str(place.config))
    assert status == 0
    assert "Who came" in out
    assert re.search(r"^.+ · \w{3} \d+ Nov 2026, \d\d:\d\d–\d\d:\d\d$", out, re.MULTILINE)


def test_an_event_is_named_by_words_or_by_its_key(insights, place):
    _, printed, _ = insights("report", "event", "--event", "inhouse sun", "--format", "json")
    report = json.loads(printed)
    assert report["title"] == "Sunday Inhouse"
    _, again, _ = insights("report", "event", "--event", report["key"], "--format", "json")
    assert json.loads(again) == report


def test_an_events_attendance_is_a_table_without_ids(insights, place):
    _, printed, _ = insights("report", "event", "--event", "inhouse sun", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert {row["title"] for row in rows} == {"Sunday Inhouse"}
    assert {row["status"] for row in rows} >= {"attended", "absent"}
    assert all(0 < int(row["member_no"]) < 10_000 for row in rows)
    assert "user_id" not in rows[0]


def test_a_table_of_hosts_tells_them_apart_by_number(insights, place):
    _, printed, _ = insights("report", "hosts", "--period", "2026-W46", "--format", "csv")
    rows = [row for row in csv.DictReader(io.StringIO(printed)) if row["kpi"] == "host_events"]
    assert {row["subject"].partition(":")[0] for row in rows} == {"member", "tier"}


def test_an_event_that_nothing_fits_is_one_line(insights, place):
    status, printed, said = insights("report", "event", "--event", "chess")
    assert (status, printed) == (1, "")
    assert one_line(said) == "No event fits “chess”: give words of its title and date, or latest."


@pytest.mark.parametrize(
    "name",
    ["growth", "segments", "retention", "funnel", "events", "series", "hosts", "commands", "coverage"],
)
def test_one_side_of_a_period_is_printed(insights, place, name):
    status, out, _ = insights("report", name, "--period", "2026-W46", "--config", str(place.config))
    assert status == 0
    assert "Week 46 · 9–15 Nov 2026" in out
    _, printed, _ = insights("report", name, "--format", "json")
    assert json.loads(printed)["report"] == name


def test_a_side_of_a_period_that_is_none_is_refused(insights, place):
    status, _, said = insights("report", "events", "--period", "last week")
    assert status == 2
    assert "“last week” is not a period" in said


@pytest.mark.parametrize("name", ["growth", "segments", "retention", "events", "series", "hosts", "coverage"])
def test_a_side_of_a_period_that_has_not_begun_is_refused(insights, place, name):
    status, printed, said = insights("report", name, "--period", "2027-W10")
    assert (status, printed) == (2, "")
    assert "2027-W10 has not begun: name a period that has, such as 2026-W46" in one_line(said)


def test_one_member_is_told_of_week_by_week(insights, place):
    _, printed, _ = insights("report", "member", "5", "--format", "json", "--config", str(place.config))
    assert len(json.loads(printed)["weeks"]) == 12
    status, _, said = insights("report", "member", "999999", "--config", str(place.config))
    assert status == 1
    assert one_line(said).startswith("Nobody is recorded under 999999 of whom anything is told")


@pytest.mark.parametrize("verb", [("report", "member"), ("what-if",)])
def test_of_what_there_is_no_table_none_is_offered(insights, verb):
    _, help_, _ = insights(*verb, "--help")
    assert "<text|json>" in help_
    status, _, said = insights(*verb, "1", "--format", "csv")
    assert status == 2
    assert "'csv' is not one of 'text', 'json'" in one_line(said)


@pytest.mark.parametrize("typed", ["abc", "0", "7.5", "@someone", "²", "9" * 30])
def test_what_is_no_number_of_a_member_is_one_sentence_that_says_where_to_find_one(insights, place, typed):
    status, printed, said = insights("report", "member", typed, "--config", str(place.config))
    assert (status, printed) == (2, "")
    assert (
        "is no user id and no member number: copy the id in Discord (right-click → Copy User ID), or take"
        in one_line(said)
    )


def test_other_thresholds_are_tried_and_nothing_is_changed(insights, place):
    before = place.config.read_bytes()
    arguments = ("segments.core.min_events=5", "alert.no_show_rate.above=0.9", "--config", str(place.config))
    status, out, said = insights("what-if", *arguments)
    assert (status, said) == (0, "")
    assert "segments.core.min_events: 2 now, 5 tried\nalert.no_show_rate.above: 0.2 now, 0.9 tried" in out
    _, printed, _ = insights("what-if", *arguments, "--format", "json")
    assert json.loads(printed)["report"] == "what-if"
    assert place.config.read_bytes() == before


def test_on_a_terminal_one_sees_that_other_thresholds_are_being_tried(insights, place, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # which makes rich take stderr for a terminal
    status, out, said = insights("what-if", "segments.core.min_events=5", "--config", str(place.config))
    assert status == 0
    assert re.search(r"Weeks .*/12", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said))
    assert "Weeks" not in out.partition("\n")[0]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("segments.core.min_event=4", "segments.core.min_event is not a key that exists here"),
        ("voice.min_voice_minutes=4", "voice.min_voice_minutes cannot be tried: the tables are made by it"),
    ],
)
def test_what_cannot_be_tried_is_one_line(insights, place, key, sentence):
    status, printed, said = insights("what-if", key, "--config", str(place.config))
    assert (status, printed) == (2, "")
    assert sentence in one_line(said)


def test_a_report_is_cut_to_some_people(insights, place):
    _, out, _ = insights("report", "growth", "--tier", "Member", "--config", str(place.config))
    assert out.startswith("Tier member: ")
    _, printed, _ = insights(
        *("report", "health", "--segment", "fresh", "--format", "json"), "--config", str(place.config)
    )
    assert json.loads(printed)["cut"] == {"segment": "fresh"}
    status, table, _ = insights(
        *("report", "growth", "--segment", "fresh", "--format", "csv"), "--config", str(place.config)
    )
    assert status == 0
    assert {line["people"] for line in csv.DictReader(io.StringIO(table))} == {"segment=fresh"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("health", "--tier", "boss"), "There is no tier “boss”: there are staff, host, captain and member."),
        (("retention", "--segment", "core"), "can be cut by --tier, --platform and --joined only."),
        (("hosts", "--tier", "staff"), "the report hosts can be cut by --event-type only."),
        (("days", "--segment", "core"), "the report days is of everybody: it cannot be cut."),
        (
            ("growth", "--joined", "2026-05", "--format", "csv"),
            "of cuts it has --segment, --tier and --platform only; text and json have all.",
        ),
        (
            ("growth", "--segment", "core", "--tier", "staff", "--format", "csv"),
            "it is cut one way at a time; text and json take several.",
        ),
    ],
)
def test_a_cut_that_cannot_be_is_one_line(insights, place, arguments, sentence):
    status, printed, said = insights("report", *arguments, "--config", str(place.config))
    assert (status, printed) == (2, "")
    assert sentence in one_line(said)


@pytest.mark.parametrize("report", NAMED, ids=lambda report: report.name)
def test_the_help_of_a_report_offers_the_cuts_that_it_takes_and_no_others(insights, report):
    status, help_, _ = insights("report", report.name, "--help")
    assert status == 0
    offered = {dimension for dimension in (*BY_PEOPLE, *BY_EVENT) if option_of(dimension) in help_}
    assert offered == set(report.cuts)
    words = " ".join(help_.replace("│", " ").split())
    assert ("last 7 complete days by default" in words) == report.speaks_of_trailing_week


def test_a_type_of_event_and_an_event_are_found_without_their_accents(insights, place):
    _, named, _ = insights("report", "events", "--event-type", "Café", "--config", str(place.config))
    assert insights("report", "events", "--event-type", "cafe", "--config", str(place.config))[1] == named
    _, found, _ = insights("report", "event", "--event", "Café", "--config", str(place.config))
    assert found
    assert insights("report", "event", "--event", "cafe", "--config", str(place.config))[1] == found


def test_a_digest_is_written_as_of_a_moment(insights, place, tmp_path):
    for kind, key in (("weekly", "2026-W44"), ("monthly", "2026-10")):
        arguments = ("--out", str(tmp_path), "--now", "2026-11-03T12:00+01:00", "--config", str(place.config))
        status, _, _ = insights("digest", kind, *arguments)
        assert status == 0
        written = json.loads((tmp_path / f"{kind}-{key}-report.json").read_text())
        assert (written["period"]["key"], written["is_open"]) == (key, False)


def test_a_digest_of_a_week_that_has_not_begun_is_refused(insights, place, tmp_path):
    status, printed, said = insights(
        "digest", "weekly", "--period", "2027-W01", "--out", str(tmp_path / "out")
    )
    assert (status, printed) == (2, "")
    assert "2027-W01 has not begun: name a period that has, such as 2026-W46" in said
    assert not (tmp_path / "out").exists()


def test_the_weekly_digest_is_written_into_files(insights, place, tmp_path):
    out = tmp_path / "deep" / "digest"
    status, said, _ = insights(
        "digest", "weekly", "--period", "2026-W46", "--out", str(out), "--config", str(place.config)
    )
    assert status == 0
    message = json.loads((out / "weekly-2026-W46-message.json").read_text(encoding="utf-8"))
    assert message["content"] in said
    assert json.loads((out / "weekly-2026-W46-report.json").read_text(encoding="utf-8"))["report"] == "weekly"
    for attachment in message["attachments"]:
        assert (out / attachment["filename"]).read_bytes().startswith(b"\x89PNG")


def test_a_period_that_does_not_exist_is_refused(insights, place, tmp_path):
    arguments = ("--period", "2026-W99", "--out", str(tmp_path), "--config", str(place.config))
    status, _, err = insights("digest", "weekly", *arguments)
    assert status == 2
    assert "the weeks of 2026 go from 2026-W01" in one_line(err)


def test_a_month_is_no_weekly_digest(insights, place, tmp_path):
    arguments = ("--period", "2026-10", "--out", str(tmp_path), "--config", str(place.config))
    status, _, err = insights("digest", "weekly", *arguments)
    assert (status, list(tmp_path.glob("monthly*"))) == (2, [])
    assert "2026-10 is a month: `insights digest monthly` writes it" in one_line(err)


def test_a_folder_that_cannot_be_written_is_named(insights, place, tmp_path):
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "digest"
    status, _, err = insights("digest", "weekly", "--out", str(out), "--config", str(place.config))
    assert status == 1
    assert "name another folder with --out" in one_line(err)


def test_a_rebuild_gives_the_same_tables(insights, place):
    status, out, _ = insights("rebuild", "--verify", "--config", str(place.config))
    assert (status, out) == (0, "✓ Every table is the same as before.\n")


def test_tables_that_differ_are_named_in_sentences(insights, place, monkeypatch):
    async def differing(*_arguments):
        return [
            TableDifference("members", "1:00ff", "1200:00fe"),
            TableDifference("coverage", "1200:00ff", "1200:00fe"),
        ]

    monkeypatch.setattr("bot.cli.rebuild.verify_tables", differing)
    status, out, _ = insights("rebuild", "--verify", "--config", str(place.config))
    assert status == 1
    assert out.splitlines() == [
        "✗ The table members differs: 1 row before, 1,200 rows anew.",
        "✗ The table coverage differs: 1,200 rows, not all with the same contents.",
    ]


def test_a_rebuild_says_that_it_is_done(insights, place):
    status, out, _ = insights("rebuild", "--config", str(place.config))
    assert (status, out) == (0, "✓ The tables are new.\n")


def test_what_is_published_stays_while_the_tables_stand_under_other_rules(insights, place, tmp_path):
    """Nothing can be computed then: what was forgotten would not come back."""
    config = tmp_path / "config.toml"
    config.write_text(f"{CONFIG}\n[voice]\nmin_voice_minutes = 9\n", encoding="utf-8")
    row = {
        **{"guild_id": GUILD_ID, "period_kind": "week", "period": "2026-W10", "cut_by": "", "cut": ""},
        **{"kpi": "weekly_active_members", "layer": "community", "version": 1, "rules": "r", "settings": "s"},
        **{"first_day": 20514, "last_day": 20520, "coverage": 1, "position": 1, "computed_at_ms": 1},
        "first_computed_at_ms": 1,
    }
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with closing(sqlite3.connect(place.folder / "warehouse.db", isolation_level=None)) as db:
        db.execute(f"INSERT INTO kpi_values ({names}) VALUES ({values})", row)
        status, _, err = insights("kpi-values", "--anew", "--config", str(config))
        assert (status, "run `insights rebuild`" in one_line(err)) == (1, True)
        assert db.execute("SELECT count(*) FROM kpi_values").fetchone() == (1,)
        db.execute("DELETE FROM kpi_values")


def test_an_erased_person_is_in_no_file(insights, place, story):
    person = story.people[20].user_id
    config = str(place.config)
    status, out, _ = insights("erase", str(person), "--yes", "--config", config)
    assert status == 0
    assert "Removed: the row that says which number they are." in out
    files = [path for path in place.folder.iterdir() if path.is_file()]
    needles = (str(person).encode(), person.to_bytes(8, "big"))
    assert not [path.name for path in files for needle in needles if needle in path.read_bytes()]
    again = insights("erase", str(person), "--yes", "--config", config)
    assert "Nothing was recorded of this person." in again[1]
    assert insights("rebuild", "--verify", "--config", config)[0] == 0


def test_a_database_put_back_from_a_backup_does_not_bring_an_erased_person_back(insights, place, story):
    person, config = story.people[23].user_id, str(place.config)
    backup = place.paths.warehouse.read_bytes()
    assert person.to_bytes(8, "big") in backup
    asked = "report", "health", "--format", "json", "--config", config
    before = insights(*asked)[1]
    assert insights("erase", str(person), "--yes", "--config", config)[0] == 0
    without = insights(*asked)[1]
    assert without != before
    place.paths.warehouse.write_bytes(backup)

    assert insights(*asked)[1] == without
    files = [path for path in place.folder.iterdir() if path.is_file()]
    assert not [path.name for path in files if person.to_bytes(8, "big") in path.read_bytes()]


def test_beside_a_running_bot_an_erasure_says_what_happens_to_its_journal(insights, place, story):
    journal = Journal.open(place.paths.journal, lambda item: [item], lambda item, _error: item)
    try:
        status, out, _ = insights(
            "erase", str(story.people[21].user_id), "--yes", "--config", str(place.config)
        )
    finally:
        journal.close()
    assert status == 0
    assert "A bot is running: it drops what its journal still holds" in out


KILLED_COLLECTOR = """
import os, sys, time
from pathlib import Path
from storage.event import Event
from storage.journal import Journal

journal = Journal.open(Path(sys.argv[1]), lambda item: [item], lambda item, error: item)
journal.append(Event(b"k" * 16, int(sys.argv[2]), "gateway", "INTERACTION_CREATE", 1, 1, 1, int(sys.argv[3])))
while not journal.read(1):
    time.sleep(0.01)
os._exit(9)
"""


def test_what_another_bot_recorded_is_erased_too(insights, place):
    stranger, path = 190_320_984_123_768_832, place.paths.journal_of("club")
    arguments = [str(path), str(GUILD_ID), str(stranger)]
    subprocess.run([sys.executable, "-c", KILLED_COLLECTOR, *arguments], cwd=ROOT, check=False)
    needles = (str(stranger).encode(), stranger.to_bytes(8, "big"))

    def found() -> list[str]:
        files = [file for file in place.folder.iterdir() if file.is_file()]
        return [file.name for file in files for needle in needles if needle in file.read_bytes()]

    assert found() == ["journal-club.db-wal"]
    status, out, _ = insights("erase", str(stranger), "--yes", "--config", str(place.config))
    assert status == 0
    assert "Removed: 1 event in the journal." in out
    assert "A bot is running" not in out
    assert "computed anew by the next run, or `kpi-values`" in out
    assert found() == []


def test_beside_another_bot_an_erasure_says_what_happens_to_its_journal(insights, place):
    journal = Journal.open(place.paths.journal_of("club"), lambda item: [item], lambda item, _error: item)
    try:
        status, out, _ = insights("erase", "190320984123768832", "--yes", "--config", str(place.config))
    finally:
        journal.close()
    assert status == 0
    assert "A bot is running: it drops what its journal still holds" in out


def test_nobody_is_erased_without_a_yes(insights, place, story, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    status, _, err = insights("erase", str(story.people[22].user_id), "--config", str(place.config))
    assert status == 1
    assert "Nothing was done." in err
    assert str(story.people[22].user_id) not in err


def test_an_erasure_in_the_wrong_folder_is_refused(insights, place, monkeypatch, tmp_path):
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    status, _, err = insights("erase", "123456789012345678", "--yes", "--config", str(place.config))
    assert status == 1
    assert "INSIGHTS_DATA" in one_line(err)


@pytest.mark.parametrize("user_id", ["somebody", "-1", "0", "9223372036854775808", "1.5", "9" * 5000])
def test_what_is_no_user_id_is_refused(insights, place, user_id):
    status, _, err = insights("erase", "--yes", "--config", str(place.config), "--", user_id)
    assert status == 2
    assert "is no user id" in one_line(err)


@pytest.mark.parametrize("number", ["5", str(2**22 - 1)])
def test_the_number_of_a_member_is_no_user_id_and_erases_nobody(insights, place, number):
    status, printed, err = insights("erase", number, "--yes", "--config", str(place.config))
    assert (status, printed) == (2, "")
    assert f"“{number}” is no user id, nor is a member's number in reports one" in one_line(err)


def test_the_quality_of_a_period_is_printed_in_every_form(insights, place):
    about = ("report", "quality", "--period", "2026-W46", "--config", str(place.config))
    status, out, _ = insights(*about)
    assert status == 0
    assert "Week 46 · 9–15 Nov 2026" in out
    _, printed, _ = insights(*about, "--format", "json")
    report = json.loads(printed)
    assert (report["report"], report["period"]["key"]) == ("quality", "2026-W46")
    _, table, _ = insights(*about, "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(table)))
    kpis = {(kpi["name"], kpi["cut"]) for section in report["sections"] for kpi in section["kpis"]}
    assert {(line["kpi"], line["cut"]) for line in lines} == kpis
    assert {"gap_seconds", "id_coverage", "events_recorded", "drift"} <= {name for name, _ in kpis}


def test_the_quality_is_of_four_weeks_where_no_period_is_named(insights, place):
    _, printed, _ = insights("report", "quality", "--format", "json", "--config", str(place.config))
    assert json.loads(printed)["period"]["key"] == "4-weeks"
    status, _, said = insights("report", "quality", "--period", "2027-W10")
    assert status == 2
    assert "has not begun" in said


def test_a_report_as_a_table_has_a_line_a_kpi_and_withholds_small_groups(insights, place):
    _, printed, _ = insights("report", "health", "--format", "csv", "--config", str(place.config))
    lines = list(csv.DictReader(io.StringIO(printed)))
    assert {line["period"] for line in lines} == {"trailing-7d"}
    _, exact, _ = insights("report", "health", "--format", "json", "--config", str(place.config))
    kpis = [kpi for section in json.loads(exact)["sections"] for kpi in section["kpis"]]
    assert {(line["kpi"], line["cut"]) for line in lines} <= {(kpi["name"], kpi["cut"]) for kpi in kpis}
    active = next(line for line in lines if line["kpi"] == "weekly_active_members")
    told = next(kpi for kpi in kpis if kpi["name"] == "weekly_active_members")
    assert float(active["value"]) == told["current"]["value"] > 0
    sizes = [float(line["value"]) for line in lines if line["kpi"].startswith("segment_") and line["value"]]
    assert all(size == 0 or size >= 5 for size in sizes)


def test_a_report_on_an_empty_folder_says_what_to_do(insights, place, monkeypatch, tmp_path):
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    status, _, err = insights("report", "health", "--config", str(place.config))
    assert status == 1
    assert "insights run" in one_line(err)
    assert not list(tmp_path.iterdir())


def test_a_report_on_an_unreachable_database_says_what_to_do(insights, place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://insights:hidden@127.0.0.1:9/insights")
    status, _, err = insights("report", "health", "--config", str(place.config))
    assert status == 1
    assert "cannot be reached" in one_line(err)
    assert "hidden" not in err


def test_wrong_settings_are_one_line_and_status_2(insights, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("[voice]\nmin_voice_minutes = 0\n", encoding="utf-8")
    for verb in (["check-config"], ["report", "health"], ["rebuild"], ["run"]):
        status, _, err = insights(*verb, "--config", str(path))
        assert status == 2
        assert one_line(err).startswith("config.toml: voice.min_voice_minutes must be")


def test_the_shipped_settings_are_right_and_what_a_first_run_needs_is_named(insights):
    status, out, _ = insights("check-config", "--config", str(ROOT / "config.toml"))
    assert status == 0
    for needed in ("community.guild_id", "DISCORD_TOKEN", "access.staff_roles", "digest.weekly.channel_id"):
        assert needed in out


def test_complete_settings_need_nothing_more(insights, place, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    status, out, _ = insights("check-config", "--config", str(place.config))
    assert status == 0
    assert "△" not in out
    right, *limits = out.splitlines()
    assert right.endswith("is right.")
    assert limits == [
        "Limits checked every day at 09:00 over the seven days before, and in the digests: "
        "weekly_active_members, no_show_rate, top_two_hosts_share."
    ]


def test_which_limits_are_checked_when_is_said(insights, place, monkeypatch, tmp_path):
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    text = place.config.read_text(encoding="utf-8")
    churn = '[[alert]]\nkpi = "hard_churn"\nabove = 0.1\n[[alert]]\nkpi = "drift"\nabove = 0.05\n'
    path = tmp_path / "config.toml"
    path.write_text(text + churn, encoding="utf-8")
    status, out, _ = insights("check-config", "--config", str(path))
    assert status == 0
    assert out.splitlines()[1:] == [
        "Limits checked every day at 09:00 over the seven days before, and in the digests: "
        "weekly_active_members, no_show_rate, top_two_hosts_share, drift.",
        "Limits checked once a month, in the monthly digest alone: hard_churn.",
    ]
    none = "[digest.alerts]\nenabled = false\n[digest.monthly]\nenabled = false\n"
    path.write_text(text + churn + none, encoding="utf-8")
    assert insights("check-config", "--config", str(path))[1].splitlines()[1:] == [
        "Limits checked in the digests alone: "
        "weekly_active_members, no_show_rate, top_two_hosts_share, drift.",
        "Limits checked once a month, in the monthly digest alone: hard_churn.",
        "△ hard_churn is of whole months, and no monthly digest is posted: its limit is never checked.",
    ]


def test_a_run_without_a_token_says_where_to_get_one(insights, place):
    status, _, err = insights("run", "--config", str(place.config))
    assert status == 2
    assert "DISCORD_TOKEN" in one_line(err)


def test_a_run_without_a_server_names_the_key(insights, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    status, _, err = insights("run", "--config", str(ROOT / "config.toml"))
    assert status == 2
    assert "community.guild_id" in one_line(err)


@pytest.mark.parametrize("in_the_way", ["data", "data/secret/x", "data/withdrawals/x"])
def test_a_data_folder_that_cannot_be_used_is_one_line(insights, monkeypatch, tmp_path, in_the_way):
    (tmp_path / in_the_way).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / in_the_way).touch()
    config = tmp_path / "config.toml"
    config.write_text("[community]\nguild_id = 2000\n", encoding="utf-8")
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    status, _, err = insights("run", "--config", str(config))
    assert status == 1
    assert "check" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_the_name_of_the_settings_is_printed_as_it_is(insights, place, tmp_path):
    path = tmp_path / "[red].toml"
    path.touch()
    assert f"{path} is right." in insights("check-config", "--config", str(path))[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rebild"], "Did you mean 'rebuild'?"),
        (["report", "health", "--format", "xml"], "'text', 'json'"),
        (["demo", "--now", "yesterday"], "2026-11-19T20:30+01:00"),
        (["demo", "--now", "1999-01-01"], "from 2018 to 2099"),
        (["demo", "--port", "0"], "--port"),
        (["erase"], "USER_ID"),
        (["report", "health", "--no-such-option"], "--no-such-option"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(insights, arguments, said):
    status, _, err = insights(*arguments)
    assert status == 2
    assert said in one_line(err)
    assert "--help" in err


@pytest.mark.parametrize("verb", ["run", "demo", "report", "digest", "rebuild", "check-config", "erase"])
def test_every_verb_explains_itself(insights, verb):
    status, out, _ = insights(verb, "--help")
    assert status == 0
    assert f"Usage: insights {verb}" in out


def test_the_version_is_told(insights):
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    status, out, _ = insights("--version")
    assert (status, out) == (0, f"Guild Insights {declared}\n")


HARMFUL = "a\x1b[31mb\x9bc\u202ed\r"  # coloured from here on, and what follows backwards


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "health", "--period", HARMFUL),
        ("report", "health", "--tier", HARMFUL),
        ("report", "health", "--now", HARMFUL),
        ("report", "event", "--event", HARMFUL),
        ("report", "member", HARMFUL),
        ("report", HARMFUL),
        ("erase", HARMFUL),
        ("what-if", f"segments.{HARMFUL}=1"),
        ("what-if", f"segments.core.min_events={HARMFUL}"),
        ("dead-letters", "retry", HARMFUL),
        ("import", f"{HARMFUL}.jsonl"),
        ("import", "none.csv", "--map", f"{HARMFUL}=x"),
        ("digest", "weekly", "--period", HARMFUL),
        ("demo", "--now", HARMFUL),
        ("kpi-values", f"--{HARMFUL}"),
        (HARMFUL,),
    ],
)
def test_what_was_typed_is_shown_harmlessly(insights, arguments):
    status, out, err = insights(*arguments)
    assert status in (1, 2)
    assert err.count("\n") == 1
    assert not set("\x1b\x9b\u202e\r") & set(out + err)


@pytest.mark.parametrize("verb", ["check-config", "doctor"])
@pytest.mark.parametrize(
    "text",
    [
        '"a\\u001b[31mb\\u202e" = 1',
        '[community]\n"a\\u001b[31mb\\u202e" = 1',
        '[community]\nzone = "a\\u001b[31mb\\u202e"',
        'a = "\x1b[31m"',
        "",
    ],
)
def test_what_stands_in_a_file_and_its_name_are_shown_harmlessly(insights, tmp_path, verb, text):
    config = tmp_path / f"{HARMFUL}.toml"
    config.write_text(text, encoding="utf-8")
    _, out, err = insights(verb, "--config", str(config))
    assert "a�" in out + err
    assert not set("\x1b\x9b\u202e\r") & set(out + err)


def test_a_reason_for_refusing_a_line_is_written_harmlessly(insights, place, tmp_path):
    file, refused = tmp_path / "past.jsonl", tmp_path / "refused"
    lines = [
        '{"kind": "join", "person": "190320984123768832", "at": "2025-03-01T18:00:00Z"}',
        '{"kind": "join", "a\\u001b[31mb": 1}',
        '{"kind": "a\\u001b[31mb"}',
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    _, out, _ = insights("import", "--dry-run", str(file), "--refused", str(refused))
    assert "2 refused" in out
    assert "\x1b" not in out + refused.read_text(encoding="utf-8")


def test_help_lists_every_verb(insights):
    _, out, _ = insights("--help")
    for verb in ("run", "demo", "report", "digest", "rebuild", "check-config", "erase"):
        assert re.search(rf"^│ {verb} ", out, re.MULTILINE)


GROWTH = ["report", "growth", "--now", NOW.isoformat()]
PRINTING = [GROWTH, [*GROWTH, "--format", "json"], ["dead-letters"], ["--help"]]


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_full_disk_under_what_is_printed_is_one_line(place, arguments):
    with Path("/dev/full").open("wb") as full:
        ended = in_a_process(arguments, full)
    assert ended.returncode == 1
    assert one_line(ended.stderr.decode()).startswith(
        "What this prints cannot be written (No space left on device): let it print elsewhere."
    )


@pytest.mark.parametrize("arguments", [*PRINTING, ["--version"]], ids=" ".join)
def test_whoever_reads_no_further_is_told_nothing(place, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        ended = in_a_process(arguments, pipe)
    assert (ended.returncode, ended.stderr) == (1, b"")


def in_a_process(arguments: list[str], out: IO[bytes]) -> subprocess.CompletedProcess[bytes]:
    started = [sys.executable, "-c", "from bot.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}  # "": it is buffered
    return subprocess.run(
        started, env=environment, stdout=out, stderr=subprocess.PIPE, timeout=120, check=False
    )


def test_ctrl_c_ends_what_is_shown_in_order():
    ended = []

    async def showing():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0)
            ended.append("in order")

    until_stopped(showing())
    assert ended == ["in order"]


def test_a_taken_port_is_said_at_once(insights):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, _, err = insights("demo", "--port", str(taken.getsockname()[1]))
    assert status == 1
    assert "choose another --port" in one_line(err)


def test_a_demo_cannot_be_written_into_a_file(insights, tmp_path):
    (tmp_path / "out").touch()
    status, _, err = insights("demo", "--once", str(tmp_path / "out"))
    assert status == 1
    assert "name a folder with --once" in one_line(err)


@pytest.mark.parametrize(
    "taken",
    [
        "warehouse.db",
        "config.toml",
        "pictures/holiday.png",
        "secret",
        "withdrawals",
        "journal.db",
        "data/secret",
    ],
)
def test_a_demo_overwrites_nothing_that_is_not_a_demos(insights, tmp_path, taken):
    file = tmp_path / "out" / taken
    file.parent.mkdir(parents=True)
    file.write_bytes(b"precious")
    status, _, err = insights("demo", "--once", str(tmp_path / "out"))
    assert status == 1
    assert "holds files that no demo wrote" in one_line(err)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [file]
    assert file.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("settings", "beside"), [("[community]\nguild_id = 2000\n", "warehouse.db"), (CONFIG, "journal.db")]
)
def test_a_bots_folder_with_settings_is_no_demos(insights, tmp_path, settings, beside):
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    (tmp_path / beside).write_bytes(b"precious")
    status, _, err = insights("demo", "--once", str(tmp_path))
    assert status == 1
    assert "name another folder with --once" in one_line(err)
    assert (tmp_path / "config.toml").read_text(encoding="utf-8") == settings
    assert (tmp_path / beside).read_bytes() == b"precious"


def test_the_demo_begins_on_the_latest_evening():
    noon, night = datetime(2026, 7, 3, 10, tzinfo=UTC), datetime(2026, 7, 3, 21, tzinfo=UTC)
    assert evening_before(noon) == datetime(2026, 7, 2, 17, 30, tzinfo=UTC)
    assert evening_before(night) == datetime(2026, 7, 3, 17, 30, tzinfo=UTC)
