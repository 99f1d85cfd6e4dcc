"""Finding an occurrence: those that fit what somebody has typed so far, the latest one, one by its name.

It answers while somebody types, also where there are thousands: the newest are looked through first, and no
more are read than are needed.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.event_report import OccurrenceChoice, OccurrenceKey
from reports.occurrence_dates import begins_a_date_word, date_words
from reports.occurrence_records import HELD
from reports.records import DAY_MS
from reports.titles import folded
from storage.tables import event_occurrences

LIMIT = 25  # as many as Discord shows
PAGE = 500
MOST_WORDS = 16
LONGEST_TYPED = 100
# How menus call what an occurrence has become: typed out, these words are about that.
MARKS = {"running": "running", "coming": "coming", "cancelled": "cancelled", "not_held": "not held"}
SOON_MS = DAY_MS  # a coming one that should have begun longer ago is listed among the past ones

BEYOND_ASCII = "[^ -~]"

_ASCII = re.compile("[!-~]+")
_KEY = re.compile(r"(\d{1,19})@(\d{1,16})")
_OCCURRENCE = event_occurrences.c
_STARTS = func.coalesce(_OCCURRENCE.window_start_ms, _OCCURRENCE.scheduled_start_ms)
_IS_RUNNING = _OCCURRENCE.outcome == "running"
_IS_HELD = _OCCURRENCE.outcome.in_(HELD)


def key_text(key: OccurrenceKey) -> str:
    """“1182…@1763319600000”: an occurrence as a choice's value, or as typed on a command line."""
    return f"{key.event_id}@{key.original_start_ms}"


def parse_key(text: str) -> OccurrenceKey | None:
    match = _KEY.fullmatch(text.strip())
    if not match or int(match[1]) >= 2**63:
        return None
    return OccurrenceKey(int(match[1]), int(match[2]))


async def occurrence_choices(  # noqa: PLR0917  each is given by position in a handler's one call
    conn: AsyncConnection,
    guild_id: int,
    typed: str,
    zone: str,
    now_ms: int,
    limit: int = LIMIT,
    *,
    elsewhere: bool = False,
) -> list[OccurrenceChoice]:
    """Those whose title or local date fits every typed word: running, coming, then past, newest first.

    `elsewhere`: of those only that are in no channel.
    """
    words = _words(typed)
    base = _narrowed(words).where(_OCCURRENCE.guild_id == guild_id, *_place(elsewhere))
    is_coming = _is_coming(now_ms)
    past = base.where(~_IS_RUNNING & ~is_coming)
    found: list[OccurrenceChoice] = []
    for query in (
        base.where(_IS_RUNNING).order_by(_STARTS, _OCCURRENCE.event_id),
        base.where(is_coming).order_by(_OCCURRENCE.scheduled_start_ms, _OCCURRENCE.event_id),
        past.order_by(_OCCURRENCE.scheduled_start_ms.desc(), _OCCURRENCE.event_id),
    ):
        if len(found) < limit:
            found += await _fitting(conn, query, words, zone, limit - len(found))
    return found


async def latest_occurrence(
    conn: AsyncConnection, guild_id: int, now_ms: int, *, elsewhere: bool = False
) -> OccurrenceKey | None:
    """The one that began last, of those running or held; else the one that comes next; else any last one."""
    base = select(_OCCURRENCE.event_id, _OCCURRENCE.original_start_ms).where(
        _OCCURRENCE.guild_id == guild_id, *_place(elsewhere)
    )
    for query in (
        _newest(base.where((_IS_RUNNING | _IS_HELD) & (now_ms >= _STARTS))),
        base.where(_is_coming(now_ms)).order_by(_OCCURRENCE.scheduled_start_ms, _OCCURRENCE.event_id),
        _newest(base),
    ):
        if row := (await conn.execute(query.limit(1))).first():
            return OccurrenceKey(*row)
    return None


async def find_occurrence(
    conn: AsyncConnection, guild_id: int, text: str, zone: str, now_ms: int
) -> OccurrenceKey | None:
    """One by its key (`key_text`), or the likeliest one whose title, date or mark fits the words.

    Whoever asks for numbers means one that has some: the newest that is running, else the newest held, else
    the next to come, else the newest of the others.
    """
    if key := parse_key(text):
        return await _existing(conn, guild_id, key)
    words = _words(text)
    base = _narrowed(words).where(_OCCURRENCE.guild_id == guild_id)
    for query in (
        _newest(base.where(_IS_RUNNING)),
        _newest(base.where(_IS_HELD)),
        base.where(_is_coming(now_ms)).order_by(_OCCURRENCE.scheduled_start_ms, _OCCURRENCE.event_id),
        _newest(base),
    ):
        for choice in await _fitting(conn, query, words, zone, 1):
            return choice.key
    return None


async def _existing(conn: AsyncConnection, guild_id: int, key: OccurrenceKey) -> OccurrenceKey | None:
    row = await conn.execute(
        select(_OCCURRENCE.event_id).where(
            _OCCURRENCE.guild_id == guild_id,
            _OCCURRENCE.event_id == key.event_id,
            _OCCURRENCE.original_start_ms == key.original_start_ms,
        )
    )
    return key if row.first() else None


def _place(elsewhere: bool) -> list[ColumnElement[bool]]:
    return [_OCCURRENCE.channels == "[]"] if elsewhere else []


def _is_coming(now_ms: int) -> ColumnElement[bool]:
    return (_OCCURRENCE.outcome == "coming") & (_OCCURRENCE.scheduled_start_ms >= now_ms - SOON_MS)


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(_STARTS.desc(), _OCCURRENCE.event_id)


def _words(typed: str) -> list[str]:
    """Without the punctuation of the names that menus offer: somebody may type one of them out."""
    words = (folded(word.strip(",·…")) for word in typed[:LONGEST_TYPED].split())
    return list(filter(None, words))[:MOST_WORDS]


def _narrowed(words: list[str]) -> Select[Any]:
    """What the database can leave out by itself; `_fits` decides on the rest."""
    query = select(
        _OCCURRENCE.event_id,
        _OCCURRENCE.original_start_ms,
        _OCCURRENCE.title,
        _STARTS.label("starts_ms"),
        _OCCURRENCE.outcome,
        _OCCURRENCE.scheduled_start_ms,
    )
    return query.where(
        *(_in_title(word) | _is_marked(word) for word in words if not begins_a_date_word(word))
    )


def _is_marked(word: str) -> ColumnElement[bool]:
    return _OCCURRENCE.outcome.in_([outcome for outcome, mark in MARKS.items() if word in mark.split()])


def _in_title(word: str) -> ColumnElement[bool]:
    """Databases fold ASCII letters alike and no others: titles with others are looked at afterwards."""
    title = _OCCURRENCE.title
    is_beyond = title.regexp_match(BEYOND_ASCII)
    if not _ASCII.fullmatch(word):
        return is_beyond
    return func.lower(title).contains(word, autoescape=True) | is_beyond


async def _fitting(
    conn: AsyncConnection, query: Select[Any], words: list[str], zone: str, limit: int
) -> list[OccurrenceChoice]:
    """The first that fit. Rows are read as they are needed, in the order that the database sorted once."""
    found: list[OccurrenceChoice] = []
    rows = await conn.stream(query if words else query.limit(limit))
    try:
        async for page in rows.partitions(PAGE):
            fitting = (row for row in page if _fits(row, words, zone))
            found += [_choice(row) for row in islice(fitting, limit - len(found))]
            if len(found) == limit:
                break
    finally:
        await rows.close()
    return found


def _choice(row: Any) -> OccurrenceChoice:
    key = OccurrenceKey(row.event_id, row.original_start_ms)
    return OccurrenceChoice(key, row.title, row.starts_ms, row.outcome)


def _fits(row: Any, words: list[str], zone: str) -> bool:
    title = folded(row.title)
    mark = MARKS.get(row.outcome, "").split()
    rest = [word for word in words if word not in title and word not in mark]
    if not rest:
        return True
    dates = date_words(row.starts_ms, zone)
    return all(any(date.startswith(word) for date in dates) for word in rest)
