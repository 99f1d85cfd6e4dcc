"""What really happened, as the world tells it. It knows nothing of the program that records it.

Times are milliseconds. A `Moment` is what the recording machine's clock can have shown: when it happened, and
at the latest when the news of it arrived over an unbroken connection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

HIDDEN_MS = 10  # a moment each time the connection was lost while the clock stood behind


@dataclass(slots=True)
class Moment:
    lo: int
    hi: int


@dataclass(slots=True)
class Place:
    """Where somebody was in voice, from this change on."""

    at: Moment
    channel: int | None
    deaf: bool


@dataclass(slots=True)
class Spell:
    """A membership. Discord itself tells when it began, so that this has no bounds."""

    joined_ms: int
    at: Moment
    left: Moment | None = None
    reason: str | None = None
    left_true_ms: int = 0


@dataclass(slots=True)
class Interest:
    """An answer to an event, while it stood."""

    since: Moment
    until: Moment | None = None


@dataclass(slots=True)
class Holding:
    """One occurrence. An event that is moved keeps it; a recurring one that moves on opens the next."""

    starts: list[int]  # every start that was planned for it, the newest last
    known: Moment
    began: Moment | None = None
    ended: Moment | None = None
    status: str = "planned"


@dataclass(slots=True)
class Event:
    event_id: int
    channel: int
    recurs: bool
    holdings: list[Holding]
    interest: dict[int, list[Interest]] = field(default_factory=lambda: defaultdict(list))
    over: Moment | None = None


@dataclass(slots=True)
class Command:
    interaction_id: int
    person: int
    at_ms: int
    at: Moment


@dataclass(slots=True)
class Sent:
    """One dispatch. `fact` is what one row of a record should say of it, None where that is not compared."""

    session: int
    sequence: int
    type: str
    data: object
    at: Moment
    fact: tuple[object, ...] | None = None
    person: int | None = None
    is_told: bool = False  # Discord was told that we have it
    is_heard: bool = False  # it came to the process, live, at least once


@dataclass(slots=True)
class Truth:
    guild_id: int
    people: list[int]
    bots: set[int]
    afk_channel: int
    places: dict[int, list[Place]] = field(default_factory=lambda: defaultdict(list))
    spells: dict[int, list[Spell]] = field(default_factory=lambda: defaultdict(list))
    events: dict[int, Event] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    entries: list[dict[str, object]] = field(default_factory=list)  # of the audit log, the newest last
    sent: list[Sent] = field(default_factory=list)
    unheard: list[Moment] = field(default_factory=list)  # what was sent to no session
    withdrawn: dict[int, int] = field(default_factory=dict)  # person → since when, by the machine's clock
    erased: set[int] = field(default_factory=set)
    doomed: dict[int, tuple[int, bool]] = field(
        default_factory=dict
    )  # who asked for it: when, for an erasure
    excluded: list[tuple[int, int, int | None]] = field(default_factory=list)  # channel, from, to
    sure: list[tuple[int, int]] = field(default_factory=list)  # spans that are durably known to be whole
    twice: list[tuple[int, int]] = field(default_factory=list)  # what the machine's clock showed twice
    lists_failed: bool = False  # Discord did not give a list that was asked for
    clock_is_wild: bool = False  # it was set back by hours: no time can be trusted then

    def stays(self, person: int) -> Iterator[tuple[Place, Place | None]]:
        """Each change with the one that followed it."""
        changes = self.places[person]
        yield from zip_longest(changes, changes[1:])

    @property
    def clock_was_set_back(self) -> bool:
        return bool(self.twice) or self.clock_is_wild

    @property
    def hidden_ms(self) -> int:
        """By how much a recorder may date something later than the clock ever showed."""
        return HIDDEN_MS if self.twice else 0

    @property
    def set_back_ms(self) -> int:
        """By how much the machine's clock may have been behind an earlier reading of itself."""
        return sum(end_ms - start_ms for start_ms, end_ms in self.twice)

    def ever_excluded(self) -> set[int]:
        return {channel for channel, _, _ in self.excluded}
