"""Figures with ordinary and with extreme data, by chart and name. Each is drawn by the tests of its chart."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reports.figures import (
    AnyFigure,
    BridgeFigure,
    CoverageFigure,
    DigestFigure,
    EventFigure,
    EventsFigure,
    FunnelFigure,
    HostsFigure,
    RetentionFigure,
    SegmentsFigure,
    TrendFigure,
)

from .figures_bridge import BRIDGES
from .figures_coverage import COVERAGES
from .figures_digest import DIGESTS
from .figures_event import SINGLE_EVENTS
from .figures_events import EVENTS
from .figures_funnel import FUNNELS
from .figures_hosts import HOSTS
from .figures_retention import RETENTIONS
from .figures_segments import SEGMENTS
from .figures_trend import TRENDS

FIGURES: dict[str, Mapping[str, AnyFigure]] = {
    "trend": TRENDS,
    "bridge": BRIDGES,
    "segments": SEGMENTS,
    "retention": RETENTIONS,
    "event": SINGLE_EVENTS,
    "events": EVENTS,
    "funnel": FUNNELS,
    "hosts": HOSTS,
    "coverage": COVERAGES,
    "digest": DIGESTS,
}
ALL = [(kind, name) for kind, figures in FIGURES.items() for name in figures]


@pytest.fixture(params=ALL, ids=lambda figure: " ".join(figure).replace(" ", "-"))
def any_figure(request: pytest.FixtureRequest) -> AnyFigure:
    kind, name = request.param
    return FIGURES[kind][name]


@pytest.fixture(params=FIGURES)
def ordinary_figure(request: pytest.FixtureRequest) -> AnyFigure:
    return FIGURES[request.param]["ordinary"]


@pytest.fixture
def ordinary_figures() -> dict[str, AnyFigure]:
    return {kind: figures["ordinary"] for kind, figures in FIGURES.items()}


@pytest.fixture
def trends() -> dict[str, TrendFigure]:
    return TRENDS


@pytest.fixture
def bridges() -> dict[str, BridgeFigure]:
    return BRIDGES


@pytest.fixture
def segments() -> dict[str, SegmentsFigure]:
    return SEGMENTS


@pytest.fixture
def retentions() -> dict[str, RetentionFigure]:
    return RETENTIONS


@pytest.fixture
def single_events() -> dict[str, EventFigure]:
    return SINGLE_EVENTS


@pytest.fixture
def events() -> dict[str, EventsFigure]:
    return EVENTS


@pytest.fixture
def funnels() -> dict[str, FunnelFigure]:
    return FUNNELS


@pytest.fixture
def hosts() -> dict[str, HostsFigure]:
    return HOSTS


@pytest.fixture
def coverages() -> dict[str, CoverageFigure]:
    return COVERAGES


@pytest.fixture
def digests() -> dict[str, DigestFigure]:
    return DIGESTS
