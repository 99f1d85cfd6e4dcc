"""What the warehouse holds of slash commands: who ran which, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.periods import Period
from storage.rules import Rules
from storage.tables import command_invocations

SUCCESS = "success"


class CommandUse(NamedTuple):
    """How often a member ran a command in a period, with one outcome."""

    member_no: int
    command: str  # in full: "insights health"
    outcome: str | None  # success, denied, error; None: nobody told
    error_type: str | None
    is_successful: bool  # told, or taken for it as nobody told (docs/kpis.md, "Active")
    times: int

    @property
    def has_failed(self) -> bool:
        return self.outcome not in (None, SUCCESS)


class CommandRun(NamedTuple):
    """One invocation."""

    member_no: int
    command: str
    invoked_ms: int
    latency_ms: int | None  # None: not known


async def load_command_uses(
    conn: AsyncConnection, guild_id: int, period: Period, rules: Rules
) -> tuple[CommandUse, ...]:
    """Of the tracked commands, and of those that were when they were counted, by member and command.

    Bots and withdrawn people are among them.
    """
    row = command_invocations.c
    what = (row.member_no, row.command, row.outcome, row.error_type, row.is_counted)
    found = await conn.execute(
        select(*what, func.count())
        .where(row.guild_id == guild_id, row.invoked_ms >= period.start_ms, row.invoked_ms < period.end_ms)
        .where(row.member_no.is_not(None))
        .group_by(*what)
    )
    uses = (CommandUse(*columns) for columns in found)
    return tuple(
        sorted((use for use in uses if use.is_successful or rules.tracks(use.command)), key=_in_order)
    )


def _in_order(use: CommandUse) -> tuple[int, str, str, str]:
    return use.member_no, use.command, use.outcome or "", use.error_type or ""


async def load_command_runs(
    conn: AsyncConnection, guild_id: int, period: Period, rules: Rules
) -> tuple[CommandRun, ...]:
    """The same one by one, in the order of time."""
    row = command_invocations.c
    found = await conn.execute(
        select(row.member_no, row.command, row.invoked_ms, row.latency_ms)
        .where(row.guild_id == guild_id, row.invoked_ms >= period.start_ms, row.invoked_ms < period.end_ms)
        .where(row.member_no.is_not(None))
        .order_by(row.invoked_ms, row.interaction_id)
    )
    return tuple(run for run in (CommandRun(*columns) for columns in found) if rules.tracks(run.command))


CommandUses = Mapping[Period, tuple[CommandUse, ...]]
CommandRuns = Mapping[Period, tuple[CommandRun, ...]]
