"""A bot as small as it gets, to be killed: it records from the sandbox into the journal of a folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import interactions
from interactions import SlashContext, slash_command

from bot.clock import SystemClock
from bot.gateway.client import InsightsClient
from bot.gateway.pace import Pace
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from storage.event_key import KeyMaker
from storage.journal import Journal
from storage.withdrawals import Withdrawals

SECRET = b"s" * 32


class Ping(interactions.Extension):
    @slash_command("ping", description="answers")
    async def ping(self, ctx: SlashContext) -> None:
        await ctx.send("pong", ephemeral=True, allowed_mentions=interactions.AllowedMentions.none())


async def record(folder: Path, api_url: str, token: str, guild_id: int) -> None:
    withdrawals = Withdrawals.open(folder / "withdrawals.txt", SECRET)
    intake = Intake(KeyMaker(SECRET), withdrawals, IntakeOptions(guild_id))
    journal = Journal.open(folder / "journal.db", intake.encode, intake.unencodable)
    recorder = Recorder(intake, journal, SystemClock())
    pace = Pace(first_s=0.02, cap_s=0.05, invalid_session_s=(0, 0.02), identify_spacing_s=0)
    client = InsightsClient(
        guild_id=guild_id,
        recorder=recorder,
        journal=journal,
        clock=SystemClock(),
        api_url=api_url,
        pace=pace,
    )
    Ping(client)
    await client.astart(token)


if __name__ == "__main__":
    asyncio.run(record(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])))
