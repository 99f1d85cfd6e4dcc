"""How a stay in a voice channel is spent, and how much of it counts (docs/kpis.md, "Qualifying voice").

Each channel is counted up to some moment, always forward. While it has company and is no AFK or ignored
channel, its *qualifying* time runs, the same for everyone in it: whoever listens is credited with what has
run since they were credited last, at the latest at midnight. Someone may be known to come later than what is
counted so far, because their coming is only known to lie within a span.
"""

from __future__ import annotations

from msgspec import Struct

from storage.activities import VOICE
from storage.facts import Occupant
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, VoiceSession
from storage.rules import Rules

NEVER_MS = 2**62


class Stay(Struct):
    """Someone in a channel. People who withdrew keep others company, and have no session."""

    occupant: Occupant
    channel_id: int
    start_ms: int
    hears_from_ms: int  # NEVER_MS: deafened
    counts_from_ms: int  # the same, or the start where the rules count the deafened too
    session: VoiceSession | None
    credited_to_ms: int = 0


class Channel:
    """One that someone is in."""

    __slots__ = ("awaited_ms", "channel_id", "counted_to_ms", "credited_ms", "qualifying_ms", "stays")

    def __init__(self, channel_id: int, counted_to_ms: int) -> None:
        self.channel_id = channel_id
        self.counted_to_ms = counted_to_ms
        self.stays: dict[Occupant, Stay] = {}
        self.qualifying_ms = 0  # that has run since
        self.credited_ms: dict[Occupant, int] = {}  # those who listen: up to which qualifying_ms
        self.awaited_ms: list[int] = []  # when someone comes or hears, later than counted_to_ms

    def people(self) -> int:
        if not self.awaited_ms:
            return len(self.stays)
        return sum(stay.start_ms <= self.counted_to_ms for stay in self.stays.values())

    def alone(self) -> Stay:
        """The one who is there, where there is one."""
        if not self.awaited_ms:
            return next(iter(self.stays.values()))
        return next(stay for stay in self.stays.values() if stay.start_ms <= self.counted_to_ms)

    def put(self, stay: Stay) -> None:
        self.stays[stay.occupant] = stay
        stay.credited_to_ms = max(stay.start_ms, self.counted_to_ms)
        moments = {stay.start_ms, stay.counts_from_ms} - {NEVER_MS}
        self.awaited_ms += [ms for ms in moments if ms > self.counted_to_ms]
        self._listen(stay)

    def remove(self, stay: Stay) -> None:
        del self.stays[stay.occupant]
        self.credited_ms.pop(stay.occupant, None)

    def arrive(self) -> None:
        """Whoever was awaited until now is there, and hears."""
        self.awaited_ms = [ms for ms in self.awaited_ms if ms > self.counted_to_ms]
        for stay in self.stays.values():
            self._listen(stay)

    def _listen(self, stay: Stay) -> None:
        if stay.counts_from_ms <= self.counted_to_ms:
            self.credited_ms.setdefault(stay.occupant, self.qualifying_ms)


class Counter:
    """Credits time in channels to sessions, and to people's local days."""

    def __init__(self, changes: Changes, calendar: Calendar, rules: Rules) -> None:
        self._changes = changes
        self._calendar = calendar
        self._company = 2 if rules.voice_needs_company else 1
        self._counts_afk = rules.voice_counts_afk
        self._ignored = frozenset(rules.ignored_channels)
        self.afk_channel_id: int | None = None  # to change it, credit everyone first

    def count(self, channel: Channel, until_ms: int) -> None:
        """Moves a channel on to this moment."""
        while channel.counted_to_ms < until_ms:
            day = self._calendar.day_of(channel.counted_to_ms)
            step_end_ms = min(until_ms, day.end_ms)
            if channel.awaited_ms:
                step_end_ms = min(step_end_ms, *channel.awaited_ms)
            people = channel.people()
            if people >= self._company and self._is_qualifying(channel.channel_id):
                channel.qualifying_ms += step_end_ms - channel.counted_to_ms
            if people == 1:
                self._was_alone(channel.alone(), step_end_ms - channel.counted_to_ms)
            channel.counted_to_ms = step_end_ms
            if step_end_ms == day.end_ms:
                self._credit_all(channel, day.number)
            if channel.awaited_ms:
                channel.arrive()

    def credit(self, channel: Channel, stay: Stay) -> None:
        """Credits a stay with what has run in its channel so far."""
        self._credit(channel, stay, self._calendar.day_of(channel.counted_to_ms).number)

    def credit_all(self, channel: Channel) -> None:
        self._credit_all(channel, self._calendar.day_of(channel.counted_to_ms).number)

    def _credit_all(self, channel: Channel, day: int) -> None:
        for stay in channel.stays.values():
            self._credit(channel, stay, day)

    def _credit(self, channel: Channel, stay: Stay, day: int) -> None:
        if stay.credited_to_ms < channel.counted_to_ms:
            if stay.hears_from_ms > stay.credited_to_ms or stay.channel_id == self.afk_channel_id:
                self._spent(stay, channel.counted_to_ms)
            stay.credited_to_ms = channel.counted_to_ms
        credited_ms = channel.credited_ms.get(stay.occupant)
        if credited_ms is None:
            return
        earned_ms = channel.qualifying_ms - credited_ms
        channel.credited_ms[stay.occupant] = channel.qualifying_ms
        if earned_ms and stay.session is not None:
            self._earned(stay.session, day, earned_ms)

    def _spent(self, stay: Stay, to_ms: int) -> None:
        """What was spent in the AFK channel, and what deafened, since the stay was credited last."""
        from_ms, session = stay.credited_to_ms, stay.session
        if session is None:
            return
        if stay.channel_id == self.afk_channel_id:
            session.afk_ms += to_ms - from_ms
            self._write(session)
        if stay.hears_from_ms > from_ms:
            session.deafened_ms += min(stay.hears_from_ms, to_ms) - from_ms
            self._write(session)

    def _was_alone(self, stay: Stay, length_ms: int) -> None:
        if stay.session is not None:
            stay.session.alone_ms += length_ms
            self._write(stay.session)

    def _earned(self, session: VoiceSession, day: int, earned_ms: int) -> None:
        session.qualifying_ms += earned_ms
        self._write(session)
        is_first = session.counted_days[-1:] != (day,)
        self._changes.add(day, VOICE, session.member_no, count=is_first, duration_ms=earned_ms)
        if is_first:
            session.counted_days += (day,)
            self._changes.tell_days(session)

    def _write(self, session: VoiceSession) -> None:
        self._changes.sessions[session.member_no, session.start_ms, session.channel_id] = session

    def _is_qualifying(self, channel_id: int) -> bool:
        return channel_id not in self._ignored and (self._counts_afk or channel_id != self.afk_channel_id)
