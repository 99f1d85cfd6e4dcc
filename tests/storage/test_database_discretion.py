from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

FAILS = text("SELECT :typed FROM a_table_that_is_not_there")


@pytest.mark.parametrize("side", ["reading", "writing"])
async def test_what_people_typed_is_in_no_error_and_so_in_no_log(warehouse, side):
    with pytest.raises(DBAPIError) as failed:
        async with getattr(warehouse, side)() as conn:
            await conn.execute(FAILS, {"typed": "what somebody typed"})

    assert "a_table_that_is_not_there" in str(failed.value)
    assert "somebody" not in str(failed.value)
