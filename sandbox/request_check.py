"""A pytest plugin: every request of the whole run is held against Discord's specification at its end.

Each sandbox appends its requests to a file of its own in the folder that $SANDBOX_REQUESTS names. Workers of
pytest-xdist inherit that folder, and the process that started them looks at all files. A folder that was
named before the run is kept.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from sandbox.discord import RECORDED_TO
from sandbox.specification import VALIDATOR, Wrong, validator, wrong_requests

SHOWN = 50
Outcome = tuple[int, list[Wrong]]
FOLDER = pytest.StashKey[Path]()
OWN_FOLDER = pytest.StashKey[str]()
OUTCOME = pytest.StashKey[Outcome]()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _is_worker(config):
        return
    if RECORDED_TO not in os.environ:
        os.environ[RECORDED_TO] = config.stash[OWN_FOLDER] = tempfile.mkdtemp(prefix="sandbox-requests-")
    config.stash[FOLDER] = Path(os.environ[RECORDED_TO])
    config.stash[FOLDER].mkdir(parents=True, exist_ok=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.stash.get(FOLDER, None)
    if folder is None:
        return
    validate = validator()
    if validate is not None:
        session.config.stash[OUTCOME] = wrong_requests(folder, validate)
    elif not os.environ.get("CI"):
        return  # a user's machine may do without; the summary says so
    has_failed = validate is None or bool(session.config.stash[OUTCOME][1])
    if has_failed and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    outcome = config.stash.get(OUTCOME, None)
    if outcome is None:
        line = f"requests were not held against Discord's specification: there is no {VALIDATOR}"
        terminalreporter.write_line(line)
        return
    count, wrong = outcome
    for error in wrong[:SHOWN]:
        terminalreporter.write_line(f"WRONG REQUEST {error}", red=True)
    summary = f"{count} requests held against Discord's specification, {len(wrong)} errors"
    terminalreporter.write_line(summary, red=bool(wrong))


def pytest_unconfigure(config: pytest.Config) -> None:
    own_folder = config.stash.get(OWN_FOLDER, None)
    if own_folder is not None:
        shutil.rmtree(own_folder, ignore_errors=True)
        del os.environ[RECORDED_TO]
