"""Answers to events: in recorded time the tables know who was interested, to the moment."""

from __future__ import annotations

from ..truth import Event, Truth
from .findings import Findings
from .rows import Rows, until
from .spans import FOREVER, Span, both, union, without


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    slack_ms = truth.set_back_ms
    recorded, gaps = rows.covered("events", "recorded"), rows.covered("events", "gap")
    for event in truth.events.values():
        window = _window(event)
        if truth.lists_failed or (event.over is not None and both([window], gaps)):
            continue  # what was missed, only a list could have told
        for person in truth.people:
            if person in truth.doomed or person in truth.bots:
                continue
            told = union(
                (row["from_ms"], until(row["to_ms"]))
                for row in rows.rsvps
                if row["event_id"] == event.event_id
                and row["interested"]
                and rows.person.get(row["member_no"]) == person
            )
            answers = event.interest[person]
            possible = union((a.since.lo - slack_ms, a.until.hi if a.until else FOREVER) for a in answers)
            sure = union((a.since.hi, a.until.lo - slack_ms if a.until else FOREVER) for a in answers)
            seen = both([window], recorded)
            wrong = [*without(both(told, seen), possible), *without(both(sure, seen), told)]
            findings.expect(
                not wrong,
                "who is interested is known",
                lambda event=event, person=person, wrong=wrong, told=told: (
                    f"{person} in {event.event_id}: wrong {wrong}, told {told}, were {event.interest[person]}"
                ),
            )


def _window(event: Event) -> Span:
    return event.holdings[0].known.hi, event.over.lo if event.over else FOREVER
