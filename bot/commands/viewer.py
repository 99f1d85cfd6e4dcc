"""Who takes corrections back."""

from __future__ import annotations

from bot.access import Audience
from bot.commands.contexts import Context
from bot.commands.corrections import Viewer
from bot.commands.guard import Guard


def viewer_of(guard: Guard, ctx: Context) -> Viewer:
    return Viewer(int(ctx.author_id), guard.belongs(ctx, Audience.STAFF))
