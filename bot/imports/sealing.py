"""What a line says, as an event of the log, with a key of what it is: told again, it is nothing new.

A command with its interaction has the key under which the bot records it. A join has one of its own, or it
would keep out the same join as Discord tells it later; the key of that one is beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatchmethod
from typing import Any, Final, get_args

import msgspec

from bot.imports import lines, values
from bot.imports.lines import AnyLine, Refused
from bot.imports.values import Moments
from bot.well_formed import DIGITS_OF_AN_ID, HIGHEST, snowflake_ms
from storage.accounts import LinkedAccount
from storage.activities import is_of_others
from storage.event import Event, Source
from storage.event_key import KeyMaker
from storage.fact_bodies import LONGEST_DURATION_MS, MOST_CHANNELS, MOST_COUNTED, CoveredSource
from storage.importing import Entry
from storage.occurrence import OccurrenceKey

DAY_MS: Final = 86_400_000
LONGEST_STAY_MS: Final = 7 * DAY_MS
LONGEST_EVENT_MS: Final = 31 * DAY_MS
LONGEST_COVERAGE_MS: Final = 366 * 30 * DAY_MS
LONGEST_PRESENCE: Final = LONGEST_DURATION_MS // 60_000  # minutes
LONGEST_TEXT: Final = 128
MOST_SECONDS: Final = 7 * 86_400
SOURCES: Final = tuple(source for source in get_args(CoveredSource) if source != "removals")
NO_SNOWFLAKE: Final = 2**62  # Discord's ids come so far in the year 2050


class LeftOut(Exception):
    """The line is right, and is about a channel that is not recorded."""


class Sealer:
    def __init__(
        self,
        guild_id: int,
        keys: KeyMaker,
        moments: Moments,
        *,
        excluded_channels: Iterable[int],
        now_ms: int,
    ) -> None:
        self._guild_id = guild_id
        self._keys = keys
        self._moments = moments
        self._excluded = frozenset(excluded_channels)
        self._now_ms = now_ms

    def entry(self, line: AnyLine) -> Entry:
        """Raises Refused where the line cannot be true, LeftOut where it is not to be recorded."""
        return self._entry(line)

    @singledispatchmethod
    def _entry(self, line: Any) -> Entry:
        raise NotImplementedError(line)

    @_entry.register
    def _(self, line: lines.Join) -> Entry:
        who, at_ms = values.person(line.person), self._moments.ms("at", line.at)
        twin = self._keys.key(at_ms, "join", self._guild_id, who, at_ms)
        return self._member(who, at_ms, "join", line.bot)._replace(twin=twin)

    @_entry.register
    def _(self, line: lines.Leave) -> Entry:
        who, at_ms = values.person(line.person), self._moments.ms("at", line.at)
        return self._member(who, at_ms, line.how, line.bot)

    @_entry.register
    def _(self, line: lines.Session) -> Entry:
        who = values.person(line.person)
        channel_id = self._recorded(line.channel)
        span = self._moments.span(line.start, line.end, LONGEST_STAY_MS)
        body = {
            "channel_id": channel_id,
            "deafened": line.deafened,
            "afk": line.afk,
            "bot": line.bot or None,
        }
        return Entry(self._sealed("IMPORTED_STAY", span, body, who))

    @_entry.register
    def _(self, line: lines.Event) -> Entry:
        title = values.text("title", line.title, LONGEST_TEXT)
        channels = list(dict.fromkeys(values.channel(channel, "channels") for channel in line.channels))
        if len(channels) > MOST_CHANNELS:
            raise Refused(f"channels: more than {MOST_CHANNELS}")
        if self._excluded.intersection(channels):
            raise LeftOut
        span = self._moments.span(line.start, line.end, LONGEST_EVENT_MS)
        key, recorded_as = self._event("id", title if line.id is None else line.id, span[0])
        body = {
            "event_id": key.event_id,
            "title": values.kept("title", title, LONGEST_TEXT),
            "channel_ids": channels,
            "from_ms": span[0],
            "to_ms": span[1],
            "is_listed": line.interested is not None,
        }
        told = {
            "host": _people("hosts", line.hosts),
            "interested": _people("interested", line.interested or []),
            "declined": _people("declined", line.declined),
        }
        others = {role: people for role, people in told.items() if people}
        sealed = self._sealed("IMPORTED_EVENT", span, body, others=others)
        return Entry(sealed, occurrence=key, recorded_as=recorded_as)

    @_entry.register
    def _(self, line: lines.Attendance) -> Entry:
        who, start_ms = values.person(line.person), self._moments.ms("start", line.start)
        key, recorded_as = self._event("event", line.event, start_ms)
        presence_ms = None
        if line.minutes is not None:
            presence_ms = int(_within("minutes", line.minutes, LONGEST_PRESENCE) * 60_000)
        body = {
            "event_id": key.event_id,
            "original_start_ms": start_ms,
            "attended": line.attended,
            "presence_ms": presence_ms,
        }
        sealed = self._sealed("IMPORTED_ATTENDANCE", (start_ms, start_ms), body, who)
        return Entry(sealed, occurrence=key, recorded_as=recorded_as)

    @_entry.register
    def _(self, line: lines.Command) -> Entry:
        who, at_ms = values.person(line.person), self._moments.ms("at", line.at)
        command = values.text("command", line.command.removeprefix("/"), LONGEST_TEXT)
        application_id = 0 if line.application is None else values.number("application", line.application)
        if line.interaction is None:
            interaction_id = self._number(at_ms, "command", who, application_id, command)
        else:
            interaction_id = values.number("interaction", line.interaction)
            at_ms = min(snowflake_ms(interaction_id), self._now_ms)
        key = self._keys.key(at_ms, "command", interaction_id)  # however it ended, it is one
        body = {
            "interaction_id": interaction_id,
            "application_id": application_id,
            "command": values.kept("command", command, LONGEST_TEXT),
            "outcome": line.outcome,
        }
        return Entry(self._sealed("IMPORTED_COMMAND", (at_ms, at_ms), body, who, key=key))

    @_entry.register
    def _(self, line: lines.Activity) -> Entry:
        who, at_ms = values.person(line.person), self._moments.ms("at", line.at)
        if not is_of_others(line.activity) or DIGITS_OF_AN_ID.search(line.activity):
            raise Refused(
                "activity: expected a name of 1 to 32 of a-z, 0-9 and _, no id, and none of the bot's own"
            )
        body = {
            "activity": line.activity,
            "at_ms": at_ms,
            "count": int(_within("count", line.count, MOST_COUNTED, least=1)),
            "duration_ms": int(_within("seconds", line.seconds, MOST_SECONDS) * 1000),
        }
        return Entry(self._sealed("ACTIVITY_NOTED", (at_ms, at_ms), body, who))

    @_entry.register
    def _(self, line: lines.Account) -> Entry:
        platform = values.text("platform", line.platform, 32).casefold()
        external_id = values.text("account", str(line.account), LONGEST_TEXT)
        at_ms = self._now_ms if line.at is None else self._moments.ms("at", line.at)
        return Entry(account=LinkedAccount(values.person(line.person), platform, external_id, at_ms))

    @_entry.register
    def _(self, line: lines.Coverage) -> Entry:
        if line.source not in SOURCES:
            raise Refused(f"source: expected one of {', '.join(SOURCES)}")
        span = self._moments.span(line.start, line.end, LONGEST_COVERAGE_MS)
        return Entry(self._sealed("IMPORTED_COVERAGE", span, {"sources": [line.source]}))

    # ------------------------------------------------------------------- events

    def _member(self, who: int, at_ms: int, change: str, bot: bool) -> Entry:
        body = {"change": change, "bot": bot or None}
        return Entry(self._sealed("IMPORTED_MEMBERSHIP", (at_ms, at_ms), body, who))

    def _recorded(self, channel: object) -> int:
        channel_id = values.channel(channel)
        if channel_id in self._excluded:
            raise LeftOut
        return channel_id

    def _event(
        self, field: str, name: str | int, start_ms: int
    ) -> tuple[OccurrenceKey, OccurrenceKey | None]:
        """A number for an event that has none, and how it would be recorded if its name is Discord's id."""
        text = values.text(field, str(name), LONGEST_TEXT)
        key = OccurrenceKey(self._number(start_ms, "event", text), start_ms)
        is_id = text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= HIGHEST
        return key, OccurrenceKey(int(text), start_ms) if is_id else None

    def _number(self, at_ms: int, *identity: str | int) -> int:
        digest = self._keys.key(at_ms, "imported", *identity, at_ms)
        return NO_SNOWFLAKE | int.from_bytes(digest[-8:]) % NO_SNOWFLAKE

    def _sealed(
        self,
        event_type: str,
        span: tuple[int, int],
        body: dict[str, Any],
        person: int | None = None,
        *,
        others: dict[str, list[int]] | None = None,
        key: bytes | None = None,
    ) -> Event:
        encoded = msgspec.json.encode(body, order="deterministic")
        if key is None:
            people = msgspec.json.encode(others or {}, order="deterministic").decode()
            key = imported_key(self._keys, event_type, self._guild_id, person, span, encoded.decode(), people)
        return Event(
            key=key,
            guild_id=self._guild_id,
            source=Source.IMPORT,
            type=event_type,
            occurred_from_ms=span[0],
            occurred_to_ms=span[1],
            recorded_at_ms=self._now_ms,
            person=person,
            others=others or None,
            body=encoded,
        )


def imported_key(  # noqa: PLR0917 - in the order in which it is hashed
    keys: KeyMaker,
    event_type: str,
    guild_id: int,
    person: int | None,
    span: tuple[int, int],
    body: str,
    people: str = "{}",
) -> bytes:
    """Of what a line says, so that the same line is known again."""
    return keys.key(span[0], event_type, guild_id, person or 0, *span, body, people)


def _people(field: str, told: Iterable[object]) -> list[int]:
    return sorted({values.person(person, field) for person in told})


def _within(name: str, value: float, most: float, least: float = 0) -> float:
    if not least <= value <= most:
        raise Refused(f"{name}: expected a number from {least:,} to {most:,.0f}")
    return value
