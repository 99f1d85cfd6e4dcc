"""Who came to an occurrence, and when they went, as a figure."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from reports import wording
from reports.figures import EventFigure, PresenceMark
from reports.holding import Holding
from reports.periods import describe_days, local_moment
from reports.presence import Presence, Steps
from reports.spans import Span, within
from reports.titles import short_title
from reports.turnout import People, Turnout

MINUTE = 60_000
TICK_MINUTES = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080)
MOST_TICKS = 7
BEFORE_MINUTES, AFTER_MINUTES = 30, 10
AHEAD_MINUTES = 6 * 60  # a running one that is to end later than that is shown up to now


def event_figure(
    holding: Holding,
    presence: Presence,
    headline: str,
    zone: str,
    *,
    unseen: Iterable[Span],
    as_of_ms: int,
    is_running: bool,
) -> EventFigure:
    """`unseen`: when voice was not recorded; `as_of_ms`: the latest moment that is known."""
    turnout, window = holding.turnout, presence.window
    axis = _axis(window, _planned_end(holding, window) if is_running else window[1])
    known_ms = window[1] if is_running else max(window[1], as_of_ms)
    interested = turnout.interested
    came = presence.came if is_running else turnout.attended
    return EventFigure(
        headline=headline,
        subtitle=_subtitle(turnout, came, holding.occurrence.title, window, zone),
        footer=_footer(holding, presence, is_running=is_running),
        alt_text=_alt_text(holding, presence, zone, is_running=is_running),
        interested_label=f"{wording.whole(len(interested))} interested" if interested else "",
        attended=len(interested & came),
        partial=0 if is_running else len(interested & turnout.partial),
        no_show=0 if is_running else len(turnout.no_shows),
        unknown=0 if is_running else len(interested & turnout.unknown),
        not_yet=len(interested - came) if is_running else 0,
        walk_ins=len(turnout.walk_ins_of(came)),
        standing=len(turnout.standing & came),
        steps=_steps(presence, axis, known_ms),
        window=window,
        axis=axis,
        ticks=_ticks(axis, zone),
        marks=_marks(presence, is_running=is_running),
        gaps=tuple(within(unseen, axis)),
        is_running=is_running,
        known_until_ms=known_ms if known_ms < axis[1] else None,
    )


def _steps(presence: Presence, axis: Span, known_ms: int) -> Steps:
    """Up to the latest moment that is known: that nobody is there later is not."""
    if axis[1] <= known_ms:
        return presence.steps(axis)
    return tuple(step for step in presence.steps((axis[0], known_ms)) if step[0] < known_ms)


def _planned_end(holding: Holding, window: Span) -> int:
    """Of a running one; now, where it is not planned to end soon."""
    now_ms, planned_ms = window[1], holding.occurrence.scheduled[1]
    is_soon = planned_ms is not None and now_ms < planned_ms <= now_ms + AHEAD_MINUTES * MINUTE
    return planned_ms if planned_ms is not None and is_soon else now_ms


def _axis(window: Span, end: int) -> Span:
    """A little more than from the window's start to this end."""
    start = window[0]
    length = end - start
    before = min(BEFORE_MINUTES * MINUTE, max(5 * MINUTE, length // 4))
    after = min(AFTER_MINUTES * MINUTE, max(2 * MINUTE, length // 12))
    return start - before, end + after


def _ticks(axis: Span, zone: str) -> tuple[tuple[int, str], ...]:
    """At full steps of the local clock, at most seven of them."""
    fitting = (minutes for minutes in TICK_MINUTES if _number_of_ticks(axis, minutes, zone) <= MOST_TICKS)
    minutes = next(fitting, None)
    if minutes is None:
        week = TICK_MINUTES[-1]
        weeks = -(-(axis[1] - axis[0]) // (week * MINUTE))
        minutes = week * -(-weeks // MOST_TICKS)
    step, form = minutes * MINUTE, "{:%H:%M}" if minutes < 1440 else "{:%d.%m.}"
    moments = range(_first_tick(axis, minutes, zone), axis[1] + 1, step)
    return tuple((at, form.format(local_moment(at, zone))) for at in moments)


def _number_of_ticks(axis: Span, minutes: int, zone: str) -> int:
    return (axis[1] - _first_tick(axis, minutes, zone)) // (minutes * MINUTE) + 1


def _first_tick(axis: Span, minutes: int, zone: str) -> int:
    local = local_moment(axis[0], zone)
    within_day = min(minutes, 1440)
    behind_ms = (local.hour * 60 + local.minute) % within_day * MINUTE + axis[0] % MINUTE
    return axis[0] + (within_day * MINUTE - behind_ms if behind_ms else 0)


def _marks(presence: Presence, *, is_running: bool) -> tuple[PresenceMark, ...]:
    at_ms, people = presence.peak()
    if not people:
        return ()
    peak = PresenceMark(at_ms, people, f"peak {wording.whole(people)}")
    if is_running:
        now_ms = presence.window[1]
        there = len(presence.there_at(now_ms - 1))
        return (peak, PresenceMark(now_ms, there, f"{wording.whole(there)} now"))
    marks = [peak]
    for share in (0.5, 0.75):
        moment = presence.moment(share)
        if not presence.is_known(moment):
            continue
        there = len(presence.there_at(moment))
        marks.append(PresenceMark(moment, there, f"{wording.whole(there)} at {wording.percent(share)}"))
    return tuple(marks)


def _subtitle(turnout: Turnout, came: People, title: str, window: Span, zone: str) -> str:
    when = when_text(window[0], window[1], zone)
    extras = [
        wording.count(len(turnout.walk_ins_of(came)), "walk-in", "walk-ins"),
        f"{_of(turnout.standing & came, turnout.standing)} from the series",
    ]
    told = extras if turnout.standing else extras[:1]
    without_year = when_text(window[0], window[1], zone, year=False)
    return wording.first_fitting(
        68,
        " · ".join([f"{short_title(title)}, {when}", *told]),
        f"{short_title(title)}, {when} · {told[-1]}",
        f"{short_title(title)}, {without_year} · {told[-1]}",
        f"{short_title(title, 16)}, {without_year} · {told[-1]}",
        f"{short_title(title)}, {when}",
    )


def when_text(start_ms: int, end_ms: int | None, zone: str, *, year: bool = True) -> str:
    """“16 Nov 2025, 20:00–22:05”."""
    start = local_moment(start_ms, zone)
    text = f"{describe_days(start.date(), start.date(), year=year)}, {start:%H:%M}"
    if end_ms is None:
        return text
    end = local_moment(end_ms, zone)
    if end.date() == start.date():
        return f"{text}–{end:%H:%M}"
    is_night = (end.date() - start.date()).days == 1 and end.hour < 12
    return (
        f"{text}–{end:%H:%M}"
        if is_night
        else f"{text} – {describe_days(end.date(), end.date())}, {end:%H:%M}"
    )


def _footer(holding: Holding, presence: Presence, *, is_running: bool) -> str:
    turnout = holding.turnout
    if is_running:
        return f"{wording.people(len(presence.came))} came so far · it is not over"
    minutes = turnout.minutes()
    gone, first_half = presence.dropped_off(turnout.attended)
    notes = []
    if holding.is_begin_known:
        early = len(turnout.early)
        notes.append(f"{wording.whole(early)} {'was' if early == 1 else 'were'} early")
    if minutes:
        notes.append(f"median stay {wording.minutes(median(minutes))}")
    if holding.recorded < 1:
        notes.insert(0, f"recorded {wording.percent(holding.recorded)}")
    endings = []
    if first_half and presence.is_drop_off_known:
        dropped = _of(gone, first_half)
        endings = [
            f"{dropped} gone before the last quarter",
            f"{dropped} gone before {wording.percent(0.75)}",
        ]
    shorter = (" · ".join(notes[:kept]) for kept in range(len(notes), 0, -1))
    return wording.first_fitting(76, *(" · ".join([*notes, ending]) for ending in endings), *shorter)


def _of(part: People, whole: People) -> str:
    return f"{wording.whole(len(part))} of {wording.whole(len(whole))}"


def _alt_text(holding: Holding, presence: Presence, zone: str, *, is_running: bool) -> str:
    window, title = presence.window, short_title(holding.occurrence.title, 60)
    at_ms, peak = presence.peak()
    most = f"at most {wording.people(peak)} at {local_moment(at_ms, zone):%H:%M}"
    if is_running:
        now = wording.whole(len(presence.there_at(window[1] - 1)))
        came = wording.people(len(presence.came))
        since = when_text(window[0], None, zone)
        answers = _answers_so_far(holding, presence.came)
        return f"Presence so far, {title}, {since}: {most}, {now} now; {came} came so far.{answers}"
    moments = ((presence.moment(0.5), "half time"), (presence.moment(0.75), "three quarters"))
    then = [
        f"{wording.whole(len(presence.there_at(moment)))} at {name}"
        for moment, name in moments
        if presence.is_known(moment)
    ]
    told = ", ".join((most, *then))
    return f"Presence over time, {title}, {when_text(*window, zone)}: {told}.{_answers(holding)}"


def _answers_so_far(holding: Holding, came: People) -> str:
    """Nobody is a no-show, or came only partly, before it is over."""
    interested = holding.turnout.interested
    if not interested:
        return ""
    there = len(interested & came)
    return (
        f" Of {wording.whole(len(interested))} interested {wording.whole(there)} "
        f"{'was' if there == 1 else 'were'} there so far, {wording.whole(len(interested - came))} not yet."
    )


def _answers(holding: Holding) -> str:
    turnout = holding.turnout
    if not turnout.interested:
        return ""
    standing = len(turnout.standing & turnout.attended)
    from_series = f" {wording.whole(standing)} came from the series," if standing else ""
    return (
        f" Of {wording.whole(len(turnout.interested))} interested "
        f"{wording.whole(len(turnout.interested & turnout.attended))} attended, "
        f"{wording.whole(len(turnout.interested & turnout.partial))} came partly and "
        f"{wording.whole(len(turnout.no_shows))} did not come;{from_series}"
        f" {wording.count(len(turnout.walk_ins), 'walk-in', 'walk-ins')}."
    )
