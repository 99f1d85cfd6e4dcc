"""What is known of the record itself: how much of the time, of the stays, of the events and of the people."""

from __future__ import annotations

from datetime import date
from typing import Any

from .club import Club
from .commands import percentile
from .community import rate
from .seen import Known, milliseconds, moment_of

SOURCES = ("voice", "members", "events", "commands", "text")
READ_AFTERWARDS = "removals"  # the audit log tells after a gap what happened in it


def coverage(known: Known, this: list[date], now_ms: int) -> dict[str, Any]:
    from_ms = max(known.midnight(this[0]), known.since_ms)
    to_ms = min(known.midnight(date.fromordinal(this[-1].toordinal() + 1)), now_ms)
    lost_ms = sum(max(0, min(back, to_ms) - max(lost, from_ms)) for lost, back in known.gaps)
    whole = to_ms - from_ms
    share = 1 - lost_ms / whole
    found: dict[str, Any] = {"recording_coverage": share, f"recording_coverage {READ_AFTERWARDS}": 1.0}
    for source in (*SOURCES, READ_AFTERWARDS):
        found.setdefault(f"recording_coverage {source}", share)
        is_late = source == READ_AFTERWARDS
        parts = {"recorded": whole - lost_ms, "late": lost_ms * is_late, "gap": lost_ms * (not is_late)}
        for state, length in parts.items():
            found[f"{state}_seconds {source}"] = (length / 1000, length // 1000, whole // 1000)
    return found


def estimated_sessions(club: Club, this: list[date]) -> tuple[float | None, int, int]:
    """Of the stays in voice with time that qualifies: those whose beginning or end nobody saw."""
    sessions = {
        piece.session
        for day in this
        for piece, _ in club.pieces[day]
        if piece.user_id in club.exposed(this) and day in club.did[piece.user_id]["voice"]
    }
    unseen = sessions & club.estimated
    return (len(unseen) / len(sessions) if sessions else None), len(unseen), len(sessions)


def id_coverage(club: Club, this: list[date]) -> dict[str, Any]:
    end = club.end_of(this[-1])
    active = club.active(this)
    linked: dict[str, set[int]] = {}
    for _, kind, data in club.known.seen:
        if kind == "ACCOUNT" and milliseconds(data["at"]) < end:
            linked.setdefault(data["platform"], set()).add(int(data["person"]))
    anywhere = set().union(*linked.values())
    return {
        "id_coverage": rate(len(active & anywhere), len(active)),
        **{
            f"id_coverage {platform}": rate(len(active & people), len(active))
            for platform, people in linked.items()
        },
    }


def event_completeness(club: Club, this: list[date], now_ms: int) -> dict[str, Any]:
    """Of the occurrences that began in the period, or were to, and are over; cancelled ones are none."""
    days, people = set(this), set(club.people)
    over = [
        holding
        for holding in club.programme.holdings
        if not holding.is_cancelled
        and club.known.day(holding.window[0] if holding.window else holding.planned_start) in days
        and max(holding.planned[1] if holding.ended is None else 0, holding.ended or 0) <= now_ms
    ]
    timed = [one for one in over if one.began is not None and one.ended is not None]
    attended = [one for one in over if one.window and one.attended() & people]
    both = [one for one in timed if one in attended]
    return {
        name: rate(len(part), len(over))
        for name, part in (
            ("events_with_times", timed),
            ("events_with_attendance", attended),
            ("event_completeness", both),
        )
    }


def drift(known: Known, this: list[date]) -> tuple[float, int, int] | None:
    """Of the newest whole list of the period; the first one of all has nothing to be held against."""
    believed: set[int] | None = None
    listed, found = set[int](), None
    for at_ms, kind, data in known.seen:
        if kind == "GUILD_MEMBERS_CHUNK":
            listed |= {int(member["user"]["id"]) for member in data["members"]}
            if data["chunk_index"] == data["chunk_count"] - 1:
                aside = {user for user, moment in known.opted_out.items() if moment <= at_ms}
                here = listed - aside
                if believed is not None and known.day(at_ms) in set(this):
                    apart = here ^ (believed - aside)
                    found = len(apart) / len(here), len(apart), len(here)
                believed, listed = set(listed), set()
        elif believed is not None and kind == "GUILD_MEMBER_ADD":
            believed.add(int(data["user"]["id"]))
        elif believed is not None and kind == "GUILD_MEMBER_REMOVE":
            believed.discard(int(data["user"]["id"]))
    return found


def lag(club: Club, this: list[date]) -> dict[str, Any]:
    """Of joins, messages and commands, which carry their moment: how much later they were heard of."""
    known, after, heard = club.known, list[int](), set[tuple[str, int]]()
    for at_ms, kind, data in known.seen:
        told = _moment(kind, data)
        if told is None:
            continue
        what, user_id, happened_ms = told
        is_new = what not in heard  # whoever tells of it first: a command and its answer are two things
        heard.add(what)
        opted_out = known.opted_out.get(user_id)
        if is_new and (opted_out is None or at_ms < opted_out) and known.day(at_ms) in set(this):
            after.append(max(0, at_ms - happened_ms))
    return {
        f"recording_lag_p{percent}": (percentile(after, percent), None, len(after)) for percent in (50, 95)
    }


def _moment(kind: str, data: dict[str, Any]) -> tuple[tuple[str, int], int, int] | None:
    """What happened, to whom, and when."""
    if kind == "GUILD_MEMBER_ADD":
        user, joined_ms = int(data["user"]["id"]), milliseconds(data["joined_at"])
        return (f"joined {joined_ms}", user), user, joined_ms
    if kind == "INTERACTION_CREATE":
        return ("asked", int(data["id"])), int(data["member"]["user"]["id"]), moment_of(data["id"])
    if kind == "MESSAGE_CREATE" and data.get("interaction"):
        asked = data["interaction"]
        return ("answered", int(asked["id"])), int(asked["user"]["id"]), moment_of(asked["id"])
    if kind == "MESSAGE_CREATE":
        return ("wrote", int(data["id"])), int(data["author"]["id"]), moment_of(data["id"])
    return None
