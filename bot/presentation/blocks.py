"""Parts of an embed's description: blocks of lines, a number a line, fitted into what is allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from bot.presentation.escape import escape
from bot.presentation.kpi_line import common_verdict, kpi_line
from bot.presentation.message import DESCRIPTION
from bot.presentation.selection import number_lines
from reports import wording
from reports.alerts import watched
from reports.catalogue import label_of
from reports.lines import NOTHING, line
from reports.quality import COMPARABLE
from reports.report import Kpi, Section, Side, Verdict
from reports.text import excluded_texts

CROSSED, FINE, UNSURE = "⚠️", "✅", "➖"  # different shapes, not only colours
VERDICTS: dict[Verdict | None, str] = {
    Verdict.WITHIN_NOISE: " · **changes within noise**",
    Verdict.NOT_COMPARED: " · **not compared**",
    None: "",
}

Block = list[str]


def section_block(
    section: Section,
    above: Collection[Kpi] = (),
    crossed: Collection[str] = (),
    others: Iterable[Kpi] = (),
) -> Block:
    """What stands above already is not said again, and what has no value is no number.

    A number that is held against a limit is marked: ⚠️ where it is one of the `crossed`, ✅ or ➖. `others`:
    the numbers of the other sections, among which the whole of a cut may be.
    """
    if section.is_table:
        return _table(section)
    wholes = [kpi for kpi in (*section.kpis, *others) if not kpi.cut]
    kpis = [
        kpi
        for kpi in section.kpis
        if kpi not in above and not _is_empty(kpi) and not _is_a_repeat(kpi, wholes)
    ]
    if not kpis:
        return []
    verdict = common_verdict(kpis)
    title = f"**{escape(section.title)}**{VERDICTS[verdict]}"
    if any(kpi.limit for kpi in kpis):
        return [title, *(f"{_mark(kpi, crossed)}{kpi_line(kpi, verdict)}" for kpi in kpis)]
    return [title, *number_lines(kpis, verdict)]


def _table(section: Section) -> Block:
    """“Captain **3** core, **1** regular”: a line for each row, without what is none of it."""
    rows: dict[str, list[str]] = {}
    for kpi in section.kpis:
        if kpi.current.value:
            number = f"**{line(kpi).value}** {escape(label_of(kpi.name).lower())}"
            rows.setdefault(kpi.cut, []).append(number)
    lines = [f"{escape(cut)} {', '.join(numbers)}" for cut, numbers in rows.items()]
    return [f"**{escape(section.title)}**", *lines] if lines else []


def _mark(kpi: Kpi, crossed: Collection[str]) -> str:
    """A limit that seems crossed and is not surely so is neither fine nor an alarm."""
    if kpi.limit is None:
        return ""
    if kpi.name in crossed:
        return f"{CROSSED} "
    limit = kpi.limit
    value = watched(kpi, limit.side)
    if value is None or kpi.current.coverage < COMPARABLE:
        return f"{UNSURE} "
    is_within = value >= limit.value if limit.side is Side.BELOW else value <= limit.value
    return f"{FINE if is_within else UNSURE} "


def _is_empty(kpi: Kpi) -> bool:
    return line(kpi).value in (NOTHING, "0/0")


def _is_a_repeat(kpi: Kpi, wholes: Iterable[Kpi]) -> bool:
    """A cut (one source's recording) that says the same as the whole."""
    return bool(kpi.cut) and any(
        whole.name == kpi.name and whole.current.value == kpi.current.value for whole in wholes
    )


def remarks(caveats: Iterable[str], excluded: Mapping[str, int]) -> Block:
    return [escape(text) for text in chain(caveats, _left_out(excluded))]


def _left_out(excluded: Mapping[str, int]) -> Iterator[str]:
    told = excluded_texts(excluded)
    if told:
        yield f"In no number: {wording.listing(told)}."


def fit(blocks: Iterable[Block], notes: Iterable[str] = (), limit: int = DESCRIPTION) -> str:
    """Blocks with a line between them, then the notes, which are few and always said.

    What does not fit is left out from the end of the blocks, and said to be.
    """
    ending = "".join(f"\n{escape(note)}" for note in notes)
    lines = list(chain.from_iterable([*block, ""] for block in blocks if block))[:-1]
    text = "\n".join(lines)
    left_out = 0
    while len(text) + len(ending) > limit:
        left_out += bool(lines.pop())
        text = "\n".join([*lines, f"… and {wording.count(left_out, 'line', 'lines')} more"])
    return (text + ending).strip()
