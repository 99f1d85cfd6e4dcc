"""Every refusal that the REST side can give, with the rule of Discord's documentation that it follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

CODES = 'Opcodes and Status Codes, "JSON Error Codes"'


@dataclass(frozen=True)
class Rule:
    status: int
    code: int
    message: str
    documented: str


class Refusal(Enum):
    NO_SUCH_ROUTE = Rule(404, 0, "404: Not Found", 'Opcodes and Status Codes, "HTTP Response Codes"')
    METHOD_NOT_ALLOWED = Rule(
        405, 0, "405: Method Not Allowed", 'Opcodes and Status Codes, "HTTP Response Codes"'
    )
    UNAUTHORIZED = Rule(401, 0, "401: Unauthorized", 'Reference, "Authentication"')
    INVALID_JSON = Rule(400, 50109, "The request body contains invalid JSON.", CODES)
    INVALID_FORM_BODY = Rule(400, 50035, "Invalid Form Body", 'Reference, "Error Messages"')
    REQUEST_TOO_LARGE = Rule(413, 40005, "Request entity too large", 'Reference, "Uploading Files"')

    UNKNOWN_CHANNEL = Rule(404, 10003, "Unknown Channel", CODES)
    UNKNOWN_GUILD = Rule(404, 10004, "Unknown Guild", CODES)
    UNKNOWN_MEMBER = Rule(404, 10007, "Unknown Member", CODES)
    UNKNOWN_MESSAGE = Rule(404, 10008, "Unknown Message", CODES)
    UNKNOWN_USER = Rule(404, 10013, "Unknown User", CODES)
    UNKNOWN_WEBHOOK = Rule(404, 10015, "Unknown Webhook", CODES)
    UNKNOWN_INTERACTION = Rule(
        404,
        10062,
        "Unknown interaction",
        'Interactions: Receiving and Responding, "Followup Messages": the first response within 3 s',
    )
    UNKNOWN_COMMAND = Rule(404, 10063, "Unknown application command", CODES)
    UNKNOWN_VOICE_STATE = Rule(404, 10065, "Unknown Voice State", CODES)
    UNKNOWN_SCHEDULED_EVENT = Rule(404, 10070, "Unknown Guild Scheduled Event", CODES)

    MISSING_ACCESS = Rule(403, 50001, "Missing Access", 'Permissions, "Implicit Permissions": View Channel')
    MISSING_PERMISSIONS = Rule(
        403,
        50013,
        "Missing Permissions",
        'Permissions, "Bitwise Permission Flags"; Message resource, each endpoint; '
        'Guild Scheduled Event resource, "Guild Scheduled Event Permissions Requirements"',
    )
    NOT_THE_AUTHOR = Rule(
        403,
        50005,
        "Cannot edit a message authored by another user",
        'Message resource, "Edit Message": only flags of others\' messages',
    )
    EMPTY_MESSAGE = Rule(
        400,
        50006,
        "Cannot send an empty message",
        'Message resource, "Create Message": at least one of content, embeds, sticker_ids, components, files',
    )
    NOT_A_TEXT_CHANNEL = Rule(400, 50008, "Cannot send messages in a non-text channel", CODES)
    EXPIRED_TOKEN = Rule(
        401,
        50027,
        "Invalid Webhook Token",
        'Interactions: Receiving and Responding, "Followup Messages": tokens are valid for 15 minutes',
    )
    ALREADY_ACKNOWLEDGED = Rule(
        400,
        40060,
        "Interaction has already been acknowledged.",
        "Interactions: Receiving and Responding; " + CODES,
    )
    TOO_MANY_COMMANDS = Rule(
        400,
        30032,
        "Maximum number of application commands reached (100)",
        'Application Commands, "Registering a Command": 100 global CHAT_INPUT commands',
    )
    TOO_MANY_EVENTS = Rule(
        400,
        30038,
        "Maximum number of uncompleted guild scheduled events reached (100)",
        'Guild Scheduled Event resource, "Create Guild Scheduled Event": 100 scheduled or active ones',
    )
    FINISHED_EVENT = Rule(400, 180000, "Cannot update a finished event", CODES)
    EMPTY_EXCEPTION = Rule(
        400,
        180005,
        "A guild scheduled event exception has to change the occurrence",
        'Guild Scheduled Event resource, "Create Guild Scheduled Event Exception": at minimum one of '
        "is_canceled, scheduled_start_time, scheduled_end_time",
    )


class Refused(Exception):
    """A request that Discord would not carry out; `errors` is the tree beneath Invalid Form Body."""

    def __init__(self, refusal: Refusal, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{refusal.value.code}: {refusal.value.message} {errors or ''}".strip())
        self.refusal = refusal
        self.errors = errors

    @property
    def status(self) -> int:
        return self.refusal.value.status

    def body(self) -> dict[str, Any]:
        shape: dict[str, Any] = {"message": self.refusal.value.message, "code": self.refusal.value.code}
        return shape | ({"errors": self.errors} if self.errors else {})
