"""Waiting: with growing delays, and within Discord's budget of new sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.gateway.pace import Backoff, IdentifyBudget, Pace
from storage.journal import Journal

DAY = timedelta(hours=24)


class SetClock:
    def __init__(self) -> None:
        self.moment = datetime(2025, 11, 17, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def journal(tmp_path):
    journal = Journal.open(tmp_path / "journal.db", lambda item: [], lambda item, error: item)
    yield journal
    journal.close()


def test_delays_grow_to_a_cap_and_differ_between_bots():
    backoffs = [Backoff(Pace(first_s=1, cap_s=60)) for _ in range(200)]
    for failures in range(12):
        delays = [backoff.next_s() for backoff in backoffs]
        assert all(0 <= delay <= min(60, 2**failures) for delay in delays)
        assert max(delays) - min(delays) > min(60, 2**failures) / 2
    backoffs[0].reset()
    assert backoffs[0].next_s() <= 1


async def test_an_identify_is_durable_before_it_is_sent(journal, tmp_path):
    clock = SetClock()
    await IdentifyBudget(journal, clock, Pace()).spend()
    journal.close()
    again = Journal.open(tmp_path / "journal.db", lambda item: [], lambda item, error: item)
    assert again.identifies_since(int((clock.moment - DAY).timestamp() * 1000)) == 1
    again.close()


async def test_an_empty_budget_is_waited_for_and_said(journal):
    clock, said = SetClock(), []
    budget = IdentifyBudget(journal, clock, Pace(identify_spacing_s=0, budget_poll_s=0.001), limit=2)

    def say(sentence: str) -> None:
        said.append(sentence)
        if len(said) == 3:
            clock.moment += DAY + timedelta(seconds=1)

    for _ in range(2):
        await budget.wait(say)
        await budget.spend()
    assert not said
    await budget.wait(say)
    assert len(said) == 3
    assert "2 times within 24 hours" in said[0]
