"""Answers to events: in recorded time the tables know who was interested, to the moment."""

from __future__ import annotations

from ..truth import Event, Truth
from .findings import Findings
from .rows import Rows, until
from .spans import FOREVER, Span, Spans, both, union, without


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    slack_ms, hidden_ms = truth.set_back_ms, truth.hidden_ms
    recorded, gaps = rows.heard("events", "recorded"), rows.missed("events")
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
            possible = union(
                (a.since.lo - slack_ms, a.until.hi + hidden_ms if a.until else FOREVER) for a in answers
            )
            if slack_ms:  # a gap that took no time by the clock is as near to an answer as the next one
                possible = union([*possible, *_since_a_gap(told, possible, gaps)])
            sure = union(
                (a.since.hi + hidden_ms, a.until.lo - slack_ms if a.until else FOREVER) for a in answers
            )
            seen = both([window], recorded)
            wrong = [*without(both(told, seen), possible), *without(both(sure, seen), told)]
            findings.expect(
                not wrong,
                "who is interested is known",
                lambda event=event, person=person, wrong=wrong, told=told: (
                    f"{person} in {event.event_id}: wrong {wrong}, told {told}, were {event.interest[person]}"
                ),
            )


def _since_a_gap(told: Spans, possible: Spans, gaps: Spans) -> Spans:
    starts = {start for start, _ in gaps}
    return [(start, possible[0][0]) for start, _ in told if possible and start in starts]


def _window(event: Event) -> Span:
    return event.holdings[0].known.hi, event.over.lo if event.over else FOREVER
