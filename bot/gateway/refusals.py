"""When Discord says no for good, and what each close code asks of us."""

from __future__ import annotations

from typing import Final

DEVELOPER_PORTAL: Final = "https://discord.com/developers/applications"

TOKEN_REFUSED: Final = (
    "Discord refuses the bot's token: set DISCORD_TOKEN to the token that "
    f"{DEVELOPER_PORTAL} shows under Bot after “Reset Token”."
)
MEMBERS_REFUSED: Final = (
    "The Server Members Intent is off, so joins, leaves and roles are not recorded: rates (n/N), attrition, "
    "churn, retention, growth and lifecycle segments are missing or incomplete. "
    f"Switch it on at {DEVELOPER_PORTAL} under Bot, and restart."
)

AUDIT_LOG_REFUSED: Final = (
    "View Audit Log is not granted, so nobody can tell who was kicked, banned or pruned from who left. "
    "Grant it to the bot's role in the server's settings."
)

# "Gateway Close Event Codes" in Discord's reference: those after which no reconnect can help.
REFUSALS: Final = {
    4004: TOKEN_REFUSED,
    4010: "Discord refuses the shard: the bot has grown to need several, and this program connects as one.",
    4011: "The bot is in too many servers for one connection: this program does not shard yet.",
    4012: "Discord no longer speaks this version of its gateway: update Guild Insights.",
    4013: "Discord does not know one of the intents that were asked for: update Guild Insights.",
    4014: "Discord grants the bot none of the intents that it asked for: look at "
    f"{DEVELOPER_PORTAL} under Bot, “Privileged Gateway Intents”.",
}

MEMBERS_NOT_GRANTED: Final = 4014  # disallowed intents: Server Members is the only privileged one asked for
NEW_SESSION_NEEDED: Final = frozenset({4007, 4009})  # invalid sequence, session timed out


class GatewayRefused(Exception):
    """Discord will not let this bot in, however often it tries. `str()` says what to do."""


class ConnectionLost(Exception):
    """The connection is over; whatever comes next is the supervision's business."""

    def __init__(self, cause: str, *, code: int | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.code = code


class SessionInvalid(ConnectionLost):
    """Op 9: Discord does not have the session."""

    def __init__(self) -> None:
        super().__init__("Discord had ended the session")
