"""What a query finds as columns of whole numbers: of a large community, a row made into an object costs more
than all that is computed from it.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection, Select
from sqlalchemy.ext.asyncio import AsyncConnection

Numbers = NDArray[np.int64]


async def columns(conn: AsyncConnection, query: Select[Any]) -> list[Numbers]:
    """The query's columns, of which no value may be null."""

    def fetched(on: Connection) -> list[Any]:
        cursor = on.execute(query).cursor
        return list(cursor.fetchall()) if cursor else []

    with uncollected():
        rows = await conn.run_sync(fetched)
        width = len(query.selected_columns)
        values = np.fromiter(chain.from_iterable(rows), np.int64, count=width * len(rows))
        rows.clear()
    return [np.ascontiguousarray(column) for column in values.reshape(-1, width).T]


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector, which would look through all that lives for the sake of what is soon let go."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def bitmap(member_nos: NDArray[Any]) -> BitMap:
    packed = array("I")
    packed.frombytes(np.ascontiguousarray(member_nos, dtype=np.dtype("u4")).tobytes())
    return BitMap(packed)


def numbers(people: BitMap) -> NDArray[np.uint32]:
    """Ascending."""
    return np.asarray(people.to_array(), dtype=np.uint32)
