"""Recording under faults, from seeds: what is told is true, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from .runner import Runner
from .shrinking import shrunk
from .steps import FAULTS
from .telling import told

SEEDS = 300
MOMENTS = [
    "power cut before a commit of journal.db",
    "power cut torn a commit of journal.db",
    "power cut after a commit of journal.db",
    "power cut before a commit of warehouse.db",
    "power cut torn a commit of warehouse.db",
    "power cut after a commit of warehouse.db",
    "power cut within a commit of warehouse.db",
    "warehouse.db refuses to begin (locked)",
    "warehouse.db refuses to begin (full)",
    "warehouse.db refuses to begin (down)",
    "journal.db refuses to begin (full)",
    "warehouse.db commits and says it did not",
    "REST answers 429",
    "REST answers 500",
    "REST answers nothing",
]

ROOT = Path(__file__).parents[2]


def test_every_seed_ends_with_the_truth_and_every_fault_is_met(runner: Runner) -> None:
    faults: Counter[str] = Counter()
    for seed in range(SEEDS):
        outcome = runner.seed(seed)
        if outcome.wrong:
            pytest.fail(told(shrunk(outcome, runner.plan)), pytrace=False)
        assert outcome.findings.checks.total() > 0
        faults += outcome.faults
    assert [kind for kind in (*FAULTS, *MOMENTS) if not faults[kind]] == []


def test_a_seed_is_the_same_story_every_time(runner: Runner) -> None:
    once = [runner.seed(seed).digest for seed in range(8)]
    assert [runner.seed(seed).digest for seed in range(8)] == once
    assert len(set(once)) == 8


def test_many_seeds_run_as_make_simulate_runs_them() -> None:
    """From the project's folder: a search that began in tests/ would find its `bot` in place of the bot."""
    recipe = next(line for line in (ROOT / "Makefile").read_text().splitlines() if "-m simulation" in line)
    assert recipe.strip().startswith("@PYTHONPATH=tests $(BIN)/python -m simulation ")
    ran = subprocess.run(
        [sys.executable, "-m", "simulation", "0", "2"],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert "2 seeds" in ran.stdout
