"""`health`: how the community did in a period, beside the one before."""

from __future__ import annotations

from reports.asked import NamedReport
from reports.cuts import BY_PEOPLE
from reports.health import health_asked

REPORT = NamedReport(
    "health",
    "How the community did, compared with the period before.",
    health_asked,
    speaks_of_trailing_week=True,
    cuts=BY_PEOPLE,
)
