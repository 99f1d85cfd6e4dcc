"""The lines of another bot's process: an overlong one holds nothing up, an unusable one still has a head."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

HEAD_BYTES: Final = 100  # the number and the moment stand first
HEAD: Final = re.compile(rb'\{"number":(\d{1,15}),"at_ms":(\d{1,13}),')


class Head(NamedTuple):
    number: int
    at_ms: int


async def whole_lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Until they end. Of a line longer than the reader's limit only the beginning comes, which is no JSON."""
    beginning = b""
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.LimitOverrunError as overlong:
            part = await reader.readexactly(overlong.consumed)
            beginning = beginning or part[:HEAD_BYTES]
            continue
        except asyncio.IncompleteReadError as end:
            if last := beginning or end.partial:
                yield last
            return
        yield beginning or line
        beginning = b""


def head_of(line: bytes) -> Head | None:
    """Which line it is and of when, as far as that can be read of one that cannot."""
    found = HEAD.match(line)
    return Head(int(found[1]), int(found[2])) if found else None
