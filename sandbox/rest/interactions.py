"""Responses to interactions and the messages that follow them; neither needs the bot's token.

Source: Interactions: Receiving and Responding, "Endpoints"; Webhook resource.
"""

from __future__ import annotations

from sandbox.answering import complete, follow_up, respond
from sandbox.interaction_book import Interaction
from sandbox.message_book import StoredMessage
from sandbox.posting import remove
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import NO_CONTENT, Answer, Call, Route

FOLLOW_UP = "/webhooks/{application_id}/{token}"
MESSAGE = FOLLOW_UP + "/messages/{message_id}"


def callback(call: Call) -> Answer:
    interaction = call.world.interactions.to_acknowledge(call.id("interaction_id"), call.params["token"])
    if interaction is None:
        raise Refused(Refusal.UNKNOWN_INTERACTION)
    respond(call.world, interaction, call.mapping(), call.files)
    if call.query.get("with_response") != "true":
        return NO_CONTENT
    about = {"id": str(interaction.interaction_id), "type": int(interaction.kind)}
    original = interaction.original
    resource = {"type": interaction.callback, **({"message": original.body} if original else {})}
    return {"interaction": about, "resource": resource}


def create(call: Call) -> Answer:
    interaction = _interaction(call)
    return follow_up(call.world, interaction, call.mapping(), call.files).body


def one(call: Call) -> Answer:
    return _message(call, _interaction(call)).body


def change(call: Call) -> Answer:
    interaction = _interaction(call)
    message = _message(call, interaction)
    return complete(call.world, interaction, message, call.mapping(), call.files).body


def delete(call: Call) -> Answer:
    remove(call.world, _message(call, _interaction(call)))
    return NO_CONTENT


def _interaction(call: Call) -> Interaction:
    """The acknowledged interaction that the token belongs to."""
    if call.id("application_id") != call.world.application.application_id:
        raise Refused(Refusal.UNKNOWN_WEBHOOK)
    interaction = call.world.interactions.to_follow_up(call.params["token"])
    if interaction is None:
        raise Refused(Refusal.EXPIRED_TOKEN)
    if interaction.acknowledged_at is None:
        raise Refused(Refusal.UNKNOWN_WEBHOOK)
    return interaction


def _message(call: Call, interaction: Interaction) -> StoredMessage:
    if call.params["message_id"] == "@original":
        message = interaction.original
    else:
        wanted = call.id("message_id")
        message = next((m for m in interaction.messages if m.message_id == wanted), None)
    if message is None or call.world.messages.find(message.message_id) is None:
        raise Refused(Refusal.UNKNOWN_MESSAGE)
    return message


WITHOUT_TOKEN: list[Route] = [
    ("POST", "/interactions/{interaction_id}/{token}/callback", callback),
    ("POST", FOLLOW_UP, create),
    ("GET", MESSAGE, one),
    ("PATCH", MESSAGE, change),
    ("DELETE", MESSAGE, delete),
]
