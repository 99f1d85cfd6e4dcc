"""Reads everything that a report on one period is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.as_of import until_today
from reports.attrition import GrowthAccounting
from reports.basis import Basis
from reports.columns import uncollected
from reports.command_records import load_command_uses
from reports.cut_people import Chooser
from reports.cuts import EVERYBODY, Cut
from reports.driver_candidates import SERIES_DAYS
from reports.event_history import EventHistory, EventRows, load_event_rows
from reports.lifecycle import DAYS_BETWEEN, Lifecycle, load_lifecycle
from reports.material import HOST_DAYS, Material
from reports.membership import Membership, settled
from reports.pair import Pair
from reports.periods import Period, day_start_ms, local_day, previous
from reports.populations import Populations
from reports.published import load_published
from reports.quality import Recording
from reports.records import DAY_MS, Records, load, load_endings, load_spells
from reports.segments import Segments, longest_tenure
from reports.settings import ReportSettings
from reports.tiers import load_tiers
from reports.voice import VoiceMembers, voice_members
from reports.voice_records import load_voice
from storage.rules import Rules

EVENT_DAYS = 400  # as far as a report looks back at events


class Reach(Enum):
    """How far a report looks back: at how many weeks of segments, and whether at every event."""

    NEWEST = 2, False
    SHORT = 2, True
    LONG = 26, True

    def __init__(self, weeks: int, all_events: bool) -> None:
        self.weeks = weeks
        self.all_events = all_events


async def gather(
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    *,
    period: Period,
    now_ms: int,
    smallest_part: int = 0,
    reach: Reach = Reach.LONG,
    cut: Cut = EVERYBODY,
) -> Material:
    """Raises NothingRecorded and, where the cut names what there is not, NoSuchPart.

    `smallest_part`: sums with a smaller part are shown without their parts.
    """
    with uncollected():
        records = await load(conn, guild_id)
        last = previous(period)
        is_left_behind = now_ms < records.as_of_ms
        if is_left_behind:
            period = until_today(period, now_ms)
        before = previous(last)
        everybody = Populations.of(records, settings.qualifying, rules.bridge_days, settings.zone)
        events = await _event_rows(conn, guild_id, before, period, reach)
        if is_left_behind:
            events = events._replace(
                occurrences=tuple(one for one in events.occurrences if one.starts_ms <= now_ms)
            )
        membership = await _membership(conn, settings, rules, records, events, before, reach)
        recording = Recording.of(records, settings.zone)
        chooser = Chooser(conn, guild_id, settings, rules, everybody, recording, membership, period)
        cut = await chooser.checked(cut)
        basis = Basis(
            populations=await chooser.narrowed(cut),
            recording=recording,
            qualifying=settings.qualifying,
            now_ms=now_ms,
        )
        pair = Pair(basis, period, last, before)
        endings = await load_endings(conn, guild_id, last.start_ms, period.end_ms)
        reader = _Reader(conn, guild_id, settings, basis, cut)
        lifecycle = await reader.lifecycle(membership, period, reach.weeks)
        voice = await reader.voice(period, last)
        return Material(
            records=records,
            settings=settings,
            rules=rules,
            pair=pair,
            voice={of: members.use() for of, members in voice.items()},
            voice_members=voice,
            commands={of: await load_command_uses(conn, guild_id, of, rules) for of in (period, last)},
            growth=GrowthAccounting.of(pair, endings, smallest_part, rules.bridge_days),
            events=_of_cut(cut, EventHistory(*events, basis.populations, membership)),
            lifecycle=lifecycle,
            smallest=smallest_part,
            before=await reader.before(membership, period, lifecycle),
            tiers=await load_tiers(conn, guild_id, rules.tiers, membership, period.end_ms),
            published=await load_published(conn, guild_id, period),
            published_before=await load_published(conn, guild_id, last),
            cut=cut,
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what is made of more than the day sets."""

    conn: AsyncConnection
    guild_id: int
    settings: ReportSettings
    basis: Basis
    cut: Cut

    async def voice(self, *periods: Period) -> dict[Period, VoiceMembers]:
        as_of_ms, people = self.basis.recording.as_of_ms, self.basis.populations
        return {
            of: voice_members(await load_voice(self.conn, self.guild_id, of, as_of_ms), people, of)
            for of in periods
        }

    async def lifecycle(self, membership: Membership, period: Period, weeks: int) -> Lifecycle:
        """As of the last day of the period that is over, as far as the tables know."""
        now_ms, latest_day = self.basis.now_ms, self.basis.populations.latest_day
        as_of_day = min(period.last_day, latest_day - 1, local_day(now_ms, period.zone) - 1)
        if period.end_ms <= min(self.basis.recording.as_of_ms, now_ms):
            as_of_day = period.last_day
        return await self._lifecycle(membership, as_of_day, weeks)

    async def before(self, membership: Membership, period: Period, known: Lifecycle) -> Segments:
        """The segments when the day before the period ended; of a week they are in its history."""
        day = period.first_day - 1
        if known.as_of_day - DAYS_BETWEEN == day:
            return known.history[-2]
        return (await self._lifecycle(membership, day, 1)).segments

    async def _lifecycle(self, membership: Membership, as_of_day: int, weeks: int) -> Lifecycle:
        return await load_lifecycle(
            self.conn,
            self.guild_id,
            self.settings,
            self.basis.populations,
            self.basis.recording,
            membership,
            as_of_day,
            weeks,
        )


async def _event_rows(
    conn: AsyncConnection, guild_id: int, before: Period, period: Period, reach: Reach
) -> EventRows:
    """`before` precedes the two periods that are compared."""
    compared_since_ms = min(
        before.start_ms,
        period.start_ms - SERIES_DAYS * DAY_MS,
        period.end_ms - 2 * HOST_DAYS * DAY_MS,
    )
    return await load_event_rows(
        conn,
        guild_id,
        min(before.start_ms, period.end_ms - EVENT_DAYS * DAY_MS),
        period.end_ms,
        whole_since_ms=None if reach.all_events else compared_since_ms,
    )


async def _membership(  # noqa: PLR0917  all that says how far back somebody may be asked about
    conn: AsyncConnection,
    settings: ReportSettings,
    rules: Rules,
    records: Records,
    events: EventRows,
    before: Period,
    reach: Reach,
) -> Membership:
    """Who was here since when, as far back as the reach goes; of those here all that time, that they were."""
    latest_day = max(records.present_at_end, default=None)
    if reach.all_events or latest_day is None:
        return Membership.of(await load_spells(conn, records.guild_id), rules.bridge_days)
    tenure_days = longest_tenure(settings.segments) + DAYS_BETWEEN * reach.weeks
    first_day = min(before.first_day, latest_day) - tenure_days
    moments = [day_start_ms(first_day, settings.zone), *(one.starts_ms for one in events.occurrences[:1])]
    spells = await load_spells(conn, records.guild_id, min(moments))
    here, until_ms = records.present_at_end[latest_day], day_start_ms(latest_day + 1, settings.zone)
    return Membership.of(spells, rules.bridge_days, settled(spells, here, until_ms))


def _of_cut(cut: Cut, history: EventHistory) -> EventHistory:
    return history.of_type(cut.event_type) if cut.event_type else history
