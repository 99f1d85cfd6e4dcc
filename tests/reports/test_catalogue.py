from __future__ import annotations

from pathlib import Path

import pytest

from reports.catalogue import (
    CATALOGUE,
    DEFINITIONS,
    LAYERS,
    STANDS_FOR,
    active_sources,
    label_of,
    layer_of,
    resolve,
)
from reports.catalogue_page import page

PAGE = Path(__file__).parents[2] / "docs" / "kpis.md"


def test_the_page_is_what_the_catalogue_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m reports.catalogue_page > docs/kpis.md"


def test_every_kpi_is_listed_once() -> None:
    assert len(CATALOGUE) == len(DEFINITIONS)
    labels = [definition.label for definition in DEFINITIONS if definition.name not in STANDS_FOR]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.name)
def test_every_kpi_says_what_it_needs_and_fits_on_a_line(definition: object) -> None:
    texts = (definition.meaning, definition.formula, definition.numerator, definition.denominator)
    assert all(texts)
    assert definition.sources
    assert len(definition.label) <= 24


def test_every_kpi_belongs_to_those_who_ask_for_it() -> None:
    assert {layer_of(definition.name) for definition in DEFINITIONS} <= set(LAYERS)
    assert layer_of("hard_churn") == "community"
    assert layer_of("funnel_any_event") == "platform"
    assert layer_of("event_completeness") == "quality"


def test_what_stands_for_another_in_a_month_is_called_as_it_or_says_more() -> None:
    for monthly, weekly in STANDS_FOR.items():
        assert CATALOGUE[monthly].unit == CATALOGUE[weekly].unit
        assert CATALOGUE[monthly].rise_is == CATALOGUE[weekly].rise_is


def test_active_needs_the_sources_of_its_activities() -> None:
    assert active_sources(("voice", "command")) == ("commands", "voice")
    assert active_sources(("event",)) == ("voice",)  # who is at an event is in voice
    assert active_sources(("dota_match",)) == ()
    assert resolve(("qualifying", "members"), ("command",)) == ("commands", "members")


def test_a_cut_is_named_beside_the_label() -> None:
    assert label_of("recording_coverage", "voice") == "Recorded, voice"
