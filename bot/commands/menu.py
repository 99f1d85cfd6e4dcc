"""The slash commands as Discord's menu shows them, each with what it calls."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import interactions as ipy

from bot.access import Audience
from bot.commands import declare, event, event_choices, health, quality
from bot.commands.contexts import RoleAutocompleteContext, RoleSlashContext
from bot.commands.declare import LONGEST_MINUTES, LONGEST_TITLE, SHORTEST_MINUTES, Declaration
from bot.commands.guard import Guard
from bot.services import Services

EVENT = "event"
CHANNELS = ("channel", "second_channel", "third_channel")
VOICE: list[ipy.ChannelType | int] = [ipy.ChannelType.GUILD_VOICE, ipy.ChannelType.GUILD_STAGE_VOICE]


class Subcommand(ipy.SlashCommand):
    """Without what the library writes and Discord does not know there: two keys of whole commands, and the
    empty fields of other kinds of options.
    """

    def to_dict(self) -> dict[str, Any]:
        shape: dict[str, Any] = super().to_dict()
        shape["options"] = [_filled(option) for option in shape.get("options") or ()]
        return {key: value for key, value in shape.items() if key not in ("contexts", "integration_types")}


def _filled(option: dict[str, Any]) -> dict[str, Any]:
    """`required: false` may be said of any option, and so stays."""
    return {key: value for key, value in option.items() if value or key == "required"}


def health_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, health.RESOURCE, partial(health.health_messages, services))

    return _subcommand("health", "The last seven days: who took part, what changed, how sure that is", run)


def quality_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        await guard.command(ctx, quality.RESOURCE, partial(quality.quality_messages, services))

    return _subcommand("quality", "What was recorded and what was missed, and what has to be seen to", run)


def event_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        answer = partial(event.event_messages, services, ctx.kwargs.get(EVENT))
        await guard.command(ctx, event.RESOURCE, answer, Audience.ORGANIZER)

    async def complete(ctx: RoleAutocompleteContext) -> None:
        choices = partial(event_choices.event_choices, services, ctx.input_text)
        await guard.complete(ctx, event_choices.RESOURCE, choices, Audience.ORGANIZER)

    which = ipy.SlashCommandOption(
        name=EVENT,
        type=ipy.OptionType.STRING,
        description="Which one: type its title or date. The running one, else the last held, if left out",
        required=False,
        autocomplete=True,
    )
    command = _subcommand(
        "event", "One event: who came, who did not, who stayed, who comes again", run, [which]
    )
    command.autocomplete_callbacks[EVENT] = complete
    return command


def declare_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    one_at_a_time = asyncio.Lock()

    async def run(ctx: RoleSlashContext) -> None:
        answer = partial(declare.declare_messages, services, one_at_a_time, _declaration(ctx, ctx.kwargs))
        await guard.command(ctx, declare.RESOURCE, answer)

    description = "An event that was held and that nobody had scheduled, so that it is counted"
    return _subcommand("declare", description, run, _declare_options())


def _declare_options() -> list[ipy.SlashCommandOption]:
    option, kind = ipy.SlashCommandOption, ipy.OptionType
    return [
        option("title", kind.STRING, "What it was called", min_length=1, max_length=LONGEST_TITLE),
        option(CHANNELS[0], kind.CHANNEL, "Where it was held", channel_types=VOICE),
        option("start", kind.STRING, "When it began: 2026-11-25 20:00, yesterday 20:00 or today 20:00"),
        option(
            "minutes",
            kind.INTEGER,
            "How long it lasted",
            min_value=SHORTEST_MINUTES,
            max_value=LONGEST_MINUTES,
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
        host=int(ctx.author_id) if host is None else _id(host),
        title=options["title"],
        channel_ids=tuple(_id(channel) for channel in channels if getattr(channel, "type", None) in VOICE),
        start=options["start"],
        minutes=options["minutes"],
    )


def _id(thing: Any) -> int:
    """Of what the interaction brought along, or of the bare id where it did not."""
    return int(getattr(thing, "id", thing))


def _subcommand(
    name: str, description: str, run: Any, options: Sequence[ipy.SlashCommandOption] = ()
) -> Subcommand:
    # default_member_permissions stay open: they only hide a command in Discord's menus, from staff whose role
    # grants nothing else, too. Who may use it is decided by access.py, at each use.
    return Subcommand(
        name="insights",
        description="What the numbers of this community mean",
        sub_cmd_name=name,
        sub_cmd_description=description,
        contexts=[ipy.ContextType.GUILD],
        options=list(options),
        callback=run,
    )
