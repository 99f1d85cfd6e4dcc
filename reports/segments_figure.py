"""The segments' sizes over half a year, as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import wording
from reports.figures import AlumniPanel, SegmentPanel, SegmentsFigure
from reports.lifecycle import Lifecycle
from reports.periods import date_of, describe_days, month_name
from reports.segment_kpis import hidden_segments
from reports.segments import RECENT_DAYS, Segments
from reports.settings import SegmentSettings

DRAWN = ("core", "regular", "new", "fresh", "dormant")
WEEKS_BACK = 4
CONCERN = "dormant"
Sizes = Sequence[int | None]


def segments_figure(lifecycle: Lifecycle, smallest: int) -> SegmentsFigure | None:
    """None where nobody can be classified, or where a size at any time is too small to be shown."""
    history, now = lifecycle.history, lifecycle.segments
    if not now.is_recorded or any(hidden_segments(of, smallest) for of in history):
        return None
    sizes = {name: [_size(of, name) for of in history] for name in DRAWN}
    return SegmentsFigure(
        headline=_headline(sizes, lifecycle.as_of_day),
        subtitle=f"Members per segment, {_months(history, lifecycle.as_of_day)}, one scale",
        footer=_footer(lifecycle),
        alt_text=_alt_text(lifecycle, sizes),
        panels=tuple(_panel(name, sizes[name], lifecycle) for name in DRAWN),
        alumni=_alumni(history),
    )


def _size(segments: Segments, name: str) -> int | None:
    return len(segments.of(name)) if segments.is_recorded else None


def _panel(name: str, sizes: Sizes, lifecycle: Lifecycle) -> SegmentPanel:
    return SegmentPanel(
        name=name.capitalize(),
        detail=_detail(name, lifecycle.settings.segments),
        value=sizes[-1] or 0,
        values=tuple(sizes),
        change=_change(sizes),
        is_concern=name == CONCERN,
        peak=_peak(sizes, lifecycle.as_of_day) if name == CONCERN else None,
    )


def _detail(name: str, settings: SegmentSettings) -> str:
    return {
        "core": f"{settings.core.min_blocks} of 4 weeks, events",
        "regular": "active, not core",
        "new": f"under {_length(settings.new_days)} here",
        "fresh": f"under {_length(settings.fresh_days)} here",
        "dormant": f"silent {_length(RECENT_DAYS)}",
    }[name]


def _length(days: int) -> str:
    return wording.count(days // 7, "week", "weeks") if days % 7 == 0 else wording.count(days, "day", "days")


def _change(sizes: Sizes) -> int | None:
    now, then = sizes[-1], sizes[-1 - WEEKS_BACK]
    return None if now is None or then is None else now - then


def _peak(sizes: Sizes, as_of_day: int) -> tuple[int, str] | None:
    """The highest value, if it is clearly above today's and long enough ago to stand beside it."""
    known = [(size, place) for place, size in enumerate(sizes) if size is not None]
    highest, place = max(known, key=lambda pair: (pair[0], pair[1]))
    back = len(sizes) - 1 - place
    if highest * 20 < (sizes[-1] or 0) * 23 or back < WEEKS_BACK or not highest:
        return None
    return place, f"{wording.whole(highest)} in {month_name(date_of(as_of_day - 7 * back))[:3]}"


def _alumni(history: Sequence[Segments]) -> AlumniPanel:
    now, then = history[-1], history[-1 - WEEKS_BACK]
    left, silent = len(now.departed), len(now.of("alumni"))
    was = len(then.departed) + len(then.of("alumni"))
    return AlumniPanel(left + silent, left, silent, left + silent - was if then.is_recorded else None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of the dormant, and beside which of the earlier sizes: by its place in `sizes`."""

    words: str
    shorter: str
    place: int | None = None


def _headline(sizes: dict[str, list[int | None]], as_of_day: int) -> str:
    core, dormant = _core_words(sizes["core"]), _dormant_words(sizes[CONCERN], as_of_day)
    return wording.first_fitting(
        44, f"{dormant.words}; {core}", f"{dormant.shorter}; {core}", dormant.words, dormant.shorter
    )


def segments_finding(lifecycle: Lifecycle) -> str:
    """The headline, with the earlier number that it compares with and the week at whose end that stood."""
    sizes = {name: [_size(of, name) for of in lifecycle.history] for name in ("core", CONCERN)}
    core, dormant = _core_words(sizes["core"]), _dormant_words(sizes[CONCERN], lifecycle.as_of_day)
    if dormant.place is None:
        return f"{dormant.words}; {core}."
    last_day = lifecycle.as_of_day - 7 * (len(sizes[CONCERN]) - 1 - dormant.place)
    week = describe_days(date_of(last_day - 6), date_of(last_day), year=True)
    then = f"{wording.whole(sizes[CONCERN][dormant.place] or 0)} at the end of {week}"
    return f"{dormant.words} ({then}); {core}."


def _dormant_words(sizes: list[int | None], as_of_day: int) -> _Said:
    dormant, change = sizes[-1] or 0, _change(sizes)
    peak = _peak(sizes, as_of_day)
    if peak and (change or 0) <= 0:  # of what is rising again it would say the contrary
        month = month_name(date_of(as_of_day - 7 * (len(sizes) - 1 - peak[0])))
        fewer = f"{wording.whole((sizes[peak[0]] or 0) - dormant)} fewer dormant than in"
        return _Said(f"{fewer} {month}", f"{fewer} {month[:3]}", peak[0])
    if change:
        more = "more" if change > 0 else "fewer"
        words = f"{wording.whole(abs(change))} {more} dormant in 4 weeks"
        return _Said(words, words, len(sizes) - 1 - WEEKS_BACK)
    words = f"{wording.whole(dormant)} dormant"
    return _Said(words, words)


def _core_words(sizes: Sizes) -> str:
    known = [size for size in sizes if size is not None]
    now = known[-1]
    if len(known) > WEEKS_BACK and min(known) < max(known):
        if now == max(known):
            return "core at a high"
        if now == min(known):
            return "core at a low"
    return f"{wording.whole(now)} core"


def _months(history: Sequence[Segments], as_of_day: int) -> str:
    first = next(place for place, of in enumerate(history) if of.is_recorded)
    beginning = month_name(date_of(as_of_day - 7 * (len(history) - 1 - first)))
    ending = month_name(date_of(as_of_day))
    return ending if beginning == ending else f"{beginning} to {ending}"


def _footer(lifecycle: Lifecycle) -> str:
    history, now = lifecycle.history, lifecycle.segments
    first = next(place for place, of in enumerate(history) if of.is_recorded)
    first_day = lifecycle.as_of_day - 7 * (len(history) - 1 - first)
    span = describe_days(date_of(first_day), date_of(lifecycle.as_of_day), year=True)
    everyone, silent, unknown = len(now.everyone), len(now.of("alumni")), len(now.of("unclassified"))
    drawn = everyone - silent - unknown
    sum_ = (
        f"{wording.whole(everyone)} members = {wording.whole(drawn)} drawn + {wording.whole(silent)} silent"
    )
    sum_ += f" + {wording.whole(unknown)} unclassified" if unknown else ""
    recorded = wording.percent(lifecycle.coverage.share(first_day - RECENT_DAYS + 1, lifecycle.as_of_day))
    return wording.first_fitting(76, f"{span} · {sum_} · recorded {recorded}", f"{span} · {sum_}", sum_)


def _alt_text(lifecycle: Lifecycle, sizes: dict[str, list[int | None]]) -> str:
    now = lifecycle.segments
    parts = []
    for name in DRAWN:
        change = _change(sizes[name])
        told = "" if change is None else f" ({wording.signed(change)} in 4 weeks)"
        parts.append(f"{name} {wording.whole(sizes[name][-1] or 0)}{told}")
    day = date_of(lifecycle.as_of_day)
    return (
        f"Small line charts, members per segment on {describe_days(day, day, year=True)}: "
        f"{', '.join(parts)}; alumni: {wording.whole(len(now.departed))} left, "
        f"{wording.whole(len(now.of('alumni')))} here and silent."
    )
