"""Limits that have newly been crossed, as a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.presentation.blocks import Block, fit, remarks
from bot.presentation.escape import escape, escape_within
from bot.presentation.message import CONTENT, Accent, Embed, Message
from bot.presentation.report_message import crossed_line, footer_of
from reports import wording
from reports.report import Alert, Report
from reports.text import title


def alert_message(
    report: Report, fresh: Sequence[Alert], *, marker: str, notes: Iterable[str] = ()
) -> Message:
    """`fresh`: at least one of the report's alerts. `marker` ends the footer; the message is found by it."""
    return Message(
        content=escape_within(_first(fresh), CONTENT),
        embed=Embed(
            f"Limit crossed · {title(report.period)}" if len(fresh) == 1 else _title_of_many(report, fresh),
            fit(_blocks(report, fresh), notes),
            Accent.ORANGE,
            footer_of(report, marker),
        ),
    )


def _title_of_many(report: Report, fresh: Sequence[Alert]) -> str:
    return f"{len(fresh)} limits crossed · {title(report.period)}"


def _first(fresh: Sequence[Alert]) -> str:
    if len(fresh) == 1:
        return fresh[0].sentence
    return f"{fresh[0].sentence} And {wording.count(len(fresh) - 1, 'other limit', 'other limits')}."


def _blocks(report: Report, fresh: Sequence[Alert]) -> list[Block]:
    kpis = [kpi for section in report.sections for kpi in section.kpis]
    still = [alert for alert in report.alerts if alert not in fresh]
    names = {alert.kpi for alert in fresh}
    about = [kpi for kpi in kpis if kpi.name in names and not kpi.cut]
    caveats = dict.fromkeys(caveat for kpi in about for caveat in kpi.caveats)
    blocks = [[crossed_line(alert, kpis) for alert in fresh]]
    if report.movement and "weekly_active_members" in names:
        blocks.append(["**What moved it**", escape(report.movement.sentence)])
    if still:
        blocks.append(["**Told before**", *(escape(alert.sentence) for alert in still)])
    blocks.append(remarks(caveats, {}))
    return blocks
