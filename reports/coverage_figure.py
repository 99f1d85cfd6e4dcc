"""What was recorded and what was missed, week by week, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import wording
from reports.figures import CoverageFigure, CoverageSpan, CoverageState, CoverageWeek
from reports.periods import (
    Period,
    date_of,
    describe,
    describe_days,
    local_moment,
    month_name,
    previous,
    week_of,
    weekday_name,
    within,
)
from reports.quality import COMPARABLE, COMPLETE, LONG_GAP_MS, Recording
from reports.spans import Span, holes, length, merged
from reports.spans import within as parts_within

WEEKS = 4
MOST_LABELS = 2  # in a week: the longest
TIMES = ("night", "morning", "afternoon", "evening")


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Of all sources together: a moment is lost where any of them was, and late where any came late."""

    lost: Sequence[Span]  # the silence at the end aside
    late: Sequence[Span]
    window: Span  # from the beginning of recording to the latest moment of which it is known
    silent_since_ms: int | None  # of no source is anything noted from here on, for longer than an hour

    @classmethod
    def of(cls, recording: Recording, sources: Sequence[str], span: Span, now_ms: int) -> _Recorded:
        known_ms = recording.known_until(sources)
        latest_ms = max((recording.known_until((source,)) for source in sources), default=known_ms)
        silent_since_ms = latest_ms if min(span[1], now_ms) - latest_ms > LONG_GAP_MS else None
        window = (max(span[0], recording.since_ms), min(span[1], known_ms))
        if window[0] >= window[1]:
            return cls((), (), (span[0], span[0]), silent_since_ms)
        lost = merged(hole for source in sources for hole in holes(recording.seen(source), window))
        late = merged(part for source in sources for part in parts_within(recording.late(source), window))
        sure_late = merged(part for hole in holes(lost, window) for part in parts_within(late, hole))
        return cls(lost, sure_late, window, silent_since_ms)

    @property
    def is_empty(self) -> bool:
        return self.window[0] >= self.window[1]

    def share(self, span: Span) -> float | None:
        """None where no moment of the span can have been recorded."""
        start, end = max(span[0], self.window[0]), min(span[1], self.window[1])
        if start >= end:
            return None
        return 1 - length(parts_within(self.lost, (start, end))) / (end - start)


def coverage_figure(
    recording: Recording, sources: Sequence[str], latest: Period, week_start: str, now_ms: int
) -> CoverageFigure:
    """The last four weeks up to the end of a period."""
    weeks = _weeks(latest, week_start)
    seen = _Recorded.of(recording, sources, (weeks[0].start_ms, weeks[-1].end_ms), now_ms)
    span = describe_days(weeks[0].first_date, weeks[-1].last_date, year=True)
    return CoverageFigure(
        headline=_headline(seen, latest.zone),
        subtitle=f"What was recorded, {span}",
        footer=_footer(seen, weeks),
        alt_text=_alt_text(seen, span, latest.zone),
        days=tuple(weekday_name(date_of(day))[:3] for day in weeks[-1].days),
        weeks=tuple(_week(week, seen) for week in weeks),
    )


def recent_finding(recording: Recording, sources: Sequence[str], recent: Period, now_ms: int) -> str:
    """Of weeks that run up to now: “98 % recorded since Mon 2 Nov; one gap hides Tue 10 Nov, evening.”"""
    seen = _Recorded.of(recording, sources, (recent.start_ms, recent.end_ms), now_ms)
    if seen.is_empty:
        return f"{_sentence_of_nothing(seen, recent)}."
    since = f"since {wording.day_text(seen.window[0], recent.zone)}"
    return f"{_sentence(seen, recent, since, _recorded(seen))}."


def period_finding(recording: Recording, sources: Sequence[str], period: Period, now_ms: int) -> str:
    """The same of one period: “98 % recorded in week 46; one gap hides Tue 10 Nov, evening.”

    The share is that of `Recording.share`: what lies before the beginning of recording is not in it.
    """
    seen = _Recorded.of(recording, sources, (period.start_ms, period.end_ms), now_ms)
    if seen.is_empty:
        return f"{_sentence_of_nothing(seen, period)}."
    span = f"{within(period)} so far" if period.is_open(now_ms) else within(period)
    return f"{_sentence(seen, period, span, recording.share(sources, period, now_ms))}."


def _weeks(latest: Period, week_start: str) -> list[Period]:
    weeks = [week_of(latest.last_day, latest.zone, week_start)]
    while len(weeks) < WEEKS:
        weeks.append(previous(weeks[-1]))
    return weeks[::-1]


def _week(week: Period, seen: _Recorded) -> CoverageWeek:
    window = (week.start_ms, week.end_ms)
    states = (
        (CoverageState.BEFORE, holes([seen.window], window)),
        (CoverageState.GAP, parts_within(seen.lost, window)),
        (CoverageState.LATE, parts_within(seen.late, window)),
    )
    other = merged(span for _, spans in states for span in spans)
    parts = [(span, state) for state, spans in states for span in spans]
    parts += [(span, CoverageState.RECORDED) for span in holes(other, window)]
    named = _named(parts)
    first = week.first_date
    return CoverageWeek(
        f"{first.day} {month_name(first)[:3]}",
        tuple(_span(part, window, named) for part in sorted(parts)),
    )


def _named(parts: Sequence[tuple[Span, CoverageState]]) -> set[Span]:
    """The spans worth naming: longer than an hour, the longest of the week."""
    worth = [
        span
        for span, state in parts
        if state in (CoverageState.GAP, CoverageState.LATE) and span[1] - span[0] > LONG_GAP_MS
    ]
    return set(sorted(worth, key=lambda span: (span[0] - span[1], span))[:MOST_LABELS])


def _span(part: tuple[Span, CoverageState], window: Span, named: set[Span]) -> CoverageSpan:
    (start, end), state = part
    whole = window[1] - window[0]
    label = ""
    if (start, end) in named:
        duration = wording.duration(end - start)
        label = f"{duration} lost" if state is CoverageState.GAP else f"{duration} late, complete"
    return CoverageSpan((start - window[0]) / whole, (end - window[0]) / whole, state, label)


def _recorded(seen: _Recorded) -> float:
    whole = seen.window[1] - seen.window[0]
    return 1 - length(seen.lost) / whole if whole else 0.0


def _headline(seen: _Recorded, zone: str) -> str:
    """For the picture, which says its weeks beneath."""
    if seen.is_empty:
        return "Nothing was recorded in these weeks"
    share = f"{wording.percent(_recorded(seen))} recorded"
    if seen.silent_since_ms is not None:
        since = _moment_text(seen.silent_since_ms, zone)
        return f"{share}; nothing since {since}" if seen.lost else f"Recorded until {since}; nothing since"
    if not seen.lost:
        return "Everything was recorded"
    return wording.first_fitting(44, *(f"{share}; {gaps}" for gaps in _gaps(seen, zone)))


def _sentence(seen: _Recorded, period: Period, span: str, share: float) -> str:
    """What the picture says in its headline, with the span of which it is."""
    parts = [f"{wording.percent(share)} recorded {span}" if share < 1 else f"Everything was recorded {span}"]
    if seen.window[0] > period.start_ms and not span.startswith("since"):
        parts.append(f"recording began on {_dated(seen.window[0], period)}")
    if seen.lost:
        parts.append(_gaps(seen, period.zone)[0])
    if seen.silent_since_ms is not None:
        since = _dated(seen.silent_since_ms, period)
        if len(parts) == 1 and share == 1:
            return f"Everything was recorded until {since}; nothing since"
        parts.append(f"nothing since {since}")
    return "; ".join(parts)


def _sentence_of_nothing(seen: _Recorded, period: Period) -> str:
    if seen.silent_since_ms is not None and seen.silent_since_ms <= period.start_ms:
        return f"Nothing was recorded since {_dated(seen.silent_since_ms, period)}"
    return f"Nothing of {describe(period)} was recorded"


def _gaps(seen: _Recorded, zone: str) -> tuple[str, ...]:
    """“one gap hides Tue 4 Nov, evening”, “3 gaps, up to 4 h”, and the same in fewer letters."""
    long = [span for span in seen.lost if span[1] - span[0] > LONG_GAP_MS]
    if not long:
        return ("no gap of more than an hour",)
    if len(long) == 1:
        dates, when = _when(long[0], zone)
        return f"one gap hides {when}", f"one gap: {when}", f"one gap hides {dates}"
    longest = max(span[1] - span[0] for span in long)
    return f"{len(long)} gaps, up to {wording.duration(longest)}", f"{len(long)} gaps"


def _dated(at_ms: int, period: Period) -> str:
    """“Thu 26 Nov, 19:30”, with its year where that is not the period's."""
    moment = local_moment(at_ms, period.zone)
    year = f" {moment.year}" if moment.year != period.last_date.year else ""
    return f"{wording.day_text(at_ms, period.zone)}{year}, {moment:%H:%M}"


def _moment_text(at_ms: int, zone: str) -> str:
    """“26 Nov, 19:30”."""
    moment = local_moment(at_ms, zone)
    return f"{moment.day} {month_name(moment)[:3]}, {moment:%H:%M}"


def _when(span: Span, zone: str) -> tuple[str, str]:
    """“4 Nov” and “Tue 4 Nov, evening”, where it is no longer than a part of a day; else the day or days."""
    middle = local_moment((span[0] + span[1]) // 2, zone)
    if span[1] - span[0] <= 8 * 60 * 60 * 1000:
        dates = describe_days(middle.date(), middle.date())
        return dates, f"{weekday_name(middle)[:3]} {dates}, {TIMES[middle.hour // 6]}"
    start, end = local_moment(span[0], zone), local_moment(span[1] - 1, zone)
    dates = describe_days(start.date(), end.date())
    return dates, dates if start.date() != end.date() else f"{weekday_name(start)[:3]} {dates}"


def _footer(seen: _Recorded, weeks: Sequence[Period]) -> str:
    notes = ["Hatched: lost"] * bool(seen.lost) + ["pale: recorded late"] * bool(seen.late)
    shares = {
        week: share for week in weeks if (share := seen.share((week.start_ms, week.end_ms))) is not None
    }
    if shares:
        worst = min(shares, key=lambda week: shares[week])
        text = f"{describe(worst)}: {wording.percent_beside(shares[worst], COMPARABLE)}"
        if shares[worst] < COMPARABLE:
            notes.append(f"{text}, not compared")
        elif shares[worst] < COMPLETE:
            notes.append(f"{text}, compare with care")
    whole = "Every source was recorded" if shares else "Recording had not begun"
    return wording.sentence(" · ".join(notes)) or whole


def _alt_text(seen: _Recorded, span: str, zone: str) -> str:
    longest = sorted(seen.lost, key=lambda gap: gap[0] - gap[1])[:5]
    lost = [
        f"lost {wording.span_text(start, end, zone)} ({wording.duration(end - start)})"
        for start, end in sorted(longest)
    ]
    recorded = f"recorded {wording.percent(_recorded(seen))}"
    return f"Bars of four weeks, what was recorded, {span}: {'; '.join([recorded, *lost])}."
