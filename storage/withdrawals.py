"""Who wants not to be recorded: keyed hashes in a text file, outside the database and its backups."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import NamedTuple, Self

from storage.files import private_directory, private_file, sync_directory

HASH_BYTES = 16
HEADER_BEGINS = b"withdrawals 1 "


class Kind(StrEnum):
    OPTED_OUT = "opted_out"
    ERASED = "erased"
    RETURNED = "returned"


class Withdrawal(NamedTuple):
    kind: Kind
    at_ms: int


class WithdrawalsUnusable(Exception):
    """The file is there and cannot be trusted. The message says what to do."""


class UnderAnotherSecret(WithdrawalsUnusable):
    """The secret or the file belongs to something else."""


class Withdrawals:
    """Append-only, fsynced before a call returns. The last line about a person holds.

    A line reads `at_ms kind hash`; the first line tells under which secret the hashes were made. While it is
    the only one, nobody withdrew, and another secret may take the file over.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        self._hash = hashlib.blake2b(digest_size=HASH_BYTES, key=secret, person=b"withdrawal")
        self._last: dict[bytes, Withdrawal] = {}
        self._read_to = 0
        self._seen: tuple[int, int, int] | None = None  # inode, size, and when it was changed
        self._reading = threading.RLock()  # the journal's thread looks into the file too

    @classmethod
    def open(cls, path: Path, secret: bytes) -> Self:
        withdrawals = cls(path, secret)
        try:
            private_directory(path.parent)
            private_file(path)
            withdrawals._append(b"")
            sync_directory(path.parent)
        except OSError as error:
            raise withdrawals._unusable(error) from error
        return withdrawals

    @property
    def revision(self) -> int:
        """Grows with every line taken up."""
        return self._read_to

    def is_withdrawn(self, guild_id: int, user_id: int) -> bool:
        """Costs nothing to speak of while nobody withdrew, a hash afterwards. Reads no file."""
        return bool(self._last) and self.withdrawal(guild_id, user_id) is not None

    def withdrawal(self, guild_id: int, user_id: int) -> Withdrawal | None:
        last = self._last.get(self._person(guild_id, user_id))
        return None if last is None or last.kind is Kind.RETURNED else last

    def withdraw(self, guild_id: int, user_id: int, kind: Kind, at_ms: int) -> Withdrawal:
        """Durable when it returns. Who withdrew in this way before keeps the first moment.

        An erasure also covers an opt-out; an opt-out takes nothing back from an erasure.
        """
        self.refresh()
        current = self.withdrawal(guild_id, user_id)
        if current and current.kind in (kind, Kind.ERASED):
            return current
        self._record(guild_id, user_id, Withdrawal(kind, at_ms))
        return Withdrawal(kind, at_ms)

    def returned(self, guild_id: int, user_id: int, at_ms: int) -> None:
        """The person wants to be recorded again, from now on."""
        self.refresh()
        if self.withdrawal(guild_id, user_id):
            self._record(guild_id, user_id, Withdrawal(Kind.RETURNED, at_ms))

    def refresh(self) -> bool:
        """Takes up what another process appended; True if there was anything."""
        try:
            status = self._path.stat()
        except FileNotFoundError as error:
            raise WithdrawalsUnusable(
                f"{self._path} is gone: put it back, because without it people who withdrew "
                "are recorded again."
            ) from error
        except OSError as error:
            raise self._unusable(error) from error
        with self._reading:
            seen = status.st_ino, status.st_size, status.st_mtime_ns
            if seen == self._seen:
                return False
            is_another = self._seen is not None and (seen[0] != self._seen[0] or seen[1] < self._read_to)
            if is_another or not self._last:  # put back from elsewhere, or perhaps taken over
                self._last, self._read_to = {}, 0
            try:
                self._take_up()
            except OSError as error:
                raise self._unusable(error) from error
            self._seen = seen
            return True

    def _take_up(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    break  # being written, or cut short by a crash
                if self._read_to == 0:
                    if line != self._header() and _is_header(line) and not file.read(1):
                        break  # of another secret, and nobody withdrew under it
                    self._check_header(line)
                else:
                    self._last.update(self._parse(line))
                self._read_to += len(line)

    def _parse(self, line: bytes) -> Iterator[tuple[bytes, Withdrawal]]:
        try:
            at_ms, kind, person = line.decode().split()
            yield bytes.fromhex(person), Withdrawal(Kind(kind), int(at_ms))
        except ValueError as error:
            raise WithdrawalsUnusable(
                f"{self._path} has a line that is not understood at byte {self._read_to}: "
                "put back the file as it was, because without it people who withdrew are recorded again."
            ) from error

    def _unusable(self, error: OSError) -> WithdrawalsUnusable:
        return WithdrawalsUnusable(
            f"{self._path} cannot be read or written ({error.strerror}): check its disk and that this user "
            "may do both, because without it people who withdrew are recorded again."
        )

    def _header(self) -> bytes:
        return HEADER_BEGINS + self._person(0, 0).hex().encode() + b"\n"

    def _check_header(self, line: bytes) -> None:
        if line != self._header():
            raise UnderAnotherSecret(
                f"{self._path} was written under another secret: put back the secret that belongs to it, "
                "because without it people who withdrew are recorded again."
            )

    def _person(self, guild_id: int, user_id: int) -> bytes:
        digest = self._hash.copy()
        digest.update(b"%d %d" % (guild_id, user_id))
        return digest.digest()

    def _record(self, guild_id: int, user_id: int, withdrawal: Withdrawal) -> None:
        person = self._person(guild_id, user_id)
        self._append(b"%d %b %b\n" % (withdrawal.at_ms, withdrawal.kind.encode(), person.hex().encode()))

    def _append(self, line: bytes) -> None:
        """Whole and durable, or not at all: then WithdrawalsUnusable says so."""
        try:
            with self._path.open("rb+", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self.refresh()
                self._write_at_end(file, line if self._read_to else self._header() + line)
        except OSError as error:
            raise self._unusable(error) from error
        self.refresh()

    def _write_at_end(self, file: FileIO, line: bytes) -> None:
        start = self._read_to
        file.truncate(start)  # a line that a crash cut short was never promised
        file.seek(start)
        try:
            _write_whole(file, line)
            os.fsync(file.fileno())
        except OSError:
            file.truncate(start)  # nobody may take for a promise what was not kept
            self.refresh()
            raise


def _is_header(line: bytes) -> bool:
    return line.startswith(HEADER_BEGINS) and len(line) == len(HEADER_BEGINS) + 2 * HASH_BYTES + 1


def _write_whole(file: FileIO, line: bytes) -> None:
    """A disk that is filling up takes the beginning first, and refuses the rest."""
    left = memoryview(line)
    while left:
        left = left[file.write(left) :]
