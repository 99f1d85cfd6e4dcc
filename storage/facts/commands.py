"""Slash commands: who ran which, how it ended, who was let in."""

from __future__ import annotations

import msgspec

from storage.event import LogRow
from storage.fact_bodies import AccessBody, AnsweredBody, CommandBody, CompletionBody, Outcome
from storage.facts.reading import Fact, Reader, others_by_role, reader, text

COMMAND_LENGTH = 128


class CommandInvoked(Fact, frozen=True):
    """`options` is JSON, a chosen person in it as {"member_no": 5}. None: only the answer was seen."""

    member_no: int | None
    interaction_id: int
    application_id: int
    command: str
    options: str | None


class CommandCompleted(Fact, frozen=True):
    member_no: int | None
    interaction_id: int
    outcome: Outcome
    error_type: str | None
    latency_ms: int


class AccessChecked(Fact, frozen=True):
    member_no: int | None
    interaction_id: int
    resource: str
    granted: bool


CommandFact = CommandInvoked | CommandCompleted | AccessChecked


def _invoked(row: LogRow, body: CommandBody) -> CommandInvoked:
    people = {option: {"member_no": who[0]} for option, who in others_by_role(row).items() if who}
    options = msgspec.json.encode(body.options | people, order="deterministic").decode()
    return CommandInvoked(
        row.occurred_from_ms,
        row.occurred_to_ms,
        row.member_no,
        body.interaction_id,
        body.application_id,
        text(body.command, COMMAND_LENGTH),
        options,
    )


def _answered(row: LogRow, body: AnsweredBody) -> CommandInvoked:
    return CommandInvoked(
        row.occurred_from_ms,
        row.occurred_to_ms,
        row.member_no,
        body.interaction_id,
        body.application_id,
        text(body.command, COMMAND_LENGTH),
        options=None,
    )


def _completed(row: LogRow, body: CompletionBody) -> CommandCompleted:
    span = row.occurred_from_ms, row.occurred_to_ms
    error_type = None if body.error_type is None else text(body.error_type, 64)
    return CommandCompleted(
        *span, row.member_no, body.interaction_id, body.outcome, error_type, body.latency_ms
    )


def _checked(row: LogRow, body: AccessBody) -> AccessChecked:
    span = row.occurred_from_ms, row.occurred_to_ms
    return AccessChecked(*span, row.member_no, body.interaction_id, text(body.resource, 128), body.granted)


READERS: dict[str, Reader] = {
    "INTERACTION_CREATE": reader(CommandBody, _invoked),
    "COMMAND_ANSWERED": reader(AnsweredBody, _answered),
    "COMMAND_COMPLETED": reader(CompletionBody, _completed),
    "ACCESS_CHECKED": reader(AccessBody, _checked),
}
