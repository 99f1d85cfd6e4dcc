"""The bridge from the previous period's active people to this one's, as a figure."""

from __future__ import annotations

from reports import wording
from reports.figures import BridgeFigure
from reports.lines import NOTHING
from reports.periods import TRAILING_WEEK, Period, describe
from reports.report import Bridge


def bridge_figure(bridge: Bridge, last: Period, this: Period, recorded: float) -> BridgeFigure:
    """Where parts are withheld, the changes are the two sums."""
    is_trailing = this.key.startswith(TRAILING_WEEK)
    came, dropped = wording.whole(bridge.gained), wording.whole(bridge.lost)
    ratio = NOTHING if bridge.quick_ratio is None else wording.decimal(bridge.quick_ratio, 2)
    stayed = wording.whole(bridge.returning)
    return BridgeFigure(
        headline=wording.first_fitting(
            44,
            f"{came} people came in, {dropped} dropped out",
            f"{came} came in, {dropped} dropped out",
        ),
        subtitle=f"{_spoken(this)}, {describe(last)} to {describe(this, year=True)}",
        footer=f"{stayed} stayed active · gains / losses = {ratio} · recorded {wording.percent(recorded)}",
        alt_text=_alt_text(bridge, last, this),
        previous=bridge.previous,
        changes=changes_of(bridge),
        current=bridge.current,
        previous_label="7 days before" if is_trailing else f"{'month' if this.is_month else 'week'} before",
        current_label="last 7 days" if is_trailing else describe(this),
    )


def _spoken(this: Period) -> str:
    return "Monthly active members" if this.is_month else "Weekly active members"


def changes_of(bridge: Bridge) -> tuple[tuple[str, int], ...]:
    return (*_losses(bridge), *_gains(bridge))


def _losses(bridge: Bridge) -> tuple[tuple[str, int], ...]:
    if bridge.dormant is None or bridge.left is None:
        return (("dropped out", -bridge.lost),)
    return (("went quiet", -bridge.dormant), ("left", -bridge.left))


def _gains(bridge: Bridge) -> tuple[tuple[str, int], ...]:
    if bridge.resurrected is None or bridge.new is None or bridge.first_seen is None:
        return (("came in", bridge.gained),)
    gains = (("came back", bridge.resurrected), ("first time", bridge.new))
    # members from before recording turn up for the first time for a few weeks only
    return (*gains, ("first seen", bridge.first_seen)) if bridge.first_seen else gains


def _alt_text(bridge: Bridge, last: Period, this: Period) -> str:
    changes = ", ".join(f"{label} {wording.signed(number)}" for label, number in changes_of(bridge))
    return (
        f"Bridge chart, {_spoken(this).lower()}: from {wording.whole(bridge.previous)} "
        f"in {describe(last, year=True)} to {wording.whole(bridge.current)} in {describe(this, year=True)}; "
        f"{changes}."
    )
