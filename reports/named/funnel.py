"""`funnel`: how far newcomers get, from joining to a first command to a first event."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.details import detail_asked

REPORT = NamedReport(
    "funnel",
    "How far newcomers get: from joining to a first command to a first event.",
    partial(detail_asked, "funnel"),
    cuts=("tier", "platform"),  # its cohort is the newest whose time is over, whatever is asked
)
