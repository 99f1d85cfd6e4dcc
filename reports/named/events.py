"""`events`: what was held in the period, who came, and how its series do."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.details import detail_asked

REPORT = NamedReport(
    "events",
    "What was held in the period, who came, and how its series do.",
    partial(detail_asked, "events"),
    cuts=("tier", "platform", "joined", "event_type"),  # series look back further than a segment is settled
)
