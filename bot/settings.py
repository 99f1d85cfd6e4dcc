"""What config.toml may say: one class per table of the file, one field per key.

Every field's `description` says what the file may hold there: the message for a wrong value is made of it.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Literal, TypeVar, get_args
from zoneinfo import available_timezones

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from reports.settings import ReportSettings
from storage.rules import Rules

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[str, ...] = get_args(Weekday)

HIGHEST_SNOWFLAKE = 2**63 - 1  # Discord's ids have 64 bits, the databases' integers a sign
LONGEST_SNOWFLAKE = 20  # digits


def _snowflake(value: object) -> object:
    """An id may be written with or without quotes: people copy it both ways."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_SNOWFLAKE:
        return int(value)
    return value


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in available_timezones():
        close = get_close_matches(value, sorted(available_timezones()), n=1)
        raise ValueError(f"did you mean {close[0]}?" if close else "")
    return value


class WeeklyMoment(msgspec.Struct, frozen=True):
    """A local wall-clock moment that comes once a week."""

    weekday: int  # 0 is Monday
    hour: int
    minute: int


def _weekly_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    day, _, clock = value.strip().lower().partition(" ")
    hour, _, minute = clock.strip().partition(":")
    if day not in WEEKDAYS or not (_below(hour, 24) and _below(minute, 60)):
        raise ValueError("")
    return WeeklyMoment(WEEKDAYS.index(day), int(hour), int(minute))


def _below(digits: str, limit: int) -> bool:
    return len(digits) == 2 and digits.isascii() and digits.isdecimal() and int(digits) < limit


T = TypeVar("T")
Snowflake = Annotated[int, BeforeValidator(_snowflake), Field(gt=0, le=HIGHEST_SNOWFLAKE)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+( \S+)*$")]
Many = Annotated[tuple[T, ...], BeforeValidator(_tuple)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class Community(Table):
    guild_id: Snowflake | None = Field(
        None, description="the id of your server, a whole number such as 81384788765712384"
    )
    zone: Annotated[str, BeforeValidator(_zone)] = Field(
        "UTC", description="an IANA time zone such as Europe/Berlin"
    )
    bridge_days: int = Field(7, ge=0, le=90, description="a whole number of days from 0 to 90")
    week_start: Weekday = Field("monday", description=f"a weekday: {', '.join(WEEKDAYS)}")


class Access(Table):
    staff_roles: Many[Snowflake] = Field((), description="a list of role ids such as [201, 202]")
    organizer_roles: Many[Snowflake] = Field((), description="a list of role ids such as [203, 204]")


class Recording(Table):
    excluded_channels: Many[Snowflake] = Field((), description="a list of channel ids such as [301, 302]")
    command_options: Many[Name] = Field((), description='a list of options such as ["show_profile.name"]')


class Voice(Table):
    min_voice_minutes: int = Field(5, ge=1, le=1440, description="a whole number of minutes from 1 to 1440")
    needs_company: bool = Field(True, description="true or false")
    counts_deafened: bool = Field(False, description="true or false")
    counts_afk: bool = Field(False, description="true or false")
    ignored_channels: Many[Snowflake] = Field((), description="a list of channel ids such as [301, 302]")


class Activity(Table):
    qualifying: Annotated[Many[Name], Field(min_length=1)] = Field(
        ("voice", "command"), description='a list of at least one activity such as ["voice", "command"]'
    )


class Commands(Table):
    tracked: Many[Name] = Field((), description='a list of command names such as ["insights health"]')


class WeeklyDigest(Table):
    enabled: bool = Field(True, description="true or false")
    channel_id: Snowflake | None = Field(None, description="the id of the leadership channel, a whole number")
    at: Annotated[WeeklyMoment, BeforeValidator(_weekly_moment)] = Field(
        WeeklyMoment(0, 9, 0), description='a weekday and a time such as "monday 09:00"'
    )


class Digest(Table):
    weekly: WeeklyDigest = WeeklyDigest()


class Privacy(Table):
    min_group: int = Field(5, ge=1, le=100, description="a whole number of people from 1 to 100")


class Settings(Table):
    """The whole file. An empty file is a valid one."""

    community: Community = Community()
    access: Access = Access()
    recording: Recording = Recording()
    voice: Voice = Voice()
    activity: Activity = Activity()
    commands: Commands = Commands()
    digest: Digest = Digest()
    privacy: Privacy = Privacy()

    def rules(self) -> Rules:
        """What the derived tables depend on. Lists are sorted: their order in the file means nothing."""
        return Rules(
            zone=self.community.zone,
            min_voice_minutes=self.voice.min_voice_minutes,
            voice_needs_company=self.voice.needs_company,
            voice_counts_deafened=self.voice.counts_deafened,
            voice_counts_afk=self.voice.counts_afk,
            ignored_channels=tuple(sorted(set(self.voice.ignored_channels))),
            tracked_commands=tuple(sorted(set(self.commands.tracked))),
            bridge_days=self.community.bridge_days,
        )

    def report_settings(self) -> ReportSettings:
        return ReportSettings(
            zone=self.community.zone,
            week_start=self.community.week_start,
            min_group=self.privacy.min_group,
            qualifying=self.activity.qualifying,
        )
