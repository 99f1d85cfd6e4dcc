from __future__ import annotations

from sqlalchemy import text

from storage.database import Warehouse


async def test_what_a_transaction_wrote_is_there_afterwards(warehouse: Warehouse) -> None:
    async with warehouse.writing() as conn:
        await conn.execute(text("INSERT INTO member_numbers VALUES (1, 5)"))
    async with warehouse.reading() as conn:
        assert (await conn.execute(text("SELECT next_member_no FROM member_numbers"))).scalar() == 5
