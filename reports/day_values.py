"""The numbers of each day of a closed week, and which of them analysts do not see.

Definition: docs/kpis.md, "Small groups".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from reports.community import DAILY
from reports.cut_values import CutKpi
from reports.days import Days, joined_and_left
from reports.material import Material
from reports.report import Kpi, Measure
from reports.small_groups import is_small, withheld


def day_values(material: Material, min_group: int) -> Iterator[CutKpi]:
    """Of an exact material. A month has none: its days are those of weeks."""
    if material.pair.this.is_month:
        return
    kpis = tuple(Days(material, joined_and_left(material)).kpis())
    for name in dict.fromkeys(kpi.name for kpi in kpis):
        of_days = [kpi for kpi in kpis if kpi.name == name]
        hidden = _hidden_days(name, of_days, min_group)
        yield from (CutKpi(_alone(kpi), kpi.cut in hidden) for kpi in of_days)


def _hidden_days(name: str, of_days: Collection[Kpi], min_group: int) -> Collection[str]:
    """Of whom joined or left a week has as many as its days together; of the active it has not."""
    cells = {kpi.cut: kpi.current.numerator or 0 for kpi in of_days}
    if name == DAILY:
        return [day for day, people in cells.items() if is_small(people, min_group)]
    return withheld(cells, min_group)


def _alone(kpi: Kpi) -> Kpi:
    """Without how many were here: from day to day that tells who joined and who left."""
    now = kpi.current
    return replace(kpi, current=Measure(now.value, now.numerator, coverage=now.coverage), caveats=())
