"""Which numbers of some people may be shown beside those of the others and of everybody.

Definition: docs/kpis.md, "Small groups".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from reports.catalogue import CATALOGUE, Count, Unit
from reports.community import MAIN
from reports.report import Kpi, Measure
from reports.segments import SEGMENTS
from reports.small_groups import is_small, withheld
from reports.table_withholding import Cell, withheld_cells

Identity = tuple[str, str, str]
Kpis = Mapping[Identity, Kpi]
OF_EVENTS = (Unit.COUNT,)  # a numerator that counts no people
OF_TOTALS = (Unit.PER_PERSON,)  # nor does what is shared among people
ALWAYS_SHOWN = frozenset({"recording_coverage"})  # speaks of the recording, and of nobody
# Active now = active before + came in − dropped out, who went quiet or left: each follows from the others.
OF_ONE_SUM = frozenset(
    {
        *("came_in", "dropped_out", "quick_ratio", "soft_attrition", "hard_attrition"),
        *("soft_churn", "hard_churn"),
    }
)
# A mean says how much of it there is in all: it is hidden where it is hidden of how many people that is.
MEANS = {
    "stickiness": MAIN,
    **dict.fromkeys(
        (
            *("voice_session_mean", "voice_session_median"),
            *("voice_sessions_per_active_member", "voice_hours_per_active_member"),
        ),
        frozenset({"voice_activity_rate"}),
    ),
}
OF_DAYS = frozenset({"stickiness"})  # neither of its two counts is of people
OF_SEGMENTS = tuple(f"segment_{name}" for name in SEGMENTS)  # with whoever left meanwhile: the exposed
DEPARTED = "departed_alumni"
REST = ""  # whoever is in none of the parts
LEFT = "left"  # exposed in the period, and in no segment at its end


def hidden(
    shown: Iterable[Kpi], own: str, whole: Kpis, parts: Mapping[str, Kpis], *, people: int, min_group: int
) -> frozenset[Identity]:
    """Those of the KPIs of a part that are too small, or would tell a small one of the rest.

    `parts`: the exact KPIs of disjoint parts, among them `own`. `people`: how many are in it.
    """
    shown = tuple(shown)
    found = {
        identity(kpi)
        for kpi in shown
        if kpi.name not in ALWAYS_SHOWN
        and (is_small(people, min_group) or _gives_away(kpi, own, whole, parts, min_group))
    }
    identities = tuple(map(identity, shown))
    found |= _of_the_sum(found, identities)
    return frozenset(found | _means_of(found, identities))


def hidden_side_by_side(
    whole: Kpis, parts: Mapping[str, Kpis], small: Mapping[str, frozenset[Identity]], min_group: int
) -> Mapping[str, frozenset[Identity]]:
    """The same of each part, where all of them are shown beside each other and the whole.

    `small`: what is of too few people already. Where a part's active people are hidden, all of it is: they
    and the exposed are in its other numbers, too. What is hidden for the sake of a sum must not follow from
    the other parts: so others are hidden with it, until nothing more is.
    """
    found = {own: set(small[own]) for own in parts}
    while True:
        before = {own: len(names) for own, names in found.items()}
        for of in {of for kpis in parts.values() for of in kpis if of[0] not in OF_SEGMENTS}:
            for own in _hidden_parts(of, whole, parts, found, min_group):
                found[own].add(of)
        for own, kpis in parts.items():
            found[own].update(_hidden_with_main(found[own], kpis) or _of_the_sum(found[own], kpis))
            found[own].update(_means_of(found[own], kpis))
        for own, of in _hidden_segments(whole, parts, found, min_group):
            found[own].add(of)
        if before == {own: len(names) for own, names in found.items()}:
            return {own: frozenset(names) for own, names in found.items()}


def _hidden_parts(
    of: Identity,
    whole: Kpis,
    parts: Mapping[str, Kpis],
    found: Mapping[str, Collection[Identity]],
    min_group: int,
) -> Collection[str]:
    """In which parts one number is hidden."""
    already = frozenset(own for own, names in found.items() if of in names)
    kinds = {kind for kpis in parts.values() if of in kpis for kind, _ in _counts(kpis[of], kpis[of].current)}
    more = (withheld(_cells(of, kind, whole, parts), min_group, already) for kind in kinds)
    return already.union(*more) & {own for own, kpis in parts.items() if of in kpis}


def _hidden_segments(
    whole: Kpis, parts: Mapping[str, Kpis], found: Mapping[str, Collection[Identity]], min_group: int
) -> Iterable[tuple[str, Identity]]:
    """In which parts which segment is hidden: of a part they add up, and of a segment the parts do.

    Whoever knows a part's exposed people knows from all its segments how many left, of whom its churn tells.
    """
    sizes = {own: _segment_sizes(kpis) for own, kpis in parts.items()}
    sizes[REST] = {
        column: size - sum(own.get(column, 0) for own in sizes.values())
        for column, size in _segment_sizes(whole).items()
    }
    table = {(own, column): max(0, size) for own, of_own in sizes.items() for column, size in of_own.items()}
    already: set[Cell] = {(own, name) for own, names in found.items() for name, *_ in names}
    already |= {(own, LEFT) for own, names in found.items() if any(name in OF_ONE_SUM for name, *_ in names)}
    hidden = withheld_cells(table, min_group, already)
    return [(own, of) for own, kpis in parts.items() for of in kpis if (own, of[0]) in hidden]


def _segment_sizes(kpis: Kpis) -> dict[str, int]:
    sizes = {kpi.name: kpi.current.numerator or 0 for kpi in kpis.values() if kpi.name in OF_SEGMENTS}
    exposed = [kpi.current.denominator for kpi in kpis.values() if kpi.name in MAIN]
    if sizes and exposed and exposed[0] is not None:
        sizes[LEFT] = max(0, exposed[0] - sum(sizes.values()))
    return sizes


def _hidden_with_main(found: Collection[Identity], shown: Iterable[Identity]) -> frozenset[Identity]:
    """Everything that is said of people, where their active ones are hidden, but for segments."""
    if not any(name in MAIN for name, *_ in found):
        return frozenset()
    return frozenset(one for one in shown if one[0] not in (*ALWAYS_SHOWN, *OF_SEGMENTS, DEPARTED))


def _of_the_sum(found: Collection[Identity], shown: Iterable[Identity]) -> frozenset[Identity]:
    """All numbers of the one sum, where any of them is hidden."""
    if not any(name in OF_ONE_SUM for name, *_ in found):
        return frozenset()
    return frozenset(one for one in shown if one[0] in OF_ONE_SUM)


def _means_of(found: Collection[Identity], shown: Iterable[Identity]) -> frozenset[Identity]:
    """The means of people whose number is hidden."""
    hidden_names = {name for name, *_ in found}
    return frozenset(one for one in shown if hidden_names & MEANS.get(one[0], frozenset()))


def identity(kpi: Kpi) -> Identity:
    return kpi.name, kpi.cut, kpi.subject


def _gives_away(kpi: Kpi, own: str, whole: Kpis, parts: Mapping[str, Kpis], min_group: int) -> bool:
    exact = parts[own].get(identity(kpi))
    if exact is None:
        return False
    has_counts = any(True for _ in _counts(exact, exact.current))
    if exact.current.value is not None and not has_counts and kpi.name not in MEANS:
        return True  # a mean of numbers that are not shown: nobody can tell how small they are
    for is_previous in (False, True):
        for kind, _ in _counts(exact, _measure(exact, is_previous)):
            cells = _cells(identity(kpi), kind, whole, parts, is_previous=is_previous)
            if own in withheld(cells, min_group):
                return True
    return False


def _cells(
    of: Identity, kind: str, whole: Kpis, parts: Mapping[str, Kpis], *, is_previous: bool = False
) -> dict[str, int]:
    cells = {part: _count(kpis.get(of), kind, is_previous) for part, kpis in parts.items()}
    return {**cells, REST: max(0, _count(whole.get(of), kind, is_previous) - sum(cells.values()))}


def _measure(kpi: Kpi | None, is_previous: bool) -> Measure | None:
    return None if kpi is None else kpi.previous if is_previous else kpi.current


def _count(kpi: Kpi | None, kind: str, is_previous: bool) -> int:
    measure = _measure(kpi, is_previous)
    return dict(_counts(kpi, measure)).get(kind, 0) if kpi else 0


def _counts(kpi: Kpi, measure: Measure | None) -> Iterable[tuple[str, int]]:
    """The people that a number speaks of: those counted, all of them, and the others."""
    if measure is None:
        return
    if kpi.name in OF_DAYS:
        return
    definition = CATALOGUE[kpi.name]
    part = None if Count.NUMERATOR in definition.in_seconds else measure.numerator
    whole = None if Count.DENOMINATOR in definition.in_seconds else measure.denominator
    if definition.unit in OF_EVENTS:
        part = None
        yield "events", 0
    if definition.unit in OF_TOTALS:
        part = None
    if part is not None:
        yield "counted", part
    if whole is not None:
        yield "all", whole
    if part is not None and whole is not None:
        yield "others", max(0, whole - part)
