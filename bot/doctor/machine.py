"""This machine: room on its disks, who may read the files, its SQLite."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.doctor.finding import Finding, ill, well
from bot.doctor.journals import journal_findings
from bot.paths import DataPaths
from storage.disk import LOW_BYTES, size_text

FAULTY_SQLITE: Final = (3, 7, 0), (3, 51, 2)  # the first and the last with the WAL-reset bug


def machine_findings(paths: DataPaths, warehouse_file: Path | None) -> Iterator[Finding]:
    yield disk("Journal's disk", paths.journal.parent)
    if warehouse_file is not None:
        yield disk("Warehouse's disk", warehouse_file.parent)
    yield from journal_findings(paths)
    yield file_modes(paths)
    if warehouse_file is not None:
        yield sqlite_version(sqlite3.sqlite_version_info[:3])


def disk(about: str, folder: Path) -> Finding:
    """Room where the folder lies, or will be made."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if _is_there(parent))
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return ill(about, f"{folder} cannot be looked at ({error.strerror}).", "Check the disk.")
    said = f"{size_text(free)} free for {folder}."
    if free < LOW_BYTES:
        return ill(
            about, said, f"Free some: below {size_text(LOW_BYTES)} the bot warns, full it loses events."
        )
    return well(about, said)


def file_modes(paths: DataPaths) -> Finding:
    """Nobody else may read what is recorded, above all not the secret."""
    try:
        files = [paths.folder, *sorted(paths.folder.iterdir())]
    except FileNotFoundError:
        return well("File modes", f"{paths.folder} is made at the first start, for its owner alone.")
    except OSError as error:
        said = f"{paths.folder} cannot be looked at ({error.strerror})."
        return ill("File modes", said, "Set INSIGHTS_DATA to a folder that is this user's alone.")
    open_to_others = [file.name or str(file) for file in files if _mode(file) & 0o077]
    if open_to_others:
        shown = ", ".join(open_to_others[:3]) + (" …" if len(open_to_others) > 3 else "")
        return ill("File modes", f"Others may read {shown}.", f"Run: chmod -R go-rwx {paths.folder}")
    return well("File modes", f"{paths.folder} and its {len(files) - 1} files are their owner's alone.")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # with this name, or for this user, nothing is
        return False


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:  # made and gone in between
        return 0


def sqlite_version(version: tuple[int, ...]) -> Finding:
    """https://www.sqlite.org/wal.html, “The WAL-Reset Bug”."""
    name = ".".join(map(str, version))
    first, last = FAULTY_SQLITE
    if not first <= version <= last:
        return well("SQLite", f"{name}.")
    return well(
        "SQLite",
        f"{name} can lose writes when two connections write at once. Guild Insights keeps to one writer at a "
        "time through warehouse.db.lock, so that it is safe; no other program may write to the warehouse.",
    )
