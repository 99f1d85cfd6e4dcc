"""Hands over what was seen to a process of Guild Insights, from a thread that the bot never waits for.

Each message is numbered and kept until the process says that it is on disk, so that one which is ended in
between is told again what it has lost. Since when there is something to keep is written down whenever the
process fails and when the bot stops (untold.py): the next start tells what was lost with the bot.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Self

from insights_extension.untold import Span, Untold

MOST_WAITING: Final = 10_000  # messages; more would grow the bot's memory while nobody takes them
RETRY_S: Final = (0.5, 2.0, 10.0, 60.0)
STEADY_S: Final = 60.0  # a process that ran so long was no failure
FAREWELL_S: Final = 2.0
TOLD_LATER: Final = "The next start tells that as a gap."
NEVER_TOLD: Final = "No file could be left that tells it as a gap."

log = logging.getLogger(__name__)


class Line(NamedTuple):
    number: int
    from_ms: int  # the moment that it tells of
    text: bytes


class Courier:
    """`send` costs its caller one list append and the encoding of one small message."""

    def __init__(self, command: Sequence[str], folder: Path, untold: Untold) -> None:
        self._command = list(command)
        self._folder = folder
        self._untold = untold
        self._waiting: deque[Line] = deque()  # not known to be on disk, the oldest first
        self._handed_over = 0  # the number of the newest message that the present process was given
        self._number = 0
        self._missed_from_ms: int | None = None
        self._news = threading.Condition()
        self._writing_down = threading.Lock()  # never taken by the bot
        self._is_written_down = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="insights courier", daemon=True)

    @classmethod
    def start(cls, command: Sequence[str], folder: Path, untold: Untold) -> Self:
        courier = cls(command, folder, untold)
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
        if self._thread.is_alive():
            self._say_what_is_left()

    def _tell_missed(self) -> None:
        if self._missed_from_ms is not None:
            self._put_missed(Span(self._missed_from_ms, _now_ms()))
            self._missed_from_ms = None

    def _put_missed(self, span: Span) -> None:
        self._put({"missed": span._asdict()}, span.from_ms)

    def _put(self, message: dict[str, Any], from_ms: int | None = None) -> None:
        now_ms = _now_ms()
        text = json.dumps({"number": self._number + 1, "at_ms": now_ms, **message}, separators=(",", ":"))
        self._number += 1
        self._waiting.append(
            Line(self._number, now_ms if from_ms is None else from_ms, text.encode() + b"\n")
        )

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        self._take_up_untold()
        failures = 0
        while failures == 0 or not self._is_stopping:  # a bot that stops at once may have sent something
            started_s = time.monotonic()
            try:
                self._carry()
            except OSError as error:
                log.warning(
                    "Commands are not recorded just now (%s).", error.strerror or type(error).__name__
                )
            self._write_down()
            if time.monotonic() - started_s > STEADY_S:
                failures = 0
            with self._news:
                self._news.wait_for(lambda: self._is_stopping, RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1
        self._write_down()
        self._say_what_is_left()
        atexit.unregister(self.stop_and_wait)

    def _take_up_untold(self) -> None:
        left = self._untold.left()
        if left is not None:
            with self._news:
                self._put_missed(left)
                self._news.notify_all()

    def _write_down(self) -> None:
        """Since when something is not known to be on disk, or that everything is."""
        with self._writing_down:
            with self._news:
                waiting = list(self._waiting)
            if waiting:
                since_ms = min(line.from_ms for line in waiting)
                self._is_written_down = self._untold.note(Span(since_ms, _now_ms() + 1))
            else:
                self._untold.clear()

    def _say_what_is_left(self) -> None:
        with self._news:
            since_ms = min((line.from_ms for line in self._waiting), default=None)
        if since_ms is not None:
            since = datetime.fromtimestamp(since_ms / 1000, UTC)
            log.warning(
                "Commands since %s UTC may not be recorded. %s",
                f"{since:%Y-%m-%d %H:%M:%S}",
                TOLD_LATER if self._is_written_down else NEVER_TOLD,
            )

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
        hearing = threading.Thread(target=self._hear, args=(process, process.stdout), daemon=True)
        passing_on = threading.Thread(target=_pass_on, args=(process.stderr,), daemon=True)
        hearing.start()
        passing_on.start()
        try:
            while lines := self._next(process):
                process.stdin.write(b"".join(lines))
                process.stdin.flush()
        finally:
            with suppress(OSError):
                process.stdin.close()  # it makes what it has durable, and ends
            self._write_down()  # before the wait: the interpreter may end meanwhile
            with suppress(subprocess.TimeoutExpired):
                process.wait(FAREWELL_S)
                hearing.join(FAREWELL_S)  # it has heard everything then

    def _next(self, process: subprocess.Popen[bytes]) -> list[bytes]:
        """The lines that this process has not been given; none when it is time to end."""
        with self._news:
            self._news.wait_for(lambda: self._has_more() or self._is_stopping or process.poll() is not None)
            if process.poll() is not None:
                return []
            some = [line for line in self._waiting if line.number > self._handed_over]
            if some:
                self._handed_over = some[-1].number
            return [line.text for line in some]

    def _has_more(self) -> bool:
        return bool(self._waiting) and self._waiting[-1].number > self._handed_over

    def _hear(self, process: subprocess.Popen[bytes], answers: IO[bytes]) -> None:
        """Each line is the number of the newest message that is on disk. Afterwards the process has ended."""
        for line in answers:
            if line.strip().isdigit():
                self._confirmed(int(line))
        process.wait()
        with self._news:
            self._news.notify_all()

    def _confirmed(self, number: int) -> None:
        with self._news:
            while self._waiting and self._waiting[0].number <= number:
                self._waiting.popleft()
            if len(self._waiting) < MOST_WAITING and self._missed_from_ms is not None:
                self._tell_missed()
                self._news.notify_all()
            is_all_on_disk = not self._waiting
        if is_all_on_disk:
            self._write_down()


def _pass_on(sentences: IO[bytes]) -> None:
    """What the process has to say stands in the bot's log."""
    for sentence in sentences:
        log.warning("Guild Insights: %s", sentence.decode("utf-8", "replace").strip())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
