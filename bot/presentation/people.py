"""People in a message: mentions that ping nobody, written only for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reports import wording

FORMER = "a former member"  # Discord says that they are not on the server
NOT_RECORDED = "somebody who is not recorded any more"  # opted out or erased, wherever they are
SEPARATOR = " "
SEE_CSV = "see the CSV"
SPACING = 3  # line breaks: around a block, and before what is left out


class Group(NamedTuple):
    title: str
    user_ids: Sequence[int]


def mention(user_id: int) -> str:
    return f"<@{user_id}>"


def roll(groups: Sequence[Group], limit: int, elsewhere: str = SEE_CSV) -> str:
    """Each group that has people: its title, how many, and as many mentions as fit beside the others'.

    `elsewhere` says where the rest is.
    """
    shown = [group for group in groups if group.user_ids]
    room = dict.fromkeys(range(len(shown)), 0)
    left = limit - sum(len(_block(group, 0, elsewhere)) + SPACING for group in shown)
    waiting = sorted(room, key=lambda place: _length(shown[place]))
    for number, place in enumerate(waiting):
        room[place] = min(_length(shown[place]), left // (len(waiting) - number))
        left -= room[place]
    return "\n\n".join(
        _block(group, _fitting(group, room[place]), elsewhere) for place, group in enumerate(shown)
    )


def _block(group: Group, number: int, elsewhere: str) -> str:
    mentions = SEPARATOR.join(map(mention, group.user_ids[:number]))
    rest = len(group.user_ids) - number
    more = f"… and {wording.whole(rest)} more: {elsewhere}" if rest else ""
    return "\n".join(filter(None, [f"**{group.title}** · {len(group.user_ids)}", mentions, more]))


def _length(group: Group) -> int:
    return sum(len(mention(user_id)) + len(SEPARATOR) for user_id in group.user_ids)


def _fitting(group: Group, room: int) -> int:
    """How many of a group's mentions fit into so many characters."""
    used = 0
    for number, user_id in enumerate(group.user_ids):
        used += len(mention(user_id)) + len(SEPARATOR)
        if used > room:
            return number
    return len(group.user_ids)
