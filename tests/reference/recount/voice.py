"""Voice: who was in which channel, and which of that time qualifies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .seen import Known


class Visit(NamedTuple):
    """One person in one channel, deafened or not, without a change."""

    user_id: int
    channel: int
    from_ms: int
    to_ms: int
    is_deaf: bool
    session: int  # one unbroken stay in voice has one number, through however many channels


@dataclass
class _Open:
    channel: int
    is_deaf: bool
    since_ms: int
    session: int


class Voice:
    """`visits` of everybody, bots and withdrawn people too; `qualifying` are pieces of visits."""

    def __init__(self, known: Known, bots: set[int]) -> None:
        self._open: dict[int, _Open] = {}
        self._sessions = 0
        self._afk: set[int] = set()
        self.estimated: set[int] = set()  # sessions whose beginning or end nobody saw
        self.visits: list[Visit] = []
        self._follow(known)
        self.qualifying = _qualifying(self.visits, bots, self._afk)

    def _follow(self, known: Known) -> None:
        gaps = known.gaps
        for at_ms, kind, data in known.seen:
            while gaps and at_ms >= gaps[0][1]:
                self.estimated |= {now.session for now in self._open.values()}
                self._close_all(gaps.pop(0)[0])
            if kind == "GUILD_CREATE":
                if data["afk_channel_id"]:
                    self._afk.add(int(data["afk_channel_id"]))
                for state in data["voice_states"]:
                    self._is_in(int(state["user_id"]), at_ms, int(state["channel_id"]), _deaf(state))
                    self.estimated.add(self._open[int(state["user_id"])].session)
            elif kind == "VOICE_STATE_UPDATE":
                channel = data["channel_id"]
                user_id = int(data["user_id"])
                if channel is None:
                    self._close(user_id, at_ms)
                else:
                    self._is_in(user_id, at_ms, int(channel), _deaf(data))
            elif kind == "GUILD_MEMBER_REMOVE":
                self._close(int(data["user"]["id"]), at_ms)
        self._close_all(known.until_ms)

    def _is_in(self, user_id: int, at_ms: int, channel: int, is_deaf: bool) -> None:
        now = self._open.get(user_id)
        if now is not None and (now.channel, now.is_deaf) == (channel, is_deaf):
            return
        session = None if now is None else now.session
        if now is not None:
            self._close(user_id, at_ms)
        if session is None:
            self._sessions += 1
            session = self._sessions
        self._open[user_id] = _Open(channel, is_deaf, at_ms, session)

    def _close(self, user_id: int, at_ms: int) -> None:
        now = self._open.pop(user_id, None)
        if now is not None and now.since_ms < at_ms:
            visit = Visit(user_id, now.channel, now.since_ms, at_ms, now.is_deaf, now.session)
            self.visits.append(visit)

    def _close_all(self, at_ms: int) -> None:
        for user_id in list(self._open):
            self._close(user_id, at_ms)


def stays_that_count(visits: list[Visit], qualifying: list[Visit]) -> list[Visit]:
    """Each stay in a channel, deafened or not meanwhile, if any time of it qualifies."""
    stays: list[Visit] = []
    for visit in sorted(visits, key=lambda one: (one.session, one.from_ms)):
        last = stays[-1] if stays else None
        if last and (last.session, last.channel, last.to_ms) == (visit.session, visit.channel, visit.from_ms):
            stays[-1] = last._replace(to_ms=visit.to_ms)
        else:
            stays.append(visit)
    begins = {(piece.session, piece.from_ms) for piece in qualifying}
    by_session: dict[int, list[int]] = defaultdict(list)
    for session, from_ms in begins:
        by_session[session].append(from_ms)
    return [stay for stay in stays if any(stay.from_ms <= at < stay.to_ms for at in by_session[stay.session])]


def _deaf(state: dict[str, object]) -> bool:
    return bool(state.get("self_deaf") or state.get("deaf"))


def _qualifying(visits: list[Visit], bots: set[int], afk: set[int]) -> list[Visit]:
    """Channel by channel, from one border of anybody's visit to the next."""
    by_channel: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.channel not in afk and visit.user_id not in bots:
            by_channel[visit.channel].append(visit)
    pieces: list[Visit] = []
    for there in by_channel.values():
        starts, ends = defaultdict(list), defaultdict(list)
        for visit in there:
            starts[visit.from_ms].append(visit)
            ends[visit.to_ms].append(visit)
        borders = sorted({*starts, *ends})
        present: set[Visit] = set()
        for border, following in pairwise(borders):
            present -= set(ends[border])
            present |= set(starts[border])
            if len({visit.user_id for visit in present}) >= 2:
                pieces += [
                    visit._replace(from_ms=border, to_ms=following) for visit in present if not visit.is_deaf
                ]
    return pieces
