"""What a demo leaves behind: messages, pictures, files, the requests that the bot sent, the warehouse."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config import ConfigProblem, load_settings
from bot.paths import DataPaths
from sandbox.community_place import GUILD_ID
from sandbox.demo_stage import Stage
from storage.files import PRIVATE_FILE, PRIVATE_FOLDER, private_directory
from storage.journal_look import was_used

MESSAGES, PICTURES, FILES = "messages", "pictures", "files"  # folders, emptied before they are written
CONFIG_NAME, LOG_NAME, REQUESTS_NAME = "config.toml", "insights.log", "requests.jsonl"


class FolderInUse(Exception):
    """Something else than an earlier demo keeps its files in a folder. `str()` is what people read."""


@dataclass(frozen=True, slots=True)
class Written:
    messages: list[dict[str, Any]]
    pictures: int
    files: int
    requests: int


def refuse_to_overwrite(out: Path) -> None:
    """Whatever an earlier demo wrote is written anew. Raises FolderInUse where anything is not a demo's."""
    data, project = DataPaths(out), DataPaths(out / "data")
    written = [out / MESSAGES, out / PICTURES, out / FILES, out / CONFIG_NAME, data.warehouse]
    kept_by_a_bot = [path for of in (data, project) for path in (of.journal, of.secret, of.withdrawals)]
    if any(path.exists() for path in (*written, *kept_by_a_bot)) and not _is_of_a_demo(data):
        raise FolderInUse(
            f"{out} holds files that no demo wrote and that this one could overwrite: "
            "name another folder with --once."
        )


def _is_of_a_demo(data: DataPaths) -> bool:
    """The demo's server is no real one; and a demo, unlike a bot, takes its journal with it when it ends.

    What a verb that was tried on it leaves there is empty.
    """
    try:
        guild_id = load_settings(data.folder / CONFIG_NAME).community.guild_id
    except ConfigProblem:
        return False
    return guild_id == GUILD_ID and not (data.journal.exists() and was_used(data.journal))


def begin_anew(out: Path) -> None:
    """A folder for its owner alone, with nothing in it of who was erased from an earlier demo.

    One that holds other things stays as open as it was. Raises FolderInUse, before anything is changed.
    """
    refuse_to_overwrite(out)
    private_directory(out)
    data = DataPaths(out)
    if _is_of_a_demo(data):
        for stale in (data.withdrawals, *out.glob(f"{data.journal.name}*")):
            stale.unlink(missing_ok=True)
    elif any(out.iterdir()):
        return
    out.chmod(PRIVATE_FOLDER)


def make_private(out: Path) -> None:
    """As a bot's own files are: above all the secret, and what was recorded."""
    data = DataPaths(out)
    for file in (out / CONFIG_NAME, out / LOG_NAME, out / REQUESTS_NAME, data.warehouse, data.secret):
        file.chmod(PRIVATE_FILE)
    for folder in (out / MESSAGES, out / PICTURES, out / FILES):
        folder.chmod(PRIVATE_FOLDER)
        for file in folder.iterdir():
            file.chmod(PRIVATE_FILE)


def write_output(out: Path, stage: Stage) -> Written:
    """Every message as JSON with its pictures and files beside it, and every request that the bot sent."""
    folder_of = {name: _emptied(out / name) for name in (MESSAGES, PICTURES, FILES)}
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
        (folder_of[MESSAGES] / f"{number:02}.json").write_text(text + "\n", encoding="utf-8")
    requests = [request.line() + "\n" for request in stage.sandbox.requests]
    (out / REQUESTS_NAME).write_text("".join(requests), encoding="utf-8")
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
