"""Buttons, and what their custom ids say: a button lives longer than the process that sent it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.presentation.message import Button, Menu, Option
from reports.event_report import OccurrenceKey
from reports.occurrences import key_text
from reports.report import Report
from storage.corrections import CorrectionKey

DETAILS = {"growth": "Growth", "segments": "Segments", "retention": "Retention", "events": "Events"}
COUNTED, COUNTED_LABEL = "counted", "How counted"
CAME, NO_SHOWS, CSV = "came", "noshows", "csv"
ABOUT_EVENT = "event"  # what “How counted” under an event's report is about

# An occurrence's key, a report's name, a period's key: none of them holds a colon.
OF_EVENT = re.compile(rf"({CAME}|{NO_SHOWS}|{CSV}):(\d{{1,19}})@(\d{{1,16}})$")
OF_DETAIL = re.compile(rf"detail:({'|'.join(DETAILS)}):(\w+):([\w-]+)$")
OF_TAKING_BACK = re.compile(r"takeback:(\d{1,19})$")
TAKE_BACK_MENU = "takeback"  # its options: a correction and its part
OF_CORRECTION = re.compile(r"(\d{1,19})/(\d{1,3})$")
OF_CHECK_IN = re.compile(r"checkin:(\d{1,19})@(\d{1,16})$")
OF_COUNTED = re.compile(rf"{COUNTED}:(\w+)(?::([\w-]+))?$")  # the first release named no period


class DetailAsked(NamedTuple):
    """Which numbers, and of which report's period."""

    name: str
    report: str
    period: str


def report_buttons(report: Report) -> tuple[Button, ...]:
    """Under a digest and under the health report."""
    details = [
        Button(label, f"detail:{name}:{report.name}:{report.period.key}") for name, label in DETAILS.items()
    ]
    return (*details, counted_button(report.name, report.period.key))


def event_buttons(key: OccurrenceKey, *, could_come: bool) -> tuple[Button, ...]:
    """Nobody came, and nobody failed to, before an event has begun or where it was not held."""
    csv = _of_event("CSV", CSV, key)
    counted = counted_button(ABOUT_EVENT)
    if not could_come:
        return (csv, counted)
    return (_of_event("Who came", CAME, key), _of_event("No-shows", NO_SHOWS, key), csv, counted)


def counted_button(about: str, period: str = "") -> Button:
    return Button(COUNTED_LABEL, ":".join(filter(None, [COUNTED, about, period])))


def take_back_button(correction_id: int) -> Button:
    """All that one command told."""
    return Button("Take back", f"takeback:{correction_id}")


def take_back_menu(options: Sequence[Option]) -> Menu:
    return Menu(TAKE_BACK_MENU, "Take one back …", tuple(options))


def check_in_menu(key: OccurrenceKey) -> Menu:
    return Menu(f"checkin:{key_text(key)}", "Choose who is there …")


def _of_event(label: str, what: str, key: OccurrenceKey) -> Button:
    return Button(label, f"{what}:{key_text(key)}")


def detail_asked(custom_id: str) -> DetailAsked:
    return DetailAsked(*_matched(OF_DETAIL, custom_id))


def counted_asked(custom_id: str) -> tuple[str, str | None]:
    """What it is about, and the period whose coverage belongs to the answer, if one is named."""
    about, period = _matched(OF_COUNTED, custom_id)
    return about, period


def event_asked(custom_id: str) -> tuple[str, OccurrenceKey]:
    """What to show (came, noshows, csv) of which occurrence."""
    what, event_id, original_start_ms = _matched(OF_EVENT, custom_id)
    return what, OccurrenceKey(int(event_id), int(original_start_ms))


def taking_back_asked(custom_id: str) -> int:
    (correction_id,) = _matched(OF_TAKING_BACK, custom_id)
    return int(correction_id)


def correction_asked(value: str) -> CorrectionKey:
    """One option of the menu. Raises ValueError."""
    return CorrectionKey(*map(int, _matched(OF_CORRECTION, value)))


def check_in_asked(custom_id: str) -> OccurrenceKey:
    return OccurrenceKey(*map(int, _matched(OF_CHECK_IN, custom_id)))


def _matched(pattern: re.Pattern[str], custom_id: str) -> tuple[str, ...]:
    match = pattern.fullmatch(custom_id)
    if match is None:
        raise ValueError(f"no button of ours has the custom id {custom_id!r}")
    return match.groups()
