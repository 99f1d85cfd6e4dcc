"""How a first response and what follows it change an interaction.

Source: Interactions: Receiving and Responding, "Interaction Callback Type", "Followup Messages".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.attachments import UploadedFile
from sandbox.checks.choices import check_choices
from sandbox.checks.form import Form
from sandbox.checks.messages import check_message
from sandbox.interaction_book import CallbackKind, Interaction, InteractionKind
from sandbox.message_book import MessageFlag, StoredMessage
from sandbox.objects import user_object
from sandbox.posting import APPLICATION_COMMAND, edit, post
from sandbox.refusals import Refusal, Refused
from sandbox.world import World

ON_COMPONENTS_ONLY = frozenset({CallbackKind.DEFERRED_UPDATE, CallbackKind.UPDATE_MESSAGE})


def respond(
    world: World, interaction: Interaction, body: dict[str, Any], files: Sequence[UploadedFile]
) -> None:
    """The first response: checked, noted, and shown where it is a message."""
    callback = _callback_kind(interaction, body.get("type"))
    data = body.get("data") or {}
    if callback in (CallbackKind.MESSAGE, CallbackKind.UPDATE_MESSAGE):
        check_message(
            data, files, world.limits, is_edit=callback is CallbackKind.UPDATE_MESSAGE, path=("data",)
        )
    if callback is CallbackKind.AUTOCOMPLETE_RESULT:
        interaction.choices = _checked_choices(data, interaction)
    if callback is CallbackKind.MODAL:
        interaction.modal = _checked_modal(data)
    world.interactions.acknowledge(interaction, callback)
    if callback is CallbackKind.MESSAGE:
        interaction.original = show(world, interaction, data, files)
    elif callback is CallbackKind.DEFERRED_MESSAGE:
        interaction.original = show(world, interaction, {"flags": data.get("flags", 0)}, (), loading=True)
        interaction.waiting = True
    elif callback in ON_COMPONENTS_ONLY:
        interaction.original = interaction.source
        if callback is CallbackKind.UPDATE_MESSAGE and interaction.source is not None:
            edit(world, interaction.source, data, files)
    world.changed.notify()


def follow_up(
    world: World, interaction: Interaction, body: dict[str, Any], files: Sequence[UploadedFile]
) -> StoredMessage:
    """A further message; directly after a deferral it edits the waiting one instead."""
    check_message(body, files, world.limits)
    if interaction.waiting and interaction.original is not None:
        return complete(world, interaction, interaction.original, body, files)
    return show(world, interaction, body, files)


def complete(
    world: World,
    interaction: Interaction,
    message: StoredMessage,
    body: dict[str, Any],
    files: Sequence[UploadedFile],
) -> StoredMessage:
    """Edit one of the interaction's messages; a waiting one stops to show that it waits."""
    check_message(body, files, world.limits, is_edit=True)
    if message is interaction.original:
        interaction.waiting = False
        message.body["flags"] &= ~int(MessageFlag.LOADING)
    return edit(world, message, body, files)


def show(
    world: World,
    interaction: Interaction,
    data: dict[str, Any],
    files: Sequence[UploadedFile],
    *,
    loading: bool = False,
) -> StoredMessage:
    ephemeral = bool(int(data.get("flags") or 0) & MessageFlag.EPHEMERAL)
    flags = (MessageFlag.EPHEMERAL if ephemeral else 0) | (MessageFlag.LOADING if loading else 0)
    message = post(
        world,
        interaction.channel_id,
        world.application.user,
        data,
        files,
        only_for=interaction.user_id if ephemeral else None,
        flags=int(flags),
        extra=_origin(world, interaction),
    )
    interaction.messages.append(message)
    return message


def _origin(world: World, interaction: Interaction) -> dict[str, Any]:
    """`interaction_metadata` has no name; the deprecated `interaction` has (Message resource)."""
    origin: dict[str, Any] = {
        "application_id": str(world.application.application_id),
        "webhook_id": str(world.application.application_id),
    }
    if interaction.kind is not InteractionKind.APPLICATION_COMMAND:
        return origin
    about = {
        "id": str(interaction.interaction_id),
        "type": int(interaction.kind),
        "user": user_object(world.guild.users[interaction.user_id]),
    }
    metadata = about | {"authorizing_integration_owners": {"0": str(world.guild.guild_id)}}
    return origin | {
        "type": APPLICATION_COMMAND,
        "interaction_metadata": metadata,
        "interaction": about | {"name": interaction.name},
    }


def _callback_kind(interaction: Interaction, value: object) -> CallbackKind:
    form = Form()
    form.required(("type",), value)
    form.choice(("type",), value, [int(kind) for kind in CallbackKind])
    form.refuse_if_wrong()
    callback = CallbackKind(int(str(value)))
    autocompletes = interaction.kind is InteractionKind.AUTOCOMPLETE
    misplaced = callback in ON_COMPONENTS_ONLY and interaction.source is None
    if misplaced or autocompletes != (callback is CallbackKind.AUTOCOMPLETE_RESULT):
        message = (
            f"Callback type {int(callback)} does not answer an interaction of type {int(interaction.kind)}"
        )
        form.wrong(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", message)
        form.refuse_if_wrong()
    if interaction.acknowledged_at is not None:
        raise Refused(Refusal.ALREADY_ACKNOWLEDGED)
    return callback


def _checked_choices(data: dict[str, Any], interaction: Interaction) -> list[dict[str, Any]]:
    form = Form()
    path = ("data", "choices")
    choices = check_choices(form, path, data.get("choices"), interaction.focused_kind)
    form.refuse_if_wrong()
    return choices


def _checked_modal(data: dict[str, Any]) -> dict[str, Any]:
    form = Form()
    for key, longest in (("custom_id", 100), ("title", 45)):
        if form.required(("data", key), data.get(key)):
            form.text(("data", key), data[key], longest=longest, shortest=1)
    form.items(("data", "components"), data.get("components"), most=5, least=1)
    form.refuse_if_wrong()
    return data
