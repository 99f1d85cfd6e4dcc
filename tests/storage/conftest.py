"""Histories for the fold: rows of a log, written down as a story."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import msgspec
import pytest

from storage import event_log
from storage.database import Warehouse
from storage.event import LogRow
from storage.fold.batch import SetAside, take_in
from storage.fold.changes import Changes
from storage.fold.state import GuildState
from storage.rules import Rules

THE_BOT = 99_999
ALL_SOURCES = ("voice", "members", "events", "commands")


def utc(moment: str | int) -> int:
    """Milliseconds of "2026-03-02 10:00" in UTC; milliseconds stay as they are."""
    if isinstance(moment, int):
        return moment
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


class History:
    """Each line appends one row. `at` is the moment; with `until`, the moment lies somewhere between."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []
        self.events: dict[int, dict[str, object]] = {}  # as Discord would show them
        self.creators: dict[int, int | None] = {}

    def row(
        self,
        type: str,
        person: int | None,
        body: dict[str, object],
        at: str | int,
        until: str | int | None = None,
        source: str = "gateway",
        others: dict[str, list[int]] | None = None,
    ) -> None:
        from_ms, to_ms = utc(at), utc(at if until is None else until)
        encoded = msgspec.json.encode(body).decode()
        people = msgspec.json.encode(others).decode() if others else None
        position = len(self.rows) + 1
        self.rows.append(LogRow(position, 1, source, type, person, people, from_ms, to_ms, to_ms, encoded))

    def joins(self, person: int, at: str | int, roles: Iterable[int] = (), bot: bool = False) -> None:
        body = {"joined_at_ms": utc(at), "roles": [str(role) for role in roles], "bot": bot}
        self.row("GUILD_MEMBER_ADD", person, body, at)

    def leaves(self, person: int, at: str | int, until: str | int | None = None) -> None:
        self.row("GUILD_MEMBER_REMOVE", person, {"bot": False}, at, until)

    def removes(
        self, person: int, at: str | int, action: int = 20, *, entry: int = 1, told: str | int | None = None
    ) -> None:
        """The audit log's entry of a kick, or a ban: told when it happened, or later."""
        self._audit_row(person, {"entry_id": str(entry), "action": action}, at, told)

    def prunes(self, number: int, at: str | int, *, entry: int = 1, told: str | int | None = None) -> None:
        body = {"entry_id": str(entry), "action": 21, "members_removed": str(number)}
        self._audit_row(None, body, at, told)

    def _audit_row(
        self, person: int | None, body: dict[str, object], at: str | int, told: str | int | None
    ) -> None:
        self.row("GUILD_AUDIT_LOG_ENTRY_CREATE", person, body, at)
        if told is not None:
            self.rows[-1] = msgspec.structs.replace(self.rows[-1], recorded_at_ms=utc(told))

    def changes(
        self,
        person: int,
        at: str | int,
        roles: Iterable[int] = (),
        joined: str | int | None = None,
        until: str | int | None = None,
        bot: bool = False,
    ) -> None:
        body = {
            "roles": [str(role) for role in roles],
            "joined_at_ms": None if joined is None else utc(joined),
            "bot": bot,
        }
        self.row("GUILD_MEMBER_UPDATE", person, body, at, until)

    def lists_members(
        self,
        at: str | int,
        joined: dict[int, str | int],
        complete: bool = True,
        snapshot: str = "m",
        bots: Iterable[int] = (THE_BOT,),
    ) -> None:
        """Lists members; this bot is always among them."""
        for person, joined_at in {THE_BOT: 0, **joined}.items():
            body = {
                "snapshot": snapshot,
                "joined_at_ms": utc(joined_at),
                "roles": [],
                "bot": person in bots,
            }
            self.row("SNAPSHOT_MEMBER", person, body, at)
        end = {"snapshot": snapshot, "members": len(joined) + 1, "complete": complete}
        self.row("SNAPSHOT_MEMBERS_END", None, end, at)

    def withdraws(self, person: int, at: str | int) -> None:
        self.row("MEMBER_WITHDRAWN", person, {}, at, source="recorder")

    def voice(
        self,
        person: int | str,
        channel: int | None,
        at: str | int,
        deaf: bool = False,
        bot: bool | None = False,
        until: str | int | None = None,
    ) -> None:
        self._voice_row("VOICE_STATE_UPDATE", person, _voice_body(channel, deaf, bot), at, until)

    def lists_voice(self, at: str | int, channels: dict[int | str, int], snapshot: str = "v") -> None:
        for person, channel in channels.items():
            body = {**_voice_body(channel, deaf=False, bot=None), "snapshot": snapshot}
            self._voice_row("SNAPSHOT_VOICE_STATE", person, body, at, None)
        self.row("SNAPSHOT_VOICE_END", None, {"snapshot": snapshot, "occupants": len(channels)}, at)

    def _voice_row(
        self, type: str, person: int | str, body: dict[str, object], at: str | int, until: str | int | None
    ) -> None:
        if isinstance(person, str):
            self.row(type, None, {**body, "occupant": person}, at, until)
        else:
            self.row(type, person, body, at, until)

    def guild(self, at: str | int, afk_channel: int | None) -> None:
        channel = None if afk_channel is None else str(afk_channel)
        self.row("GUILD_UPDATE", None, {"afk_channel_id": channel}, at)

    def has_places(self, channel: int, places: int, at: str | int) -> None:
        self.row("CHANNEL_UPDATE", None, {"channel_id": str(channel), "places": places}, at)

    def covered(
        self,
        at: str | int,
        until: str | int,
        state: str = "recorded",
        cause: str | None = None,
        sources: Iterable[str] = ALL_SOURCES,
    ) -> None:
        body = {"state": state, "cause": cause, "sources": list(sources)}
        self.row("COVERAGE", None, body, at, until, source="recorder")

    def invokes(
        self,
        person: int | None,
        interaction: int,
        at: str | int,
        command: str,
        application: int = 7,
        **options: object,
    ) -> None:
        body = {
            "interaction_id": str(interaction),
            "application_id": str(application),
            "command": command,
            "options": options,
        }
        self.row("INTERACTION_CREATE", person, body, at)

    def completes(
        self, person: int | None, interaction: int, at: str | int, outcome: str = "success"
    ) -> None:
        body = {
            "interaction_id": str(interaction),
            "outcome": outcome,
            "error_type": "ValueError" if outcome == "error" else None,
            "latency_ms": 120,
        }
        self.row("COMMAND_COMPLETED", person, body, at, source="recorder")

    def answered(
        self, person: int | None, interaction: int, at: str | int, command: str, application: int = 8
    ) -> None:
        """A command that is seen by the message which answered it."""
        body = {
            "interaction_id": str(interaction),
            "application_id": str(application),
            "command": command,
        }
        self.row("COMMAND_ANSWERED", person, body, at)

    def writes(self, person: int, *moments: str | int) -> None:
        for at in moments:
            self.row("MESSAGE_CREATE", person, {"channel_id": "60"}, at)

    def notes(self, person: int, activity: str, at: str | int, count: int = 1, minutes: int = 0) -> None:
        """What somebody did elsewhere."""
        body = {
            "activity": activity,
            "count": count,
            "duration_ms": minutes * 60_000,
            "at_ms": utc(at),
        }
        self.row("ACTIVITY_NOTED", person, body, at, source="import")

    # -------------------------------------------------------------------- events

    def schedules(
        self,
        event: int,
        at: str | int,
        start: str | int,
        end: str | int | None = None,
        *,
        channel: int | None = 50,
        title: str = "Inhouse",
        recurs: bool = False,
        creator: int | None = None,
    ) -> None:
        self.events[event] = {
            "event_id": str(event),
            "title": title,
            "status": 1,
            "entity_type": 3 if channel is None else 2,
            "scheduled_start_ms": utc(start),
            "scheduled_end_ms": None if end is None else utc(end),
            "channel_id": None if channel is None else str(channel),
            "recurrence_start_ms": utc(start) if recurs else None,
            "exceptions": [],
        }
        self.creators[event] = creator
        self._event_row("GUILD_SCHEDULED_EVENT_CREATE", event, at, None)

    def edits(self, event: int, at: str | int, until: str | int | None = None, **fields: object) -> None:
        """An event's fields as they are from now on: moments may be written as text."""
        moments = {name: utc(value) for name, value in fields.items() if name.endswith("_ms") and value}  # type: ignore[arg-type]
        self.events[event] = {**self.events[event], **fields, **moments}
        self._event_row("GUILD_SCHEDULED_EVENT_UPDATE", event, at, until)

    def starts(self, event: int, at: str | int, until: str | int | None = None) -> None:
        self.edits(event, at, until, status=2)

    def ends(
        self, event: int, at: str | int, until: str | int | None = None, following: str | int | None = None
    ) -> None:
        """`following`: where a recurring event goes on."""
        if following is None:
            self.edits(event, at, until, status=3)
        else:
            self.moves_on(event, at, following, until)

    def moves_on(
        self, event: int, at: str | int, following: str | int, until: str | int | None = None
    ) -> None:
        body = self.events[event]
        end_ms, start_ms = body["scheduled_end_ms"], body["scheduled_start_ms"]
        assert isinstance(start_ms, int)
        length_ms = end_ms - start_ms if isinstance(end_ms, int) else None
        end = None if length_ms is None else utc(following) + length_ms
        self.edits(event, at, until, status=1, scheduled_start_ms=following, scheduled_end_ms=end)

    def calls_off(self, event: int, at: str | int, until: str | int | None = None) -> None:
        self.edits(event, at, until, status=4)

    def deletes(self, event: int, at: str | int, until: str | int | None = None) -> None:
        self._event_row("GUILD_SCHEDULED_EVENT_DELETE", event, at, until)

    def lists_events(self, at: str | int, *events: int, snapshot: str = "e") -> None:
        for event in events:
            self._event_row("SNAPSHOT_SCHEDULED_EVENT", event, at, None, snapshot)
        end = {"snapshot": snapshot, "events": [str(event) for event in events]}
        self.row("SNAPSHOT_SCHEDULED_EVENTS_END", None, end, at)

    def hides(self, event: int, at: str | int) -> None:
        self.row("EVENT_HIDDEN", None, {"event_id": str(event)}, at, source="recorder")

    def excepts(
        self,
        event: int,
        original: str | int,
        at: str | int,
        start: str | int | None = None,
        end: str | int | None = None,
        is_cancelled: bool = False,
        kind: str = "CREATE",
    ) -> None:
        body = {
            "event_id": str(event),
            "original_start_ms": utc(original),
            "scheduled_start_ms": None if start is None else utc(start),
            "scheduled_end_ms": None if end is None else utc(end),
            "is_cancelled": is_cancelled,
        }
        departing = self.events[event]["exceptions"]
        assert isinstance(departing, list)
        others = [one for one in departing if one["original_start_ms"] != utc(original)]
        self.events[event]["exceptions"] = others if kind == "DELETE" else [*others, body]
        self.row(f"GUILD_SCHEDULED_EVENT_EXCEPTION_{kind}", None, body, at)

    def removes_exceptions(self, event: int, at: str | int) -> None:
        self.events[event]["exceptions"] = []
        self.row("GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE", None, {"event_id": str(event)}, at)

    def answers(
        self,
        person: int,
        event: int,
        at: str | int,
        original: str | int | None = None,
        response: int = 1,
        until: str | int | None = None,
    ) -> None:
        body = {**_answer_body(event, original), "response": response}
        self.row("GUILD_SCHEDULED_EVENT_USER_ADD", person, body, at, until)

    def takes_back(
        self,
        person: int,
        event: int,
        at: str | int,
        original: str | int | None = None,
        until: str | int | None = None,
    ) -> None:
        body = _answer_body(event, original)
        self.row("GUILD_SCHEDULED_EVENT_USER_REMOVE", person, body, at, until)

    def lists_answers(
        self,
        event: int,
        at: str | int,
        answers: dict[int, int],
        original: str | int | None = None,
        complete: bool = True,
        snapshot: str = "r",
    ) -> None:
        for person, response in answers.items():
            body = {**_answer_body(event, original), "response": response, "snapshot": snapshot}
            self.row("SNAPSHOT_RSVP", person, body, at)
        end = {**_answer_body(event, original), "snapshot": snapshot, "complete": complete}
        self.row("SNAPSHOT_RSVPS_END", None, end, at)

    def declares(
        self,
        event: int,
        at: str | int,
        start: str | int,
        end: str | int,
        channels: Iterable[int] = (50,),
        hosts: Iterable[int] = (),
        title: str = "Inhouse",
    ) -> None:
        body = {
            "event_id": str(event),
            "title": title,
            "channel_ids": [str(channel) for channel in channels],
            "from_ms": utc(start),
            "to_ms": utc(end),
        }
        people = {"host": list(hosts), "declared_by": [1]}
        self.row("EVENT_DECLARED", None, body, at, source="staff", others=people)

    def corrects(
        self,
        correction: int,
        at: str | int,
        event: int,
        original: str | int,
        subject: str,
        *,
        value: object = None,
        people: Iterable[int] = (),
        part: int = 0,
        by: int = 1,
    ) -> None:
        """`people` are the hosts, or whose attendance it is."""
        body = {**_corrected_body(correction, part, event, original), "subject": subject, "value": value}
        others = {"made_by": [by], "hosts" if subject == "hosts" else "member": list(people)}
        self.row("CORRECTION_MADE", None, body, at, source="staff", others=others)

    def checks_in(
        self, correction: int, at: str | int, event: int, original: str | int, *people: int
    ) -> None:
        for part, person in enumerate(people):
            body = _corrected_body(correction, part, event, original)
            others = {"checked_in_by": [1], "member": [person]}
            self.row("CHECKED_IN", None, body, at, source="staff", others=others)

    def retracts(self, correction: int, at: str | int, part: int = 0, by: int = 2) -> None:
        body = {"correction_id": str(correction), "part": part}
        self.row("CORRECTION_TAKEN_BACK", None, body, at, source="staff", others={"taken_back_by": [by]})

    # -------------------------------------------------------------- told by files

    def told(
        self,
        kind: str,
        person: int | None,
        body: dict[str, object],
        at: str | int,
        until: str | int | None = None,
        others: dict[str, list[int]] | None = None,
    ) -> None:
        self.row(f"IMPORTED_{kind}", person, body, at, until, source="import", others=others)

    def told_of_member(self, person: int, change: str, at: str | int, bot: bool | None = None) -> None:
        self.told("MEMBERSHIP", person, {"change": change, "bot": bot}, at)

    def told_of_stay(
        self, person: int, channel: int, at: str | int, until: str | int, **also: bool | None
    ) -> None:
        self.told("STAY", person, {"channel_id": str(channel), **also}, at, until)

    def told_of_event(
        self,
        event: int,
        start: str | int,
        end: str | int,
        *,
        channels: Iterable[int] = (50,),
        title: str = "Inhouse",
        is_listed: bool = False,
        **people: list[int],
    ) -> None:
        body = {
            "event_id": str(event),
            "title": title,
            "channel_ids": [str(channel) for channel in channels],
            "from_ms": utc(start),
            "to_ms": utc(end),
            "is_listed": is_listed,
        }
        self.told("EVENT", None, body, start, end, people)

    def told_of_attendance(
        self, person: int, event: int, start: str | int, attended: bool, presence_ms: int | None = None
    ) -> None:
        body = {
            "event_id": str(event),
            "original_start_ms": utc(start),
            "attended": attended,
            "presence_ms": presence_ms,
        }
        self.told("ATTENDANCE", person, body, start)

    def told_of_command(
        self, person: int, interaction: int, at: str | int, command: str, outcome: str | None = None
    ) -> None:
        body = {
            "interaction_id": str(interaction),
            "application_id": "7",
            "command": command,
            "outcome": outcome,
        }
        self.told("COMMAND", person, body, at)

    def told_of_coverage(self, at: str | int, until: str | int, sources: Iterable[str] = ("voice",)) -> None:
        self.told("COVERAGE", None, {"sources": list(sources)}, at, until)

    def _event_row(
        self, type: str, event: int, at: str | int, until: str | int | None, snapshot: str | None = None
    ) -> None:
        creator = self.creators[event]
        body = {**self.events[event], "snapshot": snapshot}
        self.row(type, None, body, at, until, others=None if creator is None else {"creator": [creator]})

    # -------------------------------------------------------------- what comes of it

    def folded(self, rules: Rules | None = None) -> Changes:
        """All rows in one pass, without a database: every row of every table, as the fold leaves it."""
        state = GuildState.empty(rules or Rules())
        self.set_aside: list[SetAside] = take_in(state, self.rows)
        return state.settled()

    async def logged(self, warehouse: Warehouse, guild_id: int = 1) -> None:
        """Appends the rows to a warehouse's log."""
        rows = [
            event_log.NewRow(
                row.position.to_bytes(16),
                *(row.source, row.type, row.member_no, row.others),
                *(row.occurred_from_ms, row.occurred_to_ms, row.recorded_at_ms, row.body),
            )
            for row in self.rows
        ]
        async with warehouse.writing() as conn:
            await warehouse.lock_guild(conn, guild_id)
            await event_log.append(conn, guild_id, rows)


def _answer_body(event: int, original: str | int | None) -> dict[str, object]:
    return {"event_id": str(event), "original_start_ms": None if original is None else utc(original)}


def _corrected_body(correction: int, part: int, event: int, original: str | int) -> dict[str, object]:
    moment = {"event_id": str(event), "original_start_ms": utc(original)}
    return {"correction_id": str(correction), "part": part, **moment}


def _voice_body(channel: int | None, deaf: bool, bot: bool | None) -> dict[str, object]:
    return {"channel_id": None if channel is None else str(channel), "deaf": deaf, "bot": bot}


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture(scope="session")
def new_history() -> type[History]:
    """For tests that need several, as those do that are generated."""
    return History


@pytest.fixture(scope="session")
def at() -> Callable[[str | int], int]:
    """Milliseconds of a moment written in UTC."""
    return utc
