"""The answer to “How counted”: what each number means, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.presentation.escape import escape
from bot.presentation.message import EMBED_DESCRIPTION, Accent, Message, Roll
from reports.catalogue import DEFINITIONS, Definition
from reports.catalogue.churn import CHURN, COUNTS_OF_DAYS
from reports.catalogue.lifecycle import FUNNEL_ALONE
from reports.catalogue.occurrence import OCCURRENCE
from reports.catalogue.platform import COMMANDS_ALONE
from reports.catalogue.quality import QUALITY_ALONE
from reports.catalogue.series import HOSTS
from reports.catalogue.thresholds import filled, thresholds
from reports.settings import ReportSettings
from storage.rules import Rules

# Under which the button stands; what only a month has is in its own message's answer.
IN_NO_MESSAGE = (
    *FUNNEL_ALONE,
    *COMMANDS_ALONE,
    *QUALITY_ALONE,
    *CHURN,
    *COUNTS_OF_DAYS,
    *HOSTS,  # who carries what is for the terminal alone
)
OF_ITS_SERIES = {"series_regulars_stopped", "overflow"}  # what an event tells of it besides
OF_AN_EVENT = tuple(each for each in DEFINITIONS if each in OCCURRENCE or each.name in OF_ITS_SERIES)
OF_PERIODS = tuple(each for each in DEFINITIONS if each not in (*OCCURRENCE, *IN_NO_MESSAGE))


def counted_messages(
    definitions: Iterable[Definition], rules: Rules, settings: ReportSettings
) -> list[Message]:
    """Under these rules and settings. One message, or more where the meanings need more than one embed."""
    words = thresholds(rules, settings)
    pages = list(_pages(_meaning(filled(definition, words)) for definition in definitions))
    return [
        Message("How these numbers are counted" if page is pages[0] else "…", _embed(page)) for page in pages
    ]


def _embed(page: str) -> Roll:
    return Roll(
        "What each number means",
        page,
        Accent.BLUE,
        "95 % intervals: Wilson; changes of the same people: exact McNemar, Holm-corrected",
    )


def _meaning(definition: Definition) -> str:
    return f"**{escape(definition.label)}**: {escape(definition.meaning)}"


def _pages(lines: Iterable[str]) -> Iterator[str]:
    page = ""
    for line in lines:
        if len(page) + len(line) + 1 > EMBED_DESCRIPTION:
            yield page
            page = ""
        page = f"{page}\n{line}" if page else line
    if page:
        yield page
