"""The story's past as the dispatches that Discord would have sent, each with its moment.

Nobody listens during the outage: what happens then changes the server, but is not dispatched. Afterwards a
new gateway session begins with the state of things, as Discord sends it: GUILD_CREATE and the member list.
The audit log is read for who was removed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.community import Story
from sandbox.community_acts import EventActs
from sandbox.community_commands import typed
from sandbox.community_messages import message
from sandbox.community_moves import (
    AsksOtherBot,
    DeclaresEvent,
    Joins,
    Leaves,
    Move,
    Prunes,
    RunsCommand,
    Speaks,
    TakesRoles,
    Writes,
)
from sandbox.community_place import APPLICATION_ID, GUILD_ID, LEADERSHIP, snowflake
from sandbox.community_removals import audit_entry
from sandbox.community_seed import beginning, moment
from sandbox.guild import Guild, Member, VoiceStay
from sandbox.objects import guild_create_object, member_object, user_object, voice_object

Json = dict[str, Any]
MEMBERS_A_CHUNK = 1000
NO_OUTAGE = (2**62, 2**62)
ENTRY = "GUILD_AUDIT_LOG_ENTRY_CREATE"
STRING, INTEGER, USER, CHANNEL = 3, 4, 6, 7
OPTION_TYPES = {"title": STRING, "channel": CHANNEL, "start": STRING, "minutes": INTEGER, "host": USER}


class Dispatch(msgspec.Struct, frozen=True, gc=False):
    """What the gateway sent at a moment: `sequence` counts within its gateway session."""

    at_ms: int
    session: str
    session_started_at_ms: int
    sequence: int
    type: str
    data: Json
    declared: DeclaresEvent | None = None  # what a command told of


class History:
    """The dispatches of the story up to a moment, and the server as it stands after them."""

    def __init__(self, story: Story, until_ms: int) -> None:
        self.story = story
        self.until_ms = until_ms
        self.guild = Guild(beginning(story))
        self.acts = EventActs(self.guild.events)
        self._session = self._begin_session(story.begin_ms)
        self._unheard: list[Json] = []  # entries of the audit log from the outage
        self._rendered: dict[int, Json] = {}  # member objects change far less often than voice states

    @property
    def recorded(self) -> list[tuple[int, int]]:
        """When somebody was listening: from, to."""
        if self.story.outage is None:
            return [(self.story.begin_ms, self.until_ms)]
        lost_ms, back_ms = self.story.outage
        spans = [(self.story.begin_ms, min(lost_ms, self.until_ms)), (back_ms, self.until_ms)]
        return [(from_ms, to_ms) for from_ms, to_ms in spans if from_ms < to_ms]

    @property
    def moves(self) -> int:
        """How many of the story's moves lie in this history."""
        return sum(move.at_ms <= self.until_ms for move in self.story.moves)

    def dispatches(self) -> Iterator[Dispatch]:
        """In the order of time. To be gone through once: the server changes on the way."""
        lost_ms, back_ms = self.story.outage or NO_OUTAGE
        yield from self._state_of_things(self.story.begin_ms)
        listening = True
        for move in self.story.moves:
            if move.at_ms > self.until_ms:
                return
            if move.at_ms >= back_ms and not listening:
                self._session = self._begin_session(back_ms)
                yield from self._state_of_things(back_ms)
                yield from (self._sent(back_ms, ENTRY, entry) for entry in self._unheard)
            listening = not lost_ms <= move.at_ms < back_ms
            for kind, data in self._render(move):
                if not listening and kind == ENTRY:
                    self._unheard.append(data)
                if listening:
                    declared = move if isinstance(move, DeclaresEvent) else None
                    yield self._sent(move.at_ms, kind, data, declared)

    def _begin_session(self, at_ms: int) -> tuple[str, int]:
        self._sequence = 1  # READY was the first
        return f"{self.story.seed & 0xFFFFFFFF:08x}{at_ms:024x}", at_ms

    def _sent(self, at_ms: int, kind: str, data: Json, declared: DeclaresEvent | None = None) -> Dispatch:
        self._sequence += 1
        return Dispatch(at_ms, *self._session, self._sequence, kind, data, declared)

    def _state_of_things(self, at_ms: int) -> Iterator[Dispatch]:
        yield self._sent(at_ms, "GUILD_CREATE", guild_create_object(self.guild, with_voice_states=True))
        members = [member_object(member) for member in self.guild.members.values()]
        chunks = [members[n : n + MEMBERS_A_CHUNK] for n in range(0, len(members), MEMBERS_A_CHUNK)]
        for index, chunk in enumerate(chunks):
            body = {
                "guild_id": str(GUILD_ID),
                "members": chunk,
                "chunk_index": index,
                "chunk_count": len(chunks),
            }
            yield self._sent(at_ms + 1000 + index, "GUILD_MEMBERS_CHUNK", body)

    def _render(self, move: Move) -> Iterator[tuple[str, Json]]:
        match move:
            case Speaks():
                yield "VOICE_STATE_UPDATE", self._speaks(move)
            case Joins():
                yield "GUILD_MEMBER_ADD", self._joins(move)
            case Leaves() | Prunes():
                yield from self._removals(move)
            case TakesRoles():
                yield "GUILD_MEMBER_UPDATE", self._takes_roles(move)
            case Writes() | AsksOtherBot():
                yield "MESSAGE_CREATE", message(self.guild, move, self._sequence)
            case RunsCommand() | DeclaresEvent():
                yield "INTERACTION_CREATE", self._runs_command(move)
            case _:
                yield from self.acts.act(move)

    def _member(self, user_id: int) -> Json:
        shape = self._rendered.get(user_id)
        if shape is None:
            shape = self._rendered[user_id] = member_object(self.guild.members[user_id])
        return shape

    def _speaks(self, move: Speaks) -> Json:
        flags = {"self_mute": move.mute, "self_deaf": move.deaf}
        stay = VoiceStay(f"{move.stay:032x}", move.channel_id or 0, flags)
        before = self.guild.voice.get(move.user_id)
        if move.channel_id is None:
            self.guild.voice.pop(move.user_id, None)
        else:
            self.guild.voice[move.user_id] = stay
        if before is None or before.channel_id != move.channel_id:
            self.guild.events.watch_channels(moment(move.at_ms))
        state = voice_object(move.user_id, stay, move.channel_id)
        return {"guild_id": str(GUILD_ID), "member": self._member(move.user_id), **state}

    def _joins(self, move: Joins) -> Json:
        name = next(person.name for person in self.story.people if person.user_id == move.user_id)
        user = self.guild.user(move.user_id, name)
        self.guild.members[move.user_id] = Member(user, moment(move.at_ms))
        self._rendered.pop(move.user_id, None)
        return {"guild_id": str(GUILD_ID), **self._member(move.user_id)}

    def _removals(self, move: Leaves | Prunes) -> Iterator[tuple[str, Json]]:
        user_ids = move.user_ids if isinstance(move, Prunes) else (move.user_id,)
        for user_id in user_ids:
            yield "GUILD_MEMBER_REMOVE", self._leaves(user_id, move.at_ms)
        entry = audit_entry(move, self.guild.owner_id, self._sequence)
        if entry is not None:
            yield ENTRY, entry

    def _leaves(self, user_id: int, at_ms: int) -> Json:
        self.guild.voice.pop(user_id, None)
        self.guild.events.forget(user_id)
        self.guild.events.watch_channels(moment(at_ms))
        member = self.guild.members.pop(user_id)
        self._rendered.pop(user_id, None)
        return {"guild_id": str(GUILD_ID), "user": user_object(member.user)}

    def _takes_roles(self, move: TakesRoles) -> Json:
        self.guild.members[move.user_id].roles = move.roles
        self._rendered.pop(move.user_id, None)
        return {"guild_id": str(GUILD_ID), **self._member(move.user_id)}

    def _runs_command(self, move: RunsCommand | DeclaresEvent) -> Json:
        command, values = typed(move)
        name, subcommand = command.split(" ")
        given = [
            {"type": OPTION_TYPES[option], "name": option, "value": _on_the_wire(value, OPTION_TYPES[option])}
            for option, value in values.items()
        ]
        interaction_id = snowflake(move.at_ms, self._sequence + 1)
        return {
            "id": str(interaction_id),
            "application_id": str(APPLICATION_ID),
            "type": 2,
            "token": f"interaction-{interaction_id}",
            "version": 1,
            "guild_id": str(GUILD_ID),
            "channel_id": str(LEADERSHIP),
            "member": self._member(move.user_id),
            "data": {
                "id": str(APPLICATION_ID + 1),
                "type": 1,
                "name": name,
                "options": [{"type": 1, "name": subcommand, "options": given}],
            },
        }


def _on_the_wire(value: str | int, kind: int) -> str | int:
    """Ids are sent as texts."""
    return value if kind == INTEGER else str(value)
