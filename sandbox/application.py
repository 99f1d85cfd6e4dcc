"""The bot's own application: who it is, its token, which privileged intents its owner has switched on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.guild import User
from sandbox.intents import PRIVILEGED, Intent
from sandbox.objects import user_object

LIMITED_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}


@dataclass
class Application:
    application_id: int
    user: User
    owner_id: int
    token: str
    privileged: Intent = PRIVILEGED
    shards_required: int = 1
    token_was_reset: bool = False

    def accepts(self, token: object) -> bool:
        return token == self.token and not self.token_was_reset

    def disallowed(self, intents: Intent) -> Intent:
        return intents & PRIVILEGED & ~self.privileged

    def me(self) -> dict[str, Any]:
        return user_object(self.user) | {
            "verified": True,
            "mfa_enabled": False,
            "locale": "en-US",
            "email": None,
            "flags": 0,
        }

    def as_object(self) -> dict[str, Any]:
        owner = user_object(User(self.owner_id, "owner"))
        return {
            "id": str(self.application_id),
            "name": self.user.name,
            "icon": None,
            "description": "",
            "type": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": owner,
            "verify_key": "0" * 64,
            "team": None,
            "flags": self._flags(),
            "flags_new": str(self._flags()),
            "summary": "",
            "rpc_origins": [],
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "eligible_oauth2_scopes": ["bot", "applications.commands"],
        }

    def _flags(self) -> int:
        """Application resource, "Application Flags": which privileged intents a bot in few servers has."""
        return sum(flag for intent, flag in LIMITED_FLAGS.items() if intent in self.privileged)
