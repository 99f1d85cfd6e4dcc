"""`segments`: who is fresh, new, regular, core, dormant or gone quiet at the end of the period."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.cuts import BY_PEOPLE
from reports.details import detail_asked

REPORT = NamedReport(
    "segments",
    "Who is fresh, new, regular, core, dormant or gone quiet at the end of the period.",
    partial(detail_asked, "segments"),
    cuts=BY_PEOPLE,
)
