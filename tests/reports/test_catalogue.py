from __future__ import annotations

from pathlib import Path

import pytest

from reports.catalogue import CATALOGUE, DEFINITIONS, STANDS_FOR, active_sources, label_of, resolve
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


def test_active_needs_the_sources_of_its_activities() -> None:
    assert active_sources(("voice", "command")) == ("commands", "voice")
    assert active_sources(("event",)) == ("voice",)  # who is at an event is in voice
    assert active_sources(("dota_match",)) == ()
    assert resolve(("qualifying", "members"), ("command",)) == ("commands", "members")


def test_a_cut_is_named_beside_the_label() -> None:
    assert label_of("recording_coverage", "voice") == "Recorded, voice"
