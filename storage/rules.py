"""The rules that turn the log into tables. The same log under the same rules gives the same tables."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec

# Raise it whenever the fold would make other tables of the same log: every database then rebuilds by itself.
FOLD_VERSION = 14

EPOCH = date(1970, 1, 1)


class EventTypeRule(msgspec.Struct, frozen=True):
    """A kind of event that belongs together (docs/kpis.md, "Type and hosts").

    An event is of the first type one of whose title patterns fits; a type without patterns takes the events
    in its channels. Presence in any of the channels is presence at the event.
    """

    name: str
    titles: tuple[str, ...] = ()  # "*inhouse*": * stands for anything, capitals make no difference
    channels: tuple[int, ...] = ()
    usual_minutes: int = 120
    host_roles: tuple[int, ...] = ()  # attendees with such a role host it; else whoever created it


NO_TIER = "member"  # the tier of whoever holds none of the tiers' roles


class TierRule(msgspec.Struct, frozen=True):
    """Part of the community by role. Of several whose roles a member holds, the first is theirs."""

    name: str
    roles: tuple[int, ...]


class EventRules(msgspec.Struct, frozen=True):
    """When an event was held and who attended (docs/kpis.md, "Events")."""

    types: tuple[EventTypeRule, ...] = ()
    usual_minutes: int = 120  # of an event without a type and without an end
    attend_minutes: int = 10  # or half the event, if that is shorter
    break_minutes: int = 5  # shorter absences are none
    held_people: int = 3  # never started, but so many for half of the planned time: held
    late_cancel_minutes: int = 60

    def type_named(self, name: str | None) -> EventTypeRule | None:
        return next((kind for kind in self.types if kind.name == name), None)


def named_in(names: Collection[str], command: str) -> bool:
    """Whether a command is among those that are named by their first word, or in full."""
    return command in names or command.split(" ", 1)[0] in names


def have_in_common(names: Collection[str], others: Collection[str]) -> bool:
    """Whether a command can be among both."""
    return any(named_in(others, name) for name in names) or any(named_in(names, name) for name in others)


class Rules(msgspec.Struct, frozen=True, dict=True):
    """Everything outside the log that the derived tables depend on (docs/kpis.md, "Shared rules")."""

    zone: str = "UTC"  # IANA name; days are local days of this zone
    min_voice_minutes: int = 5
    voice_needs_company: bool = True
    voice_counts_deafened: bool = False
    voice_counts_afk: bool = False
    ignored_channels: tuple[int, ...] = ()
    tracked_commands: tuple[str, ...] = ()
    bridge_days: int = 7  # spells less than this apart count as one
    events: EventRules = EventRules()
    tiers: tuple[TierRule, ...] = ()  # the highest first

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def needed_voice_ms(self) -> int:
        """How long somebody must have been in voice on a day for it to count."""
        return self.min_voice_minutes * 60_000

    def fingerprint(self) -> str:
        """Twelve hex digits: kept beside the fold's position and printed under every report."""
        fields = msgspec.json.encode((FOLD_VERSION, self), order="deterministic")
        return hashlib.blake2b(fields, digest_size=6).hexdigest()

    def tracks(self, command: str) -> bool:
        """Whether a command is tracked: by its first word, or in full."""
        return named_in(self.tracked_commands, command)

    def local_day(self, at_ms: int) -> int:
        """The local day that holds this moment, as days since 1970-01-01."""
        local = datetime.fromtimestamp(at_ms // 1000, self.tzinfo)
        return (local.date() - EPOCH).days

    def day_start_ms(self, local_day: int) -> int:
        """The first moment of a local day, in milliseconds UTC. A day has 23, 24 or 25 hours."""
        midnight = datetime.combine(EPOCH + timedelta(days=local_day), datetime.min.time(), self.tzinfo)
        return int(midnight.timestamp()) * 1000
