"""Who is in a cut. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.cohorts import Cohorts
from reports.cut_names import checked, cohort_days
from reports.cuts import Cut, NoSuchPart, day_text
from reports.lifecycle import load_lifecycle
from reports.membership import Membership
from reports.periods import Period
from reports.platforms import by_platform, load_links, with_discord_only
from reports.populations import People, Populations
from reports.quality import Recording
from reports.settings import ReportSettings
from reports.tiers import load_tiers, partition
from storage.rules import Rules
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
        everybody = await load_everybody(self.conn, self.guild_id)
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
        if name not in lifecycle.segments.told:
            raise NoSuchPart("segment", UNTOLD.format(day=day_text(lifecycle.as_of_day)))
        return lifecycle.segments.of(name)

    async def _tier(self, name: str, everybody: People) -> People:
        """When the period ended, or now where it goes on."""
        tiers = await load_tiers(
            self.conn, self.guild_id, self.rules.tiers, self.membership, self.period.end_ms
        )
        return partition(tiers, everybody)[name]

    async def _platform(self, name: str, everybody: People) -> People:
        """Whose account was linked before the period ended, and still is."""
        end_ms = self.period.end_ms
        linked = by_platform(await load_links(self.conn, self.guild_id, end_ms), end_ms)
        return with_discord_only(linked, everybody).get(name, People())

    def _joined(self, cohort: str) -> People:
        days = cohort_days(cohort, self.settings)
        people = Cohorts.of(self.populations).joined(days.start, days.stop - 1)
        if not people:
            raise NoSuchPart(
                "joined",
                f"Nobody is known to have joined in {cohort}: cohorts are those since recording began, "
                f"{self.recording.since_text}.",
            )
        return people


async def load_everybody(conn: AsyncConnection, guild_id: int) -> People:
    """Whoever was ever seen, bots and withdrawn people among them."""
    member = members.c
    rows = await conn.execute(select(member.member_no).where(member.guild_id == guild_id))
    return People(rows.scalars().all())
