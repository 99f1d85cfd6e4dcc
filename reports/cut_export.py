"""A cut report that is handed on: small groups are not in it, nor what would give them away.

Definition: docs/kpis.md, "Small groups".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.asked import Asked, NamedReport
from reports.catalogue import CATALOGUE, Unit
from reports.comparison import NOT_COMPARED
from reports.cuts import EVERYBODY, Cut, NoSuchPart
from reports.report import Kpi, Measure, Report, Section
from reports.segments import SEGMENTS
from reports.settings import ReportSettings
from reports.small_groups import WITHHELD, is_small, withheld
from storage.rules import NO_TIER, Rules

Identity = tuple[str, str, str]
Kpis = Mapping[Identity, Kpi]
OF_EVENTS = (Unit.COUNT,)  # a numerator that counts no people
ALWAYS_SHOWN = frozenset({"recording_coverage"})  # speaks of the recording, and of nobody
# Active now = active before + came in − dropped out, who went quiet or left: each follows from the others.
OF_ONE_SUM = frozenset(
    {
        *("came_in", "dropped_out", "quick_ratio", "soft_attrition", "hard_attrition"),
        *("soft_churn", "hard_churn"),
    }
)
REST = ""  # whoever is in none of the parts


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
        return {_identity(kpi): kpi for section in made.sections for kpi in section.kpis}

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

    def is_hidden(kpi: Kpi) -> bool:
        return kpi.name not in ALWAYS_SHOWN and (
            is_small(shown.people or 0, min_group) or _gives_away(kpi, shown.cut.key, whole, parts, min_group)
        )

    kpis = [kpi for section in shown.sections for kpi in section.kpis]
    hidden = {_identity(kpi) for kpi in kpis if is_hidden(kpi)}
    if any(_identity(kpi) in hidden for kpi in kpis if kpi.name in OF_ONE_SUM):
        hidden |= {_identity(kpi) for kpi in kpis if kpi.name in OF_ONE_SUM}

    def of(kpi: Kpi) -> Kpi:
        if _identity(kpi) not in hidden:
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
    return replace(shown, sections=sections, bridge=None, figures=())


def _gives_away(kpi: Kpi, own: str, whole: Kpis, parts: Mapping[str, Kpis], min_group: int) -> bool:
    exact = parts[own].get(_identity(kpi))
    if exact is None:
        return False
    if exact.current.value is not None and not any(True for _ in _counts(exact, exact.current)):
        return True  # a mean of numbers that are not shown: nobody can tell how small they are
    for is_previous in (False, True):
        for kind, _ in _counts(exact, _measure(exact, is_previous)):
            cells = {
                part: _count(kpis.get(_identity(kpi)), kind, is_previous) for part, kpis in parts.items()
            }
            everybody = _count(whole.get(_identity(kpi)), kind, is_previous)
            cells[REST] = max(0, everybody - sum(cells.values()))
            if own in withheld(cells, min_group):
                return True
    return False


def _measure(kpi: Kpi | None, is_previous: bool) -> Measure | None:
    return None if kpi is None else kpi.previous if is_previous else kpi.current


def _count(kpi: Kpi | None, kind: str, is_previous: bool) -> int:
    measure = _measure(kpi, is_previous)
    return dict(_counts(kpi, measure)).get(kind, 0) if kpi else 0


def _counts(kpi: Kpi, measure: Measure | None) -> Iterable[tuple[str, int]]:
    """The people that a number speaks of: those counted, all of them, and the others."""
    if measure is None:
        return
    part, whole = measure.numerator, measure.denominator
    if CATALOGUE[kpi.name].unit in OF_EVENTS:
        part = None
        yield "events", 0
    if part is not None:
        yield "counted", part
    if whole is not None:
        yield "all", whole
    if part is not None and whole is not None:
        yield "others", max(0, whole - part)


def _identity(kpi: Kpi) -> Identity:
    return kpi.name, kpi.cut, kpi.subject
