"""How people use the application: slash commands, autocomplete, buttons and menus, modals.

Source: Interactions: Receiving and Responding, "Interaction Object"; Application Commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.checks.components import ComponentKind
from sandbox.command_book import resolve_path
from sandbox.interaction_book import Interaction, InteractionKind
from sandbox.invocation import Invocation
from sandbox.message_book import StoredMessage
from sandbox.objects import channel_object, member_object, thread_object
from sandbox.option_values import MENTIONABLE, check_value, resolved, wire_value
from sandbox.permissions import on_the_wire
from sandbox.seed import ChannelKind, ChannelSeed
from sandbox.world import World


class Usage:
    """Mixed into the sandbox. `channel_id` is where it happens; by default the first text channel."""

    world: World

    def run_command(
        self,
        user_id: int,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        channel_id: int | None = None,
    ) -> Invocation:
        """Run "insights health" with its options. LookupError while the application has no such command."""
        data = self._command_data(user_id, command, options or {})
        kind = InteractionKind.APPLICATION_COMMAND
        return self._start(kind, user_id, data, channel_id, name=command)

    def autocomplete(
        self,
        user_id: int,
        command: str,
        focused: str,
        typed: str,
        options: Mapping[str, Any] | None = None,
        *,
        channel_id: int | None = None,
    ) -> Invocation:
        """Type into the option `focused` of a command."""
        data = self._command_data(user_id, command, {**(options or {}), focused: typed}, focused)
        kind = InteractionKind.AUTOCOMPLETE
        return self._start(
            kind, user_id, data, channel_id, name=command, focused_kind=_focused_kind(data["options"])
        )

    def press(
        self, user_id: int, message_id: int, custom_id: str, values: Sequence[str] | None = None
    ) -> Invocation:
        """Press a button, or pick `values` of a menu, on a message that this person can see."""
        message = self.world.messages.find(int(message_id))
        if message is None or not message.seen_by(user_id):
            raise LookupError(f"user {user_id} sees no message {message_id}")
        component = next((c for c in _components(message.body) if c.get("custom_id") == custom_id), None)
        if component is None or component.get("disabled"):
            raise LookupError(f"message {message_id} has no component {custom_id!r} that can be used")
        data: dict[str, Any] = {
            "custom_id": custom_id,
            "component_type": component["type"],
            "id": component.get("id", 1),
        }
        if component["type"] != ComponentKind.BUTTON:
            data |= {"values": list(values or ()), "resolved": self._picked(user_id, component, values or ())}
        kind = InteractionKind.MESSAGE_COMPONENT
        return self._start(kind, user_id, data, message.channel_id, source=message)

    def submit_modal(self, invocation: Invocation, texts: Mapping[str, str]) -> Invocation:
        """Fill in the modal that an invocation was answered with."""
        if invocation.modal is None:
            raise LookupError("no modal is open")
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": custom_id, "value": text}]}
            for custom_id, text in texts.items()
        ]
        data = {"custom_id": invocation.modal["custom_id"], "components": rows}
        return self._start(InteractionKind.MODAL_SUBMIT, invocation.user_id, data, None)

    # ---- what is sent
    def _start(
        self,
        kind: InteractionKind,
        user_id: int,
        data: dict[str, Any],
        channel_id: int | None,
        *,
        source: StoredMessage | None = None,
        name: str = "",
        focused_kind: int | None = None,
    ) -> Invocation:
        world = self.world
        interaction = Interaction(
            interaction_id=world.snowflakes.next(),
            token=f"{world.entropy.getrandbits(256):064x}",
            kind=kind,
            user_id=user_id,
            channel_id=channel_id or self._first_text_channel(),
            started_at=world.monotonic(),
            name=name,
            focused_kind=focused_kind,
            source=source,
        )
        world.interactions.open(interaction)
        world.gateway.dispatch("INTERACTION_CREATE", self._payload(interaction, data))
        return Invocation(world, interaction)

    def _payload(self, interaction: Interaction, data: dict[str, Any]) -> dict[str, Any]:
        guild = self.world.guild
        guild_id = str(guild.guild_id)
        channel, shape = self._place(interaction.channel_id)
        member = guild.members[interaction.user_id]
        permissions = on_the_wire(guild.permissions(member, channel))
        source = {"message": interaction.source.body} if interaction.source else {}
        return {
            "id": str(interaction.interaction_id),
            "application_id": str(self.world.application.application_id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "guild_id": guild_id,
            "guild": {"id": guild_id, "locale": "en-US", "features": []},
            "channel_id": str(channel.channel_id),
            "channel": shape | {"guild_id": guild_id, "permissions": permissions},
            "member": member_object(member) | {"permissions": permissions},
            "locale": "en-US",
            "guild_locale": "en-US",
            "app_permissions": on_the_wire(guild.permissions(guild.bot, channel)),
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild_id},
            "context": 0,
            "attachment_size_limit": self.world.limits.file_bytes,
            "data": data,
            **source,
        }

    def _place(self, channel_id: int) -> tuple[ChannelSeed, dict[str, Any]]:
        """A channel or a thread, and its object."""
        thread = self.world.guild.threads.get(channel_id)
        if thread is not None:
            return thread.place, thread_object(thread)
        channel = self.world.guild.channels[channel_id]
        return channel, channel_object(channel)

    def _command_data(
        self, user_id: int, command: str, options: Mapping[str, Any], focused: str | None = None
    ) -> dict[str, Any]:
        """The documented nesting: group, subcommand, options. A subcommand always carries `options`."""
        name, *words = command.split()
        found = self.world.commands.named(name, self.world.guild.guild_id)
        if found is None:
            raise LookupError(f"the application has no command /{name}")
        scope, registered = found
        path = resolve_path(registered, words)
        known = {o["name"]: o for o in (path[-1] if path else registered).get("options") or ()}
        missing = [n for n, o in known.items() if o.get("required") and n not in options and not focused]
        if missing or set(options) - set(known):
            raise LookupError(f"/{command} takes the options {sorted(known)}, required are {missing}")
        if focused and not known[focused].get("autocomplete"):
            raise LookupError(f"the option {focused!r} of /{command} has no autocomplete")
        for n in set(options) - {focused}:
            check_value(known[n], options[n], self.world.guild)
        leaves = [
            {
                "name": n,
                "type": known[n]["type"],
                "value": wire_value(known[n]["type"], value),
                **_focus(n, focused),
            }
            for n, value in options.items()
        ]
        for step in reversed(path):
            leaves = [{"name": step["name"], "type": step["type"], "options": leaves}]
        data = {"id": registered["id"], "name": name, "type": registered["type"], "options": leaves}
        chosen = ((known[n]["type"], value) for n, value in options.items())
        named = resolved(self.world.guild, user_id, chosen)
        return data | ({"resolved": named} if named else {}) | ({"guild_id": str(scope)} if scope else {})

    def _picked(self, user_id: int, component: Mapping[str, Any], values: Sequence[str]) -> dict[str, Any]:
        if component["type"] == ComponentKind.STRING_SELECT:
            return {}
        return resolved(self.world.guild, user_id, ((MENTIONABLE, value) for value in values))

    def _first_text_channel(self) -> int:
        channels = self.world.guild.channels.values()
        return next(c.channel_id for c in channels if c.kind is ChannelKind.TEXT)


def _focus(name: str, focused: str | None) -> dict[str, bool]:
    return {"focused": True} if name == focused else {}


def _focused_kind(options: Sequence[Mapping[str, Any]]) -> int:
    """The type of the focused option, below its subcommands."""
    while "options" in options[0]:
        options = options[0]["options"]
    return next(int(option["type"]) for option in options if option.get("focused"))


def _components(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for component in body.get("components") or ():
        yield component
        yield from _components(component)
        if isinstance(component.get("accessory"), dict):
            yield component["accessory"]
