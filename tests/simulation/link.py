"""The client's side of the connection: what supervision and connection do, without a socket.

They are bound to the library's websocket; here the same calls reach the recorder in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from interactions.client.errors import HTTPException

from bot.gateway.audit_log import AuditFetcher
from bot.gateway.channels import ChannelFetcher
from bot.gateway.connection import ASK_FOR_MEMBERS_AFTER, LOOK_AFTER
from bot.gateway.hearing import Clocks, Hearing
from bot.gateway.pace import Pace
from bot.gateway.refusals import ConnectionLost
from bot.gateway.rsvp_lists import RsvpFetcher
from bot.recorder import Recorder

from .discord import Gateway
from .machine import IDENTITY, SOURCES, Process, VirtualClock
from .truth import HIDDEN_MS, Moment, Sent, Truth
from .world import World

AT_ONCE = Pace(first_s=0, cap_s=0, list_spacing_s=0)
COMMAND_MS = 120
STILL_S = Pace().still_s


class Refused(HTTPException):
    """An answer of Discord's that is an error."""

    def __init__(self, status: int) -> None:
        self.status = status

    def __str__(self) -> str:
        return str(self.status)


class Rest:
    """Discord's lists. `troubles` are what the next requests meet with: a status, or 0 for no answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.troubles: list[int] = []
        self.hit: list[int] = []
        self.may_read_audit_log = True

    async def request(self, route: Any, params: dict[str, Any]) -> object:
        if self.troubles:
            trouble = self.troubles.pop()
            self.hit.append(trouble)
            if trouble == 0:
                raise TimeoutError
            raise Refused(trouble)
        if route.path.endswith("/scheduled-events"):
            return self._world.scheduled()
        if route.path.endswith("/channels"):
            return self._world.channels()
        if route.path.endswith("/threads/active"):
            return {"threads": []}
        if route.path.endswith("/audit-logs"):
            if not self.may_read_audit_log:
                raise Refused(403)
            return {"audit_log_entries": self._world.audit_entries(params["action_type"])}
        event_id = int(route.params["event_id"])
        if "exception_id" in route.params:
            return []
        return [one for one in self._world.interested(event_id) if int(one["user_id"]) > int(params["after"])]  # type: ignore[index]


class Link:
    def __init__(
        self,
        process: Process,
        world: World,
        *,
        rest: Rest,
        moment: Callable[[], Moment],
        tell: Callable[[str], None],
        clock: VirtualClock,
    ) -> None:
        self._tell = tell
        self._process = process
        self._recorder = process.recorder
        self._gateway: Gateway = world.gateway
        self._truth: Truth = world.truth
        self._moment = moment
        self._clock = clock
        self._hearing = self._new_hearing()
        self._stood_still = False
        self._fetchers = [
            kind(rest, process.recorder, world.truth.guild_id, AT_ONCE)  # type: ignore[arg-type]
            for kind in (ChannelFetcher, RsvpFetcher, AuditFetcher)
        ]
        self._session_id: str | None = None
        self._is_replaying = False
        self._live_from: int | None = None  # by the clock: since then nothing is missing
        self._live_to = 0

    @property
    def is_connected(self) -> bool:
        return self._gateway.is_connected

    def _new_hearing(self) -> Hearing:
        """By the machine's two clocks: the one that goes on in any case, and the one that may be set."""
        clocks = Clocks(lambda: self._clock.true_ms / 1000, lambda: self._clock.reading_ms / 1000)
        return Hearing(self._recorder, STILL_S, clocks)

    async def connect(self, now_ms: int) -> None:
        self._hearing, self._stood_still = self._new_hearing(), False
        await self._recorder.settled()
        seed = self._recorder.resumable(IDENTITY)
        if seed is None or seed.session_id is None:
            self._recorder.identifying(IDENTITY, SOURCES)
            self._hearing.opened()
            self._session_id = self._gateway.identify(self._moment())
            self._is_replaying = False
            self._tell(f"  IDENTIFY: {self._session_id}")
            await self.listen()
            return
        self._session_id = seed.session_id
        self._recorder.resuming(SOURCES)
        self._hearing.opened()
        sequence = self._recorder.durable_sequence(seed.session_id)
        assert sequence is not None
        self._tell(f"  RESUME {seed.session_id} from {sequence}")
        if self._gateway.resume(seed.session_id, sequence, self._moment(), now_ms):
            self._is_replaying = True
            await self.listen()
        else:
            self.session_ended("Discord had ended the session")

    async def listen(self) -> None:
        """Takes everything that is on its way."""
        self.take_all(self._gateway.wire)
        await self._fetch_lists()

    def take_all(self, waiting: list[Sent]) -> None:
        """As far as the connection is to be heard."""
        while waiting and self.look():
            self._take(waiting.pop(0))

    def look(self) -> bool:
        """Whether this connection is to be heard; if not, it is closed."""
        try:
            self._hearing.check()
        except ConnectionLost as lost:
            self._tell(f"  {lost.cause}")
            self.lost(lost.cause)
            return False
        return True

    async def wakes(self, still_ms: int, *, was_answered: bool) -> None:
        """After it stood still. `was_answered`: first in the socket is an answer to a heartbeat."""
        self._stood_still = still_ms > STILL_S * 1000
        if was_answered and self.look():
            self._recorder.acknowledged()
        self.take_all(self._gateway.wire)
        if self.look() and not self.is_connected:
            self.lost("Discord closed the connection")
        await self._fetch_lists()

    def _take(self, sent: Sent) -> None:
        is_live = not self._is_replaying and sent.type not in {"READY", "RESUMED"}
        if is_live and not sent.is_heard and not self._stood_still:  # a second time it tells nothing
            sent.is_heard = True
            sent.at.hi = max(sent.at.hi, self._clock.reading_ms)
        is_new = self._recorder.on_dispatch(sent.sequence, sent.type, sent.data)
        self._note_life(sent)
        if sent.type in ASK_FOR_MEMBERS_AFTER:
            self._ask_for_members()
        if sent.type in LOOK_AFTER:
            self._lists_due = True
        if is_new and sent.type == "INTERACTION_CREATE" and not self._is_replaying:
            self._answer(sent)

    _lists_due = False

    async def beat(self) -> None:
        """A heartbeat and its answer. Whatever was sent before the answer has come before it."""
        self._gateway.heartbeat(self._recorder.durable_sequence(self._session_id))
        await self.listen()
        if not self.look():
            return
        self._recorder.acknowledged()
        if self._live_from is not None:
            self._live_to = self._clock.reading_ms
        self._ask_for_members()
        await self.listen()
        self._lists_due = True
        await self._fetch_lists()

    def lost(self, cause: str) -> None:
        self._gateway.lose_connection(self._clock.true_ms)
        self._recorder.lost(cause)
        self._live_from = None

    def left_behind(self, *, resumes: bool) -> LeftBehind:
        """The connection seems lost, or its session ended, and both go on."""
        session, on_its_way = self._gateway.session, list(self._gateway.wire)
        if resumes:
            self.lost("the connection was lost")
        else:
            self._gateway.lose_connection(self._clock.true_ms)
            self._recorder.session_ended("Discord had ended the session")
            self._live_from = None
        self._gateway.leave_behind(session)
        self._gateway.older_wire += on_its_way
        return LeftBehind(self._gateway, self._recorder, self._hearing)

    def session_ended(self, cause: str) -> None:
        self._tell("  op 9 false")
        self._gateway.end_session()
        self._gateway.is_connected = False
        self._recorder.session_ended(cause)
        self._live_from = None

    def note_durable(self) -> None:
        """Everything until the last live moment is on disk: from now on it can never turn into a gap."""
        if self._live_from is not None and self._live_from < self._live_to:
            self._truth.sure.append((self._live_from, self._live_to))
            self._live_from = self._live_to

    def _note_life(self, sent: Sent) -> None:
        now_ms = self._clock.reading_ms
        if sent.type == "RESUMED":
            self._is_replaying = False
        elif sent.type == "GUILD_DELETE":
            self._live_from = None
            return
        if sent.type in {"RESUMED", "GUILD_CREATE"} and not self._is_replaying and self._live_from is None:
            if sent.type == "RESUMED" and not self._gateway.is_available:
                return
            moment = self._moment()
            is_behind = moment.lo < moment.hi
            # A gap takes a millisecond at least, and so does each that a clock hides which stands behind.
            self._live_from = moment.hi + (HIDDEN_MS if is_behind else 1)
        if self._live_from is not None:
            self._live_to = now_ms

    def _ask_for_members(self) -> None:
        for _, nonce in self._recorder.member_lists_due():
            self._gateway.request_members(nonce, self._moment())

    async def _fetch_lists(self) -> None:
        if self._lists_due:
            self._lists_due = False
            for fetcher in self._fetchers:
                await fetcher._work_off()

    def _answer(self, sent: Sent) -> None:
        assert isinstance(sent.data, dict)
        person = int(sent.data["member"]["user"]["id"])
        self._recorder.command_completed(int(sent.data["id"]), person, "success", None, COMMAND_MS)


class LeftBehind:
    """An older connection, which goes on delivering beside the one that followed it."""

    def __init__(self, gateway: Gateway, recorder: Recorder, hearing: Hearing) -> None:
        self._gateway = gateway
        self._recorder = recorder
        self._hearing = hearing

    def goes_on(self) -> bool:
        """Delivers what it has. False: it was closed."""
        try:
            while self._gateway.older_wire:
                self._hearing.check()
                sent = self._gateway.older_wire.pop(0)
                self._recorder.on_dispatch(sent.sequence, sent.type, sent.data)
        except ConnectionLost:
            self._gateway.leave_behind(None)
            return False
        return True
