"""`events`: the events of a period and their types. What becomes of each series is in the report `series`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.asked import Asked
from reports.details import Detail, material_asked, presented
from reports.event_section import known_of
from reports.events_figure import events_figure
from reports.figures import EventsFigure
from reports.finding import LONGEST, before, nothing_recorded
from reports.lines import judgement
from reports.material import Material
from reports.report import Kpi, Report, Section, Verdict
from reports.sections import MOST_SERIES, host_section, judged_together
from reports.series_section import left_out, means, popularity
from reports.settings import ReportSettings
from reports.type_section import TypeSection, by_rank, events_per_attendee
from storage.rules import Rules

NOTHING_OF_EVENTS = "Nothing was recorded of events, so there is nothing to say about them."


async def events_asked(
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, asked: Asked
) -> Report:
    """Raises NothingRecorded. Small groups are withheld where `settings.min_group` says so."""
    material = await material_asked(conn, guild_id, settings, rules, asked)
    return presented("events", material, _events(material))


def _events(material: Material) -> Detail:
    section, this = material.event_section, material.pair.this
    types = tuple(by_rank(material.events.types(this.end_ms)))
    by_type = TypeSection(material.pair, material.events, types, material.smallest)
    each = {period: section.attended_each(period) for period in (this, material.pair.last)}
    per_attendee = events_per_attendee(material.pair, each, material.smallest)
    made = (
        Section(
            "Events", (*section.kpis(), *([per_attendee] if per_attendee else []), *host_section(material))
        ),
        Section("Who came to each", section.each(most=None)),
        Section("Held of each type", by_type.held()),
        Section("People at each type", by_type.people()),
        Section("The last 8 held of each type", popularity(types, material.smallest, "type")),
    )
    sections = judged_together(material, (part for part in made if part.kpis))
    unknown = known_of(material.events.held(this))
    notes = (*unknown, *(note for one in types if one.popularity for note in left_out(one)))
    return Detail(_finding(material, sections), sections, _figures(material), notes)


def _finding(material: Material, sections: tuple[Section, ...]) -> str:
    kpis = {kpi.name: kpi for section in sections for kpi in section.kpis if not kpi.cut}
    if "events_held" not in kpis:
        return _nothing_planned(material)
    held, people = kpis["events_held"].current.value, kpis["event_people"]
    if held is None:
        return NOTHING_OF_EVENTS
    so_far = " so far" if material.is_open else ""
    number = wording.count(int(held), "event", "events")  # in the lines, “was” is the value before
    if people.current.value is None:
        return f"{number} held{so_far}."
    seen = len(material.events.seen(material.pair.this))
    which = "any" if seen == int(held) else f"the {wording.whole(seen)} with a record"
    came = f"{wording.people(int(people.current.value))} came to {which}"
    return wording.first_fitting(
        LONGEST, f"{number} held{so_far}; {came}{_compared(material, people)}.", f"{number} held; {came}."
    )


def _nothing_planned(material: Material) -> str:
    pair = material.pair
    if material.is_before_recording:
        return nothing_recorded(pair.this)
    this, last = (pair.basis.coverage("events_held", period) for period in (pair.this, pair.last))
    if not this:
        return NOTHING_OF_EVENTS
    return f"No event planned in this period{' or the one before' if last else ''}."


def _compared(material: Material, people: Kpi) -> str:
    change, then = people.change, people.previous
    if not change or not then or then.value is None or change.verdict is Verdict.NOT_COMPARED:
        return ""
    verdict = "too few to judge" if change.verdict is Verdict.TOO_FEW else judgement(change)
    return f", {before(material.pair.this)} {wording.whole(then.value)}: {verdict}"


def _figures(material: Material) -> tuple[EventsFigure, ...]:
    """The dates of the series held last, as behind the digest's button."""
    this = material.pair.this
    series = material.events.series(this.end_ms)[:MOST_SERIES]
    (judged,) = judged_together(material, [Section("", means(series, material.smallest))])
    figure = events_figure(series, {kpi.subject: kpi for kpi in judged.kpis}, this.zone, material.smallest)
    return (figure,) if figure else ()
