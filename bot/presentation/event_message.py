"""The report on one occurrence of an event as a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

from bot.presentation.blocks import Block, fit, remarks, section_block
from bot.presentation.buttons import event_buttons
from bot.presentation.escape import clean, escape_within
from bot.presentation.message import CONTENT, Accent, Embed, Message, Picture
from bot.presentation.people import NOT_RECORDED, mention
from bot.presentation.report_message import is_clearly_worse
from reports import wording
from reports.event_report import EventReport
from reports.quality import COMPARABLE

TITLE_SHOWN = 80
HOSTS_SHOWN = 5
UNTITLED = "Event without a title"
NOBODY_COULD_COME = ("coming", "not_held", "cancelled")


def event_message(
    report: EventReport,
    user_ids: Mapping[int, int],
    *,
    notes: Iterable[str] = (),
    pictures: tuple[Picture, ...] = (),
) -> Message:
    """`user_ids` says who the hosts are, by member number; who is not in it is nobody's business any more."""
    return Message(
        content=escape_within(report.finding, CONTENT),
        embed=Embed(
            event_title(report), _description(report, user_ids, notes), _accent(report), _footer(report)
        ),
        pictures=pictures,
        buttons=event_buttons(report.key, could_come=report.outcome not in NOBODY_COULD_COME),
    )


def event_title(report: EventReport) -> str:
    """“Sunday Inhouse · Sun 16 Nov 2025, 20:00–22:05”."""
    return f"{shown_title(report.title)} · {report.when}"


def shown_title(title: str) -> str:
    """A title as members wrote it, made fit to stand in a message."""
    return escape_within(title, TITLE_SHOWN) or UNTITLED


def _description(report: EventReport, user_ids: Mapping[int, int], notes: Iterable[str]) -> str:
    blocks = [_hosts(report, user_ids), *(section_block(section) for section in report.sections)]
    return fit([*blocks, remarks(report.caveats, report.excluded)], notes)


def _hosts(report: EventReport, user_ids: Mapping[int, int]) -> Block:
    if not report.hosts:
        return []
    named = [mention(user_ids[number]) for number in report.hosts if number in user_ids][:HOSTS_SHOWN]
    others = len(report.hosts) - len(named)
    if not named:
        return [f"Hosted by {NOT_RECORDED}"]
    if others:
        named.append(wording.count(others, "other", "others"))
    return [f"Hosted by {wording.listing(named)}"]


def _accent(report: EventReport) -> Accent:
    kpis = list(chain.from_iterable(section.kpis for section in report.sections))
    if any(map(is_clearly_worse, kpis)):
        return Accent.ORANGE
    return Accent.GREY if any(kpi.current.coverage < COMPARABLE for kpi in kpis) else Accent.BLUE


def _footer(report: EventReport) -> str:
    return " · ".join(map(clean, [report.zone, "95 % intervals", f"rules {report.rules}"]))
