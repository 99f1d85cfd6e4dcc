"""A report as a message: the finding, the picture, one embed with a line a number, one row of buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bot.presentation.escape import clean, escape, escape_within
from bot.presentation.kpi_line import common_verdict, kpi_line
from bot.presentation.message import CONTENT, DESCRIPTION, Accent, Button, Embed, Message, Picture
from reports import wording
from reports.lines import NOTHING, line
from reports.periods import describe_days, local_moment
from reports.quality import COMPARABLE
from reports.report import Bridge, Kpi, Report, Section, Verdict, Worth
from reports.text import title

WORTH_A_LOOK = 3
MAIN = "weekly_active_members"
COUNTED = "counted"  # the custom id of the button “How counted” begins with it
VERDICTS: dict[Verdict | None, str] = {
    Verdict.WITHIN_NOISE: " · **changes within noise**",
    Verdict.NOT_COMPARED: " · **not compared**",
    None: "",
}
MARKS = {Worth.WORSE: "⚠️", Worth.BETTER: "✅", Worth.NEUTRAL: "➖"}


def report_message(
    report: Report, *, marker: str = "", notes: Iterable[str] = (), picture: Picture | None = None
) -> Message:
    """`notes` are plain sentences about this message itself (late, without its picture); they come last.

    `marker` ends the footer; it is how this message is found again in its channel.
    """
    return Message(
        content=escape_within(report.finding, CONTENT),
        embed=Embed(_title(report), _description(report, notes), _accent(report), _footer(report, marker)),
        picture=picture,
        buttons=(Button("How counted", f"{COUNTED}:{report.name}"),),
    )


def _title(report: Report) -> str:
    as_of = local_moment(report.as_of_ms, report.zone)
    about = (
        f"Health · {_days(report)} · as of {as_of:%H:%M}" if report.name == "health" else title(report.period)
    )
    return f"{about} · still open" if report.is_open else about


def _days(report: Report) -> str:
    last = report.period.last_date
    return f"{len(report.period.days)} days to {describe_days(last, last)}"


def _footer(report: Report, marker: str) -> str:
    told = [report.zone, "95 % intervals", f"rules {report.rules}", marker]
    return " · ".join(filter(None, map(clean, told)))


def _accent(report: Report) -> Accent:
    if any(_is_clear(kpi) and kpi.change and kpi.change.worth is Worth.WORSE for kpi in _kpis(report)):
        return Accent.ORANGE
    return Accent.GREY if _recorded(report) < COMPARABLE else Accent.BLUE


def _recorded(report: Report) -> float:
    """The share of the period that the report's main number rests on."""
    return next((kpi.current.coverage for kpi in _kpis(report) if kpi.name == MAIN), 1.0)


def _kpis(report: Report) -> Iterator[Kpi]:
    return chain.from_iterable(section.kpis for section in report.sections)


def _is_clear(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.verdict is Verdict.CLEAR


def _description(report: Report, notes: Iterable[str]) -> str:
    worth_a_look = sorted(filter(_is_clear, _kpis(report)), key=_p_value)[:WORTH_A_LOOK]
    blocks = [_worth_a_look(worth_a_look)]
    for section in report.sections:
        blocks.append(_section(section, worth_a_look))
        if any(kpi.name == MAIN for kpi in section.kpis) and report.name == "health" and report.bridge:
            blocks.append(_bridge(report.bridge))
    blocks.append([escape(text) for text in chain(report.caveats, _left_out(report), notes)])
    return _fit([block for block in blocks if block])


def _p_value(kpi: Kpi) -> float:
    p_value = kpi.change.p_value if kpi.change else None
    return 1.0 if p_value is None else p_value


def _worth_a_look(kpis: list[Kpi]) -> list[str]:
    lines = [f"{MARKS[kpi.change.worth]} {kpi_line(kpi)}" for kpi in kpis if kpi.change]
    return ["**Worth a look**", *lines] if lines else []


def _section(section: Section, above: list[Kpi]) -> list[str]:
    """What stands above already is not said again, and what has no value is no number."""
    kpis = [
        kpi
        for kpi in section.kpis
        if kpi not in above and not _is_empty(kpi) and not _is_a_repeat(kpi, section)
    ]
    if not kpis:
        return []
    verdict = common_verdict(kpis)
    return [f"**{escape(section.title)}**{VERDICTS[verdict]}", *(kpi_line(kpi, verdict) for kpi in kpis)]


def _is_empty(kpi: Kpi) -> bool:
    return line(kpi).value in (NOTHING, "0/0")


def _is_a_repeat(kpi: Kpi, section: Section) -> bool:
    """A cut (one source's recording) that says the same as the whole."""
    whole = next((other for other in section.kpis if other.name == kpi.name and not other.cut), kpi)
    return bool(kpi.cut) and whole.current.value == kpi.current.value


def _bridge(bridge: Bridge) -> list[str]:
    """“**178** − 29 dropped out + 38 came in = **187**”: it adds up exactly."""
    lost, gained = wording.whole(bridge.lost), wording.whole(bridge.gained)
    before, now = wording.whole(bridge.previous), wording.whole(bridge.current)
    return [
        "**From the 7 days before**",
        f"**{before}** {wording.MINUS} {lost} out + {gained} in = **{now}** active",
    ]


def _left_out(report: Report) -> Iterator[str]:
    told = [f"{wording.whole(number)} {reason}" for reason, number in report.excluded.items() if number]
    if told:
        yield f"In no number: {wording.listing(told)}."


def _fit(blocks: list[list[str]]) -> str:
    """Blocks with a line between them. What does not fit is left out from the end, and said to be."""
    lines = list(chain.from_iterable([*block, ""] for block in blocks))[:-1]
    text = "\n".join(lines)
    left_out = 0
    while len(text) > DESCRIPTION:
        left_out += bool(lines.pop())
        text = "\n".join([*lines, f"… and {wording.count(left_out, 'line', 'lines')} more"])
    return text
