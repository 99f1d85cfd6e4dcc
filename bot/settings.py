"""What config.toml may say: one class per table of the file, one field per key.

Every field's `description` says what the file may hold there: the message for a wrong value is made of it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from bot.event_settings import Events, EventTypes, event_rules
from bot.report_settings import Alert, Segments, default_alerts
from bot.setting_kinds import (
    HIGHEST_SNOWFLAKE,
    LONGEST_SNOWFLAKE,
    LOWEST_SNOWFLAKE,
    WEEKDAYS,
    ActivityName,
    AtDaily,
    AtMonthly,
    AtWeekly,
    CommandName,
    CommandOption,
    DailyMoment,
    Many,
    MonthlyMoment,
    Snowflake,
    Table,
    Weekday,
    WeeklyMoment,
    Zone,
    refusal,
)
from bot.tier_settings import Tiers
from reports.settings import ReportSettings
from storage.activities import TEXT
from storage.rules import Rules, have_in_common

__all__ = [
    "HIGHEST_SNOWFLAKE",
    "LONGEST_SNOWFLAKE",
    "LOWEST_SNOWFLAKE",
    "Community",
    "Settings",
    "WeeklyMoment",
]


class Community(Table):
    guild_id: Snowflake | None = Field(
        None, description="the id of your server, a whole number such as 81384788765712384"
    )
    zone: Zone = Field("UTC", description="an IANA time zone such as Europe/Berlin")
    bridge_days: int = Field(7, ge=0, le=90, description="a whole number of days from 0 to 90")
    week_start: Weekday = Field("monday", description=f"a weekday: {', '.join(WEEKDAYS)}")


class Access(Table):
    staff_roles: Many[Snowflake] = Field((), description="a list of role ids such as [201, 202]")
    organizer_roles: Many[Snowflake] = Field((), description="a list of role ids such as [203, 204]")


class Recording(Table):
    text: bool = Field(True, description="true or false")
    excluded_channels: Many[Snowflake] = Field((), description="a list of channel ids such as [301, 302]")
    command_options: Many[CommandOption] = Field(
        (), description='a list of options such as ["show_profile.name"]'
    )


class Voice(Table):
    min_voice_minutes: int = Field(5, ge=1, le=1440, description="a whole number of minutes from 1 to 1440")
    needs_company: bool = Field(True, description="true or false")
    counts_deafened: bool = Field(False, description="true or false")
    counts_afk: bool = Field(False, description="true or false")
    ignored_channels: Many[Snowflake] = Field((), description="a list of channel ids such as [301, 302]")


class Activity(Table):
    qualifying: Annotated[Many[ActivityName], Field(min_length=1)] = Field(
        ("voice", "event", "command"),
        description='a list of at least one activity such as ["voice", "event", "command"]',
    )
    funnel_days: int = Field(28, ge=1, le=365, description="a whole number of days from 1 to 365")


class Series(Table):
    missed_in_a_row: int = Field(3, ge=1, le=20, description="a whole number of events from 1 to 20")


class Commands(Table):
    tracked: Many[CommandName] = Field(
        ("show_profile", "show_my_profile"),
        description='a list of command names such as ["show_profile", "insights health"]',
    )
    profile: Many[CommandName] = Field(
        ("show_profile", "show_my_profile"),
        description='a list of tracked commands such as ["show_profile", "profile show"]',
    )

    @model_validator(mode="after")
    def _profile_commands_are_recorded(self) -> Commands:
        """Those that nobody named may be missing: then there is no such number."""
        told = self.profile if "profile" in self.model_fields_set else ()
        for place, name in enumerate(told):
            if not have_in_common([name], self.tracked):
                raise refusal(
                    f'must be a tracked command, not "{name}": name it in commands.tracked, too',
                    f"commands.profile[{place + 1}]",
                )
        return self


class WeeklyDigest(Table):
    enabled: bool = Field(True, description="true or false")
    channel_id: Snowflake | None = Field(None, description="the id of the leadership channel, a whole number")
    at: AtWeekly = Field(WeeklyMoment(0, 9, 0), description='a weekday and a time such as "monday 09:00"')


class AlertPosts(Table):
    enabled: bool = Field(True, description="true or false")
    at: AtDaily = Field(DailyMoment(9, 0), description='a time such as "09:00"')


class MonthlyDigest(Table):
    enabled: bool = Field(True, description="true or false")
    channel_id: Snowflake | None = Field(None, description="the id of the leadership channel, a whole number")
    at: AtMonthly = Field(
        MonthlyMoment(1, 9, 0), description='a day of the month from 1 to 14 and a time such as "1 09:00"'
    )


class Digest(Table):
    weekly: WeeklyDigest = WeeklyDigest()
    alerts: AlertPosts = AlertPosts()
    monthly: MonthlyDigest = MonthlyDigest()


class Privacy(Table):
    min_group: int = Field(5, ge=1, le=100, description="a whole number of people from 1 to 100")


class Settings(Table):
    """The whole file. An empty file is a valid one."""

    community: Community = Community()
    access: Access = Access()
    recording: Recording = Recording()
    voice: Voice = Voice()
    events: Events = Events()
    event_type: EventTypes = ()
    tier: Tiers = ()
    series: Series = Series()
    activity: Activity = Activity()
    commands: Commands = Commands()
    segments: Segments = Segments()
    alert: Many[Alert] = Field(default_factory=default_alerts)
    digest: Digest = Digest()
    privacy: Privacy = Privacy()

    @model_validator(mode="after")
    def _counts_what_is_recorded(self) -> Settings:
        counting = {
            "activity.qualifying": self.activity.qualifying,
            "segments.core.min_counts": self.segments.core.min_counts,
        }
        for key, activities in counting.items():
            if TEXT in activities and not self.recording.text:
                raise refusal(
                    f'must not name "{TEXT}", of which nothing is recorded: '
                    "take it out here, or set recording.text = true",
                    key,
                )
        return self

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
            events=event_rules(self.events, self.event_type),
            tiers=tuple(tier.rule() for tier in self.tier),
        )

    def report_settings(self) -> ReportSettings:
        return ReportSettings(
            zone=self.community.zone,
            week_start=self.community.week_start,
            min_group=self.privacy.min_group,
            qualifying=self.activity.qualifying,
            segments=self.segments.settings(),
            alerts=tuple(alert.rule() for alert in self.alert),
            funnel_days=self.activity.funnel_days,
            profile_commands=self.commands.profile,
            missed_in_a_row=self.series.missed_in_a_row,
        )
