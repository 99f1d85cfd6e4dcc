"""What every slash command of this bot is made of: a subcommand of /insights, and its options."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import interactions as ipy

from bot.access import Audience
from bot.commands import event_choices
from bot.commands.contexts import RoleAutocompleteContext
from bot.commands.guard import Guard
from bot.services import Services

EVENT = "event"
CHANNELS = ("channel", "second_channel", "third_channel")
VOICE: list[ipy.ChannelType | int] = [ipy.ChannelType.GUILD_VOICE, ipy.ChannelType.GUILD_STAGE_VOICE]
Completion = Callable[[RoleAutocompleteContext], Awaitable[None]]


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


def subcommand(
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


def event_completion(guard: Guard, services: Services, *, elsewhere: bool = False) -> Completion:
    async def complete(ctx: RoleAutocompleteContext) -> None:
        choices = partial(event_choices.event_choices, services, ctx.input_text, elsewhere=elsewhere)
        await guard.complete(ctx, event_choices.RESOURCE, choices, Audience.ORGANIZER)

    return complete


def suggesting(name: str, description: str, required: bool = True) -> ipy.SlashCommandOption:
    """A text for which the bot suggests values."""
    return ipy.SlashCommandOption(
        name=name,
        type=ipy.OptionType.STRING,
        description=description,
        required=required,
        autocomplete=True,
    )


def voice_channels(channels: Sequence[Any]) -> tuple[int, ...]:
    return tuple(id_of(channel) for channel in channels if getattr(channel, "type", None) in VOICE)


def id_of(thing: Any) -> int:
    """Of what the interaction brought along, or of the bare id where it did not."""
    return int(getattr(thing, "id", thing))
