"""Waiting for what a test needs, instead of for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

DEADLINE_S = 60.0


async def until(holds: Callable[[], Any], what: str) -> Any:
    """Look until it holds: its value. Fails at the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        value = holds()
        value = await value if asyncio.iscoroutine(value) else value
        if value:
            return value
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)
