"""Checking people in at an event elsewhere: who is there, who is awaited, and the menu to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from bot.presentation.buttons import check_in_menu, take_back_button
from bot.presentation.corrections import name_of
from bot.presentation.escape import escape_within, member_text
from bot.presentation.message import CONTENT, EMBED_DESCRIPTION, Accent, Message, Roll
from bot.presentation.people import Group, roll
from reports import wording
from reports.corrections import State

FOOTER = "Once it is over, whoever was interested and is not checked in counts as absent"
SPACE = "\n\n"
NOBODY_YET = "Nobody is checked in yet, and nobody said that they are interested."


def check_in_message(state: State, user_ids: Mapping[int, int], zone: str) -> Message:
    """To begin with: who is there already, and the menu."""
    here = len(state.checked_in)
    so_far = f" {wording.people(here)} so far." if here else ""
    return Message(
        escape_within(f"Who is there? Choose up to 25 at once, as often as you like.{so_far}", CONTENT),
        _people(state, user_ids, zone),
        menu=check_in_menu(state.key),
    )


def checked_in_message(
    state: State,
    user_ids: Mapping[int, int],
    zone: str,
    done: str,
    correction_id: int | None,
) -> Message:
    """After some were chosen: `done` says who was checked in, and who could not be. None: nobody was."""
    return Message(
        escape_within(done, CONTENT),
        _people(state, user_ids, zone),
        buttons=() if correction_id is None else (take_back_button(correction_id),),
        menu=check_in_menu(state.key),
    )


def _missing_text(state: State) -> str:
    """What the list says of whoever is not on it. Empty where nobody is on it, or nobody is missing."""
    missing = len(_awaited(state))
    if not missing or not state.checked_in:
        return ""
    who = f"{wording.people(missing)} who said that they are interested"
    if state.occurrence.is_held:
        verb = "counts" if missing == 1 else "count"
        return f"{who} {verb} as absent now: whoever of them was there can still be chosen below."
    return f"{who} will count as absent once it is over: whoever of them comes can still be chosen below."


def _awaited(state: State) -> list[int]:
    here = set(state.checked_in)
    return [number for number in state.interested if number not in here]


def _people(state: State, user_ids: Mapping[int, int], zone: str) -> Roll:
    groups = [
        Group("Checked in", [user_ids[number] for number in state.checked_in if number in user_ids]),
        Group(
            "Interested, not checked in",
            [user_ids[number] for number in _awaited(state) if number in user_ids],
        ),
    ]
    missing = _missing_text(state)
    room = EMBED_DESCRIPTION - len(missing) - len(SPACE)
    people = roll(groups, room, "see the CSV of /insights event") or NOBODY_YET
    description = SPACE.join(filter(None, [missing, people]))
    return Roll(member_text(name_of(state, zone), CONTENT), description, Accent.BLUE, FOOTER)
