"""The machine that records: one process after the other on one disk, made of the product's own parts."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest import mock

from bot.audit_place import AuditPlace
from bot.continuity import Continuity, Loss
from bot.gateway.identity import ALL_INTENTS, sources_of
from bot.intake import Intake, IntakeOptions
from bot.recorder import Recorder
from storage.database import Warehouse, _identity
from storage.event_key import KeyMaker
from storage.fold.folder import Folder
from storage.journal import Journal
from storage.journal_writer import JournalWriter, Operation
from storage.loader import load_batch
from storage.rules import Rules
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import Withdrawals

from .disk import Disk

SECRET = b"s" * 32
IDENTITY = "simulated"
SOURCES = sources_of(ALL_INTENTS)
ROWS_AT_ONCE = 40


class VirtualClock:
    """True time, and what this machine takes it for."""

    def __init__(self, true_ms: int) -> None:
        self.true_ms = true_ms
        self.offset_ms = 0

    @property
    def reading_ms(self) -> int:
        return self.true_ms + self.offset_ms

    def now(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.reading_ms)


class _NoWait:
    """Waiting for company, or for the disk to recover, takes no time here."""

    def wait(self, _seconds: float | None = None) -> bool:
        return True

    def set(self) -> None: ...

    def clear(self) -> None: ...


class SteppedWriter(JournalWriter):
    """Writes a group when it is told to, in the caller's thread."""

    def start(self) -> None:
        self._hurry = self._wake = _NoWait()  # type: ignore[assignment]

    def put_urgently(self, operation: Operation) -> None:
        self.put(operation)
        self.write_group()

    def _wait_for_entries(self) -> None:
        self._asleep = False


class SteppedJournal(Journal):
    Writer = SteppedWriter

    def write_group(self) -> None:
        if self._writer.queue:
            self._writer.write_group()

    def drop(self) -> None:
        """As a process that is no more: nothing is written any more."""
        self._reader.close()
        self._file.close()


class Process:
    """One life of the bot's recording part. Everything in memory dies with it."""

    def __init__(self, machine: Machine) -> None:
        folder = machine.disk.folder
        self.withdrawals = Withdrawals.open(folder / "withdrawals.txt", SECRET)
        self.intake = Intake(KeyMaker(SECRET), self.withdrawals, machine.options)
        self.journal = SteppedJournal.open(
            folder / "journal.db",
            self.intake.encode,
            self.intake.unencodable,
            self.intake.look_for_withdrawals,
        )
        place = AuditPlace(folder / "audit_log")
        self.recorder = Recorder(
            self.intake,
            self.journal,
            machine.clock,
            audit_place=place,
            ticks_s=lambda: machine.clock.true_ms / 1000,
        )
        self.folder = Folder(machine.warehouse, machine.rules)
        self.continuity = Continuity(
            self.journal, self.intake.keys, machine.guild_id, machine.clock, _nothing_is_lost
        )


def _nothing_is_lost(loss: Loss) -> None:
    """No fault of the simulation takes back what was committed."""
    raise AssertionError(loss)


class Machine:
    """`warehouse` outlives its processes: only its connections are closed, to spare each seed the set-up."""

    def __init__(self, disk: Disk, warehouse: Warehouse, clock: VirtualClock, guild_id: int) -> None:
        self.disk = disk
        self.warehouse = warehouse
        self.clock = clock
        self.guild_id = guild_id
        self.rules = Rules()
        self.options = IntakeOptions(guild_id)
        self.process: Process | None = None
        self.lives = 0

    def start(self) -> Process:
        self.lives += 1
        self.process = Process(self)
        return self.process

    async def lost_power(self) -> None:
        """After a PowerCut: the process is gone, the disk holds what was synced."""
        process, self.process = self.process, None
        if process is not None:
            process.journal.drop()
        await self.drop_connections()
        self.disk.back()
        found_anew(self.warehouse)

    async def drop_connections(self) -> None:
        await self.warehouse._writer.dispose()
        await self.warehouse._reader.dispose()

    async def follow(self) -> bool:
        """One batch from the journal into the log, one from the log into the tables; False: nothing to do."""
        process = self.process
        assert process is not None
        try:
            loaded = await load_batch(
                *(self.warehouse, process.journal, process.withdrawals, ROWS_AT_ONCE),
                continuity=process.continuity,
            )
            progress = await process.folder.advance(self.guild_id, ROWS_AT_ONCE)
        except WarehouseUnavailable:
            return False
        return loaded.read > 0 or not progress.caught_up

    async def follow_up(self) -> None:
        while await self.follow():
            pass

    def use(self, rules: Rules) -> None:
        """Other rules, taken up by a running process."""
        self.rules = rules
        if self.process is not None:
            self.process.folder = Folder(self.warehouse, rules)

    def exclude(self, channels: frozenset[int]) -> None:
        self.options = IntakeOptions(self.guild_id, excluded_channels=channels)
        if self.process is not None:
            self.process.recorder.use_options(self.options)

    async def end(self) -> None:
        if self.process is not None:
            with suppress(Exception):
                self.process.journal.drop()
        self.process = None
        await self.drop_connections()


def found_anew(warehouse: Warehouse) -> None:
    """As a process does that opens it: the file that lies there now is the warehouse."""
    warehouse._file, warehouse._is_damaged = _identity(Path(warehouse.name)), False


def seeded_nonces(rng: Random) -> mock._patch[Callable[[int], str]]:
    return mock.patch.object(secrets, "token_hex", lambda size: rng.randbytes(size).hex())


async def prepared(folder: Path) -> Warehouse:
    """An empty warehouse in a folder; what it is made of is the template of every seed."""
    warehouse = await Warehouse.open(str(folder / "warehouse.db"))
    await warehouse.migrate()
    return warehouse
