"""Single occurrences of a recurring event that depart from its rule: moved, called off, taken back."""

from __future__ import annotations

from collections.abc import Sequence

from storage.facts import Departure
from storage.fold.known_events import Holding, KnownEvent
from storage.fold.occurrences import Occurrences
from storage.occurrence import Status


class Exceptions:
    def __init__(self, occurrences: Occurrences) -> None:
        self._occurrences = occurrences

    def are(self, event: KnownEvent, departures: Sequence[Departure], now_ms: int) -> None:
        """All that there are: whatever departed before and does not now is as the rule says."""
        for departure in departures:
            self.depart(event, departure, now_ms)
        departing = {departure.original_start_ms for departure in departures}
        for holding in event.holdings.values():
            if holding.rule_start_ms not in departing:
                self.restore(event, holding, now_ms)

    def depart(self, event: KnownEvent, departure: Departure, now_ms: int) -> None:
        start_ms = departure.scheduled_start_ms or departure.original_start_ms
        holding = event.by_rule(departure.original_start_ms)
        if holding is None:
            if max(start_ms, departure.original_start_ms) <= now_ms or event.over_ms is not None:
                return  # of a time that is past, and nothing is known of it
            holding = self._occurrences.opened(event, departure.original_start_ms)
        if holding.departure == departure or holding.occurrence.status is Status.COMPLETED:
            return
        holding.departure = departure
        end_ms = departure.scheduled_end_ms or event.end_of(start_ms)
        self._occurrences.scheduled(holding, start_ms, end_ms)
        status = holding.occurrence.status
        if departure.is_cancelled and status is Status.PLANNED:
            self._occurrences.cancelled(holding, now_ms)
        elif not departure.is_cancelled and status is Status.CANCELLED and event.over_ms is None:
            self._occurrences.reopened(holding)

    def restore(self, event: KnownEvent, holding: Holding, now_ms: int) -> None:
        """It is as the rule says. What has begun or passed stays as it was."""
        departure, occurrence = holding.departure, holding.occurrence
        if departure is None:
            return
        holding.departure = None
        if departure.is_cancelled and occurrence.status is Status.CANCELLED:
            if holding.rule_start_ms <= now_ms or event.over_ms is not None:
                return
            self._occurrences.reopened(holding)
        if occurrence.status is Status.PLANNED and occurrence.scheduled_start_ms > now_ms:
            start_ms = holding.rule_start_ms
            self._occurrences.scheduled(holding, start_ms, event.end_of(start_ms))
