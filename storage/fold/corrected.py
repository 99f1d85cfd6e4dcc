"""An occurrence with what staff told of it laid over what Discord told (decision 0019)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from storage.attendance.window import possible
from storage.corrections import Told
from storage.fold.event_types import channels_of
from storage.occurrence import Occurrence, OccurrenceKey, Status
from storage.rules import EventRules

ToldOf = Callable[[OccurrenceKey], Told]


def corrected(occurrence: Occurrence, told: Told, rules: EventRules) -> Occurrence:
    """A copy: what the fold knows of it stays as it was said, so that taking back restores it."""
    name = occurrence.event_type if told.event_type is UNSET else told.event_type
    channels = told.channels or channels_of(occurrence.own_channels, rules.type_named(name))
    it = msgspec.structs.replace(
        occurrence,
        event_type=name,
        channels=channels,
        has_check_ins=told.checked_in_ms is not None,
        status=Status.HIDDEN if told.is_undeclared else occurrence.status,
    )
    it.told_held = _held(it, told, rules)
    return it


def _held(it: Occurrence, told: Told, rules: EventRules) -> bool | None:
    """Whether it was held can be told afterwards only. Whoever was checked in was at something."""
    if it.status is Status.ACTIVE:
        return None
    if told.held is not None and told.held_told_ms >= possible(it, rules, 0).end_ms:
        return told.held
    if it.is_started or it.channels or it.status is Status.CANCELLED or told.checked_in_ms is None:
        return None
    return True if told.checked_in_ms >= it.scheduled_start_ms else None
