"""Voice: who was in which channel, and how much of it counts (docs/kpis.md, "Qualifying voice").

Each channel is counted up to some moment, always forward: between two changes nobody comes, goes or deafens,
so a whole step counts alike for everyone in it. Someone whose coming is only known to lie within a span is
there from its end, someone going until its beginning: a stay may thus begin after what is counted so far.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, Struct

from storage.facts import CoverageNoted, Fact, GuildSeen, Occupant, VoiceListed, VoiceStateSeen
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, VoiceSession
from storage.rules import Rules

ACTIVITY = "voice"
NEVER_MS = 2**62
TOKENLESS = "member:"  # occupants who withdrew during their stay: the token of that stay is not known yet


class Stay(Struct):
    """Someone in a channel. People who withdrew keep others company, and have no session."""

    occupant: Occupant
    channel_id: int
    start_ms: int
    hears_from_ms: int  # NEVER_MS: deafened
    session: VoiceSession | None


class VoiceState(Struct):
    clock_ms: int = 0  # voice never goes back behind it
    afk_channel_id: int | None = None
    stays: list[Stay] = []
    counted_to_ms: dict[int, int] = {}  # by channel
    snapshot: str | None = None
    listed: list[Occupant] = []  # in the snapshot so far


class Voice:
    def __init__(self, changes: Changes, calendar: Calendar, rules: Rules, saved: VoiceState) -> None:
        self._changes = changes
        self._calendar = calendar
        self._counts_deafened = rules.voice_counts_deafened
        self._counts_afk = rules.voice_counts_afk
        self._ignored = frozenset(rules.ignored_channels)
        self._company = 2 if rules.voice_needs_company else 1
        self._clock_ms = saved.clock_ms
        self._afk_channel_id = saved.afk_channel_id
        self._stays: dict[Occupant, Stay] = {}
        self._channels: dict[int, dict[Occupant, Stay]] = {}
        self._counted_to_ms = dict(saved.counted_to_ms)
        self._snapshot = saved.snapshot
        self._listed = set(saved.listed)
        for stay in saved.stays:
            self._put(stay)

    def saved(self) -> VoiceState:
        return VoiceState(
            clock_ms=self._clock_ms,
            afk_channel_id=self._afk_channel_id,
            stays=list(self._stays.values()),
            counted_to_ms=self._counted_to_ms,
            snapshot=self._snapshot,
            listed=sorted(self._listed, key=str),
        )

    # ------------------------------------------------------------ what was seen

    def state_seen(self, fact: VoiceStateSeen, is_bot: bool) -> None:
        if fact.snapshot is not None:
            self._list(fact.snapshot, fact.occupant)
        if is_bot:
            return
        to_ms = self._advance(fact)
        stay = self._stays.get(fact.occupant) or self._recognised(fact.occupant)
        if stay is not None and stay.channel_id == fact.channel_id:
            self._deafened(stay, fact.deaf, to_ms)
            return
        if stay is not None:
            to_ms = max(to_ms, self._end(stay, fact.is_estimated))
        if fact.channel_id is not None:
            self._begin(fact, fact.channel_id, to_ms)

    def listed(self, fact: VoiceListed) -> None:
        if self._snapshot != fact.snapshot:
            if fact.occupants:
                return  # none of those whom the list had came this far: it says nothing of the others
            self._listed = set()
        self._advance(fact)
        for occupant in [occupant for occupant in self._stays if occupant not in self._listed]:
            self._end(self._stays[occupant], is_estimated=True)
        self._snapshot, self._listed = None, set()

    def guild_seen(self, fact: GuildSeen) -> None:
        if fact.afk_channel_id is UNSET or fact.afk_channel_id == self._afk_channel_id:
            return
        self._advance(fact)
        self._count_all()
        self._afk_channel_id = fact.afk_channel_id

    def recorded(self, fact: CoverageNoted) -> None:
        """Everything until the end of this span was seen: whoever is there was there all the time."""
        self._clock_ms = max(self._clock_ms, fact.to_ms)
        self._count_all()

    def lost(self, fact: Fact) -> None:
        """From here on nobody was watched. Every stay ends at this last sure moment."""
        self._advance(fact)
        for stay in list(self._stays.values()):
            self._end(stay, is_estimated=True)

    def went(self, member_no: int, fact: Fact, is_estimated: bool) -> None:
        stay = self._stays.get(member_no)
        if stay is not None:
            self._advance(fact)
            self._end(stay, is_estimated)

    def withdrew(self, member_no: int, fact: Fact) -> None:
        """The session ends, and an occupant without a name stays: the others are not alone."""
        stay = self._stays.get(member_no)
        if stay is None:
            return
        self._advance(fact)
        end_ms = self._end(stay, is_estimated=True)
        self._put(Stay(f"{TOKENLESS}{member_no}", stay.channel_id, end_ms, NEVER_MS, None))

    # -------------------------------------------------------------------- stays

    def _advance(self, fact: Fact) -> int:
        """Moves the clock to the fact's earlier moment and returns its later one."""
        self._clock_ms = max(self._clock_ms, fact.from_ms)
        return max(self._clock_ms, fact.to_ms)

    def _list(self, snapshot: str, occupant: Occupant) -> None:
        if self._snapshot != snapshot:
            self._snapshot, self._listed = snapshot, set()
        self._listed.add(occupant)

    def _recognised(self, occupant: Occupant) -> Stay | None:
        """Takes an unknown token for that of the one who withdrew while in voice, if there is one."""
        if isinstance(occupant, int):
            return None
        for stay in self._stays.values():
            if isinstance(stay.occupant, str) and stay.occupant.startswith(TOKENLESS):
                del self._stays[stay.occupant], self._channels[stay.channel_id][stay.occupant]
                stay.occupant = occupant
                self._put(stay)
                return stay
        return None

    def _begin(self, fact: VoiceStateSeen, channel_id: int, start_ms: int) -> None:
        self._count(channel_id)
        session = None
        if isinstance(fact.occupant, int):
            is_estimated = fact.is_estimated or fact.snapshot is not None  # they came before the list
            session = VoiceSession(fact.occupant, channel_id, start_ms, is_estimated)
            self._write(session)
        hears_from_ms = NEVER_MS if fact.deaf and not self._counts_deafened else start_ms
        self._put(Stay(fact.occupant, channel_id, start_ms, hears_from_ms, session))

    def _end(self, stay: Stay, is_estimated: bool) -> int:
        self._count(stay.channel_id)
        end_ms = max(stay.start_ms, self._clock_ms)
        if stay.session is not None:
            stay.session.end_ms = end_ms
            stay.session.end_estimated = is_estimated
            self._write(stay.session)
        self._remove(stay)
        return end_ms

    def _deafened(self, stay: Stay, deaf: bool, to_ms: int) -> None:
        if self._counts_deafened or deaf == (stay.hears_from_ms == NEVER_MS):
            return
        self._count(stay.channel_id)
        stay.hears_from_ms = NEVER_MS if deaf else max(to_ms, stay.start_ms)

    def _put(self, stay: Stay) -> None:
        self._stays[stay.occupant] = stay
        self._channels.setdefault(stay.channel_id, {})[stay.occupant] = stay
        self._counted_to_ms.setdefault(stay.channel_id, self._clock_ms)

    def _remove(self, stay: Stay) -> None:
        del self._stays[stay.occupant]
        channel = self._channels[stay.channel_id]
        del channel[stay.occupant]
        if not channel:
            del self._channels[stay.channel_id]
            del self._counted_to_ms[stay.channel_id]

    def _write(self, session: VoiceSession) -> None:
        self._changes.sessions[session.member_no, session.start_ms, session.channel_id] = session

    # ----------------------------------------------------------------- counting

    def _count_all(self) -> None:
        for channel_id in self._channels:
            self._count(channel_id)

    def _count(self, channel_id: int) -> None:
        """Counts a channel's time up to now for everyone in it."""
        channel = self._channels.get(channel_id)
        if channel is None:
            return
        at_ms = self._counted_to_ms[channel_id]
        while at_ms < self._clock_ms:
            step_end_ms = _next_change_ms(channel.values(), at_ms, self._clock_ms)
            here = [stay for stay in channel.values() if stay.start_ms <= at_ms]
            if len(here) >= self._company and self._is_qualifying(channel_id):
                for stay in here:
                    if stay.session is not None and stay.hears_from_ms <= at_ms:
                        self._credit(stay.session, at_ms, step_end_ms)
            at_ms = self._counted_to_ms[channel_id] = step_end_ms

    def _is_qualifying(self, channel_id: int) -> bool:
        if channel_id in self._ignored:
            return False
        return self._counts_afk or channel_id != self._afk_channel_id

    def _credit(self, session: VoiceSession, from_ms: int, to_ms: int) -> None:
        session.qualifying_ms += to_ms - from_ms
        self._write(session)
        day = self._calendar.day_of(from_ms)
        while from_ms < to_ms:
            until_ms = min(to_ms, day.end_ms)
            if from_ms < until_ms:
                is_first = session.counted_day != day.number
                self._changes.add(day.number, ACTIVITY, session.member_no, is_first, until_ms - from_ms)
                session.counted_day = day.number
            from_ms, day = until_ms, self._calendar.day(day.number + 1)


def _next_change_ms(stays: Iterable[Stay], at_ms: int, until_ms: int) -> int:
    """When the next one of those whose coming or hearing was only known late is there or hears again."""
    return min(
        (ms for stay in stays for ms in (stay.start_ms, stay.hears_from_ms) if at_ms < ms < until_ms),
        default=until_ms,
    )
