"""An attempt to post a digest: claim, commit, send, settle. At most one message, wherever it breaks off."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock, milliseconds
from bot.digests.claim import LEASE_MS, Claim, claim, close, note, settle
from bot.digests.due import Due
from bot.digests.sending import Sender, SendFailed
from bot.digests.settings import WEEKLY_CHANNEL
from bot.presentation.message import Message
from storage.database import Warehouse

SEND_SECONDS = 45  # the library's own retries of one request end within 20 s
NO_ANSWER = "Discord did not answer in time."
NEVER_SENT = "It was claimed and never sent."
SEARCH_MARGIN_MS = 86_400_000  # our clock may have been wrong when the first attempt was made


@dataclass(frozen=True, slots=True)
class Posted:
    message_id: int


@dataclass(frozen=True, slots=True)
class NotPosted:
    sentence: str
    refused: bool


class Delivery:
    def __init__(self, warehouse: Warehouse, sender: Sender, clock: Clock, owner: str) -> None:
        self._warehouse = warehouse
        self._sender = sender
        self._clock = clock
        self._owner = owner

    async def deliver(self, due: Due, message: Message) -> Posted | NotPosted | None:
        """None if somebody else has the claim.

        Whatever breaks off between claim and settlement (a crash, an answer that never came) leaves a claim
        that can be taken over when its lease is over. Whoever does looks first whether the message is there.
        """
        held = await self._claim(due)
        if held is None:
            return None
        try:
            message_id = await self._find_or_send(held, due, message)
        except SendFailed as failure:
            sentence = str(failure).replace(WEEKLY_CHANNEL, due.channel_key)
            async with self._warehouse.writing() as conn:
                await note(conn, held, sentence, refused=failure.refused)
            return NotPosted(sentence, failure.refused)
        async with self._warehouse.writing() as conn:
            await settle(conn, held, message_id, self._now_ms())
        return Posted(message_id)

    async def close(self, due: Due) -> None:
        """Notes that there was nothing to post; nothing if somebody else has the claim."""
        async with self._warehouse.writing() as conn:
            held = await self._claim_in(conn, due)
            if held:
                await close(conn, held, self._now_ms())

    async def clear_up(self, due: Due) -> Posted | NotPosted | None:
        """Settles an earlier attempt that broke off, by looking whether its message is there; sends nothing.

        None if somebody else has the claim.
        """
        held = await self._claim(due)
        if held is None:
            return None
        try:
            async with asyncio.timeout(SEND_SECONDS):
                message_id = await self._find(held, due)
        except (SendFailed, TimeoutError) as failure:
            sentence = str(failure) or NO_ANSWER
            async with self._warehouse.writing() as conn:
                await note(conn, held, sentence, refused=False)
            return NotPosted(sentence, refused=False)
        async with self._warehouse.writing() as conn:
            if message_id is None:
                await note(conn, held, NEVER_SENT, refused=True)
                return NotPosted(NEVER_SENT, refused=True)
            await settle(conn, held, message_id, self._now_ms())
        return Posted(message_id)

    async def _claim(self, due: Due) -> Claim | None:
        async with self._warehouse.writing() as conn:
            return await self._claim_in(conn, due)

    async def _claim_in(self, conn: AsyncConnection, due: Due) -> Claim | None:
        return await claim(
            conn,
            due.guild_id,
            due.digest,
            due.period.key,
            due.run,
            channel_id=due.channel_id,
            late=due.late,
            owner=self._owner,
            now_ms=self._now_ms(),
        )

    async def _find_or_send(self, held: Claim, due: Due, message: Message) -> int:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._find(held, due) or await self._send(held, message)
        except TimeoutError:
            raise SendFailed(NO_ANSWER, refused=False) from None

    async def _find(self, held: Claim, due: Due) -> int | None:
        """What an earlier attempt posted: Discord's memory for nonces is a matter of minutes."""
        if held.is_first:
            return None
        since_ms = due.due_at_ms - SEARCH_MARGIN_MS
        if due.left_channel_id is not None:
            try:
                if message_id := await self._sender.find(due.left_channel_id, due.marker, since_ms):
                    return message_id
            except SendFailed as failure:
                # the digest moved because the bot was shut out there: that must not hold it up for ever
                if not failure.refused:
                    raise
        return await self._sender.find(held.channel_id, due.marker, since_ms)

    async def _send(self, held: Claim, message: Message) -> int:
        # a process that slept (a laptop's lid, a stopped container) must not post after its lease
        if not 0 <= self._now_ms() - held.claimed_at_ms < LEASE_MS // 2:
            raise SendFailed("The claim grew old before the message was sent.", refused=False)
        return await self._sender.send(held.channel_id, message, held.nonce)

    def _now_ms(self) -> int:
        return milliseconds(self._clock.now())
