"""What config.toml may say about events: when they count as held and attended, and which kinds there are."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot.setting_kinds import Many, Name, Snowflake, Table, named_once, refusal
from storage.rules import EventRules, EventTypeRule


class Events(Table):
    usual_minutes: int = Field(120, ge=1, le=1440, description="a whole number of minutes from 1 to 1440")
    attend_minutes: int = Field(10, ge=1, le=240, description="a whole number of minutes from 1 to 240")
    break_minutes: int = Field(5, ge=0, le=60, description="a whole number of minutes from 0 to 60")
    held_people: int = Field(3, ge=2, le=100, description="a whole number of people from 2 to 100")
    late_cancel_minutes: int = Field(
        60, ge=0, le=1440, description="a whole number of minutes from 0 to 1440"
    )


class EventType(Table):
    name: Name = Field(description='a name such as "Inhouse"')
    titles: Many[Name] = Field((), description='a list of patterns such as ["*inhouse*"]')
    channels: Many[Snowflake] = Field((), description="a list of channel ids such as [301, 302]")
    usual_minutes: int | None = Field(
        None, ge=1, le=1440, description="a whole number of minutes from 1 to 1440"
    )
    host_roles: Many[Snowflake] = Field((), description="a list of role ids such as [203, 204]")

    @model_validator(mode="after")
    def _fits_something(self) -> EventType:
        if not self.titles and not self.channels:
            raise refusal("must have titles or channels: without both no event is of this type")
        return self


EventTypes = Annotated[Many[EventType], AfterValidator(named_once("event_type"))]


def event_rules(events: Events, types: tuple[EventType, ...]) -> EventRules:
    """The first type that fits is an event's: their order matters, that of the lists within them does not."""
    return EventRules(
        types=tuple(
            EventTypeRule(
                name=kind.name,
                titles=tuple(sorted(set(kind.titles))),
                channels=tuple(sorted(set(kind.channels))),
                usual_minutes=kind.usual_minutes or events.usual_minutes,
                host_roles=tuple(sorted(set(kind.host_roles))),
            )
            for kind in types
        ),
        usual_minutes=events.usual_minutes,
        attend_minutes=events.attend_minutes,
        break_minutes=events.break_minutes,
        held_people=events.held_people,
        late_cancel_minutes=events.late_cancel_minutes,
    )
