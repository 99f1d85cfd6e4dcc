"""Ctrl-C ends the command line silently, from its first moment on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.cli.command_line import invoke
from bot.cli.refusals import CannotDo, was_interrupted

ROOT = Path(__file__).parents[2]
LOADS = "bot.settings"  # of what is loaded first
PATIENCE_S = 60.0


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_while_it_is_being_loaded(tmp_path):
    there = tmp_path / "there"
    slow = f"""
import signal, sys, time, pathlib
signal.signal(signal.SIGINT, signal.default_int_handler)
class Slow:
    def find_spec(self, name, path, target=None):
        if name == {LOADS!r}:
            pathlib.Path({str(there)!r}).touch()
            time.sleep({PATIENCE_S})
sys.meta_path.insert(0, Slow())
from bot.cli import main
main()
"""
    command = [sys.executable, "-c", slow, "check-config"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + PATIENCE_S
    while not there.exists():
        assert time.monotonic() < deadline, "it was not loaded"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (130, b"")


@pytest.mark.parametrize(("cause", "is_it"), [(asyncio.CancelledError(), True), (KeyError(), False)])
def test_what_a_library_makes_of_being_cancelled_is_an_interruption(cause, is_it):
    error = ValueError("no active connection")
    error.__context__ = cause
    assert was_interrupted(error) is is_it


async def test_what_took_too_long_is_none():
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0):
            await asyncio.sleep(PATIENCE_S)
    assert not was_interrupted(caught.value)


@pytest.mark.parametrize(("error", "status"), [(ValueError("odd"), 130), (CannotDo("Do it so."), 1)])
def test_a_verb_that_was_interrupted_ends_as_shells_know_it(monkeypatch, capsys, error, status):
    error.__context__ = asyncio.CancelledError()

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("bot.cli.command_line.app", fails)
    assert invoke(["rebuild"]) == status
    assert capsys.readouterr().err == ("Do it so.\n" if status == 1 else "")
