"""Commands: each once, at the moment that its id tells; one that is missing lies in a gap."""

from __future__ import annotations

from ..truth import Truth
from .findings import Findings
from .rows import Rows, touches


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    recorded = {row["interaction_id"]: row for row in rows.commands}
    known = {command.interaction_id for command in truth.commands}
    covered = rows.heard("commands", "recorded", "late")
    gaps = rows.missed("commands")
    for interaction_id in recorded:
        findings.expect(interaction_id in known, "a command was run", lambda i=interaction_id: str(i))
    for command in truth.commands:
        row = recorded.get(command.interaction_id)
        if command.person in truth.doomed:
            continue
        if row is not None:
            findings.expect(
                row["invoked_ms"] == command.at_ms and row["outcome"] in (None, "success"),
                "a command is dated by its id",
                lambda row=row: str(tuple(row)),
            )
            continue
        at = command.at
        if touches(truth.twice, at.lo, at.hi):
            continue  # the clock was set back, and may have shown this moment as another
        findings.expect(
            touches(gaps, at.lo, at.hi) or not touches(covered, at.lo, at.hi),
            "a command that is missing lies in a gap",
            lambda command=command: f"{command}",
        )
