"""A simulator that finds nothing proves nothing: each bug that is planted into the real code it must find."""

from __future__ import annotations

import pytest

from .planted import BUGS, Bug
from .runner import Runner
from .shrinking import shrunk
from .telling import told


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_it_is_found(runner: Runner, bug: Bug) -> None:
    with bug.planted():
        assert any(runner.seed(seed).wrong for seed in range(bug.seeds)), f"not within {bug.seeds} seeds"


def test_what_is_found_is_told_as_a_short_story_with_the_command_that_repeats_it(runner: Runner) -> None:
    bug = next(bug for bug in BUGS if bug.name == "voice left open at a removal")
    with bug.planted():
        found = next(outcome for seed in range(bug.seeds) if (outcome := runner.seed(seed)).wrong)
        smallest = shrunk(found, runner.plan)
    assert smallest.wrong == found.wrong
    assert len(smallest.plan.steps) < len(found.plan.steps) / 3
    story = told(smallest)
    assert f"make simulate SEED={found.plan.seed}" in story
    assert "GUILD_MEMBER_REMOVE" in story
