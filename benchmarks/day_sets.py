"""The fold of a large community's evening, against the same fold that keeps no day sets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count, islice
from time import perf_counter
from unittest.mock import AsyncMock, patch

import msgspec

from benchmarks.contest import Benchmark, Bound, Contest
from benchmarks.crowd.doings import CHANNELS
from benchmarks.crowd.made import Made, large_community
from benchmarks.crowd.people import HOUR_MS, LAST_DAY, RULES, day_start
from benchmarks.crowd.warehouse import GUILD_ID
from benchmarks.material import Material
from bot.pipeline import ROWS_AT_ONCE
from storage import event_log
from storage.event import Source
from storage.event_log import NewRow
from storage.fold.folder import Folder

NOON_MS = day_start(LAST_DAY + 1) + 12 * HOUR_MS
AT_ONCE = 600  # people in voice
APART_MS = 500  # two rows: everybody stays for ten minutes
ROWS = 2000  # of one measurement
BEFORE = 10_000  # until the day's sets are as large as an evening's
KEEPING = "_renew_activity_sets", "_write_populations"  # of storage/fold/writing.py


def evening(people: int) -> Iterator[NewRow]:
    """People come into voice and go again, each after a while, for ever."""
    for place in count():
        yield _row(2 * place, place % people + 1, place % CHANNELS + 1)
        if place >= AT_ONCE:
            yield _row(2 * place + 1, (place - AT_ONCE) % people + 1, None)


def _row(position: int, member_no: int, channel_id: int | None) -> NewRow:
    body = {"channel_id": channel_id and str(channel_id), "deaf": False, "bot": False}
    at_ms = NOON_MS + APART_MS * position
    return NewRow(
        (position + 1).to_bytes(16),
        Source.GATEWAY,
        "VOICE_STATE_UPDATE",
        member_no,
        None,
        at_ms,
        at_ms,
        at_ms,
        msgspec.json.encode(body).decode(),
    )


class Evening:
    def __init__(self, made: Made, people: int) -> None:
        self._warehouse = made.warehouse
        self._rows = evening(people)
        self._folder = Folder(made.warehouse, RULES)

    async def fold(self, number: int) -> float:
        """Logs so many rows and folds them in the pipeline's batches. Returns rows a second of the fold."""
        async with self._warehouse.writing() as conn:
            await event_log.append(conn, GUILD_ID, list(islice(self._rows, number)))
        began = perf_counter()
        while not (await self._folder.advance(GUILD_ID, ROWS_AT_ONCE)).caught_up:
            pass
        return number / (perf_counter() - began)

    async def fold_without(self, number: int) -> float:
        with patch.multiple("storage.fold.writing", **{name: AsyncMock() for name in KEEPING}):
            return await self.fold(number)


@asynccontextmanager
async def begin(material: Material) -> AsyncIterator[Contest]:
    members = material.scale.members
    async with large_community(material, members) as made:
        turns = Evening(made, members)
        await turns.fold(min(BEFORE, members))
        number = min(ROWS, members)
        yield Contest(lambda: turns.fold(number), lambda: turns.fold_without(number))


BENCHMARK = Benchmark(
    "fold that keeps day sets, 100,000 members",
    "rows/s",
    begin,
    against="the same fold without keeping day sets",
    bound=Bound("≥", 0.65),
)
