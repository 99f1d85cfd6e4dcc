"""The courier alone, with a process that writes down what it is handed and says what a test tells it to."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from insights_extension import courier as module
from insights_extension.courier import Courier
from insights_extension.untold import Untold

ROOT = Path(__file__).parents[2]
TAKES_ALL = """
import pathlib, sys
taken = pathlib.Path("taken")
for line in sys.stdin:
    with taken.open("a") as file:
        file.write(line)
    print(line.split('"number":')[1].split(",")[0].rstrip("}"), flush=True)
"""
ENDS_AT_ONCE = """
import pathlib
with pathlib.Path("starts").open("a") as file:
    file.write("started\\n")
"""
CONFIRMS_NOTHING = """
import pathlib, sys
for line in sys.stdin:
    with pathlib.Path("taken").open("a") as file:
        file.write(line)
"""
ENDS_WHEN_IT_MAY = """
import pathlib, sys, time
pathlib.Path("taken").write_text(sys.stdin.readline())
while not pathlib.Path("may end").exists():
    time.sleep(0.01)
"""
TAKES_ONE = """
import pathlib, sys
line = sys.stdin.readline()
with pathlib.Path("taken").open("a") as file:
    file.write(line)
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", (0.01,))


@pytest.fixture
def start(tmp_path: Path, quick: None) -> Iterator[Callable[[str], Courier]]:
    started: list[Courier] = []

    def start_one(program: str) -> Courier:
        started.append(Courier.start([sys.executable, "-c", program], tmp_path, untold(tmp_path)))
        return started[-1]

    yield start_one
    for courier in started:
        courier.stop_and_wait()


def untold(home: Path) -> Untold:
    return Untold(home / "nowhere", home, "club")


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def taken(folder: Path) -> list[dict[str, object]]:
    file = folder / "taken"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_messages_arrive_in_their_order(start: Callable[[str], Courier], tmp_path: Path) -> None:
    courier = start(TAKES_ALL)
    for number in range(1, 101):
        courier.send({"invoked": number})
    until(lambda: len(taken(tmp_path)) == 100)
    assert [message["invoked"] for message in taken(tmp_path)] == list(range(1, 101))
    assert [message["number"] for message in taken(tmp_path)] == list(range(1, 101))


def test_what_was_not_confirmed_is_handed_over_again(start: Callable[[str], Courier], tmp_path: Path) -> None:
    courier = start(TAKES_ONE)  # it confirms nothing, and ends
    courier.send({"invoked": 1})
    until(lambda: len(taken(tmp_path)) >= 2)
    assert {message["number"] for message in taken(tmp_path)} == {1}


def test_a_process_that_cannot_start_is_tried_again(start: Callable[[str], Courier], tmp_path: Path) -> None:
    start(ENDS_AT_ONCE)
    until(lambda: (tmp_path / "starts").exists() and (tmp_path / "starts").read_text().count("started") >= 3)


def test_a_folder_that_is_not_there_stops_nobody(
    quick: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    command = [sys.executable, "-c", TAKES_ALL]
    courier = Courier.start(command, tmp_path / "nowhere", untold(tmp_path))
    until(lambda: "Commands are not recorded just now" in caplog.text)
    courier.send({"invoked": 1})
    courier.stop_and_wait()


def test_what_there_is_no_room_for_is_told_as_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quick: None
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    courier = Courier(
        [sys.executable, "-c", TAKES_ALL], tmp_path, untold(tmp_path)
    )  # its thread is started later
    for number in range(10):
        courier.send({"invoked": number})
    courier._thread.start()
    until(lambda: len(taken(tmp_path)) == 4 and not courier._waiting)  # told as soon as there is room
    courier.send({"invoked": 10})
    until(lambda: len(taken(tmp_path)) == 5)
    courier.stop_and_wait()
    missed = [message["missed"] for message in taken(tmp_path) if "missed" in message]
    assert [message.get("invoked") for message in taken(tmp_path)] == [0, 1, 2, None, 10]
    assert len(missed) == 1
    assert isinstance(missed[0], dict)
    assert missed[0]["from_ms"] <= missed[0]["to_ms"]


def test_what_there_was_never_room_for_is_told_at_the_end(
    monkeypatch: pytest.MonkeyPatch, start: Callable[[str], Courier], tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    courier = start(CONFIRMS_NOTHING)
    courier.send({"invoked": 1})
    courier.send({"invoked": 2})
    until(lambda: len(taken(tmp_path)) == 1)
    courier.stop_and_wait()
    assert [sorted(message.keys() - {"number", "at_ms"}) for message in taken(tmp_path)] == [
        ["invoked"],
        ["missed"],
    ]


def test_what_cannot_be_written_as_json_does_not_reach_the_bot(
    start: Callable[[str], Courier], tmp_path: Path
) -> None:
    courier = start(TAKES_ALL)
    courier.send({"invoked": object()})
    courier.send({"invoked": 2})
    until(lambda: taken(tmp_path))
    assert [message["invoked"] for message in taken(tmp_path)] == [2]


def test_stopping_hands_over_what_waits(start: Callable[[str], Courier], tmp_path: Path) -> None:
    courier = start(TAKES_ALL)
    courier.send({"invoked": 1})
    courier.stop_and_wait()
    assert [message["invoked"] for message in taken(tmp_path)] == [1]
    assert not any(thread.name == "insights courier" for thread in threading.enumerate())


def test_stopping_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch, start: Callable[[str], Courier], tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "FAREWELL_S", 30.0)
    courier = start(ENDS_WHEN_IT_MAY)
    courier.send({"invoked": 1})
    until(lambda: taken(tmp_path))
    stopping = threading.Thread(target=courier.stop, daemon=True)
    stopping.start()
    stopping.join(10)
    has_waited, is_handing_over = stopping.is_alive(), courier._thread.is_alive()
    (tmp_path / "may end").touch()
    assert (has_waited, is_handing_over) == (False, True)
    courier._thread.join(10)
    assert not courier._thread.is_alive()


def test_the_end_of_the_interpreter_waits_for_what_is_left(tmp_path: Path) -> None:
    bot = "; ".join(
        [
            "import pathlib, sys",
            "from insights_extension.courier import Courier",
            "from insights_extension.untold import Untold",
            "home = pathlib.Path(sys.argv[2])",
            "untold = Untold(home, home, 'club')",
            "courier = Courier.start([sys.executable, '-c', sys.argv[1]], home, untold)",
            "courier.send({'invoked': 1})",
            "courier.stop()",
        ]
    )
    subprocess.run([sys.executable, "-c", bot, TAKES_ALL, str(tmp_path)], check=True, cwd=ROOT)
    assert [message["invoked"] for message in taken(tmp_path)] == [1]
