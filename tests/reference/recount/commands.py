"""Commands: who ran which, and how it ended, whoever told of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from .seen import Known, moment_of

SUBCOMMANDS = (1, 2)  # of options: a subcommand, a group of them


@dataclass
class Invocation:
    user_id: int
    command: str  # with its subcommand
    is_own: bool  # of the bot that reports
    at_ms: int
    outcome: str | None = None
    error_type: str | None = None
    latency_ms: int | None = None

    @property
    def has_failed(self) -> bool:
        return self.outcome not in {None, "success"}

    @property
    def is_success(self) -> bool:
        """Of other bots nobody may have told how it ended."""
        return self.outcome == "success" or (self.outcome is None and not self.is_own)


class Commands:
    """Every invocation once: its answer and whoever runs the other bot may both tell of it."""

    def __init__(self, known: Known) -> None:
        self._known = known
        by_id: dict[int, Invocation] = {}
        ends: dict[int, dict[str, Any]] = {}
        for _, kind, data in known.seen:
            if kind == "MESSAGE_CREATE" and data.get("interaction"):
                asked = data["interaction"]
                by_id.setdefault(int(asked["id"]), self._ran(asked["id"], asked["user"], asked["name"], data))
            elif kind == "INTERACTION_CREATE":
                name = " ".join([data["data"]["name"], *_subcommands(data["data"]["options"])])
                by_id.setdefault(int(data["id"]), self._ran(data["id"], data["member"]["user"], name, data))
            elif kind == "COMMAND_ENDED":
                ends.setdefault(int(data["interaction_id"]), data)
        for interaction_id, end in ends.items():
            one = by_id[interaction_id]
            one.outcome, one.error_type = end["outcome"], end["error_type"]
            one.latency_ms = end["latency_ms"]
        self.tracked = [one for one in by_id.values() if is_named(one.command, known.tracked_commands)]

    def _ran(self, number: str, user: dict[str, Any], name: str, data: dict[str, Any]) -> Invocation:
        is_own = int(data["application_id"]) == self._known.own_application
        return Invocation(int(user["id"]), name, is_own, moment_of(number))


def _subcommands(options: list[dict[str, Any]]) -> list[str]:
    if not options or options[0]["type"] not in SUBCOMMANDS:
        return []
    return [options[0]["name"], *_subcommands(options[0].get("options") or [])]


def is_named(command: str, names: Iterable[str]) -> bool:
    """By its first word, or in full."""
    return bool({command, command.split(" ")[0]} & set(names))


def percentile(numbers: list[int], percent: int) -> int | None:
    return sorted(numbers)[ceil(percent * len(numbers) / 100) - 1] if numbers else None
