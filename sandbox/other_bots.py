"""Other bots of the guild: of their commands this application sees the public answers only.

Source: Message resource, "Message Object": `interaction` is deprecated and still sent, `interaction_metadata`
has no name; "Message Types": 20 answers a slash command.
"""

from __future__ import annotations

from typing import Any

from sandbox.interaction_book import InteractionKind
from sandbox.message_book import MessageFlag, StoredMessage
from sandbox.objects import user_object
from sandbox.posting import APPLICATION_COMMAND, edit, post
from sandbox.world import World


class OtherBots:
    """Mixed into the sandbox."""

    world: World

    def bot_answers(
        self,
        bot_id: int,
        user_id: int,
        command: str,
        channel_id: int,
        *,
        deferred: bool = False,
        ephemeral: bool = False,
        interaction_id: int | None = None,
    ) -> StoredMessage:
        """A bot answers the command that somebody ran. Deferred: it only shows that it is thinking."""
        guild = self.world.guild
        flags = MessageFlag.LOADING if deferred else MessageFlag(0)
        if ephemeral:
            flags |= MessageFlag.EPHEMERAL
        return post(
            self.world,
            channel_id,
            guild.user(bot_id, bot=True),
            {"content": "" if deferred else f"the answer to /{command}"},
            only_for=user_id if ephemeral else None,
            flags=int(flags),
            extra=self._about(bot_id, user_id, command, interaction_id or self.world.snowflakes.next()),
        )

    def bot_completes(self, message: StoredMessage, content: str = "the answer") -> None:
        """The answer that a deferred one was waiting for: an edit."""
        message.body["flags"] &= ~int(MessageFlag.LOADING)
        edit(self.world, message, {"content": content})

    def _about(self, bot_id: int, user_id: int, command: str, interaction_id: int) -> dict[str, Any]:
        about = {
            "id": str(interaction_id),
            "type": int(InteractionKind.APPLICATION_COMMAND),
            "user": user_object(self.world.guild.users[user_id]),
        }
        owners = {"authorizing_integration_owners": {"0": str(self.world.guild.guild_id)}}
        return {
            "type": APPLICATION_COMMAND,
            "application_id": str(bot_id),
            "webhook_id": str(bot_id),
            "interaction_metadata": about | owners,
            "interaction": about | {"name": command},
        }
