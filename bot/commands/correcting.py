"""The slash commands that correct what was recorded, as Discord's menu shows them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import interactions as ipy

from bot.access import Audience
from bot.commands import check_in, correct, corrections, type_choices
from bot.commands.contexts import RoleAutocompleteContext, RoleSlashContext
from bot.commands.guard import Guard
from bot.commands.names import Names
from bot.commands.people import person_of
from bot.commands.subcommand import (
    CHANNELS,
    EVENT,
    VOICE,
    event_completion,
    subcommand,
    suggesting,
    voice_channels,
)
from bot.commands.viewer import viewer_of
from bot.presentation.message import Message
from bot.services import Services

TYPE, HOSTS = "type", ("host", "second_host")


def correct_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        async def answer() -> Sequence[Message]:
            return await correct.correct_messages(services, _correction(ctx, ctx.kwargs))

        await guard.command(ctx, correct.RESOURCE, answer, Audience.ORGANIZER)

    async def complete_type(ctx: RoleAutocompleteContext) -> None:
        choices = partial(type_choices.type_choices, services, ctx.input_text)
        await guard.complete(ctx, type_choices.RESOURCE, choices, Audience.ORGANIZER)

    description = "Tell what the records of an event say otherwise; it can be taken back"
    command = subcommand("correct", description, run, _correct_options())
    command.autocomplete_callbacks[EVENT] = event_completion(guard, services)
    command.autocomplete_callbacks[TYPE] = complete_type
    return command


def corrections_command(guard: Guard, services: Services, names: Names) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        viewer = viewer_of(guard, ctx)
        answer = partial(corrections.trail_messages, services, names, ctx.kwargs.get(EVENT), viewer)
        await guard.command(ctx, corrections.RESOURCE, answer, Audience.ORGANIZER)

    which = suggesting(EVENT, "Of which event: type its title or date. Of all, if left out", False)
    command = subcommand("corrections", "What was corrected, by whom and when; take it back", run, [which])
    command.autocomplete_callbacks[EVENT] = event_completion(guard, services)
    return command


def check_in_command(guard: Guard, services: Services) -> ipy.SlashCommand:
    async def run(ctx: RoleSlashContext) -> None:
        answer = partial(check_in.check_in_messages, services, ctx.kwargs.get(EVENT))
        await guard.command(ctx, check_in.RESOURCE, answer, Audience.ORGANIZER)

    which = suggesting(
        EVENT, "Which one, of those elsewhere. The running one, else the last, if left out", False
    )
    command = subcommand(
        "check-in", "Who is at an event that is held elsewhere than in a channel", run, [which]
    )
    command.autocomplete_callbacks[EVENT] = event_completion(guard, services, elsewhere=True)
    return command


def _correct_options() -> list[ipy.SlashCommandOption]:
    option, kind = ipy.SlashCommandOption, ipy.OptionType
    channels = [
        option(name, kind.CHANNEL, description, required=False, channel_types=VOICE)
        for name, description in zip(
            CHANNELS, ("Where presence counts", "And there", "And there"), strict=True
        )
    ]
    return [
        suggesting(EVENT, "Which one: type its title or date"),
        suggesting(TYPE, "What kind of event it was", False),
        option(HOSTS[0], kind.USER, "Who held it", required=False),
        option(HOSTS[1], kind.USER, "Who held it together with them", required=False),
        *channels,
        option("held", kind.BOOLEAN, "Whether it was held; once it is over", required=False),
        option("person", kind.USER, "Somebody who was or was not there", required=False),
        option("attended", kind.BOOLEAN, "Whether that person was there", required=False),
    ]


def _correction(ctx: RoleSlashContext, options: dict[str, Any]) -> correct.Typed:
    hosts = [options[name] for name in HOSTS if options.get(name) is not None]
    channels = [options[name] for name in CHANNELS if options.get(name) is not None]
    person = options.get("person")
    return correct.Typed(
        interaction_id=int(ctx.id),
        made_by=int(ctx.author_id),
        event=options[EVENT],
        event_type=options.get(TYPE),
        hosts=tuple(map(person_of, hosts)),
        channel_ids=voice_channels(channels) if channels else None,
        held=options.get("held"),
        person=None if person is None else person_of(person),
        attended=options.get("attended"),
    )
