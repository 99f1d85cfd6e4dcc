"""What was recorded and what was missed, week by week, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import wording
from reports.figures import CoverageFigure, CoverageSpan, CoverageState, CoverageWeek
from reports.periods import (
    MONTH_KEY,
    TRAILING_WEEK,
    WEEK_KEY,
    Period,
    date_of,
    describe,
    describe_days,
    local_moment,
    month_name,
    previous,
    week_of,
    weekday_name,
)
from reports.quality import COMPARABLE, COMPLETE, LONG_GAP_MS, Recording
from reports.spans import Span, holes, length, merged, within

WEEKS = 4
MOST_LABELS = 2  # in a week: the longest
TIMES = ("night", "morning", "afternoon", "evening")


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Of all sources together: a moment is lost where any of them was, and late where any came late."""

    lost: Sequence[Span]
    late: Sequence[Span]
    window: Span  # from the beginning of recording to the latest moment of which it is known

    @classmethod
    def of(cls, recording: Recording, sources: Sequence[str], span: Span) -> _Recorded:
        window = (max(span[0], recording.since_ms), min(span[1], recording.known_until(sources)))
        if window[0] >= window[1]:
            return cls((), (), (span[0], span[0]))
        lost = merged(hole for source in sources for hole in holes(recording.seen(source), window))
        late = merged(part for source in sources for part in within(recording.late(source), window))
        sure_late = merged(part for hole in holes(lost, window) for part in within(late, hole))
        return cls(lost, sure_late, window)

    def share(self, week: Period) -> float | None:
        """None where no moment of the week can have been recorded."""
        start, end = max(week.start_ms, self.window[0]), min(week.end_ms, self.window[1])
        if start >= end:
            return None
        return 1 - length(within(self.lost, (start, end))) / (end - start)


def coverage_figure(
    recording: Recording, sources: Sequence[str], latest: Period, week_start: str
) -> CoverageFigure:
    """The last four weeks up to the end of a period."""
    weeks = _weeks(latest, week_start)
    seen = _Recorded.of(recording, sources, (weeks[0].start_ms, weeks[-1].end_ms))
    span = describe_days(weeks[0].first_date, weeks[-1].last_date, year=True)
    return CoverageFigure(
        headline=_headline(seen, latest.zone),
        subtitle=f"What was recorded, {span}",
        footer=_footer(seen, weeks),
        alt_text=_alt_text(seen, span, latest.zone),
        days=tuple(weekday_name(date_of(day))[:3] for day in weeks[-1].days),
        weeks=tuple(_week(week, seen) for week in weeks),
    )


def coverage_finding(recording: Recording, sources: Sequence[str], latest: Period, week_start: str) -> str:
    """The figure's headline as a sentence, which has to say of which weeks it speaks."""
    weeks = _weeks(latest, week_start)
    seen = _Recorded.of(recording, sources, (weeks[0].start_ms, weeks[-1].end_ms))
    span = f"in {len(weeks)} weeks"
    if seen.window[0] > weeks[0].start_ms:
        span = f"since {wording.day_text(seen.window[0], latest.zone)}"
    return f"{_headline(seen, latest.zone, span)}."


def period_finding(recording: Recording, sources: Sequence[str], period: Period) -> str:
    """The same of one period: “98 % recorded in week 46; one gap hides Tue 10 Nov, evening.”"""
    seen = _Recorded.of(recording, sources, (period.start_ms, period.end_ms))
    if seen.window[0] >= seen.window[1]:
        return f"Nothing of {describe(period)} was recorded."
    span = f"from {describe(period)}"
    if week := WEEK_KEY.fullmatch(period.key):
        span = f"in week {int(week[2])}"
    elif MONTH_KEY.fullmatch(period.key):
        span = f"in {month_name(period.first_date)}"
    elif period.key == TRAILING_WEEK:
        span = "in 7 days"
    return f"{_headline(seen, period.zone, span)}."


def _weeks(latest: Period, week_start: str) -> list[Period]:
    weeks = [week_of(latest.last_day, latest.zone, week_start)]
    while len(weeks) < WEEKS:
        weeks.append(previous(weeks[-1]))
    return weeks[::-1]


def _week(week: Period, seen: _Recorded) -> CoverageWeek:
    window = (week.start_ms, week.end_ms)
    states = (
        (CoverageState.BEFORE, holes([seen.window], window)),
        (CoverageState.GAP, within(seen.lost, window)),
        (CoverageState.LATE, within(seen.late, window)),
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


def _headline(seen: _Recorded, zone: str, span: str = "") -> str:
    """For the picture, which says its weeks beneath; or with the span, as a sentence."""
    most, span = (120, f" {span}") if span else (44, "")
    if seen.window[0] >= seen.window[1]:
        return "Nothing was recorded in these weeks"
    share = f"{wording.percent(_recorded(seen))} recorded{span}"
    long = [span for span in seen.lost if span[1] - span[0] > LONG_GAP_MS]
    if not long:
        return f"{share}; no gap of more than an hour" if seen.lost else f"Everything was recorded{span}"
    if len(long) == 1:
        dates, when = _when(long[0], zone)
        gap = f"{share}; one gap"
        return wording.first_fitting(most, f"{gap} hides {when}", f"{gap}: {when}", f"{gap} hides {dates}")
    longest = max(span[1] - span[0] for span in long)
    return wording.first_fitting(
        most, f"{share}; {len(long)} gaps, up to {wording.duration(longest)}", f"{share}; {len(long)} gaps"
    )


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
    shares = {week: share for week in weeks if (share := seen.share(week)) is not None}
    if shares:
        worst = min(shares, key=lambda week: shares[week])
        text = f"{describe(worst)}: {wording.percent(shares[worst])}"
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
