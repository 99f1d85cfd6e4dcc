"""What a line of a file may say: one class a kind, as docs/imports.md describes them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from storage.fact_bodies import Outcome

Person = str | int  # a Discord user id, also as a mention or as text
Channel = str | int
Moment = str | int | float  # ISO 8601, or seconds or milliseconds since 1970


class Line(Struct, tag_field="kind", forbid_unknown_fields=True):
    pass


class Join(Line, tag="join"):
    person: Person
    at: Moment
    bot: bool = False


class Leave(Line, tag="leave"):
    person: Person
    at: Moment
    how: Literal["left", "kicked", "banned", "pruned", "unknown"] = "unknown"
    bot: bool = False


class Session(Line, tag="session"):
    """In a voice channel, from when to when."""

    person: Person
    channel: Channel
    start: Moment
    end: Moment
    deafened: bool = False
    afk: bool = False
    bot: bool = False


class Event(Line, tag="event"):
    title: str
    start: Moment
    end: Moment
    id: str | int | None = None
    channels: list[Channel] = []
    hosts: list[Person] = []
    interested: list[Person] | None = None
    declined: list[Person] = []


class Attendance(Line, tag="attendance"):
    """`event`: the event's id, or its title where it has none."""

    event: str | int
    start: Moment
    person: Person
    attended: bool = True
    minutes: float | None = None


class Command(Line, tag="command"):
    person: Person
    command: str
    at: Moment
    outcome: Outcome | None = None
    application: str | int | None = None
    interaction: str | int | None = None


class Activity(Line, tag="activity"):
    person: Person
    activity: str
    at: Moment
    count: int = 1
    seconds: float = 0


class Account(Line, tag="account"):
    person: Person
    platform: str
    account: str | int
    at: Moment | None = None


class Coverage(Line, tag="coverage"):
    """This file knows a source completely, from when to when."""

    source: str
    start: Moment
    end: Moment


AnyLine = Join | Leave | Session | Event | Attendance | Command | Activity | Account | Coverage


class Refused(ValueError):
    """Why a line is not taken: it names the field, and never repeats what the field held."""


class Read(Struct, frozen=True):
    """A line that was read, or why it could not be."""

    number: int
    says: AnyLine | Refused
