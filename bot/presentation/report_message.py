"""A report as a message: the finding, the picture, one embed with a line a number, one row of buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from bot.presentation.blocks import CROSSED, FINE, UNSURE, Block, fit, remarks, section_block
from bot.presentation.buttons import DETAILS, report_buttons
from bot.presentation.escape import clean, escape, escape_within
from bot.presentation.kpi_line import kpi_line
from bot.presentation.message import CONTENT, Accent, Button, Embed, Message, Picture
from bot.presentation.selection import said_at_once
from reports import wording
from reports.community import MAIN
from reports.periods import describe_days, local_moment
from reports.quality import COMPARABLE
from reports.report import Alert, Bridge, Kpi, Limit, Report, Section, Verdict, Worth
from reports.text import title

WORTH_A_LOOK = 3
MOVED = ("came_in", "dropped_out")  # the numbers that what stands out is about
SUBJECTS = {**DETAILS, "coverage": "Recorded"}
MARKS = {Worth.WORSE: CROSSED, Worth.BETTER: FINE, Worth.NEUTRAL: UNSURE}


def report_message(
    report: Report,
    *,
    marker: str = "",
    notes: Iterable[str] = (),
    pictures: tuple[Picture, ...] = (),
    buttons: tuple[Button, ...] | None = None,
) -> Message:
    """`notes` are plain sentences about this message itself (late, without its picture); they come last.

    `marker` ends the footer; it is how this message is found again in its channel.
    """
    return Message(
        content=escape_within(report.finding, CONTENT),
        embed=Embed(
            report_title(report), _description(report, notes), accent(report), footer_of(report, marker)
        ),
        pictures=pictures,
        buttons=report_buttons(report) if buttons is None else buttons,
    )


def report_title(report: Report) -> str:
    if report.name == "health":
        as_of = local_moment(report.as_of_ms, report.zone)
        about = f"Health · {_days(report)} · as of {as_of:%H:%M}"
    elif label := SUBJECTS.get(report.name):
        about = f"{label} · {title(report.period)}"
    else:
        about = title(report.period)
    return f"{about} · still open" if report.is_open else about


def _days(report: Report) -> str:
    last = report.period.last_date
    return f"{len(report.period.days)} days to {describe_days(last, last)}"


def footer_of(report: Report, marker: str) -> str:
    told = [report.zone, "95 % intervals", f"rules {report.rules}", marker]
    return " · ".join(filter(None, map(clean, told)))


def accent(report: Report) -> Accent:
    if report.alerts or any(map(is_clearly_worse, _kpis(report.sections))):
        return Accent.ORANGE
    return Accent.GREY if _recorded(report) < COMPARABLE else Accent.BLUE


def is_clearly_worse(kpi: Kpi) -> bool:
    return _is_clear(kpi) and kpi.change is not None and kpi.change.worth is Worth.WORSE


def _recorded(report: Report) -> float:
    """The share of the period that the report's main number rests on."""
    return next((kpi.current.coverage for kpi in _kpis(report.sections) if kpi.name in MAIN), 1.0)


def _kpis(sections: Iterable[Section]) -> Iterator[Kpi]:
    return chain.from_iterable(section.kpis for section in sections)


def _is_clear(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.verdict is Verdict.CLEAR


def _description(report: Report, notes: Iterable[str]) -> str:
    worth_a_look, told = _worth_a_look(report)
    crossed = {alert.kpi for alert in report.alerts}
    blocks = [worth_a_look]
    for section in said_at_once(report):
        blocks.append(section_block(section, told, crossed, _kpis(report.sections)))
        if any(kpi.name in MAIN for kpi in section.kpis) and report.name == "health" and report.bridge:
            blocks.append(_bridge(report.bridge))
        if any(kpi.name in MOVED for kpi in section.kpis) and report.movement:
            blocks.append(["**What moved it**", escape(report.movement.telling)])
    blocks.append(remarks(report.caveats, report.excluded))
    return fit(blocks, notes)


def _worth_a_look(report: Report) -> tuple[Block, list[Kpi]]:
    """Crossed limits first, then the surest of the clear changes; and which numbers are told with that."""
    kpis = list(_kpis(report.sections))
    crossed = report.alerts[:WORTH_A_LOOK]
    told = [kpi for kpi in (_number(kpis, alert) for alert in crossed) if kpi]
    clear = sorted((kpi for kpi in kpis if _is_clear(kpi) and kpi not in told), key=_p_value)
    clear = clear[: WORTH_A_LOOK - len(crossed)]
    lines = [crossed_line(alert, kpis) for alert in crossed]
    if unsaid := len(report.alerts) - len(crossed):
        lines.append(f"… and {wording.count(unsaid, 'more limit', 'more limits')} crossed")
    lines += [f"{MARKS[kpi.change.worth]} {kpi_line(kpi)}" for kpi in clear if kpi.change]
    return (["**Worth a look**", *lines] if lines else []), [*told, *clear]


def _number(kpis: Iterable[Kpi], alert: Alert) -> Kpi | None:
    """The number in the report that a limit was crossed by."""
    return next((kpi for kpi in kpis if kpi.name == alert.kpi and kpi.current.value == alert.value), None)


def crossed_line(alert: Alert, kpis: Iterable[Kpi]) -> str:
    """“⚠️ No-shows **31 %** (20/64) · alert above 25 % · was 14 %”: by the number of these that crossed it."""
    kpi = _number(kpis, alert)
    limited = kpi and replace(kpi, limit=Limit(alert.side, alert.limit))
    return f"{CROSSED} {kpi_line(limited) if limited else escape(alert.sentence)}"


def _p_value(kpi: Kpi) -> float:
    p_value = kpi.change.p_value if kpi.change else None
    return 1.0 if p_value is None else p_value


def _bridge(bridge: Bridge) -> Block:
    """“**178** − 29 dropped out + 38 came in = **187**”: it adds up exactly."""
    lost, gained = wording.whole(bridge.lost), wording.whole(bridge.gained)
    before, now = wording.whole(bridge.previous), wording.whole(bridge.current)
    return [
        "**From the 7 days before**",
        f"**{before}** {wording.MINUS} {lost} out + {gained} in = **{now}** active",
    ]
