"""Voice: who was in which channel, from when to when.

Someone whose coming is only known to lie within a span is there from its end, someone going until its
beginning. What was seen may contradict what is believed only after a gap, and a gap ends every stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, Struct, field

from storage.attendance.intervals import Span
from storage.facts import CoverageNoted, Fact, GuildSeen, Occupant, VoiceListed, VoiceStateSeen
from storage.fold.calendar import Calendar
from storage.fold.changes import Changes, VoiceSession
from storage.fold.channels import NEVER_MS, Channel, Counter, Stay
from storage.fold.reconciliations import PARTIAL, TAKEN, Arriving, Compared, reconciled
from storage.rules import Rules

SOURCE = "voice"
TOKENLESS = "member:"  # occupants who withdrew during their stay: the token of that stay is not known yet


class VoiceState(Struct):
    clock_ms: int = 0  # voice never goes back behind it
    afk_channel_id: int | None = None
    counted_to_ms: dict[int, int] = {}  # by channel
    stays: list[Stay] = []
    arriving: Arriving = field(default_factory=Arriving)
    listed: list[Occupant] = []  # in the list that is arriving
    lost_sight: list[Occupant] = []  # in voice when a gap began, and not seen since


class Voice:
    def __init__(self, changes: Changes, calendar: Calendar, rules: Rules, saved: VoiceState) -> None:
        self._changes = changes
        self._counter = Counter(changes, calendar, rules)
        self._counter.afk_channel_id = saved.afk_channel_id
        self._counts_deafened = rules.voice_counts_deafened
        self._clock_ms = saved.clock_ms
        self._sure_ms = 0  # open stays are counted at least so far; what is saved has been
        self._channels = {channel: Channel(channel, ms) for channel, ms in saved.counted_to_ms.items()}
        self._stays: dict[Occupant, Stay] = {}
        for stay in saved.stays:
            self._put(stay)
        self._arriving = saved.arriving
        self._listed = set(saved.listed)
        self._lost_sight = set(saved.lost_sight)

    def saved(self) -> VoiceState:
        return VoiceState(
            clock_ms=self._clock_ms,
            afk_channel_id=self._counter.afk_channel_id,
            counted_to_ms={channel.channel_id: channel.counted_to_ms for channel in self._channels.values()},
            stays=list(self._stays.values()),
            arriving=self._arriving,
            listed=sorted(self._listed, key=str),
            lost_sight=sorted(self._lost_sight, key=str),
        )

    @property
    def sure_ms(self) -> int:
        """Until here it is known who was in which channel: nothing that comes will change it."""
        return self._clock_ms

    @property
    def afk_channel_id(self) -> int | None:
        return self._counter.afk_channel_id

    def settle(self) -> None:
        """Credits all open stays with what is recorded so far, so that the tables show it."""
        for channel in self._channels.values():
            self._counter.count(channel, self._sure_ms)
            self._counter.credit_all(channel)

    # ------------------------------------------------------------ what was seen

    def state_seen(self, fact: VoiceStateSeen, is_nobody: bool) -> None:
        """`is_nobody`: a bot, or someone who is no member any more. They are nowhere, and no company."""
        if fact.snapshot is not None:
            self._list(fact.snapshot, fact.occupant, is_nobody)
        elif self._lost_sight:
            self._lost_sight.discard(fact.occupant)
        if is_nobody:
            return
        to_ms = self._advance(fact)
        stay = self._stays.get(fact.occupant) or self._recognised(fact.occupant)
        if stay is not None and stay.channel_id == fact.channel_id:
            if fact.deaf != (stay.hears_from_ms == NEVER_MS):
                self._deafened(stay, fact.deaf, to_ms)
            return
        is_estimated = self._is_estimated(fact)
        if stay is not None:
            to_ms = max(to_ms, self._end(stay, is_estimated))
        if fact.channel_id is not None:
            before = None if stay is None else stay.session
            self._begin(fact, fact.channel_id, to_ms, before, is_estimated=is_estimated)

    def listed(self, fact: VoiceListed) -> None:
        if self._arriving.snapshot != fact.snapshot:
            if fact.occupants:  # none of those whom the list had came this far: it says nothing of the others
                self._compared(fact, set(), 0, verdict=PARTIAL, reason="nobody of the list was recorded")
                return
            self._arriving.begins(fact.snapshot)
            self._listed = set()
        self._compared(fact, self._listed, self._arriving.unexpected)
        self._advance(fact)
        for occupant in [occupant for occupant in self._stays if occupant not in self._listed]:
            self._end(self._stays[occupant], is_estimated=True)
        self._arriving.ended()
        self._listed, self._lost_sight = set(), set()

    def guild_seen(self, fact: GuildSeen) -> None:
        if fact.afk_channel_id is UNSET or fact.afk_channel_id == self._counter.afk_channel_id:
            return
        self._advance(fact)
        for channel in self._channels.values():
            self._counter.count(channel, self._clock_ms)
            self._counter.credit_all(channel)
        self._counter.afk_channel_id = fact.afk_channel_id

    def recorded(self, fact: CoverageNoted) -> None:
        """Everything until the end of this span was seen: whoever is there was there all the time."""
        self._clock_ms = self._sure_ms = max(self._clock_ms, fact.to_ms)

    def lost(self, fact: Fact) -> None:
        """From here on nobody was watched. Every stay ends at this last sure moment."""
        self._advance(fact)
        self._lost_sight |= self._stays.keys()
        for stay in list(self._stays.values()):
            self._end(stay, is_estimated=True)

    def missed(self, hole: Span) -> None:
        """Nobody was watched in this time, which is known of only now: others may have come since.

        Who was there before it is there until its beginning; where somebody has moved in their channel
        since, until then, for so far it is counted.
        """
        self._clock_ms = max(self._clock_ms, hole.start_ms)
        before = [stay for stay in self._stays.values() if stay.start_ms < hole.end_ms]
        self._lost_sight |= {stay.occupant for stay in before}
        for stay in before:
            counted_ms = self._channels[stay.channel_id].counted_to_ms
            self._end(stay, is_estimated=True, at_ms=max(counted_ms, hole.start_ms))

    def went(self, member_no: int, fact: Fact, is_estimated: bool) -> None:
        self._lost_sight.discard(member_no)
        stay = self._stays.get(member_no)
        if stay is not None:
            self._advance(fact)
            self._end(stay, is_estimated or self._is_estimated(fact))

    def withdrew(self, member_no: int) -> None:
        """The session ends, and an occupant without a name stays: the others are not alone.

        It ends at the last sure moment, and the clock stands: a withdrawal is logged at once, ahead of all
        that waits in the journal and speaks of times before it.
        """
        self._lost_sight.discard(member_no)
        stay = self._stays.get(member_no)
        if stay is not None:
            end_ms = self._end(stay, is_estimated=True)
            token = f"{TOKENLESS}{member_no}"
            self._put(Stay(token, stay.channel_id, end_ms, NEVER_MS, NEVER_MS, session=None))

    # -------------------------------------------------------------------- stays

    def _advance(self, fact: Fact) -> int:
        """Moves the clock to the fact's earlier moment and returns its later one."""
        # Without max(): most rows of a log pass here, and a call costs more than all else in it.
        clock_ms = self._clock_ms
        if fact.from_ms > clock_ms:
            self._clock_ms = clock_ms = fact.from_ms
        return fact.to_ms if fact.to_ms > clock_ms else clock_ms

    def _is_estimated(self, fact: Fact) -> bool:
        """Also where the clock was set back by hours: what happens then is dated by when it stood before."""
        return fact.is_estimated or fact.to_ms < self._clock_ms

    def _list(self, snapshot: str, occupant: Occupant, is_nobody: bool) -> None:
        if self._arriving.begins(snapshot):
            self._listed = set()
        if not is_nobody and occupant not in self._listed:
            self._listed.add(occupant)
            is_withdrawn = isinstance(occupant, str)
            self._arriving.met(is_withdrawn or occupant in self._stays or occupant in self._lost_sight)

    def _compared(
        self,
        fact: VoiceListed,
        listed: set[Occupant],
        unexpected: int,
        *,
        verdict: str = TAKEN,
        reason: str | None = None,
    ) -> None:
        """Notes how a list compares with who was in voice when somebody watched last."""
        absent = (self._stays.keys() | self._lost_sight) - listed
        compared = Compared(_members_of(listed), _members_of(absent), unexpected)
        reconciled(self._changes, SOURCE, fact.to_ms, compared, verdict=verdict, reason=reason)

    def _recognised(self, occupant: Occupant) -> Stay | None:
        """Takes an unknown token for that of the one who withdrew while in voice, if there is one."""
        if isinstance(occupant, int):
            return None
        for stay in self._stays.values():
            if isinstance(stay.occupant, str) and stay.occupant.startswith(TOKENLESS):
                del self._stays[stay.occupant], self._channels[stay.channel_id].stays[stay.occupant]
                stay.occupant = occupant
                self._put(stay)
                return stay
        return None

    def _begin(
        self,
        fact: VoiceStateSeen,
        channel_id: int,
        start_ms: int,
        before: VoiceSession | None,
        *,
        is_estimated: bool,
    ) -> None:
        """`before`: what they come from without having left voice."""
        session = None
        if isinstance(fact.occupant, int):
            is_estimated |= fact.snapshot is not None  # they came before the list
            session_start_ms = start_ms if before is None else before.session_start_ms
            session = VoiceSession(fact.occupant, channel_id, start_ms, is_estimated, session_start_ms)
            if before is not None:
                session.counted_days = before.counted_days
                session.was_estimated = before.is_estimated
                self._changes.tell_days(session)
            self._write(session)
        hears_from_ms = NEVER_MS if fact.deaf else start_ms
        counts_from_ms = start_ms if self._counts_deafened else hears_from_ms
        if channel_id in self._channels:  # counted until now, so that the newcomer need not be awaited
            self._counter.count(self._channels[channel_id], self._clock_ms)
        self._put(Stay(fact.occupant, channel_id, start_ms, hears_from_ms, counts_from_ms, session))

    def _end(self, stay: Stay, is_estimated: bool, at_ms: int | None = None) -> int:
        """Now, or at a moment before that, up to which its channel is counted at most."""
        at_ms = self._clock_ms if at_ms is None else at_ms
        channel = self._counted(stay, at_ms)
        end_ms = max(stay.start_ms, at_ms)
        if stay.session is not None:
            stay.session.end_ms = end_ms
            stay.session.end_estimated = is_estimated
            self._changes.tell_days(stay.session)
            self._write(stay.session)
        del self._stays[stay.occupant]
        channel.remove(stay)
        if not channel.stays:
            del self._channels[stay.channel_id]
        return end_ms

    def _deafened(self, stay: Stay, deaf: bool, to_ms: int) -> None:
        channel = self._counted(stay, self._clock_ms)
        channel.remove(stay)
        stay.hears_from_ms = NEVER_MS if deaf else max(to_ms, stay.start_ms)
        if not self._counts_deafened:
            stay.counts_from_ms = stay.hears_from_ms
        channel.put(stay)

    def _put(self, stay: Stay) -> None:
        self._stays[stay.occupant] = stay
        channel = self._channels.get(stay.channel_id)
        if channel is None:
            channel = self._channels[stay.channel_id] = Channel(stay.channel_id, self._clock_ms)
        channel.put(stay)

    def _counted(self, stay: Stay, until_ms: int) -> Channel:
        channel = self._channels[stay.channel_id]
        self._counter.count(channel, until_ms)
        self._counter.credit(channel, stay)
        return channel

    def _write(self, session: VoiceSession) -> None:
        self._changes.sessions[session.member_no, session.start_ms, session.channel_id] = session


def _members_of(occupants: Iterable[Occupant]) -> int:
    """How many have a number: the others have withdrawn."""
    return sum(isinstance(occupant, int) for occupant in occupants)
