"""Every second of every source is told, and what was durably whole is in no gap."""

from __future__ import annotations

from itertools import pairwise

from ..truth import Truth
from .findings import Findings
from .rows import Rows
from .spans import both, without

SOURCES = ("voice", "members", "events", "commands")


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    for source in SOURCES:
        chain = sorted(
            (row["from_ms"], row["to_ms"], row["state"]) for row in rows.coverage if row["source"] == source
        )
        for before, after in pairwise(chain):
            findings.expect(
                before[1] == after[0],
                "coverage has no hole and no overlap",
                lambda source=source, before=before, after=after: f"{source}: {before} then {after}",
            )
        if truth.clock_is_wild:
            continue
        gaps = rows.covered(source, "gap")
        known = rows.covered(source, "recorded", "late")
        for span in truth.sure:
            lost = both([span], gaps)
            findings.expect(
                not lost, "what was durable is no gap", lambda source=source, lost=lost: f"{source}: {lost}"
            )
            untold = without([span], known)
            findings.expect(
                not untold,
                "what was durable is told of",
                lambda source=source, untold=untold: f"{source}: {untold}",
            )
