"""Where a running bot keeps its files. Everything lies in one folder that only its owner can read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataPaths:
    folder: Path

    @property
    def warehouse(self) -> Path:
        """The warehouse where no DATABASE_URL names another one."""
        return self.folder / "warehouse.db"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"

    def journal_of(self, name: str) -> Path:
        """Of another bot, whose commands are recorded (insights_extension)."""
        return self.folder / f"journal-{name}.db"

    def journals_of_others(self) -> list[Path]:
        return sorted(self.folder.glob(self.journal_of("*").name))

    @property
    def audit_log(self) -> Path:
        """Where the last complete reading of the audit log ended."""
        return self.folder / "audit_log"

    @property
    def disk_note(self) -> Path:
        """Why nothing became durable, for the next process."""
        return self.folder / "disk_note"

    @property
    def secret(self) -> Path:
        """Makes event keys and tombstones. Back it up, but not with the database."""
        return self.folder / "secret"

    @property
    def withdrawals(self) -> Path:
        """Who must never be recorded again, as keyed hashes. Back it up, but not with the database."""
        return self.folder / "withdrawals"
