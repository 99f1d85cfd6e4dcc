"""What was checked, and what did not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Findings:
    checks: Counter[str] = field(default_factory=Counter)
    violations: list[tuple[str, str]] = field(default_factory=list)  # what does not hold, and how

    def expect(self, holds: bool, what: str, how: Callable[[], str]) -> None:
        self.checks[what] += 1
        if not holds:
            self.violations.append((what, how()))
