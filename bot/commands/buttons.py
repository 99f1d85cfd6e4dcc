"""What happens when a button is pressed. By pattern: a button lives longer than the process that sent it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import interactions as ipy

from bot.access import Audience
from bot.commands import check_in, corrections, counted, details, event
from bot.commands.contexts import RoleComponentContext
from bot.commands.guard import Guard
from bot.commands.names import Names
from bot.commands.people import people_chosen
from bot.commands.viewer import viewer_of
from bot.presentation.buttons import (
    ABOUT_EVENT,
    OF_CHECK_IN,
    OF_COUNTED,
    OF_DETAIL,
    OF_EVENT,
    OF_TAKING_BACK,
    TAKE_BACK_MENU,
    check_in_asked,
    correction_asked,
    counted_asked,
    detail_asked,
    event_asked,
    taking_back_asked,
)
from bot.presentation.message import Message
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


def take_back_button(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_TAKING_BACK)
    async def run(ctx: RoleComponentContext) -> None:
        asked = taking_back_asked(ctx.custom_id)
        answer = partial(corrections.take_back_messages, services, asked, None, viewer_of(guard, ctx))
        await guard.use(ctx, corrections.TAKE_BACK, answer, Audience.ORGANIZER)

    return run


def take_back_menu(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(TAKE_BACK_MENU)
    async def run(ctx: RoleComponentContext) -> None:
        async def answer() -> Sequence[Message]:
            asked = correction_asked(ctx.values[0])
            return await corrections.take_back_messages(services, *asked, viewer_of(guard, ctx))

        await guard.use(ctx, corrections.TAKE_BACK, answer, Audience.ORGANIZER)

    return run


def check_in_menu(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_CHECK_IN)
    async def run(ctx: RoleComponentContext) -> None:
        async def answer() -> Sequence[Message]:
            key, people = check_in_asked(ctx.custom_id), people_chosen(ctx)
            return await check_in.checked_in_messages(services, key, int(ctx.id), int(ctx.author_id), people)

        await guard.use(ctx, check_in.CHOSEN, answer, Audience.ORGANIZER)

    return run


def detail_button(guard: Guard, services: Services, names: Names) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_DETAIL)
    async def run(ctx: RoleComponentContext) -> None:
        asked = detail_asked(ctx.custom_id)
        answer = partial(details.detail_messages, services, names, asked)
        await guard.use(ctx, f"insights {asked.name}", answer)

    return run
