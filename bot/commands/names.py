"""What people are called in the server at this moment: asked of Discord, and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

import aiohttp
import interactions as ipy

from bot.presentation.people import FORMER

LOOKUP_SECONDS = 3.0  # for all together: somebody is waiting
UNKNOWN = "a member"  # Discord did not say in time what they are called


class Names(Protocol):
    async def of(self, guild_id: int, user_ids: Iterable[int]) -> dict[int, str]:
        """A name for each of them, whatever happens."""
        ...


class DiscordNames:
    """From the client's cache, else from Discord."""

    def __init__(self, client: ipy.Client) -> None:
        self._client = client

    async def of(self, guild_id: int, user_ids: Iterable[int]) -> dict[int, str]:
        asked = {user_id: asyncio.create_task(self._name(guild_id, user_id)) for user_id in user_ids}
        if asked:
            await asyncio.wait(asked.values(), timeout=LOOKUP_SECONDS)
        for task in asked.values():
            task.cancel()
        names = await asyncio.gather(*asked.values(), return_exceptions=True)
        return {
            user_id: name if isinstance(name, str) else UNKNOWN
            for user_id, name in zip(asked, names, strict=True)
        }

    async def _name(self, guild_id: int, user_id: int) -> str:
        try:
            member = await self._client.cache.fetch_member(guild_id, user_id)
        except ipy.errors.NotFound:
            return FORMER
        except (ipy.errors.HTTPException, aiohttp.ClientError, OSError):
            return UNKNOWN
        return str(member.display_name)
