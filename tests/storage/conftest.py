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

    def row(
        self,
        type: str,
        person: int | None,
        body: dict[str, object],
        at: str | int,
        until: str | int | None = None,
        source: str = "gateway",
    ) -> None:
        from_ms, to_ms = utc(at), utc(at if until is None else until)
        encoded = msgspec.json.encode(body).decode()
        position = len(self.rows) + 1
        self.rows.append(LogRow(position, 1, source, type, person, None, from_ms, to_ms, to_ms, encoded))

    def joins(self, person: int, at: str | int, roles: Iterable[int] = (), bot: bool = False) -> None:
        body = {"joined_at_ms": utc(at), "roles": [str(role) for role in roles], "bot": bot}
        self.row("GUILD_MEMBER_ADD", person, body, at)

    def leaves(self, person: int, at: str | int, until: str | int | None = None) -> None:
        self.row("GUILD_MEMBER_REMOVE", person, {"bot": False}, at, until)

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
        self, person: int | None, interaction: int, at: str | int, command: str, application: int = 7
    ) -> None:
        body = {
            "interaction_id": str(interaction),
            "application_id": str(application),
            "command": command,
            "options": {},
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
