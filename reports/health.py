"""How the community is doing: the last 7 complete days beside the 7 before, today apart."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.alerts import alerts, with_checks
from reports.asked import Asked
from reports.bridge_figure import bridge_figure
from reports.columns import uncollected
from reports.community import daily_active_members
from reports.cuts import EVERYBODY
from reports.driver_candidates import movement
from reports.figures import BridgeFigure
from reports.finding import finding
from reports.gather import Reach, gather
from reports.material import Material
from reports.periods import TRAILING_WEEK, day_at, trailing_week, whole
from reports.published import correction_sentences
from reports.reach import with_gaps
from reports.report import Alert, Report, Section
from reports.sections import community_section, event_kpis, host_section, judged_together
from reports.settings import ReportSettings
from storage.rules import Rules


async def health(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, now_ms: int
) -> Report:
    """Of the last 7 complete days. For staff, who see it alone: every count is exact.

    Raises NothingRecorded.
    """
    asked = Asked(trailing_week(now_ms, settings.zone), now_ms)
    return await health_asked(conn, guild_id, replace(settings, min_group=0), rules, asked)


async def health_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """The same of any period, exact where `settings.min_group` is 0."""
    period, now_ms = asked.period, asked.now_ms
    material = await gather(
        conn,
        guild_id,
        settings,
        rules,
        period=period,
        now_ms=now_ms,
        smallest_part=settings.min_group,
        reach=Reach.NEWEST,
        cut=asked.cut,
    )
    with uncollected():
        sections = judged_sections(material)
        if material.cut == EVERYBODY:
            sections = with_checks(sections, settings.alerts)
        return make_report("health", material, sections, smallest=settings.min_group)


def judged_sections(material: Material) -> tuple[Section, ...]:
    """Everything that limits can be held against, and what health says beside it."""
    events = Section("Events", (*event_kpis(material), *host_section(material)))
    made = (
        community_section(material),
        events,
        *_today(material),
        material.data_section(),
        material.watched_section(),
    )
    return judged_together(material, (section for section in made if section.kpis))


def _today(material: Material) -> tuple[Section, ...]:
    this, now_ms = material.pair.this, material.basis.now_ms
    if this.key != TRAILING_WEEK:
        return ()
    today = daily_active_members(material.basis, day_at(now_ms, this.zone))
    return (Section("Today so far", (today,)),) if today.current.value is not None else ()


def bridge_figures(material: Material) -> tuple[BridgeFigure, ...]:
    pair, bridge = material.pair, material.growth.bridge
    if bridge is None:
        return ()
    recorded = pair.basis.coverage("came_in", pair.this, pair.last)
    return (bridge_figure(bridge, pair.last, pair.this, recorded),)


MOVED = ("health", "weekly", "monthly", "growth")  # the reports that say what moved the active members


def make_report(name: str, material: Material, sections: tuple[Section, ...], smallest: int) -> Report:
    pair, sections = material.pair, with_gaps(material, sections)
    rules = material.settings.alerts if material.cut == EVERYBODY else ()  # limits are set for everybody
    crossed = alerts(sections, rules, is_open=material.is_open)
    shown = [section for section in sections if section.title]  # what only the finding needs has none
    corrected = material.corrections(shown)
    return Report(
        name=name,
        guild_id=material.records.guild_id,
        period=whole(pair.this),
        previous_period=pair.last,
        zone=material.settings.zone,
        as_of_ms=material.records.as_of_ms,
        finding=of_cut(material, made_finding(material, sections, crossed)),
        sections=sections,
        bridge=material.growth.bridge,
        gaps=material.gaps(),
        caveats=(
            *correction_sentences(corrected, material.settings.zone),
            *correction_sentences(
                material.corrections_before(shown), material.settings.zone, material.pair.last
            ),
            *material.caveats(sections),
        ),
        excluded=material.excluded(smallest),
        rules=material.spoken_rules,
        figures=bridge_figures(material),
        alerts=crossed,
        is_open=material.is_open,
        cut=material.cut,
        movement=movement(material) if name in MOVED else None,
        people=material.people,
        corrections=corrected,
        now_ms=material.basis.now_ms,
    )


def made_finding(material: Material, sections: tuple[Section, ...], crossed: tuple[Alert, ...] = ()) -> str:
    return finding(
        sections,
        material.pair.this,
        crossed,
        is_open=material.is_open,
        can_be_compared=material.cut.can_be_compared,
    )


def of_cut(material: Material, sentence: str) -> str:
    """“Core on 15 Nov: 60 people were active.” The sentence is often all that is passed on."""
    words = material.cut.words(material.pair.this)
    return f"{wording.sentence(words)}: {sentence}" if words else sentence
