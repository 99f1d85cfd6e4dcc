"""The smallest story that still goes wrong in the same way."""

from __future__ import annotations

from collections.abc import Callable

from .simulation import Outcome
from .steps import Plan

MOST_RUNS = 400


def shrunk(outcome: Outcome, run: Callable[[Plan], Outcome]) -> Outcome:
    """Leaves out steps, many at once at first, as long as the first violation stays one of those found."""
    wanted = outcome.wrong
    runs, size = 0, max(1, len(outcome.plan.steps) // 2)
    while size and runs < MOST_RUNS:
        start, has_shrunk = 0, False
        while start < len(outcome.plan.steps) and runs < MOST_RUNS:
            steps = outcome.plan.steps
            fewer = run(outcome.plan._replace(steps=(*steps[:start], *_waited(steps, start, size))))
            runs += 1
            if wanted is not None and fewer.wrong == wanted:
                outcome, has_shrunk = fewer, True
            else:
                start += size
        size = size if has_shrunk and size == 1 else size // 2
    return outcome


def _waited(steps: tuple, start: int, size: int) -> tuple:  # type: ignore[type-arg]
    """What comes after some steps that are left out, no earlier than it came."""
    left_out, rest = steps[start : start + size], steps[start + size :]
    if not rest:
        return ()
    waited_ms = sum(step.wait_ms for step in left_out)
    return (rest[0]._replace(wait_ms=rest[0].wait_ms + waited_ms), *rest[1:])
