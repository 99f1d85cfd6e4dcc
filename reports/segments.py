"""Which segment everybody is in at a moment: a partition of P. Definition: docs/kpis.md, "Segments"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from pyroaring import BitMap

from reports.day_coverage import DayCoverage
from reports.membership import Membership
from reports.periods import day_start_ms
from reports.populations import People, Populations
from reports.quality import COMPARABLE
from reports.segment_amounts import BLOCK_DAYS, BLOCKS
from reports.settings import SegmentSettings
from storage.day_sets import union

RECENT_DAYS = BLOCK_DAYS * BLOCKS
SEGMENTS = ("core", "regular", "new", "fresh", "dormant", "alumni", "unclassified")


@dataclass(frozen=True, slots=True)
class Segments:
    """Everyone in P when a local day ended, in exactly one set; beside them who has left."""

    people: Mapping[str, People]  # by name; of those named in SEGMENTS, one that is missing is empty
    departed: People  # once active, and not in P: alumni who left
    is_recorded: bool  # at least 80 % of the 28 days that most are judged by
    as_of_day: int

    @property
    def told(self) -> tuple[str, ...]:
        """Of which it is known who is in them: most ask for 28 days that were recorded."""
        return SEGMENTS if self.is_recorded else ("fresh", "unclassified")

    def of(self, name: str) -> People:
        return self.people.get(name, People())

    @property
    def everyone(self) -> People:
        return union(self.people.values())

    def among(self, people: People) -> Segments:
        """Of some people only: each is judged alone, so that nothing else changes."""
        mine = {name: own & people for name, own in self.people.items()}
        return replace(self, people=mine, departed=self.departed & people)


@dataclass(frozen=True, slots=True)
class Classifier:
    populations: Populations
    membership: Membership
    coverage: DayCoverage  # of what makes a member active, and of who is one
    settings: SegmentSettings

    def at_end_of(self, day: int, much_done: People, promoted: People | None) -> Segments:
        """`much_done`: who did enough for core. `promoted`: who has a promoted role; None: none is set."""
        here = self.populations.at_end_of(day)
        departed = self.populations.ever_active(day) - here - self.populations.never_known(day)
        fresh = here & self._newer_than(day, self.settings.fresh_days)
        rest = here - fresh
        if not self._is_recorded(day, RECENT_DAYS):
            return Segments(
                {"fresh": fresh, "unclassified": rest}, departed, is_recorded=False, as_of_day=day
            )
        core = rest & much_done & self._active_in_blocks(day)
        rest -= core
        silent = rest - self._active_lately(day, RECENT_DAYS)
        gone_quiet = silent - self._newer_than(day, self.settings.alumni_days)
        gone_quiet -= self._active_lately(day, self.settings.alumni_days)
        dormant = silent - gone_quiet - self._newer_than(day, RECENT_DAYS)
        rest -= gone_quiet | dormant
        new = rest & self._newer_than(day, self.settings.new_days)
        if promoted is not None:
            new |= rest - promoted
        is_sure = self._is_recorded(day, self.settings.alumni_days)
        return Segments(
            {
                "core": core,
                "regular": rest - new,
                "new": new,
                "fresh": fresh,
                "dormant": dormant,
                "alumni" if is_sure else "unclassified": gone_quiet,
            },
            departed,
            is_recorded=True,
            as_of_day=day,
        )

    def _newer_than(self, day: int, days: int) -> People:
        """Whose tenure is shorter than so many days when a day ends. The day of joining counts."""
        zone = self.populations.zone
        end_ms = day_start_ms(day + 1, zone) - 1
        return self.membership.joined_since(day_start_ms(day + 2 - days, zone), end_ms)

    def _is_recorded(self, day: int, days: int) -> bool:
        return self.coverage.share(day - days + 1, day) >= COMPARABLE

    def _active_in_blocks(self, day: int) -> People:
        """Who was active in enough of the last four blocks of 7 days."""
        enough = combinations(self._blocks(day, BLOCKS), self.settings.core.min_blocks)
        return union(BitMap.intersection(*some) for some in enough if some)

    def _active_lately(self, day: int, days: int) -> People:
        """Who was active in the last so many days: in blocks, for they are those of other weeks too."""
        whole, rest = divmod(days, BLOCK_DAYS)
        first_day = day - days + 1
        oldest = self.populations.active_on(range(first_day, first_day + rest))
        return union([oldest, *self._blocks(day, whole)])

    def _blocks(self, day: int, number: int) -> list[People]:
        """Who was active in each block of 7 days, the newest first."""
        ends = range(day, day - BLOCK_DAYS * number, -BLOCK_DAYS)
        return [self.populations.active_on(range(end - BLOCK_DAYS + 1, end + 1)) for end in ends]


def longest_tenure(settings: SegmentSettings) -> int:
    """In days: of whoever has been here for longer, no segment depends on for how long."""
    return max(settings.fresh_days, settings.new_days, settings.alumni_days, RECENT_DAYS)
