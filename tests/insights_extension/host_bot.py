"""A community's own bot, which knows nothing of Guild Insights but the line that loads its extension."""

from __future__ import annotations

import interactions
from interactions import Client, Extension, SlashContext, check, slash_command, slash_option
from interactions.api.http.route import Route
from interactions.client.errors import CommandCheckFailure


class Refusal(Exception):
    pass


async def never(_ctx: object) -> bool:
    return False


class Club(Extension):
    @slash_command("profile", description="shows a profile")
    @slash_option("name", "whose", opt_type=interactions.OptionType.STRING)
    @slash_option("games", "how many", opt_type=interactions.OptionType.INTEGER)
    async def profile(self, ctx: SlashContext, name: str = "", games: int = 0) -> None:
        await say(ctx, "here it is")

    @slash_command("join", description="joins a team")
    async def join(self, ctx: SlashContext) -> None:
        await say(ctx, "joined")

    @slash_command("broken", description="fails")
    async def broken(self, ctx: SlashContext) -> None:
        raise Refusal("not today")

    @slash_command("mended", description="fails, and says so itself")
    async def mended(self, ctx: SlashContext) -> None:
        raise Refusal("not today")

    @mended.error
    async def mended_failed(self, error: Exception, ctx: SlashContext) -> None:
        await say(ctx, "sorry")

    @slash_command("secret", description="for nobody")
    @check(never)
    async def secret(self, ctx: SlashContext) -> None:
        await say(ctx, "never said")


async def say(ctx: SlashContext, text: str) -> None:
    await ctx.send(text, ephemeral=True, allowed_mentions=interactions.AllowedMentions.none())


def club_bot(api_url: str) -> Client:
    Route.BASE = api_url
    bot = Client(send_command_tracebacks=False, disable_dm_commands=True)
    Club(bot)

    @interactions.listen(interactions.api.events.CommandError, disable_default_listeners=True)
    async def quiet(event: interactions.api.events.CommandError) -> None:
        if isinstance(event.error, CommandCheckFailure):
            await say(event.ctx, "not for you")

    bot.add_listener(quiet)
    return bot
