"""Asks over REST which channels and threads there are: after a RESUME in a new process nobody tells."""

from __future__ import annotations

import logging
from typing import Any, Final

from interactions.api.http.route import Route

from bot.gateway.fetching import Fetcher, NotGiven

CHANNELS: Final = "/guilds/{guild_id}/channels"
ACTIVE_THREADS: Final = "/guilds/{guild_id}/threads/active"

log = logging.getLogger(__name__)


class ChannelFetcher(Fetcher):
    about = "The list of channels"

    async def _work_off(self) -> None:
        if not self._recorder.channels_unknown:
            return
        channels: list[Any] = []
        threads: Any = None
        try:
            channels = await self._get(Route("GET", CHANNELS, guild_id=self._guild_id), {}, list)
            listed = await self._get(Route("GET", ACTIVE_THREADS, guild_id=self._guild_id), {}, dict)
            threads = listed.get("threads")
        except NotGiven as refused:
            log.warning("Discord does not tell which channels there are (%s).", refused)
            if refused.status is None:
                return  # until the next look
        self._recorder.channels_told(channels, threads if isinstance(threads, list) else [])
