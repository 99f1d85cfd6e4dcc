"""What the bot's own commands tell the journal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from bot.corrections import Said, correction_taken_back, corrections_made
from bot.coverage import access_checked, command_completed, event_declared
from bot.intake import Intake
from reports.event_report import OccurrenceKey
from storage.corrections import CorrectionKey
from storage.event import Event


class Pages(Protocol):
    """What is needed of storage.journal.Journal."""

    def append(self, item: Event) -> None: ...


class Observing(ABC):
    """The part of the recorder that commands are handed (services.Observer)."""

    _intake: Intake
    _journal: Pages
    commands_completed = 0  # by this process

    @abstractmethod
    def _now(self) -> int:
        """Milliseconds since 1970 UTC."""

    def access_checked(self, interaction_id: int, user_id: int, resource: str, *, granted: bool) -> None:
        self._journal.append(
            access_checked(
                self._intake.keys,
                self._guild_id,
                user_id,
                interaction_id,
                resource=resource,
                granted=granted,
                now_ms=self._now(),
            )
        )

    def command_completed(
        self, interaction_id: int, user_id: int, outcome: str, error_type: str | None, latency_ms: int
    ) -> None:
        self.commands_completed += 1
        self._journal.append(
            command_completed(
                self._intake.keys,
                self._guild_id,
                user_id,
                interaction_id,
                outcome=outcome,
                error_type=error_type,
                latency_ms=latency_ms,
                now_ms=self._now(),
            )
        )

    def event_declared(
        self,
        interaction_id: int,
        declared_by: int,
        *,
        hosts: Sequence[int],
        title: str,
        channel_ids: Sequence[int],
        from_ms: int,
        to_ms: int,
    ) -> None:
        """Excluded channels are left out: nobody was recorded there."""
        excluded = self._intake.options.excluded_channels
        self._journal.append(
            event_declared(
                self._intake.keys,
                self._guild_id,
                interaction_id,
                declared_by,
                hosts=hosts,
                title=title,
                channel_ids=[channel for channel in channel_ids if channel not in excluded],
                from_ms=from_ms,
                to_ms=to_ms,
                now_ms=self._now(),
            )
        )

    def corrected(
        self, interaction_id: int, made_by: int, occurrence: OccurrenceKey, said: Sequence[Said]
    ) -> None:
        keys, guild_id, now_ms = self._intake.keys, self._guild_id, self._now()
        for event in corrections_made(keys, guild_id, interaction_id, made_by, occurrence, said, now_ms):
            self._journal.append(event)

    def taken_back(self, correction: CorrectionKey, taken_back_by: int) -> None:
        keys, guild_id, now_ms = self._intake.keys, self._guild_id, self._now()
        self._journal.append(correction_taken_back(keys, guild_id, *correction, taken_back_by, now_ms))

    def is_recorded(self, user_id: int) -> bool:
        return not self._intake.is_withdrawn(self._guild_id, user_id)

    @property
    def _guild_id(self) -> int:
        return self._intake.options.guild_id
