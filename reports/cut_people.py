"""Who is in a cut. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cohorts import Cohorts
from reports.cut_names import checked, cohort_days
from reports.cuts import DISCORD_ONLY, Cut, NoSuchPart, day_text
from reports.lifecycle import load_lifecycle
from reports.membership import Membership
from reports.periods import Period
from reports.populations import People, Populations
from reports.quality import Recording
from reports.settings import ReportSettings
from reports.tiers import load_tiers
from storage.day_sets import union
from storage.rules import NO_TIER, Rules
from storage.tables import accounts, members

UNTOLD = "Who was in which segment on {day} is not known: 80 % of the 28 days to it must have been recorded."


@dataclass(frozen=True, slots=True)
class Chooser:
    """Tells who of everybody is in a cut, as of the border of a period that the cut's dimension asks for."""

    conn: AsyncConnection
    guild_id: int
    settings: ReportSettings
    rules: Rules
    populations: Populations  # of everybody
    recording: Recording
    membership: Membership
    period: Period

    async def checked(self, cut: Cut) -> Cut:
        """With its names as they are written here. Raises NoSuchPart."""
        platforms = await self.platforms() if cut.platform else ()
        cut = checked(cut, self.rules, platforms)
        if cut.joined is not None:
            cohort_days(cut.joined, self.settings)
        return cut

    async def platforms(self) -> tuple[str, ...]:
        """Those on which anybody has linked an account."""
        account = accounts.c
        found = select(account.platform).where(account.guild_id == self.guild_id).distinct()
        return tuple(sorted((await self.conn.execute(found)).scalars()))

    async def narrowed(self, cut: Cut) -> Populations:
        """The populations with nobody else in them. The cut is a checked one."""
        if not cut.is_of_people:
            return self.populations
        everybody = await self._everybody()
        people = everybody
        if cut.segment:
            people = people & await self._segment(cut.segment)
        if cut.tier:
            people = people & await self._tier(cut.tier, everybody)
        if cut.platform:
            people = people & await self._platform(cut.platform, everybody)
        if cut.joined is not None:
            people = people & self._joined(cut.joined)
        return self.populations.cut_to(people, everybody)

    async def _everybody(self) -> People:
        member = members.c
        rows = await self.conn.execute(select(member.member_no).where(member.guild_id == self.guild_id))
        return People(rows.scalars().all())

    async def _segment(self, name: str) -> People:
        """When the day before the period ended: what they do in it has no part in who they are."""
        lifecycle = await load_lifecycle(
            self.conn,
            self.guild_id,
            self.settings,
            self.populations,
            self.recording,
            self.membership,
            as_of_day=self.period.first_day - 1,
            weeks=1,
        )
        if not lifecycle.segments.is_recorded and name not in ("fresh", "unclassified"):
            raise NoSuchPart("segment", UNTOLD.format(day=day_text(lifecycle.as_of_day)))
        return lifecycle.segments.of(name)

    async def _tier(self, name: str, everybody: People) -> People:
        """When the period ended, or now where it goes on."""
        tiers = await load_tiers(
            self.conn, self.guild_id, self.rules.tiers, self.membership, self.period.end_ms
        )
        return everybody - union(tiers.values()) if name == NO_TIER else tiers[name]

    async def _platform(self, name: str, everybody: People) -> People:
        """Whose account was linked before the period ended, and still is."""
        account = accounts.c
        linked = select(account.member_no).where(
            account.guild_id == self.guild_id, account.linked_at_ms < self.period.end_ms
        )
        if name != DISCORD_ONLY:
            linked = linked.where(account.platform == name)
        people = People((await self.conn.execute(linked)).scalars().all())
        return everybody - people if name == DISCORD_ONLY else people

    def _joined(self, cohort: str) -> People:
        days = cohort_days(cohort, self.settings)
        people = Cohorts.of(self.populations).joined(days.start, days.stop - 1)
        if not people:
            raise NoSuchPart(
                "joined",
                f"Nobody is known to have joined in {cohort}: cohorts begin with the recording, "
                f"{self.recording.since_text}.",
            )
        return people
