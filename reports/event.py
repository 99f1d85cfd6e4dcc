"""What is known of one occurrence of an event: who came, for how long, who they were."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.as_of import as_it_stood
from reports.event_material import gather_event
from reports.event_report import EventReport, OccurrenceKey
from reports.occurrence_records import load_occurrence
from reports.promise import promise_note
from reports.records import load
from reports.settings import ReportSettings
from storage.rules import Rules

NOT_KNOWN = "That event is not known (any more): choose one from the list that appears while you type."


async def event(  # noqa: PLR0917  the order is that of weekly(), with the occurrence for the period
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    key: OccurrenceKey,
    now_ms: int,
) -> EventReport:
    """For staff and organizers, who see it alone: exact. Raises NothingRecorded, or LookupError.

    Both say in one sentence what is missing.
    """
    records = await load(conn, guild_id, with_presence=False)
    known = await load_occurrence(conn, guild_id, key)
    if known is None:
        raise LookupError(NOT_KNOWN)
    occurrence = as_it_stood(known, now_ms) if now_ms < records.as_of_ms else known
    has_begun = occurrence is known
    material = await gather_event(conn, records, settings, rules, occurrence, has_begun=has_begun)
    sections = material.sections()
    finding = material.standing(now_ms).finding(sections)
    return EventReport(
        guild_id=guild_id,
        key=key,
        series=occurrence.series,
        title=occurrence.title,
        event_type=occurrence.event_type,
        zone=settings.zone,
        starts_ms=occurrence.starts_ms,
        ends_ms=occurrence.window[1] if occurrence.window and occurrence.is_held else occurrence.scheduled[1],
        when=material.when,
        outcome=occurrence.outcome,
        as_of_ms=records.as_of_ms,
        finding=finding,
        sections=sections,
        figures=material.figures(finding),
        caveats=(
            *material.caveats(),
            *promise_note(kpi for section in sections for kpi in section.kpis),
        ),
        excluded=material.excluded(),
        rules=records.rules or rules.fingerprint(),
        people=material.people(),
        hosts=tuple(number for number in material.hosts if number not in material.outside),
        now_ms=now_ms,
    )
