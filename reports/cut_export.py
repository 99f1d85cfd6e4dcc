"""A cut report that is handed on: small groups are not in it, nor what would give them away.

Definition: docs/kpis.md, "Small groups".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked, NamedReport
from reports.comparison import NOT_COMPARED
from reports.cut_withholding import Kpis, hidden, hidden_side_by_side, identity
from reports.cuts import EVERYBODY, Cut, NoSuchPart
from reports.report import Kpi, Measure, Report, Section
from reports.segments import SEGMENTS
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD
from storage.rules import NO_TIER, Rules


async def exported(  # noqa: PLR0917  as every named report, after which one it is
    report: NamedReport,
    conn: AsyncConnection,
    guild_id: int,
    settings: ReportSettings,
    rules: Rules,
    asked: Asked,
) -> Report:
    """Raises NothingRecorded and NoSuchPart. Of a cut every part is counted, to see what each gives away."""
    shown = await report.make(conn, guild_id, settings, rules, asked)
    if shown.cut == EVERYBODY:
        return shown
    exact = replace(settings, min_group=0)

    async def kpis(cut: Cut) -> Kpis:
        try:
            made = await report.make(conn, guild_id, exact, rules, replace(asked, cut=cut))
        except NoSuchPart:
            return {}  # nobody could be told to be in that part
        return {identity(kpi): kpi for section in made.sections for kpi in section.kpis}

    whole = await kpis(EVERYBODY)
    parts = {cut.key: await kpis(cut) for cut in _parts(shown.cut, rules)}
    return withholding(shown, whole, parts, settings.min_group)


def _parts(cut: Cut, rules: Rules) -> Iterator[Cut]:
    """The parts that are disjoint and of which this is one. Platforms are not: somebody may be on two."""
    if cut.segment:
        yield from (Cut(segment=name) for name in SEGMENTS)
    elif cut.tier:
        yield from (Cut(tier=name) for name in (*(tier.name for tier in rules.tiers), NO_TIER))
    else:
        yield cut


def withholding(shown: Report, whole: Kpis, parts: Mapping[str, Kpis], min_group: int) -> Report:
    """The report without what is too small beside the other parts and the whole, which others may have.

    `parts`: the exact KPIs of disjoint parts, among them the report's own, by the key of their cut.
    """
    kpis = (kpi for section in shown.sections for kpi in section.kpis)
    own = shown.cut.key
    beside = hidden_side_by_side(whole, parts, dict.fromkeys(parts, frozenset()), min_group)
    withheld = beside[own] | hidden(kpis, own, whole, parts, people=shown.people or 0, min_group=min_group)

    def of(kpi: Kpi) -> Kpi:
        if identity(kpi) not in withheld:
            return replace(kpi, parts=())  # who came in, and how, is a cut of the cut
        return replace(
            kpi,
            current=Measure(None, coverage=kpi.current.coverage),
            previous=None,
            change=NOT_COMPARED,
            caveats=(*kpi.caveats, WITHHELD),
            parts=(),
        )

    sections = tuple(Section(section.title, tuple(map(of, section.kpis))) for section in shown.sections)
    return replace(shown, sections=sections, bridge=None, figures=(), cohorts=None)
