"""What happens when a button is pressed. By pattern: a button lives longer than the process that sent it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import interactions as ipy

from bot.access import Audience
from bot.commands import event
from bot.commands.contexts import RoleComponentContext
from bot.commands.guard import Guard
from bot.presentation.buttons import (
    ABOUT_EVENT,
    OF_COUNTED,
    OF_EVENT,
    counted_asked,
    event_asked,
)
from bot.presentation.counted import OF_PERIODS, counted_messages
from bot.presentation.message import Message
from bot.services import Services
from reports.catalogue.occurrence import OCCURRENCE


def counted_button(guard: Guard) -> ipy.ComponentCommand:
    async def meanings(about: str) -> Sequence[Message]:
        return counted_messages(OCCURRENCE if about == ABOUT_EVENT else OF_PERIODS)

    @ipy.component_callback(OF_COUNTED)
    async def run(ctx: RoleComponentContext) -> None:
        about, _ = counted_asked(ctx.custom_id)
        audience = Audience.ORGANIZER if about == ABOUT_EVENT else Audience.STAFF
        await guard.use(ctx, "how counted", partial(meanings, about), audience)

    return run


def list_button(guard: Guard, services: Services) -> ipy.ComponentCommand:
    @ipy.component_callback(OF_EVENT)
    async def run(ctx: RoleComponentContext) -> None:
        what, key = event_asked(ctx.custom_id)
        answer = partial(event.list_messages, services, what, key)
        await guard.use(ctx, event.LISTS[what], answer, Audience.ORGANIZER)

    return run
