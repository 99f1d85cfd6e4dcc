"""`growth`: who was active, who came in and who dropped out, from one period to the next."""

from __future__ import annotations

from functools import partial

from reports.asked import NamedReport
from reports.cuts import BY_PEOPLE
from reports.details import detail_asked

REPORT = NamedReport(
    "growth",
    "Who was active, who came in and who dropped out, from one period to the next.",
    partial(detail_asked, "growth"),
    cuts=BY_PEOPLE,
)
