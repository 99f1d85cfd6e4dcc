"""The application's commands. Source: Application Commands, "Endpoints"."""

from __future__ import annotations

from typing import Any

from sandbox.checks.commands import check_command, check_commands
from sandbox.command_book import GLOBAL
from sandbox.refusals import Refusal, Refused
from sandbox.rest.call import NO_CONTENT, Answer, Call, Route

GLOBALLY = "/applications/{application_id}/commands"
IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def listing(call: Call) -> Answer:
    return call.world.commands.all(_scope(call))


def overwrite(call: Call) -> Answer:
    scope, commands = _scope(call), call.listing()
    check_commands(commands)
    return call.world.commands.overwrite(scope, commands)


def create(call: Call) -> Answer:
    scope, command = _scope(call), call.mapping()
    check_command(command)
    return call.world.commands.put(scope, command)


def one(call: Call) -> Answer:
    return _found(call)


def change(call: Call) -> Answer:
    command, fields = _found(call), call.mapping()
    check_command({**command, **fields})
    return call.world.commands.change(command, fields)


def delete(call: Call) -> Answer:
    call.world.commands.delete(_scope(call), int(_found(call)["id"]))
    return NO_CONTENT


def permissions(call: Call) -> Answer:
    _scope(call)
    return []


def _scope(call: Call) -> int:
    call.check_application()
    if "guild_id" not in call.params:
        return GLOBAL
    if call.id("guild_id") != call.world.guild.guild_id:
        raise Refused(Refusal.MISSING_ACCESS)
    return call.id("guild_id")


def _found(call: Call) -> dict[str, Any]:
    command = call.world.commands.find(_scope(call), call.id("command_id"))
    if command is None:
        raise Refused(Refusal.UNKNOWN_COMMAND)
    return command


ROUTES: list[Route] = [
    ("GET", f"{IN_GUILD}/permissions", permissions),
    *(
        route
        for base in (GLOBALLY, IN_GUILD)
        for route in (
            ("GET", base, listing),
            ("PUT", base, overwrite),
            ("POST", base, create),
            ("GET", f"{base}/{{command_id}}", one),
            ("PATCH", f"{base}/{{command_id}}", change),
            ("DELETE", f"{base}/{{command_id}}", delete),
        )
    ),
]
