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
    application: int
    at_ms: int
    was_answered: bool  # in the channel, for everybody to see
    is_of_telling: bool  # the application had told by then how commands of its own end
    outcome: str | None = None
    error_type: str | None = None
    latency_ms: int | None = None

    @property
    def has_failed(self) -> bool:
        return self.outcome not in {None, "success"}

    @property
    def is_success(self) -> bool:
        """Nobody may have told how it ended: an answer is taken for success, and so is a command of a bot
        that never tells. A bot that does tell, and did not, was stopped in the middle."""
        if self.outcome is not None:
            return self.outcome == "success"
        return self.was_answered or not self.is_of_telling


class Commands:
    """Every invocation once: its answer and whoever runs the other bot may both tell of it."""

    def __init__(self, known: Known) -> None:
        self._by_id: dict[int, Invocation] = {}
        self._telling: set[int] = set()
        for _, kind, data in known.seen:
            if kind == "MESSAGE_CREATE" and data.get("interaction"):
                asked = data["interaction"]
                self._ran(kind, asked["id"], asked["user"], asked["name"], data)
            elif kind == "INTERACTION_CREATE":
                name = " ".join([data["data"]["name"], *_subcommands(data["data"]["options"])])
                self._ran(kind, data["id"], data["member"]["user"], name, data)
            elif kind == "COMMAND_ENDED":
                self._ended(data)
        self.tracked = [one for one in self._by_id.values() if is_named(one.command, known.tracked_commands)]

    def _ran(self, kind: str, number: str, user: dict[str, Any], name: str, data: dict[str, Any]) -> None:
        application = int(data["application_id"])
        is_telling = application in self._telling
        is_answer = kind == "MESSAGE_CREATE"
        one = Invocation(int(user["id"]), name, application, moment_of(number), is_answer, is_telling)
        self._by_id.setdefault(int(number), one).was_answered |= is_answer

    def _ended(self, told: dict[str, Any]) -> None:
        one = self._by_id[int(told["interaction_id"])]
        one.outcome, one.error_type = told["outcome"], told["error_type"]
        one.latency_ms = told["latency_ms"]
        self._telling.add(one.application)


def _subcommands(options: list[dict[str, Any]]) -> list[str]:
    if not options or options[0]["type"] not in SUBCOMMANDS:
        return []
    return [options[0]["name"], *_subcommands(options[0].get("options") or [])]


def is_named(command: str, names: Iterable[str]) -> bool:
    """By its first word, or in full."""
    return bool({command, command.split(" ", maxsplit=1)[0]} & set(names))


def percentile(numbers: list[int], percent: int) -> int | None:
    return sorted(numbers)[ceil(percent * len(numbers) / 100) - 1] if numbers else None
