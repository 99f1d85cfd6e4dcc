"""Taking the allowed fields out of a dispatch, on the event loop, before anything else sees it.

Only copies are taken: the library changes nested objects of the dispatch afterwards. Nothing is checked here;
what a value must look like is decided in the journal's thread (intake.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from bot.allow_list import ALLOWED, ANSWERED, DROPPED, KEPT, PLACES, TOLD_BY_MESSAGES, Allowed, Each, Field
from bot.compiled_reader import At, Copy, Part, compiled_reader, copied
from bot.well_formed import ABSENT, MOST_OBJECTS, NOBODY

COMMAND: Final = 2  # "Interaction Type" in Discord's reference: a slash or menu command
WRITTEN: Final = frozenset({0, 19})  # "Message Types" in Discord's reference: an ordinary message, a reply
REMOVALS: Final = frozenset({20, 21, 22})  # "Audit Log Events": kicked, pruned, banned
PRUNED: Final = 21
SUBCOMMAND_DEPTH: Final = 3  # command, group, subcommand: Discord nests no deeper
MOST_OPTIONS: Final = 25  # of one command


class Option(msgspec.Struct, frozen=True, gc=False):
    """One option of a command, or a subcommand with its options."""

    name: object
    type: object
    value: object
    options: tuple[Option, ...] = ()


class Row(msgspec.Struct, frozen=True, gc=False):
    """One element of a list that becomes rows: a member, someone in voice, a scheduled event."""

    person: object
    values: tuple[object, ...]
    session: object = ABSENT
    other: object = ABSENT


Rows = tuple[Row, ...]


class Kept(msgspec.Struct, frozen=True, gc=False):
    """The allowed fields of one dispatch, unchecked. Values are scalars, tuples, or a kind (dict, list)."""

    type: str
    guild: object = ABSENT
    person: object = ABSENT
    values: tuple[object, ...] = ()
    session: object = ABSENT  # of a voice state
    channel: object = ABSENT  # of a command or a message
    message: object = ABSENT  # the id of a message, which holds its time
    other: object = ABSENT  # who made a scheduled event
    lists: tuple[Rows | None, ...] = ()  # in the order of the allow-list; None: no list was sent
    options: tuple[Option, ...] = ()
    people: frozenset[str] = frozenset()  # chosen in a command's options; bots in voice


Take = Callable[[Mapping[str, Any]], Kept | None]


def excerpt(dispatch_type: str, data: object) -> Kept | None:
    """What may be kept of a dispatch. None: a known dispatch of which nothing is kept."""
    take = EXCERPTS.get(dispatch_type)
    if take is not None:
        return take(data if isinstance(data, dict) else {})
    if dispatch_type in DROPPED or dispatch_type in TOLD_BY_MESSAGES:  # Discord has no dispatch of that name
        return None
    return Kept(dispatch_type, _read_guild(data))


def _at(path: str | None) -> At | None:
    return At(path) if path else None


def _fields(fields: Iterable[Field]) -> Part:
    """Their values, one for each; several as a tuple where a field is kept of several."""
    return tuple([_field(field) for field in fields])


def _field(field: Field) -> Part:
    if field.inner:
        (path,) = field.paths
        return At(path, _objects_copy(field.inner))
    one, *more = [At(path) for path in field.paths]
    return (one, *more) if more else one


def _objects_copy(fields: tuple[Field, ...]) -> Copy:
    """Of a list of objects their kept fields; anything else is copied as ever."""
    read = compiled_reader(tuple, _fields(fields))

    def copy(value: Any) -> object:
        if not isinstance(value, list):
            return copied(value)
        return tuple([read(item if isinstance(item, dict) else {}) for item in value[: MOST_OBJECTS + 1]])

    return copy


def _read_guild(data: object) -> object:
    return copied(data.get("guild_id")) if isinstance(data, dict) and "guild_id" in data else ABSENT


def _excerpt_of(dispatch_type: str, allowed: Allowed) -> Take:
    passing = {field.path for field in allowed.passing}
    is_message = dispatch_type == "MESSAGE_CREATE"
    take = compiled_reader(  # in the order of Kept's fields
        Kept,
        dispatch_type,
        At(allowed.guild),
        _at(allowed.person),
        _fields(allowed.fields),
        At("session_id") if "session_id" in passing else None,
        At("channel_id") if is_message or "channel_id" in passing else None,
        At("id") if is_message else None,
        _at(allowed.other.path if allowed.other else None),
    )
    return _with_lists(take, allowed) if allowed.each else take


def _with_lists(take: Callable[[Mapping[str, Any]], Kept], allowed: Allowed) -> Take:
    readers = [_rows_of(each) for each in allowed.each]
    reads_bots = any(passing.path == "members[].user.bot" for passing in allowed.passing)

    def take_lists(data: Mapping[str, Any]) -> Kept | None:
        lists = tuple([rows_of(data) for rows_of in readers])
        return _changed(take(data), lists=lists, people=_bots(data) if reads_bots else frozenset())

    return take_lists


def _rows_of(each: Each) -> Callable[[Mapping[str, Any]], Rows | None]:
    other = _at(each.other.path if each.other else None)
    row_of = compiled_reader(Row, _at(each.person), _fields(each.fields), At("session_id"), other)

    def rows_of(data: Mapping[str, Any]) -> Rows | None:
        rows = data.get(each.path)
        if not isinstance(rows, list):
            return None
        if each.only_with:
            rows = [item for item in rows if isinstance(item, dict) and item.get(each.only_with) is not None]
        return tuple([row_of(item if isinstance(item, dict) else {}) for item in rows])

    return rows_of


def _bots(guild: Mapping[str, Any]) -> frozenset[str]:
    """The bots among the members that a GUILD_CREATE lists: at least everyone in voice."""
    members = guild.get("members")
    users = [m.get("user") for m in members if isinstance(m, dict)] if isinstance(members, list) else []
    bots = [user.get("id") for user in users if isinstance(user, dict) and user.get("bot") is True]
    return frozenset([bot for bot in bots if isinstance(bot, str)])


def _is_one_of(value: object, numbers: frozenset[int]) -> bool:
    return type(value) is int and value in numbers


def _command_only(take: Take) -> Take:
    def take_command(data: Mapping[str, Any]) -> Kept | None:
        if not _is_one_of(data.get("type"), frozenset({COMMAND})) or "guild_id" not in data:
            return None  # a button, a form, a completion; or a command in direct messages
        inner = data.get("data")
        inner = inner if isinstance(inner, dict) else {}
        return _changed(
            take(data),
            options=_options(inner.get("options"), SUBCOMMAND_DEPTH),
            people=_chosen_people(inner),
        )

    return take_command


def _options(options: object, depth: int) -> tuple[Option, ...]:
    if not isinstance(options, list) or depth == 0:
        return ()
    return tuple(
        [
            Option(
                copied(option.get("name")),
                copied(option.get("type")),
                copied(option.get("value")),
                _options(option.get("options"), depth - 1),
            )
            for option in options[:MOST_OPTIONS]
            if isinstance(option, dict)
        ]
    )


def _chosen_people(command: Mapping[str, Any]) -> frozenset[str]:
    resolved = command.get("resolved")
    users = resolved.get("users") if isinstance(resolved, dict) else None
    return frozenset(users) if isinstance(users, dict) else frozenset()


def _removal_only(take: Take) -> Take:
    """Of the audit log only who was removed. A prune names nobody."""

    def take_entry(data: Mapping[str, Any]) -> Kept | None:
        action = data.get("action_type")
        if not _is_one_of(action, REMOVALS):
            return None
        return _changed(take(data), person=NOBODY) if action == PRUNED else take(data)

    return take_entry


def _written_or_answered(take_message: Take, take_answer: Take) -> Take:
    """A person's message in the server, or a command of which a message is the answer."""

    def take(data: Mapping[str, Any]) -> Kept | None:
        if "guild_id" not in data:
            return None
        asked = data.get("interaction")
        if isinstance(asked, dict):
            is_command = _is_one_of(asked.get("type"), frozenset({COMMAND}))
            return take_answer(data) if is_command else None
        return take_message(data) if _is_written_by_somebody(data) else None

    return take


def _is_written_by_somebody(message: Mapping[str, Any]) -> bool:
    author = message.get("author")
    is_program = isinstance(author, dict) and (author.get("bot") is True or author.get("system") is True)
    is_person = not is_program and message.get("webhook_id") is None
    return is_person and _is_one_of(message.get("type"), WRITTEN)


def _places_only(take: Take) -> Take:
    """Of channels only those that people talk in."""
    return lambda data: None if data.get(PLACES) is None else take(data)


def _changed(kept: Kept | None, **fields: object) -> Kept | None:
    return None if kept is None else msgspec.structs.replace(kept, **fields)


def _excerpts() -> dict[str, Take]:
    take = {name: _excerpt_of(name, allowed) for name, allowed in KEPT.items()}
    take["INTERACTION_CREATE"] = _command_only(take["INTERACTION_CREATE"])
    take["MESSAGE_CREATE"] = _written_or_answered(take["MESSAGE_CREATE"], take[ANSWERED])
    take["GUILD_AUDIT_LOG_ENTRY_CREATE"] = _removal_only(take["GUILD_AUDIT_LOG_ENTRY_CREATE"])
    for name in ("CHANNEL_CREATE", "CHANNEL_UPDATE"):
        take[name] = _places_only(take[name])
    return {name: take[name] for name in ALLOWED}


EXCERPTS: Final = _excerpts()
