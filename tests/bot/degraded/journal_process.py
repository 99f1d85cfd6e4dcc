"""Writes a journal in FOLDER as fast as it can, to be killed; says the number that is durable."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from storage.event import Event, Source
from storage.journal import GatewayMark, GatewaySession, Journal

PADDING = b'{"x": "' + b"y" * 400 + b'"}'


def event(number: int) -> Event:
    return Event(
        key=number.to_bytes(16),
        guild_id=1,
        source=Source.GATEWAY,
        type="MESSAGE_CREATE",
        occurred_from_ms=number,
        occurred_to_ms=number,
        recorded_at_ms=number,
        person=None,
        body=PADDING,
    )


def unexpected(item: object, error: Exception) -> Event:
    raise AssertionError(f"{item} cannot be encoded") from error


def main(folder: Path) -> None:
    journal = Journal.open(folder / "journal.db", lambda number: [event(number)], unexpected)
    journal.open_session(GatewaySession(0, "session", "", 0, 0, 0, 0, ""))
    told, number = "", 0
    while True:
        for _ in range(50):
            number += 1
            journal.append(number, GatewayMark(0, "session", number, number))
        time.sleep(0.005)
        session = journal.durable(0)
        saying = f"{session.sequence if session else 0} {'full' if journal.problem else 'fine'}"
        if saying != told:
            sys.stdout.write(saying + "\n")
            sys.stdout.flush()
            told = saying


main(Path(sys.argv[1]))
