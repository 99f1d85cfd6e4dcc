"""The log: what Discord was told we have stands in it, once, and nothing else; nobody withdrawn does."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ..truth import Sent, Truth
from .findings import Findings
from .rows import Rows

Fact = tuple[object, ...]


def check(truth: Truth, rows: Rows, findings: Findings) -> None:
    doomed, excluded = set(truth.doomed), truth.ever_excluded()
    sent = [one for one in truth.sent if _is_compared(one, doomed, excluded)]
    possible = Counter(_fact(one) for one in sent)
    told = Counter(_fact(one) for one in sent if one.is_told)
    logged = Counter(
        fact
        for row in rows.log
        if (fact := _logged(row, rows)) is not None and not _names(fact, doomed, excluded)
    )
    for fact, times in told.items():
        if excluded and fact[0] in ANSWERS:
            continue  # of an event of which nobody told this process whether it may be kept
        findings.expect(
            logged[fact] >= times,
            "what was acknowledged is recorded",
            lambda fact=fact, times=times: f"{fact}: acknowledged {times}, recorded {logged[fact]}",
        )
    for fact, times in logged.items():
        findings.expect(
            times <= possible[fact],
            "each dispatch is recorded once",
            lambda fact=fact, times=times: f"{fact}: sent {possible[fact]}, recorded {times}",
        )
    _check_withdrawn(truth, rows, findings)


def _is_compared(sent: Sent, doomed: set[int], excluded: set[int]) -> bool:
    return sent.fact is not None and not _names(_fact(sent), doomed, excluded)


def _fact(sent: Sent) -> Fact:
    assert sent.fact is not None
    return (*sent.fact, sent.person)


def _names(fact: Fact, doomed: set[int], excluded: set[int]) -> bool:
    """Somebody who withdrew; or voice, where an excluded channel turns into nowhere."""
    return fact[-1] in doomed or (
        fact[0] == "VOICE_STATE_UPDATE" and bool(excluded) and fact[1] in (None, *excluded)
    )


ANSWERS = frozenset({"GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE"})
DETAIL = {
    "GUILD_MEMBER_ADD": "joined_at_ms",
    "VOICE_STATE_UPDATE": "channel_id",
    "INTERACTION_CREATE": "interaction_id",
    "GUILD_SCHEDULED_EVENT_CREATE": "event_id",
    "GUILD_SCHEDULED_EVENT_UPDATE": "event_id",
    "GUILD_SCHEDULED_EVENT_DELETE": "event_id",
    "GUILD_SCHEDULED_EVENT_USER_ADD": "event_id",
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": "event_id",
}
PLAIN = frozenset({"GUILD_MEMBER_REMOVE", "GUILD_MEMBER_UPDATE", "GUILD_CREATE", "GUILD_DELETE"})


def _logged(row: Any, rows: Rows) -> Fact | None:
    if row["member_no"] is not None and row["member_no"] not in rows.person:
        return None  # somebody who was erased
    person = rows.person.get(row["member_no"])
    if row["type"] in PLAIN:
        return row["type"], person
    if row["type"] not in DETAIL:
        return None
    body = json.loads(row["body"])
    if "occupant" in body:
        return None  # somebody who withdrew, without a name
    detail = body[DETAIL[row["type"]]]
    return row["type"], None if detail is None else int(detail), person


def _check_withdrawn(truth: Truth, rows: Rows, findings: Findings) -> None:
    since = {person: at_ms for person, at_ms in truth.withdrawn.items() if not truth.clock_was_set_back}
    for row in rows.log:
        person = rows.person.get(row["member_no"])
        if person in since and row["type"] != "MEMBER_WITHDRAWN":
            findings.expect(
                row["recorded_at_ms"] <= since[person],
                "nothing is recorded after a withdrawal",
                lambda row=row: f"{row['type']} at {row['recorded_at_ms']}",
            )
