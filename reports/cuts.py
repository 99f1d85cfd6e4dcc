"""Whom a report is cut to, and to which events. Definition: docs/kpis.md, "Cuts"."""

from __future__ import annotations

from dataclasses import dataclass, fields

from reports.periods import Period, date_of, describe, describe_days

DISCORD_ONLY = "discord"  # in place of a platform: without a linked account on any
BY_PEOPLE = ("segment", "tier", "platform", "joined")
BY_EVENT = ("event_type",)
EXPORTED = ("segment", "tier", "platform")  # the only cuts of what is handed on, one at a time


class NoSuchPart(Exception):
    """A cut names what there is not. The message is one sentence that lists what there is."""

    def __init__(self, dimension: str, sentence: str) -> None:
        super().__init__(sentence)
        self.dimension = dimension  # segment, tier, platform, joined, event_type


@dataclass(frozen=True, slots=True)
class Cut:
    """Everything that is named holds at once; nothing named: everybody."""

    segment: str | None = None  # when the day before the period ended
    tier: str | None = None  # when the period ended
    platform: str | None = None  # a linked account on it; DISCORD_ONLY: on none
    joined: str | None = None  # the first join, by month or week: 2026-05, 2026-W20
    event_type: str | None = None  # of events alone: it cuts no people

    @property
    def parts(self) -> dict[str, str]:
        """What is named, by dimension."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {dimension: name for dimension, name in named if name is not None}

    @property
    def is_of_people(self) -> bool:
        return any(dimension in BY_PEOPLE for dimension in self.parts)

    @property
    def key(self) -> str:
        """“segment=core tier=captain”; empty: everybody."""
        return " ".join(f"{dimension}={name}" for dimension, name in self.parts.items())

    def words(self, period: Period) -> str:
        """“core on 15 Nov, tier captain, joined in 2026-05, only Inhouse”; empty: everybody."""
        told = {
            "segment": f"{self.segment} on {day_text(period.first_day - 1)}",
            "tier": f"tier {self.tier}",
            "platform": "Discord only" if self.platform == DISCORD_ONLY else f"on {self.platform}",
            "joined": f"joined in {self.joined}",
            "event_type": f"only {self.event_type}",
        }
        return ", ".join(told[dimension] for dimension in self.parts)

    def notes(self, period: Period) -> tuple[str, ...]:
        """What a reader has to know of how these people were chosen."""
        return (self._segment_note(period),) if self.segment else ()

    def _segment_note(self, period: Period) -> str:
        day = day_text(period.first_day - 1)
        return (
            f"Who is {self.segment} was settled at the end of {day}, before {describe(period)} began. They "
            "were chosen by what they did until then, so nothing is compared with the period before."
        )

    @property
    def can_be_compared(self) -> bool:
        """A segment is chosen by what its people did before: whatever they do next is less of it."""
        return self.segment is None


EVERYBODY = Cut()


def day_text(day: int) -> str:
    return describe_days(date_of(day), date_of(day))
