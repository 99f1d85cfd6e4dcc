"""Runs seeds one after the other in one process: the set-up is made once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.database import Warehouse

from .disk import Disk, InlineExecutor, simulated
from .machine import found_anew, prepared
from .simulation import Outcome, Simulation, laid_out
from .steps import Plan, plan_of

IN_MEMORY = Path("/dev/shm")


class Runner:
    def __init__(self, folder: Path, loop: asyncio.Runner, warehouse: Warehouse, disk: Disk) -> None:
        self._template = folder / "template.db"
        self._loop = loop
        self._warehouse = warehouse
        self._disk = disk

    def seed(self, seed: int) -> Outcome:
        return self.plan(plan_of(seed))

    def plan(self, plan: Plan) -> Outcome:
        laid_out(self._template, self._disk)
        self._disk.reset(plan.seed)
        found_anew(self._warehouse)
        return self._loop.run(Simulation(plan, self._disk, self._warehouse).run())


def folder_in_memory(within: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Where a sync costs nothing, if the machine has such a place."""
    return tempfile.TemporaryDirectory(
        prefix="simulation-", dir=within or (IN_MEMORY if IN_MEMORY.is_dir() else None)
    )


@contextmanager
def running(within: Path | None = None) -> Iterator[Runner]:
    with folder_in_memory(within) as name, asyncio.Runner() as loop:
        folder = Path(name)
        disk = Disk(folder)
        with simulated(disk):
            loop.get_loop().set_default_executor(InlineExecutor())
            warehouse = loop.run(prepared(folder))
            loop.run(warehouse.close())
            (folder / "warehouse.db").rename(folder / "template.db")
            laid_out(folder / "template.db", disk)
            warehouse = loop.run(Warehouse.open(str(folder / "warehouse.db")))
            try:
                yield Runner(folder, loop, warehouse, disk)
            finally:
                loop.run(warehouse.close())
