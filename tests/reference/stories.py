"""Simulated years with what the simulator's club lacks, brought in by the bot's own door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from random import Random

from msgspec.structs import replace as replace_struct

from bot.draft import Received
from bot.intake import Intake, IntakeOptions
from sandbox.community import Story, tell
from sandbox.community_calendar import INHOUSE_WEEKDAYS, Year, moment_ms
from sandbox.community_cast import Kind, Person
from sandbox.community_history import Dispatch, History
from sandbox.community_moves import AsksOtherBot, Joins, Leaves, Move, Prunes, Speaks, TakesRoles, Writes
from sandbox.community_place import (
    AFK,
    CAFE,
    CAPTAIN,
    COACHING_ROOM,
    EVENING_ROOM,
    GENERAL,
    GUILD_ID,
    HOST,
    LOBBY,
    MUSIC_LOUNGE,
    RANKED_ROOM,
    REGULAR,
    STAFF,
    TEAM_DIRE,
    TEAM_RADIANT,
    ZONE,
    snowflake,
)
from sandbox.demo_history import HistoryImport
from storage.database import Warehouse
from storage.erasure import opt_out
from storage.event import Event
from storage.event_key import KeyMaker
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.loader import load_batch
from storage.rules import EventRules, EventTypeRule, Rules, TierRule
from storage.withdrawals import Withdrawals

from .other_doors import (
    WiderHistory,
    bring_file,
    handed_over,
    linked,
    own_end,
    own_recorded,
    places,
    recorded,
)
from .recount.seen import DAY, HOUR, MINUTE, EventType, Known, Seen

GAME = (LOBBY, TEAM_RADIANT, TEAM_DIRE)
TYPES = (
    EventType("Inhouse", ("*inhouse*",), frozenset(GAME), 150, frozenset({HOST})),
    EventType("Beginner Night", ("beginner night*",), frozenset({COACHING_ROOM}), 90, frozenset({HOST})),
    EventType("Captains’ Draft", ("captains*draft*",), frozenset(GAME), 150),
    EventType("Café", ("café*",), frozenset({CAFE}), 120),
)
PROFILE = ("show_my_profile", "show_profile")
COMMANDS = (*PROFILE, "match find", "insights")
TIERS = (("staff", frozenset({STAFF})), ("host", frozenset({HOST})), ("captain", frozenset({CAPTAIN})))
RULES = Rules(
    zone=ZONE.key,
    tracked_commands=COMMANDS,
    events=EventRules(
        types=tuple(
            EventTypeRule(t.name, t.titles, tuple(sorted(t.channels)), t.usual_minutes, tuple(t.host_roles))
            for t in TYPES
        )
    ),
    tiers=tuple(TierRule(name, tuple(roles)) for name, roles in TIERS),
)
ROOMS = (EVENING_ROOM, RANKED_ROOM, MUSIC_LOUNGE, CAFE, TEAM_DIRE, AFK)
STAFF_AND_HOSTS = 8  # the first of the cast
STAY_NUMBERS = 10_000_000  # above those of the club's own stays


@dataclass(frozen=True, slots=True)
class OutageYear(Year):
    """The incidents of a year, with the recording gap where and as long as a seed has it."""

    gap: tuple[int, int] | None = None

    @property
    def outage(self) -> tuple[int, int] | None:
        return self.gap


@dataclass(frozen=True)
class Saga:
    """A story, and who opts out of being recorded when."""

    story: Story
    opts_out: tuple[tuple[int, int], ...]  # moment, user id; by time
    handed_over: tuple[Seen, ...] = ()  # by the other bot; by time
    linked: tuple[Seen, ...] = ()  # in a file

    def history(self) -> History:
        return WiderHistory(self.story, self.story.now_ms)

    @cached_property
    def known(self) -> Known:
        """For whoever counts a second time: what was sent and nothing that was made of it."""
        history = self.history()
        seen = [Seen(sent.at_ms, sent.type, sent.data) for sent in history.dispatches()]
        ends = [end for one in seen if (end := own_end(*one)) is not None]
        others = [*self._listed_afterwards(), *self.handed_over, *self.linked, *ends]
        return Known(
            zone=ZONE,
            seen=sorted([*seen, *others], key=lambda one: one.at_ms),
            listening=history.recorded,
            opted_out={user_id: moment for moment, user_id in self.opts_out},
            event_types=TYPES,
            tracked_commands=frozenset(COMMANDS),
            profile_commands=frozenset(PROFILE),
            promoted_roles=frozenset({REGULAR}),
            tiers=TIERS,
        )

    def _listed_afterwards(self) -> Iterator[Seen]:
        """What people said to events while nobody listened: Discord's lists tell, once somebody asks."""
        lost_ms, back_ms = self.story.outage or (0, 0)
        heard_all = replace(self.story, year=replace(self.story.year, gap=None))
        for sent in WiderHistory(heard_all, back_ms).dispatches():
            if lost_ms <= sent.at_ms and sent.type.startswith("GUILD_SCHEDULED_EVENT_USER"):
                yield Seen(back_ms, sent.type, sent.data)


def saga(seed: int, now: datetime, days: int, share: float = 1.0) -> Saga:
    """So many days of the simulated club up to `now`, with edges, a gap and people who opt out.

    `share`: how many of its people there are; the fewer, the quicker.
    """
    rng = Random(f"{seed}/reference")
    told = _smaller(tell(seed, now, days), rng, share)
    strangers = Edges(rng, told)
    moves = sorted([*_plain(told.moves), *strangers.moves, *places(told)], key=lambda move: move.at_ms)
    now_ms = told.now_ms
    lost_ms = now_ms - int(rng.uniform(12, 60) * DAY)
    gap = lost_ms, lost_ms + int(rng.choice((0.4, 3, 28)) * HOUR)
    year = OutageYear(told.year.first, told.year.last, told.year.until, gap)
    people = [*told.people, *strangers.people]
    story = replace(told, year=year, people=people, moves=moves)
    keen = [p for p in told.people if p.kind in {Kind.CORE, Kind.REGULAR} and p.in_guild(now_ms)]
    some = [(told.begin_ms + int(rng.uniform(0, days) * DAY), p.user_id) for p in rng.sample(keen, 3)]
    doors = Random(f"{seed}/other doors")
    told_by_others = sorted(handed_over(doors, story, gap), key=lambda one: one.at_ms)
    opts_out = tuple(sorted([*some, *strangers.opts_out]))
    return Saga(story, opts_out, tuple(told_by_others), tuple(linked(doors, story)))


def _smaller(story: Story, rng: Random, share: float) -> Story:
    """Staff, hosts and captains stay, and who raided."""
    gone = {
        person.user_id
        for place, person in enumerate(story.people)
        if place >= STAFF_AND_HOSTS and person.kind is not Kind.RAIDER and rng.random() >= share
    }
    return replace(
        story,
        people=[person for person in story.people if person.user_id not in gone],
        moves=list(_without(story.moves, gone)),
    )


def _without(moves: list[Move], gone: set[int]) -> Iterator[Move]:
    for move in moves:
        if isinstance(move, Prunes):
            yield replace_struct(move, user_ids=tuple(user for user in move.user_ids if user not in gone))
        elif getattr(move, "user_id", None) not in gone:
            yield move


def _plain(moves: list[Move]) -> Iterator[Move]:
    """Without the muting and unmuting, which is two thirds of a year and touches no number."""
    state: dict[int, tuple[int | None, bool]] = {}
    for move in moves:
        if isinstance(move, Speaks):
            if state.get(move.user_id) == (move.channel_id, move.deaf):
                continue
            state[move.user_id] = (move.channel_id, move.deaf)
        yield move


class Edges:
    """People who do what the club's own do not: come back after 6 and after 8 days, sit alone, …"""

    def __init__(self, rng: Random, story: Story) -> None:
        self.people: list[Person] = []
        self.moves: list[Move] = []
        self.opts_out: list[tuple[int, int]] = []
        self._rng, self._story = rng, story
        self._numbers = count(STAY_NUMBERS)
        self._like = next(person for person in story.people if person.kind is Kind.RAIDER)
        for away in (6 * DAY, 7 * DAY - 1000, 7 * DAY, 7 * DAY + 1000, 8 * DAY):
            for _ in range(2):
                self._comes_back(away)
        for length in (HOUR, DAY - 1000, DAY, DAY + 1000):
            for act in (None, self._writes, self._alone, self._asks):
                self._is_gone_soon(length, act)
        for _ in range(14):
            self._wanders()
        self._nights()
        self._thresholds()
        self._short_of_attending()
        self._opted_out_companions()

    def _some_time(self, margin_days: float = 20) -> int:
        begin, end = self._story.begin_ms + DAY, self._story.now_ms - int(margin_days * DAY)
        return begin + int(self._rng.random() * (end - begin)) // 1000 * 1000

    def _person(self, *spells: tuple[int, int | None]) -> int:
        number = len(self._story.people) + len(self.people)
        user_id = snowflake(self._story.begin_ms - 900 * DAY, number)
        name = f"edge{number}"
        self.people.append(replace(self._like, user_id=user_id, name=name, spells=spells))
        for joined, left in spells:
            if joined > self._story.begin_ms:
                self.moves.append(Joins(joined, user_id))
            if left is not None:
                self.moves.append(Leaves(left, user_id))
        return user_id

    def _speaks(
        self, user_id: int, from_ms: int, to_ms: int, *rooms: int, deaf: bool = False, leaves: bool = True
    ) -> None:
        """In one room after the other, equally long."""
        number = next(self._numbers)
        for place, room in enumerate(rooms):
            at_ms = from_ms + (to_ms - from_ms) * place // len(rooms)
            self.moves.append(Speaks(at_ms, user_id, room, number, deaf=deaf))
        if leaves:
            self.moves.append(Speaks(to_ms, user_id, None, number))

    def _evening(self, user_id: int, at_ms: int) -> None:
        """An hour in a room where somebody may be or not."""
        length = int(self._rng.uniform(2, 90) * MINUTE)
        rooms = [self._rng.choice(ROOMS) for _ in range(self._rng.choice((1, 1, 2)))]
        self._speaks(user_id, at_ms, at_ms + length, *rooms, deaf=self._rng.random() < 0.15)

    def _comes_back(self, away: int) -> None:
        joined = self._some_time(50)
        left = joined + int(self._rng.uniform(2, 20) * DAY)
        user_id = self._person((joined, left), (left + away, None))
        for at_ms in (joined + HOUR, left - 12 * HOUR, left + away + 4 * HOUR, left + away + 9 * DAY):
            self._evening(user_id, at_ms)

    def _is_gone_soon(self, length: int, act: Callable[[int, int], None] | None) -> None:
        joined = self._some_time()
        user_id = self._person((joined, joined + length))
        if act is not None:
            act(user_id, joined + length // 2)

    def _writes(self, user_id: int, at_ms: int) -> None:
        self.moves.append(Writes(at_ms, user_id, GENERAL))

    def _asks(self, user_id: int, at_ms: int) -> None:
        self.moves.append(AsksOtherBot(at_ms, user_id, self._rng.choice(PROFILE), GENERAL))

    def _alone(self, user_id: int, at_ms: int) -> None:
        self._speaks(user_id, at_ms, at_ms + 10 * MINUTE, TEAM_DIRE)

    def _wanders(self) -> None:
        """Now and then here, in voice at any hour."""
        at_ms, spells = self._some_time(30), list[tuple[int, int | None]]()
        for _ in range(self._rng.choice((1, 2, 3))):
            left = at_ms + int(self._rng.choice((0.5, 3, 15, 40)) * DAY)
            if left >= self._story.now_ms - HOUR:
                spells.append((at_ms, None))
                break
            spells.append((at_ms, left))
            at_ms = left + int(self._rng.choice((0.01, 5.9, 6.99, 7.01, 12)) * DAY)
            if at_ms >= self._story.now_ms - HOUR:
                break
        user_id = self._person(*spells)
        for joined, left in spells:
            now_ms, end = joined + MINUTE, left or self._story.now_ms
            while (now_ms := now_ms + int(self._rng.expovariate(1 / 4) * DAY) + 2 * HOUR) < end - 3 * HOUR:
                self._rng.choice((self._evening, self._evening, self._writes, self._asks))(user_id, now_ms)

    def _nights(self) -> None:
        """Two who talk from half past eleven to half past three, above all as the clocks change."""
        joined = self._story.begin_ms + DAY
        friends = [self._person((joined, None)) for _ in range(2)]
        first, last = self._story.year.first + timedelta(days=3), self._story.year.last - timedelta(days=3)
        changes = [date(2025, 10, 25), date(2026, 3, 28), date(2026, 10, 24)]
        others = [first + timedelta(days=self._rng.randrange((last - first).days)) for _ in range(12)]
        for day in sorted({*changes, *others}):
            if first < day < last:
                start = int(datetime(day.year, day.month, day.day, 23, 30, tzinfo=ZONE).timestamp() * 1000)
                morning = day + timedelta(days=1)
                end = int(datetime(morning.year, morning.month, morning.day, 3, 30, tzinfo=ZONE).timestamp())
                for friend in friends:
                    self._speaks(friend, start, end * 1000, CAFE)

    def _thresholds(self) -> None:
        """Two in a room of their own for just under, just as long as and just over five minutes, in parts."""
        friends = [self._person((self._story.begin_ms + DAY, None)) for _ in range(2)]
        for length in (5 * MINUTE - 1, 5 * MINUTE, 5 * MINUTE + 1):
            day = self._story.year.first + timedelta(days=10 + length % 7)
            noon = int(datetime(day.year, day.month, day.day, 5, tzinfo=ZONE).timestamp() * 1000)
            for start, part in ((noon, length // 2), (noon + HOUR, length - length // 2)):
                for friend in friends:
                    self._speaks(friend, start, start + part, TEAM_DIRE)

    def _short_of_attending(self) -> None:
        """At the inhouses one comes for ten minutes each time, and one for a millisecond less.

        The first is made a host on the way, and shares the hours of the inhouses from then on.
        """
        for length in (10 * MINUTE, 10 * MINUTE - 1):
            guest = self._person((self._story.begin_ms + DAY, None))
            if length == 10 * MINUTE:
                self.moves.append(TakesRoles(self._story.begin_ms + 25 * DAY, guest, (HOST,)))
            for day in self._story.year.days[7:]:
                hour = INHOUSE_WEEKDAYS.get(day.weekday())
                if hour is not None and moment_ms(day, hour) < self._story.now_ms - DAY:
                    start = moment_ms(day, hour + 0.75)  # after it has begun, and before it is over
                    self._speaks(guest, start, start + length, LOBBY)

    def _opted_out_companions(self) -> None:
        """Each of three has one companion only, who opts out: before, in the middle of a stay, later.

        One of them leaves the server in the middle of a stay: Discord says nothing of the voice then.
        """
        for number, moment in enumerate((0, 40 * DAY + 30 * MINUTE, 60 * DAY)):
            begin = self._story.begin_ms
            one = self._person((begin + DAY, None))
            gone = begin + 90 * DAY + 30 * MINUTE
            companion = self._person((begin + DAY, gone))
            self.opts_out.append((begin + moment, companion))
            for day in (20, 40, 55, 80, 90):
                room = (CAFE, TEAM_DIRE, RANKED_ROOM)[number]
                start = begin + day * DAY
                self._speaks(companion, start, start + HOUR, room, leaves=start + HOUR < gone)
                self._speaks(one, begin + day * DAY + MINUTE, begin + day * DAY + 3 * HOUR, room)


@dataclass(frozen=True, slots=True)
class _OptsOut:
    at_ms: int
    user_id: int


class _Bringing(HistoryImport):
    """The import, with the opt-outs where they come."""

    def with_what_others_tell(self, of: Saga) -> None:
        opts_out = [_OptsOut(*one) for one in of.opts_out]
        self._waiting = sorted([*opts_out, *of.handed_over], key=lambda one: one.at_ms)
        self._lines = count(1)

    def _received(self, dispatch: Dispatch) -> Iterator[Received | Event]:
        while self._waiting and self._waiting[0].at_ms <= dispatch.at_ms:
            item = self._waiting.pop(0)
            if isinstance(item, _OptsOut):
                yield item  # type: ignore[misc]
            elif (received := recorded(item, next(self._lines), self._intake)) is not None:
                yield received
        yield from super()._received(dispatch)
        yield from own_recorded(dispatch, self._intake)

    async def bring(self) -> None:
        for number, item in enumerate(self._items()):
            if isinstance(item, _OptsOut):
                await self._load()
                await opt_out(
                    self._warehouse,
                    self._withdrawals,
                    GUILD_ID,
                    item.user_id,
                    at_ms=item.at_ms,
                    journal=self._journal,
                )
            else:
                self._journal.append(item)
            if number % 4000 == 3999:
                await self._load()
        await self._load()


async def record(of: Saga, warehouse: Warehouse, folder: Path) -> None:
    """Through intake, journal, loader and fold into a warehouse."""
    secret = b"reference" * 4
    withdrawals = Withdrawals.open(folder / "withdrawals", secret)
    options = IntakeOptions(guild_id=GUILD_ID, records_text=True, tracked_commands=frozenset(COMMANDS))
    intake = Intake(KeyMaker(secret), withdrawals, options)
    journal = Journal.open(folder / "journal.db", intake.encode, intake.unencodable)
    try:
        bringing = _Bringing(of.history(), intake, journal, warehouse, withdrawals)
        bringing.with_what_others_tell(of)
        await bringing.bring()
        while (await load_batch(warehouse, journal, withdrawals)).read:
            pass
        await bring_file(list(of.linked), warehouse, intake, withdrawals, of.story.now_ms)
        folder_of_log = Folder(warehouse, RULES)
        while not (await folder_of_log.advance(GUILD_ID)).caught_up:
            pass
    finally:
        await asyncio.to_thread(journal.close)
