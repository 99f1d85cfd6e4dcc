"""Discord's “interested” is not a promise: said wherever a rate of those who were interested is shown."""

from __future__ import annotations

from collections.abc import Iterable

from reports.report import Kpi

NO_PROMISE = "“Interested” is no promise in Discord: whoever did not come broke none."
OF_INTEREST = ("no_show_rate", "show_rate")


def promise_note(shown: Iterable[Kpi]) -> tuple[str, ...]:
    is_shown = any(kpi.name in OF_INTEREST and kpi.current.denominator for kpi in shown)
    return (NO_PROMISE,) if is_shown else ()
