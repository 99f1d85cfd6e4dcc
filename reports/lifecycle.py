"""Where people stand and whether newcomers stay, as of the end of a local day: read once for a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.catalogue import QUALIFYING, resolve
from reports.cohorts import Cohorts
from reports.day_coverage import DayCoverage
from reports.funnel import Funnel, closed_window, funnel
from reports.membership import Membership
from reports.periods import Period, day_start_ms, span
from reports.populations import People, Populations
from reports.quality import Recording
from reports.retention import POOLED_DAYS, ActiveWeeks, Retention
from reports.segment_amounts import much_done
from reports.segments import Classifier, Segments
from reports.settings import ReportSettings
from storage.tables import member_roles

WEEKS = 26
LOOK_BACK_DAYS = 400
DAYS_BETWEEN = 7  # two segmentations of the history


@dataclass(frozen=True, slots=True)
class Lifecycle:
    as_of_day: int
    settings: ReportSettings
    populations: Populations
    cohorts: Cohorts
    coverage: DayCoverage  # of what makes a member active, and of who is one
    recording: Recording
    history: tuple[Segments, ...]  # a week apart, the newest last
    _retentions: dict[int, Retention] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def segments(self) -> Segments:
        return self.history[-1]

    def with_segments_of(self, people: People) -> Lifecycle:
        """Some people's segments; whoever joined stays whose cohort it is."""
        return replace(self, history=tuple(segments.among(people) for segments in self.history))

    @property
    def knows_commands(self) -> bool:
        """Whether anybody was ever seen running a tracked command. Else a funnel has no such step."""
        return bool(self.populations.activities.get("command"))

    def retention(self, as_of_day: int | None = None) -> Retention:
        end = self.as_of_day if as_of_day is None else as_of_day
        if end not in self._retentions:
            days = range(end - POOLED_DAYS + 1, end + 1)
            active = ActiveWeeks(self.populations, self.coverage, days)
            self._retentions[end] = Retention(self.cohorts, active)
        return self._retentions[end]

    def funnel(self, back: int = 0) -> Funnel:
        """Of the newest closed cohort, or of the one `back` cohorts before it."""
        people, days = self.populations, self.settings.funnel_days
        window = closed_window(self.as_of_day, days, back)
        reach = range(window.first_day, window.last_day + 2 * days)
        commands, events = (
            {day: people.doing(activity, [day]) for day in reach} for activity in ("command", "event")
        )
        return funnel(self.cohorts, commands, events, window, days)

    def funnel_days(self, back: int = 0) -> Period:
        """The days on which that cohort joined or could take a step."""
        joined_in = closed_window(self.as_of_day, self.settings.funnel_days, back)
        last_day = joined_in.last_day + 2 * self.settings.funnel_days - 1
        return span("funnel", joined_in.first_day, last_day, self.settings.zone)


async def load_lifecycle(  # noqa: PLR0917  all that a report has gathered already, and of when
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    populations: Populations,
    recording: Recording,
    membership: Membership,
    as_of_day: int,
    weeks: int = WEEKS,
) -> Lifecycle:
    days = range(as_of_day - LOOK_BACK_DAYS, as_of_day + 1)
    sources = resolve((QUALIFYING, "members"), settings.qualifying)
    coverage = DayCoverage.of(recording, sources, days)
    last_days = [as_of_day - DAYS_BETWEEN * back for back in range(weeks - 1, -1, -1)]
    core = settings.segments.core
    enough = await much_done(conn, guild_id, last_days, core)
    promoted = await _promoted(conn, guild_id, settings.segments.promoted_roles, last_days, settings.zone)
    classifier = Classifier(populations, membership, coverage, settings.segments)
    return Lifecycle(
        as_of_day=as_of_day,
        settings=settings,
        populations=populations,
        cohorts=Cohorts.of(populations),
        coverage=coverage,
        recording=recording,
        history=tuple(
            classifier.at_end_of(day, much, roles)
            for day, much, roles in zip(last_days, enough, promoted, strict=True)
        ),
    )


async def _promoted(
    conn: AsyncConnection, guild_id: int, roles: Sequence[int], last_days: Sequence[int], zone: str
) -> list[People | None]:
    """Who had one of the roles when each of the days ended."""
    if not roles:
        return [None] * len(last_days)
    row = member_roles.c
    rows = await conn.execute(
        select(row.member_no, row.from_ms, row.to_ms).where(row.guild_id == guild_id, row.role_id.in_(roles))
    )
    holdings = rows.all()
    ends = [day_start_ms(day + 1, zone) for day in last_days]
    return [
        People([number for number, start, stop in holdings if start < end and (stop is None or stop >= end)])
        for end in ends
    ]
