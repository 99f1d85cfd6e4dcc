"""A message's body, wherever it is sent to. Source: Message resource, "Create Message" and "Edit Message"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.attachments import UploadedFile, described_for
from sandbox.checks.components import check_components
from sandbox.checks.embeds import check_embeds
from sandbox.checks.form import Form, Path
from sandbox.limits import Limits
from sandbox.message_book import MessageFlag
from sandbox.refusals import Refusal, Refused

CONTENT = 2000
NONCE = 25
MOST_FILES = 10
ALT_TEXT = 1024
MOST_ALLOWED_MENTIONS = 100
MENTION_KINDS = ("users", "roles", "everyone")
SENDABLE_FLAGS = (
    MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.IS_COMPONENTS_V2
)
MAKE_A_MESSAGE = ("content", "embeds", "sticker_ids", "components", "poll")


def check_message(
    body: dict[str, Any],
    files: Sequence[UploadedFile],
    limits: Limits,
    *,
    is_edit: bool = False,
    path: Path = (),
) -> None:
    """Refuse what Discord refuses: first the tree of form errors, then size and emptiness."""
    form = Form()
    flags = body.get("flags") or 0
    form.number((*path, "flags"), flags, least=0, most=(1 << 31) - 1)
    v2 = isinstance(flags, int) and bool(flags & MessageFlag.IS_COMPONENTS_V2)
    form.text((*path, "content"), body.get("content"), longest=CONTENT)
    check_embeds(form, body.get("embeds"), path)
    check_components(form, body.get("components"), v2=v2, path=path)
    _check_nonce(form, body, path)
    _check_mentions(form, body.get("allowed_mentions"), path)
    _check_attachments(form, body.get("attachments"), files, path)
    if v2:
        _check_v2_stands_alone(form, body, path)
    form.refuse_if_wrong()
    if any(len(file.content) > limits.file_bytes for file in files):
        raise Refused(Refusal.REQUEST_TOO_LARGE)
    if not is_edit and not files and not any(body.get(key) for key in MAKE_A_MESSAGE):
        raise Refused(Refusal.EMPTY_MESSAGE)


def _check_nonce(form: Form, body: dict[str, Any], path: Path) -> None:
    nonce = body.get("nonce")
    if not isinstance(nonce, int):
        form.text((*path, "nonce"), nonce, longest=NONCE)


def _check_mentions(form: Form, value: object, path: Path) -> None:
    """Source: Message resource, "Allowed Mentions Object": a kind is parsed or listed, never both."""
    here = (*path, "allowed_mentions")
    mentions = form.mapping(here, value)
    parse = form.items((*here, "parse"), mentions.get("parse"), most=len(MENTION_KINDS))
    for index, kind in enumerate(parse):
        form.choice((*here, "parse", index), kind, MENTION_KINDS)
    for kind in ("users", "roles"):
        listed = form.items((*here, kind), mentions.get(kind), most=MOST_ALLOWED_MENTIONS)
        for index, mentioned in enumerate(listed):
            form.snowflake((*here, kind, index), mentioned)
        if listed and kind in parse:
            message = f"{kind} are mutually exclusive with parse: {kind}"
            form.wrong(here, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)


def _check_attachments(form: Form, value: object, files: Sequence[UploadedFile], path: Path) -> None:
    here = (*path, "attachments")
    entries = form.items(here, value, most=MOST_FILES)
    if len(files) > MOST_FILES:
        form.wrong(here, "BASE_TYPE_MAX_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
    for index, entry in enumerate(entries):
        attachment = form.mapping((*here, index), entry)
        if form.required((*here, index, "id"), attachment.get("id")):
            form.snowflake((*here, index, "id"), attachment["id"])
        form.text((*here, index, "description"), attachment.get("description"), longest=ALT_TEXT)
    known = [entry for entry in entries if isinstance(entry, dict)]
    unmatched = [file for file in files if known and not described_for(file, known)]
    for file in unmatched:
        form.wrong(here, "ATTACHMENT_NOT_FOUND", f"No entry describes the uploaded {file.field}")


def _check_v2_stands_alone(form: Form, body: dict[str, Any], path: Path) -> None:
    for key in ("content", "embeds", "sticker_ids", "poll"):
        if body.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form.wrong((*path, key), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message)
