"""Logs: one JSON object a line, the bot's own lines and those of its libraries alike, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

# A bot's token; an interaction's or a webhook's in a URL, which the library logs; a database's password.
TOKEN: Final = re.compile(r"[\w-]{20,}\.[\w-]{5,}\.[\w-]{20,}")
URL_TOKEN: Final = re.compile(r"(/(?:webhooks|interactions)/)\d+/[^/\s\"']+")
PASSWORD: Final = re.compile(r"(://[^:/\s@]*:)[^@\s]+@")
# A person's id looks like any other of Discord's: none is written, except under names of what is no person.
ID: Final = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
NOT_PEOPLE: Final = frozenset({"guild_id", "channel_id", "message_id", "application_id", "interaction_id"})

QUIET: Final = (
    "alembic",
    "apscheduler",
    "interactions",
    "aiohttp",
    "sqlalchemy",
    "asyncio",
)  # warnings and worse only


def configure_logs(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all logs to a stream, stderr by default."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


@contextmanager
def logs_into(path: Path) -> Iterator[None]:
    """Send all logs to a file for a while, and then where they went before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with path.open("w", encoding="utf-8") as lines:
        configure_logs(lines)
        try:
            yield
        finally:
            root.handlers[:] = before
            root.setLevel(level)


def without_secrets(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Takes tokens, passwords and people's ids out of everything that a line says."""
    return {
        key: value if key in NOT_PEOPLE or key.startswith("_") else scrubbed(value)
        for key, value in entry.items()
    }


def scrubbed(value: object) -> object:
    if isinstance(value, str):
        text = URL_TOKEN.sub(r"\1…", TOKEN.sub("…", value))
        return ID.sub("…", PASSWORD.sub(r"\1…@", text))
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return "…" if ID.fullmatch(str(abs(value))) else value
    if isinstance(value, Mapping):
        return {scrubbed(key): scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(inner) for inner in value]
    return scrubbed(str(value))
