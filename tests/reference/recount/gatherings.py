"""Events: each holding, its window, who was interested as it began, who came and for how long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any

from .seen import HOUR, MINUTE, EventType, Known, milliseconds, moment_of
from .voice import Visit

BREAK = 5 * MINUTE
ATTENDS = 10 * MINUTE
LATE = HOUR
USUAL_MINUTES = 120
SCHEDULED, ACTIVE = 1, 2
Span = tuple[int, int]


@dataclass
class Holding:
    event_id: int
    title: str
    recurs: bool
    creator: int
    channel: int | None
    starts: list[int]  # as first planned, and whatever it was moved to
    planned_end: int | None
    began: int | None = None
    ended: int | None = None
    is_cancelled: bool = False
    declared_host: int | None = None
    kind: EventType | None = None
    window: Span | None = None  # T0 and T1, where it was held
    presence: dict[int, list[Span]] = field(default_factory=dict)  # within the window, breaks counted in

    _attended: tuple[int, set[int]] | None = None  # worked out once: it is asked for often

    @property
    def original_start(self) -> int:
        return self.starts[0]

    @property
    def planned_start(self) -> int:
        return self.starts[-1]

    @property
    def planned(self) -> Span:
        if self.planned_end is not None:
            return self.planned_start, self.planned_end
        usual = self.kind.usual_minutes if self.kind else USUAL_MINUTES
        return self.planned_start, self.planned_start + usual * MINUTE

    @property
    def channels(self) -> frozenset[int]:
        if self.channel is None:
            return frozenset()
        return (self.kind.channels if self.kind else frozenset()) | {self.channel}

    @property
    def tells_who_came(self) -> bool:
        return self.window is not None and bool(self.channels)

    def is_touched(self, gaps: Sequence[Span]) -> bool:
        """Whether nobody listened for a part of it: then what it was can be known in part only."""
        moments = [*self.planned, *(moment for moment in (self.began, self.ended) if moment is not None)]
        return any(lost < max(moments) and min(moments) < back for lost, back in gaps)

    @property
    def subject(self) -> str:
        """How reports tell the series from others."""
        return f"event:{self.series}" if self.recurs else f"title:{self.series}"

    @property
    def series(self) -> str:
        return str(self.event_id) if self.recurs else self.title.casefold()

    def minutes(self, user_id: int) -> float:
        return sum(end - start for start, end in self.presence.get(user_id, [])) / MINUTE

    def needs_minutes(self) -> float:
        assert self.window is not None
        return min(ATTENDS, (self.window[1] - self.window[0]) / 2) / MINUTE

    def attended(self) -> set[int]:
        if self._attended is None or self._attended[0] != len(self.presence):
            there = {user for user in self.presence if 0 < self.needs_minutes() <= self.minutes(user)}
            self._attended = len(self.presence), there
        return self._attended[1]

    def partly(self) -> set[int]:
        return {user for user in self.presence if self.minutes(user) > 0} - self.attended()


class Programme:
    """Follows the dispatches that tell of events and of answers to them."""

    def __init__(self, known: Known, visits: list[Visit], bots: set[int]) -> None:
        self._known = known
        self.holdings: list[Holding] = []
        self._current: dict[int, Holding] = {}
        self._objects: dict[int, dict[str, Any]] = {}
        self._off: dict[tuple[int, int], dict[str, Any]] = {}  # exceptions: event, original start
        self._places: dict[int, list[tuple[int, int]]] = defaultdict(list)  # since when, how many
        self._answers: dict[tuple[int, int | None], dict[int, list[tuple[int, bool | None]]]] = {}
        # Who has opted out keeps others company, but nobody knows that it was they who came.
        humans = (visit for visit in visits if visit.user_id not in bots)
        named = (_until(visit, known.opted_out.get(visit.user_id, known.until_ms)) for visit in humans)
        self._humans = sorted(named, key=lambda visit: visit.from_ms)
        for at_ms, kind, data in known.seen:
            self._follow(at_ms, kind, data)
        for holding in self.holdings:
            holding.kind = self._kind(holding.title)
        for holding in self.holdings:
            self._conclude(holding)

    # ---- what was planned, begun and ended
    def _follow(self, at_ms: int, kind: str, data: dict[str, Any]) -> None:
        kind = kind.removeprefix("GUILD_SCHEDULED_EVENT_")
        if kind == "GUILD_CREATE":
            for event in data["guild_scheduled_events"]:
                self._stands(at_ms, event)
            for channel in data["channels"]:
                self._has_places(at_ms, channel)
        elif kind in {"CREATE", "UPDATE"}:
            self._stands(at_ms, data)
        elif kind in {"EXCEPTION_CREATE", "EXCEPTION_UPDATE"}:
            self._excepted(data)
        elif kind in {"USER_ADD", "USER_REMOVE"}:
            self._answered(at_ms, kind == "USER_ADD", data)
        elif (
            kind == "GUILD_MEMBER_REMOVE"
        ):  # whoever leaves loses their answers, and nothing else tells of it
            for answers in self._answers.values():
                if int(data["user"]["id"]) in answers:
                    answers[int(data["user"]["id"])].append((at_ms, None))
        elif kind == "CHANNEL_UPDATE":
            self._has_places(at_ms, data)
        elif kind == "INTERACTION_CREATE" and _is_declaration(data["data"]):
            self._declared(data)

    def _stands(self, at_ms: int, event: dict[str, Any]) -> None:
        event_id, before = int(event["id"]), self._objects.get(int(event["id"]))
        self._objects[event_id] = event
        start = milliseconds(event["scheduled_start_time"])
        if before is None:
            self._opens(event, start)
            return
        holding, was, now = self._current[event_id], before["status"], event["status"]
        if was == SCHEDULED and now == ACTIVE:
            holding.began = at_ms
        elif was == ACTIVE and now != ACTIVE:
            holding.ended = at_ms
            if now == SCHEDULED:
                self._opens(event, start)
        elif was == SCHEDULED and now == SCHEDULED and start != holding.starts[0]:
            if start != milliseconds(before["scheduled_start_time"]):
                if at_ms >= holding.planned_start:  # nobody began it: the series moves on
                    self._opens(event, start)
                else:
                    holding.starts.append(start)
        elif was == SCHEDULED and now not in {SCHEDULED, ACTIVE}:
            holding.is_cancelled = at_ms < holding.planned_start

    def _opens(self, event: dict[str, Any], start: int) -> None:
        end, channel = event["scheduled_end_time"], event["channel_id"]
        holding = Holding(
            event_id=int(event["id"]),
            title=event["name"],
            recurs=event["recurrence_rule"] is not None,
            creator=int(event["creator_id"]),
            channel=None if channel is None else int(channel),
            starts=[start],
            planned_end=None if end is None else milliseconds(end),
        )
        self._current[holding.event_id] = holding
        self.holdings.append(holding)
        exception = self._off.get((holding.event_id, start))
        if exception is not None:
            self._excepted(exception)

    def _excepted(self, exception: dict[str, Any]) -> None:
        event_id, original = int(exception["event_id"]), moment_of(exception["event_exception_id"])
        self._off[event_id, original] = exception
        holding = self._current[event_id]
        if original // 1000 in {start // 1000 for start in holding.starts}:
            holding.is_cancelled = bool(exception["is_canceled"])
            if exception["scheduled_start_time"]:
                holding.starts.append(milliseconds(exception["scheduled_start_time"]))

    def _declared(self, interaction: dict[str, Any]) -> None:
        told = {option["name"]: option["value"] for option in interaction["data"]["options"][0]["options"]}
        local = datetime.fromisoformat(told["start"]).replace(tzinfo=self._known.zone)
        start = round(local.timestamp() * 1000)
        self.holdings.append(
            Holding(
                event_id=int(interaction["id"]),
                title=told["title"],
                recurs=False,
                creator=int(interaction["member"]["user"]["id"]),
                channel=int(told["channel"]),
                starts=[start],
                planned_end=start + int(told["minutes"]) * MINUTE,
                began=start,
                ended=start + int(told["minutes"]) * MINUTE,
                declared_host=int(told["host"]),
            )
        )

    def _kind(self, title: str) -> EventType | None:
        return next(
            (
                kind
                for kind in self._known.event_types
                if any(fnmatchcase(title.casefold(), pattern) for pattern in kind.titles)
            ),
            None,
        )

    # ---- whether it was held, and who was there
    def _conclude(self, holding: Holding) -> None:
        if holding.is_cancelled:
            return
        if not holding.channels:  # held elsewhere: it has a window, and nobody knows who was there
            if holding.began is not None and holding.ended is not None:
                holding.window = (holding.began, holding.ended)
            return
        planned = holding.planned
        if holding.began is not None:
            start, end = holding.began, holding.ended
            if end is None:
                end = holding.planned_end or start + planned[1] - planned[0]
        else:
            start, end = planned
            if end > self._known.until_ms or self._together(holding, planned, 3) < (end - start) / 2:
                return
        if holding.declared_host is None:  # what staff tell stands as they tell it
            last_two = self._last_two(holding, (start, end))
            if last_two is None:  # two never met: it was not held
                return
            end = last_two
        holding.window = (start, end)
        for user_id, spans in self._there(holding, (start, end)).items():
            holding.presence[user_id] = _without_breaks(spans)

    def _there(self, holding: Holding, window: Span) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = defaultdict(list)
        for visit in self._humans:
            if visit.from_ms >= window[1]:
                break
            if visit.channel in holding.channels and visit.to_ms > window[0]:
                span = max(visit.from_ms, window[0]), min(visit.to_ms, window[1])
                if span[0] < span[1]:
                    found[visit.user_id].append(span)
        return found

    def _numbers(self, holding: Holding, window: Span) -> list[tuple[Span, int]]:
        """How many people were there, from one moment at which that changed to the next."""
        there = self._there(holding, window)
        borders = sorted({moment for spans in there.values() for span in spans for moment in span})
        return [
            ((begin, end), sum(any(a <= begin and end <= b for a, b in spans) for spans in there.values()))
            for begin, end in pairwise(borders)
        ]

    def _together(self, holding: Holding, window: Span, people: int) -> int:
        return sum(span[1] - span[0] for span, there in self._numbers(holding, window) if there >= people)

    def _last_two(self, holding: Holding, window: Span) -> int | None:
        ends = [span[1] for span, there in self._numbers(holding, window) if there >= 2]
        return ends[-1] if ends else None

    # ---- how many fit in
    def _has_places(self, at_ms: int, channel: dict[str, Any]) -> None:
        self._places[int(channel["id"])].append((at_ms, channel.get("user_limit") or 0))

    def places(self, channel: int, at_ms: int) -> int:
        """0: everybody fits in."""
        return next((places for since, places in reversed(self._places[channel]) if since < at_ms), 0)

    # ---- answers
    def _answered(self, at_ms: int, is_added: bool, data: dict[str, Any]) -> None:
        event_id, user_id = int(data["guild_scheduled_event_id"]), int(data["user_id"])
        exception = data.get("guild_scheduled_event_exception_id")
        key = event_id, None if exception is None else moment_of(exception) // 1000
        says = bool(data.get("response", 1)) if is_added else None
        self._answers.setdefault(key, {}).setdefault(user_id, []).append((at_ms, says))

    def _own(self, holding: Holding) -> dict[int, list[tuple[int, bool | None]]]:
        """Everybody's answers to this one holding, by time."""
        if not holding.recurs:
            return self._answers.get((holding.event_id, None), {})
        merged: dict[int, list[tuple[int, bool | None]]] = defaultdict(list)
        for start in {start // 1000 for start in holding.starts}:
            for user_id, said in self._answers.get((holding.event_id, start), {}).items():
                merged[user_id] += said
        return {user_id: sorted(said) for user_id, said in merged.items()}

    def interested(self, holding: Holding, at_ms: int) -> set[int]:
        return {user for user, said in self._own(holding).items() if _standing(said, at_ms) is True}

    def wants_series(self, holding: Holding, at_ms: int) -> set[int]:
        """Interested in the whole series, without an answer to this holding."""
        if not holding.recurs:
            return set()
        own = self._own(holding)
        return {
            user
            for user, said in self._answers.get((holding.event_id, None), {}).items()
            if _standing(said, at_ms) is True and _standing(own.get(user, []), at_ms) is None
        }

    def late_cancels(self, holding: Holding, at_ms: int) -> set[int]:
        """Whose interest, in the holding or in the series, ended within the hour before, with none left."""
        own, series = self._own(holding), self._answers.get((holding.event_id, None), {})
        found = set()
        for answers in (own, series):
            for user, said in answers.items():
                for (_, before), (moment, now) in pairwise(said):
                    had_declined = answers is series and _standing(own.get(user, []), moment - 1) is False
                    is_end = before is True and now is not True and at_ms - LATE <= moment <= at_ms
                    if is_end and not had_declined:
                        found.add(user)
        answered = {user for user, said in own.items() if _standing(said, at_ms) is not None}
        return found - answered - self.wants_series(holding, at_ms)


def _is_declaration(command: dict[str, Any]) -> bool:
    return command["name"] == "insights" and command["options"][0]["name"] == "declare"


def _until(visit: Visit, moment: int) -> Visit:
    return visit._replace(to_ms=max(visit.from_ms, min(visit.to_ms, moment)))


def _standing(said: Iterable[tuple[int, bool | None]], at_ms: int) -> bool | None:
    stands = None
    for moment, says in said:
        if moment <= at_ms:
            stands = says
    return stands


def _without_breaks(spans: list[Span]) -> list[Span]:
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start - whole[-1][1] <= BREAK:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole
