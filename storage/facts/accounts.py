"""That accounts elsewhere were linked. Whose, and which, is bookkeeping, and goes with the person."""

from __future__ import annotations

from storage.event import LogRow
from storage.fact_bodies import NoBody
from storage.facts.reading import Fact, Reader, reader


class AccountsLinked(Fact, frozen=True):
    """From `from_ms` on, others have an account elsewhere than was known before."""


def _linked(row: LogRow, _body: NoBody) -> AccountsLinked:
    return AccountsLinked(row.occurred_from_ms, row.occurred_to_ms)


READERS: dict[str, Reader] = {"ACCOUNTS_LINKED": reader(NoBody, _linked)}
