"""Twelve bugs that a recorder may have, each planted into the real code as one changed line or two."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from unittest import mock

from bot.coverage_ledger import CoverageLedger
from bot.gateway.hearing import Hearing
from bot.intake import Intake
from bot.recorder import Recorder
from storage import endings
from storage.fold import anew, folder
from storage.fold.events import Events
from storage.fold.folder import Folder
from storage.fold.membership import Membership
from storage.fold.voice import Voice

POSITION_FIRST = """
    changes = state.settled()
    await move_bookmark(conn, guild_id, rows[-1].position, state, rules)
    await conn.exec_driver_sql("COMMIT")
    await conn.exec_driver_sql("BEGIN IMMEDIATE")
"""


class Bug(NamedTuple):
    """A function of the product, a text in it, and what stands there instead."""

    name: str
    owner: Any
    function: str
    text: str
    instead: str
    seeds: int  # within so many it must be found

    def planted(self) -> AbstractContextManager[object]:
        function = inspect.getattr_static(self.owner, self.function)
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.text) == 1, f"{self.name}: {self.text!r} is not there once any more"
        names = dict(vars(sys.modules[function.__module__]))
        exec(compile(source.replace(self.text, self.instead), f"<{self.name}>", "exec"), names)
        planted: Callable[..., Any] = names[self.function]
        return mock.patch.object(self.owner, self.function, planted)


BUGS = (
    Bug(
        "acknowledged on receipt",
        Recorder,
        "durable_sequence",
        "return session.sequence if",
        "return self._received if",
        seeds=150,
    ),
    Bug(
        "position committed before tables",
        folder,
        "fold_batch",
        "\n    changes = state.settled()\n",
        POSITION_FIRST,
        seeds=120,
    ),
    Bug("gap counted as covered", CoverageLedger, "open", '"gap"', '"recorded"', seeds=120),
    Bug(
        "opt-out applied after the write",
        Intake,
        "is_withdrawn",
        "return self._withdrawals.is_withdrawn(guild_id, person)",
        "return False",
        seeds=120,
    ),
    Bug("recurrence not split", Events, "_renew", "if moves_on:", "if False:", seeds=120),
    Bug(
        "reason guessed",
        endings,
        "_is_recorded",
        "return place >= 0 and recorded[place].end_ms >= leave.to_ms + SLACK_MS",
        "return True",
        seeds=150,
    ),
    Bug(
        "border rounded",
        Voice,
        "_end",
        "end_ms = max(stay.start_ms, at_ms)",
        "end_ms = max(stay.start_ms, at_ms // 1000 * 1000)",
        seeds=120,
    ),
    Bug(
        "duplicate after rebuild",
        anew,
        "_clear",
        "*derived.sorted_tables",
        '*(table for table in derived.sorted_tables if table.name != "daily_activity")',
        seeds=120,
    ),
    Bug(
        "stale rules",
        Folder,
        "_advance",
        "mark.rules != self._rules.fingerprint()",
        "mark.rules is None",
        seeds=120,
    ),
    Bug(
        "voice left open at a removal",
        Membership,
        "left",
        "self._voice.went(fact.member_no, fact, fact.is_estimated)",
        "pass",
        seeds=120,
    ),
    Bug(
        "stillness counted as heard",
        Hearing,
        "check",
        "self._cause is not None",
        "False",
        seeds=120,
    ),
    Bug(
        "an older connection heard",
        Hearing,
        "check",
        "self._connection != self._recorder.connection",
        "False",
        seeds=120,
    ),
)
