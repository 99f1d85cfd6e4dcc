"""What was recorded and what was missed. Definitions: docs/kpis.md, "Coverage"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reports import wording
from reports.periods import Period, describe
from reports.records import CoverageRow, Records
from reports.report import Gap
from reports.spans import Span, holes, length, merged, overlaps
from storage.fact_bodies import SWITCHED_OFF

COMPARABLE = 0.80  # of a period recorded; below it no comparison, alert or trend is drawn
COMPLETE = 0.95  # below it a value is drawn as partly recorded
OFF = "off"  # a row's state where its gap was wanted
LONG_GAP_MS = 60 * 60 * 1000  # a longer gap puts a caveat on what it can have touched, whenever it was


Asked = tuple[tuple[str, ...], Span]  # of which sources, over which time


@dataclass(frozen=True)
class Recording:
    """Which moments of which source were recorded, live or late."""

    rows: tuple[CoverageRow, ...]
    since_ms: int
    as_of_ms: int
    zone: str
    events: tuple[Span, ...] = ()  # when they were held: a gap within one is told of, however short
    _shares: dict[Asked, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, records: Records, zone: str) -> Recording:
        return cls(records.coverage, records.recording_since_ms, records.as_of_ms, zone)

    def forgiving(self) -> Recording:
        """Without the gaps that somebody wanted: what was switched off is not missed."""
        rows = (
            replace(row, state=OFF) if (row.state, row.cause) == ("gap", SWITCHED_OFF) else row
            for row in self.rows
        )
        return replace(self, rows=tuple(rows))

    def beside(self, events: Iterable[Span]) -> Recording:
        """With the windows of the events, which a gap of any length is told of in."""
        return replace(self, events=tuple(events))

    def switched_off(self, source: str) -> list[Span]:
        """Of a forgiving one: when nothing was wanted of a source."""
        return merged(
            (row.from_ms, row.to_ms) for row in self.rows if row.source == source and row.state == OFF
        )

    @cached_property
    def _seen(self) -> dict[str, list[Span]]:
        spans: dict[str, list[Span]] = {}
        for row in self.rows:
            if row.state != "gap":
                spans.setdefault(row.source, []).append((row.from_ms, row.to_ms))
        return {source: merged(of_source) for source, of_source in spans.items()}

    def seen(self, source: str) -> list[Span]:
        """When a source was recorded, live or late."""
        return self._seen.get(source, [])

    def late(self, source: str) -> list[Span]:
        """When what a source brought came late."""
        return merged(
            (row.from_ms, row.to_ms) for row in self.rows if row.source == source and row.state == "late"
        )

    @cached_property
    def _notes_end(self) -> dict[str, int]:
        """When the newest note on each source ends; or the others, where they went on."""
        ends: dict[str, int] = {}
        for row in self.rows:
            ends[row.source] = max(ends.get(row.source, 0), row.to_ms)
        latest = max(ends.values(), default=0)
        return {source: end if latest - end <= LONG_GAP_MS else latest for source, end in ends.items()}

    def known_until(self, sources: Iterable[str]) -> int:
        """The latest moment of which it is known whether all of the sources were recorded.

        A healthy bot notes that every few minutes: what lies after the newest note is not lost.
        """
        latest = max(self._notes_end.values(), default=self.as_of_ms)
        return min(self.as_of_ms, *(self._notes_end.get(source, latest) for source in sources), latest)

    def lost(self, source: str, window: Span) -> list[Span]:
        """What of a window was not recorded, as far as that is known."""
        until_ms = min(window[1], self.known_until((source,)))
        return holes(self.seen(source), (window[0], until_ms)) if until_ms > window[0] else []

    def known_sources(self, until_ms: int) -> frozenset[str]:
        """The sources of which anything, if only a gap, was noted before a moment."""
        return frozenset(row.source for row in self.rows if row.from_ms < until_ms and row.state != OFF)

    def window(self, sources: Iterable[str], period: Period, now_ms: int) -> Span:
        """The part of a period of which is known what was recorded.

        Of one that is long over it is all: what was not noted by then is lost.
        """
        known_ms = self.known_until(sources)
        is_fresh = period.is_open(now_ms) or period.end_ms - known_ms <= LONG_GAP_MS
        end_ms = min(period.end_ms, known_ms) if is_fresh else period.end_ms
        return period.start_ms, max(period.start_ms, end_ms)

    def share(self, sources: Iterable[str], period: Period, now_ms: int) -> float:
        """The share of a period, 0 to 1, in which every one of the sources was recorded."""
        sources = tuple(sources)
        window = self.window(sources, period, now_ms)
        if (sources, window) not in self._shares:
            self._shares[sources, window] = self._share(sources, window)
        return self._shares[sources, window]

    def _share(self, sources: tuple[str, ...], window: Span) -> float:
        if window[0] >= window[1]:
            return 0.0
        missed = merged(hole for source in sources for hole in holes(self._seen.get(source, []), window))
        return 1 - length(missed) / (window[1] - window[0])

    def gaps(self, sources: Iterable[str], periods: Sequence[Period], now_ms: int) -> tuple[Gap, ...]:
        """Every gap since recording began that touches one of the periods: whole, by source and time."""
        sources = sorted(sources)
        windows = [self.window(sources, period, now_ms) for period in periods]
        latest_ms = max((window[1] for window in windows), default=0)
        return tuple(
            gap
            for source in sources
            for gap in self._gaps_of(source, max(latest_ms, self.known_until((source,))))
            if any(overlaps((gap.from_ms, gap.to_ms), window) for window in windows)
        )

    def _gaps_of(self, source: str, until_ms: int) -> list[Gap]:
        missed = holes(self._seen.get(source, []), (self.since_ms, max(self.since_ms, until_ms)))
        return [Gap(source, start, end, self._cause(source, (start, end))) for start, end in missed]

    def _cause(self, source: str, span: Span) -> str | None:
        causes = [
            row.cause
            for row in self.rows
            if row.source == source and row.cause and row.state == "gap"
            if overlaps((row.from_ms, row.to_ms), span)
        ]
        return ", ".join(dict.fromkeys(causes)) or None

    def is_telling(self, gap: Span, events: Sequence[Span] | None = None) -> bool:
        """Whether a gap puts a caveat on what it can have touched. `events`: if not all of them."""
        windows = self.events if events is None else events
        return gap[1] - gap[0] > LONG_GAP_MS or any(overlaps(gap, window) for window in windows)

    def caveats(
        self,
        sources: Sequence[str],
        periods: Sequence[Period],
        now_ms: int,
        events: Sequence[Span] | None = None,
    ) -> tuple[str, ...]:
        """A sentence for each telling gap that touches the periods, and for a late beginning.

        `events`: the windows of those that the value is made of, if not of all.
        """
        by_span: dict[Span, list[Gap]] = {}
        for gap in self.gaps(sources, periods, now_ms):
            if self.is_telling((gap.from_ms, gap.to_ms), events):
                by_span.setdefault((gap.from_ms, gap.to_ms), []).append(gap)
        sentences = [gaps_sentence(by_span[span], self.zone) for span in sorted(by_span)]
        if any(period.start_ms < self.since_ms for period in periods):
            sentences.insert(0, f"Recording began on {self.since_text}.")
        return tuple(sentences)

    @property
    def since_text(self) -> str:
        return wording.moment_text(self.since_ms, self.zone)


def gaps_sentence(gaps: Sequence[Gap], zone: str) -> str:
    """“Commands and voice: not recorded Wed 12 Nov, 13:10–15:40 (2 h 30 min), the bot was not running.”

    The gaps are of different sources and span the same time.
    """
    sources = wording.sentence(wording.listing([gap.source for gap in gaps]))
    span = wording.span_text(gaps[0].from_ms, gaps[0].to_ms, zone)
    length_text = wording.duration(gaps[0].to_ms - gaps[0].from_ms)
    causes = dict.fromkeys(gap.cause for gap in gaps if gap.cause)
    return f"{', '.join((f'{sources}: not recorded {span} ({length_text})', *causes))}."


def left_out_sentence(period: Period, share: float) -> str:
    recorded = wording.percent_beside(share, COMPARABLE)
    return f"{recorded} of {describe(period)} was recorded, so it is left out of the comparison."


def events_left_out_sentence(period: Period, share: float) -> str:
    recorded = wording.percent_beside(share, COMPARABLE)
    return (
        f"{recorded} of the events of {describe(period)} was recorded, so it is left out of the comparison."
    )
