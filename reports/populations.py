"""Who was there and who did what: sets of people, day by day. Definitions: docs/kpis.md, "Shared rules"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyroaring import BitMap

from reports.membership import Membership
from reports.periods import DAY_MS, Period, local_day
from reports.quality import Recording
from reports.raids import raids
from reports.records import DaySets, Records
from reports.spans import Span
from storage.day_sets import union

People = BitMap
Days = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Populations:
    """A guild's people. Bots, those who withdrew, and raids are taken out of every set, past and present.

    A report asks for few spans of days, and for each of them often: their sets are kept. Nobody may change
    one that was handed out.
    """

    qualifying: tuple[str, ...]
    activities: Mapping[str, DaySets]
    present: DaySets
    ended: DaySets  # who was in the guild when a day ended
    joins: DaySets  # the first ever ones since recording began, of everybody, bots too
    newcomers: People  # they all; others were here before recording began, or nobody knows since when
    raids: DaySets
    raiders: People  # who was never here but by raids
    withdrawn: People
    outside: People  # bots, those who withdrew, and whoever is not in the cut
    latest_day: int  # the last one that the tables speak of
    zone: str
    unseen: tuple[Span, ...] = ()  # when it was not recorded who joined and left
    unseen_days: frozenset[int] = frozenset()  # that any of that reaches into
    _ever: dict[int, People] = field(default_factory=dict, init=False, repr=False, compare=False)
    _active: dict[Days, People] = field(default_factory=dict, init=False, repr=False, compare=False)
    _exposed: dict[Period, People] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, records: Records, qualifying: tuple[str, ...], bridge_days: int, zone: str) -> Populations:
        unseen = Recording.of(records, zone).lost("members", (records.recording_since_ms, records.as_of_ms))
        found = raids(records.spells_apart, records.brief_voice, records.activities, bridge_days, zone)
        return cls(
            qualifying=qualifying,
            activities=records.activities,
            present=records.present,
            ended=records.present_at_end,
            joins=records.joins,
            newcomers=union(records.joins.values()),
            raids=found.days,
            raiders=found.raiders,
            withdrawn=records.withdrawn,
            outside=records.bots | records.withdrawn,
            latest_day=local_day(records.as_of_ms, zone),
            zone=zone,
            unseen=tuple(unseen),
            unseen_days=frozenset(
                day
                for from_ms, to_ms in unseen
                for day in range(local_day(from_ms, zone), local_day(to_ms - 1, zone) + 1)
            ),
        )

    def cut_to(self, people: People, everybody: People) -> Populations:
        """Only of these people. Who withdrew is of no cut: nothing is told of them."""
        return replace(self, outside=self.outside | (everybody - people), withdrawn=People())

    @property
    def first_day(self) -> int:
        """The first one on which anybody did anything."""
        return min((day for sets in self.activities.values() for day in sets), default=self.latest_day)

    def knows_members(self, period: Period) -> bool:
        """Whether anybody's membership was seen. Without it there is no N, and no telling who left."""
        return any(self.present.get(day) for day in period.days)

    def sees_members(self, period: Period) -> bool:
        """Whether nobody can have joined unseen."""
        return self.knows_members(period) and self.unseen_days.isdisjoint(period.days)

    def exposed(self, period: Period) -> People:
        """P on any day of the period. Where no membership was seen: whoever did anything."""
        if period not in self._exposed:
            here = self._here_on(period.days) if self.knows_members(period) else self._did_any(period.days)
            self._exposed[period] = here - self.outside
        return self._exposed[period]

    def _here_on(self, days: Sequence[int]) -> People:
        """Also who joined unseen and did something: nobody but members can."""
        unseen = [day for day in days if day in self.unseen_days]
        here = self._present_on(days)
        return here | self._did_any(unseen) if unseen else here

    def never_known(self, day: int) -> People:
        """Who did something up to a day while joins were not recorded, and was no member that is known of."""
        unseen = [of for of in self.unseen_days if of <= day]
        strangers = union(self._did_any([of]) - self._present_on([of]) for of in unseen) - self.outside
        if not strangers:
            return strangers
        return strangers - union(people for of, people in self.present.items() if of <= day)

    def _did_any(self, days: Sequence[int]) -> People:
        return union(sets[day] for sets in self.activities.values() for day in days if day in sets)

    def _present_on(self, days: Iterable[int]) -> People:
        return union(self._without_raids(self.present, day) for day in days)

    def present_at_end(self, period: Period) -> People:
        """P(end); of a period that the tables do not reach the end of, the latest known P."""
        return self.at_end_of(min(period.last_day, self.latest_day))

    def at_end_of(self, day: int) -> People:
        """P when a local day ended."""
        return self._without_raids(self.ended, day) - self.outside

    def at(self, membership: Membership, moment_ms: int) -> People | None:
        """P at a moment; None where nobody's membership was known, or none for longer than a day."""
        if any(start <= moment_ms < end and end - start > DAY_MS for start, end in self.unseen):
            return None
        here = membership.here_at(moment_ms)
        raid = self.raids.get(local_day(moment_ms, self.zone), People())
        return here - self.outside - raid if here else None

    def doing(self, activity: str, days: Iterable[int]) -> People:
        sets = self.activities.get(activity, {})
        return union(sets[day] for day in days if day in sets) - self.outside

    def active(self, period: Period) -> People:
        """The people of P who did something that qualifies, on any day of the period."""
        return self.active_on(period.days) & self.exposed(period)

    def active_in(self, days: Iterable[int], of: Period) -> People:
        """Who of the period's active people was active on any of these days of it, and here on any."""
        days = tuple(days)
        here = self._here_on(days) if self.knows_members(of) else self.exposed(of)
        return self.active_on(days) & here

    def in_voice(self, period: Period) -> People:
        return self.doing("voice", period.days) & self.exposed(period)

    def ever_active_before(self, period: Period) -> People:
        return self.ever_active(period.first_day - 1)

    def ever_active(self, day: int) -> People:
        """Who did something that qualifies up to a day, whether known to be in P or not.

        Goes on from the latest day before it that was asked about: a history is told in its order.
        """
        known = max((of for of in self._ever if of <= day), default=None)
        if known is None:
            known = self.first_day - 1
        before = self._ever.get(known, People())
        self._ever[day] = before | self.active_on(range(known + 1, day + 1))
        return self._ever[day]

    def active_on(self, days: Iterable[int]) -> People:
        """Who did something that qualifies on any of these days, whether known to be in P or not."""
        days = tuple(days)
        if days not in self._active:
            done = [self.activities[name] for name in self.qualifying if name in self.activities]
            self._active[days] = (
                union(sets[day] for sets in done for day in days if day in sets) - self.outside
            )
        return self._active[days]

    def did_on(self, day: int, among: People) -> People:
        """Who of these did something that qualifies, outsiders too."""
        done = [self.activities[name] for name in self.qualifying if name in self.activities]
        return union([sets[day] & among for sets in done if day in sets])

    def _without_raids(self, sets: DaySets, day: int) -> People:
        people = sets.get(day, People())
        return people - self.raids[day] if day in self.raids else people

    def raided(self, period: Period) -> People:
        return union(self.raids[day] for day in period.days if day in self.raids) - self.outside

    def withdrawn_in(self, period: Period) -> People:
        """Those who withdrew and would else be exposed."""
        return union(self.present[day] for day in period.days if day in self.present) & self.withdrawn
