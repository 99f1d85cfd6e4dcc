"""`insights import`: the past from files, once, whatever the file looks like."""

from __future__ import annotations

import asyncio
import json
import re
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.cli.beside_bot import free_journal
from bot.cli.command_line import invoke
from bot.cli.import_lines import Tally, spool_all
from bot.cli.workplace import Workplace
from bot.clock import SystemClock
from bot.imports.csv_rows import LONGEST_LINE as CSV_LONGEST
from bot.imports.csv_rows import read_csv
from bot.imports.json_lines import LONGEST_LINE, read_json
from bot.imports.lines import Refused
from bot.imports.mapping import MappingProblem, from_pairs, from_toml
from bot.imports.sealing import Sealer
from bot.imports.spool import Spool
from bot.imports.values import Moments
from storage.database import Warehouse
from storage.event import Event
from storage.event_key import KeyMaker
from storage.fold import Folder
from storage.importing import enter
from storage.loader import load_events
from storage.rebuild import table_digests
from storage.recorded_events import RecordedEvents
from storage.rules import Rules
from storage.secrets import load_or_create
from storage.tables import (
    accounts,
    activity_sessions,
    attendance,
    command_invocations,
    coverage,
    daily_activity,
    dead_letters,
    event_log,
    event_occurrences,
    identities,
    membership_spells,
    rsvps,
)
from storage.withdrawals import Kind, Withdrawals

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
GUILD = 81384788765712384
ANA, BEN = 80351110224678912, 80351110224678914
LOUNGE, CELLAR, EXCLUDED = 41771983423143937, 41771983423143938, 41771983423143939
CONFIG = f"""
[community]
guild_id = {GUILD}
zone = "Europe/Berlin"
[recording]
excluded_channels = [{EXCLUDED}]
[commands]
tracked = ["show_profile"]
"""


NEEDS = re.compile(
    r"^(Of 202[56]-.* nobody knows|[0-9]+ imported stays? (is|are) of people).*\n", re.MULTILINE
)

both = pytest.mark.parametrize(
    "url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def url(request):
    """Of an empty warehouse: on SQLite, where the database makes no difference."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")


@pytest.fixture
def folder(url, tmp_path, monkeypatch):
    """A shell beside a warehouse, with a bot's secret in the data folder."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: NOW)
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", url.replace("+asyncpg", "").replace("+aiosqlite", ""))
    monkeypatch.chdir(tmp_path)
    load_or_create(tmp_path / "secret")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def insights(folder, capsys):
    """Runs a command: status, what it printed, what it said on stderr besides its bars.

    What the numbers of the file still need is part of what it printed only where it is asked for.
    """

    def run(*arguments: str, with_needs: bool = False) -> tuple[int, str, str]:
        status = invoke(arguments)
        printed = capsys.readouterr()
        bars = ("Reading", "Entering", "Counting")
        said = [line for line in printed.err.splitlines() if line.strip() and not line.startswith(bars)]
        return status, printed.out if with_needs else NEEDS.sub("", printed.out), "\n".join(said)

    return run


def write(folder: Path, *lines: dict[str, Any] | str, name: str = "past.jsonl") -> str:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / name).write_text(text + "\n", encoding="utf-8")
    return name


def rows(url: str, *columns: Any) -> list[tuple[Any, ...]]:
    async def read() -> list[tuple[Any, ...]]:
        warehouse = await Warehouse.open(url)
        async with warehouse.reading() as conn:
            found = sorted(tuple(row) for row in await conn.execute(select(*columns)))
        await warehouse.close()
        return found

    return asyncio.run(read())


def session(person: int, start: str, end: str, channel: int = LOUNGE, **also: Any) -> dict[str, Any]:
    return {"kind": "session", "person": person, "channel": channel, "start": start, "end": end, **also}


# ------------------------------------------------------------------------ the docs


EXAMPLES = re.search(r"```jsonl\n(.*?)```", DOCS, re.DOTALL).group(1).splitlines()
TABLES = {
    "join": membership_spells,
    "leave": membership_spells,
    "session": activity_sessions,
    "event": event_occurrences,
    "attendance": attendance,
    "command": command_invocations,
    "activity": daily_activity,
    "account": accounts,
    "coverage": coverage,
}


@both
def test_the_examples_of_the_docs_come_in_each_kind_and_once(insights, folder, url):
    assert [json.loads(line)["kind"] for line in EXAMPLES] == list(TABLES)
    file = write(folder, *EXAMPLES)
    status, out, _ = insights("import", file)
    assert (status, out) == (0, "✓ 9 new, 0 known already, 0 refused.\n")
    for table in TABLES.values():
        assert rows(url, func.count(table.c.guild_id)) != [(0,)], table.name
    assert insights("import", file)[1] == "✓ 0 new, 9 known already, 0 refused.\n"
    assert insights("rebuild", "--verify")[0] == 0
    assert len(rows(url, rsvps.c.member_no)) == 2
    told = rows(url, attendance.c.status, attendance.c.presence_ms)
    assert ("attended", 45 * 60_000) in told
    assert rows(url, coverage.c.state, coverage.c.cause) == [("late", "imported")]


def test_the_docs_name_every_kind_and_field():
    described = [row.split("|")[1:4] for row in DOCS.splitlines() if row.startswith("| `")]
    fields = {
        kind: set(re.findall(r"`([a-z]+)`", must + may))
        for kinds, must, may in described
        for kind in re.findall(r"[a-z]+", kinds)
    }
    for line in EXAMPLES:
        told = json.loads(line)
        assert told.keys() - {"kind"} <= fields[told["kind"]]


@pytest.mark.parametrize("mapping", re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL))
def test_the_mappings_of_the_docs_are_understood(insights, folder, mapping):
    (folder / "voice.toml").write_text(mapping, encoding="utf-8")
    if "start" in mapping:
        file = write(
            folder,
            "User ID;Channel;Joined;Left",
            f"<@{ANA}>;Gaming 1;07.03.2025 20:00:00;07.03.2025 22:00:00",
            "159985870458322944;Gaming 1;07.03.2025 20:00:00;07.03.2025 22:00:00",
            name="voice.csv",
        )
    else:
        file = write(
            folder,
            "timestamp,user,event,channel",
            f"2025-03-07T20:00Z,{ANA},JOIN,{LOUNGE}",
            f"2025-03-07T21:00Z,{ANA},MOVE,{CELLAR}",
            f"2025-03-07T22:00Z,{ANA},LEAVE,{CELLAR}",
            name="voice.csv",
        )
    assert insights("import", file, "--mapping", "voice.toml")[1] == "✓ 2 new, 0 known already, 0 refused.\n"


# ------------------------------------------------------------------------- refusals


def test_wrong_lines_are_named_and_stop_nothing(insights, folder, url):
    file = write(
        folder,
        session(ANA, "2025-03-07 20:00", "2025-03-07 21:00"),
        "{not json",
        session(ANA, "2025-03-07 21:00", "2025-03-07 20:00"),
        "",
        session(ANA, "2025-03-07 20:00", "2025-04-07 21:00"),
        session(ANA, "yesterday", "2025-03-07 21:00"),
        session(ANA, "2026-03-07 20:00", "2026-03-07 21:00"),
        {"kind": "join", "person": "ana", "at": "2025-03-07"},
        {"kind": "wedding", "person": ANA, "at": "2025-03-07"},
        {"kind": "join", "person": ANA},
        {"kind": "join", "person": ANA, "at": "2025-03-07", "name": "Ana"},
        {"kind": "join", "person": ANA, "at": None},
        {"kind": "activity", "person": ANA, "activity": "voice", "at": "2025-03-07"},
        {"kind": "coverage", "source": "removals", "start": "2025-03-07", "end": "2025-03-08"},
        {"kind": "join", "person": BEN, "at": 1741341600},
    )
    status, out, _ = insights("import", file, "--refused", "refused.txt")
    first, *refused = out.splitlines()
    assert (status, first) == (0, "✓ 2 new, 0 known already, 12 refused.")
    assert refused == [
        "line 2: not a JSON object",
        "line 3: end: it does not come after the start",
        "line 5: end: this is more than 7 days after the start",
        "line 6: start: expected a moment such as 2025-11-19T20:30+01:00",
        "line 7: start: this is still to come",
        "line 8: person: expected a Discord user id or a mention",
        "line 9: kind: there is no such kind",
        "line 10: object missing required field `at`",
        "line 11: object contains unknown field `name`",
        "line 12: at: expected `int | float | str`, got `null`",
        "line 13: activity: expected a name of 1 to 32 of a-z, 0-9 and _, no id, and none of the bot's own",
        "line 14: source: expected one of voice, members, events, commands, text",
    ]
    assert (folder / "refused.txt").read_text(encoding="utf-8").splitlines() == refused


TOO_SMALL = "too small for an id of Discord's, as other programs' own numbers are: "


def test_a_number_that_cannot_be_discords_is_refused_with_what_to_do(insights, folder, url):
    least, evening = 2**22, ("2025-03-07 20:00", "2025-03-07 21:00")
    command = {"kind": "command", "person": ANA, "command": "show_profile", "at": evening[0]}
    file = write(
        folder,
        {"kind": "join", "person": 5, "at": "2025-03-07"},
        {"kind": "join", "person": f"<@{least - 1}>", "at": "2025-03-07"},
        session(ANA, *evening, channel=50),
        {**command, "interaction": 7},
        {**command, "application": 7},
        {"kind": "join", "person": least, "at": "2025-03-07"},
        session(ANA, *evening, channel=least),
        {**command, "interaction": least, "application": least},
    )
    out = insights("import", file)[1]
    assert out.splitlines()[:6] == [
        "✓ 3 new, 0 known already, 5 refused.",
        f"line 1: person: {TOO_SMALL}give what Discord's “Copy User ID” shows",
        f"line 2: person: {TOO_SMALL}give what Discord's “Copy User ID” shows",
        f"line 3: channel: {TOO_SMALL}give what Discord's “Copy Channel ID” shows",
        f"line 4: interaction: {TOO_SMALL}leave it out where none is known",
        f"line 5: application: {TOO_SMALL}leave it out where none is known",
    ]
    assert len(rows(url, identities.c.user_id)) == 2


def test_a_table_with_numbers_of_its_own_brings_in_nobody(insights, folder, url):
    file = write(folder, "who,where,from,to", "5,50,2025-03-07 20:00,2025-03-07 21:00", name="a.csv")
    maps = ["person=who", "channel=where", "start=from", "end=to", f"channel:50={LOUNGE}"]
    status, out, err = insights("import", file, *(word for pair in maps for word in ("--map", pair)))
    assert (status, out) == (1, "")
    assert f"line 2: person: {TOO_SMALL}" in err
    assert rows(url, identities.c.user_id) == []


@pytest.mark.parametrize("is_file", [True, False])
def test_a_mapping_gives_a_channel_an_id_that_discord_can_have(is_file):
    says = "The mapping's channel “Lounge” must be that channel's id"
    with pytest.raises(MappingProblem, match=says):
        if is_file:
            from_toml(b'columns = {person="a", channel="b", start="c", end="d"}\nchannels = {Lounge=50}')
        else:
            from_pairs(["person=a", "channel=b", "start=c", "end=d", "channel:Lounge=50"])


def test_of_an_event_the_field_is_named_in_which_somebody_or_a_channel_is_wrong(insights, folder):
    event = {"kind": "event", "title": "Inhouse", "start": "2025-03-07T20:00Z", "end": "2025-03-07T22:00Z"}
    file = write(
        folder,
        {**event, "hosts": ["ana"]},
        {**event, "interested": [ANA, 5]},
        {**event, "declined": [ANA, "<@ben>"]},
        {**event, "channels": ["Lounge"]},
        event,
    )
    assert insights("import", file, "--dry-run")[1].splitlines()[1:] == [
        "line 1: hosts: expected a Discord user id or a mention",
        f"line 2: interested: {TOO_SMALL}give what Discord's “Copy User ID” shows",
        "line 3: declined: expected a Discord user id or a mention",
        "line 4: channels: expected a channel's id",
    ]


def test_the_limits_of_a_line_are_those_of_the_tables(insights, folder, url):
    event = {"kind": "event", "title": "Inhouse", "start": "2025-03-07T20:00Z", "end": "2025-03-07T22:00Z"}
    attendance = {"kind": "attendance", "event": "Inhouse", "start": "2025-03-07T20:00Z"}
    file = write(
        folder,
        {"kind": "join", "person": ANA, "at": -1e308},
        {"kind": "join", "person": ANA, "at": 1e308},
        {**event, "channels": list(range(EXCLUDED + 1, EXCLUDED + 66))},
        {**event, "channels": list(range(EXCLUDED + 1, EXCLUDED + 65))},
        {**attendance, "person": ANA, "minutes": 35_792},
        {**attendance, "person": BEN, "minutes": 35_791},
    )
    assert insights("import", file)[1].splitlines() == [
        "✓ 2 new, 0 known already, 4 refused.",
        "line 1: at: expected a moment such as 2025-11-19T20:30+01:00",
        "line 2: at: this is still to come",
        "line 3: channels: more than 64",
        "line 5: minutes: expected a number from 0 to 35,791",
    ]
    assert rows(url, dead_letters.c.key) == []


def test_the_refused_lines_go_into_no_file_that_is_read(insights, folder):
    for name in (write(folder, *EXAMPLES), write(folder, "[columns]", name="voice.toml")):
        before = (folder / name).read_text(encoding="utf-8")
        status, out, err = insights(
            "import", "past.jsonl", "--mapping", "voice.toml", "--refused", f"../{folder.name}/{name}"
        )
        assert (status, out) == (1, "")
        assert "is read by this import, and would be overwritten: name another --refused." in err
        assert (folder / name).read_text(encoding="utf-8") == before


def test_the_refused_lines_take_no_other_files_place(insights, folder):
    file = write(folder, *EXAMPLES, "hello")
    (folder / "notes.db").write_bytes(b"SQLite format 3\0")
    status, out, err = insights("import", file, "--refused", "notes.db")
    assert (status, out) == (1, "")
    assert "notes.db is no list of refused lines, and would be overwritten: name another --refused." in err
    assert (folder / "notes.db").read_bytes() == b"SQLite format 3\0"
    for _ in range(2):  # what is one is written anew
        assert insights("import", file, "--refused", "refused.txt")[0] == 0


def test_refused_lines_for_which_there_is_no_room_are_one_sentence_and_nothing_is_entered(
    insights, folder, url
):
    file = write(folder, *EXAMPLES, "hello")
    status, out, err = insights("import", file, "--refused", "/dev/full")
    assert (status, out) == (1, "")
    assert err.startswith("/dev/full cannot be written (No space left on device), and nothing was entered:")
    assert rows(url, event_log.c.position) == []


def test_no_line_stops_the_others(insights, folder):
    join = {"kind": "join", "person": ANA, "at": "2025-03-07T20:00Z"}
    file = write(folder, join, '{"a":' * 1500, '{"kind":"join\0"}')
    assert insights("import", file)[1].splitlines() == [
        "✓ 1 new, 0 known already, 2 refused.",
        "line 2: not a JSON object",
        "line 3: not a JSON object",
    ]


def test_moments_without_an_offset_are_warned_of(insights, folder):
    join = {"kind": "join", "person": ANA, "at": "2025-03-07T20:00Z"}
    assert insights("import", write(folder, join))[2] == ""
    told = insights("import", write(folder, join, {**join, "at": "2025-03-07 20:00"}))[2]
    assert told.startswith("Moments without an offset were read in Europe/Berlin, the community's zone:")
    file = write(
        folder, "who,where,from,to", f"{ANA},{LOUNGE},2025-03-07 20:00,2025-03-07 21:00", name="a.csv"
    )
    maps = ("person=who", "channel=where", "start=from", "end=to")
    pairs = [word for pair in maps for word in ("--map", pair)]
    assert "were read in Europe/Berlin" in insights("import", file, *pairs)[2]
    assert insights("import", file, *pairs, "--map", "zone=Europe/Paris")[2] == ""


def test_a_command_is_one_however_it_is_told(insights, folder, url):
    command = {"kind": "command", "person": ANA, "command": "show_profile", "at": "2025-03-07T20:00Z"}
    lines = command, {**command, "outcome": "success"}, {**command, "command": "/show_profile"}
    assert insights("import", write(folder, *lines))[1] == "✓ 1 new, 2 known already, 0 refused.\n"
    d = daily_activity.c
    assert rows(url, d.activity, d["count"]) == [("command", 1)]


@pytest.mark.parametrize(
    ("content", "arguments", "says", "status"),
    [
        (b"", (), "past.jsonl is empty.", 1),
        (b"\xff\xfe{\0}\0", (), "past.jsonl is not text in UTF-8: save it as UTF-8", 1),
        (b'[{"kind": "join"}]', (), "past.jsonl is one JSON list: write one object a line", 1),
        (b"hello\nworld\n", (), "Nothing in past.jsonl is understood, and nothing was written: line 1:", 1),
        (
            b"who,where\n",
            ("--map", "person=who"),
            "must say which columns hold the person and the channel",
            2,
        ),
        (
            b"who,where,when\n1,2,3\n",
            ("--map", "person=user", "--map", "channel=where", "--map", "time=when"),
            "The file has no column “user”: it has “who”, “where”, “when”.",
            2,
        ),
        (b"x", ("--map", "persn=who"), "There is no column “persn” to map: did you mean person?", 2),
        (b"x", ("--mapping", "no.toml"), "no.toml cannot be read (No such file or directory)", 1),
        (b"x", ("--map", "zone=localtime"), "must be an IANA time zone", 2),
        (b"x", ("--map", "format=%d.%d.%Y"), "format “%d.%d.%Y” is not understood: write it in the terms", 2),
    ],
)
def test_a_wrong_file_is_one_sentence_and_writes_nothing(
    insights, folder, url, content, arguments, says, status
):
    (folder / "past.jsonl").write_bytes(content)
    result, out, err = insights("import", "past.jsonl", *arguments)
    assert (result, out, len(err.splitlines())) == (status, "", 1)
    assert says in err
    assert rows(url, event_log.c.position) == []


@pytest.mark.parametrize("value", ["[" * 3000 + "]" * 3000, "9" * 5000])
def test_a_mapping_beyond_what_python_reads_is_one_sentence(insights, folder, value):
    write(folder, f"a={value}", name="deep.toml")
    status, _, err = insights("import", write(folder, "a,b", name="a.csv"), "--mapping", "deep.toml")
    assert status == 2
    assert "The mapping holds a number that is too long, or lists that lie too deep." in err


def test_a_table_without_a_mapping_says_which_columns_it_has(insights, folder):
    file = write(folder, "User,Channel,Joined", name="voice.csv")
    status, _, err = insights("import", file)
    assert (status, err.endswith("it begins with User,Channel,Joined")) == (1, True)


def test_a_missing_file_and_a_missing_secret_are_said(insights, folder):
    assert (
        insights("import", "no.jsonl")[2]
        == "no.jsonl cannot be read (No such file or directory): name another file."
    )
    (folder / "secret").unlink()
    assert "start the bot once with `insights run`" in insights("import", "no.jsonl")[2]


# ------------------------------------------------------------------- what stays out


@both
def test_a_dry_run_foresees_and_writes_nothing(insights, folder, url):
    file = write(folder, *EXAMPLES, *EXAMPLES[:3])
    foreseen = insights("import", file, "--dry-run")[1]
    assert foreseen == "Would come in: 9 new, 3 known already, 0 refused.\n"
    for column in (event_log.c.position, identities.c.user_id, accounts.c.platform):
        assert rows(url, column) == []
    assert insights("import", file)[1] == "✓ 9 new, 3 known already, 0 refused.\n"
    assert insights("import", file, "--dry-run")[1] == "Would come in: 0 new, 12 known already, 0 refused.\n"


@both
def test_withdrawn_people_and_excluded_channels_stay_out(insights, folder, url):
    withdrawals = Withdrawals.open(folder / "withdrawals", load_or_create(folder / "secret"))
    withdrawals.withdraw(GUILD, BEN, Kind.OPTED_OUT, NOW_MS)
    file = write(
        folder,
        session(ANA, "2025-03-07 20:00", "2025-03-07 21:00"),
        session(BEN, "2025-03-07 20:00", "2025-03-07 21:00"),
        session(ANA, "2025-03-08 20:00", "2025-03-08 21:00", channel=EXCLUDED),
        {"kind": "account", "person": BEN, "platform": "steam", "account": "1"},
        {
            "kind": "event",
            "title": "Secret",
            "start": "2025-03-08",
            "end": "2025-03-09",
            "channels": [LOUNGE, EXCLUDED],
        },
        {
            "kind": "event",
            "title": "Inhouse",
            "start": "2025-03-07 20:00",
            "end": "2025-03-07 21:00",
            "interested": [ANA, BEN],
        },
    )
    told = insights("import", file, "--dry-run")[1].splitlines()[1:]
    out = insights("import", file)[1]
    assert out.splitlines() == [
        "✓ 2 new, 0 known already, 0 refused.",
        "2 in channels that are not recorded: left out.",
        "2 of people who do not want to be recorded: left out.",
    ]
    assert told == out.splitlines()[1:]
    assert rows(url, identities.c.user_id) == [(ANA,)]
    assert rows(url, accounts.c.member_no) == []
    assert len(rows(url, rsvps.c.member_no)) == 1


@both
def test_an_account_goes_with_its_person(insights, folder, url):
    account = {"kind": "account", "person": ANA, "platform": "Steam", "account": "1"}
    insights("import", write(folder, account))
    assert rows(url, accounts.c.platform, accounts.c.external_id) == [("steam", "1")]
    out = insights("import", write(folder, account, {**account, "account": "2"}))[1]
    assert out == "✓ 1 new, 1 known already, 0 refused.\n"
    assert rows(url, accounts.c.external_id) == [("2",)]
    assert insights("erase", str(ANA), "--yes")[0] == 0
    assert rows(url, accounts.c.external_id) == []
    assert "1 of people who do not want to be recorded" in insights("import", write(folder, account))[1]
    assert rows(url, accounts.c.external_id) == []


@both
def test_of_two_accounts_on_a_platform_the_newest_holds_and_twice_is_once(insights, folder, url):
    def account(name: str, at: str | None = None, person: int = ANA) -> dict[str, Any]:
        return {"kind": "account", "person": person, "platform": "steam", "account": name, "at": at}

    dated = account("b", "2025-03-02T00:00Z"), account("a", "2025-03-01T00:00Z")
    file = write(folder, *dated, account("c", person=BEN), account("d", person=BEN))
    assert insights("import", file, "--dry-run")[1] == "Would come in: 2 new, 2 known already, 0 refused.\n"
    assert insights("import", file)[1] == "✓ 2 new, 2 known already, 0 refused.\n"
    assert insights("import", file)[1] == "✓ 0 new, 4 known already, 0 refused.\n"
    assert insights("import", file, "--dry-run")[1] == "Would come in: 0 new, 4 known already, 0 refused.\n"
    assert rows(url, accounts.c.external_id) == [("b",), ("d",)]
    older = write(folder, account("a", "2025-03-01T00:00Z"))
    assert insights("import", older)[1] == "✓ 0 new, 1 known already, 0 refused.\n"
    assert rows(url, accounts.c.external_id) == [("b",), ("d",)]


@both
def test_beside_a_running_bot_the_tables_are_left_to_it(insights, folder, url):
    journal = free_journal(Workplace.of(Path("config.toml")))
    assert journal is not None
    try:
        out = insights("import", write(folder, *EXAMPLES))[1]
    finally:
        journal.close()
    assert out.splitlines()[1].startswith("A bot is running: it takes this into its tables within seconds.")
    assert len(rows(url, event_log.c.position)) == 9  # and that an account was linked
    assert rows(url, activity_sessions.c.member_no) == []


def test_who_stands_in_a_text_of_an_event_or_a_command_is_not_recorded_by_it(url, folder, insights):
    title = f"1:1 with <@{BEN}>"
    file = write(
        folder,
        {"kind": "event", "title": title, "start": "2025-03-07 20:00", "end": "2025-03-07 22:00"},
        {"kind": "attendance", "event": title, "start": "2025-03-07 20:00", "person": ANA},
        {"kind": "command", "person": ANA, "command": f"/profile {BEN}", "at": "2025-03-07 20:00"},
        {"kind": "activity", "person": ANA, "activity": f"with_{BEN}", "at": "2025-03-07 20:00"},
    )
    out = insights("import", file)[1]
    assert "no id" in out
    assert rows(url, event_occurrences.c.title) == [("1:1 with <@(left out)>",)]
    assert len(rows(url, attendance.c.member_no)) == 1
    assert not any(str(BEN) in body for (body,) in rows(url, event_log.c.body))
    assert any('"profile (left out)"' in body for (body,) in rows(url, event_log.c.body))


def recorded(keys: KeyMaker) -> list[Event]:
    """As the bot records them: a join, and an event of two hours with Discord's id."""
    joined_ms, start_ms = NOW_MS - 86_400_000, NOW_MS - 36_000_000
    event = {
        "event_id": "900",
        "title": "Inhouse",
        "status": 1,
        "entity_type": 2,
        "scheduled_start_ms": start_ms,
        "scheduled_end_ms": start_ms + 7_200_000,
        "channel_id": str(LOUNGE),
    }
    common = {"guild_id": GUILD, "source": "gateway", "recorded_at_ms": NOW_MS}
    return [
        Event(
            **common,
            key=keys.key(joined_ms, "join", GUILD, ANA, joined_ms),
            type="GUILD_MEMBER_ADD",
            occurred_from_ms=joined_ms,
            occurred_to_ms=joined_ms,
            person=ANA,
            body=json.dumps({"joined_at_ms": joined_ms, "roles": []}).encode(),
        ),
        *(
            Event(
                **common,
                key=keys.key(start_ms + status, "test", status),
                type="GUILD_SCHEDULED_EVENT_UPDATE",
                occurred_from_ms=start_ms + status,
                occurred_to_ms=start_ms + status,
                body=json.dumps({**event, "status": status}).encode(),
            )
            for status in (1, 2)
        ),
    ]


def logged_live(url: str, folder: Path) -> None:
    """Brings what the bot records into the log, and into no table."""

    async def log() -> None:
        secret = load_or_create(folder / "secret")
        warehouse = await Warehouse.open(url)
        withdrawals = Withdrawals.open(folder / "withdrawals", secret)
        async with warehouse.writing() as conn:
            await load_events(warehouse, conn, recorded(KeyMaker(secret)), withdrawals)
        await warehouse.close()

    asyncio.run(log())


def left_in_journal(folder: Path) -> None:
    async def append() -> None:
        journal = free_journal(Workplace.of(Path("config.toml")))
        assert journal is not None
        for event in recorded(KeyMaker(load_or_create(folder / "secret"))):
            journal.append(event)
        await journal.flushed()
        journal.close()

    asyncio.run(append())


@both
@pytest.mark.parametrize("stands_in", ["log", "journal"])
def test_an_event_that_no_table_shows_yet_is_known(insights, folder, url, stands_in):
    if stands_in == "journal":
        left_in_journal(folder)
    else:
        logged_live(url, folder)
    start = (NOW_MS - 36_000_000) // 1000
    file = write(
        folder,
        {"kind": "event", "id": "900", "title": "Inhouse", "start": start, "end": start + 7200},
        {"kind": "attendance", "event": 900, "start": start, "person": ANA},
    )
    _, out, err = insights("import", file, "--dry-run")
    foreseen = {"log": "1 new, 1 known", "journal": "2 new, 0 known"}[stands_in]
    assert out == f"Would come in: {foreseen} already, 0 refused.\n"
    assert err.startswith("The bot has stopped before 3 of its events") == (stands_in == "journal")
    assert insights("import", file)[1] == "✓ 1 new, 1 known already, 0 refused.\n"
    assert rows(url, event_occurrences.c.event_id) == [(900,)]
    assert rows(url, attendance.c.event_id, attendance.c.status) == [(900, "attended")]


@both
def test_beside_a_running_bot_an_event_of_the_log_is_known(insights, folder, url):
    logged_live(url, folder)
    start = (NOW_MS - 36_000_000) // 1000
    event = {"kind": "event", "id": "900", "title": "Inhouse", "start": start, "end": start + 7200}
    journal = free_journal(Workplace.of(Path("config.toml")))
    assert journal is not None
    try:
        out = insights("import", write(folder, event))[1]
    finally:
        journal.close()
    assert out.splitlines()[0] == "✓ 0 new, 1 known already, 0 refused."


@both
def test_what_was_recorded_live_is_known_already(insights, folder, url):
    async def record() -> None:
        warehouse = await Warehouse.open(url)
        secret = load_or_create(folder / "secret")
        withdrawals = Withdrawals.open(folder / "withdrawals", secret)
        async with warehouse.writing() as conn:
            await warehouse.lock_guild(conn, GUILD)
            await load_events(warehouse, conn, recorded(KeyMaker(secret)), withdrawals)
        await Folder(warehouse, Rules(zone="Europe/Berlin", tracked_commands=("show_profile",))).advance(
            GUILD
        )
        await warehouse.close()

    asyncio.run(record())
    start = (NOW_MS - 36_000_000) // 1000
    file = write(
        folder,
        {"kind": "join", "person": ANA, "at": (NOW_MS - 86_400_000) // 1000},
        {"kind": "event", "id": "900", "title": "Inhouse", "start": start, "end": start + 7200},
        {"kind": "attendance", "event": 900, "start": start, "person": ANA},
    )
    assert insights("import", file, "--dry-run")[1] == "Would come in: 1 new, 2 known already, 0 refused.\n"
    assert insights("import", file)[1] == "✓ 1 new, 2 known already, 0 refused.\n"
    assert rows(url, event_occurrences.c.event_id) == [(900,)]
    assert rows(url, attendance.c.event_id, attendance.c.status) == [(900, "attended")]
    assert insights("import", file)[1] == "✓ 0 new, 3 known already, 0 refused.\n"


# ------------------------------------------------------------------------------ CSV

MINUTE = 60_000


def stays(url: str) -> list[tuple[int, int, int]]:
    """Channel, minutes from 7 March 2025, 20:00 in Berlin, and length in minutes."""
    a, zero = activity_sessions.c, int(datetime(2025, 3, 7, 19, tzinfo=UTC).timestamp() * 1000)
    found = rows(url, a.start_ms, a.end_ms, a.channel_id)
    return [(channel, (start - zero) // MINUTE, (end - start) // MINUTE) for start, end, channel in found]


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("minutes=Minutes", "90"),
        ("seconds=Minutes", "5400"),
        ("duration=Minutes", "1:30:00"),
        ("end=Minutes", "2025-03-07T20:30Z"),
    ],
)
def test_a_row_may_be_a_stay(insights, folder, url, columns, cells):
    file = write(
        folder,
        "User\tRoom\tFrom\tMinutes\tBot",
        f"{ANA}\tLounge\t2025-03-07 20:00\t{cells}\tno",
        f"<@!{BEN}>\t{LOUNGE}\t2025-03-07 20:00\t{cells}\tyes",
        f"{ANA}\tCellar\t2025-03-07 20:00\t{cells}\tno",
        f"{ANA}\tLounge",
        name="voice.tsv",
    )
    maps = ["person=User", "channel=Room", "start=From", columns, "bot=Bot", f"channel:Lounge={LOUNGE}"]
    out = insights("import", file, *(word for pair in maps for word in ("--map", pair)))[1]
    assert out.splitlines() == [
        "✓ 2 new, 0 known already, 2 refused.",
        "line 4: channel: neither an id nor a name of the mapping",
        "line 5: fewer columns than the first line",
    ]
    assert stays(url) == [(LOUNGE, 0, 90)]


def test_a_row_may_be_a_coming_or_going(insights, folder, url):
    lines = [
        *(f"2025-03-07 20:00,{ANA},joined,{LOUNGE}", f"2025-03-07 20:10,{ANA},moved,{CELLAR}"),
        f"2025-03-07 20:05,{ANA},left,{CELLAR}",  # line 4: out of order
        *(f"2025-03-07 20:30,{ANA},left,{CELLAR}", f"2025-03-07 20:40,{ANA},left,{CELLAR}"),
        *(f"2025-03-07 21:00,{BEN},joined,{LOUNGE}", f"2025-03-07 22:00,{BEN},joined,{LOUNGE}"),
        *(f"2025-03-07 22:30,{BEN},left,", f"2025-03-07 23:00,{BEN},danced,{LOUNGE}"),
        f"2025-03-07 23:00,{BEN},joined,{LOUNGE}",
    ]
    file = write(folder, "at,who,what,where", *lines, name="voice.csv")
    maps = ["person=who", "channel=where", "time=at", "action=what"]
    out = insights("import", file, *(word for pair in maps for word in ("--map", pair)))[1]
    assert out.splitlines() == [
        "✓ 3 new, 0 known already, 5 refused.",
        "line 4: time: before a row above of the same person: sort the file by time",
        "line 6: a leave without a join before it",
        "line 7: no leave after this",
        "line 10: action: none of the words for joining, leaving and moving",
        "line 11: no leave after this",
    ]
    assert stays(url) == [(LOUNGE, 0, 10), (CELLAR, 10, 20), (LOUNGE, 120, 30)]


def test_a_row_may_be_the_channel_that_they_are_in_from_then_on(insights, folder, url):
    file = write(
        folder,
        "at|who|where",
        *(f"2025-03-07 20:00|{ANA}|{LOUNGE}", f"2025-03-07 20:10|{ANA}|{CELLAR}", f"2025-03-07 20:30|{ANA}|"),
        name="voice.csv",
    )
    maps = ["person=who", "channel=where", "time=at"]
    insights("import", file, *(word for pair in maps for word in ("--map", pair)))
    assert stays(url) == [(LOUNGE, 0, 10), (CELLAR, 10, 20)]


# ------------------------------------------------------------------ any part, any order

SECRET = b"s" * 32
new_guild_ids = count(1000)
who = st.sampled_from([ANA, BEN])
day = st.integers(1, 5).map(lambda number: f"2025-03-0{number} 20:00")
told = st.one_of(
    *[
        st.builds(
            session,
            who,
            day,
            st.sampled_from(["2025-03-06 10:00", "2025-03-07"]),
            st.sampled_from([LOUNGE, CELLAR]),
        )
    ]
    * 3,
    st.builds(lambda person, at: {"kind": "join", "person": person, "at": at}, who, day),
    st.builds(lambda person, at: {"kind": "leave", "person": f"<@{person}>", "at": at}, who, day),
    st.builds(
        lambda at: {
            "kind": "event",
            "title": "Inhouse",
            "start": at,
            "end": "2025-03-06",
            "interested": [ANA],
        },
        day,
    ),
    st.builds(
        lambda person, at: {"kind": "attendance", "event": "Inhouse", "start": at, "person": person}, who, day
    ),
    st.builds(
        lambda person, at: {"kind": "command", "person": person, "command": "show_profile", "at": at},
        who,
        day,
    ),
    st.builds(
        lambda person, at: {"kind": "activity", "person": person, "activity": "chess", "at": at}, who, day
    ),
    st.builds(lambda at: {"kind": "coverage", "source": "voice", "start": at, "end": "2025-03-06"}, day),
)


@settings(max_examples=20)
@given(lines=st.lists(told, min_size=1, max_size=10), at=st.integers(0, 10), is_turned=st.booleans())
async def test_a_file_in_two_parts_in_either_order_and_twice_gives_the_same_tables(
    warehouse: Warehouse, tmp_path: Path, lines: Any, at: int, is_turned: bool
) -> None:
    parts = [lines[:at], lines[at:]]
    if is_turned:
        parts.reverse()
    whole, in_parts = next(new_guild_ids), next(new_guild_ids)
    for guild_id, files in ((whole, [lines]), (in_parts, [*parts, lines])):
        # told of both first, so that they have the same numbers
        people = [
            {"kind": "account", "person": one, "platform": "steam", "account": "1"} for one in (ANA, BEN)
        ]
        for file in ([*people], *files):
            await entered(warehouse, tmp_path, guild_id, file)
    async with warehouse.reading() as conn:
        assert await table_digests(conn, in_parts) == await table_digests(conn, whole)


async def entered(warehouse: Warehouse, folder: Path, guild_id: int, lines: list[Any]) -> None:
    sealer = Sealer(
        guild_id, KeyMaker(SECRET), Moments("Europe/Berlin", NOW_MS), excluded_channels=(), now_ms=NOW_MS
    )
    entries = [
        sealer.entry(read.says) for read in read_json(file_of(lines)) if not isinstance(read.says, Refused)
    ]
    assert len(entries) == len(lines)
    withdrawals = Withdrawals.open(folder / "withdrawals", SECRET)
    await enter(warehouse, guild_id, entries, withdrawals, RecordedEvents(guild_id), now_ms=NOW_MS)
    folder_of_tables = Folder(warehouse, Rules(zone="Europe/Berlin"))
    while not (await folder_of_tables.advance(guild_id)).caught_up:
        pass


def file_of(lines: list[Any]) -> BytesIO:
    return BytesIO("\n".join(map(json.dumps, lines)).encode())


def test_a_file_is_not_held_in_memory():
    def peak(lines: int) -> int:
        sealer = Sealer(1, KeyMaker(SECRET), Moments("UTC", NOW_MS), excluded_channels=(), now_ms=NOW_MS)
        line = json.dumps({"kind": "join", "person": ANA, "at": 1_741_341_600}).encode() + b"\n"
        wrong = b'{"kind": "join"}\n'
        file, spool, tally = BytesIO((line * 9 + wrong) * (lines // 10)), Spool(), Tally()
        tracemalloc.start()
        spool_all(read_json(file), sealer, spool, tally, lambda: None)
        entered = sum(len(batch) for batch in spool.batches(1000))
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        spool.close()
        assert (entered, tally.refused) == (lines * 9 // 10, lines // 10)
        return highest

    peak(10)
    assert peak(20_000) < 1.5 * peak(4_000)


def test_an_endless_line_is_one_refused_line():
    file = BytesIO(b"x" * (2 * LONGEST_LINE + 5) + b"\n" + file_of([joined(ANA, "2025-03-07")]).read())
    numbers = [(read.number, isinstance(read.says, Refused)) for read in read_json(file)]
    assert numbers == [(1, True), (2, False)]


def test_a_quote_that_is_not_closed_is_one_refused_line():
    rows = f'"{ANA},{LOUNGE},1741341600,5\n{ANA},"{LOUNGE}",1741341600,5\n\n{ANA},{LOUNGE},"x\n'
    told = _numbers(f"who,where,from,minutes\n{rows}")
    assert told == [(2, True), (3, False), (5, True)]


def test_an_endless_row_is_one_refused_line():
    text = f"who,where,from,minutes\n{'x,' * CSV_LONGEST}\n{ANA},{LOUNGE},1741341600,5\n"
    assert _numbers(text) == [(2, True), (3, False)]
    with pytest.raises(MappingProblem, match="which names its columns, is longer than 100,000 characters"):
        _numbers(f"who,where,from,minutes,{'x,' * CSV_LONGEST}\n{ANA},{LOUNGE},1741341600,5\n")
    with pytest.raises(MappingProblem, match="which names its columns, is not a row of CSV"):
        _numbers('who,where,from,minutes,"x\n')


def _numbers(text: str) -> list[tuple[int, bool]]:
    """Each line that says something, and whether it is refused."""
    mapping = from_pairs(["person=who", "channel=where", "start=from", "minutes=minutes"])
    reads = read_csv(StringIO(text, newline=""), mapping, Moments("UTC", NOW_MS))
    return [(read.number, isinstance(read.says, Refused)) for read in reads]


# ------------------------------------------------------------- what numbers still need

EVENING = ("2025-03-07 20:00", "2025-03-07 22:00")


def joined(person: int, at: str) -> dict[str, Any]:
    return {"kind": "join", "person": person, "at": at}


def covered(source: str) -> dict[str, Any]:
    return {"kind": "coverage", "source": source, "start": "2025-03-01", "end": "2025-04-01"}


@both
def test_the_answer_says_which_sources_no_coverage_tells_of(insights, folder, url):
    file = write(folder, joined(ANA, "2025-03-02 12:00"), session(ANA, *EVENING), covered("voice"))
    assert insights("import", file, with_needs=True)[1].splitlines()[1:] == [
        "Of 2025-03-02 to 2025-03-07 nobody knows whether all of commands, events and members was told: "
        "numbers of days without it stay empty. `coverage` lines say what a file knows completely."
    ]
    more = write(folder, *map(covered, ("commands", "events", "members")), name="coverage.jsonl")
    assert insights("import", more, with_needs=True)[1] == "✓ 3 new, 0 known already, 0 refused.\n"
    assert insights("import", file, with_needs=True)[1] == "✓ 0 new, 3 known already, 0 refused.\n"


@both
def test_numbers_show_once_the_answer_misses_nothing(insights, folder, url):
    """As docs/imports.md promises: with every source covered, and not before."""
    stays = [session(person, *EVENING) for person in (ANA, BEN)]
    joins = [joined(person, "2025-03-02 12:00") for person in (ANA, BEN)]
    insights("import", write(folder, *joins, *stays, covered("voice")))
    growth = ("report", "growth", "--period", "2025-W10")
    assert "Nothing of 3–9 Mar was recorded" in insights(*growth)[1]
    insights("import", write(folder, *map(covered, ("commands", "events", "members"))))
    assert "2 people were active" in insights(*growth)[1]


@both
def test_stays_of_people_without_a_membership_are_counted(insights, folder, url):
    sources = map(covered, ("voice", "commands", "events", "members"))
    stays = [session(person, *EVENING) for person in (ANA, BEN)]
    late = session(BEN, "2025-03-08 20:00", "2025-03-08 22:00")
    bot = session(EXCLUDED, *EVENING, bot=True)
    file = write(folder, joined(ANA, "2025-03-02 12:00"), *stays, late, bot, *sources)
    assert insights("import", file, with_needs=True)[1].splitlines()[1:] == [
        "2 imported stays are of people of whom no membership at that time is known (1 person): "
        "they count nowhere until `join` lines tell of it."
    ]
    more = write(folder, joined(BEN, "2025-03-08 12:00"), name="join.jsonl")
    assert "\n1 imported stay is of people" in insights("import", more, with_needs=True)[1]
    more = write(folder, joined(BEN, "2025-03-02 12:00"), name="join.jsonl")
    assert insights("import", more, with_needs=True)[1] == "✓ 1 new, 0 known already, 0 refused.\n"


# --------------------------------------------------------------- attendance at no event


def attended(event: str | int, person: int = ANA, start: str | int = EVENING[0]) -> dict[str, Any]:
    return {"kind": "attendance", "event": event, "start": start, "person": person}


UNKNOWN = re.compile(r"^(.+) that the record does not have \((.+)\): shown nowhere until", re.MULTILINE)


def unknown_events(out: str) -> list[tuple[str, str]]:
    return UNKNOWN.findall(out)


@both
@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["entered", "foreseen"])
def test_attendance_at_an_event_that_nobody_told_of_is_named_by_its_lines(insights, folder, url, dry_run):
    event = {"kind": "event", "title": "Inhouse", "start": EVENING[0], "end": EVENING[1]}
    of_none = [attended("Inhose"), attended("Inhouse", start="2025-03-07 20:15"), attended(900)]
    file = write(folder, attended("Inhouse", BEN), *of_none, event, attended("Inhouse"))
    out = insights("import", file, *dry_run)[1]
    assert unknown_events(out) == [("3 attendances are of events", "lines 2, 3 and 4")]
    assert "recorded goes by its Discord id" in out


@both
def test_an_event_that_another_file_told_of_is_in_the_record(insights, folder, url):
    event = {"kind": "event", "title": "Inhouse", "start": EVENING[0], "end": EVENING[1]}
    file, later = write(folder, attended("Inhouse")), write(folder, event, name="event.jsonl")
    assert unknown_events(insights("import", file)[1]) == [("1 attendance is of an event", "line 1")]
    assert unknown_events(insights("import", later)[1]) == []
    assert unknown_events(insights("import", file)[1]) == []
    assert unknown_events(insights("import", file, "--dry-run")[1]) == []


@both
def test_an_event_that_was_recorded_goes_by_its_id_and_not_by_its_title(insights, folder, url):
    logged_live(url, folder)
    start = (NOW_MS - 36_000_000) // 1000
    file = write(folder, attended(900, start=start), attended("Inhouse", start=start))
    for arguments in (("--dry-run",), ()):
        out = insights("import", file, *arguments)[1]
        assert unknown_events(out) == [("1 attendance is of an event", "line 2")]


def test_of_many_only_the_first_lines_are_named(insights, folder):
    file = write(folder, "", *(attended(f"No {number // 2}") for number in range(1200)))
    told = [("1,200 attendances are of events", "lines 2, 3, 4, 5, 6 and more")]
    assert unknown_events(insights("import", file, "--dry-run")[1]) == told
