"""The application's registered commands, globally and by guild.

Source: Application Commands, "Application Command Object" and "Registering a Command".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.moments import Snowflakes

GLOBAL = 0
CHAT_INPUT = 1
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2


class CommandBook:
    def __init__(self, application_id: int, snowflakes: Snowflakes) -> None:
        self._application_id = application_id
        self._snowflakes = snowflakes
        self._scopes: dict[int, dict[int, dict[str, Any]]] = {}

    def all(self, scope: int) -> list[dict[str, Any]]:
        return list(self._scopes.get(scope, {}).values())

    def find(self, scope: int, command_id: int) -> dict[str, Any] | None:
        return self._scopes.get(scope, {}).get(command_id)

    def named(self, name: str, guild_id: int, kind: int = CHAT_INPUT) -> tuple[int, dict[str, Any]] | None:
        """The command that a person would run under that name, and its scope; the guild's own goes first."""
        for scope in (guild_id, GLOBAL):
            for command in self.all(scope):
                if command["name"] == name and command["type"] == kind:
                    return scope, command
        return None

    def overwrite(self, scope: int, commands: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Replace all of a scope; a command keeps its id while its name and type stay."""
        known = {(c["name"], c["type"]): int(c["id"]) for c in self.all(scope)}
        kept = [self._complete(scope, command, known) for command in commands]
        self._scopes[scope] = {int(command["id"]): command for command in kept}
        return kept

    def put(self, scope: int, command: Mapping[str, Any]) -> dict[str, Any]:
        """Create one, or overwrite the one of the same name and type."""
        known = {(c["name"], c["type"]): int(c["id"]) for c in self.all(scope)}
        complete = self._complete(scope, command, known)
        self._scopes.setdefault(scope, {})[int(complete["id"])] = complete
        return complete

    def change(self, command: dict[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
        command |= {**fields, "version": str(self._snowflakes.next())}
        return command

    def delete(self, scope: int, command_id: int) -> None:
        del self._scopes[scope][command_id]

    def _complete(
        self, scope: int, command: Mapping[str, Any], known: Mapping[tuple[str, int], int]
    ) -> dict[str, Any]:
        kind = command.get("type", CHAT_INPUT)
        command_id = known.get((command["name"], kind)) or self._snowflakes.next()
        return {
            "default_member_permissions": None,
            "nsfw": False,
            "options": [],
            "contexts": None,
            "integration_types": [0],
            **({"dm_permission": True} if scope == GLOBAL else {"guild_id": str(scope)}),
            **command,
            "type": kind,
            "id": str(command_id),
            "application_id": str(self._application_id),
            "version": str(self._snowflakes.next()),
        }


def resolve_path(command: Mapping[str, Any], words: Sequence[str]) -> list[Mapping[str, Any]]:
    """The subcommand group and subcommand that `words` name. LookupError where there is none."""
    path: list[Mapping[str, Any]] = []
    options: Sequence[Mapping[str, Any]] = command.get("options") or ()
    for word in words:
        found = next((o for o in _subcommands(options) if o["name"] == word), None)
        if found is None:
            raise LookupError(f"/{command['name']} has no subcommand {word!r}")
        path.append(found)
        options = found.get("options") or ()
    if any(_subcommands(options)):
        raise LookupError(f"/{command['name']} {' '.join(words)} needs one of its subcommands")
    return path


def _subcommands(options: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (option for option in options if option["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP))
