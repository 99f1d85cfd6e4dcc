"""Holds recorded requests against Discord's official specification, where that lies beside the repository."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VALIDATOR = Path(__file__).resolve().parents[2] / "shared" / "discord" / "validate_request.py"
Validate = Callable[..., list[str]]


@dataclass(frozen=True)
class Oddity:
    """Something that interactions.py 5.16 adds by itself and Discord is known to ignore."""

    path: str
    error: str
    reason: str


INTERACTION_MESSAGES = r"/(webhooks|interactions)/.+"
COMMANDS = r"/applications/.+/commands"
ANY_MESSAGE = r"/(webhooks|interactions|channels)/.+"
TOLERATED = (
    Oddity(
        ANY_MESSAGE,
        r"unknown key 'enforce_nonce'",
        "process_message_payload() always writes it, also where only Create Message knows it",
    ),
    Oddity(
        INTERACTION_MESSAGES,
        r"unknown key 'pass_self_into_delete'",
        "an inner option of InteractionContext.send() that is not taken out of the body",
    ),
    Oddity(
        ANY_MESSAGE,
        r"unknown key 'tts'",
        "process_message_payload() always writes tts: false, also into edits",
    ),
    Oddity(
        ANY_MESSAGE,
        r"attachments\[(\d+)\]\.id: \1 is not of type",
        "files are numbered with integers where a snowflake is a string; Discord reads both",
    ),
    Oddity(
        COMMANDS,
        r"unknown key '(autocomplete|channel_types|choices|(min|max)_(length|value))'",
        "option fields of every kind are written into all options, as null",
    ),
    Oddity(COMMANDS, r"unknown key 'nsfw'", "accepted by Discord, missing from the specification's options"),
)


@dataclass(frozen=True)
class Wrong:
    method: str
    path: str
    error: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.error}"


def validator() -> Validate | None:
    """The checker beside the repository, or None on a machine that has none."""
    if not VALIDATOR.exists():
        return None
    spec = importlib.util.spec_from_file_location("validate_request", VALIDATOR)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    validate: Validate = module.validate_request
    return validate


def wrong_requests(folder: Path, validate: Validate) -> tuple[int, list[Wrong]]:
    """How many requests were recorded there, and what is wrong with them; equal ones are checked once."""
    lines = [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    wrong = [error for line in dict.fromkeys(lines) for error in wrong_with(json.loads(line), validate)]
    return len(lines), wrong


def wrong_with(request: dict[str, Any], validate: Validate) -> Iterator[Wrong]:
    method, path = request["method"], request["path"]
    for error in validate(method, path, request["body"], request["files"]):
        if not is_tolerated(path, error):
            yield Wrong(method, path, error)


def is_tolerated(path: str, error: str) -> bool:
    return any(re.match(oddity.path, path) and re.search(oddity.error, error) for oddity in TOLERATED)
