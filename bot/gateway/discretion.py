"""Keeping tokens, user ids and what people wrote out of the program's own log.

interactions.py logs arguments of commands, addresses that hold interaction tokens, and tracebacks whose
messages hold whatever was received. Only sentences that are known to be harmless pass.
"""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path
from typing import Final

import interactions

LIBRARY: Final = str(Path(interactions.__file__).parent)

HARMLESS: Final = re.compile(
    r"Shard ID \d+ \| "
    r"|(GET|POST|PUT|PATCH|DELETE)(::| )"
    r"|Heartbeat has not been acknowledged"
    r"|Overwriting "
    r"|Bot is lacking `application.commands` scope"
    r"|(Multiple Errors found|Error) in command "
    r"|Received interaction before startup"
    r"|Bot has exceeded global ratelimit"
)
# The library logs every refusal as an error. These are foreseen, and told of where they happen.
FORESEEN: Final = re.compile(r"GET::\S+/(scheduled-events(/\S+)?: 40[34]|audit-logs(\?\S+)?: 403)$")
SECRETS: Final = (
    (re.compile(r"(/(?:webhooks|interactions)/)[^\s:]+"), r"\1…"),
    (re.compile(r"Session_ID: \w+"), "…"),
    (re.compile(r"[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}"), "…"),  # a bot token
    (re.compile(r"\d{15,}"), "…"),  # a snowflake
)


def described(error: BaseException) -> str:
    """An error's type and place. Its message is left out: it may quote what was received."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


class Discretion(logging.Filter):
    """Rewrites every record of the logger that interactions.py writes to."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if FORESEEN.match(message):
            return False
        if record.pathname.startswith(LIBRARY) and not HARMLESS.match(message):
            message = f"interactions.py reports something at {record.filename}:{record.lineno}"
        if record.exc_info and record.exc_info[1]:
            message += f" ({described(record.exc_info[1])})"
        record.msg, record.args = without_secrets(message), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def without_secrets(text: str) -> str:
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def discreet_logger() -> logging.Logger:
    """The logger to hand to interactions.py. Below INFO it would log what it sends."""
    logger = logging.getLogger("bot.gateway.discord")
    if not any(isinstance(known, Discretion) for known in logger.filters):
        logger.addFilter(Discretion())
    if logger.level < logging.INFO:
        logger.setLevel(logging.INFO)
    return logger
