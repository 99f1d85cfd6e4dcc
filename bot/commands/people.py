"""People that somebody chose in a command or a menu."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import interactions as ipy

from bot.commands.contexts import RoleComponentContext
from bot.commands.tables import Unanswerable
from bot.services import Services

NO_BOTS = "Bots host nothing and attend nothing."
NO_MEMBER = "Only people of this server can be chosen."
NOT_RECORDED = "Nothing is recorded of that person, so nothing can be told of them."


class Person(NamedTuple):
    user_id: int
    is_bot: bool
    is_member: bool


def person_of(chosen: Any) -> Person:
    """A member or a user, as the interaction brought them along."""
    return Person(int(chosen.id), bool(chosen.bot), isinstance(chosen, ipy.Member))


def people_chosen(ctx: RoleComponentContext) -> list[Person]:
    """Of a menu. The library leaves some as ids, and has what it was told of them beside."""
    found = []
    for value in ctx.values:
        chosen_id: Any = getattr(value, "id", value)
        user_id = ipy.Snowflake(chosen_id)
        chosen = ctx.resolved.members.get(user_id) or ctx.resolved.users.get(user_id)
        if chosen is not None:
            found.append(person_of(chosen))
    return found


def check_people(services: Services, people: Iterable[Person]) -> None:
    """Raises Unanswerable where something cannot be told of one of them."""
    for person in people:
        if person.is_bot:
            raise Unanswerable(NO_BOTS)
        if not person.is_member:
            raise Unanswerable(NO_MEMBER)
        if not services.observer.is_recorded(person.user_id):
            raise Unanswerable(NOT_RECORDED)
