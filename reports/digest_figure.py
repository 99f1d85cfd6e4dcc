"""Was it a good week? The digest's picture: at most four panels, fewer where there is no history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports import wording
from reports.community import MAIN
from reports.digest_panels import DigestPanels
from reports.figures import DigestFigure, DigestPanel
from reports.finding import before, is_clear, moved, standing_out
from reports.lines import label_for, value_text_of
from reports.material import Material
from reports.periods import describe
from reports.quality import COMPARABLE
from reports.report import Alert, Kpi, Limit, Section, Verdict, Worth


def digest_figure(
    material: Material, sections: Sequence[Section], alerts: Sequence[Alert]
) -> DigestFigure | None:
    """The sections' changes have their verdicts. None where nothing of the period was recorded."""
    kpis = [kpi for section in sections for kpi in section.kpis]
    active = next(kpi for kpi in kpis if kpi.name in MAIN)
    if active.current.value is None:
        return None
    crossed = {alert.kpi: Limit(alert.side, alert.limit) for alert in reversed(alerts)}  # of one the gravest
    panels = DigestPanels(material, kpis, crossed).all()
    words = _Words(material, kpis, active, alerts)
    return DigestFigure(
        headline=words.headline(),
        subtitle=words.subtitle(),
        footer=words.footer(),
        alt_text=_alt_text(material, panels),
        panels=panels,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    material: Material
    kpis: Sequence[Kpi]
    active: Kpi
    alerts: Sequence[Alert]

    @property
    def _span(self) -> str:
        return "month" if self.material.pair.this.is_month else "week"

    def headline(self) -> str:
        if self.active.current.coverage < COMPARABLE:
            return f"That {self._span} was not recorded well enough"
        gravest, number = standing_out(self.kpis, self.alerts), wording.whole(self.active.current.value or 0)
        is_steady = self.active.change and self.active.change.verdict is Verdict.WITHIN_NOISE
        if gravest is None:
            steady = f"A steady {self._span}: {number} active"
            return steady if is_steady else f"{number} active, nothing to compare with"
        phrase = _phrase(gravest)
        joint = "and" if gravest.change and gravest.change.worth is Worth.BETTER else "but"
        candidates = [f"A steady {self._span}, {joint} {phrase}"] if is_steady else []
        return wording.first_fitting(44, *candidates, wording.sentence(phrase))

    def subtitle(self) -> str:
        this = describe(self.material.pair.this, year=True)
        change = self.active.change
        if not change or change.verdict is Verdict.NOT_COMPARED:
            return f"{this}, compared with nothing"
        return f"{this}, compared with {before(self.material.pair.this)}"

    def footer(self) -> str:
        recorded = f"Recorded {wording.percent(self.active.current.coverage)} of the {self._span}"
        notes = [recorded]
        no_shows = next((kpi for kpi in self.kpis if kpi.name == "no_show_rate" and not kpi.cut), None)
        if no_shows and no_shows.current.denominator:
            notes.append(f"no-shows: {_counts(no_shows)}")
        return wording.first_fitting(76, " · ".join(notes), recorded)


def _counts(kpi: Kpi) -> str:
    now, then = kpi.current, kpi.previous
    text = f"{wording.whole(now.numerator or 0)} of {wording.whole(now.denominator or 0)}"
    if not then or not then.denominator:
        return text
    return f"{text}, was {wording.whole(then.numerator or 0)} of {wording.whole(then.denominator)}"


def _phrase(kpi: Kpi) -> str:
    """“no-shows doubled”, “Beginner Night fell to 12”, “20 more active”, “no-shows at 31 %”."""
    value = value_text_of(kpi)
    if kpi.name in MAIN:
        difference = kpi.change.difference if kpi.change and is_clear(kpi) else None
        if not difference:
            return f"only {value} active"
        return f"{wording.whole(abs(difference))} {'more' if difference > 0 else 'fewer'} active"
    if kpi.name == "event_people" and kpi.previous:
        return f"{value} at an event, was {value_text_of(kpi, kpi.previous)}"
    label = kpi.cut or _lower(label_for(kpi))
    if not is_clear(kpi):
        return f"{label} {value}" if label.endswith(("carry", "carries")) else f"{label} at {value}"
    verb = moved(kpi)
    return f"{label} {verb}" if verb in ("doubled", "halved") else f"{label} {verb} to {value}"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _alt_text(material: Material, panels: Sequence[DigestPanel]) -> str:
    told = "; ".join(f"{panel.label} {panel.value}, {panel.note.lstrip('▲▼△▽ ')}" for panel in panels)
    return f"Panels for {describe(material.pair.this, year=True)}: {told}."
