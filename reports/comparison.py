"""Whether a number changed. Definitions: docs/kpis.md, "Intervals"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports.basis import MIN_N
from reports.catalogue import CATALOGUE
from reports.populations import People
from reports.report import Change, Kpi, Measure, Section, Verdict, Worth
from reports.statistics import holm, mcnemar_exact

LEVEL = 0.05

NOT_COMPARED = Change(None, None, None, None, Verdict.NOT_COMPARED, Worth.NEUTRAL)


def compare(name: str, current: Measure, previous: Measure, now_doing: People, then_doing: People) -> Change:
    """Tests a change on who was gained and who was lost between the two sets of people."""
    gained, lost = len(now_doing - then_doing), len(then_doing - now_doing)
    difference = _difference(current, previous)
    if _size(current) < MIN_N or _size(previous) < MIN_N or difference is None:
        return Change(difference, gained, lost, None, Verdict.TOO_FEW, Worth.NEUTRAL)
    return Change(
        difference=difference,
        gained=gained,
        lost=lost,
        p_value=mcnemar_exact(gained, lost),
        verdict=Verdict.WITHIN_NOISE,  # until every change of the report is known
        worth=_worth(name, difference),
    )


def tested_otherwise(name: str, difference: float, p_value: float) -> Change:
    """A change not tested on who was gained and lost; no verdict until every change is known."""
    return Change(difference, None, None, p_value, Verdict.WITHIN_NOISE, _worth(name, difference))


def _size(measure: Measure) -> int:
    """N: the people that the value speaks of; where they are not known, those that were counted."""
    if measure.denominator is not None:
        return measure.denominator
    return measure.numerator or 0


def _difference(current: Measure, previous: Measure) -> float | None:
    if current.value is None or previous.value is None:
        return None
    return current.value - previous.value


def _worth(name: str, difference: float) -> Worth:
    rise_is = CATALOGUE[name].rise_is
    if difference == 0 or rise_is is Worth.NEUTRAL:
        return Worth.NEUTRAL
    if difference > 0:
        return rise_is
    return Worth.WORSE if rise_is is Worth.BETTER else Worth.BETTER


def judged(sections: Iterable[Section], family: Iterable[Kpi] | None = None) -> tuple[Section, ...]:
    """Gives every tested change its verdict, after Holm's correction over the family: else over all of them.

    A family holds whatever is tested of a period; the sections show a part of it.
    """
    sections = tuple(sections)
    kpis = family if family is not None else (kpi for section in sections for kpi in section.kpis)
    tested = list({_identity(kpi): kpi for kpi in kpis if _is_tested(kpi)}.values())
    adjusted = holm([kpi.change.p_value or 0.0 for kpi in tested if kpi.change])
    clear = {
        _identity(kpi)
        for kpi, p_value in zip(tested, adjusted, strict=True)
        if p_value < LEVEL and _agrees(kpi)
    }

    def verdict_of(kpi: Kpi) -> Kpi:
        return _clearly(kpi) if _is_tested(kpi) and _identity(kpi) in clear else kpi

    return tuple(replace(section, kpis=tuple(map(verdict_of, section.kpis))) for section in sections)


def uncompared(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Without the values of the period before, and without verdicts on the difference."""
    return tuple(
        Section(
            section.title,
            tuple(replace(kpi, previous=None, change=NOT_COMPARED) for kpi in section.kpis),
        )
        for section in sections
    )


def _is_tested(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.p_value is not None


def _identity(kpi: Kpi) -> tuple[str, str]:
    return kpi.name, kpi.subject or kpi.cut


def _agrees(kpi: Kpi) -> bool:
    """A rate can fall while more people are gained than lost, because N grew: such a change is not clear."""
    change = kpi.change
    if not change or not change.difference:
        return False
    if change.gained is None or change.lost is None:
        return True  # it was tested on the rates themselves
    return change.difference * (change.gained - change.lost) > 0


def _clearly(kpi: Kpi) -> Kpi:
    return replace(kpi, change=replace(kpi.change, verdict=Verdict.CLEAR)) if kpi.change else kpi
