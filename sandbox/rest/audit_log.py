"""The audit log, a page at a time. Source: Audit Log resource, "Get Guild Audit Log"."""

from __future__ import annotations

from sandbox.permissions import Permission
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import Answer, Call, Route

MOST_ENTRIES = 100
LARGEST_ID = (1 << 64) - 1
LARGEST_ACTION = 255
BESIDE_THE_ENTRIES = (
    "application_commands",
    "auto_moderation_rules",
    "guild_scheduled_events",
    "integrations",
    "threads",
    "users",
    "webhooks",
)


def audit_log(call: Call) -> Answer:
    call.check_guild()
    if not call.world.guild.bot_may(Permission.VIEW_AUDIT_LOG):
        raise Refused(Refusal.MISSING_PERMISSIONS)
    entries = call.world.guild.audit_log.page(
        call.world.clock.now(),
        call.number("limit", 50, least=1, most=MOST_ENTRIES),
        before=_asked(call, "before", LARGEST_ID),
        after=_asked(call, "after", LARGEST_ID),
        action=_asked(call, "action_type", LARGEST_ACTION),
        user_id=_asked(call, "user_id", LARGEST_ID),
    )
    return {"audit_log_entries": entries, **{name: [] for name in BESIDE_THE_ENTRIES}}


def _asked(call: Call, name: str, most: int) -> int | None:
    return call.number(name, 0, least=0, most=most) if name in call.query else None


ROUTES: list[Route] = [("GET", "/guilds/{guild_id}/audit-logs", audit_log)]
