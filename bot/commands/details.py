"""The buttons under digests and health: one subject of the report each, with its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.commands.names import Names
from bot.commands.tables import Asking, Unanswerable, ask, behind
from bot.presentation.buttons import DetailAsked, counted_button
from bot.presentation.escape import escape_within
from bot.presentation.message import CONTENT, Message
from bot.presentation.people import FORMER
from bot.presentation.picture import WAITING_SECONDS, draw_pictures, picture_name
from bot.presentation.report_message import report_message
from bot.services import Services
from reports.details import detail
from reports.figures import AnyFigure, HostBar, HostsFigure
from reports.periods import Period, parse_period
from reports.report import Report
from storage.identities import user_ids

Known = tuple[Report, Mapping[int, int]]  # and who its hosts are: user ids by member number


async def detail_messages(services: Services, names: Names, asked: DetailAsked) -> Sequence[Message]:
    """The first picture with the numbers, each further one in a message of its own: two in one message would
    be shown small, side by side. Raises Unanswerable.
    """
    report, people = await _known(services, asked.name, asked.period)
    figures = [await _named(report.guild_id, figure, people, names) for figure in report.figures]
    pictures, notes = await draw_pictures(
        picture_name(report), figures[:1], services.drawing, WAITING_SECONDS
    )
    notes = (*notes, *behind(services, report.as_of_ms))
    buttons = (counted_button(report.name, asked.period),)
    messages = [report_message(report, notes=notes, pictures=pictures, buttons=buttons)]
    for place, figure in enumerate(figures[1:], 2):
        messages += await _further(services, f"{picture_name(report)}-{place}", figure)
    return messages


async def _further(services: Services, name: str, figure: AnyFigure) -> list[Message]:
    """Without its picture there is nothing to say: the numbers stand in the first message."""
    pictures, notes = await draw_pictures(name, [figure], services.drawing, WAITING_SECONDS)
    sentence = escape_within(f"{figure.headline}.", CONTENT)
    return [Message(sentence if pictures else notes[0], pictures=pictures)]


async def _known(services: Services, name: str, period: str) -> Known:
    async def look(asking: Asking) -> Known:
        report = await detail_of(asking, name, period)
        return report, await user_ids(asking.conn, asking.guild_id, _hosts(report.figures))

    return await ask(services, f"insights {name}", look)


async def detail_of(asking: Asking, name: str, period: str) -> Report:
    """For staff, who see it alone: every count is exact. Raises NothingRecorded, or Unanswerable."""
    exact = replace(asking.settings, min_group=0)
    of = period_of(asking, period)
    return await detail(asking.conn, asking.guild_id, exact, asking.rules, name, of, asking.now_ms)


def period_of(asking: Asking, key: str) -> Period:
    try:
        return parse_period(key, asking.settings.zone, asking.settings.week_start, asking.now_ms)
    except ValueError as error:
        raise Unanswerable(str(error)) from None


def _hosts(figures: Sequence[AnyFigure]) -> set[int]:
    bars = [bar for figure in figures if isinstance(figure, HostsFigure) for bar in figure.bars]
    return {bar.member_no for bar in bars if bar.member_no is not None}


async def _named(guild_id: int, figure: AnyFigure, people: Mapping[int, int], names: Names) -> AnyFigure:
    """With what the hosts are called at this moment, which is kept nowhere."""
    if not isinstance(figure, HostsFigure):
        return figure
    called = await names.of(guild_id, people.values())

    def named(bar: HostBar) -> HostBar:
        if bar.member_no is None:
            return bar
        user_id = people.get(bar.member_no)
        return replace(bar, name=FORMER if user_id is None else called[user_id])

    return replace(figure, bars=tuple(map(named, figure.bars)))
