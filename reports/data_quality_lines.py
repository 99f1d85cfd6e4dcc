"""The quality of the record in lines, for a message and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from reports import wording
from reports.data_quality import LAST_WEEKS, DataQuality, SourceQuality
from reports.json import gap_to_json, iso_moment
from reports.json import to_json as report_to_json
from reports.lines import NOTHING, line
from reports.periods import local_day, local_moment, within
from reports.quality_report import BESIDE_DISCORD, ONLY_RUNNING, RECORDED
from reports.report import Gap, Report
from reports.source_names import source_name, source_title
from reports.text import title
from reports.vitals import Vitals
from storage.fact_bodies import SWITCHED_OFF

TO_SEE_TO = "To be seen to"
MOST_GAPS = 8
MOST_REASONS = 3
BEHIND_MS = 15 * 60_000  # the record notes every few minutes that it goes on


class Line(NamedTuple):
    label: str
    value: str = ""  # what stands out
    beside: str = ""

    def plain(self) -> str:
        return " ".join(filter(None, self))


class Paragraph(NamedTuple):
    title: str
    lines: tuple[Line, ...]


def paragraphs(quality: DataQuality, vitals: Vitals | None) -> list[Paragraph]:
    """Without vitals nothing is said that only a running bot knows."""
    made = [
        Paragraph(TO_SEE_TO, tuple(Line(sentence) for sentence in warnings(quality, vitals))),
        Paragraph(_recorded_title(quality), tuple(map(_source, quality.sources))),
        Paragraph("Gaps, the newest first", tuple(_gaps(quality))),
        Paragraph(BESIDE_DISCORD, tuple(_drift(quality))),
        Paragraph("From Discord to the tables", tuple(_way(quality, vitals))),
    ]
    return [paragraph for paragraph in made if paragraph.lines]


def warnings(quality: DataQuality, vitals: Vitals | None) -> tuple[str, ...]:
    """What somebody has to do something about, or has to know before believing a number."""
    told = vitals.warnings if vitals else ()
    silent = [f"{source_name(gap.source)}: not recorded now, {gap.cause}." for gap in quality.silent]
    behind = []
    if vitals and not told and quality.now_ms - quality.as_of_ms > BEHIND_MS:
        behind = [f"The tables stand at {moment(quality.as_of_ms, quality)}."]
    return (*told, *silent, *behind)


def moment(at_ms: int, quality: DataQuality) -> str:
    """“14:02”, with its day where that is not today."""
    clock = f"{local_moment(at_ms, quality.zone):%H:%M}"
    if local_day(at_ms, quality.zone) == local_day(quality.now_ms, quality.zone):
        return clock
    return f"{wording.day_text(at_ms, quality.zone)}, {clock}"


def _recorded_title(quality: DataQuality) -> str:
    """“Recorded since Mon 2 Nov” of weeks up to now, “Recorded in week 46” of others."""
    if quality.period.key != LAST_WEEKS:
        return f"Recorded {within(quality.period)}"
    first_ms = max(quality.period.start_ms, quality.since_ms)
    return f"Recorded since {wording.day_text(first_ms, quality.zone)}"


def _source(one: SourceQuality) -> Line:
    """“Voice 98.8 % (664/672 h) · 2 gaps, 8 h 20 min · 40 min late”."""
    parts = []
    if one.gaps:
        gaps = wording.count(len(one.gaps), "gap", "gaps").replace(" ", wording.NO_BREAK)
        parts.append(f"{gaps}, {wording.duration(one.lost_ms)}")
    if one.late_ms >= 60_000:
        parts.append(f"{wording.duration(one.late_ms)} late, complete")
    if one.off_ms >= 60_000:
        parts.append(f"{wording.duration(one.off_ms)} {SWITCHED_OFF}")
    beside = " ".join(f"·{wording.NO_BREAK}{part}" for part in parts)
    if one.share is None:
        return Line(source_title(one.source), NOTHING, beside)
    seen_ms = one.recorded_ms + one.late_ms
    counts = wording.of_time(seen_ms // 1000, (seen_ms + one.missed_ms) // 1000)
    beside = " ".join(filter(None, (f"({counts})", beside)))
    return Line(source_title(one.source), wording.percent(one.share), beside)


def _gaps(quality: DataQuality) -> Iterator[Line]:
    groups = quality.gaps
    for gaps in groups[:MOST_GAPS]:
        yield _gap(gaps, quality)
    rest = groups[MOST_GAPS:]
    if rest:
        lost_ms = sum(gaps[0].to_ms - gaps[0].from_ms for gaps in rest)
        yield Line(
            f"… and {wording.count(len(rest), 'older one', 'older ones')}, {wording.duration(lost_ms)}"
        )


def _gap(gaps: Sequence[Gap], quality: DataQuality) -> Line:
    """“Wed 12 Nov, 13:10–15:40 · 2 h 30 min · everything · the bot was not running”."""
    span = wording.span_text(gaps[0].from_ms, gaps[0].to_ms, quality.zone)
    recorded = [one for one in quality.sources if one.since_ms <= gaps[0].from_ms]
    is_all = len(gaps) > 1 and len(gaps) == len(recorded)
    what = "everything" if is_all else wording.listing([source_name(gap.source).lower() for gap in gaps])
    causes = dict.fromkeys(gap.cause for gap in gaps if gap.cause)
    duration = wording.duration(gaps[0].to_ms - gaps[0].from_ms)
    return Line(span, duration, "".join(f"· {part} " for part in (what, *causes)).rstrip())


def _drift(quality: DataQuality) -> Iterator[Line]:
    """“Members apart 0.2 % (2/980)”, and which lists were not believed."""
    now = quality.drift.current
    if now.denominator is not None:
        apart = wording.whole(now.numerator or 0) if now.value is None else wording.percent(now.value)
        yield Line(
            "Members apart", apart, f"({wording.whole(now.numerator or 0)}/{wording.whole(now.denominator)})"
        )
    yield from (Line(sentence) for sentence in (*quality.drift.caveats, *quality.refused_lists))


def _way(quality: DataQuality, vitals: Vitals | None) -> Iterator[Line]:
    year = local_moment(quality.since_ms, quality.zone).year
    since = f"since {wording.day_text(quality.since_ms, quality.zone)} {year}"
    yield Line("In the log", wording.count(quality.events, "event", "events"), since)
    yield _set_aside(quality)
    if vitals:
        yield from _running(quality, vitals)
    if quality.sessions:
        share = wording.percent(quality.estimated / quality.sessions)
        yield Line(
            "Estimated sessions",
            share,
            f"({wording.whole(quality.estimated)}/{wording.whole(quality.sessions)})",
        )


def _set_aside(quality: DataQuality) -> Line:
    if not quality.dead_letters:
        return Line("Not understood", "none")
    reasons = "; ".join(reason for reason, _ in quality.reasons[:MOST_REASONS])
    return Line("Not understood", wording.whole(quality.dead_letters), f"· kept as dead letters: {reasons}")


def _running(quality: DataQuality, vitals: Vitals) -> Iterator[Line]:
    loaded = wording.count(vitals.loaded, "event", "events").replace(" ", wording.NO_BREAK)
    repeats = wording.count(vitals.duplicates, "repeat", "repeats") if vitals.duplicates else "no repeat"
    yield Line(f"Since the start ({moment(vitals.since_ms, quality)})", loaded, f"· {repeats} turned away")
    waiting = wording.count(vitals.waiting, "event", "events") if vitals.waiting else "none"
    yield Line("Waiting in the journal", waiting)
    if vitals.lag_ms:
        half, most = (wording.brief(lag_ms) for lag_ms in vitals.lag_ms)
        yield Line("From an event to its tables", half, f"at the median · 95{wording.NO_BREAK}% in {most}")
    if vitals.listed:
        done, whole = vitals.listed
        of = f"of {wording.whole(whole)}" if whole else ""
        yield Line("The list of members is being compared", wording.whole(done), of)


SAID_OTHERWISE = {RECORDED, BESIDE_DISCORD}  # sections that are paragraphs already
SAID_ALREADY = {"estimated_sessions"}


def to_text(quality: DataQuality, report: Report) -> str:
    """For a terminal: `report` is on the same period."""
    told = paragraphs(quality, None)
    blocks = [quality.finding, title(quality.period)] + [
        _block(each.title, map(_plain, each.lines)) for each in told
    ]
    blocks += [
        _block(section.title, (line(kpi).plain() for kpi in section.kpis if kpi.name not in SAID_ALREADY))
        for section in report.sections
        if section.title not in SAID_OTHERWISE
    ]
    blocks.append(ONLY_RUNNING)
    as_of = wording.as_of(quality.as_of_ms, quality.now_ms, quality.zone)
    blocks.append(f"{quality.zone} · {as_of} · rules {quality.rules}")
    return "\n\n".join(blocks) + "\n"


def _block(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([heading, *(f"  {text}" for text in lines)])


def _plain(of: Line) -> str:
    return of.plain()


def to_json(quality: DataQuality, report: Report) -> dict[str, Any]:
    """A report's keys, and those that only this one has."""
    return {
        **report_to_json(report),
        "sources": [_source_json(one) for one in quality.sources],
        "dead_letter_reasons": [{"reason": reason, "number": number} for reason, number in quality.reasons],
        "to_be_seen_to": list(warnings(quality, None)),
    }


def _source_json(one: SourceQuality) -> dict[str, Any]:
    return {
        "source": one.source,
        "since": iso_moment(one.since_ms),
        "recorded": one.share,
        "recorded_seconds": one.recorded_ms // 1000,
        "late_seconds": one.late_ms // 1000,
        "gap_seconds": one.missed_ms // 1000,
        "off_seconds": one.off_ms // 1000,
        "gaps": [gap_to_json(gap) for gap in one.gaps],
    }
