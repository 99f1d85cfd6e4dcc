"""A report as a message: the finding, the picture, one embed with a line a number, one row of buttons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from bot.presentation.escape import clean, escape, escape_within
from bot.presentation.message import CONTENT, DESCRIPTION, Accent, Button, Embed, Message, Picture
from bot.presentation.values import kpi_line
from reports import wording
from reports.periods import describe, describe_days, local_moment
from reports.quality import COMPARABLE
from reports.report import Bridge, Kpi, Report, Section, Verdict, Worth

WORTH_A_LOOK = 3
COUNTED = "counted"  # the custom id of the button “How counted” begins with it
MARKS = {Worth.WORSE: "⚠️", Worth.BETTER: "✅", Worth.NEUTRAL: "➖"}


def report_message(
    report: Report, *, marker: str = "", notes: Iterable[str] = (), pictures: tuple[Picture, ...] = ()
) -> Message:
    """`notes` are plain sentences about this message itself (late, without its picture); they come last.

    `marker` ends the footer; it is how this message is found again in its channel.
    """
    return Message(
        content=escape_within(report.finding, CONTENT),
        embed=Embed(_title(report), _description(report, notes), _accent(report), _footer(report, marker)),
        pictures=pictures,
        buttons=(Button("How counted", f"{COUNTED}:{report.name}"),),
    )


def _title(report: Report) -> str:
    if report.name == "weekly":
        week = int(report.period.key.rpartition("W")[2])
        title = f"Week {week} · {describe(report.period, year=True)}"
    else:
        as_of = local_moment(report.as_of_ms, report.zone)
        title = f"{report.name.capitalize()} · {_days(report)} · as of {as_of:%H:%M}"
    return f"{title} · still open" if report.is_open else title


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
    """The smallest share that any number of the report rests on."""
    return min((kpi.current.coverage for kpi in _kpis(report)), default=1.0)


def _kpis(report: Report) -> Iterator[Kpi]:
    return chain.from_iterable(section.kpis for section in report.sections)


def _is_clear(kpi: Kpi) -> bool:
    return kpi.change is not None and kpi.change.verdict is Verdict.CLEAR


def _description(report: Report, notes: Iterable[str]) -> str:
    worth_a_look = sorted(filter(_is_clear, _kpis(report)), key=_p_value)[:WORTH_A_LOOK]
    blocks = [_worth_a_look(worth_a_look)]
    blocks += [_section(section, worth_a_look) for section in report.sections]
    if report.name == "health" and report.bridge:
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
    """What stands above already is not said again."""
    kpis = [kpi for kpi in section.kpis if kpi not in above]
    if not kpis:
        return []
    return [f"**{escape(section.title)}**{_all_noise(kpis)}", *map(kpi_line, kpis)]


def _all_noise(kpis: list[Kpi]) -> str:
    """A section without clear changes says so once, instead of on each line."""
    verdicts = {kpi.change.verdict for kpi in kpis if kpi.change}
    if Verdict.CLEAR in verdicts or Verdict.WITHIN_NOISE not in verdicts:
        return ""
    return " · **changes within noise**"


def _bridge(bridge: Bridge) -> list[str]:
    gone = _parts({"went quiet": bridge.dormant, "left": bridge.left})
    came = _parts({"back": bridge.resurrected, "new": bridge.new, "first seen": bridge.first_seen})
    return [
        f"**From {wording.whole(bridge.previous)} to {wording.whole(bridge.current)} active members**",
        f"{wording.signed(-bridge.lost)} dropped out{gone}",
        f"{wording.signed(bridge.gained)} came in{came}",
    ]


def _parts(parts: dict[str, int | None]) -> str:
    told = ", ".join(f"{wording.whole(number)} {what}" for what, number in parts.items() if number)
    return f" ({told})" if told else ""


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
