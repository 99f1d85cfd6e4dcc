"""Events: one row for every occurrence that was there to be seen, with what was seen of it."""

from __future__ import annotations

from typing import Any

from ..truth import Event, Holding, Moment, Truth
from .findings import Findings
from .rows import Rows
from .spans import FOREVER, Spans, both, without

OPEN = frozenset({"planned", "active"})


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    heard = rows.heard_once("events", "recorded", "late")
    recorded = rows.heard("events", "recorded")
    for row in rows.occurrences:
        event = truth.events.get(row["event_id"])
        findings.expect(
            event is not None
            and any(row["original_start_ms"] in holding.starts for holding in event.holdings),
            "an occurrence was planned",
            lambda row=row: str(tuple(row)),
        )
    for event in truth.events.values():
        for holding, following in zip(event.holdings, [*event.holdings[1:], None], strict=True):
            found = [
                row
                for row in rows.occurrences
                if row["event_id"] == event.event_id and row["original_start_ms"] in holding.starts
            ]
            findings.expect(
                len(found) <= 1,
                "an occurrence is one row",
                lambda found=found: str([tuple(row) for row in found]),
            )
            end = following.known if following else event.over
            current = [(holding.known.hi, end.lo if end else FOREVER)]
            if not found:
                findings.expect(
                    not both(current, heard), "an occurrence that was seen is a row", lambda h=holding: str(h)
                )
                continue
            _check_row(event, holding, found[0], recorded, findings, hidden_ms=truth.hidden_ms)


def _check_row(
    event: Event, holding: Holding, row: Any, recorded: Spans, findings: Findings, *, hidden_ms: int
) -> None:
    def said() -> str:
        return f"{holding}: {tuple(row)}"

    began, ended = holding.began, holding.ended
    findings.expect(
        row["status"] not in {"active", "completed"} or began is not None, "what took place had begun", said
    )
    if row["actual_start_ms"] is not None and not row["start_estimated"]:
        findings.expect(
            began is not None and began.lo <= row["actual_start_ms"] <= began.hi + hidden_ms,
            "a start is dated",
            said,
        )
    if row["actual_end_ms"] is not None and not row["end_estimated"]:
        findings.expect(
            ended is not None and ended.lo <= row["actual_end_ms"] <= ended.hi + hidden_ms,
            "an end is dated",
            said,
        )
    if began is not None and _is_in(began, recorded):
        findings.expect(row["actual_start_ms"] is not None, "a start that was seen is told", said)
    if ended is not None and _is_in(ended, recorded):
        findings.expect(row["status"] == "completed", "an end that was seen is told", said)
    # By a clock that stands behind it began before it was to: then the one before it may seem to go on.
    seems_early = bool(hidden_ms) and began is not None and began.lo < holding.starts[-1]
    is_unsure = seems_early and began is not None and not _is_in(began, recorded)
    if event.over is None and holding.status in OPEN and not is_unsure:
        findings.expect(row["status"] == holding.status, "what is to come stands as it is", said)
    if holding.status == "cancelled" and event.over is not None and _is_in(event.over, recorded):
        findings.expect(row["status"] == "cancelled", "what was called off is told", said)


def _is_in(moment: Moment, spans: Spans) -> bool:
    """Surely within, not on a border."""
    return not without([(moment.lo - 1, moment.hi + 1)], spans)
