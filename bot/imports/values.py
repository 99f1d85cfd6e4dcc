"""People, ids and moments as files write them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.imports.lines import Refused
from bot.setting_kinds import LOWEST_SNOWFLAKE
from bot.well_formed import DISCORD_EPOCH_MS, Malformed, kept_text, snowflake_number, storable

MENTION = re.compile(r"<@!?(\d{1,20})>")
CHANNEL_MENTION = re.compile(r"<#(\d{1,20})>")
MILLISECONDS_FROM = 100_000_000_000  # as seconds, the year 5138
A_MOMENT = "expected a moment such as 2025-11-19T20:30+01:00"


def person(value: object, field: str = "person") -> int:
    return _id(field, value, MENTION, "expected a Discord user id or a mention", "Copy User ID")


def channel(value: object, field: str = "channel") -> int:
    return _id(field, value, CHANNEL_MENTION, "expected a channel's id", "Copy Channel ID")


def number(name: str, value: object) -> int:
    return _id(name, value, None, "expected an id", None)


def _id(
    name: str, value: object, mention: re.Pattern[str] | None, expected: str, copied_by: str | None
) -> int:
    if isinstance(value, str):
        value = value.strip()
        found = mention.fullmatch(value) if mention else None
        value = found.group(1) if found else value
    try:
        number = snowflake_number(value)
    except Malformed:
        raise Refused(f"{name}: {expected}") from None
    if number < LOWEST_SNOWFLAKE:
        do = f"give what Discord's “{copied_by}” shows" if copied_by else "leave it out where none is known"
        raise Refused(f"{name}: too small for an id of Discord's, as other programs' own numbers are: {do}")
    return number


def text(name: str, value: str, longest: int) -> str:
    cleaned = storable(value).strip()
    if not cleaned or len(cleaned) > longest:
        raise Refused(f"{name}: expected 1 to {longest} characters")
    return cleaned


def kept(name: str, value: str, longest: int) -> str:
    """A text that stays in the record."""
    return kept_text(text(name, value, longest))[:longest]


class Moments:
    """Reads moments. One without an offset is local time of the zone; none may lie after `now_ms`."""

    def __init__(self, zone: str, now_ms: int, pattern: str | None = None) -> None:
        self._zone = ZoneInfo(zone)
        self.now_ms = now_ms
        self._pattern = pattern
        self.local_in: str | None = None  # the zone, once a moment without an offset was read in it

    def ms(self, name: str, value: object) -> int:
        """Milliseconds since 1970."""
        at_ms = self._read(name, value)
        if at_ms < DISCORD_EPOCH_MS:
            raise Refused(f"{name}: this was before Discord began")
        if at_ms > self.now_ms:
            raise Refused(f"{name}: this is still to come")
        return at_ms

    def span(self, start: object, end: object, longest_ms: int) -> tuple[int, int]:
        start_ms, end_ms = self.ms("start", start), self.ms("end", end)
        if end_ms <= start_ms:
            raise Refused("end: it does not come after the start")
        if end_ms - start_ms > longest_ms:
            raise Refused(f"end: this is more than {longest_ms // 86_400_000} days after the start")
        return start_ms, end_ms

    def _read(self, name: str, value: object) -> int:
        if isinstance(value, str):
            value = value.strip()
            if self._pattern is None and _is_number(value):
                value = float(value)
        try:
            if isinstance(value, int | float):
                return int(value if value >= MILLISECONDS_FROM else value * 1000)
            return self._parsed(str(value))
        except (ValueError, OverflowError):
            expected = A_MOMENT if self._pattern is None else "expected a moment in the format of the mapping"
            raise Refused(f"{name}: {expected}") from None

    def _parsed(self, value: str) -> int:
        if self._pattern is None:
            moment = datetime.fromisoformat(value)
        else:
            moment = datetime.strptime(value, self._pattern)  # noqa: DTZ007 - the zone follows
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
            self.local_in = self._zone.key
        return int(moment.timestamp() * 1000)


def _is_number(value: str) -> bool:
    """Seconds or milliseconds: shorter ones are years or days of ISO 8601."""
    whole, _, part = value.partition(".")
    return 9 <= len(whole) <= 14 and whole.isdecimal() and (not part or part.isdecimal()) and value.isascii()
