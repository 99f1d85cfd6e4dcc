"""`/insights corrections`: who told what of an event and when, and the way to take it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.commands.event_choices import chosen
from bot.commands.names import Names
from bot.commands.standing import standing
from bot.commands.tables import Asking, Unanswerable, ask, brought_up_to_date
from bot.presentation.corrections import event_name, taken_back_message, trail_message
from bot.presentation.escape import clean
from bot.presentation.message import Message
from bot.services import Services
from reports.corrections import TrailEntry, parts_of, trail
from storage.corrections import CorrectionKey
from storage.identities import user_ids

RESOURCE, TAKE_BACK = "insights corrections", "take back a correction"
SHOWN = 10
NOT_KNOWN = "That correction is not known (yet): try again in a moment."
TAKEN_BACK_ALREADY = "That was taken back already."
ONLY_STAFF = "Somebody else told that: only staff can take it back."
GONE = "The event that had been declared is gone."


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Staff take anything back, organizers what they told themselves."""

    user_id: int
    is_staff: bool

    def may_take_back(self, entry: TrailEntry, people: Mapping[int, int]) -> bool:
        made_by = None if entry.made.by is None else people.get(entry.made.by)
        return entry.taken_back is None and (self.is_staff or made_by == self.user_id)


@dataclass(frozen=True, slots=True)
class Known:
    entries: Sequence[TrailEntry]
    people: Mapping[int, int]  # user ids by member number
    about: str | None = None  # the event
    guild_id: int = 0


async def trail_messages(
    services: Services, names: Names, text: str | None, viewer: Viewer
) -> Sequence[Message]:
    """Of the event that the text means, or the newest of all. Raises Unanswerable."""

    async def look(asking: Asking) -> Known:
        key = await chosen(asking, text) if text else None
        entries = await trail(asking.conn, asking.guild_id, key, SHOWN)
        people = await user_ids(asking.conn, asking.guild_id, _people(entries))
        about = event_name(entries[0].title, entries[0].starts_ms, zone) if key and entries else None
        return Known(entries, people, about, asking.guild_id)

    zone = services.settings.current.community.zone
    await brought_up_to_date(services)
    known = await ask(services, RESOURCE, look)
    takeable = [entry for entry in known.entries if viewer.may_take_back(entry, known.people)]
    called = await _called(known, takeable, names)
    return [trail_message(known.entries, known.people, takeable, called, zone, about=known.about)]


async def _called(known: Known, entries: Iterable[TrailEntry], names: Names) -> Mapping[int, str]:
    """What those of whom something was told are called at this moment, which is kept nowhere."""
    numbers = {number for entry in entries for number in entry.told_of}
    user_ids = {number: known.people[number] for number in numbers if number in known.people}
    found = await names.of(known.guild_id, user_ids.values())
    return {number: clean(found[user_id]) for number, user_id in user_ids.items()}


async def take_back_messages(
    services: Services, correction_id: int, part: int | None, viewer: Viewer
) -> Sequence[Message]:
    """One part of what a command told, or all that of it still stands. Raises Unanswerable."""
    await brought_up_to_date(services)
    known = await _parts(services, correction_id)
    wanted = [entry for entry in known.entries if part in (None, entry.key.part)]
    still = [entry for entry in wanted if entry.taken_back is None]
    if not wanted:
        raise Unanswerable(NOT_KNOWN)
    if not still:
        raise Unanswerable(TAKEN_BACK_ALREADY)
    if not all(viewer.may_take_back(entry, known.people) for entry in still):
        raise Unanswerable(ONLY_STAFF)
    for entry in still:
        services.observer.taken_back(CorrectionKey(*entry.key), viewer.user_id)
    zone = services.settings.current.community.zone
    gone = GONE if still[0].is_declaration else ""
    stands = await standing(services, TAKE_BACK, still[0].occurrence, gone)
    return [taken_back_message(still, known.people, zone, stands)]


async def _parts(services: Services, correction_id: int) -> Known:
    async def look(asking: Asking) -> Known:
        entries = await parts_of(asking.conn, asking.guild_id, correction_id)
        return Known(entries, await user_ids(asking.conn, asking.guild_id, _people(entries)))

    return await ask(services, TAKE_BACK, look)


def _people(entries: Iterable[TrailEntry]) -> set[int]:
    return {number for entry in entries for number in entry.people}
