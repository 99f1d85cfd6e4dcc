"""Events as the journal keeps them: up to CHUNK_EVENTS in one row, each with a number of its own.

A row costs far more than an event in it. Inside a row the numbers have no holes, so that the last tells
all of them: an event that was forgotten leaves an empty place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from storage.event import Event

CHUNK_EVENTS = 250  # the loader takes four at once; what it splits is written again
LARGEST_BITS = 63  # of both databases' integers
LEAST_ID = 1 << 42  # of the first second of 2015; moments are smaller numbers until 2109
NUMBER_64 = re.compile(rb"(?=\xcf(.{8}))", re.DOTALL)  # MessagePack: an integer in eight bytes
T = TypeVar("T")
ARRAY_16 = b"\xdc"  # MessagePack: an array with its length in two bytes, as the elements that follow


class UnreadableChunk(Exception):
    """The bytes of a row are not what was written."""


class Chunk(NamedTuple):
    last_row_id: int  # of the last event in it; each of the others has one less than the next
    events: int  # without empty places
    packed: bytes  # MessagePack: an array of events and, in empty places, nil


_encode = msgspec.msgpack.Encoder().encode
_events = msgspec.msgpack.Decoder(list[Event | None])
_elements = msgspec.msgpack.Decoder(list[msgspec.Raw])
EMPTY = msgspec.msgpack.encode(None)


def pack(event: Event) -> bytes:
    """Raises ValueError for an event that no database could hold."""
    if not _is_in_range(event):
        raise ValueError("an id or a time is out of range")
    return _encode(event)


def _is_in_range(event: Event) -> bool:
    numbers = event.guild_id | event.occurred_from_ms | event.occurred_to_ms | event.recorded_at_ms
    if event.person is not None:
        numbers |= event.person
    if event.others:
        for people in event.others.values():
            for person in people:
                numbers |= person
    return not numbers >> LARGEST_BITS  # of all at once: a negative number stays one


def repacked(fields: dict[str, object]) -> bytes:
    """An event that an older version kept as a map. Raises UnreadableChunk where it cannot be one."""
    try:
        packed = pack(Event(**fields))  # type: ignore[arg-type]  # looked at below
    except (TypeError, ValueError) as error:
        raise UnreadableChunk from error
    _decoded(_events, _joined([packed]))
    return packed


def _decoded(decoder: msgspec.msgpack.Decoder[T], packed: bytes) -> T:
    try:
        return decoder.decode(packed)
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise UnreadableChunk from error


def chunks(packed: Sequence[bytes], after_row_id: int) -> Iterator[Chunk]:
    """Rows for these events, whose numbers follow on."""
    for start in range(0, len(packed), CHUNK_EVENTS):
        some = packed[start : start + CHUNK_EVENTS]
        yield Chunk(after_row_id + start + len(some), len(some), _joined(some))


def events_after(row_id: int, last_row_id: int, packed: bytes) -> Iterator[tuple[int, Event]]:
    """The events of a row that come after one, each with its number. Or raises UnreadableChunk."""
    events = _decoded(_events, packed)
    if not all(event is None or _is_in_range(event) for event in events):
        raise UnreadableChunk
    first = last_row_id - len(events) + 1
    for number, event in enumerate(events, start=first):
        if number > row_id and event is not None:
            yield number, event


def trimmed(row_id: int, chunk: Chunk) -> Chunk:
    """The row without its events up to one. Raises UnreadableChunk."""
    if not chunk.packed:  # only says that something is missing
        return chunk
    elements = _decoded(_elements, chunk.packed)
    first = chunk.last_row_id - len(elements) + 1
    if first > row_id:
        return chunk
    return _chunk(chunk.last_row_id, [bytes(element) for element in elements[row_id - first + 1 :]])


def mentions(packed: bytes, person: int) -> bool:
    """False: this person is not in the row. Far cheaper than to look at each event."""
    return id_bytes(person) in packed


def possible_ids(packed: bytes) -> set[int]:
    """Every number in these bytes that is large enough to be an id, whatever else is wrong with them."""
    numbers = {int.from_bytes(found.group(1)) for found in NUMBER_64.finditer(packed)}
    return {number for number in numbers if LEAST_ID <= number < 1 << LARGEST_BITS}


def id_bytes(person: int) -> bytes:
    return _encode(person)


def without_people(chunk: Chunk, guild_id: int, people: frozenset[int]) -> tuple[Chunk, int]:
    """The row without a guild's people, and how many events that touched. Raises UnreadableChunk."""
    events = _decoded(_events, chunk.packed)
    left = [_without(event, guild_id, people) for event in events]
    touched = sum(new is not old for new, old in zip(left, events, strict=True))
    if not touched:
        return chunk, 0
    return _chunk(chunk.last_row_id, [_encode(event) for event in left]), touched


def without(event: Event, people: frozenset[int]) -> Event:
    """The event without these people among its others: the same object if none of them is there."""
    if not event.others or not any(people.intersection(ids) for ids in event.others.values()):
        return event
    left = {role: [person for person in ids if person not in people] for role, ids in event.others.items()}
    return msgspec.structs.replace(event, others=left)


def _without(event: Event | None, guild_id: int, people: frozenset[int]) -> Event | None:
    if event is None or event.guild_id != guild_id:
        return event
    return None if event.person in people else without(event, people)


def _chunk(last_row_id: int, elements: Sequence[bytes]) -> Chunk:
    return Chunk(last_row_id, sum(element != EMPTY for element in elements), _joined(elements))


def _joined(elements: Sequence[bytes]) -> bytes:
    return ARRAY_16 + len(elements).to_bytes(2, "big") + b"".join(elements)
