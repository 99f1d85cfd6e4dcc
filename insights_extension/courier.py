"""Hands over what was seen to a process of Guild Insights, from a thread that the bot never waits for.

Each message is numbered and kept until the process says that it is on disk, so that one which is ended in
between is told again what it has lost.
"""

from __future__ import annotations

import atexit
import json
import logging
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Self

MOST_WAITING: Final = 10_000  # messages; more would grow the bot's memory while nobody takes them
RETRY_S: Final = (0.5, 2.0, 10.0, 60.0)
STEADY_S: Final = 60.0  # a process that ran so long was no failure
FAREWELL_S: Final = 2.0

log = logging.getLogger(__name__)


class Courier:
    """`send` costs its caller one list append and the encoding of one small message."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = list(command)
        self._folder = folder
        self._waiting: deque[tuple[int, bytes]] = deque()  # not known to be on disk, the oldest first
        self._handed_over = 0  # the number of the newest message that the present process was given
        self._number = 0
        self._missed_from_ms: int | None = None
        self._news = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="insights courier", daemon=True)

    @classmethod
    def start(cls, command: Sequence[str], folder: Path) -> Self:
        courier = cls(command, folder)
        courier._thread.start()
        atexit.register(courier.stop_and_wait)
        return courier

    def send(self, message: dict[str, Any]) -> None:
        """Never waits and never raises. What there is no room for is told as missed."""
        try:
            with self._news:
                if len(self._waiting) >= MOST_WAITING:
                    self._missed_from_ms = self._missed_from_ms or _now_ms()
                    return
                self._put(message)
                self._news.notify_all()
        except (TypeError, ValueError) as error:  # nothing that JSON cannot hold may reach the bot
            log.warning("A command was not recorded: %s.", type(error).__name__)

    def stop(self) -> None:
        """What waits is still handed over, in the thread; then the process ends by itself. Never waits."""
        with self._news:
            self._tell_missed()
            self._is_stopping = True
            self._news.notify_all()

    def stop_and_wait(self) -> None:
        """For two seconds at most: with the interpreter, the thread ends too."""
        self.stop()
        self._thread.join(FAREWELL_S)

    def _tell_missed(self) -> None:
        if self._missed_from_ms is not None:
            self._put({"missed": {"from_ms": self._missed_from_ms, "to_ms": _now_ms()}})
            self._missed_from_ms = None

    def _put(self, message: dict[str, Any]) -> None:
        self._number += 1
        line = json.dumps({"number": self._number, "at_ms": _now_ms(), **message}, separators=(",", ":"))
        self._waiting.append((self._number, line.encode() + b"\n"))

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        failures = 0
        while not self._is_stopping:
            started_s = time.monotonic()
            try:
                self._carry()
            except OSError as error:
                log.warning(
                    "Commands are not recorded just now (%s).", error.strerror or type(error).__name__
                )
            if time.monotonic() - started_s > STEADY_S:
                failures = 0
            with self._news:
                self._news.wait_for(lambda: self._is_stopping, RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1
        atexit.unregister(self.stop_and_wait)

    def _carry(self) -> None:
        """Until the process ends or the bot stops. Raises OSError when it cannot be started or is gone."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            self._command,
            cwd=self._folder,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,  # Ctrl-C in the bot's terminal is not meant for it
        )
        assert process.stdin and process.stdout and process.stderr
        self._handed_over = 0
        threads = [
            threading.Thread(target=self._hear, args=(process, process.stdout), daemon=True),
            threading.Thread(target=_pass_on, args=(process.stderr,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            while lines := self._next(process):
                process.stdin.write(b"".join(lines))
                process.stdin.flush()
        finally:
            with suppress(OSError):
                process.stdin.close()  # it makes what it has durable, and ends
            with suppress(subprocess.TimeoutExpired):
                process.wait(FAREWELL_S)

    def _next(self, process: subprocess.Popen[bytes]) -> list[bytes]:
        """The lines that this process has not been given; none when it is time to end."""
        with self._news:
            self._news.wait_for(lambda: self._has_more() or self._is_stopping or process.poll() is not None)
            if process.poll() is not None:
                return []
            some = [(number, line) for number, line in self._waiting if number > self._handed_over]
            if some:
                self._handed_over = some[-1][0]
            return [line for _, line in some]

    def _has_more(self) -> bool:
        return bool(self._waiting) and self._waiting[-1][0] > self._handed_over

    def _hear(self, process: subprocess.Popen[bytes], answers: IO[bytes]) -> None:
        """Each line is the number of the newest message that is on disk. Afterwards the process has ended."""
        for line in answers:
            if line.strip().isdigit():
                with self._news:
                    while self._waiting and self._waiting[0][0] <= int(line):
                        self._waiting.popleft()
                    if len(self._waiting) < MOST_WAITING and self._missed_from_ms is not None:
                        self._tell_missed()
                        self._news.notify_all()
        process.wait()
        with self._news:
            self._news.notify_all()


def _pass_on(sentences: IO[bytes]) -> None:
    """What the process has to say stands in the bot's log."""
    for sentence in sentences:
        log.warning("Guild Insights: %s", sentence.decode("utf-8", "replace").strip())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
