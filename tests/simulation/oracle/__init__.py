"""Judges what was recorded by what really happened. It reads files with plain sqlite3, and imports nothing of
what it judges (test_oracle.py holds that).
"""

from __future__ import annotations

from pathlib import Path

from ..truth import Truth
from . import commands, coverage, events, log, memberships, rsvps, voice
from .findings import Findings
from .rows import Rows, dump
from .traces import look_for_traces


def judge(truth: Truth, path: Path, findings: Findings, *, zone: str, company: bool, afk: bool) -> None:
    """Everything that the log and the tables must say, and must not say."""
    rows = Rows(path, truth)
    log.check(truth, rows, findings)
    coverage.check(truth, rows, findings)
    if truth.clock_is_wild:
        return
    commands.check(truth, rows, findings)
    memberships.check(truth, rows, findings)
    voice.check_stays(truth, rows, findings)
    voice.check_days(truth, rows, findings, voice.Counting(zone, company, afk))
    events.check(truth, rows, findings)
    rsvps.check(truth, rows, findings)


def compare(before: dict[str, list[object]], after: dict[str, list[object]], findings: Findings) -> None:
    """Tables that were followed along, and the same made anew."""
    for table, had in before.items():
        missing = [row for row in had if row not in after[table]]
        new = [row for row in after[table] if row not in had]
        findings.expect(
            had == after[table],
            "rebuild differs",
            lambda table=table, missing=missing, new=new: f"{table}: had {missing[:2]}, anew {new[:2]}",
        )


__all__ = ["Findings", "compare", "dump", "judge", "look_for_traces"]
