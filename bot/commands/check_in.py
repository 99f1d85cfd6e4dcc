"""`/insights check-in`: who is at an event that is held elsewhere than in a channel.

Whoever holds it has a phone in one hand: the command answers with a menu of people, from which up to 25 are
chosen at once, as often as more come. Nothing is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.commands.event_choices import chosen
from bot.commands.people import Person
from bot.commands.tables import CATCH_UP_SECONDS, Asking, Unanswerable, ask, brought_up_to_date
from bot.corrections import Said
from bot.presentation.check_in import check_in_message, checked_in_message
from bot.presentation.corrections import moment_text
from bot.presentation.message import Message
from bot.services import Services
from reports import wording
from reports.corrections import State, state
from reports.event_report import OccurrenceKey
from reports.occurrences import latest_occurrence
from storage.corrections import Subject
from storage.identities import user_ids

RESOURCE, CHOSEN = "insights check-in", "check people in"
EARLIEST_MS = 3_600_000  # before it begins: hosts are early
NONE_ELSEWHERE = "No event elsewhere is running or past: in channels everybody is counted without it."
IN_A_CHANNEL = "It is in a channel, where presence is recorded: correct one person with /insights correct."
NOT_HELD = "It does not count as held: tell that it was with /insights correct, held: True."


@dataclass(frozen=True, slots=True)
class Known:
    state: State
    people: Mapping[int, int]  # user ids by member number


async def check_in_messages(services: Services, text: str | None) -> Sequence[Message]:
    """Who is there so far, and the menu. Raises Unanswerable."""

    async def look(asking: Asking) -> Known:
        return await _known(asking, await chosen(asking, text) if text else await _latest(asking))

    await brought_up_to_date(services)
    known = await ask(services, RESOURCE, look)
    _check(services, known.state)
    return [check_in_message(known.state, known.people, services.settings.current.community.zone)]


async def checked_in_messages(
    services: Services, key: OccurrenceKey, interaction_id: int, made_by: int, people: Sequence[Person]
) -> Sequence[Message]:
    """After some were chosen in the menu. Raises Unanswerable."""
    await brought_up_to_date(services)
    before = await _look(services, key)
    _check(services, before.state)
    recorded = [who for who in people if who.is_member and not who.is_bot and _is_recorded(services, who)]
    here = {before.people.get(number) for number in before.state.checked_in}
    new = [who.user_id for who in recorded if who.user_id not in here]
    if new:
        said = [Said(Subject.CHECK_IN, people=[user_id]) for user_id in new]
        services.observer.corrected(interaction_id, made_by, key, said)
    is_known = await brought_up_to_date(services, CATCH_UP_SECONDS)
    after = await _look(services, key)
    counted = f", {wording.whole(len(after.state.checked_in))} in all" if is_known else ""
    done = [f"{wording.people(len(new))} checked in{counted}."]
    if again := len(recorded) - len(new):
        done.append(f"{wording.people(again)} had been before.")
    if others := len(people) - len(recorded):
        done.append(f"Of {wording.people(others)} nothing is recorded.")
    zone = services.settings.current.community.zone
    return [
        checked_in_message(after.state, after.people, zone, " ".join(done), interaction_id if new else None)
    ]


def _is_recorded(services: Services, person: Person) -> bool:
    return services.observer.is_recorded(person.user_id)


async def _look(services: Services, key: OccurrenceKey) -> Known:
    async def look(asking: Asking) -> Known:
        return await _known(asking, key)

    return await ask(services, CHOSEN, look)


async def _known(asking: Asking, key: OccurrenceKey) -> Known:
    found = await state(asking.conn, asking.guild_id, asking.rules, key, asking.now_ms)
    return Known(found, await user_ids(asking.conn, asking.guild_id, {*found.checked_in, *found.interested}))


async def _latest(asking: Asking) -> OccurrenceKey:
    key = await latest_occurrence(asking.conn, asking.guild_id, asking.now_ms, elsewhere=True)
    if key is None:
        raise Unanswerable(NONE_ELSEWHERE)
    return key


def _check(services: Services, found: State) -> None:
    """Raises Unanswerable where nobody can be checked in."""
    occurrence = found.occurrence
    if occurrence.channels:
        raise Unanswerable(IN_A_CHANNEL)
    if occurrence.outcome == "coming" and occurrence.starts_ms > services.now_ms() + EARLIEST_MS:
        begins = moment_text(occurrence.starts_ms, services.settings.current.community.zone)
        raise Unanswerable(f"It begins {begins}: people can be checked in from an hour before.")
    if occurrence.outcome in ("cancelled", "not_held"):
        raise Unanswerable(NOT_HELD)
