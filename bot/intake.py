"""The door: what Discord sent becomes events that hold only what the allow-list names (docs/privacy.md).

`extract` runs on the event loop and only copies. `events` runs in the journal's writer thread, checks every
value, and says in a dead letter's reason which field is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import msgspec

from bot.allow_list import ANSWERED, KEPT, Allowed, Each
from bot.command_options import checked_options
from bot.draft import Draft, Keys, Received
from bot.excerpt import Kept, Row, Rows, excerpt
from bot.hidden_events import CONCERNED, HiddenEvents
from bot.known_channels import TELL_OF_CHANNELS, KnownChannels
from bot.voice_sessions import VoiceSessions
from bot.well_formed import ABSENT, NOBODY, storable
from bot.whole_lists import with_end
from storage.event import Event
from storage.journal_chunks import without
from storage.withdrawals import WithdrawalsUnusable

LONGEST_TYPE: Final = 64  # the log's column
UNKNOWN: Final = "unknown dispatch type"
NOT_IN_A_TYPE: Final = re.compile("[^A-Z0-9_]")


class Tombstones(Protocol):
    """What the intake needs of storage.withdrawals.Withdrawals."""

    def refresh(self) -> bool: ...

    def is_withdrawn(self, guild_id: int, user_id: int) -> bool: ...


class IntakeOptions(msgspec.Struct, frozen=True):
    """What the community decided about recording. Replaced whole when config.toml changes."""

    guild_id: int  # of other guilds nothing is kept
    excluded_channels: frozenset[int] = frozenset()
    command_options: frozenset[str] = frozenset()  # "show_profile.name": texts that may be kept
    records_text: bool = True  # that somebody wrote, never what
    tracked_commands: frozenset[str] = frozenset()  # by first word or in full, also of other bots


class Intake:
    def __init__(self, keys: Keys, withdrawals: Tombstones, options: IntakeOptions) -> None:
        self.keys = keys
        self._withdrawals = withdrawals
        self._hidden = HiddenEvents()
        self._channels = KnownChannels()
        self._voice = VoiceSessions()
        self.options = options

    @property
    def options(self) -> IntakeOptions:
        return self._options

    @options.setter
    def options(self, options: IntakeOptions) -> None:
        self._options = options
        self._guild = str(options.guild_id)
        self._excluded = frozenset(str(channel) for channel in options.excluded_channels)
        self._hidden.exclude(self._excluded)
        self._channels.exclude(self._guild, self._excluded)

    def extract(self, dispatch_type: str, data: object, *, is_older: bool = False) -> Kept | None:
        """The allowed fields of a dispatch, copied; None when nothing of it is kept. Takes a few µs.

        `is_older`: it speaks of a scheduled event as it was before what was seen of it since.
        """
        if dispatch_type in TELL_OF_CHANNELS:
            self._channels.learn(dispatch_type, data)
        kept = excerpt(dispatch_type, data)
        if kept is None:
            return None
        guild = kept.guild
        if guild != self._guild and isinstance(guild, str) and guild.isdecimal():
            return None
        if kept.type in BY_CHOICE and not self._is_wanted(kept):
            return None
        return self._hidden.without(kept, is_older=is_older) if kept.type in CONCERNED else kept

    def is_untold(self, kept: Kept) -> bool:
        """Whether nobody has told yet that an extract may be kept: of its event, or of its channel."""
        if not self._excluded:
            return False
        return self._hidden.is_untold(kept) or self.is_in_untold_channel(kept)

    def is_in_untold_channel(self, kept: Kept) -> bool:
        return kept.channel is not ABSENT and self._channels.is_untold(kept.channel)

    def hides(self, kept: Kept) -> bool:
        """Whether an extract that was taken before is by now about something hidden."""
        return self._channels.is_excluded(kept.channel) or self._hidden.without(kept) is None

    @property
    def knows_channels(self) -> bool:
        """Whether all channels were told of: what is in another one will never be kept."""
        return self._channels.are_told

    @property
    def excludes(self) -> bool:
        return bool(self._excluded)

    def channels_told(self, channels: Iterable[object], threads: Iterable[object]) -> None:
        """Every channel and active thread that there is, as REST tells it."""
        self._channels.told(channels, threads)

    def hides_event(self, event_id: int) -> bool:
        """Whether a scheduled event was last seen in an excluded channel."""
        return self._hidden.hides(event_id)

    @property
    def newly_hidden(self) -> list[int]:
        """Scheduled events that are in an excluded channel by now. Who tells of them empties the list."""
        return self._hidden.newly

    def events_of(  # noqa: PLR0917 - a dispatch and all that identifies it
        self,
        dispatch_type: str,
        data: object,
        received_at_ms: int,
        session_id: str,
        session_started_at_ms: int,
        sequence: int,
    ) -> list[Event]:
        """The events of a dispatch that came at a known moment, without a gateway."""
        kept = self.extract(dispatch_type, data)
        if kept is None or self.is_untold(kept):
            return []
        at = received_at_ms
        return self.events(Received(kept, session_id, session_started_at_ms, sequence, at, at, at))

    def encode(self, item: object) -> Sequence[Event]:
        """The journal's encoder: items are dispatches, or the bot's own observations."""
        if isinstance(item, Received):
            return self.events(item)
        assert isinstance(item, Event)
        if self.is_withdrawn(item.guild_id, item.person):
            return []
        people = {person for ids in (item.others or {}).values() for person in ids}
        return [without(item, frozenset(p for p in people if self.is_withdrawn(item.guild_id, p)))]

    def look_for_withdrawals(self) -> None:
        """Before a group is encoded: another process may have erased somebody since the last one."""
        with suppress(WithdrawalsUnusable):  # whom it knows stays out, and the loader stops and says why
            self._withdrawals.refresh()

    def unencodable(self, item: object, error: Exception) -> Event:
        """A dead letter for an item that `encode` failed on. Nothing of its content is kept."""
        reason = f"could not be encoded: {type(error).__name__}"
        if isinstance(item, Received):
            return Draft(item, clean_type(item.kept.type), problems=[reason]).sealed(self.keys)
        assert isinstance(item, Event)
        return Event(item.key, 0, item.source, item.type, 0, 0, 0, problem=reason)

    def events(self, received: Received) -> list[Event]:
        """One event, or several where a dispatch lists people. Malformed and unknown ones have a problem."""
        return [draft.sealed(self.keys) for draft in self._drafts(received)]

    def _is_wanted(self, kept: Kept) -> bool:
        if self._channels.is_excluded(kept.channel):
            return False
        if kept.type == "MESSAGE_CREATE":
            return self._options.records_text
        return kept.type != ANSWERED or self._is_tracked(kept.values[COMMAND_AT])

    def _is_tracked(self, command: object) -> bool:
        """By its first word or in full."""
        tracked = self._options.tracked_commands
        return isinstance(command, str) and (command in tracked or command.partition(" ")[0] in tracked)

    def _drafts(self, received: Received) -> list[Draft]:
        kept = received.kept
        allowed = KEPT.get(kept.type)
        if allowed is None:
            return [self._unknown(received)]
        head = Draft(received, kept.type)
        if kept.guild is ABSENT and not allowed.is_guild_told:
            head.guild_id = self._options.guild_id
        else:
            head.guild_id = head.number(allowed.guild, kept.guild)
        drafts = []
        if allowed.fields:
            row = Row(kept.person, kept.values, kept.session, kept.other)
            draft = head.follower(kept.type, 0) if allowed.each else head
            drafts = self._filled(draft, allowed, row)
        if kept.type == "INTERACTION_CREATE":
            self._add_options(drafts, kept)
        if kept.type == "MESSAGE_CREATE":
            for draft in drafts:
                draft.message_id = draft.number("id", kept.message)
        if kept.type == "GUILD_MEMBER_ADD" and received.snapshot:
            drafts += [_also_listed(draft, received.snapshot) for draft in drafts if not draft.problems]
        if allowed.each:
            drafts += self._all_listed(head, allowed.each)
        return drafts

    def _unknown(self, received: Received) -> Draft:
        draft = Draft(received, clean_type(received.kept.type))
        guild_id = draft.number("guild_id", received.kept.guild)
        draft.guild_id = guild_id if guild_id == self._options.guild_id else None
        draft.problems = [UNKNOWN]
        return draft

    def _filled(self, draft: Draft, source: Allowed | Each, row: Row) -> list[Draft]:
        """The draft with its people and fields; nothing for someone who withdrew, except in voice."""
        if source.person and row.person is not NOBODY:
            draft.person = draft.number(source.person, row.person)
        if source.other and row.other is not None and row.other is not ABSENT:
            someone = draft.number(source.other.path, row.other)
            if someone is not None and not self.is_withdrawn(draft.guild_id, someone):
                draft.others = {source.other.role: [someone]}
        draft.fill(source.fields, row.values)
        if self._channels.is_excluded(draft.body.get("channel_id")):
            if draft.type in OF_A_CHANNEL:  # a message is of one that was excluded since it came
                return []
            draft.body["channel_id"] = None
        if draft.type in VOICE_TYPES:
            self._follow_voice(draft, row)
        if not self.is_withdrawn(draft.guild_id, draft.person):
            return [draft]
        if draft.type == "GUILD_MEMBER_REMOVE":
            return self._leaves_voice(draft)
        return self._without_name(draft, row) if draft.type in VOICE_TYPES else []

    def _follow_voice(self, draft: Draft, row: Row) -> None:
        if draft.guild_id is not None and draft.person is not None and isinstance(row.session, str):
            is_in_voice = draft.body.get("channel_id") is not None
            self._voice.seen(draft.guild_id, draft.person, row.session, is_in_voice=is_in_voice)

    def _leaves_voice(self, gone: Draft) -> list[Draft]:
        """Who withdrew leaves nothing but their place in voice, where they would else keep others company."""
        if gone.guild_id is None or gone.person is None:
            return []
        session = self._voice.ended(gone.guild_id, gone.person)
        if session is None:
            return []
        left = gone.follower("VOICE_STATE_UPDATE", 1)
        token = self.keys.occupant(gone.guild_id, gone.person, session)
        left.body = {"channel_id": None, "deaf": False, "occupant": token}
        return [left]

    def _without_name(self, draft: Draft, row: Row) -> list[Draft]:
        """Someone who withdrew stays company for others in voice: a token of this stay stands for them."""
        if draft.guild_id is None or draft.person is None or not isinstance(row.session, str):
            return []
        draft.body["occupant"] = self.keys.occupant(draft.guild_id, draft.person, row.session)
        draft.person = None
        return [draft]

    def _add_options(self, drafts: Sequence[Draft], kept: Kept) -> None:
        for draft in drafts:
            options = checked_options(
                str(draft.body.get("command", "")), kept, self._options.command_options, draft.problems
            )
            people = {
                option: [user_id]
                for option, user_id in options.people.items()
                if not self.is_withdrawn(draft.guild_id, user_id)
            }
            draft.others = people or None
            draft.body |= {"command": options.command, "options": options.values}

    def _all_listed(self, head: Draft, lists: Sequence[Each]) -> list[Draft]:
        drafts: list[Draft] = []
        index = 1  # the rows of a dispatch are counted through, each list's end too
        for each, rows in zip(lists, head.received.kept.lists, strict=True):
            if rows is not None:
                drafts += self._listed(head, each, rows, index)
                index += len(rows) + 1
        return drafts

    def _listed(self, head: Draft, each: Each, rows: Rows, index: int) -> list[Draft]:
        """A row for each element and, where the list is whole, the row that ends it."""
        received = head.received
        in_voice = each.kept_type in VOICE_TYPES
        whole = f"{received.session_id}-{received.sequence}"
        listed: list[Draft] = []
        for place, row in enumerate(rows, start=index):
            for draft in self._filled(head.follower(each.kept_type, place), each, row):
                draft.body["snapshot"] = whole if each.ends_with else received.snapshot
                if in_voice:
                    draft.body["bot"] = row.person in received.kept.people
                    if not draft.problems and draft.body["channel_id"] is None:
                        continue  # in an excluded channel
                listed.append(draft)
        if each.ends_with is None:
            return listed
        return with_end(listed, head.follower(each.ends_with, index + len(rows)), whole)

    def is_withdrawn(self, guild_id: int | None, person: int | None) -> bool:
        """Whether somebody opted out or was erased, so that nothing is recorded of them."""
        if guild_id is None or person is None:
            return False
        return self._withdrawals.is_withdrawn(guild_id, person)


COMMAND_AT: Final = [field.kept_as for field in KEPT[ANSWERED].fields].index("command")
BY_CHOICE: Final = frozenset({"INTERACTION_CREATE", "MESSAGE_CREATE", ANSWERED})  # of the community
OF_A_CHANNEL: Final = frozenset({"MESSAGE_CREATE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "SNAPSHOT_CHANNEL"})
VOICE_TYPES: Final = frozenset({"VOICE_STATE_UPDATE", "SNAPSHOT_VOICE_STATE"})


def _also_listed(joined: Draft, snapshot: str) -> Draft:
    """Who joins while the member list is being sent may be missing in it, and has not left."""
    draft = joined.follower("SNAPSHOT_MEMBER", 1)
    draft.person = joined.person
    draft.body = {**joined.body, "snapshot": snapshot}
    return draft


def clean_type(dispatch_type: object) -> str:
    """A dispatch's name as the log takes it: capitals, digits and underscores, at most 64."""
    text = storable(dispatch_type) if isinstance(dispatch_type, str) else ""
    return NOT_IN_A_TYPE.sub("_", text.upper())[:LONGEST_TYPE] or "UNNAMED"


__all__ = ["Intake", "IntakeOptions", "Received", "clean_type"]
