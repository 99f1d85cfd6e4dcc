"""The same number wherever somebody may read it: message, picture, alt text, terminal, JSON, lists, CSV."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from typing import Any

import pytest

from bot.presentation.attendance import came_message, csv_message, no_shows_message
from bot.presentation.event_message import event_message
from bot.presentation.report_message import report_message
from reports.figures import BridgeFigure, DigestFigure, TrendFigure
from reports.json import event_to_json, to_json
from reports.text import event_to_text, to_text

NOW = "2025-11-20 14:00"
NB = "\u00a0"
WEEKS = (("2025-11-09", range(1, 51)), ("2025-11-16", range(5, 61)))  # and who was active in each


@pytest.fixture
def club(guild: Any) -> Any:
    """A hundred people. On 16 November 34 were interested: 21 came, 3 partly, 10 did not; 6 walked in."""
    guild.recorded("2025-10-01 00:00", NOW, sources=("voice", "members", "commands", "events"))
    guild.present(guild.days("2025-10-01", "2025-11-20"), range(1, 101))
    for number in range(1, 101):
        guild.spell(number, 0)
    for number, (day, active) in enumerate(WEEKS, 1):
        guild.did("voice", guild.day(day) - 2, active)
        key = guild.event(number, f"{day} 20:00", f"{day} 22:00", hosts=(1, 2))
        guild.came(key, range(1, 22), "interested", minutes=90, early=True)
        guild.came(key, range(22, 25), "interested", "partial", minutes=4)
        guild.came(key, range(25, 33 + 2 * (number - 1)), "interested", "absent")
        guild.came(key, range(60, 66), None, minutes=90)
        for member_no in (*range(1, 22), *range(60, 66)):
            guild.voice(member_no, f"{day} 20:00", f"{day} 21:30", {})
    return guild


def numbers(text: str | None, pattern: str) -> tuple[int, ...]:
    """What a pattern's groups hold, as numbers; markup and no-break spaces aside."""
    plain = (text or "").replace(NB, " ").replace("*", "").replace("\\", "")
    found = re.search(pattern, plain)
    assert found, f"{pattern} is not in {plain}"
    return tuple(map(int, found.groups()))


def in_json(report: dict[str, Any], name: str) -> tuple[Any, Any]:
    kpis = [kpi for section in report["sections"] for kpi in section["kpis"]]
    current = next(kpi["current"] for kpi in kpis if kpi["name"] == name)
    return current["numerator"], current["denominator"]


async def test_an_events_numbers_are_the_same_everywhere(club: Any, warehouse: Any) -> None:
    await club.write(warehouse)
    report = await club.occurrence(warehouse, club.key(2), NOW)
    user_ids = {person.member_no: 10**17 + person.member_no for person in report.people}
    message = event_message(report, user_ids)
    embed, terminal = getattr(message.embed, "description"), event_to_text(report)  # noqa: B009
    (figure,), printed = report.figures, event_to_json(report)
    (file,) = csv_message(report, user_ids).files
    rows = list(csv.DictReader(StringIO(file.content.decode())))
    statuses = Counter(row["status"] for row in rows)
    asked = Counter(row["status"] for row in rows if row["answer"] == "interested")

    came = {
        numbers(message.content, r"^(\d+) came"),
        numbers(embed, r"Came (\d+) "),
        numbers(terminal, r"Came (\d+) "),
        numbers(figure.headline, r"^(\d+) came"),
        (figure.attended + figure.walk_ins,),
        in_json(printed, "attendees")[:1],
        numbers(came_message(report, user_ids).content, r"^(\d+) people came"),
        (statuses["attended"],),
    }
    assert came == {(27,)}
    no_shows = {
        numbers(message.content, r"(\d+) of (\d+) interested"),
        numbers(embed, r"No-shows 29 % \((\d+)/(\d+)\)"),
        numbers(terminal, r"No-shows 29 % \((\d+)/(\d+)\)"),
        numbers(figure.headline, r"(\d+) of (\d+) interested"),
        (figure.no_show, figure.attended + figure.partial + figure.no_show),
        numbers(figure.alt_text, r"Of (?=(?:.*?)(\d+) did not come)(\d+) interested"),
        in_json(printed, "no_show_rate"),
        numbers(no_shows_message(report, user_ids).content, r"^(\d+) of (\d+) interested"),
        (asked["absent"], sum(asked.values())),
    }
    assert no_shows == {(10, 34)}
    walk_ins = {
        numbers(embed, r"walk-ins (\d+)"),
        numbers(terminal, r"Walk-ins (\d+)"),
        numbers(figure.subtitle, r"(\d+) walk-ins"),
        numbers(figure.alt_text, r"(\d+) walk-ins"),
        (figure.walk_ins,),
        in_json(printed, "walk_ins")[:1],
        (sum(row["status"] == "attended" and not row["answer"] for row in rows),),
    }
    assert walk_ins == {(6,)}
    minutes = {
        numbers(embed, r"median (\d+) min"),
        numbers(terminal, r"median (\d+) min"),
        numbers(figure.footer, r"median stay (\d+) min"),
        (sorted(int(row["minutes"]) for row in rows if row["status"] == "attended")[13],),
    }
    assert minutes == {(90,)}
    most = {(max(people for _, people in figure.steps),), numbers(figure.marks[0].text, r"peak (\d+)")}
    assert {*most, numbers(figure.alt_text, r"at most (\d+) people")} == {(27,)}


async def test_a_weeks_numbers_are_the_same_everywhere(club: Any, warehouse: Any, week_of: Any) -> None:
    await club.write(warehouse)
    period = week_of(club, "2025-W46", NOW)
    report = await club.weekly(warehouse, period, NOW)
    message = report_message(report)
    embed = getattr(message.embed, "description")  # noqa: B009
    terminal, printed = to_text(report), to_json(report)
    figures = {type(figure): figure for figure in report.figures}
    digest, trend, bridge = (figures[kind] for kind in (DigestFigure, TrendFigure, BridgeFigure))
    panels = {panel.label: panel for panel in digest.panels}

    active = {
        numbers(embed, r"Active members (\d+) of"),
        numbers(terminal, r"Active members (\d+) of"),
        numbers(message.content, r"^(\d+) people were active"),
        numbers(digest.headline, r"^A steady week: (\d+) active"),
        numbers(digest.alt_text, r"Active members (\d+)"),
        numbers(panels["Active members"].value, r"^(\d+)$"),
        (panels["Active members"].drawing.values[-1],),
        numbers(trend.headline, r"^(\d+) active"),
        (next(int(point.value) for point in trend.points if point.start == period.first_date),),
        (bridge.current,),
        numbers(bridge.alt_text, r"to (\d+) in 10"),
        (printed["bridge"]["current"],),
        in_json(printed, "weekly_active_members")[:1],
    }
    assert active == {(56,)}
    moved = {
        (numbers(embed, r"Came in (\d+)") + numbers(embed, r"Dropped out (\d+)")),
        (numbers(terminal, r"Came in (\d+)") + numbers(terminal, r"Dropped out (\d+)")),
        numbers(panels["Net change"].note, r"(\d+) in, (\d+) out"),
        numbers(digest.alt_text, r"(\d+) in, (\d+) out"),
        numbers(bridge.headline, r"(\d+) people came in, (\d+) dropped"),
        (in_json(printed, "came_in")[0], in_json(printed, "dropped_out")[0]),
    }
    assert moved == {(10, 4)}
    at_events = {
        numbers(embed, r"Events held 1, people (\d+)"),
        numbers(terminal, r"At an event (\d+)"),
        numbers(embed, r"Sunday Inhouse (\d+)"),  # the week's only one
        in_json(printed, "event_people")[:1],
    }
    assert at_events == {(27,)}
    no_shows = {
        numbers(embed, r"No-shows 29 % \((\d+)/(\d+)\)"),
        numbers(terminal, r"No-shows 29 % \((\d+)/(\d+)\)"),
        numbers(digest.footer, r"no-shows: (\d+) of (\d+)"),
        in_json(printed, "no_show_rate"),
    }
    assert no_shows == {(10, 34)}
    assert panels["No-shows"].value == f"29{NB}%"
    assert panels["No-shows"].drawing.values[-1] == pytest.approx(10 / 34)
    assert f"No-shows 29{NB}%" in digest.alt_text
