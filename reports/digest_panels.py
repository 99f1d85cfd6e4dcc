"""The panels of the digest's picture: a number, what it was, and a small drawing of its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports import wording
from reports.basis import MIN_N
from reports.bridge_figure import changes_of
from reports.community import main_name
from reports.figures import DigestPanel, MiniBars, MiniBridge, MiniIntervals, MiniLine
from reports.finding import is_clear, relative_change
from reports.lines import NOTHING, arrow, judgement, label_for, limit_words, value_text_of
from reports.loyalty import LAST_HELD
from reports.material import Material
from reports.periods import Period
from reports.quality import COMPARABLE
from reports.report import Kpi, Limit, Side, Verdict, Worth
from reports.retention import COHORT_DAYS, COHORTS, Retention, Window
from reports.series import Series
from reports.statistics import wilson
from reports.trend import periods_back, since_recording, trend_point

PERIODS = 8
LONGEST_NOTE = 34  # characters, its arrow among them: what fits into a panel
BEYOND_LIMIT = {
    Side.ABOVE: "above its limit",
    Side.BELOW: "below its limit",
    Side.FALLS_BY: "fell beyond its limit",
    Side.RISES_BY: "rose beyond its limit",
}
FIRST_WEEKS = (8, 4)  # of retention: the first that enough people have behind them


@dataclass(frozen=True, slots=True)
class DigestPanels:
    material: Material
    kpis: Sequence[Kpi]
    crossed: Mapping[str, Limit]  # by the KPI's name

    def all(self) -> tuple[DigestPanel, ...]:
        made = (self._active(), self._net_change(), self._events(), self._retention())
        return tuple(panel for panel in made if panel)

    def _kpi(self, name: str) -> Kpi | None:
        return next((kpi for kpi in self.kpis if kpi.name == name and not kpi.cut), None)

    @property
    def _periods(self) -> list[Period]:
        return since_recording(self.material.basis, periods_back(self.material.pair.this, PERIODS))

    def _span(self, number: int) -> str:
        is_month = self.material.pair.this.is_month
        return wording.count(number, *(("month", "months") if is_month else ("week", "weeks")))

    def _active(self) -> DigestPanel | None:
        kpi = self._kpi(main_name(self.material.pair.this))
        if not kpi:
            return None
        points = [trend_point(self.material.basis, period) for period in self._periods]
        line = MiniLine(
            tuple(point.value for point in points),
            tuple(
                (point.low, point.high) if point.low is not None and point.high is not None else None
                for point in points
            ),
        )
        is_drawn = sum(value is not None for value in line.values) > 1
        return self._panel(kpi, self._span(len(points)) if is_drawn else "", line if is_drawn else None)

    def _net_change(self) -> DigestPanel | None:
        growth, bridge = self.material.growth, self.material.growth.bridge
        if not bridge:
            return None
        note = f"{wording.whole(bridge.gained)} in, {wording.whole(bridge.lost)} out"
        if growth.then:
            was = len(growth.then.gained) - len(growth.then.lost)
            note += f" · was {wording.signed(was)}"
        return DigestPanel(
            label="Net change",
            span=f"in a {self._span(1).removeprefix('1 ')}",
            value=wording.signed(bridge.current - bridge.previous),
            note=note,
            drawing=MiniBridge(
                bridge.previous, tuple(change for _, change in changes_of(bridge)), bridge.current
            ),
        )

    def _events(self) -> DigestPanel | None:
        """The worst clear change of a series; else no-shows; else how many were at an event."""
        section, no_shows = self.material.event_section, self._kpi("no_show_rate")
        fading = [kpi for kpi in self.kpis if kpi.name == "series_mean" and self._is_worse(kpi)]
        is_watched = no_shows is not None and self._is_worse(no_shows)
        if fading and not is_watched:
            return self._fading(max(fading, key=relative_change))
        if no_shows and no_shows.current.value is not None:
            return self._bars(no_shows, section.no_show_share, section.hides_no_shows)
        people = self._kpi("event_people")
        if people and people.current.value:
            return self._bars(people, lambda of: float(len(section.attended(of))), section.hides_people)
        return None

    def _fading(self, kpi: Kpi) -> DigestPanel:
        series = next(one for one in self._series() if one.name == kpi.subject)
        sizes = tuple(float(len(held.attended)) for held in series.held[-LAST_HELD:])
        panel = self._panel(kpi, f"last {len(sizes)}", MiniBars(sizes))
        return replace(panel, label=series.label)

    def _series(self) -> list[Series]:
        return self.material.events.series(self.material.pair.this.end_ms)

    def _bars(
        self, kpi: Kpi, value: Callable[[Period], float | None], hides: Callable[[Period], bool]
    ) -> DigestPanel:
        """Without a drawing where one of the periods before may not be shown."""
        basis, periods = self.material.basis, self._periods
        left_out = frozenset(
            place for place, period in enumerate(periods) if basis.coverage(kpi.name, period) < COMPARABLE
        )
        values = tuple(
            value(period) if place not in left_out and self.material.events.seen(period) else None
            for place, period in enumerate(periods)
        )
        if any(hides(period) for period in periods):
            return self._panel(kpi, "", None)
        if sum(one is not None for one in values) < 2:
            return self._panel(kpi, "", None)
        return self._panel(kpi, self._span(len(values)), MiniBars(values, left_out))

    def _retention(self) -> DigestPanel | None:
        retention = self.material.lifecycle.retention()
        for week in FIRST_WEEKS:
            kpi = self._kpi(f"retention_week_{week}")
            if kpi and kpi.current.value is not None and kpi.current.coverage >= COMPARABLE:
                rates = replace(cohort_rates(retention, week), together=kpi.current.value)
                span = f"{wording.count(len(rates.values), 'cohort', 'cohorts')}, line: all"
                is_drawn = len(rates.values) > 1
                return self._panel(kpi, span if is_drawn else "", rates if is_drawn else None)
        return None

    def _panel(self, kpi: Kpi, span: str, drawing: MiniLine | MiniBars | MiniIntervals | None) -> DigestPanel:
        return DigestPanel(
            label=label_for(kpi),
            span=span,
            value=value_text_of(kpi),
            note=_note(kpi, self._limit_of(kpi)),
            drawing=drawing,
            is_worse=self._is_worse(kpi),
        )

    def _is_worse(self, kpi: Kpi) -> bool:
        is_clearly_worse = is_clear(kpi) and kpi.change is not None and kpi.change.worth is Worth.WORSE
        return is_clearly_worse or self._limit_of(kpi) is not None

    def _limit_of(self, kpi: Kpi) -> Limit | None:
        """The one that it crossed."""
        return None if kpi.cut else self.crossed.get(kpi.name)


def cohort_rates(retention: Retention, week: int) -> MiniIntervals:
    """Of each cohort of four weeks that is large enough, the newest last."""
    ends = [retention.as_of_day - COHORT_DAYS * back for back in range(COHORTS)]
    cells = [retention.cell(Window(end - COHORT_DAYS + 1, end), week) for end in reversed(ends)]
    known = [cell for cell in cells if cell.eligible >= MIN_N and cell.recorded >= COMPARABLE]
    return MiniIntervals(
        tuple(cell.retained / cell.eligible for cell in known),
        tuple(wilson(cell.retained, cell.eligible) for cell in known),
    )


def _note(kpi: Kpi, crossed: Limit | None) -> str:
    """“△ was 178 · within noise”, “△ was 14 % · alert above 25 %”."""
    change = kpi.change
    if kpi.current.coverage < COMPARABLE:
        return f"{wording.percent_beside(kpi.current.coverage, COMPARABLE)} recorded"
    then = value_text_of(kpi, kpi.previous) if kpi.previous else NOTHING
    if then == NOTHING or (change and change.verdict is Verdict.NOT_COMPARED):
        return "nothing to compare with"
    if not change:
        return f"was {then}"
    if change.verdict is Verdict.TOO_FEW:
        return f"was {then} · too few to judge"
    was = f"{arrow(change)} was {then}".strip()
    if not crossed or is_clear(kpi):
        return f"{was} · {judgement(change)}"
    said = f"{was} · {limit_words(kpi.name, crossed)}"
    return wording.first_fitting(LONGEST_NOTE, said, f"{was} · {BEYOND_LIMIT[crossed.side]}")
