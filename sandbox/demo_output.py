"""What a demo leaves behind: messages, pictures, files, the requests that the bot sent, the warehouse."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.demo_stage import Stage

PICTURES, FILES = "pictures", "files"  # folders: what a message shows, and what it has for download


@dataclass(frozen=True, slots=True)
class Written:
    messages: list[dict[str, Any]]
    pictures: int
    files: int
    requests: int


def write_output(out: Path, stage: Stage) -> Written:
    """Every message as JSON with its pictures and files beside it, and every request that the bot sent."""
    folder_of = {name: _emptied(out / name) for name in ("messages", PICTURES, FILES)}
    messages, attached = stage.said(), dict.fromkeys((PICTURES, FILES), 0)
    for number, message in enumerate(messages, start=1):
        for attachment in message["attachments"]:
            kind = PICTURES if attachment["filename"].endswith(".png") else FILES
            name = f"{number:02}-{attachment['filename']}"
            content, _ = stage.sandbox.attachment(attachment["id"])
            (folder_of[kind] / name).write_bytes(content)
            # the address held a port of this machine that means nothing any more
            attachment["url"] = attachment["proxy_url"] = f"../{kind}/{name}"
            attached[kind] += 1
        text = json.dumps(message, ensure_ascii=False, indent=2, sort_keys=True)
        (folder_of["messages"] / f"{number:02}.json").write_text(text + "\n", encoding="utf-8")
    requests = [request.line() + "\n" for request in stage.sandbox.requests]
    (out / "requests.jsonl").write_text("".join(requests), encoding="utf-8")
    return Written(messages, attached[PICTURES], attached[FILES], len(requests))


def _emptied(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    return folder


def copy_warehouse(source: Path, target: Path) -> None:
    """One file that holds everything, without a log of changes beside it."""
    target.unlink(missing_ok=True)
    from_db, to_db = sqlite3.connect(source), sqlite3.connect(target)
    try:
        from_db.backup(to_db)
        to_db.execute("PRAGMA journal_mode = DELETE")
    finally:
        to_db.close()
        from_db.close()
