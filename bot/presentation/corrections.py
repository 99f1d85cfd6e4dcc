"""What staff corrected, as messages: what was said and what it was before, the trail, what was taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.corrections import Said
from bot.presentation.buttons import take_back_button, take_back_menu
from bot.presentation.escape import clamp, clean, escape_within, member_text
from bot.presentation.event_message import UNTITLED
from bot.presentation.message import CONTENT, LABEL, Accent, Embed, Message, Option, Roll
from bot.presentation.people import NOT_RECORDED, mention
from reports import wording
from reports.corrections import Deed, State, TrailEntry
from reports.periods import local_moment
from storage.corrections import Subject

TITLE_REPEATED, TYPE_REPEATED, SHOWN = 40, 60, 5
NO_TYPE, NOBODY, ELSEWHERE = "no type", "nobody", "elsewhere than in a channel"
OUTCOMES = {
    "coming": "not begun",
    "running": "running",
    "held": "held",
    "held_unstarted": "held, though nobody pressed start",
    "not_held": "not held",
    "cancelled": "cancelled",
    "unknown": "not known",
}
STANDS = {
    "coming": "It has not begun.",
    "not_held": "It counts as not held.",
    "cancelled": "It counts as cancelled.",
    "unknown": "Whether it was held is not known.",
}
STATUSES = {
    "attended": "attended",
    "partial": "there, but too shortly",
    "absent": "absent",
    "unknown": "not known",
}
UNLISTED = "neither interested nor there"
CAN_BE_TAKEN_BACK = "/insights corrections shows all that was corrected, and takes it back"
NOTHING_CORRECTED = "Nothing was corrected so far."
PLAIN = {Subject.CHANNELS: "Channels", Subject.DECLARED: "Declared"}
NOBODY_NUMBERED = -1  # who was erased has no number left


class Change(NamedTuple):
    """One thing that was told, and how it stood until then: both fit to stand in a message."""

    what: str
    now: str
    before: str


def event_name(title: str | None, starts_ms: int, zone: str) -> str:
    """“Sunday Inhouse · Sun 16 Nov, 20:00”, cleaned, and not escaped."""
    shown = clamp(clean(title or ""), TITLE_REPEATED) or UNTITLED
    return f"{shown} · {moment_text(starts_ms, zone)}"


def moment_text(at_ms: int, zone: str) -> str:
    return f"{wording.day_text(at_ms, zone)}, {local_moment(at_ms, zone):%H:%M}"


def name_of(state: State, zone: str) -> str:
    return event_name(state.occurrence.title, state.occurrence.starts_ms, zone)


# ------------------------------------------------------------ what was corrected


def corrected_message(name: str, correction_id: int, changes: Sequence[Change], stands: str) -> Message:
    """`name` is the event's, `stands` one sentence on it after the correction."""
    lines = [f"**{change.what}** {change.now}\n-# before: {change.before}" for change in changes]
    return Message(
        escape_within(f"Corrected. {stands}", CONTENT),
        Embed(member_text(name, CONTENT), "\n".join(lines), Accent.BLUE, CAN_BE_TAKEN_BACK),
        buttons=(take_back_button(correction_id),),
    )


def change_of(said: Said, state: State, user_ids: Mapping[int, int], member_no: int | None) -> Change:
    """`member_no`: whom it is about, as the tables know them before."""
    match said.subject:
        case Subject.TYPE:
            return Change("Type", type_text(said.value), type_text(state.occurrence.event_type))
        case Subject.HOSTS:
            return Change("Hosted by", _mentions(said.people), people_text(state.hosts, user_ids))
        case Subject.CHANNELS:
            now = channels_text(said.value if isinstance(said.value, Sequence) else ())
            return Change("Presence counts in", now, channels_text(state.occurrence.channels))
        case Subject.HELD:
            return Change("Held", _yes_no(said.value is True), OUTCOMES[state.occurrence.outcome])
    now = f"{_mentions(said.people)}: {_yes_no(said.value is True)}"
    return Change("Attended", now, STATUSES.get(state.status_of(member_no) or "", UNLISTED))


def stands_text(state: State) -> str:
    """How it counts now."""
    outcome = state.occurrence.outcome
    came = wording.people(sum(row.status == "attended" for row in state.rows))
    if outcome == "running":
        return f"It is running, {came} came so far." if state.occurrence.tells_who_came else "It is running."
    if not state.occurrence.is_held:
        return STANDS[outcome]
    return f"It counts as {OUTCOMES[outcome]}{f', {came} came' if state.rows else ''}."


def type_text(value: object) -> str:
    return member_text(value, TYPE_REPEATED) if isinstance(value, str) else NO_TYPE


def channels_text(channel_ids: Iterable[object]) -> str:
    return _some([f"<#{channel_id}>" for channel_id in channel_ids]) or ELSEWHERE


def people_text(numbers: Iterable[int], user_ids: Mapping[int, int]) -> str:
    """Mentions, of who may still be named."""
    return called_text(numbers, {number: mention(user_id) for number, user_id in user_ids.items()})


def called_text(numbers: Iterable[int], called: Mapping[int, str]) -> str:
    """What people are called, by member number."""
    return _some([called.get(number, NOT_RECORDED) for number in numbers]) or NOBODY


def _some(named: list[str]) -> str:
    others = len(named) - SHOWN
    if others > 0:
        named = [*named[:SHOWN], wording.count(others, "other", "others")]
    return wording.listing(named)


def _mentions(people: Iterable[int]) -> str:
    return wording.listing([mention(user_id) for user_id in people])


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


# ------------------------------------------------------------------- the trail


def trail_message(
    entries: Sequence[TrailEntry],
    user_ids: Mapping[int, int],
    takeable: Iterable[TrailEntry],
    called: Mapping[int, str],
    zone: str,
    *,
    about: str | None,
) -> Message:
    """`takeable`: those that whoever asks may take back. `about`: the event, where it is about one.

    `called`: what the people of the takeable ones are called, because menus show no mentions.
    """
    if not entries:
        return Message(NOTHING_CORRECTED)
    blocks = [
        "\n".join(_entry_lines(number, entry, user_ids, zone, with_event=about is None))
        for number, entry in enumerate(entries, 1)
    ]
    offered = {entry.key for entry in takeable}
    options = [
        Option(
            clamp(f"{number} · {plain_text(entry, called)}", LABEL),
            f"{entry.key.correction_id}/{entry.key.part}",
            event_name(entry.title, entry.starts_ms, zone),
        )
        for number, entry in enumerate(entries, 1)
        if entry.key in offered
    ]
    title = "Corrections" if about is None else f"Corrections · {member_text(about, CONTENT)}"
    return Message(
        escape_within(_headline(entries), CONTENT),
        Roll(
            title,
            "\n\n".join(blocks),
            Accent.BLUE,
            f"{clean(zone)} · nobody is notified",
        ),
        menu=take_back_menu(options) if options else None,
    )


def _headline(entries: Sequence[TrailEntry]) -> str:
    taken_back = sum(entry.taken_back is not None for entry in entries)
    parts = [wording.count(len(entries), "correction", "corrections")]
    if len(entries) > 1:
        parts.append("newest first")
    if taken_back:
        some = f"{wording.whole(taken_back)} of them " if taken_back < len(entries) else ""
        parts.append(f"{some}taken back")
    return f"{', '.join(parts)}."


def _entry_lines(
    number: int, entry: TrailEntry, user_ids: Mapping[int, int], zone: str, *, with_event: bool
) -> list[str]:
    said = entry_text(entry, user_ids)
    lines = [f"**{number}** · {said if entry.taken_back is None else f'~~{said}~~'}"]
    if with_event:
        lines.append(member_text(event_name(entry.title, entry.starts_ms, zone), CONTENT))
    lines.append(f"-# by {_deed_text(entry.made, user_ids, zone)}")
    if entry.taken_back is not None:
        lines.append(f"-# taken back by {_deed_text(entry.taken_back, user_ids, zone)}")
    return lines


def entry_text(entry: TrailEntry, user_ids: Mapping[int, int]) -> str:
    """What was told, with mentions."""
    if entry.subject is Subject.CHANNELS:
        return f"Presence counts in {channels_text(entry.numbers)}"
    if entry.subject is Subject.TYPE:
        return f"Type: {type_text(entry.value)}"
    return plain_text(entry, {number: mention(user_id) for number, user_id in user_ids.items()})


def plain_text(entry: TrailEntry, called: Mapping[int, str]) -> str:
    """What was told, with nothing that only a message's text shows."""
    who = called_text(entry.told_of or [NOBODY_NUMBERED], called)
    match entry.subject:
        case Subject.HOSTS:
            return f"Hosted by {who}"
        case Subject.ATTENDANCE:
            return f"Attended: {entry.value}, {who}"
        case Subject.CHECK_IN:
            return f"Checked in: {who}"
        case Subject.HELD:
            return f"Held: {entry.value}"
        case Subject.TYPE:
            return f"Type: {clean(entry.value or NO_TYPE)}"
    return PLAIN[entry.subject]


def _deed_text(deed: Deed, user_ids: Mapping[int, int], zone: str) -> str:
    who = NOT_RECORDED if deed.by is None else people_text([deed.by], user_ids)
    return f"{who} · {moment_text(deed.at_ms, zone)}"


# -------------------------------------------------------------- what is taken back


def taken_back_message(
    entries: Sequence[TrailEntry], user_ids: Mapping[int, int], zone: str, stands: str
) -> Message:
    name = event_name(entries[0].title, entries[0].starts_ms, zone)
    lines = [f"~~{entry_text(entry, user_ids)}~~" for entry in entries]
    return Message(
        escape_within(f"Taken back. {stands}".strip(), CONTENT),
        Roll(member_text(name, CONTENT), "\n".join(lines), Accent.BLUE, CAN_BE_TAKEN_BACK),
    )
