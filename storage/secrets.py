"""The secret behind every keyed hash: one file of 32 bytes, outside the database and its backups."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from storage.files import private_directory, sync_directory

LENGTH = 32


class SecretUnusable(Exception):
    """The secret's file is there and cannot be used. The message says what to do."""


def load_or_create(path: Path) -> bytes:
    """Reads the secret, or makes one where there is none. A file that is there is never overwritten."""
    try:
        if not path.exists():
            _create(path)
        secret = path.read_bytes()
    except OSError as error:
        raise SecretUnusable(
            f"The secret {path} cannot be read or made ({error.strerror}): check the folder in "
            "INSIGHTS_DATA, and that this user may read and write there."
        ) from error
    if len(secret) != LENGTH:
        raise SecretUnusable(
            f"The secret {path} has {len(secret)} bytes instead of {LENGTH}: put back the file that was "
            "there, because without it nobody who opted out or was erased is recognised."
        )
    return secret


def _create(path: Path) -> None:
    private_directory(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, secrets.token_bytes(LENGTH))
        os.fsync(file)
    finally:
        os.close(file)
    with suppress(FileExistsError):  # another process was first: its secret holds
        path.hardlink_to(draft)
    draft.unlink()
    sync_directory(path.parent)
