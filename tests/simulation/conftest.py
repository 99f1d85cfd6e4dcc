from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from .runner import Runner, running


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One machine for all seeds of a module; what it warns of is what the seeds do to it."""
    logging.disable(logging.ERROR)
    try:
        with running() as runner:
            yield runner
    finally:
        logging.disable(logging.NOTSET)
