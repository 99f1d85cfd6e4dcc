"""Where there is no warehouse no verb makes one, and what is another program's is left as it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.command_line import invoke
from bot.config import load_environment
from bot.doctor.finding import State
from bot.doctor.warehouse import warehouse_findings
from storage.secrets import load_or_create

GUILD, ANA = 81384788765712384, 80351110224678912
CONFIG = f"[community]\nguild_id = {GUILD}\n"
JOIN = {"kind": "join", "person": ANA, "at": "2025-03-08T20:00Z"}
VERBS = [
    ("report", "health"),
    ("report", "member", "5"),
    ("what-if", "segments.core.min_events=3"),
    ("digest", "weekly"),
    ("dead-letters",),
    ("kpi-values",),
    ("rebuild",),
    ("import", "past.jsonl", "--dry-run"),
    ("import", "past.jsonl"),
    ("erase", str(ANA), "--yes"),
]
each_verb = pytest.mark.parametrize("verb", VERBS, ids=" ".join)
Insights = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INSIGHTS_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "past.jsonl").write_text(json.dumps(JOIN), encoding="utf-8")
    load_or_create(tmp_path / "secret")
    return tmp_path


@pytest.fixture
def insights(folder: Path, capsys: pytest.CaptureFixture[str]) -> Insights:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = invoke(arguments)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@each_verb
def test_a_path_that_was_mistyped_is_told_and_nothing_is_made_there(insights, folder, monkeypatch, verb):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/nope/x.db")
    status, printed, said = insights(*verb)
    assert (status, printed) == (1, "")
    assert said == (
        f"There is no warehouse at {folder}/nope/x.db: name the bot's database in DATABASE_URL, or start the "
        "bot with `insights run`, which makes one.\n"
    )
    assert not (folder / "nope").exists()


@each_verb
def test_an_emptied_one_is_not_taken_for_a_new_one(insights, folder, verb):
    (folder / "warehouse.db").touch()
    status, printed, said = insights(*verb)
    assert (status, printed) == (1, "")
    assert said == (
        f"The warehouse {folder}/warehouse.db is empty (0 bytes): put a backup in its place, or start the "
        "bot with `insights run`, which begins a new one.\n"
    )
    assert (folder / "warehouse.db").stat().st_size == 0


async def test_doctor_tells_of_an_emptied_one_beside_what_a_bot_left(folder):
    (folder / "warehouse.db").touch()
    (found,) = await warehouse_findings(load_environment())
    assert (found.state, "is empty (0 bytes)" in found.said) == (State.ILL, True)
    assert found.do.startswith("Put a backup in its place")
    (folder / "secret").unlink()
    (found,) = await warehouse_findings(load_environment())
    assert found.state is State.UNKNOWN  # a start that was ended at once leaves no more


@each_verb
def test_another_programs_database_is_left_as_it_is(insights, folder, verb):
    path = folder / "warehouse.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
    path.chmod(0o644)
    before = path.read_bytes()
    status, printed, said = insights(*verb)
    assert (status, printed) == (1, "")
    assert said == (
        f"The warehouse {path} is another program's database: name another one in DATABASE_URL, or another "
        "INSIGHTS_DATA.\n"
    )
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o644


async def test_doctor_tells_of_another_programs_database(folder):
    with closing(sqlite3.connect(folder / "warehouse.db")) as other:
        other.execute("CREATE TABLE a (b)")
    (found,) = await warehouse_findings(load_environment())
    assert found.said.endswith("is another program's database")
    assert found.state is State.ILL
