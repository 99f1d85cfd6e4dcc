"""What happens when a button is pressed. By pattern: a button lives longer than the process that sent it."""

from __future__ import annotations

from functools import partial

import interactions as ipy

from bot.access import Audience
from bot.commands import counted, details, event
from bot.commands.contexts import RoleComponentContext
from bot.commands.guard import Guard
from bot.commands.names import Names
from bot.presentation.buttons import (
    ABOUT_EVENT,
    OF_COUNTED,
    OF_DETAIL,
    OF_EVENT,
    counted_asked,
    detail_asked,
    event_asked,
)
from bot.services import Services


def counted_button(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_COUNTED)
    async def run(ctx: RoleComponentContext) -> None:
        about, period = counted_asked(ctx.custom_id)
        audience = Audience.ORGANIZER if about == ABOUT_EVENT else Audience.STAFF
        await guard.use(ctx, counted.RESOURCE, partial(counted.counted, services, about, period), audience)

    return run


def list_button(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_EVENT)
    async def run(ctx: RoleComponentContext) -> None:
        what, key = event_asked(ctx.custom_id)
        answer = partial(event.list_messages, services, what, key)
        await guard.use(ctx, event.LISTS[what], answer, Audience.ORGANIZER)

    return run


def detail_button(guard: Guard, services: Services, names: Names) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_DETAIL)
    async def run(ctx: RoleComponentContext) -> None:
        asked = detail_asked(ctx.custom_id)
        answer = partial(details.detail_messages, services, names, asked)
        await guard.use(ctx, f"insights {asked.name}", answer)

    return run
