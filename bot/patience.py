"""A warehouse that may be away when the bot starts. The journal takes everything meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Dialect, Warehouse
from storage.erasure import reapply
from storage.trouble import WarehouseUnavailable
from storage.withdrawals import Withdrawals

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)


class PatientWarehouse(Warehouse):
    """Behaves like the warehouse once `reach` has opened it, and until then as one that cannot be reached."""

    def __init__(self, url: str, withdrawals: Withdrawals) -> None:
        # the engines are those of the warehouse inside: this one has none of its own
        self._address = url
        self._withdrawals = withdrawals
        self._opened: Warehouse | None = None
        self.problem: str | None = "The warehouse has not been opened yet."
        self.dialect: Dialect = "postgresql" if url.startswith("postgres") else "sqlite"

    async def reach(self) -> None:
        """Open the warehouse, however long that takes; `problem` says why it takes long."""
        for attempt in range(2**31):
            try:
                self._opened = await self._open()
            except WarehouseUnavailable as unavailable:
                self.problem = str(unavailable)
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            else:
                self.problem = None
                return

    async def _open(self) -> Warehouse:
        warehouse = await Warehouse.open(self._address)
        try:
            await warehouse.migrate()
            await reapply(warehouse, self._withdrawals)
        except BaseException:
            await warehouse.close()
            raise
        return warehouse

    def _inside(self) -> Warehouse:
        if self._opened is None:
            raise WarehouseUnavailable(self.problem or "")
        return self._opened

    @property
    def name(self) -> str:
        return self._inside().name

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._inside().writing() as conn:
            yield conn

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._inside().reading() as conn:
            yield conn

    async def lock_guild(self, conn: AsyncConnection, guild_id: int) -> None:
        await self._inside().lock_guild(conn, guild_id)

    async def migrate(self) -> None:
        await self._inside().migrate()

    async def scrub(self, tables: Iterable[str]) -> bool:
        return await self._inside().scrub(tables)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
