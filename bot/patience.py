"""A warehouse that may be away when the bot starts, and be damaged or replaced while it runs.

The journal takes everything meanwhile. A file that turned out to be damaged is left alone until another one
lies in its place, and that one is looked through before anything is written into it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Dialect, Warehouse, address_of
from storage.erasure import reapply
from storage.replaced_file import Watched
from storage.trouble import (
    DAMAGED,
    GONE,
    WarehouseDamaged,
    WarehouseReplaced,
    WarehouseUnavailable,
    unavailable,
)
from storage.withdrawals import Withdrawals

RETRY_SECONDS: Final = (1.0, 2.0, 5.0, 15.0, 30.0)
NOT_YET: Final = "has not been opened yet"
NOT_OPENED_YET: Final = f"The warehouse {NOT_YET}."

log = structlog.get_logger(__name__)

Refusing = Callable[[Warehouse], Awaitable[object]]


class PatientWarehouse(Warehouse):
    """Behaves like the warehouse while `keep` holds one open, and otherwise as one that cannot be used."""

    def __init__(
        self,
        url: str,
        withdrawals: Withdrawals,
        retry_s: Sequence[float] | None = None,
        refuse_unfit: Refusing | None = None,
    ) -> None:
        """`refuse_unfit` raises a WarehouseUnavailable for one that must not be written to."""
        # the engines are those of the warehouse inside: this one has none of its own
        address = address_of(url)
        self._withdrawals = withdrawals
        self._refuse_unfit = refuse_unfit
        self._retry_s = retry_s or RETRY_SECONDS
        self._address = url
        self.dialect: Dialect = "postgresql" if url.startswith("postgres") else "sqlite"
        self._watched = Watched(Path(address.database or "")) if self.dialect == "sqlite" else None
        self._opened: Warehouse | None = None
        self._trouble: WarehouseUnavailable | None = WarehouseUnavailable(NOT_OPENED_YET, NOT_YET)
        if self._watched and self._watched.is_damaged:
            self._trouble = unavailable(str(self._watched.path), DAMAGED)
        self._is_open = asyncio.Event()
        self._is_lost = asyncio.Event()

    @property
    def problem(self) -> str | None:
        """Why there is none, in one sentence."""
        return str(self._trouble) if self._trouble else None

    @property
    def is_let_go(self) -> bool:
        """Whether nothing is open."""
        return self._opened is None

    async def reached(self) -> None:
        """Returns once there is a warehouse."""
        await self._is_open.wait()

    async def keep(self) -> None:
        """Open the warehouse however long that takes, and open it anew whenever it was lost. Endless."""
        while True:
            await self._reach()
            await self._is_lost.wait()
            await self._let_go()

    async def _reach(self) -> None:
        for attempt in range(2**31):
            try:
                if self._watched is None or not self._watched.is_damaged:
                    self._opened = await self._open()
            except WarehouseUnavailable as trouble:
                self._notice(trouble)
            if self._opened is not None:
                self._trouble = None
                self._is_lost.clear()
                self._is_open.set()
                return
            await asyncio.sleep(self._retry_s[min(attempt, len(self._retry_s) - 1)])

    async def _open(self) -> Warehouse:
        """Makes a new file only where none was lost; one that was put there is looked through first."""
        watched = self._watched
        if watched and watched.is_suspicious:
            if not watched.is_there:
                raise unavailable(str(watched.path), GONE)
            watched.put_leftovers_aside()
        warehouse = await Warehouse.open(self._address)
        try:
            if watched and watched.is_suspicious:
                await warehouse.check()
                watched.found_good()
            if self._refuse_unfit:
                await self._refuse_unfit(warehouse)
            await warehouse.migrate()
            await reapply(warehouse, self._withdrawals)
        except BaseException:
            await warehouse.abandon()
            raise
        if watched:
            watched.opened()
        return warehouse

    def _notice(self, trouble: WarehouseUnavailable) -> None:
        """Whoever asks is told, until another file lies there or the server is back."""
        if self._watched and isinstance(trouble, WarehouseDamaged):
            self._watched.found_damaged()
        if self._watched and isinstance(trouble, WarehouseReplaced) and not self._watched.is_suspicious:
            self._watched.found_missing()
        if self.problem != str(trouble):
            log.warning("warehouse_not_usable", reason=str(trouble))
        self._trouble = trouble

    def _in_use(self) -> Warehouse:
        if self._trouble or self._opened is None:
            trouble = self._trouble or WarehouseUnavailable(NOT_OPENED_YET, NOT_YET)
            raise type(trouble)(str(trouble), trouble.what)  # a new one: raised often, one would only grow
        return self._opened

    @asynccontextmanager
    async def _noticing(self) -> AsyncIterator[Warehouse]:
        warehouse = self._in_use()
        try:
            yield warehouse
        except (WarehouseDamaged, WarehouseReplaced) as trouble:
            if self._watched and warehouse is self._opened:
                self._notice(trouble)
                self._is_open.clear()
                self._is_lost.set()
            raise

    @property
    def name(self) -> str:
        return self._in_use().name

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._noticing() as warehouse, warehouse.writing() as conn:
            yield conn

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._noticing() as warehouse, warehouse.reading() as conn:
            yield conn

    async def lock_guild(self, conn: AsyncConnection, guild_id: int) -> None:
        async with self._noticing() as warehouse:
            await warehouse.lock_guild(conn, guild_id)

    async def migrate(self) -> None:
        async with self._noticing() as warehouse:
            await warehouse.migrate()

    async def check(self) -> None:
        async with self._noticing() as warehouse:
            await warehouse.check()

    async def scrub(self, tables: Iterable[Table]) -> bool:
        async with self._noticing() as warehouse:
            return await warehouse.scrub(tables)

    async def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.close()

    async def _let_go(self) -> None:
        if self._opened is not None:
            await self._opened.abandon()
        self._opened = None
