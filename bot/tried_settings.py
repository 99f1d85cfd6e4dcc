"""Settings as they would be with a few keys changed, without touching config.toml."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from bot.config import settings_of
from bot.report_settings import CONDITIONS
from bot.settings import Settings
from reports.catalogue import CATALOGUE
from reports.catalogue.definition import Grain
from reports.what_if import Changed

CAN_BE_TRIED = ("segments", "alert", "activity")  # the tables that reports look up each time
NOT_SET = "not set"
EXAMPLE = "alert.no_show_rate.above=0.2"


class CannotBeTried(Exception):
    """What was asked for is not to be tried. The message is one sentence."""


@dataclass(frozen=True, slots=True)
class NamedAlert:
    kpi: str
    place: int | None  # from 1, among those of the KPI; None: the only one
    field: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """`segments.core.min_events=3`; of an alert `alert.no_show_rate.above=0.2`, by its KPI; of the second of
    several of one KPI `alert.no_show_rate.2.above=0.2`.
    """

    path: tuple[str, ...]
    value: Any
    text: str  # the value as it was typed

    @classmethod
    def of(cls, typed: str) -> Assignment:
        key, equals, text = typed.partition("=")
        path = tuple(part.strip() for part in key.split("."))
        if not equals or not all(path) or not text.strip():
            raise CannotBeTried(f"“{typed}” sets nothing: write KEY=VALUE, as in segments.core.min_events=3")
        return cls(path, _value(text.strip()), text.strip())

    @property
    def key(self) -> str:
        return ".".join(self.path)

    @property
    def alert(self) -> NamedAlert | None:
        match self.path:
            case "alert", kpi, field:
                return NamedAlert(kpi, None, field)
            case "alert", kpi, place, field if place.isascii() and place.isdigit():
                return NamedAlert(kpi, int(place), field)
        return None


def _value(text: str) -> Any:
    """As TOML reads it; what is none of its values is a text."""
    try:
        found = tomllib.loads(f"value = {text}")
    except ValueError:  # also of a number of too many digits
        return text
    return found["value"] if len(found) == 1 else text


def tried(
    content: dict[str, Any], file: str, assignments: Sequence[Assignment]
) -> tuple[Settings, tuple[Changed, ...]]:
    """The settings with these keys changed, and what each is now.

    Raises ConfigProblem in the configuration's own words, and CannotBeTried.
    """
    now = settings_of(content, file)
    changed = copy.deepcopy(content)
    if "alert" not in changed:
        changed["alert"] = [alert.model_dump(exclude_none=True) for alert in now.alert]
    _check_names(assignments)
    for one in assignments:
        _assign(changed, one)
    then = settings_of(changed, file)
    for one in assignments:
        _check(one, now, then)
    return then, tuple(Changed(one.key, _shown(now, one), one.text) for one in assignments)


def _check_names(assignments: Sequence[Assignment]) -> None:
    """What no key of the configuration could say: it would speak of a table that nobody wrote."""
    paths = [one.path for one in assignments]
    for one in assignments:
        if paths.count(one.path) > 1:
            raise CannotBeTried(
                f"{one.key} is given {paths.count(one.path)} values: try one of them at a time"
            )
        if one.alert is None:
            continue
        kpi = one.alert.kpi
        if kpi not in CATALOGUE:
            near = get_close_matches(kpi, CATALOGUE, 1)
            hint = f"did you mean {near[0]}?" if near else f"docs/kpis.md names them, as in {EXAMPLE}"
            raise CannotBeTried(f"“{kpi}” is no KPI; {hint}")
        if CATALOGUE[kpi].grain is Grain.MONTH:
            raise CannotBeTried(
                f"{one.key} cannot be tried: {kpi} is of whole months, and only weeks are tried; "
                "its limit is checked in the monthly digest alone"
            )


def _assign(content: dict[str, Any], one: Assignment) -> None:
    if one.alert:
        _assign_alert(content["alert"], one.alert, one)
        return
    table = content
    for part in one.path[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise CannotBeTried(f"{one.key} is no key of its own: name an alert by its KPI, as in {EXAMPLE}")
    table[one.path[-1]] = one.value


def _assign_alert(alerts: Any, named: NamedAlert, one: Assignment) -> None:
    own = [alert for alert in alerts if isinstance(alert, dict) and alert.get("kpi") == named.kpi]
    if named.place is None and len(own) > 1:
        example = f"alert.{named.kpi}.1.{named.field}={one.text}"
        raise CannotBeTried(
            f"config.toml has {len(own)} [[alert]] of {named.kpi}: say which by its place, as in {example}"
        )
    if named.place is not None and not 1 <= named.place <= len(own):
        raise CannotBeTried(
            f"{one.key} names no [[alert]]: config.toml has {len(own) or 'none'} of {named.kpi}, "
            "counted from 1 in the order of the file"
        )
    if not own:
        own.append({"kpi": named.kpi})
        alerts.append(own[0])
    alert = own[(named.place or 1) - 1]
    if named.field in CONDITIONS:  # an alert has one: the new one stands for the old
        for condition in CONDITIONS:
            alert.pop(condition, None)
    alert[named.field] = one.value


def _check(one: Assignment, now: Settings, then: Settings) -> None:
    if one.path[0] in CAN_BE_TRIED:
        return
    if now.rules() != then.rules():
        raise CannotBeTried(
            f"{one.key} cannot be tried: the tables are made by it, so that it would need a rebuild; "
            "only [segments], [[alert]] and [activity] can"
        )
    raise CannotBeTried(
        f"{one.key} cannot be tried: segments and alerts do not depend on it; "
        "only [segments], [[alert]] and [activity] can"
    )


def _shown(now: Settings, one: Assignment) -> str:
    if one.alert:
        own = [alert for alert in now.alert if alert.kpi == one.alert.kpi]
        return _text(getattr(own[(one.alert.place or 1) - 1], one.alert.field) if own else None)
    value: Any = now
    for part in one.path:
        value = getattr(value, part) if isinstance(value, BaseModel) else value.get(part)
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return NOT_SET
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
