"""A KPI as one line of an embed: the number, what it was, and what stands out about the change."""

from __future__ import annotations

import re

from bot.presentation.escape import escape
from reports.lines import Line, arrow, judgement, line
from reports.report import Kpi, Verdict
from reports.wording import NO_BREAK

NUMBER_AND_UNIT = re.compile(rf"([\d.,]+){NO_BREAK}(\w+|%)")


def kpi_line(kpi: Kpi, said_above: Verdict | None = None) -> str:
    """“Went quiet **31 %** (20/64) · alert above 25 % · was 14 % · ▲ **clearly worse**”.

    A verdict that holds for a whole section is `said_above` once, and not again on each line.
    """
    words = line(kpi)
    parts = [_number(words.label, words), words.limit, escape(words.previous), _verdict(kpi, said_above)]
    return " · ".join(filter(None, [parts[0], *map(_unbroken, parts[1:])]))


def pair_line(first: Kpi, second: Kpi, called: str) -> str:
    """“Core **112**, regular **76** · was 109, 78”: two numbers of which nothing else is to be said."""
    words = line(first), line(second)
    now = [_number(label, each) for label, each in zip((words[0].label, called), words, strict=True)]
    then = [each.previous.removeprefix(each.before).strip() for each in words if each.previous]
    before = _unbroken(escape(f"{words[0].before} {_together(then)}")) if then else ""
    return " · ".join(filter(None, [", ".join(now), before]))


def _together(values: list[str]) -> str:
    """“108, 97 min”: a unit that they share is said once."""
    split = [NUMBER_AND_UNIT.fullmatch(value) for value in values]
    if len(values) < 2 or not all(split) or len({match[2] for match in split if match}) > 1:
        return ", ".join(values)
    return ", ".join([*(match[1] for match in split[:-1] if match), values[-1]])


def _number(label: str, words: Line) -> str:
    return " ".join(filter(None, [escape(label), f"**{_unbroken(words.value)}**", escape(words.beside)]))


def _unbroken(text: str) -> str:
    """On a phone a line ends between its parts, not within “was 7 %”."""
    return text.replace(" ", NO_BREAK)


def _verdict(kpi: Kpi, said_above: Verdict | None) -> str:
    change = kpi.change
    if change is None or change.verdict is said_above:
        return ""
    if change.verdict is Verdict.CLEAR:
        return f"{arrow(change)}{NO_BREAK}**{judgement(change)}**".strip()
    return str(change.verdict)


def common_verdict(kpis: list[Kpi]) -> Verdict | None:
    """What can be said once of all tested numbers; None where one of them stands out."""
    verdicts = {kpi.change.verdict for kpi in kpis if kpi.change}
    if Verdict.WITHIN_NOISE in verdicts and Verdict.CLEAR not in verdicts:
        return Verdict.WITHIN_NOISE
    return Verdict.NOT_COMPARED if verdicts == {Verdict.NOT_COMPARED} else None
