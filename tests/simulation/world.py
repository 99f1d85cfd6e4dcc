"""A small community: people who come and go, talk, plan, answer and run commands. Nothing is chance.

Every act is told twice: to the truth, and to Discord as the dispatch that Discord would make of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .discord import Gateway
from .truth import Command, Event, Holding, Interest, Moment, Place, Sent, Spell, Truth

GUILD = 410_000_000_000_000_777
APPLICATION = 420_000_000_000_000_111
PEOPLE = [810_736_452_918_000_000 + 7_654_321 * number for number in range(8)]
ACTIONS = {"kicked": 20, "banned": 22}  # "Audit Log Events"
NAMES = ("Owner", "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "the bot")
OWNER, THE_BOT = PEOPLE[0], PEOPLE[7]
TALK, GAME, SECRET, AFK = (430_000_000_000_000_000 + 111 * number for number in range(1, 5))
CHANNELS = (TALK, GAME, SECRET, AFK)
DISCORD_EPOCH_MS = 1_420_070_400_000
HOUR_MS, RECURS_MS, EARLY_MS, LATE_MS = 3_600_000, 2 * 3_600_000, 1_800_000, 600_000
LONG_AGO_MS = 1_700_000_000_000


def iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


class World:
    def __init__(
        self, now_ms: Callable[[], int], moment: Callable[[], Moment], tell: Callable[[str], None]
    ) -> None:
        self._now_ms = now_ms  # Discord's time
        self._tell = tell
        self._moment = moment  # as the recording machine would see it
        self.truth = Truth(GUILD, PEOPLE, {THE_BOT}, AFK)
        self.gateway = Gateway(self.truth.sent, self.truth.unheard)
        self.gateway.guild = self.guild
        self.gateway.members = lambda: [self._member(person) for person in self.members()]
        self._roles: dict[int, list[int]] = {}
        self._ids = 0
        for person in (*PEOPLE[:5], THE_BOT):
            self.truth.spells[person].append(Spell(LONG_AGO_MS + person % 1000, Moment(0, 0)))

    # ------------------------------------------------------------ as it stands

    def members(self) -> list[int]:
        return [person for person in PEOPLE if self.is_member(person)]

    def is_member(self, person: int) -> bool:
        spells = self.truth.spells[person]
        return bool(spells) and spells[-1].left is None

    def place(self, person: int) -> Place | None:
        places = self.truth.places[person]
        return places[-1] if places and places[-1].channel is not None else None

    def guild(self) -> dict[str, Any]:
        voice = [self._voice_state(person) for person in self.members() if self.place(person)]
        for state in voice:
            del state["guild_id"], state["member"]
        return {
            "id": str(GUILD),
            "member_count": len(self.members()),
            "afk_channel_id": str(AFK),
            "channels": self.channels(),
            "threads": [],
            "voice_states": voice,
            "members": [{"user": self._user(THE_BOT)}],
            "guild_scheduled_events": self.scheduled(),
        }

    @staticmethod
    def channels() -> list[object]:
        return [{"id": str(channel), "type": 2} for channel in CHANNELS]

    def scheduled(self) -> list[object]:
        return [self._event(event) for event in self.truth.events.values() if event.over is None]

    def interested(self, event_id: int) -> list[object]:
        event = self.truth.events.get(event_id)
        answers = event.interest.items() if event else ()
        return [
            {"user_id": str(person)}
            for person, all_of in sorted(answers)
            if all_of and all_of[-1].until is None
        ]

    # ------------------------------------------------------------ people

    def join(self, person: int) -> bool:
        if self.is_member(person) or person == THE_BOT:
            return False
        joined_ms, at = self._now_ms(), self._moment()
        self.truth.spells[person].append(Spell(joined_ms, at))
        self._roles[person] = []
        self._send("GUILD_MEMBER_ADD", self._member(person), at, (joined_ms,), person)
        return True

    def leave(self, person: int, reason: str, voice: str) -> bool:
        """`voice`: when Discord tells that they left their channel: "before", "after", "never"."""
        if not self.is_member(person) or person in (OWNER, THE_BOT):
            return False
        at = self._moment()
        was_in_voice = self.place(person) is not None
        if was_in_voice and voice == "before":
            self.move(person, None)
        spell = self.truth.spells[person][-1]
        spell.left, spell.reason, spell.left_true_ms = at, reason, self._now_ms()
        if was_in_voice and voice != "before":
            self.truth.places[person].append(Place(at, None, False))
        for event in self.truth.events.values():
            self._take_back(event, person, at)
        gone = {"guild_id": str(GUILD), "user": self._user(person)}
        if voice == "before":
            self._note_removal(person, reason)
        self._send("GUILD_MEMBER_REMOVE", gone, at, (), person)
        if voice == "after":
            self._note_removal(person, reason)
        elif voice == "never":
            self._note_removal(person, reason, is_told=False)
        if was_in_voice and voice == "after":
            self._send("VOICE_STATE_UPDATE", self._voice_state(person), at, (None,), person)
        return True

    def _note_removal(self, person: int, reason: str, *, is_told: bool = True) -> None:
        """In the audit log it stands in any case; the dispatch may never come."""
        if reason not in ACTIONS:
            return
        entry: dict[str, object] = {
            "id": str(self._snowflake()),
            "action_type": ACTIONS[reason],
            "target_id": str(person),
            "user_id": str(OWNER),
            "reason": "private",
        }
        self.truth.entries.append(entry)
        if is_told:
            entry_told = {**entry, "guild_id": str(GUILD)}
            self.gateway.send("GUILD_AUDIT_LOG_ENTRY_CREATE", entry_told, self._moment())

    def audit_entries(self, action: int) -> list[object]:
        return [entry for entry in reversed(self.truth.entries) if entry["action_type"] == action]

    def change_roles(self, person: int, roles: list[int]) -> bool:
        if not self.is_member(person):
            return False
        self._roles[person] = roles
        self._send("GUILD_MEMBER_UPDATE", self._member(person), self._moment(), (), person)
        return True

    # ------------------------------------------------------------ voice

    def move(self, person: int, channel: int | None, deaf: bool | None = None) -> bool:
        before = self.place(person)
        if not self.is_member(person) or (channel is None and before is None):
            return False
        is_deaf = bool(before and before.deaf) if deaf is None else deaf
        at = self._moment()
        self.truth.places[person].append(Place(at, channel, is_deaf and channel is not None))
        self._send("VOICE_STATE_UPDATE", self._voice_state(person), at, (channel,), person)
        return True

    def deafen(self, person: int) -> bool:
        place = self.place(person)
        return place is not None and self.move(person, place.channel, not place.deaf)

    # ------------------------------------------------------------ events

    def plan(self, start_ms: int, channel: int, recurs: bool) -> bool:
        at = self._moment()
        event = Event(self._snowflake(), channel, recurs, [Holding([start_ms], at)])
        self.truth.events[event.event_id] = event
        self._send_event("CREATE", event, at)
        return True

    def postpone(self, event: Event, by_ms: int) -> bool:
        holding = event.holdings[-1]
        if event.over or event.recurs or holding.began:
            return False
        holding.starts.append(holding.starts[-1] + by_ms)
        self._send_event("UPDATE", event, self._moment())
        return True

    def begin(self, event: Event) -> bool:
        """A recurring one never early: after a gap nobody could tell it from the one before."""
        holding = event.holdings[-1]
        early_ms = -LATE_MS if event.recurs else EARLY_MS
        if event.over or holding.began or holding.starts[-1] - early_ms > self._now_ms():
            return False
        holding.began, holding.status = self._moment(), "active"
        self._send_event("UPDATE", event, holding.began)
        return True

    def finish(self, event: Event) -> bool:
        """A recurring one goes back to being scheduled, some hours later, and sends no end."""
        holding = event.holdings[-1]
        if event.over or holding.began is None:
            return False
        holding.ended, holding.status = self._moment(), "completed"
        if event.recurs:
            event.holdings.append(Holding([holding.starts[-1] + RECURS_MS], holding.ended))
        else:
            event.over = holding.ended
        self._send_event("UPDATE", event, holding.ended)
        return True

    def call_off(self, event: Event, is_deleted: bool) -> bool:
        holding = event.holdings[-1]
        if event.over or holding.began:
            return False
        event.over, holding.status = self._moment(), "cancelled"
        self._send_event("DELETE" if is_deleted else "UPDATE", event, event.over)
        return True

    def answer(self, event: Event, person: int) -> bool:
        """Interested, or not any more."""
        if event.over or not self.is_member(person) or person == THE_BOT:
            return False
        at = self._moment()
        is_taken_back = self._take_back(event, person, at)
        if not is_taken_back:
            event.interest[person].append(Interest(at))
        data = {
            "guild_id": str(GUILD),
            "guild_scheduled_event_id": str(event.event_id),
            "user_id": str(person),
        }
        name = "GUILD_SCHEDULED_EVENT_USER_" + ("REMOVE" if is_taken_back else "ADD")
        self._send(name, data, at, (event.event_id,), person)
        return True

    @staticmethod
    def _take_back(event: Event, person: int, at: Moment) -> bool:
        answers = event.interest[person]
        if not answers or answers[-1].until is not None:
            return False
        answers[-1].until = at
        return True

    # ------------------------------------------------------------ everything else

    def command(self, person: int, name: str) -> Sent | None:
        if not self.is_member(person) or person == THE_BOT:
            return None
        interaction_id = self._snowflake()
        at = self._moment()
        self.truth.commands.append(Command(interaction_id, person, self._now_ms(), at))
        data = {
            "id": str(interaction_id),
            "type": 2,
            "application_id": str(APPLICATION),
            "guild_id": str(GUILD),
            "channel_id": str(TALK),
            "channel": {"id": str(TALK), "type": 2},
            "member": {"user": self._user(person)},
            "data": {"name": name, "type": 1, "options": []},
        }
        return self._send("INTERACTION_CREATE", data, at, (interaction_id,), person)

    def odd(self, number: int) -> bool:
        """What nobody thought of: a type that is not known, one that is not kept, one that is malformed."""
        odd: list[tuple[str, object]] = [
            ("SOMETHING_NEW", {"guild_id": str(GUILD), "content": "private"}),
            ("TYPING_START", {"guild_id": str(GUILD), "user_id": str(PEOPLE[1])}),
            ("VOICE_STATE_UPDATE", {"guild_id": str(GUILD), "user_id": None, "channel_id": ["private"]}),
        ]
        name, data = odd[number % len(odd)]
        self.gateway.send(name, data, self._moment())
        return True

    def lose_guild(self) -> bool:
        if not self.gateway.is_available:
            return False
        self.gateway.send(
            "GUILD_DELETE", {"id": str(GUILD), "unavailable": True}, self._moment(), ("GUILD_DELETE",)
        )
        self.gateway.is_available = False
        return True

    def find_guild(self) -> bool:
        if self.gateway.is_available:
            return False
        self.gateway.is_available = True
        self.gateway.send("GUILD_CREATE", self.guild(), self._moment(), ("GUILD_CREATE",))
        return True

    # ------------------------------------------------------------ payloads

    def _send(
        self, name: str, data: object, at: Moment, fact: tuple[object, ...], person: int | None
    ) -> Sent | None:
        who = "" if person is None else f"{NAMES[PEOPLE.index(person)]}: "
        sent = self.gateway.send(name, data, at, (name, *fact), person)
        self._tell(f"{who}{name} {', '.join(map(str, fact))}{'' if sent else ' (nobody is told)'}")
        return sent

    def _send_event(self, what: str, event: Event, at: Moment) -> None:
        name = f"GUILD_SCHEDULED_EVENT_{what}"
        self._send(name, self._event(event), at, (event.event_id,), None)

    def _event(self, event: Event) -> dict[str, object]:
        holding = event.holdings[-1]
        start_ms = holding.starts[-1]
        status = {"planned": 1, "active": 2, "completed": 3, "cancelled": 4}[holding.status]
        return {
            "id": str(event.event_id),
            "guild_id": str(GUILD),
            "name": f"Evening {event.event_id % 1000}",
            "status": status,
            "entity_type": 2,
            "scheduled_start_time": iso(start_ms),
            "scheduled_end_time": iso(start_ms + HOUR_MS),
            "channel_id": str(event.channel),
            "creator_id": str(OWNER),
            "recurrence_rule": {"start": iso(event.holdings[0].starts[0])} if event.recurs else None,
            "guild_scheduled_event_exceptions": [],
        }

    def _member(self, person: int) -> dict[str, object]:
        return {
            "guild_id": str(GUILD),
            "user": self._user(person),
            "roles": [str(role) for role in self._roles.get(person, [])],
            "joined_at": iso(self.truth.spells[person][-1].joined_ms),
        }

    @staticmethod
    def _user(person: int) -> dict[str, object]:
        return {"id": str(person), "username": "private", **({"bot": True} if person == THE_BOT else {})}

    def _voice_state(self, person: int) -> dict[str, Any]:
        place = self.place(person)
        return {
            "guild_id": str(GUILD),
            "user_id": str(person),
            "channel_id": str(place.channel) if place else None,
            "session_id": f"voice-{person % 97}",
            "self_deaf": bool(place and place.deaf),
            "member": {"user": self._user(person)},
        }

    def _snowflake(self) -> int:
        self._ids += 1
        return (self._now_ms() - DISCORD_EPOCH_MS << 22) + self._ids
