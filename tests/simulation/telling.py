"""What a failed seed tells: what does not hold, the smallest story, and how to see it again."""

from __future__ import annotations

from .simulation import Outcome

MOST_LINES = 60


def told(outcome: Outcome) -> str:
    story = outcome.story[-MOST_LINES:]
    wrong = [f"{what}: {how}" for what, how in outcome.findings.violations[:5]]
    return "\n".join(
        (
            f"Seed {outcome.plan.seed} goes wrong. What does not hold:",
            *(f"  {line}" for line in wrong),
            "The smallest story of it (times are UTC, * is a fault or a look into the journal):",
            *(f"  {line}" for line in story),
            f"Repeat it with: make simulate SEED={outcome.plan.seed}",
        )
    )
