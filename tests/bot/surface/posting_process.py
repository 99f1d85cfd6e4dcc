"""A process that posts what is due and can be killed on the way: it says where it is, and stops there.

Arguments: warehouse, API address, token, guild, channel, now (ms), where to stop (claimed, sent or nowhere),
and what is posted (digests or alerts).
"""

from __future__ import annotations

import asyncio
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import interactions as ipy

from bot.digests.alert_checks import AlertChecks
from bot.digests.channel import DiscordChannels
from bot.digests.digests import Digests
from bot.gateway.http import AddressedHTTP
from bot.gateway.pace import Pace
from bot.services import Services
from bot.settings import Settings
from storage.database import Warehouse


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class StoppingChannels(DiscordChannels):
    stop_at = ""

    async def send(self, channel_id, message, nonce):
        await self._reached("claimed")
        message_id = await super().send(channel_id, message, nonce)
        await self._reached("sent")
        return message_id

    async def _reached(self, step):
        if step == self.stop_at:
            say(step)
            await asyncio.Event().wait()


@dataclass
class Still:
    moment: datetime

    def now(self):
        return self.moment


class Blank:
    async def draw(self, figure, timeout_s):
        return b"\x89PNG\r\n\x1a\n"


@dataclass
class Holder:
    current: Settings


POSTS = {"digests": Digests, "alerts": AlertChecks}


async def main(path, api_url, token, guild_id, channel_id, now_ms, stop_at, what):
    settings = Settings.model_validate(
        {
            "community": {"guild_id": int(guild_id), "zone": "UTC"},
            "digest": {"weekly": {"channel_id": int(channel_id)}},
            "alert": [{"kpi": "weekly_active_members", "above": 1}],
        }
    )
    client = ipy.Client(logger=logging.getLogger("posting"))
    client.http = AddressedHTTP(api_url, Pace(), logging.getLogger("posting"))
    await client.login(token)
    guild = await client.http.get_guild(int(guild_id))
    guild["channels"] = await client.http.get_guild_channels(int(guild_id))
    client.cache.place_guild_data({"member_count": 0, **guild})
    channels = StoppingChannels(client, int(guild_id))
    channels.stop_at = stop_at
    warehouse = await Warehouse.open(path)
    clock = Still(datetime.fromtimestamp(int(now_ms) / 1000, UTC))
    services = Services(Holder(settings), warehouse, None, None, Blank(), clock)
    posting = POSTS[what](services, channels)
    await posting.tick()
    say(posting.problem or "done")
    await warehouse.close()
    await client.http.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
