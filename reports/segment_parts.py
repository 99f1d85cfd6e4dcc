"""The segments' sizes by tier and by platform, beside everybody's. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.cut_people import load_everybody
from reports.cut_values import Cutter
from reports.cuts import DISCORD_ONLY
from reports.material import Material
from reports.platforms import by_platform, load_links, with_discord_only
from reports.populations import People
from reports.report import Kpi, Measure, Section
from reports.segment_kpis import segment_kpis
from reports.small_groups import WITHHELD
from reports.tiers import partition

Withheld = Collection[tuple[str, str, str]]  # what it is cut by, to what, and the KPI
TITLES = {"tier": "By tier", "platform": "By platform"}


async def segment_sections(
    conn: AsyncConnection, material: Material, whole: Iterable[Kpi]
) -> tuple[Section, ...]:
    """A row for each tier and platform that anybody is in. `whole`: everybody's sizes, as they are shown.

    What is withheld is what the views withhold of these parts, and every segment that is so of everybody.
    """
    guild_id, end_ms = material.records.guild_id, material.pair.this.end_ms
    everybody = await load_everybody(conn, guild_id)
    platforms = by_platform(await load_links(conn, guild_id, end_ms), end_ms)
    withheld: Withheld = ()
    if material.smallest:
        cutter = Cutter(material.exact(), everybody, platforms, material.smallest)
        cuts = ((cut.kpi, cut.is_withheld) for cut in cutter.kpis())
        withheld = frozenset((kpi.cut_by, kpi.cut, kpi.name) for kpi, is_withheld in cuts if is_withheld)
    parts = {
        "tier": partition(material.tiers, everybody),
        "platform": with_discord_only(platforms, everybody),
    }
    rows = SegmentRows(material, tuple(whole), withheld)
    made = (
        Section(TITLES[cut_by], tuple(rows.of(cut_by, people)), is_table=True)
        for cut_by, people in parts.items()
        if len(people) > 1  # one alone is everybody
    )
    return tuple(section for section in made if section.kpis)


@dataclass(frozen=True, slots=True)
class SegmentRows:
    material: Material
    whole: tuple[Kpi, ...]
    withheld: Withheld

    def of(self, cut_by: str, parts: Mapping[str, People]) -> Iterator[Kpi]:
        for name, people in parts.items():
            row = [self._seen(kpi, cut_by, name) for kpi in self._sizes(people)]
            if any(kpi.current.value != 0 for kpi in row):
                yield from row

    def _sizes(self, people: People) -> Iterator[Kpi]:
        """Of every segment that everybody's sizes name."""
        of = self.material
        lifecycle, before = of.lifecycle.with_segments_of(people), of.before.among(people)
        sizes = {kpi.name: kpi for kpi in segment_kpis(lifecycle, 0, before)}
        for whole in self.whole:
            nobody = Kpi(whole.name, Measure(0, 0, coverage=whole.current.coverage))
            yield sizes.get(whole.name, nobody)

    def _seen(self, kpi: Kpi, cut_by: str, name: str) -> Kpi:
        label = "Discord only" if name == DISCORD_ONLY else wording.sentence(name)
        cut = replace(kpi, cut=label, cut_by=cut_by, subject=f"{cut_by}:{name}")
        of_everybody = next(whole for whole in self.whole if whole.name == kpi.name)
        is_hidden = (cut_by, name, kpi.name) in self.withheld or WITHHELD in of_everybody.caveats
        if is_hidden and kpi.current.value:
            return replace(
                cut, current=Measure(None, coverage=kpi.current.coverage), previous=None, caveats=(WITHHELD,)
            )
        return replace(cut, previous=None) if self.material.smallest else cut
