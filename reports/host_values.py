"""What the hosts of each tier led and carried in a closed period, and which of it analysts do not see.

Definition: docs/kpis.md, "Small groups". Single hosts are in no view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.cut_values import CutKpi
from reports.hosts_report import HostSections, hosting_tiers
from reports.material import Material
from reports.report import Kpi
from reports.small_groups import WITHHELD, is_small


def host_values(material: Material, min_group: int) -> Iterator[CutKpi]:
    """Of an exact material. Withheld where few people came, and of a tier in which few ever hosted."""
    leaders = hosting_tiers(material)
    few = {one.subject for one in leaders if is_small(len(one.people), min_group)}
    exact = HostSections(material, leaders)
    shown = HostSections(replace(material, smallest=min_group), leaders)
    for kpi, seen in zip(_kpis(exact), _kpis(shown), strict=True):
        tier = kpi.subject.removeprefix("tier:")
        bare = replace(
            kpi, cut_by="tier", cut=tier, subject="", previous=None, change=None, parts=(), caveats=()
        )
        yield CutKpi(bare, WITHHELD in seen.caveats or kpi.subject in few)


def _kpis(of_tiers: HostSections) -> Iterator[Kpi]:
    for section in (*of_tiers.load(""), *of_tiers.led("")):
        yield from section.kpis
