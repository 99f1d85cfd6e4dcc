"""From one period's active people to the next one's. Definition: docs/kpis.md, "Growth accounting"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from reports.periods import Period
from reports.populations import People, Populations
from reports.report import Bridge

ENDINGS = ("left", "kicked", "banned", "pruned", "unknown")


@dataclass(frozen=True, slots=True)
class Growth:
    """Everyone active in either period, in exactly one set."""

    returning: People  # active in both
    dormant: People  # active last, not this, still here
    left: People  # active last, not this, not here any more
    new: People  # the first activity ever
    first_seen: People  # the same, of members who were here before recording began
    resurrected: People  # active this, not last, but some time before

    def among(self, people: People) -> Growth:
        """Of some people only: the first activity ever is theirs alone."""
        return Growth(*(getattr(self, field.name) & people for field in fields(self)))

    @property
    def lost(self) -> People:
        return self.dormant | self.left

    @property
    def gained(self) -> People:
        return self.new | self.first_seen | self.resurrected


def growth(populations: Populations, last: Period, this: Period) -> Growth:
    active = {period: populations.active(period) for period in (last, this)}
    present_at_end = populations.present_at_end(this)
    gained = active[this] - active[last]
    never_before = gained - populations.ever_active_before(this)
    return Growth(
        returning=active[this] & active[last],
        dormant=active[last] & present_at_end - active[this],
        left=active[last] - present_at_end - active[this],
        new=never_before & populations.newcomers,
        first_seen=never_before - populations.newcomers,
        resurrected=gained - never_before,
    )


def bridge(of: Growth) -> Bridge:
    lost, gained, returning = len(of.lost), len(of.gained), len(of.returning)
    return Bridge(
        previous=returning + lost,
        lost=lost,
        dormant=len(of.dormant),
        left=len(of.left),
        returning=returning,
        gained=gained,
        resurrected=len(of.resurrected),
        new=len(of.new),
        first_seen=len(of.first_seen),
        current=returning + gained,
        quick_ratio=gained / lost if lost else None,
    )


def is_small(counts: tuple[int | None, ...], min_group: int) -> bool:
    """Whether a cell holds people, but fewer than may be shown. An empty cell speaks of nobody."""
    return any(count is not None and 0 < count < min_group for count in counts)


def for_channel(whole: Bridge, min_group: int) -> Bridge:
    """Withholds the parts of a sum together: one missing part could be computed from the others."""
    shown = whole
    if is_small((whole.dormant, whole.left), min_group):
        shown = replace(shown, dormant=None, left=None)
    if is_small((whole.resurrected, whole.new, whole.first_seen), min_group):
        shown = replace(shown, resurrected=None, new=None, first_seen=None)
    return shown


def endings_of(left: People, endings: Mapping[int, str]) -> tuple[tuple[str, int], ...]:
    """How many of those who left went in which way; each way is named, also by 0."""
    counted = Counter(endings.get(member_no, "unknown") for member_no in left)
    return tuple((ending, counted[ending]) for ending in ENDINGS)
