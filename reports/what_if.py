"""How the last weeks would have looked under other thresholds. It reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from reports import wording
from reports.alerts import alerts
from reports.gather import Reach, gather
from reports.health import judged_sections
from reports.json import SHAPE, alert_json, iso_moment, period_json
from reports.lines import label_for
from reports.material import Material
from reports.periods import Period, describe, last_closed_week, previous
from reports.report import Alert, Kpi, Measure
from reports.segments import SEGMENTS
from reports.settings import ReportSettings
from storage.rules import Rules

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Changed:
    """A key of config.toml, what stands there now, and what is tried."""

    key: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one week comes to under one set of thresholds."""

    sizes: Mapping[str, int]  # of every segment, when the week ended
    crossed: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class WhatIfWeek:
    period: Period
    now: Outcome
    then: Outcome

    @property
    def moved(self) -> tuple[str, ...]:
        """The segments that would have had another size."""
        return tuple(name for name in SEGMENTS if self.now.sizes[name] != self.then.sizes[name])

    @property
    def has_other_alerts(self) -> bool:
        return _sentences(self.now) != _sentences(self.then)


@dataclass(frozen=True, slots=True)
class WhatIf:
    guild_id: int
    zone: str
    as_of_ms: int
    rules: str
    changes: tuple[Changed, ...]
    weeks: tuple[WhatIfWeek, ...]  # those recorded, oldest first

    @property
    def finding(self) -> str:
        """“Last week: core 88 instead of 100. A limit crossed in 3 of 12 weeks instead of 11.”"""
        if not self.weeks:
            return "No week is over that was recorded."
        return f"{self._segments()} {self._limits()}"

    def _segments(self) -> str:
        if not any(week.moved for week in self.weeks):
            return "No segment would have been different."
        last = self.weeks[-1]
        told = [
            f"{_label(name)} {wording.whole(last.then.sizes[name])} instead of "
            f"{wording.whole(last.now.sizes[name])}"
            for name in last.moved
        ]
        return f"Last week: {', '.join(told) or 'no segment different'}."

    def _limits(self) -> str:
        number = len(self.weeks)
        now, then = (sum(bool(of.crossed) for of in side) for side in self._sides())
        weeks = f"{then} of {wording.count(number, 'week', 'weeks')}"
        beside = "as now" if now == then else f"instead of {now}"
        return f"A limit crossed in {weeks}, {beside}."

    def _sides(self) -> tuple[list[Outcome], list[Outcome]]:
        return [week.now for week in self.weeks], [week.then for week in self.weeks]


async def what_if(  # noqa: PLR0917  both settings, and of when
    conn: AsyncConnection,
    guild_id: int,
    now: ReportSettings,
    then: ReportSettings,
    rules: Rules,
    changes: Sequence[Changed],
    now_ms: int,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> WhatIf:
    """The last 12 weeks that are over, under the settings in force and under others. For staff: exact.

    The two settings may differ in what reports look up each time (segments, alerts, what makes a member
    active), not in what the tables are made by. `on_progress` is told how many weeks are done, of how many.
    Raises NothingRecorded.
    """
    weeks = [last_closed_week(now_ms, now.zone, now.week_start)]
    while len(weeks) < WEEKS:
        weeks.append(previous(weeks[-1]))
    watching = (*now.alerts, *then.alerts)
    told: list[WhatIfWeek] = []
    as_of_ms, spoken_rules = 0, rules.fingerprint()
    for done, week in enumerate(weeks[::-1]):
        if on_progress:
            on_progress(done, WEEKS)
        material = await _material(conn, guild_id, replace(now, alerts=watching), rules, week, now_ms)
        as_of_ms, spoken_rules = material.records.as_of_ms, material.spoken_rules
        if week.end_ms <= material.basis.recording.since_ms:
            continue
        other = material
        if replace(then, alerts=now.alerts) != now:
            other = await _material(conn, guild_id, replace(then, alerts=watching), rules, week, now_ms)
        told.append(WhatIfWeek(week, _outcome(material, now), _outcome(other, then)))
    return WhatIf(guild_id, now.zone, as_of_ms, spoken_rules, tuple(changes), tuple(told))


async def _material(  # noqa: PLR0917  as gather() is asked
    conn: AsyncConnection, guild_id: int, settings: ReportSettings, rules: Rules, week: Period, now_ms: int
) -> Material:
    return await gather(conn, guild_id, settings, rules, period=week, now_ms=now_ms, reach=Reach.SHORT)


def _outcome(material: Material, settings: ReportSettings) -> Outcome:
    segments = material.lifecycle.segments
    return Outcome(
        sizes={name: len(segments.of(name)) for name in SEGMENTS},
        crossed=alerts(judged_sections(material), settings.alerts, is_open=material.is_open),
    )


def _sentences(of: Outcome) -> list[str]:
    return [alert.sentence for alert in of.crossed]


def _label(name: str) -> str:
    return label_for(Kpi(f"segment_{name}", Measure(None))).lower()


def what_if_to_text(told: WhatIf) -> str:
    """Lines of plain text, ending with a newline."""
    paragraphs = [
        [told.finding],
        [f"{one.key}: {one.now} now, {one.then} tried" for one in told.changes],
    ]
    if any(week.moved for week in told.weeks):
        paragraphs.append(["Segments at each week’s end, now → tried", *_segment_lines(told)])
    if any(week.has_other_alerts for week in told.weeks):
        paragraphs.append(["Limits crossed", *_limit_lines(told)])
    paragraphs.append([f"Nothing was changed. {told.zone} · rules {told.rules}"])
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"


def _segment_lines(told: WhatIf) -> Iterator[str]:
    moved = [name for name in SEGMENTS if any(name in week.moved for week in told.weeks)]
    for week in reversed(told.weeks):
        sizes = ", ".join(
            f"{_label(name)} {wording.whole(week.now.sizes[name])} → {wording.whole(week.then.sizes[name])}"
            for name in moved
        )
        yield f"  {describe(week.period)}: {sizes}"


def _limit_lines(told: WhatIf) -> Iterator[str]:
    for week in reversed(told.weeks):
        if not week.has_other_alerts:
            continue
        yield f"  {describe(week.period)}"
        for side, outcome in (("now", week.now), ("tried", week.then)):
            yield f"    {side}: {' '.join(_sentences(outcome)) or 'none.'}"


def what_if_to_json(told: WhatIf) -> dict[str, Any]:
    """The keys are a promise, as those of every report."""
    return {
        "shape": SHAPE,
        "report": "what-if",
        "guild_id": str(told.guild_id),
        "finding": told.finding,
        "zone": told.zone,
        "as_of": iso_moment(told.as_of_ms),
        "rules": told.rules,
        "changes": [{"key": one.key, "now": one.now, "then": one.then} for one in told.changes],
        "weeks": [
            {"period": period_json(week.period), "now": _side(week.now), "then": _side(week.then)}
            for week in told.weeks
        ],
    }


def _side(of: Outcome) -> dict[str, Any]:
    return {"segments": dict(of.sizes), "alerts": [alert_json(alert) for alert in of.crossed]}
