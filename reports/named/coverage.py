"""`coverage`: what was recorded in the period, and what was missed."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.details import detail_asked

REPORT = NamedReport(
    "coverage",
    "What was recorded in the period, and what was missed.",
    partial(detail_asked, "coverage"),
)
