"""Voice logs as CSV: rows that are stays, or rows that are somebody's coming and going."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import NamedTuple, TextIO

from bot.imports import values
from bot.imports.lines import Read, Refused, Session
from bot.imports.mapping import Mapping, MappingProblem
from bot.imports.values import Moments

LONGEST_LINE = 100_000
TOO_LONG = f"longer than {LONGEST_LINE:,} characters"
NO_ROW = "not a row of CSV: a quote is not closed, or not followed by the next column"
DELIMITERS = ",;\t|"
YES = frozenset({"1", "true", "yes", "y", "bot"})
NO_LEAVE = "no leave after this"
Row = dict[str, str]


class Open(NamedTuple):
    number: int
    channel: int
    at_ms: int


def read_csv(file: TextIO, mapping: Mapping, moments: Moments) -> Iterator[Read]:
    """Every row. Raises MappingProblem where the file lacks a column that is mapped."""
    rows = _rows(file, mapping)
    return _stays(rows, mapping, moments) if mapping.is_of_stays else _Changes(mapping, moments).read(rows)


def _rows(file: TextIO, mapping: Mapping) -> Iterator[tuple[int, Row | Refused]]:
    """Each row's number and its mapped fields."""
    header = file.readline(LONGEST_LINE)
    delimiter = mapping.delimiter or max(DELIMITERS, key=header.count)
    places = _places(header, delimiter, mapping)
    number = 1
    while line := file.readline(LONGEST_LINE):
        number += 1
        if _is_cut(line):
            _skip_line(file)
            yield number, Refused(TOO_LONG)
            continue
        try:
            cells = _cells(line, delimiter)
        except csv.Error:
            yield number, Refused(NO_ROW)
            continue
        if cells:
            yield number, _fields(cells, places)


def _places(header: str, delimiter: str, mapping: Mapping) -> dict[str, int]:
    """Where in a row each mapped field stands."""
    if _is_cut(header):
        raise MappingProblem(f"The file's first line, which names its columns, is {TOO_LONG}.")
    try:
        names = [name.strip() for name in _cells(header, delimiter)]
    except csv.Error:
        raise MappingProblem(f"The file's first line, which names its columns, is {NO_ROW}.") from None
    for column in mapping.columns.values():
        if column not in names:
            told = ", ".join(f"“{name}”" for name in names[:20])
            raise MappingProblem(f"The file has no column “{column}”: it has {told or 'none at all'}.")
    return {field: names.index(column) for field, column in mapping.columns.items()}


def _cells(line: str, delimiter: str) -> list[str]:
    """Each line for itself: a quote that is not closed would swallow all rows below, unseen."""
    return next(csv.reader([line], delimiter=delimiter, strict=True), [])


def _is_cut(line: str) -> bool:
    return len(line) == LONGEST_LINE and not line.endswith("\n")


def _skip_line(file: TextIO) -> None:
    while rest := file.readline(LONGEST_LINE):
        if rest.endswith(("\n", "\r")):
            return


def _fields(cells: list[str], places: dict[str, int]) -> Row | Refused:
    if max(places.values()) >= len(cells):
        return Refused("fewer columns than the first line")
    fields = {field: cells[place].strip() for field, place in places.items()}
    if any("\udc80" <= letter <= "\udcff" for value in fields.values() for letter in value):
        return Refused("not UTF-8")
    return fields


def _attempt(number: int, read: Callable[[], Session]) -> Read:
    try:
        return Read(number, read())
    except Refused as refused:
        return Read(number, refused)


def _stays(rows: Iterator[tuple[int, Row | Refused]], mapping: Mapping, moments: Moments) -> Iterator[Read]:
    for number, row in rows:
        if isinstance(row, Refused):
            yield Read(number, row)
        else:
            yield _attempt(number, partial(_stay, row, mapping, moments))


def _stay(row: Row, mapping: Mapping, moments: Moments) -> Session:
    start_ms = moments.ms("start", row["start"])
    end_ms = moments.ms("end", row["end"]) if "end" in row else start_ms + _length_ms(row)
    return _session(row, mapping, _channel(row["channel"], mapping), start_ms, end_ms)


def _session(row: Row, mapping: Mapping, channel: int, start_ms: int, end_ms: int) -> Session:
    person = values.person(row["person"])
    return Session(
        person=person,
        channel=channel,
        start=start_ms,
        end=end_ms,
        deafened=row.get("deafened", "").casefold() in YES,
        afk=row.get("afk", "").casefold() in YES,
        bot=row.get("bot", "").casefold() in YES or str(person) in map(str, mapping.bots),
    )


def _channel(value: str, mapping: Mapping) -> int:
    named = mapping.channels.get(value)
    if named is not None:
        return named
    try:
        return values.channel(value)
    except Refused:
        raise Refused("channel: neither an id nor a name of the mapping") from None


def _length_ms(row: Row) -> int:
    try:
        if "seconds" in row:
            length = timedelta(seconds=float(row["seconds"]))
        elif "minutes" in row:
            length = timedelta(minutes=float(row["minutes"]))
        else:
            hours, minutes, seconds = row["duration"].split(":")
            length = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    except (ValueError, OverflowError):
        raise Refused("length: expected a number, or hours:minutes:seconds for a duration") from None
    return round(length.total_seconds() * 1000)


class _Changes:
    """Pairs each coming with the going that follows. Remembers who is in voice, and nothing else."""

    def __init__(self, mapping: Mapping, moments: Moments) -> None:
        self._mapping = mapping
        self._moments = moments
        self._open: dict[int, Open] = {}
        self._actions = {
            word.casefold(): action
            for action, words in (("join", mapping.joined), ("leave", mapping.left), ("move", mapping.moved))
            for word in words
        }

    def read(self, rows: Iterator[tuple[int, Row | Refused]]) -> Iterator[Read]:
        for number, row in rows:
            try:
                if isinstance(row, Refused):
                    raise row
                yield from self._change(number, row)
            except Refused as refused:
                yield Read(number, refused)
        for still_there in self._open.values():
            yield Read(still_there.number, Refused(NO_LEAVE))

    def _change(self, number: int, row: Row) -> Iterator[Read]:
        person, at_ms = values.person(row["person"]), self._moments.ms("time", row["time"])
        action = self._action(row)
        was_open = self._open.get(person)
        if was_open is not None and at_ms < was_open.at_ms:
            raise Refused("time: before a row above of the same person: sort the file by time")
        channel = None if action == "leave" else _channel(row["channel"], self._mapping)
        if action == "leave" and was_open is None:
            raise Refused("a leave without a join before it")
        if was_open is not None:
            del self._open[person]
            if action == "join":  # nobody comes twice: a going is missing, and when it was nobody knows
                yield Read(was_open.number, Refused(NO_LEAVE))
            elif at_ms > was_open.at_ms:
                stay = partial(_session, row, self._mapping, was_open.channel, was_open.at_ms, at_ms)
                yield _attempt(number, stay)
        if channel is not None:
            self._open[person] = Open(number, channel, at_ms)

    def _action(self, row: Row) -> str:
        if "action" not in row:
            return "move" if row["channel"] else "leave"
        action = self._actions.get(row["action"].casefold())
        if action is None:
            raise Refused("action: none of the words for joining, leaving and moving")
        return action
