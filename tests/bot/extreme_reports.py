"""Sections of reports such as no community would give, but data may."""

from __future__ import annotations

from hypothesis import strategies as st

from reports.catalogue import DEFINITIONS
from reports.report import Change, Kpi, Limit, Measure, Section, Side, Verdict, Worth

# generated text is short: long ones are made by repeating it
texts = st.builds(str.__mul__, st.text(max_size=8), st.sampled_from([1, 5, 60]))
shares = st.one_of(st.none(), st.floats(-1e9, 1e9))
measures = st.builds(
    Measure,
    value=shares,
    numerator=st.one_of(st.none(), st.integers(0, 10**6)),
    denominator=st.one_of(st.none(), st.integers(0, 10**6)),
    interval=st.none(),
    coverage=st.floats(0, 1),
)
changes = st.builds(
    Change,
    difference=st.one_of(st.none(), st.floats(-1e6, 1e6)),
    gained=st.none(),
    lost=st.none(),
    p_value=st.floats(0, 1),
    verdict=st.sampled_from(Verdict),
    worth=st.sampled_from(Worth),
)
kpis = st.builds(
    Kpi,
    name=st.sampled_from([definition.name for definition in DEFINITIONS]),
    current=measures,
    previous=st.one_of(st.none(), measures),
    change=st.one_of(st.none(), changes),
    cut=st.text(max_size=40),
    limit=st.one_of(st.none(), st.builds(Limit, st.sampled_from(Side), st.floats(-1e6, 1e6))),
)


def _few_or_many(elements, many):
    several = st.lists(elements, max_size=3), st.lists(elements, min_size=many, max_size=many)
    return st.one_of(*several).map(tuple)


sections = st.builds(Section, title=texts, kpis=_few_or_many(kpis, 20))
