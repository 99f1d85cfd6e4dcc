"""`retention`: whether newcomers stay: retention by join cohort, and their first steps."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.details import detail_asked

REPORT = NamedReport(
    "retention",
    "Whether newcomers stay: retention by join cohort, and their first steps.",
    partial(detail_asked, "retention"),
    cuts=("tier", "platform", "joined"),  # who is core stayed: of a segment it would say nothing
)
