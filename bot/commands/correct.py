"""`/insights correct`: somebody who was there tells what the records say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.event_choices import chosen
from bot.commands.people import Person, check_people
from bot.commands.recorded_channels import recorded_channels
from bot.commands.standing import standing
from bot.commands.tables import Asking, Unanswerable, ask, brought_up_to_date
from bot.commands.type_choices import chosen_type
from bot.corrections import Said
from bot.presentation.corrections import change_of, corrected_message, name_of
from bot.presentation.message import Message
from bot.services import Services
from reports.corrections import State, state
from storage.corrections import Subject
from storage.identities import member_number, user_ids

RESOURCE = "insights correct"
NOTHING = "Nothing to correct: choose a type, a host, a channel, held, or a person with attended."
HALF = "Say both who and whether they were there: person and attended."
CONTRADICTION = "Nobody attends what was not held: correct one of the two."
NOT_OVER = "It is not over yet: whether it was held can be told afterwards."
NOT_BEGUN = "It has not begun yet: who attended can be told once it runs."
NOT_HELD = "It does not count as held, so nobody attended: choose held: True as well."


@dataclass(frozen=True, slots=True)
class Typed:
    """What was chosen. The interaction's id names the correction."""

    interaction_id: int
    made_by: int
    event: str
    event_type: str | None = None
    hosts: tuple[Person, ...] = ()
    channel_ids: tuple[int, ...] | None = None  # None: none was named; empty: no voice channel
    held: bool | None = None
    person: Person | None = None
    attended: bool | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An occurrence, who its people are, and the number of whom the correction is about."""

    state: State
    user_ids: Mapping[int, int]
    member_no: int | None


async def correct_messages(services: Services, typed: Typed) -> Sequence[Message]:
    """What was changed, and what it was before. Raises Unanswerable."""
    said = _said(services, typed)
    await brought_up_to_date(services)
    before = await ask(services, RESOURCE, lambda asking: _look(asking, typed))
    now_ms = services.now_ms()
    _check(before.state, typed, now_ms)
    services.observer.corrected(typed.interaction_id, typed.made_by, before.state.key, said)
    stands = await standing(services, RESOURCE, before.state.key)
    zone = services.settings.current.community.zone
    changes = [change_of(one, before.state, before.user_ids, before.member_no) for one in said]
    return [corrected_message(name_of(before.state, zone), typed.interaction_id, changes, stands)]


async def _look(asking: Asking, typed: Typed) -> Known:
    key = await chosen(asking, typed.event)
    found = await state(asking.conn, asking.guild_id, asking.rules, key, asking.now_ms)
    named = await user_ids(asking.conn, asking.guild_id, found.hosts)
    who = typed.person
    number = None if who is None else await member_number(asking.conn, asking.guild_id, who.user_id)
    return Known(found, named, number)


def _said(services: Services, typed: Typed) -> list[Said]:
    """In the order of the options. Raises Unanswerable."""
    if (typed.person is None) != (typed.attended is None):
        raise Unanswerable(HALF)
    said = []
    if typed.event_type is not None:
        said.append(Said(Subject.TYPE, chosen_type(services, typed.event_type)))
    if typed.hosts:
        check_people(services, typed.hosts)
        said.append(Said(Subject.HOSTS, people=list(dict.fromkeys(host.user_id for host in typed.hosts))))
    if typed.channel_ids is not None:
        said.append(Said(Subject.CHANNELS, recorded_channels(services, typed.channel_ids)))
    if typed.held is not None:
        said.append(Said(Subject.HELD, typed.held))
    if typed.person is not None:
        check_people(services, [typed.person])
        said.append(Said(Subject.ATTENDANCE, typed.attended, [typed.person.user_id]))
    if not said:
        raise Unanswerable(NOTHING)
    return said


def _check(state: State, typed: Typed, now_ms: int) -> None:
    """Raises Unanswerable for what could not take effect."""
    outcome, is_person = state.occurrence.outcome, typed.person is not None
    if typed.held is not None and (outcome == "running" or state.ends_ms > now_ms):
        raise Unanswerable(NOT_OVER)
    if typed.held is False and is_person:
        raise Unanswerable(CONTRADICTION)
    if is_person and outcome == "coming":
        raise Unanswerable(NOT_BEGUN)
    if is_person and typed.held is None and outcome in ("not_held", "cancelled", "unknown"):
        raise Unanswerable(NOT_HELD)
