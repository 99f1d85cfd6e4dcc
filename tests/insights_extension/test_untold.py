"""What the extension still held when the bot ended: the next start tells of it, and the log says so."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from insights_extension import courier as module
from insights_extension.courier import NEVER_TOLD, TOLD_LATER, Courier
from insights_extension.process import collector_command
from insights_extension.untold import Span, Untold
from storage.fact_bodies import NOT_DELIVERED

from .recorded import Log, gone

ROOT = Path(__file__).parents[2]
NAME = "insights-missed-club.json"
ENDS_AT_ONCE = "import pathlib; pathlib.Path('starts').open('a').write('.')"
ENDS_WHEN_IT_MAY = """
import pathlib, time
while not pathlib.Path("may end").exists():
    time.sleep(0.01)
"""
TAKES_ALL = """
import json, pathlib, sys
for line in sys.stdin:
    with pathlib.Path("taken").open("a") as file:
        file.write(line)
    print(json.loads(line)["number"], flush=True)
"""
BOT = """
import pathlib, sys, time
from insights_extension import courier
from insights_extension.untold import Untold
courier.RETRY_S = (0.01,)
home = pathlib.Path(sys.argv[2])
carrier = courier.Courier.start([sys.executable, "-c", sys.argv[1]], home, Untold(home, home, "club"))
carrier.send({"invoked": 1})
print("sent", flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Courier]]:
    monkeypatch.setattr(module, "RETRY_S", (0.01,))
    started: list[Courier] = []

    def start_one(program: str) -> Courier:
        command = [sys.executable, "-c", program]
        started.append(Courier.start(command, tmp_path, Untold(tmp_path, tmp_path, "club")))
        return started[-1]

    yield start_one
    for courier in started:
        courier.stop_and_wait()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def taken(folder: Path) -> list[dict[str, object]]:
    file = folder / "taken"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def left(folder: Path) -> Span | None:
    return Untold(folder, folder, "club").left()


def stopped(courier: Courier) -> None:
    courier.stop()
    courier._thread.join(60)
    assert not courier._thread.is_alive()


def test_what_was_never_taken_is_told_by_the_next_start(
    start: Callable[[str], Courier], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before_ms = now_ms()
    courier = start(ENDS_AT_ONCE)
    courier.send({"invoked": 1})
    courier.send({"invoked": 2})
    stopped(courier)
    span = left(tmp_path)
    assert span is not None
    assert before_ms <= span.from_ms < span.to_ms <= now_ms() + 1
    assert [record.message for record in caplog.records if TOLD_LATER in record.message]
    start(TAKES_ALL)
    until(lambda: taken(tmp_path) and not (tmp_path / NAME).exists())
    assert [message.get("missed") for message in taken(tmp_path)] == [span._asdict()]


def test_it_is_told_until_somebody_takes_it(start: Callable[[str], Courier], tmp_path: Path) -> None:
    spans = []
    for _ in range(3):
        courier = start(ENDS_AT_ONCE)
        courier.send({"invoked": 1})
        stopped(courier)
        spans.append(left(tmp_path))
    first, *_, last = spans
    assert first and last
    assert (last.from_ms, last.to_ms > first.to_ms) == (first.from_ms, True)
    stopped(start(ENDS_AT_ONCE))
    until(lambda: left(tmp_path))


def test_what_was_taken_leaves_no_file_and_no_word(
    start: Callable[[str], Courier], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    courier = start(TAKES_ALL)
    courier.send({"invoked": 1})
    until(lambda: taken(tmp_path) and not courier._waiting)
    stopped(courier)
    assert not (tmp_path / NAME).exists()
    assert caplog.records == []


def test_a_process_that_works_again_takes_the_file_away(
    start: Callable[[str], Courier], tmp_path: Path
) -> None:
    program = f"if not __import__('pathlib').Path('may start').exists(): raise SystemExit\n{TAKES_ALL}"
    courier = start(program)
    courier.send({"invoked": 1})
    until((tmp_path / NAME).exists)
    (tmp_path / "may start").touch()
    until(lambda: taken(tmp_path) and not (tmp_path / NAME).exists())
    assert [message["invoked"] for message in taken(tmp_path)] == [1]


def test_a_bot_that_is_killed_has_left_the_file(tmp_path: Path) -> None:
    before_ms = now_ms()
    command = [sys.executable, "-c", BOT, ENDS_AT_ONCE, str(tmp_path), "600"]
    bot = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    until((tmp_path / NAME).exists)
    bot.send_signal(signal.SIGKILL)
    bot.communicate()
    span = left(tmp_path)
    assert span is not None
    assert before_ms <= span.from_ms < span.to_ms <= now_ms() + 1


def test_a_process_that_takes_nothing_holds_no_bot_up_and_the_file_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOT, "import time; time.sleep(30)", str(tmp_path), "0"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=25, check=True)
    assert left(tmp_path) is not None
    assert TOLD_LATER.encode() in ended.stderr


def test_the_file_is_left_before_anything_is_waited_for(
    start: Callable[[str], Courier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FAREWELL_S", 600.0)
    courier = start(ENDS_WHEN_IT_MAY)
    courier.send({"invoked": 1})
    courier.stop()
    try:
        until((tmp_path / NAME).exists)
        is_still_waiting = courier._thread.is_alive()
    finally:
        (tmp_path / "may end").touch()
    stopped(courier)
    assert is_still_waiting


def test_the_bots_own_thread_writes_no_file(
    start: Callable[[str], Courier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def note(_untold: Untold, _span: Span) -> bool:
        threads.append(threading.current_thread())
        return True

    monkeypatch.setattr(Untold, "note", note)
    courier = start(ENDS_AT_ONCE)
    courier.send({"invoked": 1})
    until(lambda: threads)
    courier.stop_and_wait()
    assert threading.current_thread() not in threads


def test_where_no_file_can_be_left_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "RETRY_S", (0.01,))
    nowhere = tmp_path / "nowhere"
    courier = Courier.start([sys.executable, "-c", ENDS_AT_ONCE], nowhere, Untold(nowhere, nowhere, "club"))
    courier.send({"invoked": 1})
    stopped(courier)
    assert [record.message for record in caplog.records if NEVER_TOLD in record.message]


@pytest.mark.parametrize("is_folder_right", [True, False])
def test_it_lies_where_guild_insights_runs_or_else_beside_the_bot(
    tmp_path: Path, is_folder_right: bool
) -> None:
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    if is_folder_right:
        (folder / "config.toml").touch()
    untold = Untold(folder, home, "club")
    assert untold.note(Span(5, 9))
    assert [path.name for path in (folder if is_folder_right else home).glob("*missed*")] == [NAME]
    assert Untold(folder, home, "club").left() == Span(5, 9)
    assert Untold(folder, home, "other").left() is None
    untold.clear()
    assert not [*folder.glob("*missed*"), *home.glob("*missed*")]


def test_both_places_are_one_gap(tmp_path: Path) -> None:
    folder, home = tmp_path / "folder", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    Untold(folder, home, "club").note(Span(5, 9))
    (folder / "config.toml").touch()
    Untold(folder, home, "club").note(Span(12, 15))
    assert Untold(folder, home, "club").left() == Span(5, 15)


def test_where_the_folder_is_full_it_lies_beside_the_bot(tmp_path: Path) -> None:
    folder, home = tmp_path / "folder", tmp_path / "home"
    home.mkdir()
    (folder / NAME).mkdir(parents=True)  # nothing can be written over it
    (folder / "config.toml").touch()
    assert Untold(folder, home, "club").note(Span(5, 9))
    assert (home / NAME).is_file()


@pytest.mark.parametrize("journal", ["../../etc/x", "", "a" * 300, "Ä b"])
def test_no_journals_name_leads_elsewhere(tmp_path: Path, journal: str) -> None:
    untold = Untold(tmp_path, tmp_path, journal)
    assert untold.note(Span(5, 9))
    assert len(list(tmp_path.iterdir())) == 1
    assert untold.left() == Span(5, 9)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", "5", "ä", '{"from_ms": 9, "to_ms": 5}', '{"from_ms": null, "to_ms": 5}'),
        *('{"from_ms": 5, "to_ms": 1e400}', '{"from_ms": -1, "to_ms": 5}', "[" * 100_000),
        '{"from_ms": 5, "to_ms": 99999999999999999999}',
    ],
)
def test_a_file_that_says_nothing_keeps_no_bot_from_starting(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    untold = Untold(tmp_path, tmp_path, "club")
    assert untold.left() is None
    assert untold.note(Span(5, 9))
    assert untold.left() == Span(5, 9)


async def test_the_lost_time_comes_into_the_record_as_a_gap(
    folder: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", (0.01,))
    config = (folder / "config.toml").read_text()
    home = folder / "home of the bot"
    home.mkdir()
    command = collector_command(folder, "club", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (folder / "config.toml").unlink()
    courier = Courier.start(command, folder, Untold(folder, home, "club"))
    courier.send({"invoked": {"id": "1420000000000000000"}})
    stopped(courier)
    span = Untold(folder, home, "club").left()
    assert span is not None
    (folder / "config.toml").write_text(config)
    courier = Courier.start(command, folder, Untold(folder, home, "club"))
    rows = await log.until(lambda rows: [row for row in rows if row.type == "COVERAGE"])
    (gap,) = [row for row in rows if row.type == "COVERAGE"]
    assert (gap.occurred_from_ms, gap.occurred_to_ms) == span
    assert msgspec.json.decode(gap.body)["cause"] == NOT_DELIVERED
    until(lambda: Untold(folder, home, "club").left() is None)
    stopped(courier)
    await gone(folder)
