"""The slash commands as Discord's menu shows them, each with what it calls."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import interactions as ipy

from bot.access import Audience
from bot.commands import declare, event, health, quality
from bot.commands.contexts import RoleSlashContext
from bot.commands.declare import LONGEST_MINUTES, LONGEST_TITLE, SHORTEST_MINUTES, Declaration
from bot.commands.guard import Guard
from bot.commands.subcommand import (
    CHANNELS,
    EVENT,
    VOICE,
    event_completion,
    id_of,
    subcommand,
    suggesting,
    voice_channels,
)
from bot.services import Services


def health_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, health.RESOURCE, partial(health.health_messages, services))

    return subcommand("health", "The last seven days: who took part, what changed, how sure that is", run)


def quality_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, quality.RESOURCE, partial(quality.quality_messages, services))

    return subcommand("quality", "What was recorded and what was missed, and what has to be seen to", run)


def event_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        answer = partial(event.event_messages, services, ctx.kwargs.get(EVENT))
        await guard.command(ctx, event.RESOURCE, answer, Audience.ORGANIZER)

    which = suggesting(
        EVENT, "Which one: type its title or date. The running one, else the last held, if left out", False
    )
    command = subcommand(
        "event", "One event: who came, who did not, who stayed, who comes again", run, [which]
    )
    command.autocomplete_callbacks[EVENT] = event_completion(guard, services)
    return command


def declare_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    one_at_a_time = asyncio.Lock()

    async def run(ctx: RoleSlashContext) -> None:
        answer = partial(declare.declare_messages, services, one_at_a_time, _declaration(ctx, ctx.kwargs))
        await guard.command(ctx, declare.RESOURCE, answer)

    description = "An event that was held and that nobody had scheduled, so that it is counted"
    return subcommand("declare", description, run, _declare_options())


def _declare_options() -> list[ipy.SlashCommandOption]:
    option, kind = ipy.SlashCommandOption, ipy.OptionType
    return [
        option("title", kind.STRING, "What it was called", min_length=1, max_length=LONGEST_TITLE),
        option("start", kind.STRING, "When it began: 2026-11-25 20:00, yesterday 20:00 or today 20:00"),
        option(
            "minutes",
            kind.INTEGER,
            "How long it lasted",
            min_value=SHORTEST_MINUTES,
            max_value=LONGEST_MINUTES,
        ),
        option(
            CHANNELS[0],
            kind.CHANNEL,
            "Where it was held; none where it was elsewhere: then check people in",
            required=False,
            channel_types=VOICE,
        ),
        option(CHANNELS[1], kind.CHANNEL, "Where it was held, too", required=False, channel_types=VOICE),
        option(CHANNELS[2], kind.CHANNEL, "Where it was held, too", required=False, channel_types=VOICE),
        option("host", kind.USER, "Who held it, if it was not you", required=False),
    ]


def _declaration(ctx: RoleSlashContext, options: dict[str, Any]) -> Declaration:
    channels = [options[name] for name in CHANNELS if options.get(name) is not None]
    host = options.get("host")
    return Declaration(
        interaction_id=int(ctx.id),
        declared_by=int(ctx.author_id),
        host=int(ctx.author_id) if host is None else id_of(host),
        title=options["title"],
        channel_ids=voice_channels(channels) if channels else None,
        start=options["start"],
        minutes=options["minutes"],
    )
