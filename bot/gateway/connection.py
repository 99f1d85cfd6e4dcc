"""One connection to Discord's gateway: it begins with IDENTIFY or RESUME and ends with an exception.

The library would reconnect inside of it. Here every connection is made by the supervision, in the same way
after a restart and after a hiccup.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, Final, Self

import aiohttp
import msgspec
from interactions.api.gateway.gateway import GatewayClient
from interactions.client.errors import WebSocketClosed
from interactions.models.discord.enums import WebSocketOPCode

from bot.gateway.discretion import described
from bot.gateway.refusals import ConnectionLost, SessionInvalid
from storage.journal import GatewaySession

if TYPE_CHECKING:
    from bot.gateway.supervision import SupervisedState

GREETING_S: Final = 30.0  # Discord says hello at once
FAREWELL_S: Final = 1.0  # a dead connection does not answer a close
HOLD_COMMANDS_S: Final = 2.0  # Discord waits three for an answer; one that is not known yet would be ignored
NEW_SESSION: Final = "a new session is needed"
END_OF_MESSAGE: Final = b"\x00\x00\xff\xff"  # of zlib-stream
KEEP_SESSION: Final = 4000  # 1000 and 1001 would end the session

# Recorded, and of no use to the library: its own handling costs 15 times as much, keeps people's names in
# memory, asks REST for channels that the bot cannot see, and fails on some of them.
FOR_THE_RECORD_ONLY: Final = frozenset(
    {
        "VOICE_STATE_UPDATE",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_MEMBER_UPDATE",
        "GUILD_MEMBERS_CHUNK",
        "GUILD_SCHEDULED_EVENT_CREATE",
        "GUILD_SCHEDULED_EVENT_UPDATE",
        "GUILD_SCHEDULED_EVENT_DELETE",
        "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE",
        "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE",
        "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE",
        "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE",
        "GUILD_SCHEDULED_EVENT_USER_ADD",
        "GUILD_SCHEDULED_EVENT_USER_REMOVE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        "MESSAGE_CREATE",
        "PRESENCE_UPDATE",
        "TYPING_START",
        "RATE_LIMITED",
    }
)
ASK_FOR_MEMBERS_AFTER: Final = frozenset({"GUILD_CREATE", "RESUMED", "GUILD_MEMBERS_CHUNK"})
# After these something may be due that is asked for over REST. Those that answer say nothing new about it.
LOOK_AFTER: Final = frozenset({"GUILD_CREATE", "RESUMED"}) | {
    name for name in FOR_THE_RECORD_ONLY if name.startswith("GUILD_SCHEDULED_EVENT_") and "USER" not in name
}
FOLLOWED_UP: Final = ASK_FOR_MEMBERS_AFTER | LOOK_AFTER | {"READY"}

log = logging.getLogger(__name__)


class RecordedGateway(GatewayClient):
    state: SupervisedState
    # The library sets these to None and later to what they are.
    ws: aiohttp.ClientWebSocketResponse | None  # type: ignore[assignment]
    session_id: str | None  # type: ignore[assignment]
    _keep_alive: asyncio.Task[None] | None  # type: ignore[assignment]

    def __init__(self, state: SupervisedState, shard: tuple[int, int], seed: GatewaySession | None) -> None:
        super().__init__(state, shard)
        self._recorder = state.recorder
        self._seed = seed
        self._hearing = state.hearing()
        self._watching: asyncio.Task[None] | None = None
        self._handling: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ what the library asks for

    @property  # type: ignore[override]  # a plain attribute in the library
    def sequence(self) -> int | None:
        """The last durable one: what is not on disk must be sent again by a RESUME."""
        return self._recorder.durable_sequence(self.session_id)

    @sequence.setter
    def sequence(self, value: int | None) -> None:
        """The library sets what it received; the recorder counts that itself."""

    async def __aenter__(self) -> Self:  # type: ignore[override]  # the library's type variable is another's
        try:
            self._watching = asyncio.create_task(self._hearing.watch(), name="gateway watching")
            async with asyncio.timeout(GREETING_S):
                await super().__aenter__()
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._leave()

    async def run(self) -> None:
        """Listen until the connection is lost, which is raised."""
        assert self._keep_alive is not None  # started on entry
        assert self._watching is not None
        listening = asyncio.create_task(self._listen(), name="gateway listening")
        leaving = asyncio.create_task(self._until_of_no_use(), name="gateway leaving")
        try:
            tasks = {listening, leaving, self._keep_alive, self._watching}
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            listening.cancel()
            leaving.cancel()
            await asyncio.gather(listening, leaving, return_exceptions=True)
        raise ConnectionLost("the connection was lost")

    async def _until_of_no_use(self) -> None:
        await self._recorder.new_session_wanted.wait()
        raise ConnectionLost(NEW_SESSION)

    async def run_bee_gees(self) -> None:
        try:
            await self._start_bee_gees()
        except ConnectionLost:
            raise ConnectionLost("heartbeats were not answered") from None

    async def reconnect(self, *, code: int | None = None, **_: Any) -> None:
        """Where the library would reconnect by itself: a close code, a lost socket, a missing answer."""
        raise ConnectionLost("the connection was lost", code=code)

    async def dispatch_opcode(self, data: Any, op: WebSocketOPCode) -> None:
        match op:
            case WebSocketOPCode.RECONNECT:
                raise ConnectionLost("Discord asked to reconnect")
            case WebSocketOPCode.INVALIDATE_SESSION:
                raise ConnectionLost("Discord asked to resume") if data is True else SessionInvalid()
            case WebSocketOPCode.HEARTBEAT:
                await super().dispatch_opcode(data, op)
            case WebSocketOPCode.HEARTBEAT_ACK:
                await super().dispatch_opcode(data, op)
                self._resume_if_wanted()
                self._recorder.acknowledged()
                self._ask_for_members()
                self.state.client.look()
            case _:  # Discord may send new ones
                log.info("The gateway sent an operation that is not known here.")

    async def _identify(self) -> None:
        if self._seed is None:
            await self.state.identifying()
            self._hearing.opened()
            await super()._identify()
        else:
            self.session_id = self._seed.session_id
            self._recorder.resuming(self.state.sources)
            self._hearing.opened()
            await self._resume_connection()

    # ------------------------------------------------------------ listening

    async def receive(self, force: bool = False) -> dict[str, Any]:  # noqa: ARG002 - the library's
        """The next message.

        The library would keep one that it cannot read before all that follow and hear nothing any more; a
        RESUME would bring that one again, for ever.
        """
        packed = bytearray()
        while True:
            assert self.ws is not None  # open while anybody listens
            frame = await self.ws.receive()
            if frame.type is aiohttp.WSMsgType.CLOSE:
                raise WebSocketClosed(int(frame.data))
            if frame.type is aiohttp.WSMsgType.TEXT:
                text = frame.data.encode("utf-8", "surrogatepass")
            elif frame.type is aiohttp.WSMsgType.BINARY:
                packed.extend(frame.data)
                if not packed.endswith(END_OF_MESSAGE):
                    continue
                text = self._zlib.decompress(packed)
                packed.clear()
            else:
                raise ConnectionLost("the connection was lost")
            message = _message(text)
            if message is not None:
                return message

    async def _listen(self) -> None:
        while True:
            message = await self.receive()
            self._hearing.check()
            if message.get("op") == WebSocketOPCode.DISPATCH:
                self._take(message.get("t"), message.get("s"), message.get("d"))
                await asyncio.sleep(0)  # a long replay must not hold up the heartbeat and the commands
            elif isinstance(message.get("op"), int):
                await self.dispatch_opcode(message.get("d"), message["op"])

    def _take(self, name: object, sequence: object, data: Any) -> None:
        """Record a dispatch, before the library sees it, and hand it on if the library needs it."""
        if not isinstance(name, str):
            return
        self._resume_if_wanted()
        if name == "READY":
            self.session_id = data["session_id"]
        number = sequence if isinstance(sequence, int) else 0
        is_new = self._record(number, name, data)
        if name in FOLLOWED_UP:
            self._follow_up(name)
        if is_new and name not in FOR_THE_RECORD_ONLY and isinstance(data, dict):
            self._spawn(self._hand_on(name, number, data))

    def _follow_up(self, name: str) -> None:
        if name in ("READY", "RESUMED"):
            self.state.began(resumed=name == "RESUMED")
        if name in ASK_FOR_MEMBERS_AFTER:
            self._ask_for_members()
        if name in LOOK_AFTER:
            self.state.client.look()

    async def _hand_on(self, name: str, sequence: int, data: dict[str, Any]) -> None:
        if name == "INTERACTION_CREATE":
            await self.state.client.until_started(HOLD_COMMANDS_S)
        await self.dispatch_event(_for_library(name, data), sequence, name)

    def _record(self, sequence: int, name: str, data: Any) -> bool:
        try:
            return self._recorder.on_dispatch(sequence, name, data)
        except Exception as error:
            # A dispatch that nobody thought of must not end the connection, or it would come again for ever.
            log.error("A dispatch could not be recorded: %s", described(error))  # noqa: TRY400 - no content
            return True

    def _resume_if_wanted(self) -> None:
        if self._recorder.new_session_wanted.is_set():
            raise ConnectionLost(NEW_SESSION)
        if self._recorder.wants_resume:
            raise ConnectionLost("there is room again for what was not taken")

    def _ask_for_members(self) -> None:
        for guild_id, nonce in self._recorder.member_lists_due():
            self._spawn(self.request_member_chunks(str(guild_id), limit=0, nonce=nonce))

    def _spawn(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(coroutine)
        self._handling.add(task)
        task.add_done_callback(self._handled)

    def _handled(self, task: asyncio.Task[None]) -> None:
        self._handling.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("A dispatch was not taken up: %s", described(error))

    async def _leave(self) -> None:
        """Close without ending the session, and without waiting for an answer that may never come."""
        self._kill_bee_gees.set()
        own = [task for task in (self._keep_alive, self._watching) if task is not None]
        for task in own:
            task.cancel()
        await asyncio.gather(*own, return_exceptions=True)
        self._keep_alive = self._watching = None
        socket, self.ws = self.ws, None
        if socket is not None:
            try:
                async with asyncio.timeout(FAREWELL_S):
                    await socket.close(code=KEEP_SESSION)
            except TimeoutError:
                log.info("The gateway did not answer the close.")


def _message(text: bytes) -> dict[str, Any] | None:
    """What a message says, also one that a strict reader refuses (half a surrogate pair, NaN)."""
    try:
        message = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        try:
            message = json.loads(text.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            log.warning("Discord sent something that cannot be read; it is left out.")
            return None
    return message if isinstance(message, dict) else None


def _for_library(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """A guild without who is in voice, and what is planned.

    The library would ask REST for each channel that it cannot see; of events it makes nothing.
    """
    return {**data, "voice_states": [], "guild_scheduled_events": []} if name == "GUILD_CREATE" else data
