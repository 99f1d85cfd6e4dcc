"""The rows of occurrences, and everything that is made of them: read, made, written where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.activities import EVENT
from storage.attendance import Attendance, Judgement, total_ms
from storage.corrections import numbers_text
from storage.fold.places import capacity
from storage.fold.writing import renew_activity_set, some_at_once
from storage.occurrence import Limits, Occurrence, OccurrenceKey, Status
from storage.tables import (
    attendance,
    attendance_days,
    daily_activity,
    event_occurrences,
    event_series,
    event_stays,
    occurrence_hosts,
)
from storage.upsert import Row, replace

KEYS_AT_ONCE = 200
AS_CONCLUDED: dict[str, Column[Any]] = {
    name: event_occurrences.c[name] for name in Occurrence.__struct_fields__
}
# `channels` is made anew of `own_channels` whenever something is concluded.
AS_SAID = {
    name: column for name, column in AS_CONCLUDED.items() if name not in {"told_held", "has_check_ins"}
}
AS_SAID["event_type"] = event_occurrences.c.said_type


@dataclass(slots=True)
class Conclusions:
    """The rows of some occurrences, whole."""

    occurrences: list[Row] = field(default_factory=list)
    attendance: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)
    hosts: list[Row] = field(default_factory=list)
    stays: list[Row] = field(default_factory=list)


def occurrence_row(
    guild_id: int, o: Occurrence, said_type: str | None, judgement: Judgement, missed_ms: int
) -> Row:
    window = judgement.window or (None, None)
    return (
        *(guild_id, o.event_id, o.original_start_ms, o.series, o.title, o.event_type, o.channel_id),
        *(numbers_text(o.channels), numbers_text(o.own_channels), o.scheduled_start_ms, o.scheduled_end_ms),
        *(o.actual_start_ms, o.actual_end_ms, o.cancelled_ms, o.start_estimated, o.end_estimated),
        *(str(o.status), o.is_declared, o.creator_no, numbers_text(o.told_hosts), said_type, o.told_held),
        *(o.has_check_ins, limits_text(o.limits), capacity(o.channels, o.limits)),
        *(str(judgement.outcome), *window, missed_ms, o.rsvps_listed),
    )


def limits_text(limits: Limits) -> str:
    return msgspec.json.encode(limits).decode()


def attendance_row(key: tuple[int, int, int], person: Attendance) -> Row:
    presence = person.presence
    return (
        *(*key, person.member_no, person.rsvp and str(person.rsvp), str(person.status)),
        *((presence[0].start_ms, presence[-1].end_ms) if presence else (None, None)),
        *(total_ms(presence), person.is_early, person.is_estimated, person.is_told),
    )


async def loaded(conn: AsyncConnection, guild_id: int, keys: Iterable[OccurrenceKey]) -> list[Occurrence]:
    """What the fold once knew of these occurrences, without what staff told of them."""
    return await _loaded(conn, guild_id, keys, AS_SAID)


async def loaded_as_concluded(
    conn: AsyncConnection, guild_id: int, keys: Iterable[OccurrenceKey]
) -> list[Occurrence]:
    """As their rows stand, with what staff told of them."""
    return await _loaded(conn, guild_id, keys, AS_CONCLUDED)


async def _loaded(
    conn: AsyncConnection,
    guild_id: int,
    keys: Iterable[OccurrenceKey],
    columns: Mapping[str, Column[Any]],
) -> list[Occurrence]:
    numbers, limits = msgspec.json.Decoder(tuple[int, ...]).decode, msgspec.json.Decoder(Limits).decode
    found = []
    for row in await _rows_of(conn, guild_id, event_occurrences, keys, columns.values()):
        fields = dict(zip(columns, row, strict=True))
        for name in ("channels", "own_channels", "told_hosts"):
            fields[name] = numbers(fields[name])
        fields["limits"] = limits(fields["limits"])
        fields["status"] = Status(fields["status"])
        found.append(Occurrence(**fields))
    return found


async def renew(
    conn: AsyncConnection, guild_id: int, keys: Sequence[OccurrenceKey], conclusions: Conclusions
) -> list[int]:
    """Puts what is concluded of these occurrences in place of what was, and makes their days' totals and
    their series anew. Returns when those began of which it is something else: as known before, and now."""
    before = await _placed(conn, guild_id, keys)
    others = await _renew(conn, guild_id, event_occurrences, keys, conclusions.occurrences)
    after = await _placed(conn, guild_id, keys)
    differing = {one.in_series for one in before.values()} ^ {one.in_series for one in after.values()}
    await _renew_series(conn, guild_id, {series for series, *_ in differing})
    others |= await _renew(conn, guild_id, attendance, keys, conclusions.attendance)
    others |= await _renew(conn, guild_id, occurrence_hosts, keys, conclusions.hosts)
    await _renew(conn, guild_id, event_stays, keys, conclusions.stays)
    changed = await _renew(conn, guild_id, attendance_days, keys, conclusions.days)
    days = {day for _, day, *_ in changed}
    await _renew_totals(conn, guild_id, days)
    await renew_activity_set(conn, guild_id, EVENT, days)
    changed_keys = {OccurrenceKey(*key[1:3]) for key in others}
    return [known[key].began_ms for known in (before, after) for key in changed_keys & known.keys()]


class _Placed(NamedTuple):
    """Where an occurrence belongs: to which series, and when."""

    event_id: int
    original_start_ms: int
    series: str
    title: str
    said_type: str | None
    scheduled_start_ms: int
    actual_start_ms: int | None

    @property
    def in_series(self) -> Row:
        """What it says of the series that it belongs to."""
        return self.series, self.title, self.said_type, self.scheduled_start_ms

    @property
    def began_ms(self) -> int:
        """The earliest of the moments at which it can have begun, that first planned among them."""
        moments = self.original_start_ms, self.scheduled_start_ms, self.actual_start_ms
        return min(moment for moment in moments if moment is not None)


async def _placed(
    conn: AsyncConnection, guild_id: int, keys: Sequence[OccurrenceKey]
) -> dict[OccurrenceKey, _Placed]:
    columns = [event_occurrences.c[name] for name in _Placed._fields]
    found = [_Placed(*row) for row in await _rows_of(conn, guild_id, event_occurrences, keys, columns)]
    return {OccurrenceKey(one.event_id, one.original_start_ms): one for one in found}


async def _renew_series(conn: AsyncConnection, guild_id: int, names: Iterable[str]) -> None:
    """A series is called as its last one planned, and is forgotten when none belongs to it any more."""
    o, s = event_occurrences.c, event_series.c
    for name in sorted(names):
        of_series = select(o.title, o.said_type).where(o.guild_id == guild_id, o.series == name)
        last = of_series.order_by(
            o.scheduled_start_ms.desc(), o.event_id.desc(), o.original_start_ms.desc()
        ).limit(1)
        row = (await conn.execute(last)).first()
        if row is None:
            await conn.execute(delete(event_series).where(s.guild_id == guild_id, s.series == name))
        else:
            await replace(conn, event_series, [(guild_id, name, *row)])


async def _rows_of(
    conn: AsyncConnection,
    guild_id: int,
    table: Table,
    keys: Iterable[OccurrenceKey],
    columns: Iterable[Column[Any]],
) -> list[Row]:
    """The rows of these occurrences."""
    event_id, original_start_ms = table.c.event_id, table.c.original_start_ms
    query = select(event_id, original_start_ms, *columns).where(table.c.guild_id == guild_id)
    wanted = sorted(set(keys))
    found: list[Row] = []
    for first in range(0, len(wanted), KEYS_AT_ONCE):
        some = wanted[first : first + KEYS_AT_ONCE]
        these = set(some)
        # Not as pairs: SQLite finds those by walking through the whole guild.
        among = query.where(
            event_id.in_({key.event_id for key in some}),
            original_start_ms.in_({key.original_start_ms for key in some}),
        )
        found += [tuple(row[2:]) for row in await conn.execute(among) if row[:2] in these]
    return found


async def _renew(
    conn: AsyncConnection, guild_id: int, table: Table, keys: Iterable[OccurrenceKey], rows: Sequence[Row]
) -> set[Row]:
    """Writes the rows that differ, deletes those that are no more. Returns their primary keys."""
    key_names = [column.name for column in table.primary_key]
    places = [list(table.columns.keys()).index(name) for name in key_names]

    def by_key(some: Iterable[Row]) -> dict[Row, Row]:
        return {tuple(row[place] for place in places): row for row in some}

    old = by_key(await _rows_of(conn, guild_id, table, keys, table.columns))
    new = by_key(rows)
    changed = {key for key, row in new.items() if old.get(key) != row}
    gone = old.keys() - new.keys()
    await replace(conn, table, [new[key] for key in sorted(changed)])
    if gone:
        it = and_(*(table.c[name] == bindparam(f"old_{name}") for name in key_names))
        names = [f"old_{name}" for name in key_names]
        values = [dict(zip(names, key, strict=True)) for key in sorted(gone)]
        await conn.execute(delete(table).where(it), values)
    return changed | gone


async def _renew_totals(conn: AsyncConnection, guild_id: int, days: set[int]) -> None:
    d, a = daily_activity.c, attendance_days.c
    for some in some_at_once(days):
        await conn.execute(
            delete(daily_activity).where(d.guild_id == guild_id, d.local_day.in_(some), d.activity == EVENT)
        )
        totals = (
            select(
                *(a.guild_id, a.local_day, literal(EVENT), a.member_no),
                *(cast(func.count(), Integer), cast(func.sum(a.presence_ms), BigInteger)),
            )
            .where(a.guild_id == guild_id, a.local_day.in_(some))
            .group_by(a.guild_id, a.local_day, a.member_no)
        )
        await conn.execute(insert(daily_activity).from_select(daily_activity.columns.keys(), totals))
